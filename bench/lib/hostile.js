/** Chains designed to be as expensive as possible to verify. None of them reaches a trust anchor. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import * as extension from '../../certs/extensions.js';
import { authority, named, server } from '../../test/helpers/chains.js';
import { DATES } from './chain.js';

/** @typedef {import('../../test/helpers/chains.js').Issued} Issued */

/** @param {string} namedCurve */
const curveKey = (namedCurve) => generateKeyPairSync('ec', { namedCurve }).privateKey;

/** @param {Issued[]} issued */
const ders = (issued) => issued.map(({ der }) => der);

/**
 * A leaf and many CA certificates with its issuer's name, none of which signed it, so that each has to be tried.
 * @param {string} curve
 * @param {number} count
 * @returns {Uint8Array[]}
 */
export function manyParents(curve, count) {
  const elsewhere = { subject: named('Elsewhere'), key: curveKey(curve) };
  const parent = { subject: named('Parent'), key: curveKey(curve) };
  const leaf = server(parent, { ...DATES, key: curveKey(curve), extensions: { authorityKeyIdentifier: null } });
  const parents = Array.from({ length: count }, () =>
    authority('Parent', elsewhere, { ...DATES, key: curveKey(curve) }),
  );
  return ders([leaf, ...parents]);
}

/**
 * The same with RSA keys of `bits` bits whose public exponent is nearly as long as the modulus: checking a signature is
 * as expensive as creating one without the primes. No private keys are needed.
 * @param {number} bits
 * @param {number} count
 */
export function longExponents(bits, count) {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const elsewhere = { subject: named('Elsewhere'), key: rsa };
  const parent = { subject: named('Parent'), key: rsa };
  const leaf = server(parent, {
    ...DATES,
    key: curveKey('prime256v1'),
    extensions: { authorityKeyIdentifier: null },
    edit: { signature: () => new Uint8Array(bits / 8).fill(0x5a) },
  });
  const parents = Array.from({ length: count }, (_, i) => {
    const modulus = Buffer.alloc(bits / 8, 0xff);
    modulus[1] = i;
    const exponent = Buffer.alloc(bits / 8, 0x7f);
    const key = { kty: 'RSA', n: modulus.toString('base64url'), e: exponent.toString('base64url') };
    const publicKey = createPublicKey({ format: 'jwk', key });
    return authority('Parent', elsewhere, { ...DATES, key: publicKey });
  });
  return ders([leaf, ...parents]);
}

/**
 * Levels of two certificates each for the same name and key: every certificate has two issuers, so the number of paths
 * doubles at each level. The last level has no issuer.
 * @param {number} levels
 */
export function doublingPaths(levels) {
  const keys = Array.from({ length: levels + 1 }, () => curveKey('prime256v1'));
  /** @param {number} level */
  const party = (level) => ({ subject: named(`Level ${level}`), key: keys[level] });
  const leaf = server(party(0), { ...DATES, key: curveKey('prime256v1') });
  const others = keys.slice(0, levels).flatMap((key, level) =>
    [0, 1].map(() =>
      authority(`Level ${level}`, party(level + 1), {
        ...DATES,
        key,
        extensions: { basicConstraints: extension.basicConstraints({ ca: true }) },
      }),
    ),
  );
  return ders([leaf, ...others]);
}
