/**
 * Moves bytes between the transport, the core and the application. Pumps the core whenever input has arrived or a queue
 * has space again, but never during another call of the core. The network's side is in network-input.js and
 * network-output.js.
 */
import { unsentError } from './closing.js';
import { APP_IN, APP_OUT, NET_OUT } from './engine.js';
import { TLSError } from './errors.js';
import { NetworkInput } from './network-input.js';
import { NetworkOutput } from './network-output.js';

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
  #input;
  #output;

  /**
   * @param {Engine} engine the pump owns and frees it
   * @param {ConnectionState} state
   * @param {Owner} owner
   */
  constructor(engine, state, owner) {
    this.engine = engine;
    this.#state = state;
    this.#owner = owner;
    this.#input = new NetworkInput(this, state, (error) => owner.failed(error));
    this.#output = new NetworkOutput(this, (error) => owner.failed(error));
  }

  /**
   * @param {Channel} channel
   * @param {Pick<Channel, 'start'>} [input] of the channel, if that has been started already
   */
  start(channel, input = channel) {
    this.channel = channel;
    this.pumpCore();
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
  pumpCore() {
    const engine = this.engine;
    if (!engine || !this.channel) {
      return;
    }
    if (engine.busy) {
      this.resumeLater(engine);
      return;
    }
    try {
      engine.pump();
      this.#output.pumped();
      this.#owner.pumped(engine);
      if (this.#state.over) {
        return;
      }
      if (engine.failed) {
        this.#owner.failed(this.#errorOf(engine));
      } else if (engine.pending(NET_OUT) > 0) {
        this.#output.flush();
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

  /** Resumes after the core's present call. @param {Engine} engine */
  resumeLater(engine) {
    engine.idle().then(() => this.resume());
  }

  /** Continues after a queue was full, the core was busy, or the application was waited for. */
  resume() {
    this.#input.resume();
  }

  /* --- the network: the channel's Receiver ------------------------------------------------ */

  /** performance.now() of the last network input. */
  get receivedAt() {
    return this.#input.receivedAt;
  }

  /** @param {Uint8Array} bytes valid only during this call */
  receive(bytes) {
    this.#input.receive(bytes);
  }

  ended() {
    this.#input.end();
  }

  /** @param {unknown} error */
  failed(error) {
    this.transportError ??= error;
    this.#input.end();
  }

  /** @param {unknown} error */
  broken(error) {
    this.transportError ??= error;
    this.unwritable = true;
    this.#output.pumped();
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
      this.resumeLater(engine);
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
      this.pumpCore();
      await this.#output.flushUntil((engine) => engine.pending(APP_OUT) === 0);
    }
    if (this.unwritable && this.engine) {
      throw await this.writeError();
    }
  }

  /** Why nothing can be sent any more; resolves when everything that the peer sent before has arrived. */
  async writeError() {
    await this.#input.untilEnd();
    return unsentError(this.transportError);
  }

  /** Sends close_notify after all writes; resolves like write(). */
  async end() {
    await this.#tell((engine) => engine.close());
    await this.#output.flushUntil((engine) => engine.closed);
  }

  /**
   * Sends a KeyUpdate after all writes; resolves like write().
   * @throws {TLSError} ERR_TLS_TRANSPORT, or ERR_TLS_INVALID_OPTION in TLS 1.2
   */
  async updateKeys() {
    await this.#tell((engine) => engine.updateKeys());
    await this.#output.flush();
    if (this.unwritable && this.engine) {
      throw await this.writeError();
    }
  }

  /** Ends and closes the transport. */
  async finish() {
    await this.channel?.end();
    await this.channel?.close();
  }

  /** Has the engine queue something, and pumps the core. @param {(engine: Engine) => void} queue */
  async #tell(queue) {
    while (this.busy) {
      await this.idle();
    }
    if (this.engine) {
      queue(this.engine);
    }
    this.pumpCore();
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
    this.#input.stop();
    this.#output.pumped();
    const { peerClosed, failed } = engine;
    const kept = keep && (peerClosed || failed) ? { bytes: engine.take(APP_IN), peerClosed } : undefined;
    if (failed) {
      this.#output.sendAlert(engine);
    }
    engine.free();
    return kept;
  }
}
