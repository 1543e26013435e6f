/** Converts inputs: PEM text or DER bytes, one or many. */
import { TLSError } from './errors.js';

/** @typedef {string | Uint8Array | ArrayBuffer} PemOrDer */
/** @typedef {PemOrDer | readonly PemOrDer[]} PemOrDerList */

/**
 * @param {PemOrDerList | undefined} input
 * @param {string} name for the error message
 * @returns {(string | Uint8Array)[]} none for undefined
 */
export function toList(input, name) {
  if (input === undefined) {
    return [];
  }
  const list = /** @type {readonly PemOrDer[]} */ (Array.isArray(input) ? input.flat() : [input]);
  return list.map((item) => toInput(item, name));
}

/**
 * @param {PemOrDer} item
 * @param {string} name
 */
export function toInput(item, name) {
  if (typeof item === 'string') {
    return item;
  }
  if (item instanceof Uint8Array) {
    return item;
  }
  if (item instanceof ArrayBuffer) {
    return new Uint8Array(item);
  }
  throw new TLSError('ERR_TLS_INVALID_OPTION', `${name} must be PEM text or DER bytes, not ${describe(item)}.`);
}

/**
 * A value for an error message. Never throws.
 * @param {unknown} value
 */
export function describe(value) {
  if (typeof value === 'string') {
    return quote(value);
  }
  if (value === null || value === undefined) {
    return String(value);
  }
  if (typeof value === 'object') {
    return `an object (${classOf(value)})`;
  }
  return typeof value === 'function' ? 'a function' : `${typeof value} ${String(value)}`;
}

/** @param {object} value */
function classOf(value) {
  try {
    const { constructor } = Object.getPrototypeOf(value) ?? {};
    return typeof constructor === 'function' && constructor.name ? String(constructor.name) : 'Object';
  } catch {
    return 'Object';
  }
}

const MAX_QUOTED_CHARACTERS = 100;

/** Text for an error message: in quotes, not too long, with nothing invisible. @param {string} text */
export function quote(text) {
  const short = text.length > MAX_QUOTED_CHARACTERS ? `${text.slice(0, MAX_QUOTED_CHARACTERS)}…` : text;
  return JSON.stringify(short).replace(
    /[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${/** @type {number} */ (character.codePointAt(0)).toString(16)}}`,
  );
}

/** @param {string} base64 */
export function fromBase64(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) {
    // ten times as fast as Uint8Array.from()
    bytes[i] = text.charCodeAt(i);
  }
  return bytes;
}

/** Well below the maximum number of arguments of a call. */
const CHUNK_BYTES = 8192;

/** @param {Uint8Array} bytes */
export function toBase64(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    text += String.fromCharCode(...bytes.subarray(at, at + CHUNK_BYTES));
  }
  return btoa(text);
}

/**
 * @param {string} label
 * @param {Uint8Array} der
 * @returns {string} a PEM block (RFC 7468)
 */
export function toPem(label, der) {
  return `-----BEGIN ${label}-----\n${toBase64(der).replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`;
}
