/**
 * Moves bytes between the transport, the core and the application. The core is pumped when it can do something with what
 * has come or gone, and never while it is in the middle of another call.
 */
import { APP_IN, APP_OUT, NET_IN, NET_OUT } from './engine.js';
import { TLSError } from './errors.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./state.js').ConnectionState} ConnectionState */
/** @typedef {import('./transports/channel.js').Channel} Channel */
/** @typedef {import('./transports/channel.js').Receiver} Receiver */

/**
 * @typedef {object} Owner
 * @property {(engine: Engine) => void} pumped the core has been pumped: there may be news of it, and plaintext
 * @property {(error: unknown) => void} failed the connection cannot go on
 */

/** Plaintext for one pump, in bytes: with what four records add to it, it just fits into NET_OUT and one frame of 64 KB. */
const BATCH = 64 * 1024 - 512;
const RESOLVED = Promise.resolve();

/** @implements {Receiver} */
export class Pump {
  /** Undefined when it has been freed. @type {Engine | undefined} */
  engine;
  #state;
  #owner;
  /** Undefined until the transport is open. @type {Channel | undefined} */
  channel;
  /** What the transport said when it broke or ended badly. @type {unknown} */
  transportError;
  /** Nothing can be sent any more; what comes can still be read. */
  unwritable = false;
  /** Network input that has no room yet; the channel is paused meanwhile. @type {Uint8Array[]} */
  #backlog = [];
  /** Nothing comes after the backlog. */
  #networkEnded = false;
  /** NET_OUT is being sent; what is added to it meanwhile is sent too. @type {Promise<void> | undefined} */
  #sending;

  /**
   * @param {Engine} engine owned, and freed, by the pump from now on
   * @param {ConnectionState} state
   * @param {Owner} owner
   */
  constructor(engine, state, owner) {
    this.engine = engine;
    this.#state = state;
    this.#owner = owner;
  }

  /** @param {Channel} channel */
  start(channel) {
    this.channel = channel;
    this.#step();
    channel.start(this);
  }

  /** The core is in the middle of a call: wait for `idle()`. */
  get busy() {
    return this.engine?.busy ?? false;
  }

  /** Resolves after that call. Check `busy` again then. */
  idle() {
    return this.engine?.idle() ?? RESOLVED;
  }

  /** Pumps, then passes on whatever came of it. */
  #step() {
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
    const error = engine.error(this.transportError);
    // Before the handshake is done, what the transport says explains more than that it ended.
    return error.code === 'ERR_TLS_HANDSHAKE_CLOSED' && this.transportError instanceof TLSError
      ? this.transportError
      : error;
  }

  /** @param {Engine} engine */
  #resumeLater(engine) {
    engine.idle().then(() => this.#resume());
  }

  /** Goes on where it had to stop: there is room again, or the core is not busy any more. */
  #resume() {
    if (this.#backlog.length === 0) {
      this.#networkEnded ? this.#endInput() : this.#step();
      return;
    }
    this.#step(); // makes room in NET_IN
    while (this.#backlog.length > 0) {
      const [bytes] = this.#backlog;
      const taken = this.#feed(bytes);
      if (this.#state.over) {
        return;
      }
      if (taken < bytes.length) {
        this.#backlog[0] = bytes.subarray(taken);
        return;
      }
      this.#backlog.shift();
    }
    this.#networkEnded ? this.#endInput() : this.channel?.resume();
  }

  /* --- network input: the channel's Receiver ------------------------------------------------ */

  /** @param {Uint8Array} bytes lent: what is kept has to be a copy */
  receive(bytes) {
    const engine = this.engine;
    if (!engine || engine.peerClosed) {
      return; // RFC 8446, section 6.1: what follows close_notify is ignored
    }
    const taken = this.#backlog.length === 0 ? this.#feed(bytes) : 0;
    if (taken === bytes.length || this.#state.over) {
      return;
    }
    if (!this.#state.receives && !engine.busy) {
      this.channel?.discard();
      return;
    }
    this.#backlog.push(new Uint8Array(bytes.subarray(taken)));
    this.channel?.pause();
    if (engine.busy) {
      this.#resumeLater(engine);
    }
  }

  /**
   * @param {Uint8Array} bytes
   * @returns {number} how many of them there was room for
   */
  #feed(bytes) {
    let at = 0;
    try {
      for (let taken = -1; at < bytes.length && taken !== 0 && this.engine && !this.busy; at += taken) {
        taken = this.engine.put(NET_IN, bytes, at);
        this.#step();
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
  }

  /** @param {unknown} error */
  failed(error) {
    this.transportError ??= error;
    this.ended();
  }

  /** The core has all input that there will be. */
  #endInput() {
    // Once our close_notify is on its way, the other side need not answer it (RFC 8446, section 6.1).
    if (this.#state.receives && !this.busy) {
      this.engine?.eof();
    }
    this.#step();
  }

  /* --- network output -------------------------------------------------------------------- */

  /** @param {unknown} error */
  broken(error) {
    this.transportError ??= error;
    this.unwritable = true;
  }

  /** Sends NET_OUT at the transport's pace; resolves when it is empty, or nothing can be sent any more. */
  #flush() {
    if (this.#sending) {
      return this.#sending;
    }
    this.#sending = RESOLVED; // whatever send() may call must not send as well
    const sent = this.#send();
    this.#sending &&= sent; // it may be done already
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
          const slower = channel.send(bytes);
          if (slower) {
            await slower;
          }
        } catch (error) {
          this.broken(error);
          return;
        }
        if (wasFull) {
          this.#resume();
        }
      }
    } catch (error) {
      this.#owner.failed(error);
    } finally {
      this.#sending = undefined; // at once: what comes a moment later needs another turn
    }
  }

  /* --- the application -------------------------------------------------------------------- */

  /**
   * The next plaintext.
   * @param {number} limit in bytes
   * @returns {Uint8Array<ArrayBuffer> | null | undefined} null: the peer has closed, and all has been read; undefined:
   *   there is nothing now
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
      queueMicrotask(() => this.#resume()); // once the caller has what it took
    }
    return bytes;
  }

  /**
   * Sends every byte; resolves when the transport has taken them, or the connection is over.
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
      this.assertWritable();
      at += this.engine.put(APP_OUT, bytes.subarray(0, at + BATCH), at);
      this.#step();
      await this.#flush();
    }
    if (this.engine) {
      this.assertWritable();
    }
  }

  /** @throws {TLSError} ERR_TLS_TRANSPORT */
  assertWritable() {
    if (this.unwritable) {
      throw new TLSError('ERR_TLS_TRANSPORT', 'Not every byte could be sent.', { cause: this.transportError });
    }
  }

  /** Sends close_notify after everything that has been written; resolves like write(). */
  async end() {
    while (this.busy) {
      await this.idle();
    }
    this.engine?.close();
    this.#step();
    await this.#flush();
  }

  /**
   * Frees the engine. If it has failed, its alert is sent, as far as that needs no waiting.
   * @param {boolean} keep what came before the peer's close_notify, or before the failure, can still be read
   * @returns what is kept: the plaintext, and whether close_notify came after it
   */
  stop(keep) {
    const engine = this.engine;
    if (!engine) {
      return undefined;
    }
    this.engine = undefined;
    this.#backlog = [];
    const { peerClosed, failed } = engine;
    const kept = keep && (peerClosed || failed) ? { bytes: engine.take(APP_IN), peerClosed } : undefined;
    const last = failed && this.channel ? engine.take(NET_OUT) : null;
    if (last !== null) {
      this.channel?.send(last)?.catch(() => {});
    }
    engine.free();
    return kept;
  }
}
