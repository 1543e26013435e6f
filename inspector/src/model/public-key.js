/** The numbers of a public key, from the DER of its certificate (RFC 5280, section 4.1.2.7; RFC 8017 and 5480). */
import { toHex } from './asn1-values.js';
import { parseAsn1 } from './asn1.js';

/** @typedef {import('./asn1.js').Asn1Node} Asn1Node */
/** @typedef {{ term: string, hex: string }} KeyPart `hex`: octets with spaces between */

/**
 * @param {Uint8Array} der of a certificate
 * @returns {KeyPart[]} empty where there is no key to be found
 */
export function publicKeyParts(der) {
  const fields = parseAsn1(der).children[0]?.children ?? [];
  const spki = fields[fields[0]?.tagClass === 'context' ? 6 : 5];
  const [algorithm, key] = spki?.children ?? [];
  if (key === undefined || key.tag !== 3 || key.content.length < 2) return [];
  const [modulus, exponent] = key.children[0]?.children ?? [];
  if (modulus?.tag === 2 && exponent?.tag === 2) {
    return [
      { term: 'Modulus', hex: toHex(withoutSign(modulus.content)) },
      { term: 'Exponent', hex: toHex(withoutSign(exponent.content)) },
    ];
  }
  const octets = key.content.subarray(1);
  return isCurve(algorithm) ? pointParts(octets) : [{ term: 'Key', hex: toHex(octets) }];
}

/** @param {Uint8Array} octets of a positive INTEGER */
function withoutSign(octets) {
  return octets.length > 1 && octets[0] === 0 ? octets.subarray(1) : octets;
}

/** id-ecPublicKey is 1.2.840.10045.2.1. @param {Asn1Node | undefined} algorithm */
function isCurve(algorithm) {
  return algorithm?.children[0]?.value?.startsWith('1.2.840.10045.2.1 ') ?? false;
}

/** SEC 1, section 2.3.3. @param {Uint8Array} point @returns {KeyPart[]} */
function pointParts(point) {
  const half = (point.length - 1) / 2;
  if (point[0] === 4 && Number.isInteger(half)) {
    return [
      { term: 'Point, x', hex: toHex(point.subarray(1, 1 + half)) },
      { term: 'Point, y', hex: toHex(point.subarray(1 + half)) },
    ];
  }
  const compressed = point[0] === 2 || point[0] === 3;
  return [{ term: compressed ? 'Point, compressed' : 'Point', hex: toHex(point) }];
}
