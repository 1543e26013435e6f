/** The bytes of one direction, cut into records. */
import { textOf } from './fields.js';
import { contentTypeName } from './names.js';
import { HEADER } from './protection.js';

/** @typedef {import('./types.js').Direction} Direction */
/** @typedef {import('./types.js').Rest} Rest */

/** The longest fragment there is, in bytes: RFC 5246, section 6.2.3. */
const LONGEST = 2 ** 14 + 2048;

/** A record as it came. @typedef {{ offset: number, from: number, at: number, bytes: Uint8Array }} RawRecord */

export class Stream {
  #bytes;
  /** How many have come, and how many of those have been cut off as records. */
  #come = 0;
  #cut = 0;
  /** When the first byte after those came. @type {number | null} */
  #from = null;
  #at = 0;
  /** What is wrong with what comes next. @type {string | null} */
  #garbage = null;

  /** @param {Direction} direction @param {Uint8Array[]} chunks all that will come */
  constructor(direction, chunks) {
    this.direction = direction;
    this.#bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const chunk of chunks) {
      this.#bytes.set(chunk, at);
      at += chunk.length;
    }
  }

  /** The next of the chunks has come. @param {number} length @param {number} at in milliseconds */
  come(length, at) {
    this.#come += length;
    this.#at = at;
    if (length > 0) this.#from ??= at;
  }

  /** @returns {RawRecord | null} null until there is another whole record */
  next() {
    const offset = this.#cut;
    const here = this.#bytes.subarray(offset, this.#come);
    this.#garbage ??= faultOf(here);
    if (this.#garbage !== null || here.length < HEADER) return null;
    const length = HEADER + here[3] * 256 + here[4];
    if (here.length < length) return null;
    const from = this.#from ?? this.#at;
    this.#cut += length;
    this.#from = this.#cut < this.#come ? this.#at : null;
    return { offset, from, at: this.#at, bytes: here.subarray(0, length) };
  }

  /** What is left when everything has come. @returns {Rest | null} */
  rest() {
    const bytes = this.#bytes.subarray(this.#cut);
    if (bytes.length === 0) return null;
    const { direction } = this;
    const where = { direction, offset: this.#cut, at: this.#from ?? this.#at, bytes };
    if (this.#garbage !== null) return { ...where, kind: 'garbage', why: this.#garbage };
    if (bytes.length >= HEADER && bytes.length >= HEADER + bytes[3] * 256 + bytes[4]) {
      return { ...where, kind: 'skipped', why: 'There are too many records to list them all.' };
    }
    const expected = bytes.length < HEADER ? 'the header of a record' : `${HEADER + bytes[3] * 256 + bytes[4]} bytes`;
    return { ...where, kind: 'incomplete', why: `It ends within a record: ${expected} expected.` };
  }
}

/**
 * @param {Uint8Array} bytes where a record should begin
 * @returns {string | null} what is wrong with its header, as far as there is one
 */
function faultOf(bytes) {
  if (bytes.length > 0 && (bytes[0] < 20 || bytes[0] > 24)) {
    const text = textOf(bytes.subarray(0, 40)).split(/[\r\n]/)[0];
    const readable = /^[\x20-\x7e]{4,}$/.test(text);
    return `This is not TLS: ${readable ? `“${text}”` : `the content type ${bytes[0]}`} where a record should begin.`;
  }
  if (bytes.length > 1 && bytes[1] !== 3) {
    return `This is not TLS: the version ${bytes[1]}.${bytes[2] ?? '?'} in a record of ${contentTypeName(bytes[0])}.`;
  }
  const length = bytes.length < HEADER ? 0 : bytes[3] * 256 + bytes[4];
  if (length > LONGEST) return `A record of ${length} bytes is longer than TLS allows, ${LONGEST}.`;
  return null;
}
