/**
 * The octets of a public key, from the DER of its certificate (RFC 5280, section 4.1.2.7; RFC 8017 and 5480). Type, size,
 * curve and exponent come from the core.
 */
import { toHex } from './asn1-values.js';
import { parseAsn1 } from './asn1.js';

/** @typedef {import('../types.js').Certificate} Certificate */
/** @typedef {{ term: string, hex: string }} KeyPart `hex`: octets separated by spaces */

/**
 * @param {Pick<Certificate, 'der' | 'publicKey'>} certificate
 * @returns {KeyPart[]} empty if there is no key, or no `der`
 */
export function publicKeyParts({ der, publicKey }) {
  if (der === null) return [];
  const fields = parseAsn1(der).children[0]?.children ?? [];
  const spki = fields[fields[0]?.tagClass === 'context' ? 6 : 5];
  const key = spki?.children[1];
  if (key === undefined || key.tag !== 3 || key.content.length < 2) return [];
  const octets = key.content.subarray(1);
  if (publicKey.malformed) return [{ term: 'Key', hex: toHex(octets) }];
  if (publicKey.exponent !== undefined) {
    const [modulus] = key.children[0]?.children ?? [];
    return modulus === undefined ? [] : [{ term: 'Modulus', hex: toHex(withoutSign(modulus.content)) }];
  }
  return publicKey.curve === undefined ? [{ term: 'Key', hex: toHex(octets) }] : pointParts(octets);
}

/** @param {Uint8Array} octets of a positive INTEGER */
function withoutSign(octets) {
  return octets.length > 1 && octets[0] === 0 ? octets.subarray(1) : octets;
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
