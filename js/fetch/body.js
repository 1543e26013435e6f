/** The body of a request: bytes that can be sent again, or a stream that can be sent once. */
import { concat, isUint8Array } from '../bytes.js';
import { TLSError } from '../errors.js';
import { encoder } from '../web.js';

/**
 * @typedef {object} Body
 * @property {Uint8Array | Blob | ReadableStream<Uint8Array>} source
 * @property {number | undefined} length in bytes; undefined: sent in chunks
 * @property {string | null} type for Content-Type
 */

/** @param {unknown} value @returns {value is ReadableStream} of any realm */
export const isStream = (value) =>
  typeof value === 'object' && value !== null && 'getReader' in value && typeof value.getReader === 'function';

/**
 * The body of `init`, by the platform's own conversion (Fetch Standard, "extract a body").
 * @param {unknown} given of fetch()'s `init`, not null
 * @returns {Promise<Body>}
 */
export async function bodyOf(given) {
  if (isStream(given)) {
    if (given.locked) {
      throw new TypeError('The body is a locked stream.');
    }
    return { source: given, length: undefined, type: null };
  }
  const converted = new Response(/** @type {BodyInit} */ (given));
  const type = converted.headers.get('Content-Type');
  if (given instanceof Blob) {
    return { source: given, length: given.size, type };
  }
  if (typeof FormData === 'function' && given instanceof FormData) {
    const blob = await converted.blob(); // files stay where they are; its type would be in lower case
    return { source: blob, length: blob.size, type };
  }
  if (typeof given === 'object' && given !== null && Symbol.asyncIterator in given && converted.body) {
    return { source: converted.body, length: undefined, type }; // Node converts these
  }
  const bytes = new Uint8Array(await converted.arrayBuffer());
  return { source: bytes, length: bytes.length, type };
}

/**
 * The body of a Request, which does not tell its length. If all of it is there at once, as it is unless it was made of a
 * stream or a file, it is sent with its length, which some servers need.
 * @param {Request} request
 * @returns {Promise<Body>}
 */
export async function bodyOfRequest(request) {
  if (!request.body) {
    const bytes = new Uint8Array(await request.arrayBuffer()); // Firefox has no Request.body
    return { source: bytes, length: bytes.length, type: null };
  }
  const reader = /** @type {ReadableStream<Uint8Array>} */ (request.body).getReader();
  /** @type {Promise<ReadableStreamReadResult<Uint8Array>>[]} */
  const begun = [reader.read()];
  begun[1] = begun[0].then((first) => (first.done ? first : reader.read()));
  begun[1].catch(() => {}); // whoever reads the stream sees it
  const later = new Promise((/** @type {(value: undefined) => void} */ resolve) => setTimeout(resolve, 0));
  const second = await Promise.race([begun[1], later]);
  if (second?.done) {
    const bytes = (await begun[0]).value ?? new Uint8Array();
    return { source: bytes, length: bytes.length, type: null };
  }
  const source = new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await (begun.shift() ?? reader.read());
        done ? controller.close() : controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return { source, length: undefined, type: null };
}

/** Whether it can be sent again. @param {Body | null} body */
export const isReplayable = (body) => body === null || !isStream(body.source);

const CRLF = encoder.encode('\r\n');
const LAST_CHUNK = encoder.encode('0\r\n\r\n');

/** The most that is copied to travel with the bytes around it in one record. */
export const JOINED_BYTES = 8 * 1024;

/**
 * Sends bytes as one chunk (RFC 9112, section 7.1).
 * @param {Uint8Array} bytes not empty: that would be the last chunk
 * @param {(bytes: Uint8Array) => Promise<void>} write
 */
async function sendChunk(bytes, write) {
  const size = encoder.encode(`${bytes.length.toString(16)}\r\n`);
  if (bytes.length <= JOINED_BYTES) {
    return write(concat([size, bytes, CRLF]));
  }
  await write(size);
  await write(bytes);
  return write(CRLF);
}

/**
 * Sends a body. Each write waits for the one before it, so a slow server slows down the stream.
 * @param {Body} body
 * @param {(bytes: Uint8Array) => Promise<void>} write
 * @param {AbortSignal} signal cancels the stream
 */
export async function sendBody({ source, length }, write, signal) {
  if (isUint8Array(source)) {
    return source.length > 0 ? write(source) : undefined;
  }
  const stream = source instanceof Blob ? source.stream() : source;
  const reader = stream.getReader();
  const cancel = () => reader.cancel(signal.reason).catch(() => {});
  signal.addEventListener('abort', cancel, { once: true });
  try {
    signal.throwIfAborted();
    let sent = 0;
    for (;;) {
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) {
        break;
      }
      if (!isUint8Array(value)) {
        throw new TypeError('A stream as body must have chunks that are Uint8Arrays.');
      }
      sent += value.length;
      if (length !== undefined && sent > length) {
        throw wrongLength(length, 'more');
      }
      if (value.length > 0) {
        await (length === undefined ? sendChunk(value, write) : write(value));
      }
    }
    if (length === undefined) {
      await write(LAST_CHUNK);
    } else if (sent < length) {
      throw wrongLength(length, 'less');
    }
  } catch (error) {
    reader.cancel(error).catch(() => {});
    throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** @param {number} length @param {'more' | 'less'} found */
const wrongLength = (length, found) =>
  new TLSError('ERR_TLS_HTTP_REQUEST', `Content-Length says ${length} bytes, and the body has ${found}.`);
