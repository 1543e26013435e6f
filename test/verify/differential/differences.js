/** Where pagetls and the references are known to differ, and why; any other difference is a defect of one of them. */
import { CHAIN_DIFFERENCES } from './differences/chains.js';
import { CONSTRAINT_DIFFERENCES } from './differences/constraints.js';
import { FORM_DIFFERENCES } from './differences/form.js';
import { LIST_DIFFERENCES } from './differences/crls.js';
import { NAME_DIFFERENCES } from './differences/names.js';
import { USAGE_DIFFERENCES } from './differences/usages.js';

/** @typedef {import('./judges.js').Reference} Reference */
/** @typedef {import('./judges.js').Verdict} Verdict */

/**
 * @typedef {object} Difference
 * @property {string} what was made, in words
 * @property {RegExp | RegExp[]} when a feature of the chain matches, or one for each
 * @property {'accept' | 'refuse'} pagetls what it does; the references do the opposite
 * @property {Reference[]} references
 * @property {RegExp} says the codes of pagetls, or the words of the reference: of whoever refuses
 * @property {string} why one sentence, with the section
 */

/** @type {{ title: string, differences: Difference[] }[]} */
export const AREAS = [
  { title: 'Chains', differences: CHAIN_DIFFERENCES },
  { title: 'Form, keys and signatures', differences: FORM_DIFFERENCES },
  { title: 'Usages and policies', differences: USAGE_DIFFERENCES },
  { title: 'Names', differences: NAME_DIFFERENCES },
  { title: 'Name constraints', differences: CONSTRAINT_DIFFERENCES },
  { title: 'Revocation lists', differences: LIST_DIFFERENCES },
];

export const DIFFERENCES = AREAS.flatMap(({ differences }) => differences);

/** @param {Difference} difference @param {Set<string>} features */
export const appliesTo = ({ when }, features) =>
  [when].flat().every((pattern) => [...features].some((feature) => pattern.test(feature)));

/**
 * What is to explain that one accepts and the other refuses: each reason that the refusing one gives.
 * @param {Set<string>} features
 * @param {Verdict} pagetls
 * @param {Reference} reference
 * @param {Verdict} verdict of the reference
 * @returns {{ reason: string, explained: Difference[] }[]} nothing when they agree
 */
export function explain(features, pagetls, reference, verdict) {
  if (pagetls.ok === verdict.ok) return [];
  const stance = pagetls.ok ? 'accept' : 'refuse';
  const possible = DIFFERENCES.filter(
    (one) => one.pagetls === stance && one.references.includes(reference) && appliesTo(one, features),
  );
  const { says } = pagetls.ok ? verdict : pagetls;
  return (says.length === 0 ? ['no reason'] : says).map((reason) => ({
    reason,
    explained: possible.filter((one) => one.says.test(reason)),
  }));
}
