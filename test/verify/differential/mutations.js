/** Everything that can be changed in a good chain. */
import { CONSTRAINT_MUTATIONS } from './mutations/constraints.js';
import { FORM_MUTATIONS } from './mutations/form.js';
import { LIST_MUTATIONS } from './mutations/crls.js';
import { NAME_MUTATIONS } from './mutations/names.js';
import { TOPOLOGY_MUTATIONS } from './mutations/topology.js';
import { USAGE_MUTATIONS } from './mutations/usages.js';

/** @typedef {import('./mutation.js').Mutation} Mutation */

/** Applied in this order: topology first, lists last. @type {Mutation[]} */
export const MUTATIONS = [
  ...TOPOLOGY_MUTATIONS,
  ...CONSTRAINT_MUTATIONS,
  ...NAME_MUTATIONS,
  ...USAGE_MUTATIONS,
  ...FORM_MUTATIONS,
  ...LIST_MUTATIONS,
];

/** Pairs that are always there: for differences that need both, and for what once went wrong. @type {[string, string][]} */
export const PAIRS = [
  ['cross-signed-both-trusted', 'truncated@top'],
  ['cross-signed-both-trusted', 'length-not-shortest@root'],
  ['cross-signed-both-trusted', 'crl-good'],
  ['bc-true@leaf', 'ku-missing@leaf'],
  ['ku-no-crl-sign@root', 'crl-good'],
  ['self-issued-ca', 'crl-good'],
];
