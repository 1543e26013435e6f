/**
 * The class Socket of the WinterTC Sockets API, with read() and write() for those who want no streams. A plaintext socket is
 * an instance of it; TLSSocket extends it.
 */
import { viewOf } from './bytes.js';
import { asyncDispose } from './disposal.js';
import { TLSError } from './errors.js';
import { Readable, Writable } from './socket-streams.js';
import { encoder } from './web.js';

/**
 * @typedef {object} SocketInfo the value of `opened`
 * @property {string | null} remoteAddress host and port of the server, as far as the transport knows; else the address that was asked for
 * @property {string | null} localAddress host and port of this end, if the transport knows them
 * @property {string | null} alpn the protocol chosen by ALPN
 */

/** @typedef {'off' | 'on' | 'starttls'} SecureTransport */
/** @typedef {import('./tls-connection.js').TLSConnection | import('./plain-connection.js').PlainConnection} SocketConnection */

const UPGRADED = 'The socket has been upgraded: use the one that startTls() returned.';

/**
 * The connection of a socket: for subclasses and adapters.
 * @type {{(socket: import('./socket.js').TLSSocket): import('./tls-connection.js').TLSConnection, (socket: Socket<any>): SocketConnection}}
 */
export let connectionOf;

/** @template {SocketInfo} [Info=SocketInfo] */
export class Socket {
  static {
    connectionOf = (/** @type {Socket<any>} */ socket) => /** @type {any} */ (socket.#connection);
  }

  #connection;
  #secureTransport;
  #upgrade;
  #upgraded = false;
  /** @type {Readable | undefined} */
  #readable;
  /** @type {Writable | undefined} */
  #writable;

  /**
   * For `connect()`.
   * @param {SocketConnection & {opened: {promise: Promise<any>}}} connection
   * @param {SecureTransport} secureTransport
   * @param {(options: any) => (flushed: Promise<void>) => any} [upgrade] reads the options of startTls(); what it returns makes
   *   the TLSSocket, which takes over when everything has been flushed
   */
  constructor(connection, secureTransport, upgrade) {
    if (typeof connection?.read !== 'function') {
      throw new TLSError('ERR_TLS_INVALID_OPTION', 'Sockets are made by connect().');
    }
    this.#connection = connection;
    this.#secureTransport = secureTransport;
    this.#upgrade = upgrade;
  }

  /**
   * Resolves when the connection is open, with TLS after the handshake; rejects with a TLSError.
   * @returns {Promise<Info>}
   */
  get opened() {
    return this.#connection.opened.promise;
  }

  /** Resolves when the connection has ended cleanly, or was upgraded; rejects with a TLSError otherwise. */
  get closed() {
    return this.#connection.closed.promise;
  }

  /** As it was passed to `connect()`. */
  get secureTransport() {
    return this.#secureTransport;
  }

  /** Whether startTls() was called. */
  get upgraded() {
    return this.#upgraded;
  }

  /**
   * The next bytes, as many as have arrived; null only after the server's end, or if close() was called meanwhile.
   * @returns {Promise<Uint8Array<ArrayBuffer> | null>}
   */
  read() {
    if (this.#readable?.stream.locked) {
      return Promise.reject(new TypeError('The readable stream is locked: use its reader.'));
    }
    return this.#upgraded ? Promise.reject(upgradedError()) : this.#connection.read(Infinity);
  }

  /**
   * Sends all bytes, of any number; resolves when the transport has accepted them.
   * @param {Uint8Array | ArrayBuffer | ArrayBufferView | string} data text is sent as UTF-8
   * @returns {Promise<void>}
   */
  write(data) {
    return this.#upgraded ? Promise.reject(upgradedError()) : this.#send(data);
  }

  /** @param {unknown} data @returns {Promise<void>} */
  #send(data) {
    const bytes = typeof data === 'string' ? encoder.encode(data) : viewOf(data);
    return bytes
      ? this.#connection.write(bytes)
      : Promise.reject(
          new TLSError('ERR_TLS_INVALID_OPTION', 'write() needs a string, an ArrayBuffer or a view of one.'),
        );
  }

  /** What arrives, as a byte stream, created at first use. It ends at the server's clean end and errors otherwise. */
  get readable() {
    this.#readable ??= new Readable(this.#flow());
    if (this.#upgraded) {
      this.#readable.end();
    }
    return this.#readable.stream;
  }

  /** Sends with the transport's backpressure. Closing it ends our direction; the answer can still be read. */
  get writable() {
    if (!this.#writable) {
      this.#writable = new Writable(this.#flow());
      if (this.#upgraded) {
        this.#writable.error(upgradedError());
      }
    }
    return this.#writable.stream;
  }

  /** @returns {import('./socket-streams.js').Flow} */
  #flow() {
    const connection = this.#connection;
    return {
      opened: connection.opened,
      closed: connection.closed,
      ended: connection.ended,
      hasRemainder: () => connection.hasRemainder,
      read: (limit) => connection.read(limit),
      cancelReading: () => connection.cancelReading(),
      write: (chunk) => this.#send(chunk),
      endWriting: () => connection.endWriting(),
      failed: (error) => connection.failed(error),
    };
  }

  /**
   * Sends pending writes, then ends and closes the connection. Pending reads end; unread bytes are dropped, and so are chunks
   * in the queue of `writable`, which gets the reason.
   * @param {unknown} [reason] with which `opened` rejects if it is pending
   * @returns {Promise<void>} the same as `closed`; but before a handshake is done, `closed` rejects, and this does not
   */
  close(reason) {
    if (this.#upgraded) {
      return this.closed;
    }
    const closed = this.#connection.close(reason);
    this.#readable?.end();
    this.#writable?.error(reason ?? new TLSError('ERR_TLS_CLOSED'));
    return closed;
  }

  /**
   * Upgrades a connection that was opened with `secureTransport: 'starttls'` to TLS, as soon as it is open and what was
   * written before has been sent. This socket is closed then; its connection goes on in the new one.
   * @param {import('./options.js').StartTlsOptions} [options] override those of `connect()`
   * @returns {import('./socket.js').TLSSocket}
   * @throws {TLSError} ERR_TLS_UPGRADE if this is no such socket
   */
  startTls(options) {
    if (this.#upgraded) {
      throw new TLSError('ERR_TLS_UPGRADE', UPGRADED);
    }
    if (!this.#upgrade) {
      throw new TLSError(
        'ERR_TLS_UPGRADE',
        this.#secureTransport === 'on'
          ? 'This socket has TLS already.'
          : "This socket was opened with secureTransport: 'off': startTls() needs 'starttls'.",
      );
    }
    const upgrade = this.#upgrade(options);
    this.#upgraded = true;
    return upgrade(this.#flush());
  }

  /** Makes the streams useless, once they have passed on what was written before. @throws {TLSError} ERR_TLS_PLAINTEXT_LEFT */
  async #flush() {
    const hadUnread = this.#readable?.hasUnread;
    this.#readable?.end();
    try {
      await this.#writable?.finish();
    } finally {
      this.#writable?.error(upgradedError());
    }
    if (hadUnread || this.#readable?.hasUnread) {
      throw new TLSError('ERR_TLS_PLAINTEXT_LEFT');
    }
  }

  /** Closes; does not throw if the connection has failed. */
  async [asyncDispose]() {
    await this.close().catch(() => {});
  }
}

const upgradedError = () => new TLSError('ERR_TLS_CLOSED', UPGRADED);
