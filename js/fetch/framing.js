/**
 * How the body of an answer ends (RFC 9112, section 6.3). What two readers could understand in two ways is an error:
 * that is how answers are smuggled.
 */
import { quote } from '../quote.js';
import { listOf, protocolError, readLength, valuesOf } from './fields.js';

/** @typedef {import('./fields.js').Field} Field */

/**
 * - none: there is no body
 * - sized: it has `length` bytes
 * - chunked: it ends with the last chunk
 * - close: it ends with the connection
 * @typedef {{kind: 'none' | 'sized' | 'chunked' | 'close', length: number, keepAlive: boolean}} Framing `keepAlive`: the
 *   connection can be used for another request afterwards
 */

/**
 * @typedef {object} StatusLine
 * @property {0 | 1} minor version of HTTP/1
 * @property {number} status
 * @property {string} reason
 */

/**
 * @param {string} method of the request
 * @param {StatusLine} statusLine
 * @param {Field[]} fields
 * @returns {Framing}
 * @throws {import('../errors.js').TLSError} ERR_TLS_HTTP_PROTOCOL
 */
export function framingOf(method, { minor, status }, fields) {
  const codings = valuesOf(fields, 'transfer-encoding');
  const length = contentLength(fields);
  if (codings.length > 0) {
    checkCodings(codings, minor, length);
  }
  const connection = listOf(fields, 'connection');
  const keepAlive = !connection.includes('close') && (minor === 1 || connection.includes('keep-alive'));
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) {
    // The others may say how long the body would be. A 204 may not: whoever counts it is out of step from here on.
    const misleading = status === 204 && (codings.length > 0 || (length ?? 0) > 0);
    return { kind: 'none', length: 0, keepAlive: keepAlive && !misleading };
  }
  if (codings.length > 0) {
    return { kind: 'chunked', length: 0, keepAlive };
  }
  return length === undefined
    ? { kind: 'close', length: 0, keepAlive: false }
    : { kind: length > 0 ? 'sized' : 'none', length, keepAlive };
}

/**
 * @param {string[]} codings
 * @param {0 | 1} minor
 * @param {number | undefined} length
 */
function checkCodings(codings, minor, length) {
  if (minor === 0) {
    throw protocolError('it has Transfer-Encoding, which HTTP/1.0 does not have.');
  }
  if (length !== undefined) {
    throw protocolError('it has both Transfer-Encoding and Content-Length.');
  }
  // Nothing else was offered: the request has no TE.
  if (codings.join().toLowerCase() !== 'chunked') {
    throw protocolError(`its Transfer-Encoding is ${quote(codings.join(', '))}, not "chunked".`);
  }
}

/** @param {Field[]} fields @returns {number | undefined} in bytes; undefined without the field */
function contentLength(fields) {
  const values = valuesOf(fields, 'content-length')
    .flatMap((value) => value.split(','))
    .map((value) => value.replace(/^[\t ]+|[\t ]+$/g, ''));
  if (values.length === 0) {
    return undefined;
  }
  if (values.some((value) => value !== values[0])) {
    throw protocolError(`it has several values of Content-Length: ${quote(values.join(', '))}.`);
  }
  const length = readLength(values[0]);
  if (length === undefined) {
    throw protocolError(`its Content-Length is ${quote(values[0])}.`);
  }
  return length;
}
