/** Runs a machine over an open transport, then hands the transport's input on to the receiver of TLS. */
import { LAST_INPUT_MS } from '../limits.js';
import { StarttlsMachine } from './machine.js';

/** @typedef {import('../transports/channel.js').Channel} Channel */
/** @typedef {import('../transports/channel.js').Receiver} Receiver */
/** @typedef {import('./protocols.js').StarttlsProtocol} StarttlsProtocol */

/** @implements {Receiver} */
export class Preamble {
  #machine;
  /** @type {Channel | undefined} */
  #channel;
  /** Settles run(). @type {{resolve: () => void, reject: (error: unknown) => void} | undefined} */
  #running;
  /** Gets everything once TLS has begun. @type {Receiver | undefined} */
  #receiver;
  /** What the channel reported between the machine's end and start(). @type {((receiver: Receiver) => void)[]} */
  #events = [];
  /** What arrived then, for the error. @type {Uint8Array | undefined} */
  #early;

  /**
   * @param {StarttlsProtocol} protocol
   * @param {string} hostname of the server, as its certificate has it
   */
  constructor(protocol, hostname) {
    this.#machine = new StarttlsMachine(protocol, hostname);
  }

  /**
   * Resolves when TLS can begin: call start() at once. The caller abandons the channel if it rejects.
   * @param {Channel} channel not started
   * @param {AbortSignal} signal
   * @returns {Promise<void>}
   * @throws {unknown} a TLSError, ERR_TLS_STARTTLS among them; the transport's error; or the reason of the signal
   */
  run(channel, signal) {
    return new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
      const abort = () => this.#fail(signal.reason);
      const settle = (/** @type {() => void} */ settled) => {
        signal.removeEventListener('abort', abort);
        this.#running = undefined;
        settled();
      };
      this.#running = { resolve: () => settle(resolve), reject: (error) => settle(() => reject(error)) };
      this.#channel = channel;
      signal.addEventListener('abort', abort);
      if (signal.aborted) {
        abort();
        return;
      }
      const first = this.#machine.start();
      if (first.length === 0) {
        channel.expectInput?.();
      }
      this.#send(first); // before what the server may have sent already
      channel.start(this);
    });
  }

  /** As Channel.start(). @param {Receiver} receiver */
  start(receiver) {
    if (this.#early) {
      throw this.#machine.early(this.#early);
    }
    this.#receiver = receiver;
    this.#events.splice(0).forEach((event) => event(receiver));
  }

  /** As Engine.progress. */
  get progress() {
    return this.#machine.progress;
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#running?.reject(error);
  }

  /** @param {Uint8Array[]} messages */
  #send(messages) {
    for (const message of messages) {
      this.#channel?.send(message)?.catch((error) => this.broken(error));
    }
    if (this.#machine.done) {
      this.#running?.resolve();
    }
  }

  /** @param {(receiver: Receiver) => void} event */
  #deliver(event) {
    if (this.#receiver) {
      event(this.#receiver);
    } else {
      this.#events.push(event);
    }
  }

  /* --- the channel's Receiver ---------------------------------------------------------------- */

  /** @param {Uint8Array} bytes */
  receive(bytes) {
    if (this.#receiver) {
      this.#receiver.receive(bytes);
    } else if (this.#running) {
      try {
        this.#send(this.#machine.receive(bytes));
      } catch (error) {
        this.#fail(error);
      }
    } else {
      this.#early ??= new Uint8Array(bytes); // of no interest after a failure
    }
  }

  ended() {
    this.#running ? this.#fail(this.#machine.ended()) : this.#deliver((receiver) => receiver.ended());
  }

  /** @param {unknown} error */
  failed(error) {
    this.#running ? this.#fail(error) : this.#deliver((receiver) => receiver.failed(error));
  }

  /** @param {unknown} error */
  broken(error) {
    if (this.#running) {
      // What the server sent before it closed says why.
      setTimeout(() => this.#fail(error), LAST_INPUT_MS);
    } else {
      this.#deliver((receiver) => receiver.broken(error));
    }
  }
}
