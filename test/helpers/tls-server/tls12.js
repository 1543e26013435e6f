/** The server's side of a full TLS 1.2 handshake with ECDHE (RFC 5246, section 7.3; RFC 8422; RFC 7627). */
import { extension, fill, join, message, reader, vector } from './bytes.js';
import { choose, firstOf } from './choose.js';
import { digest, keyExchange, prf, protections12, sign, verifiedScheme } from './keys.js';
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
  TYPES,
} from './messages.js';
import { changeCipherSpec, handshake } from './records.js';

/** @typedef {import('./connection.js').Connection} Connection */
/** @typedef {import('./messages.js').ClientHello} ClientHello */

const RANDOM = fill(32, 5);

/** @type {import('./connection.js').Handshake} */
export function continue12(connection, { name, type, body }) {
  if (name === 'ClientHello' && connection.open) connection.transcript = new Uint8Array();
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
      connection.clientScheme = verifiedScheme(connection.clientChain, body, before);
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

/** @typedef {object} Renegotiation
 * @property {boolean} requestCertificate
 * @property {import('./keys.js').Protection} [readKeys] from the client's ChangeCipherSpec on
 * @property {import('./keys.js').Protection} [writeKeys]
 */
/** Of the last handshake (RFC 5746, section 3.1). @type {WeakMap<Connection, { client: Uint8Array, server: Uint8Array }>} */
const finishedBefore = new WeakMap();

export const helloRequest = () => handshake('HelloRequest', message(TYPES.HelloRequest), 'application');

/** Asks for a renegotiation, in which it requests a certificate. @param {Connection} connection @param {boolean} [requestCertificate] */
export function renegotiate(connection, requestCertificate = true) {
  connection.renegotiation = { requestCertificate };
  connection.send(helloRequest());
}

/** @param {Connection} connection */
function renegotiationInfoOf(connection) {
  const before = finishedBefore.get(connection);
  return before
    ? extension(EXTENSIONS.renegotiation_info, vector(1, join(before.client, before.server)))
    : renegotiationInfo;
}

/** RFC 5746, section 3.7: the client's half of it. @param {Connection} connection @param {ClientHello} hello */
function checkRenegotiation(connection, hello) {
  const before = finishedBefore.get(connection);
  const info = hello.extensions.get(EXTENSIONS.renegotiation_info);
  if (before ? !info?.equals(vector(1, before.client)) || hello.suites.includes(0xff) : info && info.length > 1) {
    throw new Error('renegotiation_info is wrong');
  }
}

/** @param {Connection} connection @param {ClientHello} hello */
function sendHello(connection, hello) {
  const { options } = connection;
  checkRenegotiation(connection, hello);
  const suite = choose(connection, hello);
  const { group } = /** @type {NonNullable<Connection['chosen']>} */ (connection.chosen);
  const exchange = keyExchange(group);
  exchanges.set(connection, exchange);
  const extensions = [
    ...(options.secureRenegotiation ? [renegotiationInfoOf(connection)] : []),
    ...(hello.extensions.has(EXTENSIONS.extended_master_secret) ? [extendedMasterSecret] : []),
    ...(hello.extensions.has(EXTENSIONS.ec_point_formats) ? [pointFormats] : []),
    ...(options.alpn ? [alpn(options.alpn)] : []),
  ];
  const params = ecdhParams(group, options.share ?? exchange.share);
  const scheme = options.scheme ?? firstOf(options.schemes, hello.schemes);
  const signature = sign(scheme, options.key, join(hello.random, RANDOM, params));
  const clear = (/** @type {import('./messages.js').MessageName} */ name, /** @type {Uint8Array} */ body) =>
    connection.handshake(name, body, connection.open ? 'application' : 'clear');
  connection.sendFlight('handshake', [
    ...clear('ServerHello', serverHello({ random: RANDOM, sessionId: fill(32, 6), suite, extensions })),
    ...clear('Certificate', certificate12(options.chain)),
    ...clear('ServerKeyExchange', join(params, signed(scheme, signature))),
    ...((connection.renegotiation?.requestCertificate ?? options.requestCertificate)
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
  if (connection.renegotiation) {
    Object.assign(connection.renegotiation, { readKeys: client, writeKeys: server });
    return;
  }
  connection.readKeys.application = client;
  connection.writeKeys.application = server;
}

/** @param {Connection} connection @param {string} side @param {Uint8Array} transcript */
const verifyData = ({ hash, secrets }, side, transcript) =>
  prf(hash, secrets.master, `${side} finished`, digest(hash, transcript), 12);

/** @param {Connection} connection @param {Buffer} body @param {Uint8Array} transcript before it */
function finish(connection, body, transcript) {
  if (!body.equals(verifyData(connection, 'client', transcript))) throw new Error('Finished is wrong');
  const server = verifyData(connection, 'server', connection.transcript);
  finishedBefore.set(connection, { client: Buffer.from(body), server });
  const last = connection.handshake('Finished', server, 'application');
  if (connection.renegotiation) {
    connection.send(changeCipherSpec('application'));
    connection.writeKeys.application = connection.renegotiation.writeKeys;
    connection.sendFlight('finished', last);
    connection.renegotiation = undefined;
    connection.renegotiations++;
    return;
  }
  connection.sendFlight('finished', [changeCipherSpec(), ...last]);
  connection.open = true;
  connection.options.open?.(connection);
}
