/** Content-Encoding, by the platform's DecompressionStream. */
import { HTTP_DECOMPRESS_BYTES, MAX_HTTP_CONTENT_CODINGS } from '../limits.js';
import { listOf, limitError, protocolError } from './fields.js';

/** @typedef {import('./fields.js').Field} Field */
/** The next bytes; null at the end. @typedef {() => Promise<Uint8Array | null>} Read */

/** Name in HTTP -> format of DecompressionStream. */
const FORMATS = new Map([
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'brotli'],
]);

/** @param {string} format */
function isSupported(format) {
  try {
    new DecompressionStream(/** @type {CompressionFormat} */ (format));
    return true;
  } catch {
    return false;
  }
}

/** @type {string[] | undefined} */
let supported;
const supportedCodings = () =>
  (supported ??= [...FORMATS].filter(([, format]) => isSupported(format)).map(([coding]) => coding));

/** The value of Accept-Encoding. */
export const acceptEncoding = () =>
  supportedCodings()
    .filter((coding) => coding !== 'x-gzip')
    .join(', ') || 'identity';

/**
 * @param {Field[]} fields
 * @returns {string[]} the codings to undo, the last one that was applied first; none if one of them is not supported
 */
export function codingsOf(fields) {
  const codings = listOf(fields, 'content-encoding').filter((coding) => coding !== 'identity');
  if (codings.length > MAX_HTTP_CONTENT_CODINGS) {
    throw limitError(`The answer has ${codings.length} content codings; the limit is ${MAX_HTTP_CONTENT_CODINGS}.`);
  }
  return codings.every((coding) => supportedCodings().includes(coding)) ? codings.reverse() : [];
}

/**
 * @param {Read} read
 * @param {string} coding supported
 * @returns {Read} the decoded bytes
 */
export function decoding(read, coding) {
  /** @type {Read | undefined} */
  let decoded;
  return async () => {
    decoded ??= await startDecoding(read, coding);
    return decoded();
  };
}

/** @param {Read} read @param {string} coding @returns {Promise<Read>} */
async function startDecoding(read, coding) {
  const first = await read();
  if (first === null) {
    return async () => null; // no body: nothing was encoded
  }
  // "deflate" is zlib's format (RFC 9110, section 8.4.1.2), but some servers send deflate without it.
  const isRaw = coding === 'deflate' && (first[0] & 15) !== 8;
  const format = isRaw ? 'deflate-raw' : FORMATS.get(coding);
  const { readable, writable } = new DecompressionStream(/** @type {CompressionFormat} */ (format));
  /** @type {{error: unknown} | undefined} */
  let failed;
  const writer = writable.getWriter();
  const feed = async () => {
    let bytes = /** @type {Uint8Array | null} */ (first);
    while (bytes !== null) {
      for (let at = 0; at < bytes.length; at += HTTP_DECOMPRESS_BYTES) {
        await writer.write(/** @type {BufferSource} */ (bytes.slice(at, at + HTTP_DECOMPRESS_BYTES)));
      }
      try {
        bytes = await read();
      } catch (error) {
        failed = { error };
        throw error;
      }
    }
    await writer.close();
  };
  feed().catch((error) => writer.abort(error).catch(() => {}));
  writer.closed.catch(() => {});
  const reader = readable.getReader();
  return async () => {
    try {
      const { done, value } = await reader.read();
      return done ? null : value;
    } catch {
      throw failed ? failed.error : protocolError(`its body is not valid ${coding}.`);
    }
  };
}
