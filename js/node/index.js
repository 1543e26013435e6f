/**
 * pagetls/node: sockets of pagetls for client libraries that want Node's.
 */
import { flag, instanceOf } from '../option-kinds.js';
import { readArgument, readOptions } from '../options-reader.js';
import { TLSSocket } from '../socket.js';
import { TLSDuplex as Duplex } from './tls-duplex.js';

export { Agent } from './agent.js';
export { connector } from './connector.js';

/** @typedef {import('./agent.js').AgentOptions} AgentOptions */
/** @typedef {import('./connections.js').ClientOptions} ClientOptions */
/** @typedef {import('./tls-duplex.js').TLSDuplex} TLSDuplex */

const SOCKET = instanceOf(TLSSocket);
const KINDS = { allowHalfOpen: flag };

/**
 * Turns a socket into a Duplex of Node, with what client libraries call on a tls.TLSSocket. The Duplex owns the socket then.
 * @param {TLSSocket} socket open or opening
 * @param {{allowHalfOpen?: boolean}} [options] `allowHalfOpen`: as in Node; false by default, whatever `connect()` was told
 * @returns {TLSDuplex}
 */
export function toDuplex(socket, options) {
  const given = readOptions('toDuplex()', KINDS, options);
  return new Duplex(readArgument('toDuplex()', 'socket', SOCKET, socket), { allowHalfOpen: given.allowHalfOpen });
}
