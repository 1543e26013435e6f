/** Known differences between pagetls and the references, with reasons; any other difference is a bug in one of them. */
import { CHAIN_DIFFERENCES } from './differences/chains.js';
import { CONSTRAINT_DIFFERENCES } from './differences/constraints.js';
import { FORM_DIFFERENCES } from './differences/form.js';
import { CRL_DIFFERENCES } from './differences/crls.js';
import { NAME_DIFFERENCES } from './differences/names.js';
import { USAGE_DIFFERENCES } from './differences/usages.js';

/** @typedef {import('./verifiers.js').ProfileName} ProfileName */
/** @typedef {import('./verifiers.js').Reference} Reference */

/** Profiles with rules of their own: without `auto`, which is `private` for anchors that the user added. */
export const OWN_PROFILES = /** @type {const} */ (['rfc5280', 'webpki', 'private']);
/** @typedef {(typeof OWN_PROFILES)[number]} OwnProfile */

/**
 * @typedef {object} Difference
 * @property {string} what description of the chain
 * @property {RegExp | RegExp[]} when the difference applies if each pattern matches a feature of the chain
 * @property {'accept' | 'reject'} pagetls its result; that of the references is the opposite
 * @property {OwnProfile[]} [profiles] in which the difference shows, and in no other; default: in all
 * @property {Reference[]} references
 * @property {RegExp} reason of the verifier that rejects: a code of pagetls, or a message of the reference
 * @property {string} why one sentence that cites the section
 */

/** @type {{ title: string, differences: Difference[] }[]} */
export const AREAS = [
  { title: 'Chains', differences: CHAIN_DIFFERENCES },
  { title: 'Form, keys and signatures', differences: FORM_DIFFERENCES },
  { title: 'Usages and policies', differences: USAGE_DIFFERENCES },
  { title: 'Names', differences: NAME_DIFFERENCES },
  { title: 'Name constraints', differences: CONSTRAINT_DIFFERENCES },
  { title: 'CRLs', differences: CRL_DIFFERENCES },
];

export const DIFFERENCES = AREAS.flatMap(({ differences }) => differences);

/** @param {Difference} difference @param {Set<string>} features */
export const appliesTo = ({ when }, features) =>
  [when].flat().every((pattern) => [...features].some((feature) => pattern.test(feature)));

/** @param {Difference} difference @param {ProfileName} profile */
export const showsIn = ({ profiles = [...OWN_PROFILES] }, profile) =>
  profiles.includes(profile === 'auto' ? 'private' : profile);

/**
 * Explains why one verifier accepts a chain and the other rejects it: finds the differences for each reason to reject.
 * @param {{ features: Set<string>, results: import('./verifiers.js').Results }} chain
 * @param {ProfileName} profile
 * @param {Reference} reference
 * @returns {{ reason: string, explained: Difference[] }[]} empty when they agree, or the reference was not asked
 */
export function explain({ features, results }, profile, reference) {
  const [pagetls, result] = [results[profile], results[reference]];
  if (result === undefined || pagetls.ok === result.ok) return [];
  const stance = pagetls.ok ? 'accept' : 'reject';
  const possible = DIFFERENCES.filter(
    (one) =>
      one.pagetls === stance && one.references.includes(reference) && showsIn(one, profile) && appliesTo(one, features),
  );
  const { reasons } = pagetls.ok ? result : pagetls;
  return (reasons.length === 0 ? ['no reason'] : reasons).map((reason) => ({
    reason,
    explained: possible.filter((difference) => difference.reason.test(reason)),
  }));
}
