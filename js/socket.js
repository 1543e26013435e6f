/**
 * The public API of a connection: promises, streams, and the negotiated parameters.
 */
import { Connection } from './connection.js';
import { TLSError } from './errors.js';
import { MAX_EXPORT_BYTES, MAX_EXPORT_CONTEXT_BYTES } from './limits.js';
import { bytes, integer, text } from './option-kinds.js';
import { readArgument } from './options-reader.js';

/** @typedef {import('./options.js').Settings} Settings */
/** @typedef {import('./certificate.js').Certificate} Certificate */
/** @typedef {import('./engine.js').ProtocolVersion} ProtocolVersion */
/** @typedef {import('./opening.js').Info} Info */

const encoder = new TextEncoder();

const EXPORT = 'exportKeyingMaterial()';
const EXPORT_LENGTH = integer(1, MAX_EXPORT_BYTES);
const EXPORT_CONTEXT = bytes(MAX_EXPORT_CONTEXT_BYTES);

/** For the adapters: the connection of a socket. @type {(socket: TLSSocket) => Connection} */
export let connectionOf;

export class TLSSocket {
  static {
    connectionOf = (socket) => socket.#connection;
  }

  #connection;
  /** @type {ReadableStream<Uint8Array> | undefined} */
  #readable;
  /** @type {WritableStream<Uint8Array> | undefined} */
  #writable;

  /**
   * For `connect()`.
   * @param {Settings} settings
   */
  constructor(settings) {
    this.#connection = new Connection(settings);
  }

  /** Resolves when the handshake is done and the server accepted; rejects with a TLSError. */
  get opened() {
    return this.#connection.opened.promise;
  }

  /** Resolves when the connection has ended cleanly; rejects with a TLSError otherwise. */
  get closed() {
    return this.#connection.closed.promise;
  }

  /**
   * The next bytes, as many as have arrived; null only after the server's close_notify, or if close() was called meanwhile.
   * @returns {Promise<Uint8Array<ArrayBuffer> | null>}
   */
  read() {
    if (this.#readable?.locked) {
      return Promise.reject(new TypeError('The readable stream is locked: use its reader.'));
    }
    return this.#connection.read(Infinity);
  }

  /**
   * Sends all bytes, of any number; resolves when the transport has accepted them.
   * @param {Uint8Array | ArrayBuffer | ArrayBufferView | string} data text is sent as UTF-8
   */
  write(data) {
    const bytes = toBytes(data);
    return bytes
      ? this.#connection.write(bytes)
      : Promise.reject(
          new TLSError('ERR_TLS_INVALID_OPTION', 'write() needs a string, an ArrayBuffer or a view of one.'),
        );
  }

  /**
   * Updates the keys of a TLS 1.3 connection (RFC 8446, section 4.6.3): ours after the writes before it, and the server's as
   * soon as it has answered. Resolves when the transport has accepted the KeyUpdate.
   * @returns {Promise<void>}
   */
  updateKeys() {
    return this.#connection.updateKeys();
  }

  /**
   * Sends pending writes and close_notify, then closes the transport. Pending reads end; unread bytes are dropped.
   * @returns {Promise<void>} same as `closed`
   */
  close() {
    return this.#connection.close();
  }

  /** The plaintext as a byte stream, created at first use. It ends after close_notify and errors otherwise. */
  get readable() {
    this.#readable ??= toReadable(
      (limit) => this.#connection.read(limit),
      () => this.close(),
    );
    return this.#readable;
  }

  /** Sends with the transport's backpressure. Closing it sends close_notify; the answer can still be read. */
  get writable() {
    this.#writable ??= new WritableStream({
      write: (chunk) => this.write(chunk),
      close: () => this.#connection.endWriting(),
      abort: (reason) => this.#connection.failed(new TLSError('ERR_TLS_ABORTED', undefined, { cause: reason })),
    });
    return this.#writable;
  }

  /* --- negotiated parameters, under Node's names ------------------------------------------------ */

  /** Whether the server's chain is valid; false before the handshake is done. */
  get authorized() {
    return this.#connection.info?.verification.ok ?? false;
  }

  /** The code of the first problem of the server's chain, or null. */
  get authorizationError() {
    return this.#connection.info?.verification.problems[0]?.code ?? null;
  }

  /** The server's own certificate, or null before the handshake. @returns {Certificate | null} */
  get peerCertificate() {
    return this.#connection.info?.verification.sent[0] ?? null;
  }

  /** @returns {ProtocolVersion | null} */
  getProtocol() {
    return this.#connection.info?.protocol ?? null;
  }

  /** The cipher suite by its IANA name, or null before the handshake. */
  getCipher() {
    const { info } = this.#connection;
    return info ? { name: info.cipher, standardName: info.cipher, version: info.protocol } : null;
  }

  /** @returns {string | null} */
  get alpnProtocol() {
    return this.#connection.info?.alpn ?? null;
  }

  /**
   * Keying material bound to this connection (RFC 5705; RFC 8446, section 7.5).
   * @param {number} length in bytes
   * @param {string} label
   * @param {Uint8Array | ArrayBuffer | ArrayBufferView} [context]
   * @returns {Uint8Array}
   */
  exportKeyingMaterial(length, label, context) {
    const size = readArgument(EXPORT, 'length', EXPORT_LENGTH, length);
    const name = readArgument(EXPORT, 'label', text, label);
    const bound = context === undefined ? undefined : readArgument(EXPORT, 'context', EXPORT_CONTEXT, context);
    const { engine } = this.#connection;
    if (!engine) {
      throw new TLSError('ERR_TLS_CLOSED', 'The connection is not open.');
    }
    return engine.exportKeyingMaterial(size, name, bound);
  }

  /** Closes; does not throw if the connection has failed. */
  async [Symbol.asyncDispose]() {
    await this.close().catch(() => {});
  }
}

/**
 * A byte stream without a buffer: it reads only when it is read.
 * @param {(limit: number) => Promise<Uint8Array<ArrayBuffer> | null>} read at most `limit` bytes; null at the end
 * @param {() => Promise<void>} cancel
 * @returns {ReadableStream<Uint8Array>}
 */
function toReadable(read, cancel) {
  return new ReadableStream(
    /** @type {UnderlyingByteSource} */ ({
      type: 'bytes',
      async pull(controller) {
        const view = /** @type {ReadableStreamBYOBRequest | null} */ (controller.byobRequest)?.view;
        const bytes = await read(view ? view.byteLength : Infinity);
        if (bytes === null) {
          controller.close();
          controller.byobRequest?.respond(0);
        } else {
          controller.enqueue(bytes);
        }
      },
      cancel,
    }),
    { highWaterMark: 0 },
  );
}

/**
 * @param {Uint8Array | ArrayBuffer | ArrayBufferView | string} data
 * @returns {Uint8Array | undefined} undefined for other types
 */
function toBytes(data) {
  if (typeof data === 'string') {
    return encoder.encode(data);
  }
  if (data instanceof Uint8Array) {
    return data;
  }
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  return data instanceof ArrayBuffer ? new Uint8Array(data) : undefined;
}
