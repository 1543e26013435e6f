/** Reassembles handshake messages that span several records. */
import { handshakeName } from './names.js';

/** Type and length (RFC 8446, section 4). */
const MESSAGE_HEADER_BYTES = 4;

/**
 * Guesses whether a handshake message starts here, for bytes after a gap.
 * @param {Uint8Array} bytes
 * @returns {boolean} true for a known type and a length below 65536
 */
export function mayBeginMessage([type, high]) {
  return high === 0 && !handshakeName(type).startsWith('unknown');
}

/** A message, possibly incomplete, and the indices of its records. @typedef {{ bytes: Uint8Array, records: number[] }} Assembled */

export class Reassembler {
  /** @type {{ bytes: Uint8Array, record: number }[]} */
  #pieces = [];
  #length = 0;
  /** Bytes needed before the next step: a header, then the whole message. */
  #needed = MESSAGE_HEADER_BYTES;

  /** @param {Uint8Array} bytes @param {number} record index */
  push(bytes, record) {
    if (bytes.length === 0) return;
    this.#pieces.push({ bytes, record });
    this.#length += bytes.length;
  }

  /** @returns {Assembled | null} null until another message is complete */
  next() {
    if (this.#length < this.#needed) return null;
    if (this.#needed === MESSAGE_HEADER_BYTES) {
      const [, high, middle, low] = this.#peek(MESSAGE_HEADER_BYTES).bytes;
      this.#needed += high * 65536 + middle * 256 + low;
      if (this.#length < this.#needed) return null;
    }
    return this.#takeFirst(this.#needed);
  }

  /** Removes and returns an incomplete message that will not be continued. @returns {Assembled | null} */
  remainder() {
    return this.#length > 0 ? this.#takeFirst(this.#length) : null;
  }

  /** @param {number} length */
  #takeFirst(length) {
    const taken = this.#peek(length);
    let left = length;
    while (left > 0 && left >= this.#pieces[0].bytes.length) {
      left -= this.#pieces[0].bytes.length;
      this.#pieces.shift();
    }
    if (left > 0) this.#pieces[0].bytes = this.#pieces[0].bytes.subarray(left);
    this.#length -= length;
    this.#needed = MESSAGE_HEADER_BYTES;
    return taken;
  }

  /** @param {number} length @returns {Assembled} the first bytes, without removing them */
  #peek(length) {
    /** @type {number[]} */
    const records = [];
    const all = new Uint8Array(length);
    let at = 0;
    for (const { bytes, record } of this.#pieces) {
      if (at === length) break;
      const part = bytes.subarray(0, length - at);
      all.set(part, at);
      at += part.length;
      records.push(record);
    }
    return { bytes: all, records };
  }
}
