/** What a certificate may be used for: basic constraints, key usage, extended key usage, policies. */
import * as der from '../../../../certs/der.js';
import { basicConstraints, certificatePolicies, extKeyUsage, keyUsage, raw } from '../../../../certs/extensions.js';
import { changes, extensions } from '../mutation.js';

/** @typedef {import('../../../../certs/extensions.js').Extension} Extension */
/** @typedef {import('../mutation.js').Mutation} Mutation */
/** @typedef {import('../mutation.js').Role} Role */
/** @typedef {import('../plan.js').Draft} Draft */

/** @param {Extension} one @returns {Extension} */
const uncritical = (one) => ({ ...one, critical: false });
/** @param {Extension} one @returns {Extension} */
const critical = (one) => ({ ...one, critical: true });

/** @type {Role[]} */
const CAS = ['ca', 'root'];
/** @type {Role[]} */
const ALL = ['leaf', 'ca', 'root'];

/** @param {...Uint8Array} parts */
const rawConstraints = (...parts) => raw('2.5.29.19', der.sequence(...parts), true);

/**
 * A path length in each CA, from the number of intermediates below that are not self-issued.
 * @param {(below: number) => number | undefined} length
 * @returns {(draft: Draft, plan: import('../plan.js').Plan) => void}
 */
function lengths(length) {
  return (draft, { authorities, root }) => {
    const all = [...authorities, root];
    const counted = all.slice(0, all.indexOf(draft)).filter(({ subject, issuer }) => subject !== issuer?.subject);
    draft.extensions.basicConstraints = basicConstraints({ ca: true, pathLen: length(counted.length) });
  };
}

/** @type {Mutation[]} */
const BASIC_CONSTRAINTS = [
  ...extensions('basicConstraints', CAS, {
    'bc-missing': null,
    'bc-false': basicConstraints({ ca: false }),
    'bc-not-critical': uncritical(basicConstraints({ ca: true })),
    'path-length-negative': basicConstraints({ ca: true, pathLen: -1 }),
    'path-length-huge': rawConstraints(der.boolean(true), der.integer(1n << 70n)),
    'bc-true-not-der': rawConstraints(der.tlv(0x01, Uint8Array.of(1))),
    'bc-trailing': raw('2.5.29.19', der.concat(der.sequence(der.boolean(true)), der.nullValue()), true),
  }),
  ...extensions('basicConstraints', ['leaf'], {
    'bc-missing': null,
    'bc-not-critical': uncritical(basicConstraints({ ca: false })),
    'bc-true': basicConstraints({ ca: true }),
    'path-length-not-ca': basicConstraints({ ca: false, pathLen: 0 }),
    'bc-false-written': rawConstraints(der.boolean(false)),
  }),
  ...changes('basicConstraints', CAS, { 'path-length-enough': lengths((below) => below) }),
  ...changes('basicConstraints', ['root'], {
    'path-length-short': lengths((below) => (below > 0 ? below - 1 : undefined)),
  }).map((mutation) => ({ ...mutation, intermediates: 1 })),
  {
    feature: 'path-length-short@ca',
    slots: ['basicConstraints@ca'],
    intermediates: 2,
    apply: (plan) => lengths((below) => below - 1)(plan.authorities[1], plan),
  },
];

/** @type {Mutation[]} */
const KEY_USAGE = [
  ...extensions('keyUsage', CAS, {
    'ku-missing': null,
    'ku-no-cert-sign': keyUsage('cRLSign', 'digitalSignature'),
    'ku-unused-bits-set': raw('2.5.29.15', der.bitString(Uint8Array.of(0x06), 3), true),
    'ku-no-crl-sign': keyUsage('keyCertSign'),
    'ku-not-critical': uncritical(keyUsage('keyCertSign', 'cRLSign')),
  }),
  ...extensions('keyUsage', ['leaf'], {
    'ku-missing': null,
    'ku-not-critical': uncritical(keyUsage('digitalSignature')),
    'ku-key-encipherment': keyUsage('keyEncipherment'),
    'ku-key-agreement': keyUsage('keyAgreement'),
    'ku-crl-sign': keyUsage('cRLSign'),
    'ku-two': keyUsage('digitalSignature', 'keyEncipherment'),
    'ku-cert-sign': keyUsage('digitalSignature', 'keyCertSign'),
    'ku-decipher-only': keyUsage('digitalSignature', 'keyAgreement', 'decipherOnly'),
    'ku-empty': keyUsage(),
    'ku-trailing-zero-bits': raw('2.5.29.15', der.bitString(Uint8Array.of(0x80, 0)), true),
    'ku-not-bits': raw('2.5.29.15', der.nullValue(), true),
  }),
];

/** @type {Mutation[]} */
const EXTENDED_KEY_USAGE = [
  ...extensions('extKeyUsage', ALL, {
    'eku-client': extKeyUsage('clientAuth'),
    'eku-any': extKeyUsage('any'),
    'eku-both': extKeyUsage('clientAuth', 'serverAuth'),
    'eku-server-critical': critical(extKeyUsage('serverAuth')),
    'eku-unknown': extKeyUsage('1.3.6.1.4.1.99999.2'),
    'eku-step-up': extKeyUsage('2.16.840.1.113730.4.1'),
    'eku-empty': extKeyUsage(),
    'eku-any-and-client': extKeyUsage('any', 'clientAuth'),
  }),
  ...extensions('extKeyUsage', ['leaf'], {
    'eku-missing': null,
    'eku-any-and-server': extKeyUsage('any', 'serverAuth'),
  }),
  ...extensions('extKeyUsage', CAS, { 'eku-server': extKeyUsage('serverAuth') }),
];

const POLICY = certificatePolicies({ oid: '2.23.140.1.2.1' });
const OTHER_POLICY = certificatePolicies({ oid: '1.3.6.1.4.1.99999.3' });
const ANY_POLICY = certificatePolicies({ oid: '2.5.29.32.0' });

/** @param {number} after @param {boolean} [isCritical] */
const required = (after, isCritical = true) =>
  raw('2.5.29.36', der.sequence(der.primitive(0, Uint8Array.of(after))), isCritical);

/**
 * @param {string} feature
 * @param {Extension} constraints of the topmost intermediate
 * @param {{ leaf?: Extension, ca?: Extension }} policies
 * @returns {Mutation}
 */
const policies = (feature, constraints, { leaf = undefined, ca = undefined }) => ({
  feature,
  slots: ['policies@leaf', 'policies@ca'],
  intermediates: 1,
  apply(plan) {
    if (leaf) plan.leaf.extensions.policies = leaf;
    for (const one of plan.authorities) if (ca) one.extensions.policies = ca;
    const top = /** @type {Draft} */ (plan.authorities.at(-1));
    top.extensions.policyConstraints = constraints;
  },
});

/** @type {Mutation[]} */
const POLICIES = [
  policies('policy-required-and-there', required(0), { leaf: POLICY, ca: POLICY }),
  policies('policy-required-any-in-ca', required(0), { leaf: POLICY, ca: ANY_POLICY }),
  policies('policy-required-missing', required(0), {}),
  policies('policy-required-missing-in-leaf', required(0), { ca: POLICY }),
  policies('policy-required-another', required(0), { leaf: OTHER_POLICY, ca: POLICY }),
  policies('policy-required-far-below', required(9), {}),
  policies('policy-constraints-not-critical', required(9, false), {}),
  policies('policy-constraints-empty', raw('2.5.29.36', der.sequence(), true), {}),
  policies('policy-constraints-malformed', raw('2.5.29.36', der.sequence(Uint8Array.of(0x80, 5, 0)), true), {}),
  policies('inhibit-mapping', raw('2.5.29.36', der.sequence(der.primitive(1, Uint8Array.of(0))), true), {}),
  policies('inhibit-any-policy', raw('2.5.29.54', der.integer(0), true), { leaf: POLICY, ca: POLICY }),
  policies('inhibit-any-policy-not-critical', raw('2.5.29.54', der.integer(0)), { leaf: POLICY, ca: POLICY }),
  ...extensions('policies', ['leaf', 'ca'], {
    'policy-critical': critical(POLICY),
    'policies-twice': certificatePolicies({ oid: '2.23.140.1.2.1' }, { oid: '2.23.140.1.2.1' }),
  }),
];

export const USAGE_MUTATIONS = [...BASIC_CONSTRAINTS, ...KEY_USAGE, ...EXTENDED_KEY_USAGE, ...POLICIES];
