/** Revocation lists: a good one of each issuer, and one of them changed. */
import * as der from '../../../../certs/der.js';
import {
  authorityKeyIdentifier,
  crlDistributionPoints,
  issuingDistributionPoint,
  raw,
} from '../../../../certs/extensions.js';
import { keyIdentifier } from '../../../../certs/signatures.js';
import { keyOf } from '../plan.js';

/** @typedef {import('../../../../certs/extensions.js').Extension} Extension */
/** @typedef {import('../mutation.js').Mutation} Mutation */
/** @typedef {import('../plan.js').Draft} Draft */
/** @typedef {import('../plan.js').ListDraft} ListDraft */
/** @typedef {import('../plan.js').Plan} Plan */

/** @param {Plan} plan @returns {ListDraft[]} the leaf's issuer first */
const goodLists = ({ authorities, root }) =>
  [...authorities, root].map((issuer) => ({ issuer, revoked: [], fields: {} }));

/**
 * @param {string} feature
 * @param {(first: ListDraft, plan: Plan) => void | Promise<void>} change of the list of the leaf's issuer
 * @param {number} [intermediates] one at least, for OpenSSL holds the root against its own list too
 * @returns {Mutation}
 */
const listed = (feature, change, intermediates = 1) => ({
  feature,
  slots: ['lists', 'strength', 'serial@leaf', 'serial@ca'], // a key may not sign with every hash; lists have serials
  intermediates,
  async apply(plan) {
    plan.lists = goodLists(plan);
    await change(plan.lists[0], plan);
  },
});

/** @param {ListDraft} list @param {...Extension} more */
function extend(list, ...more) {
  const aki = authorityKeyIdentifier({ id: keyIdentifier(list.issuer.key) });
  list.fields.extensions = [aki, ...more];
}

const URL = 'http://crl.example/1';
const REVOKED_DATE = '2021-01-01T00:00:00Z';

/** @param {ListDraft} list @param {Plan} plan @param {Extension} extension */
function entry(list, { leaf }, extension) {
  list.fields.revoked = [{ serial: leaf.serial, date: REVOKED_DATE, extensions: [extension] }];
}

export const LIST_MUTATIONS = [
  listed('crl-good', () => undefined),
  listed('crl-revoked@leaf', (list, { leaf }) => void list.revoked.push(leaf)),
  listed('crl-revoked@ca', (_, { lists, authorities }) => void lists[1].revoked.push(authorities[0])),
  listed('crl-another-revoked', (list, { leaf }) => void list.revoked.push({ ...leaf, serial: leaf.serial + 1n })),
  listed('crl-of-leaf-only', (_, plan) => void plan.lists.splice(1)),
  listed('crl-of-cas-only', (_, plan) => void plan.lists.splice(0, 1)),
  listed('crl-expired', ({ fields }) => void (fields.nextUpdate = '2021-01-01T00:00:00Z')),
  listed('crl-future', ({ fields }) => void (fields.thisUpdate = '2048-01-01T00:00:00Z')),
  listed('crl-no-next-update', ({ fields }) => void (fields.nextUpdate = new Uint8Array(0))),
  listed('crl-expired-and-fresh', (list, plan) => {
    plan.lists.unshift({ ...list, fields: { nextUpdate: '2021-01-01T00:00:00Z' } });
  }),
  listed('crl-revoked-in-expired', (list, { leaf }) => {
    list.revoked.push(leaf);
    list.fields.nextUpdate = '2021-01-01T00:00:00Z';
  }),
  listed('crl-revoked-in-old-of-two', (list, plan) => {
    plan.lists.unshift({ ...list, revoked: [plan.leaf], fields: { nextUpdate: '2049-01-01T00:00:00Z' } });
    list.fields.number = 2;
    list.fields.thisUpdate = '2022-01-01T00:00:00Z';
  }),
  listed('crl-signed-by-another', async ({ fields }) => {
    fields.signer = await keyOf('stranger');
  }),
  listed('crl-signature-turned', ({ fields }) => {
    fields.edit = { signature: (bits) => bits.map((octet, i) => (i === bits.length - 3 ? octet ^ 1 : octet)) };
  }),
  listed('crl-revoked-signed-by-another', async (list, { leaf }) => {
    list.revoked.push(leaf);
    list.fields.signer = await keyOf('stranger');
  }),
  listed('crl-no-number', ({ fields }) => void (fields.number = undefined)),
  listed('crl-no-extensions', ({ fields }) => void (fields.extensions = new Uint8Array(0))),
  listed('crl-version-1', ({ fields }) => void Object.assign(fields, { version: 1, extensions: new Uint8Array(0) })),
  listed('crl-no-aki', ({ fields }) => void (fields.extensions = [])),
  listed('crl-aki-else', ({ fields }) => {
    fields.extensions = [authorityKeyIdentifier({ id: Uint8Array.of(1, 2, 3) })];
  }),
  .../** @type {const} */ (['sha1', 'sha224']).map((hash) =>
    listed(`crl-${hash}`, ({ fields, issuer }) => {
      fields.signature = issuer.key.asymmetricKeyType === 'rsa' ? `rsa-pkcs1-${hash}` : `ecdsa-${hash}`;
    }),
  ),
  listed('crl-unknown-critical', (list) => extend(list, raw('1.3.6.1.4.1.99999.1', der.nullValue(), true))),
  listed('crl-unknown-uncritical', (list) => extend(list, raw('1.3.6.1.4.1.99999.1', der.nullValue()))),
  listed('crl-delta', (list) => extend(list, raw('2.5.29.27', der.integer(1), true))),
  listed('crl-delta-not-critical', (list) => extend(list, raw('2.5.29.27', der.integer(1)))),
  listed('crl-point-of-leaf', (list, { leaf }) => {
    leaf.extensions.points = crlDistributionPoints(URL);
    extend(list, issuingDistributionPoint({ uri: URL }));
  }),
  listed('crl-point-leaf-has-none', (list) => extend(list, issuingDistributionPoint({ uri: URL }))),
  listed('crl-point-else', (list, { leaf }) => {
    leaf.extensions.points = crlDistributionPoints('http://crl.example/2');
    extend(list, issuingDistributionPoint({ uri: URL }));
  }),
  listed('crl-point-else-revoked', (list, { leaf }) => {
    leaf.extensions.points = crlDistributionPoints('http://crl.example/2');
    list.revoked.push(leaf);
    extend(list, issuingDistributionPoint({ uri: URL }));
  }),
  listed('crl-only-users', (list) => extend(list, issuingDistributionPoint({ onlyUserCerts: true }))),
  listed('crl-only-cas', (list) => extend(list, issuingDistributionPoint({ onlyCACerts: true }))),
  listed('crl-only-cas-revoked', (list, { leaf }) => {
    list.revoked.push(leaf);
    extend(list, issuingDistributionPoint({ onlyCACerts: true }));
  }),
  listed('crl-some-reasons', (list) => {
    extend(list, raw('2.5.29.28', der.sequence(der.primitive(3, Uint8Array.of(6, 0x40))), true));
  }),
  listed('crl-indirect', (list) => {
    extend(list, raw('2.5.29.28', der.sequence(der.primitive(4, Uint8Array.of(0xff))), true));
  }),
  listed('crl-point-malformed', (list) => extend(list, raw('2.5.29.28', der.nullValue(), true))),
  listed('crl-entry-unknown-critical', (list, plan) => {
    entry(list, { ...plan, leaf: { ...plan.leaf, serial: 5n } }, raw('1.3.6.1.4.1.99999.1', der.nullValue(), true));
  }),
  listed('crl-entry-removed', (list, plan) => entry(list, plan, raw('2.5.29.21', der.enumerated(8)))),
  listed('crl-entry-unknown-reason', (list, plan) => entry(list, plan, raw('2.5.29.21', der.enumerated(7)))),
  listed('crl-entry-hold', (list, plan) => entry(list, plan, raw('2.5.29.21', der.enumerated(6)))),
  listed('crl-entry-future', (list, { leaf }) => {
    list.fields.revoked = [{ serial: leaf.serial, date: '2048-01-01T00:00:00Z' }];
  }),
];
