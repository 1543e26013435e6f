/** Reads the arguments of fetch(). The platform's Request checks them; headers and body are read apart from it. */
import { TLSError } from '../errors.js';
import { quote } from '../quote.js';
import { bodyOf, bodyOfRequest, isStream } from './body.js';
import { BLOCKED_PORTS } from './ports.js';

/** @typedef {import('./body.js').Body} Body */

/** @typedef {Parameters<typeof globalThis.fetch>[0]} Input */
/** @typedef {NonNullable<Parameters<typeof globalThis.fetch>[1]>} Init */

/**
 * @typedef {object} FetchRequest
 * @property {URL} url
 * @property {string} method
 * @property {Headers} headers
 * @property {Body | null} body
 * @property {'follow' | 'error' | 'manual'} redirect
 * @property {string} cache
 * @property {AbortSignal | null} signal
 */

/** @param {string} message */
export const requestError = (message) => new TLSError('ERR_TLS_HTTP_REQUEST', message);

/** What Request reads itself. */
const CHECKED = /** @type {const} */ ([
  ...['method', 'redirect', 'signal', 'mode', 'cache', 'credentials', 'integrity', 'keepalive', 'referrer'],
  ...['referrerPolicy', 'priority', 'window', 'duplex'],
]);

/**
 * @param {Input} input
 * @param {Init | null} [given]
 * @returns {Promise<FetchRequest>}
 * @throws {TypeError} from the platform
 * @throws {TLSError} ERR_TLS_HTTP_REQUEST
 */
export async function readRequest(input, given) {
  const init = given ?? {};
  const body = init.body ?? null;
  if (isStream(body) && /** @type {{duplex?: string}} */ (init).duplex !== 'half') {
    throw new TypeError("A stream as body needs the option duplex: 'half'.");
  }
  /** @type {Record<string, unknown>} */
  const checked = {};
  for (const name of CHECKED) {
    const value = /** @type {Record<string, unknown>} */ (init)[name];
    if (value !== undefined) {
      checked[name] = value;
    }
  }
  if (body !== null) {
    checked.body = ''; // rejected with GET and HEAD; the body itself is not read twice
  }
  const request = new Request(input, checked);
  const names = init.headers ?? (input instanceof Request ? input.headers : undefined);
  const headers = new Headers(names); // not those of `request`: in a page it drops names that pages may not set
  const url = new URL(request.url);
  checkUrl(url);
  if (request.integrity) {
    throw requestError('The option integrity is not supported.');
  }
  if (request.cache === 'only-if-cached') {
    throw requestError("There is no cache, so nothing can be fetched with cache: 'only-if-cached'.");
  }
  const signal = init.signal !== undefined ? init.signal : input instanceof Request ? input.signal : null;
  const fromInput = body === null && input instanceof Request && hasBody(request);
  const content = body !== null ? await bodyOf(body) : fromInput ? await bodyOfRequest(request) : null;
  if (content?.type && !headers.has('Content-Type')) {
    headers.set('Content-Type', content.type);
  }
  const { method, redirect, cache } = request;
  return { url, method, headers, body: content, redirect, cache, signal };
}

/** @param {Request} request */
const hasBody = (request) =>
  request.body === undefined ? !['GET', 'HEAD'].includes(request.method) : request.body !== null;

/**
 * @param {URL} url
 * @throws {TLSError} ERR_TLS_HTTP_REQUEST
 */
export function checkUrl(url) {
  if (url.protocol !== 'https:') {
    throw requestError(
      `This fetch() requests https: URLs only, because it speaks TLS, and ${quote(url.protocol)} is another scheme.`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw requestError('The URL has a user name or password: send them in the Authorization header instead.');
  }
  if (BLOCKED_PORTS.has(Number(url.port))) {
    throw requestError(`Port ${url.port} is blocked: another protocol uses it (Fetch Standard, "port blocking").`);
  }
}
