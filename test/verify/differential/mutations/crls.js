/** CRLs: a valid one of each issuer, with the first changed. */
import * as der from '../../../../certs/der.js';
import {
  authorityKeyIdentifier,
  certificateIssuer,
  crlDistributionPoints,
  deltaCrlIndicator,
  issuingDistributionPoint,
  raw,
} from '../../../../certs/extensions.js';
import { keyIdentifier } from '../../../../certs/signatures.js';
import { keyOf } from '../plan.js';

/** @typedef {import('../../../../certs/extensions.js').Extension} Extension */
/** @typedef {import('../mutation.js').Mutation} Mutation */
/** @typedef {import('../plan.js').Draft} Draft */
/** @typedef {import('../plan.js').CrlDraft} CrlDraft */
/** @typedef {import('../plan.js').Plan} Plan */

/** @param {Plan} plan @returns {CrlDraft[]} the leaf's issuer first */
const validCrls = ({ authorities, root }) =>
  [...authorities, root].map((issuer) => ({ issuer, revoked: [], fields: {} }));

/**
 * @param {string} feature
 * @param {(first: CrlDraft, plan: Plan) => void | Promise<void>} change of the CRL of the leaf's issuer
 * @param {number} [intermediates] at least one, because OpenSSL also looks up the root in its own CRL
 * @returns {Mutation}
 */
const withCrls = (feature, change, intermediates = 1) => ({
  feature,
  slots: ['crls', 'strength', 'serial@leaf', 'serial@ca'], // a key may not sign with every hash; CRLs list serial numbers
  intermediates,
  async apply(plan) {
    plan.crls = validCrls(plan);
    await change(plan.crls[0], plan);
  },
});

/** @param {CrlDraft} crl @param {...Extension} more */
function setExtensions(crl, ...more) {
  const aki = authorityKeyIdentifier({ id: keyIdentifier(crl.issuer.key) });
  crl.fields.extensions = [aki, ...more];
}

const URL = 'http://crl.example/1';
const REVOKED_DATE = '2021-01-01T00:00:00Z';

/** @param {CrlDraft} crl @param {Plan} plan @param {Extension} extension */
function setEntry(crl, { leaf }, extension) {
  crl.fields.revoked = [{ serial: leaf.serial, date: REVOKED_DATE, extensions: [extension] }];
}

/** @param {Draft} certificate @param {import('../../../../certs/extensions.js').Reason} [reason] */
const entryOf = ({ serial }, reason) => ({ serial, date: REVOKED_DATE, reason });

/** Without it, OpenSSL does not use a delta CRL. */
const FRESHEST = [
  raw(
    '2.5.29.46',
    der.sequence(der.sequence(der.constructed(0, der.constructed(0, der.primitive(6, Buffer.from(URL)))))),
  ),
];

/**
 * @param {CrlDraft} crl
 * @param {Plan} plan
 * @param {readonly Extension[]} extensions of the complete CRL
 * @param {import('../../../../certs/extensions.js').Reason} [reason] of the leaf in the delta CRL, if that lists it
 */
function addDelta(crl, plan, extensions, reason) {
  const delta = { ...crl, fields: { number: 2, revoked: reason === undefined ? [] : [entryOf(plan.leaf, reason)] } };
  plan.crls.push(delta);
  setExtensions(crl, ...extensions);
  setExtensions(delta, deltaCrlIndicator(1));
}

const REASONS = /** @type {const} */ (['keyCompromise', 'cACompromise', 'affiliationChanged']);
const OTHER_REASONS = /** @type {const} */ ([
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
  'aACompromise',
]);

export const CRL_MUTATIONS = [
  withCrls('crl-good', () => undefined),
  withCrls('crl-revoked@leaf', (crl, { leaf }) => void crl.revoked.push(leaf)),
  withCrls('crl-revoked@ca', (_, { crls, authorities }) => void crls[1].revoked.push(authorities[0])),
  withCrls('crl-another-revoked', (crl, { leaf }) => void crl.revoked.push({ ...leaf, serial: leaf.serial + 1n })),
  withCrls('crl-of-leaf-only', (_, plan) => void plan.crls.splice(1)),
  withCrls('crl-of-cas-only', (_, plan) => void plan.crls.splice(0, 1)),
  withCrls('crl-expired', ({ fields }) => void (fields.nextUpdate = '2021-01-01T00:00:00Z')),
  withCrls('crl-future', ({ fields }) => void (fields.thisUpdate = '2048-01-01T00:00:00Z')),
  withCrls('crl-no-next-update', ({ fields }) => void (fields.nextUpdate = new Uint8Array(0))),
  withCrls('crl-expired-and-fresh', (crl, plan) => {
    plan.crls.unshift({ ...crl, fields: { nextUpdate: '2021-01-01T00:00:00Z' } });
  }),
  withCrls('crl-revoked-in-expired', (crl, { leaf }) => {
    crl.revoked.push(leaf);
    crl.fields.nextUpdate = '2021-01-01T00:00:00Z';
  }),
  withCrls('crl-revoked-in-old-of-two', (crl, plan) => {
    plan.crls.unshift({ ...crl, revoked: [plan.leaf], fields: { nextUpdate: '2049-01-01T00:00:00Z' } });
    crl.fields.number = 2;
    crl.fields.thisUpdate = '2022-01-01T00:00:00Z';
  }),
  withCrls('crl-signed-by-another', async ({ fields }) => {
    fields.signer = await keyOf('stranger');
  }),
  withCrls('crl-signature-turned', ({ fields }) => {
    fields.edit = { signature: (bits) => bits.map((octet, i) => (i === bits.length - 3 ? octet ^ 1 : octet)) };
  }),
  withCrls('crl-revoked-signed-by-another', async (crl, { leaf }) => {
    crl.revoked.push(leaf);
    crl.fields.signer = await keyOf('stranger');
  }),
  withCrls('crl-no-number', ({ fields }) => void (fields.number = undefined)),
  withCrls('crl-no-extensions', ({ fields }) => void (fields.extensions = new Uint8Array(0))),
  withCrls('crl-version-1', ({ fields }) => void Object.assign(fields, { version: 1, extensions: new Uint8Array(0) })),
  withCrls('crl-no-aki', ({ fields }) => void (fields.extensions = [])),
  withCrls('crl-aki-else', ({ fields }) => {
    fields.extensions = [authorityKeyIdentifier({ id: Uint8Array.of(1, 2, 3) })];
  }),
  .../** @type {const} */ (['sha1', 'sha224']).map((hash) =>
    withCrls(`crl-${hash}`, ({ fields, issuer }) => {
      fields.signature = issuer.key.asymmetricKeyType === 'rsa' ? `rsa-pkcs1-${hash}` : `ecdsa-${hash}`;
    }),
  ),
  withCrls('crl-unknown-critical', (crl) => setExtensions(crl, raw('1.3.6.1.4.1.99999.1', der.nullValue(), true))),
  withCrls('crl-unknown-uncritical', (crl) => setExtensions(crl, raw('1.3.6.1.4.1.99999.1', der.nullValue()))),
  withCrls('crl-delta', (crl) => setExtensions(crl, raw('2.5.29.27', der.integer(1), true))),
  withCrls('crl-delta-not-critical', (crl) => setExtensions(crl, raw('2.5.29.27', der.integer(1)))),
  withCrls('crl-point-of-leaf', (crl, { leaf }) => {
    leaf.extensions.points = crlDistributionPoints(URL);
    setExtensions(crl, issuingDistributionPoint({ uri: URL }));
  }),
  withCrls('crl-point-leaf-has-none', (crl) => setExtensions(crl, issuingDistributionPoint({ uri: URL }))),
  withCrls('crl-point-else', (crl, { leaf }) => {
    leaf.extensions.points = crlDistributionPoints('http://crl.example/2');
    setExtensions(crl, issuingDistributionPoint({ uri: URL }));
  }),
  withCrls('crl-point-else-revoked', (crl, { leaf }) => {
    leaf.extensions.points = crlDistributionPoints('http://crl.example/2');
    crl.revoked.push(leaf);
    setExtensions(crl, issuingDistributionPoint({ uri: URL }));
  }),
  withCrls('crl-only-users', (crl) => setExtensions(crl, issuingDistributionPoint({ onlyUserCerts: true }))),
  withCrls('crl-only-cas', (crl) => setExtensions(crl, issuingDistributionPoint({ onlyCACerts: true }))),
  withCrls('crl-only-cas-revoked', (crl, { leaf }) => {
    crl.revoked.push(leaf);
    setExtensions(crl, issuingDistributionPoint({ onlyCACerts: true }));
  }),
  withCrls('crl-some-reasons', (crl) => {
    setExtensions(crl, raw('2.5.29.28', der.sequence(der.primitive(3, Uint8Array.of(6, 0x40))), true));
  }),
  withCrls('crl-indirect', (crl) => {
    setExtensions(crl, raw('2.5.29.28', der.sequence(der.primitive(4, Uint8Array.of(0xff))), true));
  }),
  withCrls('crl-point-malformed', (crl) => setExtensions(crl, raw('2.5.29.28', der.nullValue(), true))),
  withCrls('crl-entry-unknown-critical', (crl, plan) => {
    setEntry(crl, { ...plan, leaf: { ...plan.leaf, serial: 5n } }, raw('1.3.6.1.4.1.99999.1', der.nullValue(), true));
  }),
  withCrls('crl-entry-removed', (crl, plan) => setEntry(crl, plan, raw('2.5.29.21', der.enumerated(8)))),
  withCrls('crl-entry-unknown-reason', (crl, plan) => setEntry(crl, plan, raw('2.5.29.21', der.enumerated(7)))),
  withCrls('crl-entry-hold', (crl, plan) => setEntry(crl, plan, raw('2.5.29.21', der.enumerated(6)))),
  .../** @type {const} */ ([
    ['', FRESHEST],
    ['-unlinked', []],
  ]).flatMap(([suffix, extensions]) => [
    withCrls(`crl-base-and-delta${suffix}`, (crl, plan) => addDelta(crl, plan, extensions)),
    withCrls(`crl-revoked-in-delta${suffix}`, (crl, plan) => addDelta(crl, plan, extensions, 'keyCompromise')),
    withCrls(`crl-removed-by-delta${suffix}`, (crl, plan) => {
      crl.fields.revoked = [entryOf(plan.leaf, 'certificateHold')];
      addDelta(crl, plan, extensions, 'removeFromCRL');
    }),
    withCrls(`crl-expired-base-and-delta${suffix}`, (crl, plan) => {
      crl.fields.nextUpdate = '2021-01-01T00:00:00Z';
      addDelta(crl, plan, extensions);
    }),
  ]),
  withCrls('crl-hold-ended', (crl, plan) => {
    const revoked = [entryOf(plan.leaf, 'certificateHold')];
    plan.crls.unshift({ ...crl, fields: { revoked } });
    Object.assign(crl.fields, { number: 2, thisUpdate: '2022-01-01T00:00:00Z' });
  }),
  withCrls('crl-reasons-together', (crl, plan) => {
    const second = { ...crl, fields: {} };
    plan.crls.push(second);
    setExtensions(crl, issuingDistributionPoint({ onlySomeReasons: REASONS }));
    setExtensions(second, issuingDistributionPoint({ onlySomeReasons: OTHER_REASONS }));
  }),
  withCrls('crl-indirect-another-issuer', (crl, { leaf }) => {
    setExtensions(crl, issuingDistributionPoint({ indirect: true }));
    const issuer = certificateIssuer({ dirName: [{ CN: 'Another' }] });
    crl.fields.revoked = [{ ...entryOf(leaf), extensions: [issuer] }];
  }),
  withCrls('crl-entry-padded', (crl, { leaf }) => {
    const [{ content }] = der.elements(der.integer(leaf.serial));
    crl.fields.revoked = [{ ...entryOf(leaf), serial: der.tlv(2, Uint8Array.of(0), content) }];
  }),
  withCrls('crl-point-of-issuer', (crl) => {
    setExtensions(crl, issuingDistributionPoint({ names: [{ dirName: crl.issuer.subject }] }));
  }),
  withCrls('crl-point-relative', (crl, { leaf }) => {
    const relative = [{ CN: 'CRL1' }];
    leaf.extensions.points = crlDistributionPoints({ relative });
    setExtensions(crl, issuingDistributionPoint({ relative }));
  }),
  withCrls('crl-point-reasons', (crl, { leaf }) => {
    leaf.extensions.points = crlDistributionPoints({ uri: URL, reasons: REASONS });
    setExtensions(crl, issuingDistributionPoint({ uri: URL }));
  }),
  withCrls('crl-unsupported-algorithm', ({ fields }) => {
    fields.innerAlgorithm = fields.outerAlgorithm = der.sequence(der.oid('2.16.840.1.101.3.4.3.18'));
  }),
  withCrls('crl-good-and-forged', async (crl, plan) => {
    plan.crls.push({ ...crl, fields: { number: 2, signer: await keyOf('stranger') } });
  }),
  withCrls('crl-entry-future', (crl, { leaf }) => {
    crl.fields.revoked = [{ serial: leaf.serial, date: '2048-01-01T00:00:00Z' }];
  }),
];
