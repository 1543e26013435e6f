/** Makes a Response of an answer. */
import { codingsOf, decoding } from './decode.js';
import { streamOf } from './response-body.js';

/** @typedef {import('./connection.js').Answer} Answer */
/** @typedef {import('./decode.js').Read} Read */
/** @typedef {import('./parser.js').Head} Head */
/** @typedef {import('./response-body.js').Failure} Failure */

/** A Response with one of these has no body (Fetch Standard, "null body status"). */
const WITHOUT_BODY = [204, 205, 304];

/**
 * @typedef {object} Context
 * @property {URL} url of the last request
 * @property {string} method
 * @property {boolean} redirected
 * @property {import('./life.js').Life} life
 */

/**
 * @param {Answer} answer whose head has been read
 * @param {Head} head
 * @param {Context} context
 * @returns {Response}
 * @throws {import('../errors.js').TLSError} ERR_TLS_HTTP_LIMIT
 */
export function responseOf(answer, head, { url, method, redirected, life }) {
  const { status, reason, fields } = head;
  const headers = new Headers(fields);
  /** @type {Failure} */
  const failure = {};
  let body = null;
  if (method !== 'HEAD' && !WITHOUT_BODY.includes(status)) {
    /** @type {Read} */
    let read = () => answer.read();
    for (const coding of codingsOf(fields)) {
      read = decoding(read, coding);
    }
    body = streamOf(read, answer, life, failure);
  } else {
    life.over();
  }
  const response = new Response(body, { status, statusText: reason, headers });
  return dress(response, { url: withoutFragment(url), redirected, type: 'basic', headers }, failure);
}

/** @param {URL} url */
function withoutFragment(url) {
  const copy = new URL(url);
  copy.hash = '';
  return copy.href;
}

/** That read a whole body. @type {('arrayBuffer' | 'blob' | 'bytes' | 'formData' | 'json' | 'text')[]} */
const READERS = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'];

/**
 * Gives a Response what its constructor cannot: address, type, in a page Set-Cookie too, and the error of its body, for
 * which Chromium has a TypeError of its own.
 * @param {Response} response
 * @param {{url: string, redirected: boolean, type: 'basic', headers: Headers}} facts
 * @param {Failure} failure
 */
function dress(response, facts, failure) {
  /** @type {Record<string, unknown>} */
  const properties = {
    ...facts,
    clone() {
      const copy = { ...facts, headers: new Headers(facts.headers) };
      return dress(Response.prototype.clone.call(response), copy, failure);
    },
  };
  for (const name of READERS.filter((one) => one in response)) {
    const read = /** @type {() => Promise<unknown>} */ (response[name]);
    properties[name] = () =>
      read.call(response).catch((/** @type {unknown} */ error) => {
        throw failure.reason ? failure.reason.error : error;
      });
  }
  for (const [name, value] of Object.entries(properties)) {
    // Methods can be replaced, as those of the prototype can: some libraries do.
    Object.defineProperty(response, name, { value, configurable: true, writable: typeof value === 'function' });
  }
  return response;
}
