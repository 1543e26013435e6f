/** Handshake messages, put together from the records that they are spread over. */
import { handshakeName } from './names.js';

/** Of a handshake message, in bytes: its type and length (RFC 8446, section 4). */
const HEADER = 4;

/**
 * Whether a handshake message may begin here; a guess, for bytes that come after some that are not known.
 * @param {Uint8Array} bytes
 * @returns {boolean} a type that is known, and a length below 65536
 */
export function beginsMessage([type, high]) {
  return high === 0 && !handshakeName(type).startsWith('unknown');
}

/** A message, or the beginning of one, and the indices of the records that it came in. @typedef {{ bytes: Uint8Array, records: number[] }} Assembled */

export class Assembly {
  /** @type {{ bytes: Uint8Array, record: number }[]} */
  #pieces = [];
  #length = 0;
  /** How many bytes have to be there before there is anything to do. */
  #need = HEADER;

  /** @param {Uint8Array} bytes @param {number} record its index */
  push(bytes, record) {
    if (bytes.length === 0) return;
    this.#pieces.push({ bytes, record });
    this.#length += bytes.length;
  }

  /** @returns {Assembled | null} null until there is another whole message */
  next() {
    if (this.#length < this.#need) return null;
    if (this.#need === HEADER) {
      const [, high, middle, low] = this.#join(HEADER).bytes;
      this.#need += high * 65536 + middle * 256 + low;
      if (this.#length < this.#need) return null;
    }
    return this.#take(this.#need);
  }

  /** What there is of a message that does not go on. @returns {Assembled | null} */
  rest() {
    return this.#length > 0 ? this.#take(this.#length) : null;
  }

  /** @param {number} length */
  #take(length) {
    const taken = this.#join(length);
    let left = length;
    while (left > 0 && left >= this.#pieces[0].bytes.length) {
      left -= this.#pieces[0].bytes.length;
      this.#pieces.shift();
    }
    if (left > 0) this.#pieces[0].bytes = this.#pieces[0].bytes.subarray(left);
    this.#length -= length;
    this.#need = HEADER;
    return taken;
  }

  /** @param {number} length @returns {Assembled} the first bytes, which stay */
  #join(length) {
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
