/**
 * pagetls/node: sockets of pagetls for client libraries that want Node's.
 */
import { connectionOf, Socket } from '../base-socket.js';
import { flag, instanceOf } from '../option-kinds.js';
import { readArgument, readOptions } from '../options-reader.js';
import { TLSSocket } from '../socket.js';
import { SocketDuplex as ForPlaintext } from './socket-duplex.js';
import { sourceOf } from './source.js';
import { TLSDuplex as ForTls } from './tls-duplex.js';

export { Agent } from './agent.js';
export { connector } from './connector.js';

/** @typedef {import('./agent.js').AgentOptions} AgentOptions */
/** @typedef {import('./connections.js').ClientOptions} ClientOptions */
/** @typedef {import('./socket-duplex.js').SocketDuplex} SocketDuplex */
/** @typedef {import('./tls-duplex.js').TLSDuplex} TLSDuplex */

const SOCKET = instanceOf(Socket);
const KINDS = { allowHalfOpen: flag };

/**
 * Turns a TLSSocket into a Duplex of Node, with what client libraries call on a tls.TLSSocket. The Duplex owns the socket then.
 * @overload
 * @param {TLSSocket} socket open or opening
 * @param {{allowHalfOpen?: boolean}} [options] `allowHalfOpen`: as in Node; false by default, whatever `connect()` was told
 * @returns {TLSDuplex}
 */
/**
 * The same for a plaintext socket and a net.Socket.
 * @overload
 * @param {Socket} socket open or opening
 * @param {{allowHalfOpen?: boolean}} [options]
 * @returns {SocketDuplex}
 */
/**
 * @param {Socket<any>} socket
 * @param {{allowHalfOpen?: boolean}} [options]
 */
export function toDuplex(socket, options) {
  const { allowHalfOpen } = readOptions('toDuplex()', KINDS, options);
  const given = readArgument('toDuplex()', 'socket', SOCKET, socket);
  if (given instanceof TLSSocket) {
    return new ForTls(given, { allowHalfOpen });
  }
  const duplex = new ForPlaintext({ allowHalfOpen });
  duplex.attach(sourceOf(connectionOf(given)));
  return duplex;
}
