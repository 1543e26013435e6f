/**
 * fetch() over connections of this package: HTTP/1.1 with TLS in the page or in Node.
 */
import { asyncDispose } from '../disposal.js';
import { TLSError } from '../errors.js';
import { connect } from '../index.js';
import { HTTP_DRAIN_MS, HTTP_READ_AHEAD_BYTES, MAX_HTTP_REDIRECTS } from '../limits.js';
import { isReplayable } from './body.js';
import { acceptEncoding } from './decode.js';
import { writeHead } from './head.js';
import { readFetchOptions } from './options.js';
import { Life } from './life.js';
import { closedError, Pool } from './pool.js';
import { followRedirect, isRedirect, redirectError } from './redirect.js';
import { readRequest } from './request.js';
import { responseOf } from './response.js';

/** @typedef {import('./connection.js').Answer} Answer */
/** @typedef {import('./options.js').FetchOptions} FetchOptions */
/** @typedef {import('./parser.js').Head} Head */
/** @typedef {import('./request.js').FetchRequest} FetchRequest */
/** @typedef {import('./request.js').Init} Init */
/** @typedef {import('./request.js').Input} Input */

/**
 * The function that createFetch() returns.
 * @typedef {((input: Input, init?: Init) => Promise<Response>) & {close: () => Promise<void>,
 *   [asyncDispose]: () => Promise<void>}} Fetch `close` ends all its connections and requests
 */

/** Methods that may be repeated (RFC 9110, section 9.2.2). */
const IDEMPOTENT = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'];

/**
 * Makes a `fetch()` that reaches servers as connect() does.
 * @param {FetchOptions} [options]
 * @returns {Fetch}
 * @throws {TLSError} ERR_TLS_INVALID_OPTION
 */
export function createFetch(options) {
  const client = new Client(readFetchOptions(options));
  const close = async () => client.close();
  return Object.assign(
    (/** @type {Input} */ input, /** @type {Init | undefined} */ init) => client.fetch(input, init),
    { close, [asyncDispose]: close },
  );
}

class Client {
  #settings;
  /** By origin. @type {Map<string, Pool>} */
  #pools = new Map();
  #closed = false;

  /** @param {ReturnType<typeof readFetchOptions>} settings */
  constructor(settings) {
    this.#settings = settings;
  }

  close() {
    this.#closed = true;
    for (const pool of this.#pools.values()) {
      pool.close();
    }
    this.#pools.clear();
  }

  /**
   * @param {Input} input
   * @param {Init} [init]
   * @returns {Promise<Response>}
   */
  async fetch(input, init) {
    const life = new Life();
    /** @type {FetchRequest | undefined} */
    let request;
    try {
      request = await readRequest(input, init);
      life.follow(request.signal);
      return await this.#follow(request, life);
    } catch (error) {
      life.over();
      const reason = life.failure(error);
      if (request?.body && !isReplayable(request.body)) {
        const stream = /** @type {ReadableStream} */ (request.body.source);
        stream.cancel(reason).catch(() => {}); // fails if it is being read: then its reader cancels it
      }
      throw reason;
    }
  }

  /** @param {FetchRequest} first @param {Life} life */
  async #follow(first, life) {
    for (let request = first, redirects = 0; ; redirects++) {
      life.origin = request.url.origin;
      const { answer, head } = await this.#exchange(request, life.signal);
      life.watch(answer);
      const { url, method, redirect } = request;
      try {
        const next = isRedirect(head) && redirect !== 'manual' ? this.#next(request, head, redirects) : undefined;
        if (next === undefined) {
          return responseOf(answer, head, { url, method, redirected: redirects > 0, life });
        }
        drain(answer);
        request = next;
      } catch (error) {
        answer.abort(error);
        throw error;
      }
    }
  }

  /** @param {FetchRequest} request @param {Head} head of a redirect @param {number} redirects before it */
  #next(request, head, redirects) {
    if (request.redirect === 'error') {
      throw redirectError(`The server redirects (status ${head.status}), and redirect is 'error'.`);
    }
    const next = followRedirect(request, head);
    if (next && redirects === MAX_HTTP_REDIRECTS) {
      throw redirectError(`The server redirects more than ${MAX_HTTP_REDIRECTS} times, the limit.`);
    }
    return next;
  }

  /**
   * Sends a request and waits for the head of the answer. Servers close idle connections at any time: a request that meets
   * this is sent once more, on a fresh connection, if nothing of an answer came and it may be repeated.
   * @param {FetchRequest} request
   * @param {AbortSignal} signal
   */
  async #exchange(request, signal) {
    const { bytes, length, close } = writeHead(request, acceptEncoding());
    const body = request.body && { ...request.body, length };
    const pool = this.#poolOf(request.url);
    for (let attempt = 1; ; attempt++) {
      const connection = await pool.acquire(signal, attempt > 1);
      if (signal.aborted || connection.over) {
        pool.release(connection);
        signal.throwIfAborted();
        continue; // it ended a moment ago: nothing was sent
      }
      const answer = connection.request({ method: request.method, head: bytes, body, close });
      answer.released = () => pool.release(connection);
      const abort = () => answer.abort(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      try {
        return { answer, head: await answer.readHead() };
      } catch (error) {
        signal.throwIfAborted();
        const repeat = connection.requests > 1 && !answer.begun && attempt === 1;
        if (!repeat || !IDEMPOTENT.includes(request.method) || !isReplayable(body) || this.#closed) {
          throw error;
        }
      } finally {
        signal.removeEventListener('abort', abort);
      }
    }
  }

  /** @param {URL} url */
  #poolOf({ origin, hostname, port }) {
    if (this.#closed) {
      throw closedError();
    }
    const { connect: options, maxConnections, idleTimeout } = this.#settings;
    const address = { hostname, port: port || '443' };
    let pool = this.#pools.get(origin);
    if (pool === undefined) {
      pool = new Pool({
        dial: (signal) => connect(address, { ...options, ALPNProtocols: ['http/1.1'], signal }),
        maxConnections,
        idleTimeout,
      });
      this.#pools.set(origin, pool);
    }
    return pool;
  }
}

/** Reads the body of a redirect, so that its connection can be used again, unless it is long or slow. @param {Answer} answer */
async function drain(answer) {
  const timer = setTimeout(() => answer.abort(new TLSError('ERR_TLS_CLOSED')), HTTP_DRAIN_MS);
  try {
    let left = HTTP_READ_AHEAD_BYTES;
    for (let bytes = await answer.read(); bytes !== null; bytes = await answer.read()) {
      left -= bytes.length;
      if (left < 0) {
        answer.abort(new TLSError('ERR_TLS_CLOSED'));
      }
    }
  } catch {
    // The connection is over.
  } finally {
    clearTimeout(timer);
  }
}
