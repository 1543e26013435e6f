/** Moves the bytes of a plaintext connection: the transport's and the application's are the same. */
import { unsentError } from './closing.js';
import { PLAINTEXT_BYTES } from './limits.js';

/** @typedef {import('./connection.js').AnyPump} AnyPump */
/** @typedef {import('./transports/channel.js').Channel} Channel */
/** @typedef {import('./transports/channel.js').Receiver} Receiver */

/**
 * @typedef {object} PlainOwner
 * @property {() => void} received bytes may be read
 * @property {() => void} peerEnded
 * @property {(error: unknown) => void} inputFailed nothing more will come
 */

/**
 * @implements {AnyPump}
 * @implements {Receiver}
 */
export class PlainPump {
  channel;
  /** @type {unknown} */
  transportError;
  unwritable = false;
  receivedAt = 0;
  peerClosed = false;
  busy = false;
  #owner;
  /** @type {Uint8Array[]} */
  #unread = [];
  #unreadBytes = 0;
  /** @type {Promise<void> | undefined} */
  #ended;

  /**
   * @param {Channel} channel
   * @param {PlainOwner} owner
   */
  constructor(channel, owner) {
    this.channel = channel;
    this.#owner = owner;
  }

  async idle() {}

  get hasUnread() {
    return this.#unreadBytes > 0;
  }

  /* --- network input: the channel's Receiver ------------------------------------------------ */

  /** @param {Uint8Array} bytes valid only during this call */
  receive(bytes) {
    if (bytes.length === 0) {
      return;
    }
    this.receivedAt = performance.now();
    this.#unread.push(new Uint8Array(bytes));
    this.#unreadBytes += bytes.length;
    if (this.#unreadBytes >= PLAINTEXT_BYTES) {
      this.channel.pause();
    }
    this.#owner.received();
  }

  ended() {
    this.peerClosed = true;
    this.#owner.received();
    this.#owner.peerEnded();
  }

  /** @param {unknown} error */
  failed(error) {
    this.transportError ??= error;
    this.#owner.inputFailed(error);
  }

  /** @param {unknown} error */
  broken(error) {
    this.transportError ??= error;
    this.unwritable = true;
  }

  /* --- the application -------------------------------------------------------------------- */

  /** @param {number} limit in bytes */
  read(limit) {
    if (this.#unread.length === 0) {
      return this.peerClosed ? null : undefined;
    }
    const wasFull = this.#unreadBytes >= PLAINTEXT_BYTES;
    const bytes = this.#take(limit);
    if (wasFull && this.#unreadBytes < PLAINTEXT_BYTES) {
      this.channel.resume();
    }
    return bytes;
  }

  /** @param {number} limit in bytes @returns {Uint8Array<ArrayBuffer>} */
  #take(limit) {
    const bytes = new Uint8Array(Math.min(limit, this.#unreadBytes));
    let at = 0;
    while (at < bytes.length) {
      const [first] = this.#unread;
      const part = first.subarray(0, bytes.length - at);
      bytes.set(part, at);
      at += part.length;
      if (part.length === first.length) {
        this.#unread.shift();
      } else {
        this.#unread[0] = first.subarray(part.length);
      }
    }
    this.#unreadBytes -= bytes.length;
    return bytes;
  }

  /** Drops what arrives from now on. */
  discard() {
    this.#unread = [];
    this.#unreadBytes = 0;
    this.receive = () => {};
    this.channel.resume();
  }

  /** @param {Uint8Array} bytes @throws {TLSError} ERR_TLS_TRANSPORT */
  async write(bytes) {
    try {
      await (this.unwritable || this.channel.send(new Uint8Array(bytes))); // a copy: streams may keep it for longer
    } catch (error) {
      this.broken(error);
    }
    if (this.unwritable) {
      throw await this.writeError();
    }
  }

  async writeError() {
    return unsentError(this.transportError);
  }

  /** Ends the outgoing stream, unless that would end the incoming one too. */
  async end() {
    if (!this.channel.endClosesBoth) {
      await this.#endChannel();
    }
  }

  #endChannel() {
    return (this.#ended ??= this.channel.end());
  }

  async finish() {
    await this.#endChannel();
    await this.channel.close();
  }

  /** @param {boolean} keep keep unread bytes */
  stop(keep) {
    const bytes = this.hasUnread ? this.#take(Infinity) : null;
    return keep ? { bytes, peerClosed: this.peerClosed } : undefined;
  }
}
