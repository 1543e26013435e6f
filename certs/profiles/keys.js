/**
 * Leaves whose key cannot be read. All are well signed; the key that the server signs with is the real one.
 */
import * as der from '../der.js';
import { keyBits, keyParameters } from '../edits.js';
import { leaf, profile, unreadable } from '../profile.js';

/** @typedef {import('../profile.js').Entity} Entity */
/** @typedef {import('../profile.js').Profile} Profile */

/** @param {string} hex @returns {Uint8Array} */
const octets = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));

const PRIME = octets('ffffffff00000001000000000000000000000000ffffffffffffffffffffffff');

/** P-256 written out (SEC 1 section C.2) in place of its name: field, curve, base point, order, cofactor. */
const P256_IN_FULL = der.sequence(
  der.integer(1),
  der.sequence(der.oid('1.2.840.10045.1.1'), der.tlv(0x02, Uint8Array.of(0), PRIME)),
  der.sequence(
    der.octetString(octets('ffffffff00000001000000000000000000000000fffffffffffffffffffffffc')),
    der.octetString(octets('5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b')),
  ),
  der.octetString(
    octets(
      '046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296' +
        '4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5',
    ),
  ),
  der.tlv(0x02, Uint8Array.of(0), octets('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')),
  der.integer(1),
);

/**
 * @param {Pick<Profile, 'id' | 'title' | 'explain'> & Partial<Profile>} declared
 * @param {string} error
 * @param {Partial<Entity>} over of the leaf
 */
function unreadKey(declared, error, over) {
  return profile({
    serve: false,
    malformed: true,
    expected: unreadable(error),
    ...declared,
    certificates: { leaf: leaf(declared.id, over) },
  });
}

export const KEY_CASES = [
  unreadKey(
    {
      id: 'key-malformed',
      title: 'No key at all',
      explain: 'Where algorithm and key belong there is a text.',
      openssl: 'unreadable',
    },
    'PK_KEY_INVALID_FORMAT',
    { fields: { publicKey: der.utf8String('the key is under the mat') } },
  ),
  unreadKey(
    {
      id: 'key-parameters',
      title: 'An RSA key with parameters',
      explain: 'RSA keys have no parameters, and this one has a number.',
    },
    'PK_INVALID_ALG',
    { key: 'rsa2048', fields: keyParameters(der.integer(1)) },
  ),
  unreadKey(
    {
      id: 'key-garbled',
      title: 'An RSA key that is noise',
      explain: 'Instead of a modulus and an exponent the RSA key has bytes that mean nothing.',
      openssl: 'certificate key too weak',
    },
    'PK_INVALID_PUBKEY',
    { key: 'rsa2048', fields: keyBits((bits) => bits.map((octet) => octet ^ 0x55)) },
  ),
  unreadKey(
    {
      id: 'curve-in-full',
      title: 'A curve written out',
      explain: 'The key gives every number of its curve instead of its name, so that the curve could be anyone’s.',
      openssl: 'explicit ECC parameters',
    },
    'ECP_FEATURE_UNAVAILABLE',
    { fields: keyParameters(P256_IN_FULL) },
  ),
  unreadKey(
    {
      id: 'point-cut-off',
      title: 'A point that breaks off',
      explain: 'The point that is the key has one octet less than the curve asks for.',
      openssl: 'certificate key too weak',
    },
    'ECP_BAD_INPUT_DATA',
    { fields: keyBits((bits) => bits.subarray(0, -1)) },
  ),
  unreadKey(
    {
      id: 'point-off-the-curve',
      title: 'A point beside the curve',
      explain: 'One bit of the key was turned, so it is no point of the curve P-256.',
      openssl: 'certificate key too weak',
    },
    'ECP_INVALID_KEY',
    { fields: keyBits((bits) => bits.map((octet, at) => (at === bits.length - 1 ? octet ^ 1 : octet))) },
  ),
];
