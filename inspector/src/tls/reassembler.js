/** Handshake messages, put together from the records that they are spread over. */
import { handshakeName } from './names.js';

/** Of a handshake message, in bytes: its type and length (RFC 8446, section 4). */
const MESSAGE_HEADER_BYTES = 4;

/**
 * Whether a handshake message may begin here; a guess, for bytes that come after some that are not known.
 * @param {Uint8Array} bytes
 * @returns {boolean} a type that is known, and a length below 65536
 */
export function mayBeginMessage([type, high]) {
  return high === 0 && !handshakeName(type).startsWith('unknown');
}

/** A message, or the beginning of one, and the indices of the records that it came in. @typedef {{ bytes: Uint8Array, records: number[] }} Assembled */

export class Reassembler {
  /** @type {{ bytes: Uint8Array, record: number }[]} */
  #pieces = [];
  #length = 0;
  /** How many bytes have to be there before there is anything to do. */
  #needed = MESSAGE_HEADER_BYTES;

  /** @param {Uint8Array} bytes @param {number} record its index */
  push(bytes, record) {
    if (bytes.length === 0) return;
    this.#pieces.push({ bytes, record });
    this.#length += bytes.length;
  }

  /** @returns {Assembled | null} null until there is another whole message */
  next() {
    if (this.#length < this.#needed) return null;
    if (this.#needed === MESSAGE_HEADER_BYTES) {
      const [, high, middle, low] = this.#peek(MESSAGE_HEADER_BYTES).bytes;
      this.#needed += high * 65536 + middle * 256 + low;
      if (this.#length < this.#needed) return null;
    }
    return this.#takeFirst(this.#needed);
  }

  /** What there is of a message that does not go on. @returns {Assembled | null} */
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

  /** @param {number} length @returns {Assembled} the first bytes, which stay */
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
