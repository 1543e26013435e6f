/** The plan of a chain: drafts of certificates and CRLs, which mutations change before they are encoded. */
import { encodeCertificate, encodeCrl } from '../../../certs/certificate.js';
import * as extension from '../../../certs/extensions.js';
import { keyStore } from '../../../certs/keys.js';
import { keyIdentifier } from '../../../certs/signatures.js';
import { inProject } from '../../../scripts/run.js';

/** @typedef {import('node:crypto').KeyObject} KeyObject */
/** @typedef {import('../../../certs/certificate.js').CertificateDescription} CertificateDescription */
/** @typedef {import('../../../certs/certificate.js').CrlDescription} CrlDescription */
/** @typedef {import('../../../certs/extensions.js').Extension} Extension */
/** @typedef {import('../../../certs/keys.js').KeyKind} KeyKind */
/** @typedef {import('../../../certs/names.js').Name} Name */

/** @typedef {Extension | Uint8Array | null | ((draft: Draft) => Extension)} Extensible null: omitted */

/**
 * @typedef {object} Draft
 * @property {Name} subject
 * @property {KeyObject} key private
 * @property {Draft | null} issuer null: self-signed
 * @property {bigint} serial
 * @property {Record<string, Extensible>} extensions
 * @property {Partial<CertificateDescription>} fields that override all others
 */

/**
 * @typedef {object} CrlDraft
 * @property {Draft} issuer
 * @property {Draft[]} revoked
 * @property {Partial<CrlDescription>} fields that override all others
 */

/**
 * @typedef {object} Plan
 * @property {Draft} leaf
 * @property {Draft[]} authorities from the leaf's issuer up, without the root
 * @property {Draft} root
 * @property {(Draft | Uint8Array)[]} sent leaf first; bytes are sent as they are
 * @property {Draft[]} anchors
 * @property {CrlDraft[]} crls
 * @property {string} hostname
 * @property {Set<string>} features number of intermediates, keys, and mutations
 */

/** The expected host, unless a mutation sets another. */
export const HOST = 'www.example.com';

// Far from the present on either side: certtool verifies only at the present time.
const VALID = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2049-12-31T23:59:59Z' };
const FRESH = { thisUpdate: '2020-01-01T00:00:00Z', nextUpdate: '2049-12-31T23:59:59Z' };

const keys = keyStore(inProject('build', 'differential-keys'));

/** @param {string} owner @param {KeyKind} [kind] @returns {Promise<KeyObject>} always the same for an owner and kind */
export const keyOf = (owner, kind = 'p256') => keys(kind, 'differential', owner);

/** @param {string} owner @param {KeyObject} other @returns {Promise<KeyObject>} a key of the same kind */
export function keyLike(owner, other) {
  const { asymmetricKeyType, asymmetricKeyDetails } = other;
  if (asymmetricKeyType === 'rsa') return keyOf(owner, 'rsa2048');
  return keyOf(owner, asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'p384' : 'p256');
}

/** @param {string} commonName @returns {Name} */
export const named = (commonName) => [{ O: 'Example' }, { CN: commonName }];

let serials = 0x1000n;

/** @param {Draft} draft @returns {Extension} */
const ownIdentifier = ({ key }) => extension.subjectKeyIdentifier(keyIdentifier(key));

/** @param {Draft} draft @returns {Extension} */
export const issuerIdentifier = ({ issuer, key }) =>
  extension.authorityKeyIdentifier({ id: keyIdentifier(issuer?.key ?? key) });

/** @param {Name} subject @param {KeyObject} key @param {Draft | null} issuer @returns {Draft} a valid CA */
export function authority(subject, key, issuer) {
  return {
    subject,
    key,
    issuer,
    serial: ++serials,
    extensions: {
      basicConstraints: extension.basicConstraints({ ca: true }),
      keyUsage: extension.keyUsage('keyCertSign', 'cRLSign'),
      subjectKeyIdentifier: ownIdentifier,
      authorityKeyIdentifier: issuer === null ? null : issuerIdentifier,
    },
    fields: {},
  };
}

/** @param {KeyObject} key @param {Draft | null} issuer @returns {Draft} a valid server's certificate for HOST */
export function server(key, issuer) {
  return {
    subject: named('Server'),
    key,
    issuer,
    serial: ++serials,
    extensions: {
      basicConstraints: extension.basicConstraints({ ca: false }),
      keyUsage: extension.keyUsage('digitalSignature'),
      extKeyUsage: extension.extKeyUsage('serverAuth'),
      subjectAltName: extension.subjectAltName([{ dns: HOST }]),
      subjectKeyIdentifier: ownIdentifier,
      authorityKeyIdentifier: issuerIdentifier,
    },
    fields: {},
  };
}

/** @param {number} intermediates @param {KeyKind[]} kinds of the keys: leaf, intermediates, root @returns {Promise<Plan>} a valid chain */
export async function validPlan(intermediates, kinds) {
  const root = authority(named('Root'), await keyOf('root', kinds.at(-1)), null);
  /** @type {Draft[]} */
  const authorities = [];
  for (let i = intermediates; i > 0; i--) {
    authorities.unshift(authority(named(`CA ${i}`), await keyOf(`ca${i}`, kinds[i]), authorities[0] ?? root));
  }
  const leaf = server(await keyOf('leaf', kinds[0]), authorities[0] ?? root);
  const features = new Set([`intermediates:${intermediates}`, ...kinds.map((kind) => `key:${kind}`)]);
  return {
    ...{ leaf, authorities, root, sent: [leaf, ...authorities], anchors: [root], crls: [] },
    hostname: HOST,
    features,
  };
}

/** @param {Draft} draft @returns {Uint8Array} DER */
function issue(draft) {
  const { subject, key, serial, extensions, fields } = draft;
  const issuer = draft.issuer ?? draft;
  return encodeCertificate({
    ...{ serial, subject, publicKey: key, signer: issuer.key },
    issuer: issuer.subject,
    ...VALID,
    extensions: Object.values(extensions).flatMap((one) =>
      one === null ? [] : [typeof one === 'function' ? one(draft) : one],
    ),
    ...fields,
  });
}

/** @param {CrlDraft} crl @returns {Uint8Array} DER */
function issueCrl({ issuer, revoked, fields }) {
  return encodeCrl({
    issuer: issuer.subject,
    signer: issuer.key,
    number: 1,
    extensions: [extension.authorityKeyIdentifier({ id: keyIdentifier(issuer.key) })],
    revoked: revoked.map(({ serial }) => ({ serial, date: FRESH.thisUpdate })),
    ...FRESH,
    ...fields,
  });
}

/** @typedef {{ sent: Uint8Array[], anchors: Uint8Array[], crls: Uint8Array[], hostname: string, features: Set<string> }} Case DER */

/** @param {Plan} plan @returns {Case} */
export function encodeCase({ sent, anchors, crls, hostname, features }) {
  /** @type {Map<Draft, Uint8Array>} */
  const made = new Map();
  const once = (/** @type {Draft} */ draft) => {
    const der = made.get(draft) ?? issue(draft);
    made.set(draft, der);
    return der;
  };
  return {
    sent: sent.map((one) => (one instanceof Uint8Array ? one : once(one))),
    anchors: anchors.map(once),
    crls: crls.map(issueCrl),
    hostname,
    features,
  };
}
