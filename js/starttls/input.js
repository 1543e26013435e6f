/**
 * What a server sends before TLS, as lines, octets or pieces of another kind. The readers are generators that yield
 * undefined when they need more input, so the machines need no I/O.
 */
import { STARTTLS_MAX_BYTES, STARTTLS_MAX_LINE_BYTES, STARTTLS_MAX_PIECES } from '../limits.js';
import { StarttlsProblem } from './problem.js';
import { decoder, encoder } from '../web.js';

/**
 * Yields bytes to send, or undefined when it needs more input.
 * @template [T=void]
 * @typedef {Generator<Uint8Array | undefined, T, void>} Steps
 */

const LF = 0x0a;

/** @param {string} text */
export const toBytes = (text) => encoder.encode(text);

/** @param {Uint8Array} bytes UTF-8; what is not, becomes U+FFFD */
export const toText = (bytes) => decoder.decode(bytes);

/** Reads bounded amounts: no byte is looked at or copied more than a few times, however the input is cut. */
export class Input {
  /** Everything that has arrived. */
  #bytes = new Uint8Array(256);
  /** Where the unread bytes begin, and where they end. */
  #start = 0;
  #end = 0;
  #pieces = 0;

  /** @param {Uint8Array} bytes copied */
  add(bytes) {
    const end = this.#end + bytes.length;
    if (end > STARTTLS_MAX_BYTES) {
      throw new StarttlsProblem('tooLong', { what: 'bytes', limit: STARTTLS_MAX_BYTES });
    }
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#end));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#end);
    this.#end = end;
  }

  /** How many bytes have arrived, read or not. */
  get received() {
    return this.#end;
  }

  /** The unread bytes. */
  get rest() {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  /** The last bytes that have arrived, read or not. @param {number} count */
  last(count) {
    return this.#bytes.subarray(Math.max(0, this.#end - count), this.#end);
  }

  /** @param {number} count */
  #read(count) {
    if (++this.#pieces > STARTTLS_MAX_PIECES) {
      throw new StarttlsProblem('tooLong', { what: 'lines', limit: STARTTLS_MAX_PIECES });
    }
    return this.#bytes.subarray(this.#start, (this.#start += count));
  }

  /**
   * The next `count` bytes.
   * @param {number} count
   * @returns {Steps<Uint8Array>}
   */
  *take(count) {
    while (this.#end - this.#start < count) {
      yield undefined;
    }
    return this.#read(count);
  }

  /**
   * Everything up to and including the byte for which `ends` is true.
   * @param {(byte: number) => boolean} ends called once for each byte
   * @returns {Steps<Uint8Array>}
   */
  *until(ends) {
    for (let length = 1; ; length++) {
      while (this.#end - this.#start < length) {
        yield undefined;
      }
      if (ends(this.#bytes[this.#start + length - 1])) {
        return this.#read(length);
      }
      if (length === STARTTLS_MAX_LINE_BYTES) {
        throw new StarttlsProblem('tooLong', { what: 'bytes in one line', limit: STARTTLS_MAX_LINE_BYTES });
      }
    }
  }

  /** Skips the white space that has arrived. */
  skipBlanks() {
    while (this.#start < this.#end && [0x20, 0x09, 0x0d, LF].includes(this.#bytes[this.#start])) {
      this.#start++;
    }
  }

  /** A line without its end, CR LF or only LF. @returns {Steps<string>} */
  *line() {
    const bytes = yield* this.until((byte) => byte === LF);
    return toText(bytes).replace(/\r?\n$/, '');
  }
}
