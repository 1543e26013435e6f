/** Keys and signatures: algorithms and sizes. */
import { HOST, keyOf, withExponent } from '../../helpers/chains.js';
import {
  algorithm,
  changedKey,
  ED25519_WITH_NULL,
  ed25519Key,
  ID_ECDH,
  keyFor,
  mgf1OfSha1,
  pssSigner,
  UNKNOWN,
  WITH_PARAMETER,
} from './vector.js';

const POINT_BYTES = 32;
/** The y-coordinate of a point of Ed25519, if there is one. @param {number} y */
const edwardsY = (y) => new Uint8Array(POINT_BYTES).fill(y, 0, 1);
/** y = 1 as p + 1, p = 2^255 - 19. */
const NOT_CANONICAL = new Uint8Array(POINT_BYTES)
  .fill(0xff)
  .fill(0xee, 0, 1)
  .fill(0x7f, POINT_BYTES - 1);

/** @type {Record<string, import('./vector.js').Vector[]>} */
export const KEYS = {
  BAD_MD: [
    { what: 'SHA-1', change: { leaf: { signature: 'ecdsa-sha1' } }, bad: ['0: CERT_BAD_MD'] },
    { what: 'SHA-1, an intermediate', change: { intermediate: { signature: 'ecdsa-sha1' } }, bad: ['1: CERT_BAD_MD'] },
    { what: 'SHA-1, a root, whose signature is not verified', change: { root: { signature: 'ecdsa-sha1' } } },
    {
      what: 'SHA-224',
      change: { leaf: { signature: 'ecdsa-sha224' } },
      bad: ['0: CERT_BAD_MD'],
      rfc5280: [],
      private: [],
    },
    { what: 'SHA-384', change: { leaf: { signature: 'ecdsa-sha384' } } },
    {
      what: 'RSASSA-PSS with SHA-1 in MGF1, which is also not supported',
      change: {
        intermediate: { key: keyOf('any', 'rsa2048') },
        leaf: {
          signer: pssSigner(),
          signature: 'rsa-pss-sha256',
          innerAlgorithm: mgf1OfSha1,
          outerAlgorithm: mgf1OfSha1,
        },
      },
      bad: ['0: CERT_BAD_MD', '0: CERT_SIGNATURE_UNSUPPORTED'],
    },
    { what: 'SHA-512', change: { leaf: { signature: 'ecdsa-sha512' } }, suiteb: ['0: CERT_BAD_MD'] },
  ],
  BAD_PK: [
    { what: 'a leaf with an RSA key', change: { leaf: { key: keyOf('any', 'rsa2048') } }, suiteb: ['0: CERT_BAD_PK'] },
    {
      what: 'a leaf signed with RSA',
      change: { intermediate: { key: keyOf('any', 'rsa2048') } },
      suiteb: ['0: CERT_BAD_PK', '1: CERT_BAD_PK'],
    },
    { what: 'a leaf with a P-384 key', change: { leaf: { key: keyOf(HOST, 'secp384r1') } }, suiteb: [] },
    {
      what: 'a leaf with an Ed25519 key',
      change: { leaf: { key: keyOf(HOST, 'ed25519') } },
      bad: ['0: CERT_BAD_PK'],
      rfc5280: [],
      suiteb: ['0: CERT_BAD_PK'],
    },
    {
      what: 'a leaf signed with Ed25519',
      change: { intermediate: { key: keyOf('Intermediate', 'ed25519') } },
      bad: ['0: CERT_BAD_PK', '1: CERT_BAD_PK'],
      rfc5280: [],
      suiteb: ['0: CERT_BAD_PK', '1: CERT_BAD_PK'],
    },
    {
      what: 'a root with an Ed25519 key',
      change: { root: { key: keyOf('Root', 'ed25519') } },
      bad: ['1: CERT_BAD_PK', '2: CERT_BAD_PK'],
      rfc5280: [],
      suiteb: ['1: CERT_BAD_PK', '2: CERT_BAD_PK'],
    },
    {
      what: 'Ed25519 throughout',
      change: {
        root: { key: keyOf('Root', 'ed25519') },
        intermediate: { key: keyOf('Intermediate', 'ed25519') },
        leaf: { key: keyOf(HOST, 'ed25519') },
      },
      bad: ['0: CERT_BAD_PK', '1: CERT_BAD_PK', '2: CERT_BAD_PK'],
      rfc5280: [],
    },
  ],
  BAD_KEY: [
    { what: 'RSA with 2040 bits', change: { leaf: { key: keyOf('any', 'rsa2040') } }, bad: ['0: CERT_BAD_KEY'] },
    { what: 'RSA with 2048 bits', change: { leaf: { key: keyOf('any', 'rsa2048') } } },
    {
      what: 'RSA with 2040 bits, an intermediate',
      change: { intermediate: { key: keyOf('any', 'rsa2040') } },
      bad: ['1: CERT_BAD_KEY'],
    },
    {
      what: 'RSA with 2040 bits, a root',
      change: { root: { key: keyOf('any', 'rsa2040') } },
      bad: ['2: CERT_BAD_KEY'],
    },
    { what: 'P-521', change: { leaf: { key: keyOf(HOST, 'secp521r1') } }, suiteb: ['0: CERT_BAD_KEY'] },
  ],
  KEY_UNSUPPORTED: [
    {
      what: 'a key only for ECDH, which cannot sign',
      change: { leaf: { publicKey: keyFor(ID_ECDH, 'prime256v1') } },
      bad: ['0: CERT_KEY_UNSUPPORTED'],
    },
    ...['secp256k1', 'brainpoolP256r1', 'secp224r1'].map((curve) => ({
      what: `a leaf on ${curve}`,
      change: { leaf: { key: keyOf(HOST, curve) } },
      bad: ['0: CERT_KEY_UNSUPPORTED'],
    })),
    {
      what: 'an intermediate on brainpoolP256r1, whose signatures cannot be verified',
      change: { intermediate: { key: keyOf('Intermediate', 'brainpoolP256r1') } },
      bad: ['1: CERT_KEY_UNSUPPORTED'],
    },
    {
      what: 'a leaf with an X25519 key',
      change: { leaf: { key: keyOf(HOST, 'x25519') } },
      bad: ['0: CERT_KEY_UNSUPPORTED'],
    },
    {
      what: 'a leaf with an Ed448 key',
      change: { leaf: { key: keyOf(HOST, 'ed448') } },
      bad: ['0: CERT_KEY_UNSUPPORTED'],
    },
    { what: 'a leaf on P-256' },
  ],
  KEY_MALFORMED: [
    {
      what: 'a point that is not on its curve',
      change: { leaf: { publicKey: changedKey((bits) => bits.map((octet, i) => (i === 20 ? octet ^ 1 : octet))) } },
      bad: ['0: CERT_KEY_MALFORMED'],
    },
    {
      what: 'a truncated point',
      change: { leaf: { publicKey: changedKey((bits) => bits.subarray(0, -1)) } },
      bad: ['0: CERT_KEY_MALFORMED'],
    },
    ...Object.entries({
      'an Ed25519 key of 31 bytes': ed25519Key(edwardsY(1).subarray(1)),
      'an Ed25519 key with parameters': ed25519Key(edwardsY(1), ED25519_WITH_NULL),
      'an Ed25519 key that is not on the curve': ed25519Key(edwardsY(2)),
      'an Ed25519 key with a second encoding of its number': ed25519Key(NOT_CANONICAL),
    }).map(([what, publicKey]) => ({ what, change: { leaf: { publicKey } }, bad: ['0: CERT_KEY_MALFORMED'] })),
    { what: 'an unchanged point', change: { leaf: { publicKey: changedKey((bits) => bits) } } },
  ],
  SIGNATURE_UNSUPPORTED: [
    {
      what: 'an unknown algorithm',
      change: { leaf: { innerAlgorithm: algorithm(UNKNOWN), outerAlgorithm: algorithm(UNKNOWN) } },
      bad: ['0: CERT_SIGNATURE_UNSUPPORTED'],
    },
    {
      what: 'ECDSA with a parameter',
      change: { leaf: { innerAlgorithm: WITH_PARAMETER, outerAlgorithm: WITH_PARAMETER } },
      bad: ['0: CERT_SIGNATURE_UNSUPPORTED'],
    },
    {
      what: 'Ed25519 with a parameter',
      change: {
        intermediate: { key: keyOf('Intermediate', 'ed25519') },
        leaf: { innerAlgorithm: ED25519_WITH_NULL, outerAlgorithm: ED25519_WITH_NULL },
      },
      bad: ['0: CERT_SIGNATURE_UNSUPPORTED', '1: CERT_BAD_PK'],
      rfc5280: ['0: CERT_SIGNATURE_UNSUPPORTED'],
    },
    { what: 'a supported algorithm', change: { leaf: { signature: 'ecdsa-sha256' } } },
  ],
  ALGORITHM_MISMATCH: [
    {
      what: 'ECDSA with SHA-256 inside, with SHA-384 outside',
      change: { leaf: { innerAlgorithm: algorithm('1.2.840.10045.4.3.2'), signature: 'ecdsa-sha384' } },
      bad: ['0: CERT_ALGORITHM_MISMATCH'],
    },
    { what: 'ECDSA with SHA-384 in both places', change: { leaf: { signature: 'ecdsa-sha384' } } },
  ],
  RSA_MODULUS: [
    { what: 'RSA with 2052 bits', change: { leaf: { key: keyOf('any', 'rsa2052') } }, bad: ['0: CERT_RSA_MODULUS'] },
    { what: 'RSA with 2056 bits', change: { leaf: { key: keyOf('any', 'rsa2056') } } },
  ],
  RSA_EXPONENT: [
    {
      what: '65 bits',
      change: { leaf: { key: withExponent(keyOf('any', 'rsa2048'), 65) } },
      bad: ['0: CERT_RSA_EXPONENT'],
      suiteb: ['0: CERT_BAD_PK'], // no other problem of a key whose algorithm is not accepted
    },
    {
      what: '65 bits, an intermediate, whose signatures are then not verified',
      change: { intermediate: { key: withExponent(keyOf('any', 'rsa2048'), 65) } },
      bad: ['1: CERT_RSA_EXPONENT'],
      suiteb: ['0: CERT_BAD_PK', '1: CERT_BAD_PK'],
    },
    { what: '64 bits', change: { intermediate: { key: withExponent(keyOf('any', 'rsa2048'), 64) } } },
  ],
};
