/** Reads the options of createFetch(). */
import { TLSError } from '../errors.js';
import { HTTP_CONNECTIONS, HTTP_IDLE_TIMEOUT_MS, HTTP_MAX_CONNECTIONS } from '../limits.js';
import { asGiven, integer, milliseconds } from '../option-kinds.js';
import { CONNECT_KINDS, readConnectOptions } from '../options.js';
import { readOptions } from '../options-reader.js';

/** @typedef {import('../options.js').ConnectOptions} ConnectOptions */

/** Options of connect() that fetch() sets itself, or that a request has. */
const NOT_OURS = /** @type {const} */ ([
  'ALPNProtocols',
  'alpn',
  'allowHalfOpen',
  'secureTransport',
  'signal',
  'starttls',
]);

/**
 * @typedef {object} PoolOptions
 * @property {number} [maxConnections] to one origin at a time; further requests wait; 6 by default
 * @property {number} [idleTimeout] milliseconds that a connection is kept without a request; 10,000 by default, 0 to close it after each
 */

/** @typedef {Omit<ConnectOptions, (typeof NOT_OURS)[number]> & PoolOptions} FetchOptions */

const KINDS = {
  ...Object.fromEntries(
    Object.entries(CONNECT_KINDS)
      .filter(([name]) => !(/** @type {readonly string[]} */ (NOT_OURS).includes(name)))
      .map(([name, kind]) => [name, asGiven(kind)]),
  ),
  maxConnections: integer(1, HTTP_MAX_CONNECTIONS),
  idleTimeout: milliseconds,
};

/**
 * @param {FetchOptions} [options]
 * @returns {{connect: ConnectOptions, maxConnections: number, idleTimeout: number}}
 * @throws {TLSError} ERR_TLS_INVALID_OPTION
 */
export function readFetchOptions(options) {
  const { maxConnections, idleTimeout, ...connect } = readOptions('createFetch()', KINDS, options);
  try {
    readConnectOptions('localhost', connect); // what cannot be right for any server is an error now
  } catch (error) {
    if (error instanceof TLSError && error.code === 'ERR_TLS_NO_TRANSPORT') {
      throw new TLSError('ERR_TLS_NO_TRANSPORT', 'In a web page, createFetch() needs the option bridge or transport.');
    }
    throw error;
  }
  return {
    connect,
    maxConnections: maxConnections ?? HTTP_CONNECTIONS,
    idleTimeout: idleTimeout ?? HTTP_IDLE_TIMEOUT_MS,
  };
}
