/**
 * One connection from dialling to its end, whatever it carries: its state, its promises, the order of reads and writes, and
 * how it closes. TLSConnection and PlainConnection dial it; their pumps move the bytes.
 */
import { abandon, closeCleanly, watchForAnswer } from './closing.js';
import { Deferred } from './deferred.js';
import { TLSError } from './errors.js';
import { Reads } from './reads.js';
import { ConnectionState } from './state.js';

/** @typedef {import('./transports/channel.js').Channel} Channel */

/**
 * What moves the bytes of a connection.
 * @typedef {object} AnyPump
 * @property {Channel | undefined} channel undefined until the transport is open
 * @property {unknown} transportError the transport's error, if it failed
 * @property {boolean} unwritable nothing can be sent any more; input can still be read
 * @property {number} receivedAt performance.now() of the last network input
 * @property {boolean} busy it cannot be called now: wait for `idle()`
 * @property {() => Promise<void>} idle
 * @property {boolean} peerClosed the peer has ended its direction
 * @property {boolean} hasUnread whether bytes wait to be read, or may
 * @property {(limit: number) => Uint8Array<ArrayBuffer> | null | undefined} read the next bytes; null: the peer has closed and
 *   everything has been read; undefined: nothing available now
 * @property {(bytes: Uint8Array) => Promise<void>} write resolves when the transport has accepted them or the connection is over
 * @property {() => Promise<TLSError>} writeError why nothing can be sent any more
 * @property {() => Promise<void>} end ends our direction, after all writes
 * @property {() => Promise<void>} finish ends and closes the transport
 * @property {(keep: boolean) => {bytes: Uint8Array<ArrayBuffer> | null, peerClosed: boolean} | undefined} stop releases
 *   everything but the channel; if `keep`, returns the bytes that can still be read
 */

/** How to end it before it is open. @typedef {{signal: AbortSignal | undefined, timeout: number}} Limits */

/**
 * @template Info the value of `opened`
 * @template {AnyPump} P
 */
export class Connection {
  /** @type {Deferred<Info>} */
  opened = new Deferred();
  /** @type {Deferred<void>} */
  closed = new Deferred();
  /** The transport is open. @type {Deferred<void>} */
  dialled = new Deferred();
  /** The negotiated parameters, once the connection is open. @type {Info | undefined} */
  info;

  /** For subclasses. */
  state;
  /** @type {P | undefined} */
  pump;
  /** Why it ended. @type {unknown} */
  error;
  /** For the transport's signal. Undefined once the channel's abort() does the same. */
  controller = /** @type {AbortController | undefined} */ (new AbortController());

  #closeTimeout;
  #answerTimeout;
  #texts;
  /** Removes our listener from the caller's AbortSignal. @type {(() => void) | undefined} */
  #removeAbortListener;
  #reads = new Reads();
  /** Settles after the last write: writes run one after another. @type {Promise<void>} */
  writes = Promise.resolve();
  /** The peer's end ended the connection, or its own direction. */
  #peerClosedFirst = false;
  /** Stops waiting for the answer after our end. @type {(() => void) | undefined} */
  #stopWatch;
  /** @type {Promise<void> | undefined} */
  #closing;

  /**
   * @param {{allowHalfOpen: boolean, closeTimeout: number, answerTimeout?: number}} settings in milliseconds; without
   *   `answerTimeout`, the peer may pause at will after our end
   * @param {{closedByPeer: string}} texts why nothing can be written after the peer's end
   */
  constructor({ allowHalfOpen, closeTimeout, answerTimeout }, texts) {
    this.state = new ConnectionState(allowHalfOpen);
    this.#closeTimeout = closeTimeout;
    this.#answerTimeout = answerTimeout;
    this.#texts = texts;
  }

  /* --- opening ------------------------------------------------------------------------- */

  /**
   * Dials, unless the signal is aborted already.
   * @param {Limits} limits
   * @param {() => Promise<void>} dial sets `pump`, and starts it
   */
  start({ signal, timeout }, dial) {
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
      const timer = setTimeout(() => this.failed(this.timeoutError(timeout)), timeout);
      const stop = () => clearTimeout(timer);
      this.opened.promise.then(stop, stop);
    }
    dial().catch((error) => this.failed(error));
  }

  /** @param {number} timeout in milliseconds */
  timeoutError(timeout) {
    return new TLSError(
      'ERR_TLS_TIMEOUT',
      `The connection was not open within ${timeout} ms. The transport had not reached the server by then.`,
      { hint: 'Check the address, and that neither a firewall nor a proxy blocks it.' },
    );
  }

  /** The transport is open. @param {Channel} channel */
  hasDialled(channel) {
    if (channel.abortCoversSignal) {
      this.controller = undefined;
    }
    this.dialled.resolve();
  }

  /** It has closed without an error. */
  get ended() {
    return this.state.name === 'closed';
  }

  /** The peer has ended its direction. */
  peerEnded() {
    if (this.state.apply('peerClosed')) {
      this.#peerClosedFirst = true;
      if (this.state.name === 'draining') {
        this.#close().catch(() => {});
      }
    }
  }

  /* --- reading and writing -------------------------------------------------------------- */

  /**
   * @param {number} limit in bytes
   * @returns {Promise<Uint8Array<ArrayBuffer> | null>} null at the peer's close_notify, or if close() was called meanwhile
   */
  read(limit) {
    const bytes = this.#reads.add(limit);
    this.serveReads();
    return bytes;
  }

  /** Called whenever there may be something to read. */
  serveReads() {
    this.#reads.serve(this.pump, this.state.over ? () => this.error ?? new TLSError('ERR_TLS_CLOSED') : undefined);
  }

  /** @param {Uint8Array} bytes */
  write(bytes) {
    return this.send((pump) => pump.write(bytes));
  }

  /**
   * Runs an action in turn with the writes.
   * @param {(pump: P) => Promise<void>} action
   */
  send(action) {
    if (!this.state.writes) {
      return Promise.reject(this.error ?? this.#closedError());
    }
    const sent = this.writes.then(() => this.#sendNow(action));
    this.writes = sent.catch(() => {});
    return sent;
  }

  /** @param {(pump: P) => Promise<void>} action */
  async #sendNow(action) {
    if (this.state.name === 'opening') {
      await this.opened.promise;
    }
    if (this.pump) {
      await action(this.pump);
    }
    if (this.state.over) {
      throw this.error ?? this.#closedError();
    }
  }

  #closedError() {
    return new TLSError('ERR_TLS_CLOSED', this.#peerClosedFirst ? this.#texts.closedByPeer : undefined);
  }

  /* --- closing ---------------------------------------------------------------------- */

  /** Ends our direction after all writes. The peer may still send, at any length, but must not pause for answerTimeout. */
  async endWriting() {
    await this.opened.promise;
    this.state.apply('end');
    if (this.state.name !== 'readOnly') {
      return this.#close();
    }
    await this.writes;
    await this.pump?.end();
    if (this.error !== undefined) {
      throw this.error;
    }
    if (this.state.name === 'readOnly' && this.pump) {
      if (this.pump.unwritable) {
        throw await this.pump.writeError();
      }
      const timeout = this.#answerTimeout;
      if (timeout !== undefined) {
        this.#stopWatch = watchForAnswer(this.pump, timeout, () =>
          this.failed(
            new TLSError('ERR_TLS_TIMEOUT', `The server sent nothing for ${timeout} ms after our close_notify.`),
          ),
        );
      }
    }
  }

  /** Pending reads end with null: nobody wants their bytes any more. */
  endReads() {
    this.#reads.end();
  }

  /**
   * Sends pending writes, then ends and closes the transport. `closed` settles then.
   * @param {unknown} [reason] with which `opened` rejects if it is pending
   * @returns {Promise<void>}
   */
  close(reason) {
    if (this.state.name === 'opening') {
      this.endReads();
      if (reason !== undefined) {
        this.opened.reject(reason);
      }
      const text = 'The connection was closed before it was open.';
      this.failed(new TLSError('ERR_TLS_CLOSED', text, { cause: reason }));
      return this.closed.promise;
    }
    this.state.apply('close');
    queueMicrotask(() => this.endReads()); // an abort() that follows at once still counts
    this.#close().catch(() => {});
    return this.closed.promise;
  }

  #close() {
    return (this.#closing ??= this.#drainAndClose());
  }

  async #drainAndClose() {
    const pump = this.pump;
    if (this.state.over || !pump) {
      return this.closed.promise;
    }
    const timeout = this.#closeTimeout;
    const timer = setTimeout(
      () => this.failed(new TLSError('ERR_TLS_TIMEOUT', `The connection was not closed within ${timeout} ms.`)),
      timeout,
    );
    try {
      const peerClosed = await closeCleanly(pump, this.state, this.writes);
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
    if (this.state.over) {
      return;
    }
    const pump = this.pump;
    if (pump?.busy) {
      pump.idle().then(() => this.failed(error));
      return;
    }
    this.error = error instanceof TLSError ? error : new TLSError('ERR_TLS_TRANSPORT', undefined, { cause: error });
    this.#finish('failed', this.state.name !== 'opening');
  }

  /** Ends it, but leaves its channel to another connection. @returns {boolean} whether it was open */
  leave() {
    return this.#finish('handedOver', false);
  }

  /**
   * @param {'finished' | 'handedOver' | 'failed'} event
   * @param {boolean} keep as in AnyPump.stop()
   * @returns {boolean} whether it had not ended before
   */
  #finish(event, keep) {
    if (!this.state.apply(event)) {
      return false;
    }
    this.#removeAbortListener?.();
    this.#stopWatch?.();
    const pump = this.pump;
    const channel = pump?.channel;
    const kept = pump?.stop(keep);
    if (kept) {
      this.#reads.keep(kept);
    }
    if (event !== 'failed') {
      if (event === 'finished') {
        channel?.discard();
      }
      this.closed.resolve();
    } else {
      this.controller?.abort(this.error);
      if (channel) {
        abandon(channel, this.error);
      }
      this.dialled.reject(this.error);
      this.opened.reject(this.error);
      this.closed.reject(this.error);
    }
    this.serveReads();
    return true;
  }

  /* --- for the adapters ------------------------------------------------------------- */

  /** From now on the peer's end ends reading only, as with `allowHalfOpen`: the adapter ends writing. */
  keepHalfOpen() {
    this.state.allowHalfOpen = true;
  }

  /** Bytes are left to read after the end. */
  get hasRemainder() {
    return this.#reads.hasRemainder;
  }

  /** The TCP socket, if the transport has one. */
  get tcp() {
    return this.pump?.channel?.tcp;
  }
}
