/** A TLS server that a test can make misbehave. README.md has examples. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { pemBlocks } from '../pki.js';
import { Connection } from './connection.js';
import { schemesOf } from './keys.js';
import { continue12 } from './tls12.js';
import { continue13 } from './tls13.js';

/** @typedef {import('../pki.js').Case} Case */
/** @typedef {import('./messages.js').MessageName} MessageName */
/** @typedef {import('./records.js').Item} Item */

/** Which flight: after ClientHello; TLS 1.2's second one; a HelloRetryRequest; tickets of TLS 1.3. @typedef {'handshake' | 'finished' | 'retry' | 'tickets'} FlightName */

/**
 * @typedef {object} Options
 * @property {'TLSv1.2' | 'TLSv1.3'} version
 * @property {Uint8Array[]} chain certificates in DER, leaf first
 * @property {import('node:crypto').KeyObject} key
 * @property {number[]} schemes SignatureSchemes to choose from, best first
 * @property {number} [scheme] the SignatureScheme, whatever the client offers
 * @property {number} [suite] the cipher suite, whatever the client offers
 * @property {number} [group] of the key exchange, whatever the client offers
 * @property {Uint8Array} [share] the server's public key to send, whatever its private key is
 * @property {string} [alpn] the protocol, whatever the client offers
 * @property {{ group?: number, cookie?: Uint8Array }} [retry] answers the first ClientHello with a HelloRetryRequest
 * @property {boolean} requestCertificate in the handshake
 * @property {boolean} secureRenegotiation TLS 1.2: with renegotiation_info (RFC 5746)
 * @property {number[]} [clientSchemes] that a request for a certificate lists
 * @property {number} tickets NewSessionTickets in TLS 1.3
 * @property {boolean} echo returns application data
 * @property {(name: MessageName, body: Uint8Array, connection: Connection) => Uint8Array | null} [message] the body to
 *   send, which the transcript then has; null to leave the message out
 * @property {(items: Item[], connection: Connection, name: FlightName) => Item[]} [flight] the records to send; the
 *   transcript, and so Finished, stays that of the messages
 * @property {(connection: Connection) => void} [open] called when the handshake is done
 */

/**
 * @param {Pick<Case, 'chain' | 'key'>} subject its certificates and key
 * @param {Partial<Options>} [options]
 */
export async function startTlsServer(subject, options = {}) {
  const key = options.key ?? createPrivateKey(subject.key);
  const version = options.version ?? 'TLSv1.3';
  /** @type {Options} */
  const all = {
    version,
    chain: pemBlocks(subject.chain).map((text) => new X509Certificate(text).raw),
    key,
    schemes: schemesOf(key, version === 'TLSv1.2'),
    requestCertificate: false,
    secureRenegotiation: true,
    tickets: 0,
    echo: true,
    ...options,
  };
  /** @type {Connection[]} */
  const connections = [];
  /** @type {((connection: Connection) => void)[]} */
  const waiting = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = new Connection(socket, all, version === 'TLSv1.2' ? continue12 : continue13);
    socket.on('end', () => socket.end());
    connections.push(connection);
    for (const resolve of waiting.splice(0)) resolve(connection);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: /** @type {import('node:net').AddressInfo} */ (server.address()).port,
    connections,
    /** The last connection, or the first one when it comes. @returns {Promise<Connection>} */
    connection() {
      const last = connections.at(-1);
      return last ? Promise.resolve(last) : new Promise((resolve) => waiting.push(resolve));
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const connection of connections) connection.destroy();
      await closed;
    },
  };
}
