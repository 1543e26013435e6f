/** Reads the options and arguments of functions; strict-reader.js says how. */
import { TLSError } from './errors.js';
import { checkValue, readStrictly } from './strict-reader.js';

/**
 * @template T
 * @typedef {import('./strict-reader.js').Kind<T>} Kind
 */

/**
 * @template {Record<string, Kind<any>>} Kinds
 * @typedef {import('./strict-reader.js').Values<Kinds>} Values
 */

/** @param {string} message @param {{cause?: unknown}} [more] */
const invalid = (message, more) => new TLSError('ERR_TLS_INVALID_OPTION', message, more);

/**
 * @template {Record<string, Kind<any>>} Kinds
 * @param {string} owner of the options, for error messages, such as `connect()`
 * @param {Kinds} kinds the known names
 * @param {unknown} given undefined: no options
 * @returns {Values<Kinds>} without prototype; has every known name, so that a copy with a prototype has them too
 * @throws {TLSError} ERR_TLS_INVALID_OPTION
 */
export function readOptions(owner, kinds, given) {
  return readStrictly(invalid, owner, kinds, given);
}

/**
 * @template T
 * @param {string} owner the function
 * @param {string} name of the argument, for error messages
 * @param {Kind<T>} kind
 * @param {unknown} value
 * @returns {T} a copy
 * @throws {TLSError} ERR_TLS_INVALID_OPTION
 */
export function readArgument(owner, name, kind, value) {
  return checkValue(invalid, `argument ${name} of ${owner}`, kind, value);
}
