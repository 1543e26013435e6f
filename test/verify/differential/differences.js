/** Known differences between pagetls and the references, with reasons; any other difference is a bug in one of them. */
import { CHAIN_DIFFERENCES } from './differences/chains.js';
import { CONSTRAINT_DIFFERENCES } from './differences/constraints.js';
import { FORM_DIFFERENCES } from './differences/form.js';
import { CRL_DIFFERENCES } from './differences/crls.js';
import { NAME_DIFFERENCES } from './differences/names.js';
import { USAGE_DIFFERENCES } from './differences/usages.js';

/** @typedef {import('./verifiers.js').Reference} Reference */
/** @typedef {import('./verifiers.js').Result} Result */

/**
 * @typedef {object} Difference
 * @property {string} what description of the chain
 * @property {RegExp | RegExp[]} when the difference applies if each pattern matches a feature of the chain
 * @property {'accept' | 'reject'} pagetls its result; that of the references is the opposite
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

/**
 * Explains why one verifier accepts a chain and the other rejects it: finds the differences for each reason to reject.
 * @param {Set<string>} features
 * @param {Result} pagetls
 * @param {Reference} reference
 * @param {Result} result of the reference
 * @returns {{ reason: string, explained: Difference[] }[]} empty when they agree
 */
export function explain(features, pagetls, reference, result) {
  if (pagetls.ok === result.ok) return [];
  const stance = pagetls.ok ? 'accept' : 'reject';
  const possible = DIFFERENCES.filter(
    (one) => one.pagetls === stance && one.references.includes(reference) && appliesTo(one, features),
  );
  const { reasons } = pagetls.ok ? result : pagetls;
  return (reasons.length === 0 ? ['no reason'] : reasons).map((reason) => ({
    reason,
    explained: possible.filter((difference) => difference.reason.test(reason)),
  }));
}
