/**
 * Signature algorithms: their AlgorithmIdentifiers (RFC 3279, 4055, 5758, 8410), and signing.
 */
import { constants, createHash, createPublicKey, sign } from 'node:crypto';
import * as der from './der.js';

/** @typedef {import('./der.js').Der} Der */
/** @typedef {import('node:crypto').KeyObject} KeyObject */
/** @typedef {'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'} Hash */
/** @typedef {`ecdsa-${Hash}` | `rsa-pkcs1-${Hash}` | `rsa-pss-${Hash}` | 'ed25519'} SignatureName */

/** @type {Record<Hash, { oid: string, bytes: number, ecdsa: string, rsa: string }>} */
const HASHES = {
  sha1: { oid: '1.3.14.3.2.26', bytes: 20, ecdsa: '1.2.840.10045.4.1', rsa: '1.2.840.113549.1.1.5' },
  sha224: { oid: '2.16.840.1.101.3.4.2.4', bytes: 28, ecdsa: '1.2.840.10045.4.3.1', rsa: '1.2.840.113549.1.1.14' },
  sha256: { oid: '2.16.840.1.101.3.4.2.1', bytes: 32, ecdsa: '1.2.840.10045.4.3.2', rsa: '1.2.840.113549.1.1.11' },
  sha384: { oid: '2.16.840.1.101.3.4.2.2', bytes: 48, ecdsa: '1.2.840.10045.4.3.3', rsa: '1.2.840.113549.1.1.12' },
  sha512: { oid: '2.16.840.1.101.3.4.2.3', bytes: 64, ecdsa: '1.2.840.10045.4.3.4', rsa: '1.2.840.113549.1.1.13' },
};

/** @param {SignatureName} name @returns {{ scheme: string, hash: Hash }} */
function split(name) {
  const at = name.lastIndexOf('-');
  return { scheme: name.slice(0, at), hash: /** @type {Hash} */ (name.slice(at + 1)) };
}

/**
 * RSASSA-PSS-params: hash, MGF1 with the same hash, and the salt length written out (RFC 4055 section 3.1).
 * @param {Hash} hash
 * @param {number} [saltBytes]
 * @returns {Der}
 */
export function pssParameters(hash, saltBytes = HASHES[hash].bytes) {
  const algorithm = der.sequence(der.oid(HASHES[hash].oid), der.nullValue());
  return der.sequence(
    der.constructed(0, algorithm),
    der.constructed(1, der.sequence(der.oid('1.2.840.113549.1.1.8'), algorithm)),
    der.constructed(2, der.integer(saltBytes)),
  );
}

/** @param {SignatureName} name @param {number} [saltBytes] RSA-PSS only; default: the length of the hash @returns {Der} */
export function algorithmIdentifier(name, saltBytes) {
  if (name === 'ed25519') return der.sequence(der.oid('1.3.101.112'));
  const { scheme, hash } = split(name);
  if (scheme === 'ecdsa') return der.sequence(der.oid(HASHES[hash].ecdsa));
  if (scheme === 'rsa-pss') return der.sequence(der.oid('1.2.840.113549.1.1.10'), pssParameters(hash, saltBytes));
  return der.sequence(der.oid(HASHES[hash].rsa), der.nullValue());
}

/**
 * @param {SignatureName} name
 * @param {KeyObject} key private
 * @param {Uint8Array} bytes
 * @param {number} [saltBytes] RSA-PSS only; default: the length of the hash
 * @returns {Uint8Array}
 */
export function signBytes(name, key, bytes, saltBytes) {
  if (name === 'ed25519') return sign(null, bytes, key);
  const { scheme, hash } = split(name);
  if (scheme === 'ecdsa') return sign(hash, bytes, { key, dsaEncoding: 'der' });
  if (scheme === 'rsa-pss') {
    const saltLength = saltBytes ?? HASHES[hash].bytes;
    return sign(hash, bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
  }
  return sign(hash, bytes, { key, padding: constants.RSA_PKCS1_PADDING });
}

/** @type {Record<string, SignatureName>} */
const BY_CURVE = { secp384r1: 'ecdsa-sha384', secp521r1: 'ecdsa-sha512' };

/** @param {KeyObject} key @returns {SignatureName} the usual one for the kind of key */
export function defaultSignature(key) {
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519';
  if (key.asymmetricKeyType === 'rsa-pss') return 'rsa-pss-sha256';
  if (key.asymmetricKeyType === 'rsa') return 'rsa-pkcs1-sha256';
  return BY_CURVE[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? 'ecdsa-sha256';
}

/** @param {KeyObject} key private or public @returns {Der} its SubjectPublicKeyInfo */
export function publicKeyInfo(key) {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
}

/**
 * Method 1 of RFC 5280 section 4.2.1.2: the SHA-1 hash of the public key's bits.
 * @param {KeyObject} key
 * @returns {Uint8Array} 20 bytes
 */
export function keyIdentifier(key) {
  const [info] = der.elements(publicKeyInfo(key));
  const [, bits] = der.elements(info.content);
  return createHash('sha1').update(bits.content.subarray(1)).digest();
}
