/** The streams of whatever has two: pairs, and the sockets of other runtimes and standards. */
import { formatAddress } from '../address.js';
import { TLSError } from '../errors.js';
import { describe } from '../quote.js';

/** @typedef {import('./transport.js').TransportStreams} TransportStreams */

/**
 * @template T
 * @typedef {import('../options-reader.js').Kind<T>} Kind
 */

/**
 * By what it can do, for streams come from other realms too: frames, jsdom, polyfills.
 * @template T
 * @param {string} name
 * @param {string} method
 * @returns {Kind<T>}
 */
const streamWith = (name, method) => ({
  expected: `a ${name}`,
  read: (value) => (isObject(value) && typeof value[method] === 'function' ? /** @type {T} */ (value) : undefined),
});

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isObject = (value) => typeof value === 'object' && value !== null;

export const READABLE = /** @type {Kind<ReadableStream<Uint8Array>>} */ (streamWith('ReadableStream', 'getReader'));
export const WRITABLE = /** @type {Kind<WritableStream<any>>} */ (streamWith('WritableStream', 'getWriter'));

/**
 * What has two streams, or a promise `opened` of them: not ReadableStream itself, which is another type in each library's
 * declarations.
 * @typedef {{readable: {readonly locked: boolean, getReader(): any}, writable: {readonly locked: boolean, getWriter(): any}, close?: () => unknown} |
 *   {opened: PromiseLike<unknown>, close?: () => unknown}} AnyStreams
 */

/**
 * Whether it is such an object of another library, and no literal whose names can be checked.
 * @param {unknown} given
 * @returns {given is AnyStreams}
 */
export function isForeign(given) {
  try {
    return isObject(given) && !isPlain(given) && (pairOf(given) !== undefined || isThenable(given.opened));
  } catch {
    return false; // a proxy's error
  }
}

/** Neither an instance of a class nor inherited from something. @param {object} object */
function isPlain(object) {
  const prototype = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * The streams of whatever has them: a pair, the socket of another runtime or standard (Deno, Cloudflare Workers, Direct
 * Sockets), or a WebSocketStream. Waits until it is open if it says when.
 * @param {AnyStreams} given
 * @param {string} owner for error messages
 * @returns {() => Promise<TransportStreams>}
 * @throws {TLSError} ERR_TLS_INVALID_OPTION
 */
export function streamsOfAny(given, owner) {
  /** @type {Record<string, unknown>} */
  const object = isObject(given) ? given : {};
  const { opened, close } = object;
  const pair = pairOf(object);
  if (!pair && !isThenable(opened)) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', `${owner} needs {readable, writable}: ${fault(given)}.`);
  }
  if (pair) {
    rejectLocked(pair.readable, pair.writable);
  }
  return async () => {
    const info = await opened;
    const found = pair ?? (isObject(info) ? pairOf(info) : undefined);
    if (!found) {
      throw new TLSError('ERR_TLS_TRANSPORT', 'The promise `opened` did not give two streams.');
    }
    rejectLocked(found.readable, found.writable);
    return {
      ...found,
      ...(isObject(info) ? addressesOf(info) : {}),
      close: typeof close === 'function' ? () => closeForeign(close, given) : undefined,
    };
  };
}

/** As `opened` of the Sockets API gives them, or with Direct Sockets the host and the port. @param {Record<string, unknown>} info */
function addressesOf({ remoteAddress, remotePort, localAddress, localPort }) {
  const textOf = (/** @type {unknown} */ hostname, /** @type {unknown} */ port) => {
    const isHost = typeof hostname === 'string' && typeof port === 'number';
    return isHost ? formatAddress({ hostname, port }) : typeof hostname === 'string' ? hostname : undefined;
  };
  return {
    remoteAddress: textOf(remoteAddress, remotePort),
    localAddress: textOf(localAddress, localPort),
  };
}

/**
 * Everything has been sent, or given up, by then; some sockets throw when both of their streams have ended.
 * @param {Function} close
 * @param {unknown} owner
 */
async function closeForeign(close, owner) {
  try {
    await Reflect.apply(close, owner, []);
  } catch {
    // nothing remains to be done
  }
}

/** @param {Record<string, unknown>} object */
function pairOf(object) {
  const readable = READABLE.read(object.readable);
  const writable = WRITABLE.read(object.writable);
  return readable && writable ? { readable, writable } : undefined;
}

/** @param {unknown} value @returns {value is PromiseLike<unknown>} */
const isThenable = (value) => isObject(value) && typeof value.then === 'function';

/** @param {unknown} given */
function fault(given) {
  if (!isObject(given)) {
    return `${describe(given)} has no streams`;
  }
  if (typeof given.pipe === 'function') {
    return 'a stream of Node becomes a pair by Duplex.toWeb() of node:stream';
  }
  if (isThenable(given)) {
    return 'a promise has none: await it';
  }
  return READABLE.read(given.readable)
    ? `its writable is ${describe(given.writable)}, not a WritableStream`
    : `its readable is ${describe(given.readable)}, not a ReadableStream`;
}

/** @param {ReadableStream} readable @param {WritableStream} writable */
export function rejectLocked(readable, writable) {
  if (readable.locked || writable.locked) {
    throw new TLSError(
      'ERR_TLS_TRANSPORT',
      'The streams are already in use: release the locks of their reader and writer.',
    );
  }
}
