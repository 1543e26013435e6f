/**
 * Lines of a head or of trailers: each ends with CRLF and is one field (RFC 9112, sections 2.2 and 5).
 */
import { TLSError } from '../errors.js';
import { MAX_HTTP_FIELDS } from '../limits.js';
import { quote } from '../quote.js';

/** A name as it was sent, and its value without white space around it. @typedef {[name: string, value: string]} Field */

const LF = 10;
const CR = 13;

/** RFC 9110, section 5.6.2. */
export const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110, section 5.5: visible characters, blanks and obs-text. */
export const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** @param {string} message */
export const protocolError = (message) => new TLSError('ERR_TLS_HTTP_PROTOCOL', `Invalid HTTP answer: ${message}`);

/** @param {string} message */
export const limitError = (message) => new TLSError('ERR_TLS_HTTP_LIMIT', message);

/** @param {Uint8Array} bytes @returns {string} a character for each byte */
export function isomorphicDecode(bytes) {
  let text = '';
  for (const byte of bytes) {
    text += String.fromCharCode(byte);
  }
  return text;
}

/** @param {string} text with characters up to U+00FF @returns {Uint8Array<ArrayBuffer>} a byte for each character */
export function isomorphicEncode(text) {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    bytes[at] = text.charCodeAt(at);
  }
  return bytes;
}

/** Cuts bytes into lines, which may arrive in pieces. It keeps no more than the limit. */
export class LineReader {
  /** @type {Uint8Array[]} */
  #pieces = [];
  #used = 0;
  #limit = 0;
  #what = '';

  /**
   * Begins a part of the answer.
   * @param {number} limit in bytes, for all lines until the next call
   * @param {string} what they are, for error messages
   */
  begin(limit, what) {
    this.#limit = limit;
    this.#what = what;
    this.#used = 0;
  }

  /** Whether a line has begun. */
  get pending() {
    return this.#pieces.length > 0;
  }

  /**
   * @param {Uint8Array} bytes
   * @returns {{line: string | undefined, used: number}} the line without CRLF, undefined if it has not ended; how many bytes are its own
   */
  read(bytes) {
    const end = bytes.indexOf(LF);
    const used = end < 0 ? bytes.length : end + 1;
    this.#used += used;
    if (this.#used > this.#limit) {
      throw limitError(`The ${this.#what} of the answer has more than ${this.#limit} bytes, the limit.`);
    }
    this.#pieces.push(bytes.slice(0, used));
    return { line: end < 0 ? undefined : this.#take(), used };
  }

  #take() {
    const text = this.#pieces.map(isomorphicDecode).join('');
    this.#pieces = [];
    if (text.charCodeAt(text.length - 2) !== CR) {
      throw protocolError(`a line of its ${this.#what} ends with a bare LF: ${quote(text.slice(0, -1))}.`);
    }
    return text.slice(0, -2);
  }
}

/**
 * @param {string} line
 * @param {Field[]} fields gets the field
 */
export function readField(line, fields) {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0));
  const value = line.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, '');
  if (/^[\t ]/.test(line)) {
    throw protocolError(`a field continues on the next line: ${quote(line)} (RFC 9112, section 5.2).`);
  }
  if (!TOKEN.test(name)) {
    throw protocolError(`this is not a field: ${quote(line)}.`);
  }
  if (!VALUE.test(value)) {
    throw protocolError(`the field ${name} has a control character: ${quote(value)}.`);
  }
  if (fields.push([name, value]) > MAX_HTTP_FIELDS) {
    throw limitError(`The answer has more than ${MAX_HTTP_FIELDS} fields, the limit.`);
  }
}

/**
 * @param {Field[]} fields
 * @param {string} wanted in lower case
 * @returns {string[]} the values of all fields of that name
 */
export const valuesOf = (fields, wanted) =>
  fields.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);

/**
 * A value of Content-Length (RFC 9110, section 8.6).
 * @param {string} text
 * @returns {number | undefined} in bytes; undefined if it is no number, or one that is not exact in JavaScript
 */
export function readLength(text) {
  const length = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(length) ? length : undefined;
}

/**
 * The members of a comma-separated list, in lower case, without empty ones. No quoted strings.
 * @param {Field[]} fields
 * @param {string} name in lower case
 */
export const listOf = (fields, name) =>
  valuesOf(fields, name)
    .flatMap((value) => value.split(','))
    .map((member) => member.trim().toLowerCase())
    .filter((member) => member !== '');
