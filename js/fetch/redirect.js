/** What a redirect makes of a request (Fetch Standard, "HTTP-redirect fetch"). */
import { TLSError } from '../errors.js';
import { quote } from '../quote.js';
import { isReplayable } from './body.js';
import { isomorphicEncode, valuesOf } from './fields.js';
import { checkUrl } from './request.js';

/** @typedef {import('./parser.js').Head} Head */
/** @typedef {import('./request.js').FetchRequest} FetchRequest */

const STATUSES = [301, 302, 303, 307, 308];
/** Left out when the body is. */
const BODY_FIELDS = ['content-encoding', 'content-language', 'content-length', 'content-location', 'content-type'];
/** Meant for one origin. */
const ORIGIN_FIELDS = ['authorization', 'cookie', 'host', 'proxy-authorization'];

/** @param {Head} head */
export const isRedirect = ({ status }) => STATUSES.includes(status);

/** @param {string} message @param {unknown} [cause] */
export const redirectError = (message, cause) =>
  new TLSError('ERR_TLS_HTTP_REDIRECT', message, cause === undefined ? {} : { cause });

/**
 * @param {FetchRequest} request
 * @param {Head} head a redirect
 * @returns {FetchRequest | undefined} undefined without Location: the answer is the final one
 * @throws {TLSError} ERR_TLS_HTTP_REDIRECT
 */
export function followRedirect(request, { status, fields }) {
  const locations = valuesOf(fields, 'location');
  if (locations.length === 0) {
    return undefined;
  }
  if (locations.length > 1) {
    throw redirectError(`The server redirects to ${locations.length} locations at once.`);
  }
  const url = targetOf(request.url, locations[0]);
  if (status !== 303 && !isReplayable(request.body)) {
    throw redirectError(`The server redirects (status ${status}), and a stream cannot be sent again.`);
  }
  const headers = new Headers(request.headers);
  const drop = (/** @type {string[]} */ names) => names.forEach((name) => headers.delete(name));
  let { method, body } = request;
  if (status === 303 ? !['GET', 'HEAD'].includes(method) : status <= 302 && method === 'POST') {
    method = 'GET';
    body = null;
    drop(BODY_FIELDS);
  }
  if (url.origin !== request.url.origin) {
    drop(ORIGIN_FIELDS);
  }
  return { ...request, url, method, headers, body };
}

/** @param {URL} from @param {string} location */
function targetOf(from, location) {
  /** @type {URL} */
  let url;
  try {
    url = new URL(asUtf8(location), from);
    url.hash ||= from.hash;
    checkUrl(url);
  } catch (cause) {
    const why = cause instanceof TLSError ? cause.message : 'It is not a URL.';
    throw redirectError(`The server redirects to ${quote(location)}. ${why}`, cause);
  }
  return url;
}

/** Bytes beyond ASCII are UTF-8, if they are that. @param {string} text with a character for each byte */
function asUtf8(text) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(isomorphicEncode(text));
  } catch {
    return text;
  }
}
