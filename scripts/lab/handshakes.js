/** Cases in which the handshake or connection fails, not the chain: faulty servers, and relays that tamper in transit. */
import https from 'node:https';
import net from 'node:net';
import { pemDer } from '../../certs/der.js';
import { swappingRelay } from '../../certs/swap.js';
import { ALERTS, CLIENT_CERTIFICATE_MISSING } from '../../messages/alerts.js';
import { PLAINTEXT } from '../../messages/plaintext.js';
import { alteringRelay } from './altering-relay.js';
import { ALTERATIONS } from './alterations.js';

/** @typedef {import('../../inspector/src/types.js').ErrorCode} ErrorCode */
/** @typedef {ReturnType<typeof import('../../certs/generate.js').loadCase>} Case */

/**
 * What the servers are built from. The ports are those of correct servers.
 * @typedef {object} Parts
 * @property {Case} zone a valid chain for every name in the lab's zone
 * @property {Case} client a valid chain, with CAs and certificates for clients
 * @property {() => number} port12 a TLS 1.2 server with a certificate other than the zone's
 * @property {() => number} zone12 a TLS 1.2 server with the zone's certificate
 * @property {() => number} zone13 a TLS 1.3 server with the zone's certificate
 */

/**
 * @typedef {object} Handshake
 * @property {string} id
 * @property {string} title
 * @property {string} explain
 * @property {string} [advice] what to do; default: the hint for `code` in messages/failures.js
 * @property {ErrorCode} code the error that connecting ends in
 * @property {boolean} [get] the error occurs only after the handshake, when the client sends a request
 * @property {boolean} [sendsChain] the server sends its chain, and the chain is valid
 * @property {(parts: Parts) => net.Server | string} make a server that is not listening yet, or a host:port without one
 */

/** A privileged port without a service: nothing listens there. */
const CLOSED_PORT = '127.0.0.1:1';

/** @param {(socket: net.Socket) => void} answer called when the first bytes arrive */
function afterHello(answer) {
  return net.createServer((socket) => socket.once('data', () => answer(socket)));
}

/** @param {Case} one @param {https.ServerOptions} options */
function server({ chain, key }, options) {
  return https.createServer({ cert: chain, key, ...options }, (_request, response) => response.end('ok\n'));
}

/** A server that requires a client certificate. @param {Parts} parts @param {import('node:tls').SecureVersion} version */
function mutualTlsServer({ zone, client }, version) {
  const ca = client.clients?.ca;
  return server(zone, { requestCert: true, rejectUnauthorized: true, ca, minVersion: version, maxVersion: version });
}

/** @type {Handshake[]} */
export const HANDSHAKES = [
  {
    id: 'refused',
    title: 'Connection refused',
    explain: 'Nothing listens on that port: TCP refuses the connection before TLS begins.',
    code: 'ERR_TLS_CONNECT_REFUSED',
    make: () => CLOSED_PORT,
  },
  {
    id: 'silent',
    title: 'Silent server',
    explain: 'The server accepts the connection but never answers: press Cancel.',
    code: 'ERR_TLS_TIMEOUT',
    make: () => net.createServer((socket) => socket.resume()),
  },
  {
    id: 'hangs-up',
    title: 'Closed during the handshake',
    explain: 'The server closes the connection as soon as it has the ClientHello.',
    code: 'ERR_TLS_HANDSHAKE_CLOSED',
    make: () => afterHello((socket) => socket.end()),
  },
  {
    id: 'reset',
    title: 'Connection reset',
    explain: 'The server resets the TCP connection as soon as it has the ClientHello.',
    advice: 'Is the server running? A firewall that blocks the requested name also does this, and so does a crash.',
    code: 'ERR_TLS_CONNECTION_RESET',
    make: () => afterHello((socket) => socket.resetAndDestroy()),
  },
  {
    id: 'not-tls',
    title: 'Not a TLS server',
    explain: 'The server answers the ClientHello with plain HTTP.',
    code: 'ERR_TLS_NOT_TLS',
    advice: PLAINTEXT.http.hint,
    make: () => afterHello((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  },
  {
    id: 'alert',
    title: 'Rejected with an alert',
    explain: 'The server has no site with the requested name, and sends the alert unrecognized_name.',
    advice: ALERTS[112].hint,
    code: 'ERR_TLS_ALERT',
    make: () => afterHello((socket) => socket.end(Buffer.from('1503030002' + '0270', 'hex'))), // fatal, 112
  },
  {
    id: 'no-common-cipher',
    title: 'No cipher suite in common',
    explain: 'The server speaks only TLS 1.2 with static RSA key exchange, and sends an alert.',
    advice: 'The server must allow an ECDHE suite: without one, whoever gets its key later can read today’s traffic.',
    code: 'ERR_TLS_ALERT',
    make: ({ zone }) => server(zone, { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }),
  },
  {
    id: 'tls-1-1',
    title: 'TLS 1.1 at most',
    explain: 'The server speaks only TLS 1.0 and 1.1, which RFC 8996 forbids, and sends the alert protocol_version.',
    advice: ALERTS[70].hint,
    code: 'ERR_TLS_ALERT',
    make: ({ zone }) => server(zone, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  },
  {
    id: 'chooses-tls-1-1',
    title: 'ServerHello with TLS 1.1',
    explain: 'The client offers TLS 1.2 and 1.3, but the server chooses 1.1.',
    code: 'ERR_TLS_VERSION',
    make: () => afterHello((socket) => socket.write(serverHello(0x0302))),
  },
  {
    id: 'client-certificate',
    title: 'Client certificate required',
    explain: 'The server asks for a client certificate, gets none, and ends the TLS 1.2 handshake with an alert.',
    advice: CLIENT_CERTIFICATE_MISSING,
    code: 'ERR_TLS_ALERT',
    sendsChain: true,
    make: (parts) => mutualTlsServer(parts, 'TLSv1.2'),
  },
  {
    id: 'client-certificate-13',
    title: 'Client certificate required, TLS 1.3',
    explain:
      'In TLS 1.3 the client finishes its handshake before the server rejects it: the alert certificate_required ' +
      'arrives in place of the first data.',
    advice: CLIENT_CERTIFICATE_MISSING,
    code: 'ERR_TLS_ALERT',
    get: true,
    sendsChain: true,
    make: (parts) => mutualTlsServer(parts, 'TLSv1.3'),
  },
];

/** @type {Handshake[]} */
export const RELAYED = [
  ...ALTERATIONS.map(({ version, rules, ...alteration }) => ({
    ...alteration,
    make: (/** @type {Parts} */ { zone12, zone13 }) => alteringRelay(version === 'TLSv1.2' ? zone12 : zone13, rules),
  })),
  {
    id: 'no-certificate',
    title: 'No server certificate',
    explain: 'A relay replaces the certificates with an empty list, which a TLS 1.2 server may not send.',
    advice: 'The server does not prove its identity: do not trust it.',
    code: 'ERR_TLS_NO_CERTIFICATE',
    make: ({ port12 }) => swappingRelay(port12, []),
  },
  {
    id: 'copied-certificate',
    title: 'Copied certificate',
    explain:
      'A relay substitutes another server’s valid chain. The server lacks that chain’s key, so it signs with its own, ' +
      'and the signature does not match.',
    advice: 'Do not trust this server: it cannot sign with the key of the certificate that was sent.',
    code: 'ERR_TLS_SERVER_SIGNATURE',
    sendsChain: true,
    make: ({ port12, zone }) => swappingRelay(port12, pemDer('CERTIFICATE', zone.chain)),
  },
];

/** A record with a ServerHello without extensions. @param {number} version */
function serverHello(version) {
  const body = Buffer.concat([
    Buffer.from([version >> 8, version & 0xff]),
    Buffer.alloc(32, 0x5a), // random
    Buffer.from([0, 0xc0, 0x13, 0]), // no session, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, no compression
  ]);
  return Buffer.concat([
    Buffer.from([22, version >> 8, version & 0xff, 0, body.length + 4, 2, 0, 0, body.length]),
    body,
  ]);
}
