/** What the core sends on its way to the transport, at the transport's pace. */
import { NET_OUT } from './engine.js';

/** @typedef {import('./engine.js').Engine} Engine */
/** @typedef {import('./transports/channel.js').Channel} Channel */

/**
 * What it needs of the pump.
 * @typedef {Pick<import('./pump.js').Pump, 'engine' | 'channel' | 'busy' | 'unwritable' | 'broken' | 'resume'>} Pump
 */

const RESOLVED = Promise.resolve();

export class NetworkOutput {
  #pump;
  #failed;
  /** Set while NET_OUT is being sent, with everything added meanwhile. @type {Promise<void> | undefined} */
  #sending;
  /** Called after the core has been pumped, and when there is nothing to wait for any more. @type {(() => void)[]} */
  #listeners = [];

  /**
   * @param {Pump} pump
   * @param {(error: unknown) => void} failed the connection has failed
   */
  constructor(pump, failed) {
    this.#pump = pump;
    this.#failed = failed;
  }

  /** The core has been pumped, or there is nothing to wait for any more. */
  pumped() {
    this.#listeners.splice(0).forEach((resolve) => resolve());
  }

  /** Sends NET_OUT; resolves when it is empty or nothing can be sent any more. */
  flush() {
    if (this.#sending) {
      return this.#sending;
    }
    this.#sending = RESOLVED; // a nested call must not send as well
    const sent = this.#send();
    this.#sending &&= sent; // #send() may have finished already
    return sent;
  }

  /**
   * Sends NET_OUT, and waits while the core sends nothing else: it renegotiates.
   * @param {(engine: Engine) => boolean} hasSent
   */
  async flushUntil(hasSent) {
    const pump = this.#pump;
    await this.flush();
    while (pump.engine && !pump.unwritable && !pump.busy && !hasSent(pump.engine)) {
      await new Promise((/** @type {(value: void) => void} */ resolve) => this.#listeners.push(resolve));
      await this.flush();
    }
  }

  async #send() {
    const pump = this.#pump;
    const channel = /** @type {Channel} */ (pump.channel);
    try {
      while (pump.engine && !pump.unwritable) {
        if (pump.engine.busy) {
          await pump.engine.idle();
          continue;
        }
        const wasFull = pump.engine.isFull(NET_OUT);
        const bytes = pump.engine.take(NET_OUT);
        if (bytes === null) {
          return;
        }
        try {
          const backpressure = channel.send(bytes);
          if (backpressure) {
            await backpressure;
          }
        } catch (error) {
          pump.broken(error);
          return;
        }
        if (wasFull) {
          pump.resume();
        }
      }
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#sending = undefined; // without delay: bytes added from now on need another #send()
    }
  }

  /**
   * Sends the alert of a failed engine without waiting.
   * @param {Engine} engine
   */
  sendAlert(engine) {
    const { channel } = this.#pump;
    for (let more = channel !== undefined; more;) {
      more = engine.isFull(NET_OUT); // then the alert may not have fitted
      const last = engine.take(NET_OUT);
      if (last !== null) {
        channel?.send(last)?.catch(() => {});
      }
      if (more) {
        engine.pump();
      }
    }
  }
}
