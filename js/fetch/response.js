/** Makes a Response of an answer. */
import { HTTP_READ_AHEAD_BYTES } from '../limits.js';
import { codingsOf, decoding } from './decode.js';

/** @typedef {import('./connection.js').Answer} Answer */
/** @typedef {import('./decode.js').Read} Read */
/** @typedef {import('./parser.js').Head} Head */

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
  let body = null;
  if (method !== 'HEAD' && !WITHOUT_BODY.includes(status)) {
    /** @type {Read} */
    let read = () => answer.read();
    for (const coding of codingsOf(fields)) {
      read = decoding(read, coding);
    }
    body = streamOf(read, answer, life);
  } else {
    life.over();
  }
  const response = new Response(body, { status, statusText: reason, headers });
  return dress(response, { url: withoutFragment(url), redirected, type: 'basic', headers });
}

/** @param {URL} url */
function withoutFragment(url) {
  const copy = new URL(url);
  copy.hash = '';
  return copy.href;
}

/**
 * Gives a Response what its constructor cannot: address, type, and in a page Set-Cookie too.
 * @param {Response} response
 * @param {{url: string, redirected: boolean, type: 'basic', headers: Headers}} facts
 */
function dress(response, facts) {
  const properties = {
    ...facts,
    clone: () => dress(Response.prototype.clone.call(response), { ...facts, headers: new Headers(facts.headers) }),
  };
  for (const [name, value] of Object.entries(properties)) {
    Object.defineProperty(response, name, { value, configurable: true });
  }
  return response;
}

/**
 * @param {Read} read
 * @param {Answer} answer
 * @param {import('./life.js').Life} life
 */
function streamOf(read, answer, life) {
  const { signal } = life;
  let abort = () => {};
  const done = () => {
    signal.removeEventListener('abort', abort);
    life.over();
  };
  return new ReadableStream(
    /** @type {UnderlyingByteSource} */ ({
      type: 'bytes',
      start(controller) {
        abort = () => controller.error(signal.reason);
        signal.addEventListener('abort', abort, { once: true });
      },
      async pull(controller) {
        try {
          const bytes = await read();
          signal.throwIfAborted();
          if (bytes !== null) {
            controller.enqueue(whole(bytes));
            return;
          }
          controller.close();
          controller.byobRequest?.respond(0);
          done();
        } catch (error) {
          answer.abort(error);
          done();
          controller.error(life.failure(error));
        }
      },
      cancel(reason) {
        done();
        answer.abort(reason);
      },
    }),
    { highWaterMark: HTTP_READ_AHEAD_BYTES },
  );
}

/** A byte stream transfers the whole buffer of a chunk. @param {Uint8Array} bytes */
const whole = (bytes) =>
  /** @type {Uint8Array<ArrayBuffer>} */ (bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice());
