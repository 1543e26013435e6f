/**
 * Moves bytes between the transport, the core and the application. Pumps the core whenever input has arrived or a queue
 * has space again, but never during another call of the core.
 */
import { APP_IN, APP_OUT, NET_IN, NET_OUT } from './engine.js';
import { TLSError } from './errors.js';
import { LAST_INPUT_MS } from './limits.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./state.js').ConnectionState} ConnectionState */
/** @typedef {import('./transports/channel.js').Channel} Channel */
/** @typedef {import('./transports/channel.js').Receiver} Receiver */

/**
 * @typedef {object} Owner
 * @property {(engine: Engine) => void} pumped the core has been pumped: its state may have changed, and plaintext may be ready
 * @property {(error: unknown) => void} failed the connection has failed
 */

/** Plaintext for one pump: with the overhead of four records it just fits into NET_OUT and one WebSocket frame of 64 KB. */
const MAX_BATCH_BYTES = 64 * 1024 - 512;
const RESOLVED = Promise.resolve();

/** @implements {Receiver} */
export class Pump {
  /** Undefined once freed. @type {Engine | undefined} */
  engine;
  #state;
  #owner;
  /** Undefined until the transport is open. @type {Channel | undefined} */
  channel;
  /** The transport's error, if it failed. @type {unknown} */
  transportError;
  /** Nothing can be sent any more; input can still be read. */
  unwritable = false;
  /** performance.now() of the last network input. */
  receivedAt = 0;
  /** Network input for which NET_IN has no space yet; the channel is paused meanwhile. @type {Uint8Array[]} */
  #backlog = [];
  /** No input follows the backlog. */
  #networkEnded = false;
  /** Set while NET_OUT is being sent, with everything added meanwhile. @type {Promise<void> | undefined} */
  #sending;
  /** Called after the core has been pumped, and when there is nothing to wait for any more. @type {(() => void)[]} */
  #pumpListeners = [];
  /** Called when the input has ended or waits for the application. @type {(() => void)[]} */
  #inputListeners = [];

  /**
   * @param {Engine} engine the pump owns and frees it
   * @param {ConnectionState} state
   * @param {Owner} owner
   */
  constructor(engine, state, owner) {
    this.engine = engine;
    this.#state = state;
    this.#owner = owner;
  }

  /**
   * @param {Channel} channel
   * @param {Pick<Channel, 'start'>} [input] of the channel, if that has been started already
   */
  start(channel, input = channel) {
    this.channel = channel;
    this.#pumpCore();
    input.start(this);
  }

  /** The core is in a call: wait for `idle()`. */
  get busy() {
    return this.engine?.busy ?? false;
  }

  /** Resolves after that call. Check `busy` again. */
  idle() {
    return this.engine?.idle() ?? RESOLVED;
  }

  /** Pumps the core and passes on the results. */
  #pumpCore() {
    const engine = this.engine;
    if (!engine || !this.channel) {
      return;
    }
    if (engine.busy) {
      this.#resumeLater(engine);
      return;
    }
    try {
      engine.pump();
      this.#pumped();
      this.#owner.pumped(engine);
      if (this.#state.over) {
        return;
      }
      if (engine.failed) {
        this.#owner.failed(this.#errorOf(engine));
      } else if (engine.pending(NET_OUT) > 0) {
        this.#flush();
      }
    } catch (error) {
      this.#owner.failed(error);
    }
  }

  /** @param {Engine} engine */
  #errorOf(engine) {
    const { transportError } = this;
    const error = engine.error(transportError);
    if (error.code !== 'ERR_TLS_HANDSHAKE_CLOSED' || !(transportError instanceof TLSError)) {
      return error;
    }
    // The transport's error says more than "the connection was closed". A reset can have the same reasons as an end.
    return transportError.code === 'ERR_TLS_CONNECTION_RESET' && error.hint !== undefined
      ? new TLSError(transportError.code, transportError.message, { cause: transportError.cause, hint: error.hint })
      : transportError;
  }

  /** @param {Engine} engine */
  #resumeLater(engine) {
    engine.idle().then(() => this.resume());
  }

  /** Continues after a queue was full, the core was busy, or the application was waited for. */
  resume() {
    if (this.#backlog.length === 0) {
      this.#networkEnded ? this.#endInput() : this.#pumpCore();
      return;
    }
    this.#pumpCore(); // makes space in NET_IN
    while (this.#backlog.length > 0) {
      const [bytes] = this.#backlog;
      const accepted = this.#feed(bytes);
      if (this.#state.over) {
        return;
      }
      if (accepted < bytes.length) {
        this.#backlog[0] = bytes.subarray(accepted);
        return;
      }
      this.#backlog.shift();
    }
    this.#networkEnded ? this.#endInput() : this.channel?.resume();
  }

  /* --- network input: the channel's Receiver ------------------------------------------------ */

  /** @param {Uint8Array} bytes valid only during this call: copy what is kept */
  receive(bytes) {
    const engine = this.engine;
    this.receivedAt = performance.now();
    if (!engine || engine.peerClosed) {
      return; // RFC 8446, section 6.1: data after close_notify is ignored
    }
    const accepted = this.#backlog.length === 0 ? this.#feed(bytes) : 0;
    if (accepted === bytes.length || this.#state.over) {
      return;
    }
    if (!this.#state.receives && !engine.busy) {
      this.channel?.discard();
      return;
    }
    this.#backlog.push(new Uint8Array(bytes.subarray(accepted)));
    this.channel?.pause();
    this.#inputSettled();
    if (engine.busy) {
      this.#resumeLater(engine);
    }
  }

  /**
   * @param {Uint8Array} bytes
   * @returns {number} how many bytes NET_IN had space for
   */
  #feed(bytes) {
    let at = 0;
    try {
      for (let accepted = -1; at < bytes.length && accepted !== 0 && this.engine && !this.busy; at += accepted) {
        accepted = this.engine.put(NET_IN, bytes, at);
        this.#pumpCore();
      }
    } catch (error) {
      this.#owner.failed(error);
    }
    return at;
  }

  ended() {
    this.#networkEnded = true;
    if (this.#backlog.length === 0) {
      this.#endInput();
    }
    this.#inputSettled();
  }

  /** @param {unknown} error */
  failed(error) {
    this.transportError ??= error;
    this.ended();
  }

  /** The core has received all input. */
  #endInput() {
    // After our close_notify the peer need not send its own (RFC 8446, section 6.1).
    if (this.#state.receives && !this.busy) {
      this.engine?.eof();
    }
    this.#pumpCore();
  }

  /* --- network output -------------------------------------------------------------------- */

  /** @param {unknown} error */
  broken(error) {
    this.transportError ??= error;
    this.unwritable = true;
    this.#pumped();
  }

  #pumped() {
    this.#pumpListeners.splice(0).forEach((resolve) => resolve());
  }

  /**
   * Sends NET_OUT, and waits while the core sends nothing else: it renegotiates.
   * @param {(engine: Engine) => boolean} hasSent
   */
  async #flushUntil(hasSent) {
    await this.#flush();
    while (this.engine && !this.unwritable && !this.busy && !hasSent(this.engine)) {
      await new Promise((/** @type {(value: void) => void} */ resolve) => this.#pumpListeners.push(resolve));
      await this.#flush();
    }
  }

  #inputSettled() {
    this.#inputListeners.splice(0).forEach((resolve) => resolve());
  }

  /**
   * Waits for what the peer sent before it closed on our write, such as an answer that says why: callers may give the
   * connection up when the write fails.
   */
  async #untilInputEnds() {
    if (this.engine && !this.#networkEnded && this.#backlog.length === 0) {
      await new Promise((/** @type {(value: void) => void} */ resolve) => {
        const timer = setTimeout(resolve, LAST_INPUT_MS);
        this.#inputListeners.push(() => (clearTimeout(timer), resolve()));
      });
    }
  }

  /** Sends NET_OUT at the transport's pace; resolves when it is empty or nothing can be sent any more. */
  #flush() {
    if (this.#sending) {
      return this.#sending;
    }
    this.#sending = RESOLVED; // a nested call must not send as well
    const sent = this.#send();
    this.#sending &&= sent; // #send() may have finished already
    return sent;
  }

  async #send() {
    const channel = /** @type {Channel} */ (this.channel);
    try {
      while (this.engine && !this.unwritable) {
        if (this.engine.busy) {
          await this.engine.idle();
          continue;
        }
        const wasFull = this.engine.isFull(NET_OUT);
        const bytes = this.engine.take(NET_OUT);
        if (bytes === null) {
          return;
        }
        try {
          const backpressure = channel.send(bytes);
          if (backpressure) {
            await backpressure;
          }
        } catch (error) {
          this.broken(error);
          return;
        }
        if (wasFull) {
          this.resume();
        }
      }
    } catch (error) {
      this.#owner.failed(error);
    } finally {
      this.#sending = undefined; // without delay: bytes added from now on need another #send()
    }
  }

  /* --- the application -------------------------------------------------------------------- */

  /** The peer's close_notify has arrived. */
  get peerClosed() {
    return this.engine?.peerClosed ?? false;
  }

  /** Whether plaintext waits to be read, or may. */
  get hasUnread() {
    return this.busy || (this.engine?.pending(APP_IN) ?? 0) > 0;
  }

  /**
   * The next plaintext.
   * @param {number} limit in bytes
   * @returns {Uint8Array<ArrayBuffer> | null | undefined} null: the peer has closed and everything has been read;
   *   undefined: nothing available now
   */
  read(limit) {
    const engine = this.engine;
    if (!engine || !this.#state.reads) {
      return undefined;
    }
    if (engine.busy) {
      this.#resumeLater(engine);
      return undefined;
    }
    const wasFull = engine.isFull(APP_IN);
    const bytes = engine.take(APP_IN, limit);
    if (bytes === null) {
      return engine.peerClosed ? null : undefined;
    }
    if (wasFull && !engine.peerClosed) {
      queueMicrotask(() => this.resume()); // after the caller has received the bytes
    }
    return bytes;
  }

  /**
   * Sends all bytes; resolves when the transport has accepted them or the connection is over.
   * @param {Uint8Array} bytes
   * @throws {TLSError} ERR_TLS_TRANSPORT
   */
  async write(bytes) {
    for (let at = 0; at < bytes.length;) {
      while (this.busy) {
        await this.idle();
      }
      if (!this.engine) {
        return;
      }
      if (this.unwritable) {
        throw await this.writeError();
      }
      at += this.engine.put(APP_OUT, bytes.subarray(0, at + MAX_BATCH_BYTES), at);
      this.#pumpCore();
      await this.#flushUntil((engine) => engine.pending(APP_OUT) === 0);
    }
    if (this.unwritable && this.engine) {
      throw await this.writeError();
    }
  }

  /** Why nothing can be sent any more; resolves when everything that the peer sent before has arrived. */
  async writeError() {
    await this.#untilInputEnds();
    return new TLSError(
      'ERR_TLS_TRANSPORT',
      'Not all bytes could be sent: the server or the network closed the connection. What the server sent before can be read.',
      { cause: this.transportError },
    );
  }

  /** Sends close_notify after all writes; resolves like write(). */
  async end() {
    await this.#sendBy((engine) => engine.close());
    await this.#flushUntil((engine) => engine.closed);
  }

  /**
   * Sends a KeyUpdate after all writes; resolves like write().
   * @throws {TLSError} ERR_TLS_TRANSPORT, or ERR_TLS_INVALID_OPTION in TLS 1.2
   */
  async updateKeys() {
    await this.#sendBy((engine) => engine.updateKeys());
    if (this.unwritable && this.engine) {
      throw await this.writeError();
    }
  }

  /** Ends and closes the transport. */
  async finish() {
    await this.channel?.end();
    await this.channel?.close();
  }

  /** @param {(engine: Engine) => void} queue */
  async #sendBy(queue) {
    while (this.busy) {
      await this.idle();
    }
    if (this.engine) {
      queue(this.engine);
    }
    this.#pumpCore();
    await this.#flush();
  }

  /**
   * Frees the engine. If it has failed, sends its alert without waiting.
   * @param {boolean} keep keep plaintext that arrived before the peer's close_notify or before the failure
   * @returns the kept plaintext, and whether close_notify followed it
   */
  stop(keep) {
    const engine = this.engine;
    if (!engine) {
      return undefined;
    }
    this.engine = undefined;
    this.#backlog = [];
    this.#inputSettled();
    this.#pumped();
    const { peerClosed, failed } = engine;
    const kept = keep && (peerClosed || failed) ? { bytes: engine.take(APP_IN), peerClosed } : undefined;
    for (let more = failed; more && this.channel;) {
      more = engine.isFull(NET_OUT); // then the alert may not have fitted
      const last = engine.take(NET_OUT);
      if (last !== null) {
        this.channel.send(last)?.catch(() => {});
      }
      if (more) {
        engine.pump();
      }
    }
    engine.free();
    return kept;
  }
}
