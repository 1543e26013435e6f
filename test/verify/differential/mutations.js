/** All mutations of a valid chain. */
import { CONSTRAINT_MUTATIONS } from './mutations/constraints.js';
import { FORM_MUTATIONS } from './mutations/form.js';
import { CRL_MUTATIONS } from './mutations/crls.js';
import { NAME_MUTATIONS } from './mutations/names.js';
import { TOPOLOGY_MUTATIONS } from './mutations/topology.js';
import { USAGE_MUTATIONS } from './mutations/usages.js';

/** @typedef {import('./mutation.js').Mutation} Mutation */

/** Applied in this order: topology first, CRLs last. @type {Mutation[]} */
export const MUTATIONS = [
  ...TOPOLOGY_MUTATIONS,
  ...CONSTRAINT_MUTATIONS,
  ...NAME_MUTATIONS,
  ...USAGE_MUTATIONS,
  ...FORM_MUTATIONS,
  ...CRL_MUTATIONS,
];

/** Fixed pairs: for differences that need both mutations, and for former bugs. @type {[string, string][]} */
export const PAIRS = [
  ['cross-signed-both-trusted', 'truncated@top'],
  ['cross-signed-both-trusted', 'length-not-shortest@root'],
  ['cross-signed-both-trusted', 'crl-good'],
  ['bc-true@leaf', 'ku-missing@leaf'],
  ['ku-no-crl-sign@root', 'crl-good'],
  ['self-issued-ca', 'crl-good'],
  ['issuer-other-string-type@leaf', 'crl-revoked@leaf'],
  ['self-issued-ca', 'path-length-enough@root'],
  ['self-issued-ca', 'path-length-short@root'],
];
