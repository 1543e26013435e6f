/** The benchmark's certificate chains: root, intermediate and leaf, valid now, for a server and its clients. */
import { generateKeyPairSync } from 'node:crypto';
import { pem } from '../../certs/der.js';
import * as chains from '../../test/helpers/chains.js';

/** @typedef {import('../../test/helpers/chains.js').Change} Change */
/** @typedef {import('../../test/helpers/chains.js').Issued} Issued */

const DAY = 24 * 3600 * 1000;

/** @param {number} days from now */
const inDays = (days) => new Date(Date.now() + days * DAY).toISOString().replace(/\.\d+/, '');

export const DATES = { notBefore: inDays(-1), notAfter: inDays(30) };

/** The host name in all leaves. */
export const HOST = chains.HOST;

/** @typedef {'P-256' | 'P-384' | 'RSA-2048'} KeyKind */

/** @param {KeyKind} kind */
function newKey(kind) {
  return kind === 'RSA-2048'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
    : generateKeyPairSync('ec', { namedCurve: kind }).privateKey;
}

/** @param {Issued} issued */
export const pemOf = ({ der }) => pem('CERTIFICATE', der);

/**
 * @typedef {object} ServerIdentity
 * @property {string} cert PEM of leaf and intermediate, which the server sends
 * @property {string} key PEM
 * @property {string} roots PEM of the root, which the client trusts
 * @property {Uint8Array[]} ders leaf and intermediate
 */

/**
 * Issues three certificates. The server does not send the root, so a client checks two signatures.
 * @param {KeyKind} kind of all three keys
 * @param {Change} [leaf] changes to the usual leaf
 * @returns {ServerIdentity}
 */
export function threeCertificates(kind, leaf = {}) {
  const made = chains.chain({
    root: { key: newKey(kind), ...DATES },
    intermediate: { key: newKey(kind), ...DATES },
    leaf: { key: newKey(kind), ...DATES, ...leaf },
  });
  return {
    cert: pemOf(made.leaf) + pemOf(made.intermediate),
    key: String(made.leaf.key.export({ type: 'pkcs8', format: 'pem' })),
    roots: pemOf(made.root),
    ders: [made.leaf.der, made.intermediate.der],
  };
}
