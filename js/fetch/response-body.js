/** The body of a response as a byte stream. */
import { byteStream } from '../byte-stream.js';
import { TLSError } from '../errors.js';
import { HTTP_READ_AHEAD_BYTES } from '../limits.js';
import { newRegistry, weakReference } from '../weak.js';

/** @typedef {import('./connection.js').Answer} Answer */
/** @typedef {import('./decode.js').Read} Read */
/** @typedef {import('./life.js').Life} Life */

/** Why a body ended. @typedef {{reason?: {error: unknown}}} Failure */

/**
 * @param {Read} read
 * @param {Answer} answer
 * @param {Life} life
 * @param {Failure} failure gets the reason
 */
export function streamOf(read, answer, life, failure) {
  const source = new BodySource(read, answer, life, failure);
  abandoned.register(source, answer);
  return byteStream(source, HTTP_READ_AHEAD_BYTES);
}

/**
 * A body that nobody reads and nobody can read any more would occupy its connection for ever. Nothing that lives as long as
 * the connection or the caller's signal may hold a source. Not the streams are watched: in Chromium, what JavaScript has of
 * one can go while it is being read.
 */
const abandoned = newRegistry((/** @type {Answer} */ answer) =>
  answer.abort(new TLSError('ERR_TLS_CLOSED', 'Nobody can read the response any more.')),
);

class BodySource {
  #read;
  #answer;
  #life;
  #failure;
  /** @type {ReadableByteStreamController | undefined} */
  #controller;
  #unfollow = () => {};

  /**
   * @param {Read} read
   * @param {Answer} answer
   * @param {Life} life
   * @param {Failure} failure
   */
  constructor(read, answer, life, failure) {
    this.#read = read;
    this.#answer = answer;
    this.#life = life;
    this.#failure = failure;
  }

  /** @param {ReadableByteStreamController} controller */
  start(controller) {
    this.#controller = controller;
    this.#unfollow = onAbort(this.#life.signal, weakReference(this));
  }

  /** @param {ReadableByteStreamController} controller */
  async pull(controller) {
    try {
      const bytes = await this.#read();
      this.#life.signal.throwIfAborted();
      if (bytes !== null) {
        controller.enqueue(whole(bytes));
        return;
      }
      controller.close();
      controller.byobRequest?.respond(0);
      this.#done();
    } catch (error) {
      this.#answer.abort(error);
      this.#done();
      this.fail(this.#life.failure(error));
    }
  }

  /** @param {unknown} reason */
  cancel(reason) {
    this.#done();
    this.#answer.abort(reason);
  }

  /** @param {unknown} error */
  fail(error) {
    this.#failure.reason = { error };
    this.#controller?.error(error);
  }

  #done() {
    this.#unfollow();
    this.#life.over();
  }
}

/**
 * @param {AbortSignal} signal
 * @param {{deref(): BodySource | undefined}} source
 * @returns {() => void} stops it
 */
function onAbort(signal, source) {
  const abort = () => source.deref()?.fail(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  return () => signal.removeEventListener('abort', abort);
}

/** A byte stream transfers the whole buffer of a chunk. @param {Uint8Array} bytes */
const whole = (bytes) =>
  /** @type {Uint8Array<ArrayBuffer>} */ (bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice());
