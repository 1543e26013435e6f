/** The server's side of a full TLS 1.2 handshake with ECDHE (RFC 5246, section 7.3; RFC 8422; RFC 7627). */
import { X509Certificate } from 'node:crypto';
import { fill, join, message, reader } from './bytes.js';
import { choose, firstOf } from './choose.js';
import { digest, keyExchange, prf, protections12, sign, verify } from './keys.js';
import {
  alpn,
  certificate12,
  certificateRequest12,
  ecdhParams,
  extendedMasterSecret,
  EXTENSIONS,
  parseCertificate,
  parseClientHello,
  pointFormats,
  renegotiationInfo,
  serverHello,
  signed,
} from './messages.js';
import { changeCipherSpec } from './records.js';

/** @typedef {import('./connection.js').Connection} Connection */
/** @typedef {import('./messages.js').ClientHello} ClientHello */

const RANDOM = fill(32, 5);

/** @type {import('./connection.js').Handshake} */
export function continue12(connection, { name, type, body }) {
  const before = connection.transcript;
  connection.transcript = join(before, message(type, body));
  switch (name) {
    case 'ClientHello':
      connection.clientHello = parseClientHello(body);
      sendHello(connection, connection.clientHello);
      return;
    case 'Certificate':
      connection.clientChain = parseCertificate(body, true);
      return;
    case 'ClientKeyExchange':
      deriveKeys(connection, reader(body).vector(1));
      return;
    case 'CertificateVerify':
      verifyClient(connection, body, before);
      return;
    case 'Finished':
      finish(connection, body, before);
      return;
    default:
      throw new Error(`a message of type ${type}`);
  }
}

/** Our half of the key exchange, between the flights. @type {WeakMap<Connection, ReturnType<typeof keyExchange>>} */
const exchanges = new WeakMap();

/** @param {Connection} connection @param {ClientHello} hello */
function sendHello(connection, hello) {
  const { options } = connection;
  const suite = choose(connection, hello);
  const { group } = /** @type {NonNullable<Connection['chosen']>} */ (connection.chosen);
  const exchange = keyExchange(group);
  exchanges.set(connection, exchange);
  const extensions = [
    renegotiationInfo,
    ...(hello.extensions.has(EXTENSIONS.extended_master_secret) ? [extendedMasterSecret] : []),
    ...(hello.extensions.has(EXTENSIONS.ec_point_formats) ? [pointFormats] : []),
    ...(options.alpn ? [alpn(options.alpn)] : []),
  ];
  const params = ecdhParams(group, options.share ?? exchange.share);
  const scheme = options.scheme ?? firstOf(options.schemes, hello.schemes);
  const signature = sign(scheme, options.key, join(hello.random, RANDOM, params));
  const clear = (/** @type {import('./messages.js').MessageName} */ name, /** @type {Uint8Array} */ body) =>
    connection.handshake(name, body, 'clear');
  connection.sendFlight('handshake', [
    ...clear('ServerHello', serverHello({ random: RANDOM, sessionId: fill(32, 6), suite, extensions })),
    ...clear('Certificate', certificate12(options.chain)),
    ...clear('ServerKeyExchange', join(params, signed(scheme, signature))),
    ...(options.requestCertificate
      ? clear('CertificateRequest', certificateRequest12({ schemes: options.clientSchemes }))
      : []),
    ...clear('ServerHelloDone', new Uint8Array()),
  ]);
}

/** @param {Connection} connection @param {Buffer} share the client's */
function deriveKeys(connection, share) {
  const { suite } = /** @type {NonNullable<Connection['chosen']>} */ (connection.chosen);
  const { random, extensions } = /** @type {ClientHello} */ (connection.clientHello);
  const shared = /** @type {ReturnType<typeof keyExchange>} */ (exchanges.get(connection)).agree(share);
  const master = extensions.has(EXTENSIONS.extended_master_secret)
    ? prf(suite.hash, shared, 'extended master secret', connection.transcriptHash(), 48)
    : prf(suite.hash, shared, 'master secret', join(random, RANDOM), 48);
  connection.secrets = { master };
  const { client, server } = protections12(suite, master, join(RANDOM, random));
  connection.readKeys.application = client;
  connection.writeKeys.application = server;
}

/** @param {Connection} connection @param {Buffer} body @param {Uint8Array} transcript before it */
function verifyClient(connection, body, transcript) {
  const from = reader(body);
  const scheme = from.uint(2);
  const key = new X509Certificate(connection.clientChain[0]).publicKey;
  if (!verify(scheme, key, transcript, from.vector(2))) throw new Error('CertificateVerify is wrong');
  connection.clientScheme = scheme;
}

/** @param {Connection} connection @param {string} side @param {Uint8Array} transcript */
const verifyData = ({ hash, secrets }, side, transcript) =>
  prf(hash, secrets.master, `${side} finished`, digest(hash, transcript), 12);

/** @param {Connection} connection @param {Buffer} body @param {Uint8Array} transcript before it */
function finish(connection, body, transcript) {
  if (!body.equals(verifyData(connection, 'client', transcript))) throw new Error('Finished is wrong');
  connection.sendFlight('finished', [
    changeCipherSpec(),
    ...connection.handshake('Finished', verifyData(connection, 'server', connection.transcript), 'application'),
  ]);
  connection.open = true;
  connection.options.open?.(connection);
}
