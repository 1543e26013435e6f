/**
 * One connection from dialling to its end: its state, its promises, and the order of reads and writes.
 * pump.js moves the bytes.
 */
import { abandon, closeCleanly, Remainder, watchForAnswer } from './closing.js';
import { Engine } from './engine.js';
import { TLSError } from './errors.js';
import { checkIdentity, infoOf, loadPreamble, openTransport, reportKeys, upgrade } from './opening.js';
import { Pump } from './pump.js';
import { ConnectionState } from './state.js';
import { loadCore } from './wasm.js';

/** @typedef {import('./opening.js').Info} Info */
/** @typedef {import('./opening.js').Times} Times */
/** @typedef {import('./options.js').Settings} Settings */
/** @typedef {import('./pump.js').Owner} Owner */
/** @typedef {import('./starttls/preamble.js').Preamble} Preamble */

/** @typedef {{resolve: (bytes: Uint8Array<ArrayBuffer> | null) => void, reject: (error: unknown) => void, limit: number}} Reader */

/**
 * A promise with its resolve and reject functions. A rejection never counts as unhandled.
 * @template T
 */
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

/** @implements {Owner} */
export class Connection {
  /** @type {Deferred<Info>} */
  opened = new Deferred();
  /** @type {Deferred<void>} */
  closed = new Deferred();
  /** The transport is open. @type {Deferred<void>} */
  dialled = new Deferred();
  /** The negotiated parameters, once the connection is open. @type {Info | undefined} */
  info;

  #state;
  /** @type {unknown} */
  #error;
  #keylog;
  #closeTimeout;
  /** Set from the open transport until the end of the handshake. @type {(Times & {settings: Settings}) | undefined} */
  #opening;
  /** For the transport's signal. Undefined once the channel's abort() does the same. */
  #controller = /** @type {AbortController | undefined} */ (new AbortController());
  /** Removes our listener from the caller's AbortSignal. @type {(() => void) | undefined} */
  #removeAbortListener;
  /** What comes before TLS with the option `starttls`. @type {Preamble | undefined} */
  #preamble;
  /** @type {Pump | undefined} */
  #pump;
  /** The plaintext left to read after the end. @type {Remainder | undefined} */
  #remainder;
  /** @type {Reader[]} */
  #readers = [];
  /** Settles after the last write: writes run one after another. @type {Promise<void>} */
  #writes = Promise.resolve();
  /** The server's close_notify ended the connection, or its own direction. */
  #peerClosedFirst = false;
  /** Stops waiting for the answer after our close_notify. @type {(() => void) | undefined} */
  #stopWatch;
  /** @type {Promise<void> | undefined} */
  #closing;

  /** @param {Settings} settings */
  constructor(settings) {
    this.#state = new ConnectionState(settings.allowHalfOpen);
    this.#keylog = settings.keylog;
    this.#closeTimeout = settings.closeTimeout;
    const { signal, timeout } = settings;
    if (signal) {
      const abort = () => this.failed(new TLSError('ERR_TLS_ABORTED', undefined, { cause: signal.reason }));
      signal.addEventListener('abort', abort, { once: true });
      this.#removeAbortListener = () => signal.removeEventListener('abort', abort);
      if (signal.aborted) {
        abort();
        return;
      }
    }
    if (timeout > 0) {
      const timer = setTimeout(() => this.failed(this.#timeoutError(timeout)), timeout);
      const stop = () => clearTimeout(timer);
      this.opened.promise.then(stop, stop);
    }
    this.#dial(settings).catch((error) => this.failed(error));
  }

  /* --- opening ------------------------------------------------------------------------- */

  /** @param {number} timeout in milliseconds */
  #timeoutError(timeout) {
    const text = `The connection was not open within ${timeout} ms.`;
    const progress = this.#pump?.channel ? this.#pump.engine?.progress : this.#preamble?.progress;
    return progress
      ? new TLSError('ERR_TLS_TIMEOUT', `${text} ${progress.sentence}`, { hint: progress.hint })
      : new TLSError('ERR_TLS_TIMEOUT', `${text} The transport had not reached the server by then.`, {
          hint: 'Check the address, and that neither a firewall nor a proxy blocks it.',
        });
  }

  /** @param {Settings} settings */
  async #dial(settings) {
    const started = performance.now();
    const [core, trust, belowPublicSuffix, preamble] = await Promise.all([
      loadCore(),
      settings.trust(),
      settings.belowPublicSuffix(),
      loadPreamble(settings),
    ]);
    while (core.busy) {
      await core.idle();
    }
    if (this.#state.over) {
      return;
    }
    this.#pump = new Pump(new Engine(core, { ...settings.engine, trust, belowPublicSuffix }), this.#state, this);
    const { signal } = /** @type {AbortController} */ (this.#controller);
    const channel = await openTransport(settings, signal, this.#state);
    if (!channel) {
      return;
    }
    const connected = performance.now();
    if (preamble) {
      this.#preamble = preamble;
      await upgrade(channel, preamble, signal);
    }
    if (channel.abortCoversSignal) {
      this.#controller = undefined;
    }
    this.#opening = { settings, started, connected, upgraded: preamble && performance.now() };
    this.dialled.resolve();
    this.#pump.start(channel, preamble);
  }

  /**
   * Called by the pump after pumping the core.
   * @param {Engine} engine
   */
  pumped(engine) {
    if (this.#keylog) {
      reportKeys(engine, this.#keylog);
    }
    if (this.#opening && engine.handshakeDone && !engine.failed && !this.#state.over) {
      this.#finishOpening(engine, this.#opening);
    }
    if (this.#state.over) {
      return; // a callback of the application has ended it
    }
    this.#serveReaders();
    if (engine.peerClosed && !engine.failed && this.#state.apply('peerClosed')) {
      this.#peerClosedFirst = true;
      if (this.#state.name === 'draining') {
        this.#close().catch(() => {});
      }
    }
  }

  /**
   * Called when the handshake is done.
   * @param {Engine} engine
   * @param {Times & {settings: Settings}} opening
   */
  #finishOpening(engine, { settings, ...times }) {
    const info = infoOf(engine.report, settings, times, this.#pump?.channel?.dialled);
    checkIdentity(settings, info.verification);
    if (this.#state.apply('opened')) {
      this.info = info;
      this.#opening = undefined;
      this.opened.resolve(info);
    }
  }

  /* --- reading and writing -------------------------------------------------------------- */

  /**
   * @param {number} limit in bytes
   * @returns {Promise<Uint8Array<ArrayBuffer> | null>} null at the peer's close_notify, or if close() was called meanwhile
   */
  read(limit) {
    return new Promise((resolve, reject) => {
      this.#readers.push({ resolve, reject, limit });
      this.#serveReaders();
    });
  }

  #serveReaders() {
    while (this.#readers.length > 0) {
      const bytes = (this.#remainder ?? this.#pump)?.read(this.#readers[0].limit);
      if (bytes !== undefined) {
        this.#readers.shift()?.resolve(bytes);
      } else if (this.#state.over) {
        this.#readers.shift()?.reject(this.#error ?? new TLSError('ERR_TLS_CLOSED'));
      } else {
        return;
      }
    }
  }

  /** @param {Uint8Array} bytes */
  write(bytes) {
    return this.#send((pump) => pump.write(bytes));
  }

  /** Sends a KeyUpdate after the writes before it. */
  updateKeys() {
    return this.#send((pump) => pump.updateKeys());
  }

  /** @param {(pump: Pump) => Promise<void>} action */
  async #send(action) {
    if (!this.#state.writes) {
      throw this.#error ?? this.#closedError();
    }
    const sent = this.#writes.then(() => this.#sendNow(action));
    this.#writes = sent.catch(() => {});
    return sent;
  }

  /** @param {(pump: Pump) => Promise<void>} action */
  async #sendNow(action) {
    if (this.#state.name === 'opening') {
      await this.opened.promise;
    }
    if (this.#pump) {
      await action(this.#pump);
    }
    if (this.#state.over) {
      throw this.#error ?? this.#closedError();
    }
  }

  #closedError() {
    return new TLSError(
      'ERR_TLS_CLOSED',
      this.#peerClosedFirst
        ? 'The server has closed the connection with close_notify, as servers do when a connection has been idle or has served enough requests: open a new one.'
        : undefined,
    );
  }

  /* --- closing ---------------------------------------------------------------------- */

  /** Sends close_notify after all writes. The peer may still send, at any length, but must not pause for closeTimeout. */
  async endWriting() {
    await this.opened.promise;
    this.#state.apply('end');
    if (this.#state.name !== 'readOnly') {
      return this.#close();
    }
    await this.#writes;
    await this.#pump?.end();
    if (this.#error !== undefined) {
      throw this.#error;
    }
    if (this.#state.name === 'readOnly' && this.#pump) {
      if (this.#pump.unwritable) {
        throw await this.#pump.writeError();
      }
      const timeout = this.#closeTimeout;
      this.#stopWatch = watchForAnswer(this.#pump, timeout, () =>
        this.failed(
          new TLSError('ERR_TLS_TIMEOUT', `The server sent nothing for ${timeout} ms after our close_notify.`),
        ),
      );
    }
  }

  /**
   * Pending reads end with null: nobody wants their bytes any more.
   * @returns {Promise<void>} same as `closed`
   */
  close() {
    const endReads = () => this.#readers.splice(0).forEach((reader) => reader.resolve(null));
    if (this.#state.name === 'opening') {
      endReads();
      this.failed(new TLSError('ERR_TLS_CLOSED', 'The connection was closed before it was open.'));
      return Promise.resolve();
    }
    this.#state.apply('close');
    queueMicrotask(endReads); // an abort() that follows at once still counts
    return this.#close();
  }

  #close() {
    return (this.#closing ??= this.#drainAndClose());
  }

  async #drainAndClose() {
    const pump = this.#pump;
    if (this.#state.over || !pump) {
      return this.closed.promise;
    }
    const timeout = this.#closeTimeout;
    const timer = setTimeout(
      () => this.failed(new TLSError('ERR_TLS_TIMEOUT', `The connection was not closed within ${timeout} ms.`)),
      timeout,
    );
    try {
      const peerClosed = await closeCleanly(pump, this.#state, this.#writes);
      while (pump.busy) {
        await pump.idle();
      }
      this.#finish('finished', peerClosed);
    } catch (error) {
      this.failed(error);
    } finally {
      clearTimeout(timer);
    }
    return this.closed.promise;
  }

  /**
   * Ends the connection with an error.
   * @param {unknown} error
   */
  failed(error) {
    if (this.#state.over) {
      return;
    }
    const pump = this.#pump;
    if (pump?.busy) {
      pump.idle().then(() => this.failed(error));
      return;
    }
    this.#error = error instanceof TLSError ? error : new TLSError('ERR_TLS_TRANSPORT', undefined, { cause: error });
    this.#finish('failed', this.info !== undefined);
  }

  /**
   * @param {'finished' | 'failed'} event
   * @param {boolean} keep as in Pump.stop()
   */
  #finish(event, keep) {
    if (!this.#state.apply(event)) {
      return;
    }
    this.#removeAbortListener?.();
    this.#stopWatch?.();
    const pump = this.#pump;
    const channel = pump?.channel;
    const kept = pump?.stop(keep);
    this.#remainder = kept && new Remainder(kept.bytes, kept.peerClosed);
    if (event === 'finished') {
      channel?.discard();
      this.closed.resolve();
    } else {
      this.#controller?.abort(this.#error);
      if (channel) {
        abandon(channel, this.#error);
      }
      this.dialled.reject(this.#error);
      this.opened.reject(this.#error);
      this.closed.reject(this.#error);
    }
    this.#serveReaders();
  }

  /* --- for the adapters ------------------------------------------------------------- */

  /** From now on the server's close_notify ends reading only, as with `allowHalfOpen`: the adapter ends writing. */
  keepHalfOpen() {
    this.#state.allowHalfOpen = true;
  }

  /** Plaintext is left to read after the end. */
  get hasRemainder() {
    return this.#remainder?.isEmpty === false;
  }

  /** The TCP socket, if the transport has one. */
  get tcp() {
    return this.#pump?.channel?.tcp;
  }

  /** Undefined unless the connection is open. */
  get engine() {
    return this.info && this.#pump?.engine;
  }
}
