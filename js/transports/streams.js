import { TLSError } from '../errors.js';
import { any, callback, instanceOf, text } from '../option-kinds.js';
import { readOptions } from '../options-reader.js';

/** @typedef {import('./transport.js').Transport} Transport */
/** @typedef {import('./transport.js').TransportStreams} TransportStreams */

/**
 * A transport over a pair of streams that is already open. It serves one connection.
 * @param {TransportStreams} pair
 * @returns {Transport}
 */
export function streams(pair) {
  /** @satisfies {Record<keyof TransportStreams, import('../options-reader.js').Kind<any>>} */
  const kinds = {
    readable: /** @type {import('../options-reader.js').Kind<ReadableStream<Uint8Array>>} */ (
      instanceOf(ReadableStream)
    ),
    writable: instanceOf(WritableStream),
    close: callback,
    dialled: any,
    remoteAddress: text,
    localAddress: text,
  };
  const { readable, writable, close, ...known } = readOptions('streams()', kinds, pair);
  if (!readable || !writable) {
    throw new TLSError(
      'ERR_TLS_INVALID_OPTION',
      'streams() needs a ReadableStream and a WritableStream: {readable, writable}.',
    );
  }
  return async () => {
    if (readable.locked || writable.locked) {
      throw new TLSError('ERR_TLS_TRANSPORT', 'The streams are already in use.');
    }
    return { readable, writable, ...known, close: close && (() => Reflect.apply(close, pair, [])) };
  };
}
