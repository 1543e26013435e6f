/** Splits the bytes of one direction into records. */
import { textOf } from './fields.js';
import { contentTypeName } from './names.js';
import { RECORD_HEADER_BYTES } from './protection.js';

/** @typedef {import('./types.js').Direction} Direction */
/** @typedef {import('./types.js').Remainder} Remainder */

/** RFC 5246, section 6.2.3; TLS 1.3 allows less. */
const MAX_FRAGMENT_BYTES = 2 ** 14 + 2048;

/** A record as received. @typedef {{ offset: number, from: number, at: number, bytes: Uint8Array }} RawRecord */

export class RecordStream {
  #bytes;
  /** How many bytes have arrived, and how many of them were returned as records. */
  #arrived = 0;
  #consumed = 0;
  /** When the first unconsumed byte arrived. @type {number | null} */
  #from = null;
  #at = 0;
  /** Why the next bytes are not a record. @type {string | null} */
  #problem = null;

  /** @param {Direction} direction @param {Uint8Array[]} chunks all of them */
  constructor(direction, chunks) {
    this.direction = direction;
    this.#bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const chunk of chunks) {
      this.#bytes.set(chunk, at);
      at += chunk.length;
    }
  }

  /** The next chunk has arrived. @param {number} length @param {number} at in milliseconds */
  advance(length, at) {
    this.#arrived += length;
    this.#at = at;
    if (length > 0) this.#from ??= at;
  }

  /** @returns {RawRecord | null} null until another record is complete */
  next() {
    const offset = this.#consumed;
    const here = this.#bytes.subarray(offset, this.#arrived);
    this.#problem ??= headerProblem(here);
    if (this.#problem !== null || here.length < RECORD_HEADER_BYTES) return null;
    const length = RECORD_HEADER_BYTES + here[3] * 256 + here[4];
    if (here.length < length) return null;
    const from = this.#from ?? this.#at;
    this.#consumed += length;
    this.#from = this.#consumed < this.#arrived ? this.#at : null;
    return { offset, from, at: this.#at, bytes: here.subarray(0, length) };
  }

  /** The bytes after the last record, once all chunks have arrived. @returns {Remainder | null} */
  remainder() {
    const bytes = this.#bytes.subarray(this.#consumed);
    if (bytes.length === 0) return null;
    const { direction } = this;
    const where = { direction, offset: this.#consumed, at: this.#from ?? this.#at, bytes };
    if (this.#problem !== null) return { ...where, kind: 'garbage', reason: this.#problem };
    if (bytes.length >= RECORD_HEADER_BYTES && bytes.length >= RECORD_HEADER_BYTES + bytes[3] * 256 + bytes[4]) {
      return { ...where, kind: 'skipped', reason: 'There are too many records to list.' };
    }
    const expected =
      bytes.length < RECORD_HEADER_BYTES
        ? 'the header of a record'
        : `${RECORD_HEADER_BYTES + bytes[3] * 256 + bytes[4]} bytes`;
    return { ...where, kind: 'incomplete', reason: `The recording ends within a record: ${expected} expected.` };
  }
}

/**
 * @param {Uint8Array} bytes where a record should start
 * @returns {string | null} the problem with its header, which may be incomplete
 */
function headerProblem(bytes) {
  if (bytes.length > 0 && (bytes[0] < 20 || bytes[0] > 24)) {
    const text = textOf(bytes.subarray(0, 40)).split(/[\r\n]/)[0];
    const readable = /^[\x20-\x7e]{4,}$/.test(text);
    return `This is not TLS: ${readable ? `“${text}”` : `content type ${bytes[0]}`} where a record should start.`;
  }
  if (bytes.length > 1 && bytes[1] !== 3) {
    return `This is not TLS: version ${bytes[1]}.${bytes[2] ?? '?'} in a record of type ${contentTypeName(bytes[0])}.`;
  }
  const length = bytes.length < RECORD_HEADER_BYTES ? 0 : bytes[3] * 256 + bytes[4];
  if (length > MAX_FRAGMENT_BYTES)
    return `A record of ${length} bytes is longer than the maximum of ${MAX_FRAGMENT_BYTES}.`;
  return null;
}
