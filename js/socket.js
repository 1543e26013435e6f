/**
 * A TLS connection over any pair of byte streams: feeds, pumps and drains the engine when bytes come or go.
 */
import { Engine, APP_IN, APP_OUT, NET_IN, NET_OUT } from './engine.js';
import { TLSError } from './errors.js';
import { channelOf } from './transports/channel.js';
import { loadCore } from './wasm.js';

/** @typedef {import('./options.js').Settings} Settings */
/** @typedef {import('./certificate.js').Certificate} Certificate */
/** @typedef {import('./certificate.js').Verification} Verification */
/** @typedef {import('./engine.js').ProtocolVersion} ProtocolVersion */
/** @typedef {import('./transports/channel.js').Channel} Channel */

/**
 * What `opened` gives.
 * @typedef {object} Info
 * @property {ProtocolVersion} protocol
 * @property {string} cipher the IANA name of the cipher suite
 * @property {string | null} alpn the protocol agreed on
 * @property {string | null} servername the Server Name Indication that was sent
 * @property {Verification} verification
 * @property {{transport: number, dialled: number | null, handshake: number, total: number}} timing milliseconds: until the
 *   transport was open; from then until it had reached the server, if it says so; until the handshake was done; in all
 */

/** @typedef {{resolve: (bytes: Uint8Array<ArrayBuffer> | null) => void, reject: (error: unknown) => void, limit: number}} Reader */

const encoder = new TextEncoder();

/** Plaintext for one pump, in bytes: with what four records add to it, it just fits into NET_OUT and one frame of 64 KB. */
const BATCH = 64 * 1024 - 512;

/** A promise with its two ends; a rejection that nobody waits for is not an unhandled one. */
/** @template T */
class Deferred {
  /** @type {(value: T) => void} */
  resolve = () => {};
  /** @type {(error: unknown) => void} */
  reject = () => {};
  constructor() {
    /** @type {Promise<T>} */
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => {});
  }
}

export class TLSSocket {
  /** Until it is open. @type {Settings | undefined} */
  #settings;
  #keylog;
  #closeTimeout;
  /** @type {Engine | undefined} */
  #engine;
  /** @type {Channel | undefined} */
  #channel;

  /** @type {Deferred<Info>} */
  #opened = new Deferred();
  /** @type {Deferred<void>} */
  #closed = new Deferred();
  /** Ends the opening of the transport; and what it waits for later, unless its channel does without. */
  #controller = /** @type {AbortController | undefined} */ (new AbortController());

  /** @type {'opening' | 'open' | 'closing' | 'closed' | 'failed'} */
  #phase = 'opening';
  /** @type {unknown} */
  #error;
  /** What the transport said when it ended badly. @type {unknown} */
  #transportError;
  /** Nothing can be sent any more; what comes can still be read. */
  #unwritable = false;
  /** By performance.now(). */
  #times = { started: 0, connected: 0 };
  /** @type {Info | undefined} */
  #info;
  /** Plaintext that came before the end, taken from the engine before that goes. @type {Uint8Array<ArrayBuffer> | null} */
  #rest = null;
  /** close_notify came: after the rest, reads give null. */
  #ended = false;

  /** @type {Reader[]} */
  #readers = [];
  /** What came and has no room until the application has read; the channel is paused meanwhile. @type {Uint8Array[]} */
  #backlog = [];
  /** Nothing more will come. */
  #networkEnded = false;
  /** Writes go one after another. @type {Promise<void>} */
  #writes = Promise.resolve();
  /** Something is being sent, and what comes to NET_OUT meanwhile goes with it. */
  #flushing = false;
  /** @type {Promise<void>} */
  #flushed = Promise.resolve();
  /** @type {Promise<void> | undefined} */
  #closingPromise;
  /** @type {ReadableStream<Uint8Array> | undefined} */
  #readable;
  /** @type {WritableStream<Uint8Array> | undefined} */
  #writable;
  /** @type {(() => void)[]} */
  #cleanUps = [];

  /**
   * For `connect()`.
   * @param {Settings} settings
   */
  constructor(settings) {
    this.#settings = settings;
    this.#keylog = settings.keylog;
    this.#closeTimeout = settings.closeTimeout;
    const { signal, timeout } = settings;
    if (signal) {
      const abort = () => this.#fail(new TLSError('ERR_TLS_ABORTED', undefined, { cause: signal.reason }));
      signal.addEventListener('abort', abort, { once: true });
      this.#cleanUps.push(() => signal.removeEventListener('abort', abort));
      if (signal.aborted) {
        abort();
        return;
      }
    }
    if (timeout > 0) {
      const timer = setTimeout(
        () => this.#fail(new TLSError('ERR_TLS_TIMEOUT', `The connection was not open after ${timeout} ms.`)),
        timeout,
      );
      const stop = () => clearTimeout(timer);
      this.#opened.promise.then(stop, stop);
    }
    this.#run(settings).catch((error) => this.#fail(error));
  }

  /** Resolves when the handshake is done and the server's chain is good; rejects with a TLSError. */
  get opened() {
    return this.#opened.promise;
  }

  /** Resolves when the connection has ended in good order; rejects with a TLSError when it has not. */
  get closed() {
    return this.#closed.promise;
  }

  /* --- the run ---------------------------------------------------------------------- */

  /** @param {Settings} settings */
  async #run(settings) {
    const started = performance.now();
    const [core, trust] = await Promise.all([loadCore(), settings.trust()]);
    if (this.#over) {
      return;
    }
    const engine = new Engine(core, { ...settings.engine, trust });
    this.#engine = engine;
    const { signal } = /** @type {AbortController} */ (this.#controller);
    const transport = await settings.transport(settings.address, { signal });
    if (this.#over) {
      await closeQuietly(transport);
      return;
    }
    try {
      this.#channel = channelOf(transport);
    } catch (error) {
      closeQuietly(transport);
      throw error;
    }
    if (this.#channel.unsignalled) {
      this.#controller = undefined;
    }
    this.#times = { started, connected: performance.now() };
    this.#step();
    this.#channel.start({
      receive: (bytes) => this.#receive(bytes),
      ended: () => this.#endNetwork(),
      failed: (error) => this.#endNetwork(error),
      broken: (error) => this.#transportFailed(error),
    });
  }

  /**
   * The handshake is done.
   * @param {Engine} engine
   * @param {Settings} settings
   */
  #open(engine, settings) {
    const { protocol, cipher, alpn, verification } = engine.report;
    const done = performance.now();
    const { started, connected } = this.#times;
    const dialled = this.#channel?.dialled;
    const info = {
      protocol: /** @type {ProtocolVersion} */ (protocol),
      cipher: /** @type {string} */ (cipher),
      alpn,
      servername: settings.engine.servername ?? null,
      verification,
      timing: {
        transport: connected - started,
        dialled: dialled === undefined ? null : Math.max(0, dialled - connected),
        handshake: done - connected,
        total: done - started,
      },
    };
    const { checkServerIdentity } = settings;
    if (checkServerIdentity) {
      const refusal = checkServerIdentity(settings.engine.hostname, verification.sent[0]);
      if (refusal !== undefined) {
        throw new TLSError('ERR_TLS_SERVER_IDENTITY', undefined, { cause: refusal, verification });
      }
      if (this.#over) {
        return; // by the callback
      }
    }
    this.#info = info;
    this.#settings = undefined;
    this.#phase = 'open';
    this.#opened.resolve(info);
  }

  get #over() {
    return this.#phase === 'closed' || this.#phase === 'failed';
  }

  /** @param {Uint8Array} bytes lent: what is kept has to be a copy */
  #receive(bytes) {
    const taken = this.#backlog.length === 0 ? this.#feed(bytes) : 0;
    if (taken === bytes.length || this.#over) {
      return;
    }
    if (this.#phase === 'closing') {
      this.#channel?.discard(); // nobody reads any more
    } else {
      this.#backlog.push(new Uint8Array(bytes.subarray(taken)));
      this.#channel?.pause();
    }
  }

  /**
   * @param {Uint8Array} bytes
   * @returns {number} how many of them there was room for
   */
  #feed(bytes) {
    let at = 0;
    try {
      for (let taken = -1; at < bytes.length && taken !== 0 && !this.#over; at += taken) {
        taken = /** @type {Engine} */ (this.#engine).put(NET_IN, bytes, at);
        this.#step();
      }
    } catch (error) {
      this.#fail(error);
    }
    return at;
  }

  /** The application has read: there is room again. */
  #resumeNetwork() {
    this.#step();
    while (this.#backlog.length > 0 && !this.#over) {
      const [bytes] = this.#backlog;
      const taken = this.#feed(bytes);
      if (taken < bytes.length) {
        this.#backlog[0] = bytes.subarray(taken);
        return;
      }
      this.#backlog.shift();
      if (this.#backlog.length === 0) {
        this.#networkEnded ? this.#eof() : this.#channel?.resume();
      }
    }
  }

  /** @param {unknown} [error] why it did not end in good order */
  #endNetwork(error) {
    this.#transportError ??= error;
    this.#networkEnded = true;
    if (this.#backlog.length === 0) {
      this.#eof();
    }
  }

  #eof() {
    // Once our close_notify is on its way, the other side need not answer it (RFC 8446, section 6.1).
    if (!this.#over && this.#phase !== 'closing') {
      this.#engine?.eof();
      this.#step();
    }
  }

  /** Pumps, then passes on whatever came of it. */
  #step() {
    try {
      if (!this.#over && this.#engine && this.#channel) {
        this.#pump(this.#engine);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {Engine} engine */
  #pump(engine) {
    engine.pump();
    if (this.#keylog) {
      this.#reportKeys(engine, this.#keylog);
      if (this.#over) {
        return; // by the callback
      }
    }
    if (engine.handshakeDone && !engine.failed && this.#settings) {
      this.#open(engine, this.#settings);
      if (this.#over) {
        return;
      }
    }
    if (this.#phase !== 'opening') {
      this.#serveReaders();
    }
    if (engine.failed) {
      this.#fail(this.#engineError(engine));
      return;
    }
    if (engine.pending(NET_OUT) > 0) {
      this.#flush();
    }
    if (engine.peerClosed && this.#phase === 'open') {
      this.close().catch(() => {});
    }
  }

  /**
   * @param {Engine} engine
   * @param {(line: string) => void} keylog
   */
  #reportKeys(engine, keylog) {
    for (const line of engine.takeKeylog()) {
      try {
        keylog(line);
      } catch (error) {
        queueMicrotask(() => {
          throw error; // uncaught, as an event listener's: it is not the connection's
        });
      }
    }
  }

  /** @param {Engine} engine */
  #engineError(engine) {
    const error = engine.error(this.#transportError);
    // Before the handshake is done, what the transport says explains more than that it ended.
    return error.code === 'ERR_TLS_HANDSHAKE_CLOSED' && this.#transportError instanceof TLSError
      ? this.#transportError
      : error;
  }

  /**
   * The writing side of the transport has broken; its reading side says for itself when it has ended.
   * @param {unknown} error
   */
  #transportFailed(error) {
    this.#transportError ??= error;
    this.#unwritable = true;
  }

  /** Sends what is in NET_OUT at the transport's pace. One at a time; resolves when it is empty. */
  #flush() {
    if (!this.#flushing) {
      this.#flushing = true;
      this.#flushed = this.#flushNow().catch((error) => this.#fail(error));
    }
    return this.#flushed;
  }

  async #flushNow() {
    const channel = /** @type {Channel} */ (this.#channel);
    try {
      while (this.#engine && !this.#over && !this.#unwritable) {
        const bytes = this.#engine.take(NET_OUT);
        if (bytes === null) {
          return;
        }
        try {
          const slower = channel.send(bytes);
          if (slower) {
            await slower;
          }
        } catch (error) {
          this.#transportFailed(error);
          return;
        }
        this.#step();
      }
    } finally {
      this.#flushing = false; // at once: what comes a moment later needs another turn
    }
  }

  /* --- reading ---------------------------------------------------------------------- */

  /**
   * The next bytes, as many as there are; null after the server's close_notify, and only then.
   * @returns {Promise<Uint8Array<ArrayBuffer> | null>}
   */
  async read() {
    if (this.#readable?.locked) {
      throw new TypeError('The readable stream is locked: read from its reader.');
    }
    return this.#read(Infinity);
  }

  /** @param {number} limit */
  #read(limit) {
    return new Promise((/** @type {Reader['resolve']} */ resolve, reject) => {
      this.#readers.push({ resolve, reject, limit });
      this.#serveReaders();
    });
  }

  #serveReaders() {
    while (this.#readers.length > 0) {
      const bytes = this.#takePlaintext(this.#readers[0].limit);
      if (bytes !== null) {
        this.#readers.shift()?.resolve(bytes);
      } else if (this.#ended || this.#engine?.peerClosed) {
        this.#readers.shift()?.resolve(null);
      } else if (this.#over) {
        this.#readers.shift()?.reject(this.#error ?? new TLSError('ERR_TLS_CLOSED'));
      } else {
        return;
      }
    }
  }

  /** @param {number} limit */
  #takePlaintext(limit) {
    const rest = this.#rest;
    if (rest !== null) {
      this.#rest = rest.length > limit ? rest.subarray(limit) : null;
      return this.#rest ? rest.slice(0, limit) : rest; // a stream takes the buffer along
    }
    if (!this.#engine || this.#phase === 'opening') {
      return null;
    }
    const bytes = this.#engine.take(APP_IN, limit);
    if (bytes !== null && !this.#engine.peerClosed) {
      queueMicrotask(() => this.#resumeNetwork()); // once the caller has what it took
    }
    return bytes;
  }

  /** The plaintext as a byte stream; made at the first use. It ends after close_notify and errors otherwise. */
  get readable() {
    this.#readable ??= new ReadableStream(
      /** @type {UnderlyingByteSource} */ ({
        type: 'bytes',
        pull: async (controller) => {
          const view = /** @type {ReadableStreamBYOBRequest | null} */ (controller.byobRequest)?.view;
          const bytes = await this.#read(view ? view.byteLength : Infinity);
          if (bytes === null) {
            controller.close();
            controller.byobRequest?.respond(0);
          } else {
            controller.enqueue(bytes);
          }
        },
        cancel: () => this.close(),
      }),
      { highWaterMark: 0 },
    );
    return this.#readable;
  }

  /* --- writing ---------------------------------------------------------------------- */

  /**
   * Sends every byte, whatever its size; resolves when the transport has taken them.
   * @param {Uint8Array | ArrayBuffer | ArrayBufferView | string} data text is sent as UTF-8
   */
  async write(data) {
    const bytes = toBytes(data);
    const written = this.#writes.then(() => this.#writeAll(bytes));
    this.#writes = written.catch(() => {});
    return written;
  }

  /** @param {Uint8Array} bytes */
  async #writeAll(bytes) {
    await this.opened;
    for (let at = 0; at < bytes.length;) {
      const engine = this.#engine;
      if (this.#over || this.#phase === 'closing' || !engine || engine.closed) {
        throw this.#error ?? new TLSError('ERR_TLS_CLOSED');
      }
      if (this.#unwritable) {
        throw new TLSError('ERR_TLS_TRANSPORT', 'Not every byte could be sent.', { cause: this.#transportError });
      }
      at += engine.put(APP_OUT, bytes.subarray(0, at + BATCH), at);
      this.#step();
      await this.#flush();
    }
    if (this.#phase === 'failed' || this.#unwritable) {
      throw (
        this.#error ??
        new TLSError('ERR_TLS_TRANSPORT', 'Not every byte could be sent.', { cause: this.#transportError })
      );
    }
  }

  /** Takes bytes at the transport's pace; closing it closes the connection. */
  get writable() {
    this.#writable ??= new WritableStream({
      write: (chunk) => this.write(chunk),
      close: () => this.close(),
      abort: (reason) => this.#fail(new TLSError('ERR_TLS_ABORTED', undefined, { cause: reason })),
    });
    return this.#writable;
  }

  /* --- the end ---------------------------------------------------------------------- */

  /**
   * Sends what has been written and close_notify, then closes the transport. Bytes not yet read are dropped.
   * @returns {Promise<void>} as `closed`
   */
  close() {
    if (this.#phase === 'opening') {
      this.#fail(new TLSError('ERR_TLS_CLOSED', 'The connection was closed before it was open.'));
      return Promise.resolve();
    }
    this.#closingPromise ??= this.#close();
    return this.#closingPromise;
  }

  async #close() {
    if (this.#over) {
      return this.closed;
    }
    const timer = setTimeout(
      () =>
        this.#fail(new TLSError('ERR_TLS_TIMEOUT', `The connection was not closed after ${this.#closeTimeout} ms.`)),
      this.#closeTimeout,
    );
    let peerClosed = false;
    try {
      await this.#writes;
      const engine = this.#engine;
      if (!this.#over && engine) {
        engine.close();
        this.#phase = 'closing';
        this.#step();
        await this.#flush();
      }
      if (!this.#over && engine) {
        this.#keepRest(engine);
        peerClosed = engine.peerClosed;
        if (this.#unwritable) {
          throw this.#transportError;
        }
        await this.#channel?.end();
        await this.#channel?.close();
      }
      this.#finish('closed');
    } catch (error) {
      // When the other side has said that it is done, it need not hear the same from us.
      if (peerClosed) {
        this.#finish('closed');
      } else {
        this.#fail(new TLSError('ERR_TLS_TRANSPORT', undefined, { cause: error }));
      }
    } finally {
      clearTimeout(timer);
    }
    return this.closed;
  }

  /**
   * Bytes that came before the server's close_notify can still be read.
   * @param {Engine} engine
   */
  #keepRest(engine) {
    this.#ended = engine.peerClosed;
    if ((engine.peerClosed || engine.failed) && engine.handshakeDone) {
      this.#rest ??= engine.take(APP_IN);
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    if (this.#over) {
      return;
    }
    this.#error = error instanceof TLSError ? error : new TLSError('ERR_TLS_TRANSPORT', undefined, { cause: error });
    const engine = this.#engine;
    if (engine && this.#channel) {
      if (this.#info) {
        this.#keepRest(engine);
      }
      // The alert, if there is one to send: as much as goes without waiting.
      const last = engine.failed ? engine.take(NET_OUT) : null;
      if (last !== null) {
        this.#channel.send(last)?.catch(() => {});
      }
    }
    this.#finish('failed');
  }

  /** @param {'closed' | 'failed'} phase */
  #finish(phase) {
    if (this.#over) {
      return;
    }
    this.#phase = phase;
    for (const cleanUp of this.#cleanUps.splice(0)) {
      cleanUp();
    }
    const engine = this.#engine;
    this.#engine = undefined;
    engine?.free();
    this.#backlog = [];
    if (phase === 'closed') {
      this.#channel?.discard();
      this.#closed.resolve();
    } else {
      this.#controller?.abort(this.#error);
      this.#abandonTransport();
      this.#opened.reject(this.#error);
      this.#closed.reject(this.#error);
    }
    this.#serveReaders();
  }

  #abandonTransport() {
    const channel = this.#channel;
    if (!channel) {
      return;
    }
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const late = new Promise((resolve) => {
      timer = setTimeout(() => resolve(channel.abort(this.#error)), 1000);
    });
    // Closing, not aborting, lets an alert that is already with the transport leave.
    const ended = channel.end().catch(() => {});
    channel.discard(this.#error);
    Promise.race([ended, late]).then(() => {
      clearTimeout(timer);
      closeQuietly(channel);
    });
  }

  /* --- what was agreed, under Node's names ------------------------------------------------ */

  /** Whether the server's chain is good; false while the connection opens. */
  get authorized() {
    return this.#info?.verification.ok ?? false;
  }

  /** The code of the first problem of the server's chain, or null. */
  get authorizationError() {
    return this.#info?.verification.problems[0]?.code ?? null;
  }

  /** The server's own certificate, or null before the handshake. @returns {Certificate | null} */
  getPeerCertificate() {
    return this.#info?.verification.sent[0] ?? null;
  }

  /** @returns {ProtocolVersion | null} */
  getProtocol() {
    return this.#info?.protocol ?? null;
  }

  /** The cipher suite by its IANA name, or null before the handshake. */
  getCipher() {
    return this.#info
      ? { name: this.#info.cipher, standardName: this.#info.cipher, version: this.#info.protocol }
      : null;
  }

  /** @returns {string | null} */
  get alpnProtocol() {
    return this.#info?.alpn ?? null;
  }

  /**
   * Keying material bound to this connection (RFC 5705; RFC 8446, section 7.5).
   * @param {number} length in bytes
   * @param {string} label
   * @param {Uint8Array} [context]
   * @returns {Uint8Array}
   */
  exportKeyingMaterial(length, label, context) {
    if (!this.#info || !this.#engine) {
      throw new TLSError('ERR_TLS_CLOSED', 'The connection is not open.');
    }
    return this.#engine.exportKeyingMaterial(length, label, context);
  }

  /** Closes without complaint if the connection has failed already. */
  async [Symbol.asyncDispose]() {
    await this.close().catch(() => {});
  }
}

/** @param {{close?: () => void | Promise<void>}} transport */
async function closeQuietly(transport) {
  try {
    await transport.close?.();
  } catch {
    // It has failed already, and that is known.
  }
}

/** @param {Uint8Array | ArrayBuffer | ArrayBufferView | string} data */
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
  if (data instanceof ArrayBuffer) {
    return new Uint8Array(data);
  }
  throw new TLSError('ERR_TLS_INVALID_OPTION', 'Only bytes (an ArrayBuffer or a view of one) or text can be written.');
}
