/** Options whose values are lists in the ClientHello. Each kind checks a list and copies it. */
import { TLSError } from './errors.js';
import { MAX_ALPN_BYTES } from './limits.js';
import { nearest } from './nearest.js';
import { texts } from './option-kinds.js';
import { quote } from './quote.js';
import { encoder } from './web.js';

/** Key exchange groups by their IANA and OpenSSL names, with their numbers in TLS. */
export const GROUPS = Object.freeze({
  X25519: 29,
  x25519: 29,
  'P-256': 23,
  secp256r1: 23,
  prime256v1: 23,
  'P-384': 24,
  secp384r1: 24,
  'P-521': 25,
  secp521r1: 25,
});

/** Signature schemes by their IANA names, with their numbers in TLS. */
export const SIGNATURE_SCHEMES = Object.freeze({
  ecdsa_secp256r1_sha256: 0x0403,
  ecdsa_secp384r1_sha384: 0x0503,
  ecdsa_secp521r1_sha512: 0x0603,
  rsa_pss_rsae_sha256: 0x0804,
  rsa_pss_rsae_sha384: 0x0805,
  rsa_pss_rsae_sha512: 0x0806,
  rsa_pkcs1_sha256: 0x0401,
  rsa_pkcs1_sha384: 0x0501,
  rsa_pkcs1_sha512: 0x0601,
  ed25519: 0x0807,
});

/** @typedef {keyof typeof GROUPS} Group */
/** @typedef {keyof typeof SIGNATURE_SCHEMES} SignatureScheme */

/**
 * @template T
 * @typedef {import('./options-reader.js').Kind<T>} Kind
 */

/** RFC 7301, section 3.1. */
const MAX_PROTOCOL_NAME_BYTES = 255;

/** @param {string} message */
const invalid = (message) => new TLSError('ERR_TLS_INVALID_OPTION', message);

/**
 * A list of names, each once. Its value is their numbers.
 * @param {string} option
 * @param {string} what one of them is, in the plural
 * @param {Readonly<Record<string, number>>} known
 * @returns {Kind<number[]>}
 */
export const numbered = (option, what, known) => ({
  expected: `an array of ${what}`,
  read(value) {
    const names = texts.read(value);
    if (names?.length === 0) {
      throw invalid(`${option} must have at least one name; leave it out for the default.`);
    }
    return names?.map((name, i) => {
      if (!Object.hasOwn(known, name)) {
        throw invalid(
          `${option} has ${quote(name)}, an unknown name: did you mean \`${nearest(name, Object.keys(known))}\`?`,
        );
      }
      const first = names.slice(0, i).find((other) => known[other] === known[name]);
      if (first !== undefined) {
        throw invalid(`${option} has ${first} twice${first === name ? '' : `: ${name} is another name of it`}.`);
      }
      return known[name];
    });
  },
});

/** The first of its names. @param {Readonly<Record<string, number>>} known @param {number} number */
export function nameOf(known, number) {
  return Object.keys(known).find((name) => known[name] === number);
}

/** Names of cipher suites, each once. @type {Kind<string[]>} */
export const cipherNames = {
  expected: texts.expected,
  read(value) {
    const names = texts.read(value);
    const twice = names && names.length !== new Set(names).size && names.find((name, i) => names.indexOf(name) < i);
    if (twice) {
      throw invalid(`ciphers has ${quote(twice)} twice.`);
    }
    return names;
  },
};

/** Names of protocols that fit into a ClientHello together. @type {Kind<string[]>} */
export const protocolNames = {
  expected: texts.expected,
  read(value) {
    const names = texts.read(value);
    let total = 0;
    for (const name of names ?? []) {
      const { length } = encoder.encode(name);
      if (length === 0 || length > MAX_PROTOCOL_NAME_BYTES) {
        throw invalid(`Each of ALPNProtocols must be 1 to ${MAX_PROTOCOL_NAME_BYTES} bytes long.`);
      }
      total += 1 + length;
    }
    if (total > MAX_ALPN_BYTES) {
      throw invalid(
        `ALPNProtocols does not fit into a ClientHello: its ${names?.length} names have ${total} bytes with their lengths, and ${MAX_ALPN_BYTES} are allowed.`,
      );
    }
    return names;
  },
};
