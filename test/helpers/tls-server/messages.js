/** Handshake messages: their types, the ClientHello, and the bodies that a server sends. */
import { bytes, extension, fill, join, numbers, reader, uint, vector } from './bytes.js';

/** Handshake types (RFC 8446, appendix B.3). */
export const TYPES = {
  HelloRequest: 0,
  ClientHello: 1,
  ServerHello: 2,
  NewSessionTicket: 4,
  EncryptedExtensions: 8,
  Certificate: 11,
  ServerKeyExchange: 12,
  CertificateRequest: 13,
  ServerHelloDone: 14,
  CertificateVerify: 15,
  ClientKeyExchange: 16,
  Finished: 20,
  KeyUpdate: 24,
};
/** @typedef {keyof typeof TYPES} MessageName */

/** @param {number} type */
export const nameOf = (type) =>
  /** @type {MessageName | undefined} */ (
    Object.keys(TYPES).find((name) => TYPES[/** @type {MessageName} */ (name)] === type)
  );

/** Extensions (RFC 8446, section 4.2). */
export const EXTENSIONS = {
  server_name: 0,
  supported_groups: 10,
  ec_point_formats: 11,
  signature_algorithms: 13,
  application_layer_protocol_negotiation: 16,
  extended_master_secret: 23,
  session_ticket: 35,
  pre_shared_key: 41,
  supported_versions: 43,
  cookie: 44,
  certificate_authorities: 47,
  post_handshake_auth: 49,
  signature_algorithms_cert: 50,
  key_share: 51,
  renegotiation_info: 0xff01,
};

/** The random of a HelloRetryRequest (RFC 8446, section 4.1.3). */
export const RETRY_RANDOM = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');

/** @typedef {ReturnType<typeof parseClientHello>} ClientHello */

/** @param {Uint8Array} body */
export function parseClientHello(body) {
  const from = reader(body);
  const version = from.uint(2);
  const random = from.take(32);
  const sessionId = from.vector(1);
  const suites = numbers(from.vector(2));
  const compression = from.vector(1);
  /** @type {Map<number, Buffer>} */
  const extensions = new Map();
  const all = reader(from.vector(2));
  while (!all.atEnd()) extensions.set(all.uint(2), all.vector(2));
  const list = (/** @type {number} */ type) => numbers(reader(extensions.get(type) ?? uint(0, 2)).vector(2));
  /** @type {Map<number, Buffer>} key shares by group */
  const shares = new Map();
  const offered = reader(reader(extensions.get(EXTENSIONS.key_share) ?? uint(0, 2)).vector(2));
  while (!offered.atEnd()) shares.set(offered.uint(2), offered.vector(2));
  const protocols = reader(
    reader(extensions.get(EXTENSIONS.application_layer_protocol_negotiation) ?? uint(0, 2)).vector(2),
  );
  const alpn = [];
  while (!protocols.atEnd()) alpn.push(protocols.vector(1).toString('latin1'));
  const versions = extensions.get(EXTENSIONS.supported_versions);
  return {
    version,
    random,
    sessionId,
    suites,
    compression,
    extensions,
    shares,
    alpn,
    groups: list(EXTENSIONS.supported_groups),
    schemes: list(EXTENSIONS.signature_algorithms),
    versions: versions ? numbers(reader(versions).vector(1)) : [version],
  };
}

/** @param {{ random: Uint8Array, sessionId: Uint8Array, suite: number, extensions: Uint8Array[] }} fields */
export const serverHello = ({ random, sessionId, suite, extensions }) =>
  join(uint(0x0303, 2), random, vector(1, sessionId), uint(suite, 2), 0, vector(2, ...extensions));

export const supportedVersions = extension(EXTENSIONS.supported_versions, uint(0x0304, 2));
/** @param {number} group @param {Uint8Array} share */
export const keyShare = (group, share) => extension(EXTENSIONS.key_share, uint(group, 2), vector(2, share));
/** Of a HelloRetryRequest. @param {number} group */
export const selectedGroup = (group) => extension(EXTENSIONS.key_share, uint(group, 2));
/** @param {Uint8Array} value */
export const cookie = (value) => extension(EXTENSIONS.cookie, vector(2, value));
/** @param {...string} protocols a server's answer has one */
export const alpn = (...protocols) =>
  extension(
    EXTENSIONS.application_layer_protocol_negotiation,
    vector(2, ...protocols.map((protocol) => vector(1, bytes(protocol)))),
  );
export const renegotiationInfo = extension(EXTENSIONS.renegotiation_info, vector(1));
export const extendedMasterSecret = extension(EXTENSIONS.extended_master_secret);
export const pointFormats = extension(EXTENSIONS.ec_point_formats, vector(1, Uint8Array.of(0)));
/** @param {number[]} schemes */
export const signatureAlgorithms = (schemes) =>
  extension(EXTENSIONS.signature_algorithms, vector(2, ...schemes.map((scheme) => uint(scheme, 2))));

/** The schemes that our requests for a client certificate list. */
const CLIENT_SCHEMES = [0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0807, 0x0401, 0x0501, 0x0601];

/** @param {Uint8Array[]} chain */
export const certificate13 = (chain) =>
  join(vector(1), vector(3, ...chain.map((der) => join(vector(3, der), vector(2)))));
/** @param {Uint8Array[]} chain */
export const certificate12 = (chain) => vector(3, ...chain.map((der) => vector(3, der)));
/** @param {number[]} [schemes] @param {Uint8Array[]} [extensions] more of them */
export const certificateRequest13 = (schemes = CLIENT_SCHEMES, extensions = []) =>
  join(vector(1), vector(2, signatureAlgorithms(schemes), ...extensions));
/** @param {Uint8Array[]} names in DER */
export const certificateAuthorities = (names) =>
  extension(EXTENSIONS.certificate_authorities, vector(2, ...names.map((name) => vector(2, name))));
/** @param {number[]} schemes */
export const signatureAlgorithmsCert = (schemes) =>
  extension(EXTENSIONS.signature_algorithms_cert, vector(2, ...schemes.map((scheme) => uint(scheme, 2))));
/** @param {object} [how] @param {number[]} [how.types] @param {number[]} [how.schemes] @param {Uint8Array[]} [how.authorities] names in DER */
export const certificateRequest12 = ({ types = [1, 64], schemes = CLIENT_SCHEMES, authorities = [] } = {}) =>
  join(
    vector(1, Uint8Array.from(types)),
    vector(2, ...schemes.map((scheme) => uint(scheme, 2))),
    vector(2, ...authorities.map((name) => vector(2, name))),
  );
/** @param {number} scheme @param {Uint8Array} signature */
export const signed = (scheme, signature) => join(uint(scheme, 2), vector(2, signature));
/** ServerECDHParams with a named curve (RFC 8422, section 5.4). @param {number} group @param {Uint8Array} share */
export const ecdhParams = (group, share) => join(3, uint(group, 2), vector(1, share));

/** @param {object} [how] @param {number} [how.lifetime] @param {Uint8Array} [how.ticket] @param {Uint8Array[]} [how.extensions] */
export const newSessionTicket13 = ({ lifetime = 7200, ticket = fill(32, 2), extensions = [] } = {}) =>
  join(uint(lifetime, 4), uint(1, 4), vector(1, fill(8, 1)), vector(2, ticket), vector(2, ...extensions));

/** What CertificateVerify signs (RFC 8446, section 4.4.3). @param {'server' | 'client'} side @param {Uint8Array} transcriptHash */
export const verifyInput = (side, transcriptHash) =>
  join(fill(64, 0x20), bytes(`TLS 1.3, ${side} CertificateVerify`), 0, transcriptHash);

/** The certificates of a Certificate message. @param {Uint8Array} body @param {boolean} tls12 */
export function parseCertificate(body, tls12) {
  const from = reader(body);
  if (!tls12) from.vector(1);
  const list = reader(from.vector(3));
  const chain = [];
  while (!list.atEnd()) {
    chain.push(list.vector(3));
    if (!tls12) list.vector(2);
  }
  return chain;
}
