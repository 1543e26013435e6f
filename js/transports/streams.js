import { TLSError } from '../errors.js';

/** @typedef {import('./transport.js').Transport} Transport */
/** @typedef {import('./transport.js').TransportStreams} TransportStreams */

/**
 * A transport over a pair of streams that is already open. It serves one connection.
 * @param {TransportStreams} pair
 * @returns {Transport}
 */
export function streams(pair) {
  if (!(pair?.readable instanceof ReadableStream) || !(pair.writable instanceof WritableStream)) {
    throw new TLSError(
      'ERR_TLS_INVALID_OPTION',
      'streams() needs a ReadableStream and a WritableStream: {readable, writable}.',
    );
  }
  return async () => {
    if (pair.readable.locked || pair.writable.locked) {
      throw new TLSError('ERR_TLS_TRANSPORT', 'The streams are already in use.');
    }
    return pair;
  };
}
