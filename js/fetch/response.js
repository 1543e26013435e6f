/** Makes a Response of an answer. */
import { TLSError } from '../errors.js';
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

/** Why a body ended. @typedef {{reason?: {error: unknown}}} Failure */

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
    Object.defineProperty(response, name, { value, configurable: true });
  }
  return response;
}

/**
 * A body that nobody reads and nobody can read any more would occupy its connection for ever. Nothing that lives as long as
 * the connection or the caller's signal may hold the stream, or its controller.
 */
const abandoned = new FinalizationRegistry((/** @type {Answer} */ answer) =>
  answer.abort(new TLSError('ERR_TLS_CLOSED', 'Nobody can read the response any more.')),
);

/**
 * @param {Read} read
 * @param {Answer} answer
 * @param {import('./life.js').Life} life
 * @param {Failure} failure gets the reason
 */
function streamOf(read, answer, life, failure) {
  const { signal } = life;
  let abort = () => {};
  /** @param {ReadableByteStreamController} controller @param {unknown} error */
  const fail = (controller, error) => {
    failure.reason = { error };
    controller.error(error);
  };
  const done = () => {
    signal.removeEventListener('abort', abort);
    life.over();
  };
  const stream = new ReadableStream(
    /** @type {UnderlyingByteSource} */ ({
      type: 'bytes',
      start(controller) {
        const weak = new WeakRef(controller);
        abort = () => {
          const living = weak.deref();
          if (living) {
            fail(living, signal.reason);
          }
        };
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
          fail(controller, life.failure(error));
        }
      },
      cancel(reason) {
        done();
        answer.abort(reason);
      },
    }),
    { highWaterMark: HTTP_READ_AHEAD_BYTES },
  );
  abandoned.register(stream, answer);
  return stream;
}

/** A byte stream transfers the whole buffer of a chunk. @param {Uint8Array} bytes */
const whole = (bytes) =>
  /** @type {Uint8Array<ArrayBuffer>} */ (bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice());
