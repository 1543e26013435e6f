/** Connections for undici. */
import { TLSError } from '../errors.js';
import { openSocket, readClientOptions } from './connections.js';
import { TLSDuplex } from './tls-duplex.js';

/** @typedef {import('./connections.js').ClientOptions} ClientOptions */

/**
 * What undici passes to a connector.
 * @typedef {object} Target
 * @property {string} hostname
 * @property {string} [host]
 * @property {string} protocol
 * @property {string} port
 * @property {string | null} [servername]
 * @property {string | null} [localAddress]
 * @property {unknown} [httpSocket]
 */

/** undici sends TCP keep-alive probes after this time. */
const KEEP_ALIVE_MS = 60_000;

/**
 * A function for the option `connect` of undici's Client, Pool and Agent.
 * @param {ClientOptions} [options] of `connect()`
 * @returns {(target: Target, callback: (...result: [Error, null] | [null, any]) => void) => void}
 */
export function connector(options) {
  const { connect } = readClientOptions('connector()', {}, options);
  return (target, callback) => {
    try {
      const duplex = open(target, connect);
      const fail = (/** @type {Error} */ error) => callback(error, null);
      duplex.once('error', fail);
      duplex.once('secureConnect', () => {
        duplex.off('error', fail);
        duplex.setKeepAlive(true, KEEP_ALIVE_MS);
        callback(null, duplex);
      });
    } catch (error) {
      queueMicrotask(() => callback(/** @type {Error} */ (error), null));
    }
  };
}

/** @param {Target} target @param {ClientOptions} options */
function open({ protocol, hostname, port, servername, localAddress, httpSocket }, options) {
  if (protocol !== 'https:') {
    throw new TLSError('ERR_TLS_INVALID_OPTION', `connector() opens TLS connections, for https: only, not ${protocol}`);
  }
  if (httpSocket) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', 'connector() does not go through a proxy.');
  }
  // undici takes ECONNRESET in a body without length for its end, and any network can cause a reset: keep our codes.
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const socket = openSocket({ host, port: port || 443, servername, localAddress }, options);
  return new TLSDuplex(socket, { nodeCodes: false });
}
