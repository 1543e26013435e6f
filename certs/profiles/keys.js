/**
 * Leaves whose key is malformed or in a forbidden encoding. Their signatures are valid, and the server uses the real
 * key.
 */
import * as der from '../der.js';
import { editKeyBits, editKeyParameters } from '../edits.js';
import { leaf, profile, rejected } from '../profile.js';

/** @typedef {import('../profile.js').Entity} Entity */
/** @typedef {import('../profile.js').Expected} Expected */
/** @typedef {import('../profile.js').Profile} Profile */

/** @param {string} hex @returns {Uint8Array} */
const octets = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));

const P256_PRIME = octets('ffffffff00000001000000000000000000000000ffffffffffffffffffffffff');

/** P-256 as explicit parameters (SEC 1 section C.2): field, curve, base point, order, cofactor. */
const EXPLICIT_P256 = der.sequence(
  der.integer(1),
  der.sequence(der.oid('1.2.840.10045.1.1'), der.tlv(0x02, Uint8Array.of(0), P256_PRIME)),
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
 * @param {Expected} expected
 * @param {Partial<Entity>} overrides of the leaf
 */
function unusableKey(declared, expected, overrides) {
  return profile({
    serve: false,
    malformed: true,
    expected,
    ...declared,
    certificates: { leaf: leaf(declared.id, overrides) },
  });
}

const MALFORMED = rejected('BADCERT_BAD_KEY', 0, 'KEY_MALFORMED');

export const KEY_CASES = [
  unusableKey(
    {
      id: 'key-parameters',
      title: 'RSA key with parameters',
      explain: 'RSA keys have no parameters, but this one has a number in their place.',
    },
    MALFORMED,
    { key: 'rsa2048', fields: editKeyParameters(der.integer(1)) },
  ),
  unusableKey(
    {
      id: 'key-garbled',
      title: 'Garbled RSA key',
      explain: 'The RSA key has meaningless bytes in place of modulus and exponent.',
      openssl: 'certificate key too weak',
    },
    MALFORMED,
    { key: 'rsa2048', fields: editKeyBits((bits) => bits.map((octet) => octet ^ 0x55)) },
  ),
  unusableKey(
    {
      id: 'curve-in-full',
      title: 'Explicit curve parameters',
      explain: 'The key spells out its curve’s parameters instead of naming the curve, so it could be any curve.',
      openssl: 'explicit ECC parameters',
    },
    rejected('BADCERT_BAD_PK', 0, 'KEY_UNSUPPORTED'),
    { fields: editKeyParameters(EXPLICIT_P256) },
  ),
  unusableKey(
    {
      id: 'point-cut-off',
      title: 'Truncated EC point',
      explain: 'The key’s point is one byte shorter than its curve requires.',
      openssl: 'certificate key too weak',
    },
    MALFORMED,
    { fields: editKeyBits((bits) => bits.subarray(0, -1)) },
  ),
  unusableKey(
    {
      id: 'point-off-the-curve',
      title: 'Point off the curve',
      explain: 'One bit of the key was flipped, so it is not a point on P-256.',
      openssl: 'certificate key too weak',
    },
    MALFORMED,
    { fields: editKeyBits((bits) => bits.map((octet, at) => (at === bits.length - 1 ? octet ^ 1 : octet))) },
  ),
];
