/** Writes the head of a request (RFC 9112, section 3): which fields are ours, and what becomes of the caller's. */
import { quote } from '../quote.js';
import { isomorphicEncode, readLength, TOKEN, VALUE } from './fields.js';
import { requestError } from './request.js';

/** @typedef {import('./request.js').FetchRequest} FetchRequest */

/** Fields of the connection that are never the caller's, or ask for what is not supported. */
const REJECTED = ['expect', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade'];

/** Sent unless the caller sets them. @type {Record<string, string>} */
const DEFAULTS = { accept: '*/*', 'user-agent': 'pagetls' };

/**
 * @param {FetchRequest} request
 * @param {string} acceptEncoding the default
 * @returns {{bytes: Uint8Array, length: number | undefined, close: boolean}} `length` of the body, undefined for chunks;
 *   `close`: the caller wants the connection to be closed afterwards
 * @throws {import('../errors.js').TLSError} ERR_TLS_HTTP_REQUEST
 */
export function writeHead({ url, method, headers, body, cache }, acceptEncoding) {
  const { length, close } = readOurs(url, headers, body);
  const own = new Map([
    ['host', url.host],
    ['connection', close ? 'close' : 'keep-alive'], // a server with HTTP/1.0 needs to be asked
  ]);
  if (body !== null && length === undefined) {
    own.set('transfer-encoding', 'chunked');
  } else if (body !== null || ['POST', 'PUT'].includes(method)) {
    own.set('content-length', String(length ?? 0));
  }
  for (const [name, value] of Object.entries({
    ...DEFAULTS,
    // A part of an encoded body cannot be decoded.
    'accept-encoding': headers.has('range') ? 'identity' : acceptEncoding,
    ...cacheFields(cache, headers),
  })) {
    if (!headers.has(name)) {
      own.set(name, value);
    }
  }
  const given = [...headers].filter(([name]) => !OURS.includes(name));
  const lines = [`${method} ${url.pathname}${url.search} HTTP/1.1`];
  for (const [name, value] of [...own, ...given]) {
    if (!TOKEN.test(name) || !VALUE.test(value)) {
      throw requestError(`The header ${quote(name)} has a control character.`);
    }
    lines.push(`${name}: ${value}`);
  }
  return { bytes: isomorphicEncode(`${lines.join('\r\n')}\r\n\r\n`), length, close };
}

const OURS = ['host', 'connection', 'content-length', 'transfer-encoding'];

/**
 * What the caller says of the fields that are ours: what agrees is accepted, everything else an error.
 * @param {URL} url
 * @param {Headers} headers
 * @param {FetchRequest['body']} body
 */
function readOurs(url, headers, body) {
  for (const name of REJECTED) {
    if (headers.has(name)) {
      throw requestError(`The header ${name} cannot be set: it is about the connection.`);
    }
  }
  const [host, connection, contentLength, transferEncoding] = OURS.map((name) => headers.get(name)?.toLowerCase());
  if (host !== undefined && host !== url.host) {
    throw requestError(`The header host is ${quote(host)}, but the URL says ${quote(url.host)}.`);
  }
  if (!['close', 'keep-alive', undefined].includes(connection)) {
    throw requestError(
      `The header connection is ${quote(String(connection))}: only close and keep-alive are supported.`,
    );
  }
  let length = body === null ? 0 : body.length;
  if (contentLength !== undefined) {
    const said = readLength(contentLength);
    if (said === undefined || (length !== undefined && length !== said)) {
      throw requestError(`The header content-length is ${quote(contentLength)}, but the body has ${length} bytes.`);
    }
    length = said;
  }
  if (transferEncoding !== undefined && (transferEncoding !== 'chunked' || length !== undefined)) {
    throw requestError('The header transfer-encoding cannot be set: streams without a length are sent in chunks.');
  }
  return { length, close: connection === 'close' };
}

/**
 * For caches between here and the server (Fetch Standard, "HTTP-network-or-cache fetch").
 * @param {string} cache
 * @param {Headers} headers
 * @returns {Record<string, string>}
 */
function cacheFields(cache, headers) {
  if (cache === 'no-store' || cache === 'reload') {
    return { pragma: 'no-cache', 'cache-control': 'no-cache' };
  }
  return cache === 'no-cache' && !headers.has('cache-control') ? { 'cache-control': 'max-age=0' } : {};
}
