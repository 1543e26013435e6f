/** Streams of bytes, which Safari before 26 and WebKitGTK lack: there a stream has the same chunks, but no BYOB reader. */
import { readableStreamClass } from './web.js';

/**
 * @typedef {object} ByteSource
 * @property {(controller: ReadableByteStreamController) => void} start
 * @property {(controller: ReadableByteStreamController) => Promise<void>} pull
 * @property {(reason: unknown) => void | Promise<void>} cancel
 */

/**
 * @param {ByteSource} source
 * @param {number} highWaterMark bytes that are read before somebody asks for them
 * @returns {ReadableStream<Uint8Array>}
 */
export function byteStream(source, highWaterMark) {
  const methods = {
    start: (/** @type {any} */ controller) => source.start(controller),
    pull: (/** @type {any} */ controller) => source.pull(controller),
    cancel: (/** @type {unknown} */ reason) => source.cancel(reason),
  };
  try {
    return new (readableStreamClass())({ type: 'bytes', ...methods }, { highWaterMark });
  } catch {
    return new (readableStreamClass())(methods, { highWaterMark, size: ({ byteLength }) => byteLength });
  }
}
