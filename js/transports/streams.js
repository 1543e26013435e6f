import { TLSError } from '../errors.js';
import { any, callback, text } from '../option-kinds.js';
import { readOptions } from '../options-reader.js';
import { isForeign, READABLE, rejectLocked, streamsOfAny, WRITABLE } from './any-streams.js';

/** @typedef {import('./transport.js').Transport} Transport */
/** @typedef {import('./transport.js').TransportStreams} TransportStreams */

/**
 * @template T
 * @typedef {import('../options-reader.js').Kind<T>} Kind
 */

/** @typedef {import('./any-streams.js').AnyStreams} AnyStreams */

/** @satisfies {Record<keyof TransportStreams, Kind<any>>} */
const KINDS = {
  readable: READABLE,
  writable: WRITABLE,
  close: callback,
  dialled: any,
  remoteAddress: text,
  localAddress: text,
};

/**
 * A transport over a pair of streams that is already open, or over a socket that has such a pair. It serves one connection.
 * @param {TransportStreams | AnyStreams} pair
 * @returns {Transport}
 */
export function streams(pair) {
  if (isForeign(pair)) {
    return streamsOfAny(pair, 'streams()');
  }
  const { readable, writable, close, ...known } = readOptions('streams()', KINDS, pair);
  if (!readable || !writable) {
    throw new TLSError(
      'ERR_TLS_INVALID_OPTION',
      'streams() needs a ReadableStream and a WritableStream: {readable, writable}.',
    );
  }
  return async () => {
    rejectLocked(readable, writable);
    return { readable, writable, ...known, close: close && (() => Reflect.apply(close, pair, [])) };
  };
}
