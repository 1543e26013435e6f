/** Valid chains of a root, intermediates and a leaf, generated in memory. A test changes one detail. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { encodeCertificate, encodeCrl } from '../../certs/certificate.js';
import * as extension from '../../certs/extensions.js';
import { keyIdentifier } from '../../certs/signatures.js';
import { TrustStore, verifyChain } from '../../dist/index.js';
import { mozillaStore } from './mozilla-list.js';

/** @typedef {import('node:crypto').KeyObject} KeyObject */
/** @typedef {import('../../certs/certificate.js').CertificateDescription} CertificateDescription */
/** @typedef {import('../../certs/certificate.js').CrlDescription} CrlDescription */
/** @typedef {import('../../certs/extensions.js').Extension} Extension */
/** @typedef {import('../../certs/names.js').Name} Name */
/** @typedef {import('../../dist/index.js').Verification} Verification */

/** The time of verification. */
export const NOW = new Date('2026-06-15T12:00:00Z');

/** The host that the leaf is for. */
export const HOST = 'www.example.com';

/** @type {Map<string, KeyObject>} */
const keys = new Map();

/**
 * @param {string} owner
 * @param {string} [kind] an OpenSSL curve name, ed25519, ed448, x25519, or rsa followed by the number of bits
 * @returns {KeyObject} private; the same one at every call
 */
export function keyOf(owner, kind = 'prime256v1') {
  const id = kind.startsWith('rsa') ? kind : `${kind} ${owner}`;
  const known = keys.get(id);
  if (known) return known;
  const { privateKey } = kind.startsWith('rsa')
    ? generateKeyPairSync('rsa', { modulusLength: Number(kind.slice(3)) })
    : kind === 'x25519' || kind === 'ed25519' || kind === 'ed448'
      ? generateKeyPairSync(/** @type {'x25519'} */ (kind))
      : generateKeyPairSync('ec', { namedCurve: kind });
  keys.set(id, privateKey);
  return privateKey;
}

/**
 * @param {KeyObject} key RSA, private
 * @param {number} bits
 * @returns {KeyObject} with the same modulus and a public exponent of this many bits
 */
export function withExponent(key, bits) {
  const jwk = key.export({ format: 'jwk' });
  const number = (/** @type {string | undefined} */ text) =>
    BigInt(`0x${Buffer.from(text ?? '', 'base64url').toString('hex')}`);
  const text = (/** @type {bigint} */ value) => {
    const hex = value.toString(16);
    return Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex').toString('base64url');
  };
  const [p, q] = [number(jwk.p), number(jwk.q)];
  const order = (p - 1n) * (q - 1n);
  for (let e = (1n << BigInt(bits - 1)) + 1n; ; e += 2n) {
    const d = inverse(e, order);
    if (d !== undefined) {
      const changed = { ...jwk, e: text(e), d: text(d), dp: text(d % (p - 1n)), dq: text(d % (q - 1n)) };
      return createPrivateKey({ key: changed, format: 'jwk' });
    }
  }
}

/** @param {bigint} a @param {bigint} modulus @returns {bigint | undefined} by the extended Euclidean algorithm; undefined if they share a factor */
function inverse(a, modulus) {
  let [r, nextR, s, nextS] = [modulus, a % modulus, 0n, 1n];
  while (nextR !== 0n) {
    const quotient = r / nextR;
    [r, nextR] = [nextR, r - quotient * nextR];
    [s, nextS] = [nextS, s - quotient * nextS];
  }
  return r === 1n ? ((s % modulus) + modulus) % modulus : undefined;
}

/** @typedef {{ subject: Name, key: KeyObject }} Party */
/** @typedef {Party & { der: Uint8Array, serial: bigint }} Issued */

/**
 * How one certificate differs from the default: fields of the description, and extensions by name. Null removes an
 * extension, a new name adds one.
 * @typedef {Partial<Omit<CertificateDescription, 'extensions'>> & {
 *   key?: KeyObject,
 *   extensions?: Record<string, Extension | Uint8Array | null>,
 * }} Change
 */

/** @param {string} commonName @returns {Name} */
export const named = (commonName) => [{ O: 'Example' }, { CN: commonName }];

let serials = 1000n;

/**
 * @param {{ name: string, issuer?: Party, usual: Record<string, Extension> }} defaults without an issuer: self-signed
 * @param {Change} change
 * @returns {Issued}
 */
function issue({ name, issuer, usual }, { key = keyOf(name), extensions = {}, ...fields }) {
  const subject = fields.subject ?? named(name);
  const by = issuer ?? { subject, key };
  /** @type {Record<string, Extension | Uint8Array | null>} */
  const all = {
    ...usual,
    subjectKeyIdentifier: extension.subjectKeyIdentifier(keyIdentifier(key)),
    ...(issuer && { authorityKeyIdentifier: extension.authorityKeyIdentifier({ id: keyIdentifier(by.key) }) }),
    ...extensions,
  };
  const serial = ++serials;
  const der = encodeCertificate({
    serial,
    issuer: by.subject,
    notBefore: '2026-01-01T00:00:00Z',
    notAfter: '2026-12-31T23:59:59Z',
    publicKey: key,
    signer: by.key,
    ...fields,
    subject,
    extensions: Object.values(all).filter((one) => one !== null),
  });
  return { subject, key, der, serial };
}

/**
 * @param {string} name selects subject and key, unless the change overrides them
 * @param {Party | undefined} issuer undefined: self-signed
 * @param {Change} [change]
 * @returns {Issued}
 */
export function authority(name, issuer, change = {}) {
  const usual = {
    basicConstraints: extension.basicConstraints({ ca: true }),
    keyUsage: extension.keyUsage('keyCertSign', 'cRLSign'),
  };
  return issue({ name, issuer, usual }, change);
}

/** @param {Party} issuer @param {Change} [change] @returns {Issued} a server's certificate */
export function server(issuer, change = {}) {
  const usual = {
    basicConstraints: extension.basicConstraints({ ca: false }),
    keyUsage: extension.keyUsage('digitalSignature'),
    extKeyUsage: extension.extKeyUsage('serverAuth'),
    subjectAltName: extension.subjectAltName([{ dns: HOST }]),
  };
  return issue({ name: HOST, issuer, usual }, change);
}

/**
 * @param {Party} issuer
 * @param {Partial<CrlDescription>} [change]
 * @returns {Uint8Array} a CRL without entries
 */
export function crl(issuer, change = {}) {
  return encodeCrl({
    issuer: issuer.subject,
    thisUpdate: '2026-06-01T00:00:00Z',
    nextUpdate: '2026-07-01T00:00:00Z',
    number: 1,
    signer: issuer.key,
    ...change,
  });
}

/** @typedef {{ root?: Change, above?: Change[], intermediate?: Change, leaf?: Change }} Changes `above`: more intermediates, topmost first */
/** @typedef {{ root: Issued, above: Issued[], intermediate: Issued, leaf: Issued }} Chain */

/** @param {Changes} [changes] @returns {Chain} */
export function chain(changes = {}) {
  const root = authority('Root', undefined, changes.root);
  /** @type {Issued[]} */
  const above = [];
  for (const [i, change] of (changes.above ?? []).entries()) {
    above.push(authority(`Above ${i}`, above.at(-1) ?? root, change));
  }
  const intermediate = authority('Intermediate', above.at(-1) ?? root, changes.intermediate);
  const leaf = server(intermediate, changes.leaf);
  return { root, above, intermediate, leaf };
}

/**
 * @typedef {object} VerificationInput
 * @property {Issued[]} sent leaf first
 * @property {Issued[]} anchors
 * @property {Date} [distrustAfter] the anchors are those of a root list of Mozilla, with this date
 * @property {Uint8Array[]} [crls]
 * @property {string} [hostname] HOST by default
 * @property {Date} [now] NOW by default
 * @property {number} [maxDepth]
 * @property {boolean} [publicSuffixes]
 */

/** @param {Chain} made @returns {VerificationInput} the chain as a server would send it, with the root as anchor */
export function verificationInput({ root, above, intermediate, leaf }) {
  return { sent: [leaf, intermediate, ...[...above].reverse()], anchors: [root] };
}

/**
 * @param {VerificationInput} input
 * @param {import('../../dist/index.js').Profile} [profile]
 * @returns {Promise<Verification>}
 */
export async function verify({ sent, anchors, distrustAfter, hostname = HOST, now = NOW, ...others }, profile) {
  const ders = anchors.map(({ der }) => der);
  const trust = distrustAfter
    ? await mozillaStore(ders.map((der) => ({ der, distrustAfter })))
    : await TrustStore.from(ders);
  try {
    const chain = sent.map(({ der }) => der);
    return await verifyChain(chain, { ...others, trust, hostname, now, profile });
  } finally {
    trust[Symbol.dispose]();
  }
}

/** @param {{ problems: import('../../dist/index.js').Problem[] }} verification @returns {string[]} "depth: code", sorted */
export function problemsOf({ problems }) {
  return problems.map(({ depth, code }) => `${depth}: ${code}`).sort();
}
