/** Chains made to cost as much as they can: none of them reaches the anchor. */
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
 * A leaf and many authorities that bear its issuer's name, none of which signed it: each has to be tried.
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
 * The same with RSA keys of `bits` whose exponent is nearly as long as the modulus: checking a signature costs what
 * making one without the primes costs. No one need own the private keys.
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
 * Rungs of two certificates each for one name and key, so that every one has two parents and the number of ways
 * up doubles at each rung; at the top there is nothing.
 * @param {number} rungs
 */
export function ladder(rungs) {
  const keys = Array.from({ length: rungs + 1 }, () => curveKey('prime256v1'));
  /** @param {number} rung */
  const party = (rung) => ({ subject: named(`Rung ${rung}`), key: keys[rung] });
  const leaf = server(party(0), { ...DATES, key: curveKey('prime256v1') });
  const others = keys.slice(0, rungs).flatMap((key, rung) =>
    [0, 1].map(() =>
      authority(`Rung ${rung}`, party(rung + 1), {
        ...DATES,
        key,
        extensions: { basicConstraints: extension.basicConstraints({ ca: true }) },
      }),
    ),
  );
  return ders([leaf, ...others]);
}
