/** Converts inputs: PEM text or DER bytes, one or many. */
import { bytesOf } from './bytes.js';
import { TLSError } from './errors.js';
import { describe } from './quote.js';

export { describe, quote } from './quote.js';

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
  const bytes = bytesOf(item);
  if (bytes) {
    return bytes;
  }
  throw new TLSError('ERR_TLS_INVALID_OPTION', `${name} must be PEM text or DER bytes, not ${describe(item)}.`);
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
