/**
 * What arrives from the transport on its way to the core, with flow control: input for which NET_IN has no space waits in
 * a backlog, and the channel is paused meanwhile.
 */
import { NET_IN } from './engine.js';
import { LAST_INPUT_MS } from './limits.js';

/** @typedef {import('./state.js').ConnectionState} ConnectionState */

/**
 * What it needs of the pump.
 * @typedef {Pick<import('./pump.js').Pump, 'engine' | 'channel' | 'busy' | 'pumpCore' | 'resumeLater'>} Pump
 */

export class NetworkInput {
  /** performance.now() of the last input. */
  receivedAt = 0;
  #pump;
  #state;
  #failed;
  /** @type {Uint8Array[]} */
  #backlog = [];
  /** No input follows the backlog. */
  #ended = false;
  /** Called when the input has ended or waits for the application. @type {(() => void)[]} */
  #listeners = [];

  /**
   * @param {Pump} pump
   * @param {ConnectionState} state
   * @param {(error: unknown) => void} failed the connection has failed
   */
  constructor(pump, state, failed) {
    this.#pump = pump;
    this.#state = state;
    this.#failed = failed;
  }

  /** @param {Uint8Array} bytes valid only during this call: copy what is kept */
  receive(bytes) {
    const { engine, channel } = this.#pump;
    this.receivedAt = performance.now();
    if (!engine || engine.peerClosed) {
      return; // RFC 8446, section 6.1: data after close_notify is ignored
    }
    const accepted = this.#backlog.length === 0 ? this.#feed(bytes) : 0;
    if (accepted === bytes.length || this.#state.over) {
      return;
    }
    if (!this.#state.receives && !engine.busy) {
      channel?.discard();
      return;
    }
    this.#backlog.push(new Uint8Array(bytes.subarray(accepted)));
    channel?.pause();
    this.#settle();
    if (engine.busy) {
      this.#pump.resumeLater(engine);
    }
  }

  /**
   * @param {Uint8Array} bytes
   * @returns {number} how many bytes NET_IN had space for
   */
  #feed(bytes) {
    const pump = this.#pump;
    let at = 0;
    try {
      for (let accepted = -1; at < bytes.length && accepted !== 0 && pump.engine && !pump.busy; at += accepted) {
        accepted = pump.engine.put(NET_IN, bytes, at);
        pump.pumpCore();
      }
    } catch (error) {
      this.#failed(error);
    }
    return at;
  }

  /** Pumps the core, and feeds it the backlog as far as it has space. */
  resume() {
    if (this.#backlog.length === 0) {
      this.#ended ? this.#passEnd() : this.#pump.pumpCore();
      return;
    }
    this.#pump.pumpCore(); // makes space in NET_IN
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
    this.#ended ? this.#passEnd() : this.#pump.channel?.resume();
  }

  /** The transport has ended or failed. */
  end() {
    this.#ended = true;
    if (this.#backlog.length === 0) {
      this.#passEnd();
    }
    this.#settle();
  }

  /** The core has received all input. */
  #passEnd() {
    // After our close_notify the peer need not send its own (RFC 8446, section 6.1).
    if (this.#state.receives && !this.#pump.busy) {
      this.#pump.engine?.eof();
    }
    this.#pump.pumpCore();
  }

  #settle() {
    this.#listeners.splice(0).forEach((resolve) => resolve());
  }

  /**
   * Waits for what the peer sent before it closed on our write, such as an answer that says why: callers may give the
   * connection up when the write fails.
   */
  async untilEnd() {
    if (this.#pump.engine && !this.#ended && this.#backlog.length === 0) {
      await new Promise((/** @type {(value: void) => void} */ resolve) => {
        const timer = setTimeout(resolve, LAST_INPUT_MS);
        this.#listeners.push(() => (clearTimeout(timer), resolve()));
      });
    }
  }

  /** Drops the backlog: the engine is gone. */
  stop() {
    this.#backlog = [];
    this.#settle();
  }
}
