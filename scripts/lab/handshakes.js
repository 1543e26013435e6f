/**
 * The cases whose chain is good, or never comes: servers that no TLS connection to comes about, and relays that alter
 * what passes.
 */
import https from 'node:https';
import net from 'node:net';
import { pemDer } from '../../certs/der.js';
import { swappingRelay } from '../../certs/swap.js';
import { ALERTS } from '../../messages/alerts.js';
import { alteringRelay } from './altering-relay.js';
import { ALTERATIONS } from './alterations.js';

/** @typedef {import('../../inspector/src/types.js').ErrorCode} ErrorCode */
/** @typedef {ReturnType<typeof import('../../certs/generate.js').loadCase>} Case */

/**
 * What the servers are made of.
 * @typedef {object} Parts
 * @property {Case} zone a good case, for every name in the zone of the lab
 * @property {Case} client a good case with authorities and certificates for clients
 * @property {() => number} port12 of a healthy server that speaks TLS 1.2, with another certificate
 * @property {() => number} zone12 of a healthy server that speaks TLS 1.2, with that of the zone
 * @property {() => number} zone13 the same for TLS 1.3
 */

/**
 * @typedef {object} Handshake
 * @property {string} id
 * @property {string} title
 * @property {string} explain
 * @property {string} [advice] what to do, where the case says more than its code does (messages/failures.js)
 * @property {ErrorCode} code what connecting ends in
 * @property {boolean} [get] only after the handshake, when something is asked for
 * @property {boolean} [sendsChain] the chain comes, and is good
 * @property {(parts: Parts) => net.Server | string} make a server that does not listen yet, or host:port of none
 */

/** A privileged port that no service has: nobody listens there. */
const NOBODY = '127.0.0.1:1';

/** @param {(socket: net.Socket) => void} answer called when the first bytes have come */
function afterHello(answer) {
  return net.createServer((socket) => socket.once('data', () => answer(socket)));
}

/** @param {Case} one @param {https.ServerOptions} options */
function server({ chain, key }, options) {
  return https.createServer({ cert: chain, key, ...options }, (_request, response) => response.end('ok\n'));
}

/** Asks its clients for a certificate, and insists. @param {Parts} parts @param {import('node:tls').SecureVersion} version */
function insisting({ zone, client }, version) {
  const ca = client.clients?.ca;
  return server(zone, { requestCert: true, rejectUnauthorized: true, ca, minVersion: version, maxVersion: version });
}

/** @type {Handshake[]} */
export const HANDSHAKES = [
  {
    id: 'refused',
    title: 'Nobody listens',
    explain: 'There is no server on that port: the connection is refused before TLS has begun.',
    code: 'ERR_TLS_CONNECT_REFUSED',
    make: () => NOBODY,
  },
  {
    id: 'silent',
    title: 'A server that says nothing',
    explain: 'It takes the connection and never answers: time to press Cancel.',
    code: 'ERR_TLS_TIMEOUT',
    make: () => net.createServer((socket) => socket.resume()),
  },
  {
    id: 'hangs-up',
    title: 'A server that hangs up',
    explain: 'It ends the connection as soon as it has the ClientHello.',
    code: 'ERR_TLS_HANDSHAKE_CLOSED',
    make: () => afterHello((socket) => socket.end()),
  },
  {
    id: 'reset',
    title: 'A connection that is reset',
    explain: 'As soon as it has the ClientHello, the server resets the TCP connection.',
    advice:
      'A firewall that looks at the name that was asked for does this too, and so does a server that has crashed.',
    code: 'ERR_TLS_CONNECTION_RESET',
    make: () => afterHello((socket) => socket.resetAndDestroy()),
  },
  {
    id: 'not-tls',
    title: 'Not a TLS server',
    explain: 'It answers the ClientHello with plain HTTP.',
    code: 'ERR_TLS_BAD_RECORD',
    make: () => afterHello((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  },
  {
    id: 'alert',
    title: 'Refused with an alert',
    explain: 'It knows no site of the name that was asked for, and says so: the alert unrecognized_name.',
    advice: ALERTS[112].hint,
    code: 'ERR_TLS_ALERT',
    make: () => afterHello((socket) => socket.end(Buffer.from('1503030002' + '0270', 'hex'))), // fatal, 112
  },
  {
    id: 'no-common-cipher',
    title: 'No cipher suite in common',
    explain: 'It speaks TLS 1.2 with static RSA key exchange only, and refuses with an alert.',
    advice: 'The server must allow a suite with ECDHE: without it, whoever gets its key later reads what passed today.',
    code: 'ERR_TLS_ALERT',
    make: ({ zone }) => server(zone, { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }),
  },
  {
    id: 'tls-1-1',
    title: 'TLS 1.1 at the most',
    explain: 'It speaks TLS 1.0 and 1.1 only, which RFC 8996 forbids, and refuses with the alert protocol_version.',
    advice: ALERTS[70].hint,
    code: 'ERR_TLS_ALERT',
    make: ({ zone }) => server(zone, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  },
  {
    id: 'chooses-tls-1-1',
    title: 'A server that chooses TLS 1.1',
    explain: 'It was offered TLS 1.2 and 1.3, and its ServerHello chooses 1.1.',
    code: 'ERR_TLS_VERSION',
    make: () => afterHello((socket) => socket.write(serverHello(0x0302))),
  },
  {
    id: 'client-certificate',
    title: 'It wants a certificate of the client',
    explain: 'It asks for a certificate in TLS 1.2, gets none, and ends the handshake with an alert.',
    advice: ALERTS[116].hint,
    code: 'ERR_TLS_ALERT',
    sendsChain: true,
    make: (parts) => insisting(parts, 'TLSv1.2'),
  },
  {
    id: 'client-certificate-13',
    title: 'It wants one, and says so late',
    explain:
      'In TLS 1.3 the handshake is done for the client before the server has looked at its answer: the alert ' +
      'certificate_required comes in the place of the first data.',
    advice: ALERTS[116].hint,
    code: 'ERR_TLS_ALERT',
    get: true,
    sendsChain: true,
    make: (parts) => insisting(parts, 'TLSv1.3'),
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
    title: 'A server without a certificate',
    explain: 'A relay leaves an empty list in the place of the certificates, which no server of TLS 1.2 may send.',
    advice: 'Whoever answers cannot prove who it is: there is nothing to trust.',
    code: 'ERR_TLS_PROTOCOL',
    make: ({ port12 }) => swappingRelay(port12, []),
  },
  {
    id: 'copied-certificate',
    title: 'Somebody else’s certificate',
    explain:
      'A relay puts in a good chain, copied from another server, whose key the server does not have: it signs with its own.',
    advice:
      'Certificates are public. What proves who a server is, is the signature that only the key of the leaf can make.',
    code: 'ERR_TLS_HANDSHAKE',
    sendsChain: true,
    make: ({ port12, zone }) => swappingRelay(port12, pemDer('CERTIFICATE', zone.chain)),
  },
];

/** A record with a ServerHello of a version that has no extensions to it. @param {number} version */
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
