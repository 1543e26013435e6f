/**
 * The records of a TLS server in plaintext, for the constant randomness and stubbed cryptography of fuzz_tls (tls.h).
 * Nonce and tag of protected records are arbitrary octets.
 */

import { bytes, extension, fill, join, message, uint, vector } from '../helpers/tls-server/bytes.js';

export { bytes, extension, fill, join, message, uint, vector };

/** @param {string} digits */
const hex = (digits) => new Uint8Array(Buffer.from(digits, 'hex'));

/* --- records --------------------------------------------------------------------------- */

const CHANGE_CIPHER_SPEC = 20;
export const ALERT = 21;
export const HANDSHAKE = 22;
export const DATA = 23;

/** @typedef {(type: number, content: Uint8Array) => Uint8Array} Protection */

/** @type {Protection} */
export const plain = (type, content) => join(type, 3, 3, vector(2, content));
export const TAG = fill(16, 0);
/** Marks an invalid tag, signature or Finished: fuzz_has_bad_marker(). */
export const BAD = hex('bad0bad0');
/** RFC 8446, section 5.2. @param {number} [padding] @param {Uint8Array} [tag] @returns {Protection} */
export const tls13 =
  (padding = 0, tag = TAG) =>
  (type, content) =>
    plain(DATA, join(content, type, fill(padding, 0), tag));
/** The explicit nonce is empty in RFC 7905 and has eight octets in RFC 5288. @param {number} nonce @returns {Protection} */
export const tls12 = (nonce) => (type, content) => plain(type, join(fill(nonce, 9), content, TAG));

const changeCipherSpec = plain(CHANGE_CIPHER_SPEC, Uint8Array.of(1));
export const closeNotify = Uint8Array.of(1, 0);

/** Splits content into records. @param {Protection} protect @param {number} type @param {Uint8Array} content @param {number} length */
export const fragments = (protect, type, content, length) =>
  join(
    ...Array.from({ length: Math.ceil(content.length / length) }, (_, i) =>
      protect(type, content.subarray(i * length, (i + 1) * length)),
    ),
  );

/* --- messages -------------------------------------------------------------------------- */

export const X25519 = 29;
export const P256 = 23;
/** The base points. */
const POINTS = {
  [X25519]: join(9, fill(31, 0)),
  [P256]: hex(
    '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296' +
      '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
  ),
};
/** The client's session ID, a result of the fuzzer's constant randomness. */
const SESSION_ID = fill(32, 7);
const RETRY = hex('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c');
export const ECDSA = 0x0403;
export const RSA_PKCS1 = 0x0401;
export const RSA_PSS = 0x0804;
export const ED25519 = 0x0807;

/** @param {{ suite?: number, random?: Uint8Array, sessionId?: Uint8Array, extensions?: Uint8Array[] }} how */
export const serverHello = ({ suite = 0x1303, random = fill(32, 5), sessionId = SESSION_ID, extensions = [] }) =>
  message(2, uint(0x0303, 2), random, vector(1, sessionId), uint(suite, 2), fill(1, 0), vector(2, ...extensions));
export const supportedVersions = extension(43, uint(0x0304, 2));
/** @param {keyof typeof POINTS} group */
export const keyShare = (group) => extension(51, uint(group, 2), vector(2, POINTS[group]));
/** @param {string} protocol */
export const alpn = (protocol) => extension(16, vector(2, vector(1, bytes(protocol))));
const signatureAlgorithms = extension(13, vector(2, uint(ECDSA, 2), uint(RSA_PSS, 2), uint(RSA_PKCS1, 2)));
/** @param {number} type @param {number} [length] of an ECDSA signature on P-256, or of an RSA key */
export const signature = (type, length = 70) => join(uint(type, 2), vector(2, fill(length, 0x30)));

/** @param {Uint8Array[]} certificates */
const certificate13 = (certificates) =>
  message(11, vector(1), vector(3, ...certificates.map((der) => join(vector(3, der), vector(2)))));
/** @param {Uint8Array[]} certificates */
const certificate12 = (certificates) => message(11, vector(3, ...certificates.map((der) => vector(3, der))));

/** @param {...Uint8Array} extensions */
export const ticketWith = (...extensions) =>
  message(4, uint(7200, 4), uint(1, 4), vector(1, fill(8, 1)), vector(2, fill(32, 2)), vector(2, ...extensions));
export const ticket = ticketWith();
/** A DistinguishedName (RFC 8446, section 4.2.4): C=DE. */
const authority = vector(2, hex('300d310b3009060355040613024445'));
const requested = [
  extension(0x0a0a),
  signatureAlgorithms,
  extension(47, vector(2, authority, authority)),
  extension(50, vector(2, uint(RSA_PSS, 2))),
];
export const keyUpdate = message(24, fill(1, 0));
export const keyUpdateRequest = message(24, fill(1, 1));

/**
 * A server's flight in TLS 1.3.
 * @param {Uint8Array[]} certificates
 * @param {object} [how]
 * @param {number} [how.suite]
 * @param {number} [how.algorithm]
 * @param {boolean} [how.retry] with a HelloRetryRequest
 * @param {boolean} [how.cookie] in the HelloRetryRequest
 * @param {boolean} [how.asks] whether it requests a client certificate
 * @param {Uint8Array} [how.certificate] the Certificate message
 * @param {boolean} [how.compatible] with ChangeCipherSpec, for middlebox compatibility
 * @param {Uint8Array[]} [how.extensions] of EncryptedExtensions
 * @param {number} [how.fragment] maximum size of a record in bytes
 * @param {Uint8Array} [how.finished]
 * @param {Uint8Array} [how.verify] CertificateVerify
 */
export function flight13(certificates, how = {}) {
  const { suite = 0x1303, algorithm = ECDSA, retry = false, asks = false, compatible = true, fragment = 16000 } = how;
  const group = retry ? P256 : X25519;
  const hello = serverHello({ suite, extensions: [supportedVersions, keyShare(group)] });
  const retrying = [
    supportedVersions,
    extension(51, uint(P256, 2)),
    ...(how.cookie ? [extension(44, vector(2, fill(20, 4)))] : []),
  ];
  const protectedMessages = join(
    message(8, vector(2, ...(how.extensions ?? []))),
    ...(asks ? [message(13, vector(1), vector(2, ...requested))] : []),
    how.certificate ?? certificate13(certificates),
    how.verify ?? message(15, signature(algorithm)),
    message(20, how.finished ?? fill(suite === 0x1302 ? 48 : 32, 3)),
  );
  return join(
    ...(retry ? [plain(HANDSHAKE, serverHello({ suite, random: RETRY, extensions: retrying })), changeCipherSpec] : []),
    plain(HANDSHAKE, hello),
    ...(compatible && !retry ? [changeCipherSpec] : []),
    fragments(tls13(), HANDSHAKE, protectedMessages, fragment),
  );
}

/**
 * A server's flights in TLS 1.2.
 * @param {Uint8Array[]} certificates
 * @param {object} [how]
 * @param {number} [how.suite]
 * @param {number} [how.algorithm]
 * @param {keyof typeof POINTS} [how.group]
 * @param {boolean} [how.asks]
 * @param {Uint8Array[]} [how.extensions]
 * @param {Uint8Array} [how.signed] the signature of the key exchange
 * @param {boolean} [how.together] all messages in one record
 * @param {Uint8Array} [how.random]
 * @param {boolean} [how.again] as a renegotiation
 */
export function flight12(certificates, how = {}) {
  const { suite = 0xcca9, algorithm = ECDSA, group = X25519, asks = false, together = false, again = false } = how;
  const noRenegotiation = extension(0xff01, vector(1));
  const extendedMasterSecret = extension(23);
  const extensions = how.extensions ?? [noRenegotiation, extendedMasterSecret, extension(11, vector(1, fill(1, 0)))];
  const messages = [
    serverHello({ suite, sessionId: fill(32, 6), extensions, random: how.random }),
    certificate12(certificates),
    message(12, Uint8Array.of(3), uint(group, 2), vector(1, POINTS[group]), how.signed ?? signature(algorithm)),
    ...(asks
      ? [
          message(
            13,
            vector(1, Uint8Array.of(64, 1)),
            vector(2, uint(ECDSA, 2), uint(RSA_PKCS1, 2)),
            vector(2, authority),
          ),
        ]
      : []),
    message(14),
  ];
  const clear = together ? plain(HANDSHAKE, join(...messages)) : join(...messages.map((one) => plain(HANDSHAKE, one)));
  const protect = tls12(suite === 0xcca8 || suite === 0xcca9 ? 0 : 8);
  const finished = protect(HANDSHAKE, message(20, fill(12, 3)));
  return again
    ? join(...messages.map((one) => protect(HANDSHAKE, one)), protect(CHANGE_CIPHER_SPEC, fill(1, 1)), finished)
    : join(clear, changeCipherSpec, finished);
}

/** Of a renegotiation, in which each verify_data is the same (tls_stubs.c). */
export const renegotiationInfo = extension(0xff01, vector(1, fill(24, 3)));
export const helloRequest = message(0);
/** @param {number} context */
export const laterRequest = (context) =>
  message(13, vector(1, uint(context, 2)), vector(2, extension(13, vector(2, uint(ECDSA, 2), uint(RSA_PSS, 2)))));
