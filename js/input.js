/** Converts inputs: PEM text or DER bytes, one or many. */
import { TLSError } from './errors.js';

/** @typedef {string | Uint8Array | ArrayBuffer} PemOrDer */
/** @typedef {PemOrDer | readonly PemOrDer[]} PemOrDerList */

/**
 * @param {PemOrDerList | undefined} input
 * @param {string} name for the error message
 * @returns {(string | Uint8Array)[]}
 */
export function toList(input, name) {
  if (input === undefined || input === null) {
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

/** @param {unknown} value */
export function describe(value) {
  return value === null
    ? 'null'
    : typeof value === 'object'
      ? (value.constructor?.name ?? 'object')
      : `${typeof value} ${String(value)}`;
}

/** @param {string} base64 */
export function fromBase64(base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
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
