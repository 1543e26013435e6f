/**
 * pagetls/node-net: a drop-in for node:net, for client libraries in bundles. configure() says how bytes travel.
 */
import { TLSError } from '../errors.js';
import { isIP, isIPv4, isIPv6 } from './ip.js';
import { readArguments } from './net-arguments.js';
import { Socket } from './net-socket.js';
import { configure } from './configuration.js';

export { configure, isIP, isIPv4, isIPv6, Socket };

/** @typedef {import('./configuration.js').Configuration} Configuration */
/** @typedef {import('./net-socket.js').ConnectOptions} ConnectOptions */

/**
 * @overload
 * @param {ConnectOptions} options
 * @param {() => void} [callback] for 'connect'
 * @returns {Socket}
 */
/**
 * @overload
 * @param {number} port
 * @param {() => void} [callback]
 * @returns {Socket}
 */
/**
 * @overload
 * @param {number} port
 * @param {string} [host]
 * @param {() => void} [callback]
 * @returns {Socket}
 */
/** @param {...any} values */
export function connect(...values) {
  const read = readArguments(values);
  const socket = new Socket(read.options);
  if (read.options.timeout) {
    socket.setTimeout(read.options.timeout);
  }
  return socket.connect(/** @type {any} */ ([read]));
}

export const createConnection = connect;
/** An old name of Node's. */
export const Stream = Socket;

const noServer = () =>
  new TLSError('ERR_TLS_INVALID_OPTION', 'pagetls/node-net has no servers: neither pagetls nor a page can listen.');

export class Server {
  constructor() {
    throw noServer();
  }
}

/** @returns {never} */
export function createServer() {
  throw noServer();
}

/** Only one address is dialled, where the connection is dialled. */
export const getDefaultAutoSelectFamily = () => false;

// `import net from 'net'` is what libraries write.
// eslint-disable-next-line no-restricted-exports
export default {
  configure,
  connect,
  createConnection,
  createServer,
  getDefaultAutoSelectFamily,
  isIP,
  isIPv4,
  isIPv6,
  Server,
  Socket,
  Stream,
};
