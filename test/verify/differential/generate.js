/** Generates cases: a valid chain, each mutation alone, some fixed pairs, then random pairs from a seed. */
import { MUTATIONS, PAIRS } from './mutations.js';
import { validPlan, encodeCase } from './plan.js';
import { randomFrom } from '../../helpers/random.js';

/** @typedef {import('../../../certs/keys.js').KeyKind} KeyKind */
/** @typedef {import('./mutation.js').Mutation} Mutation */
/** @typedef {import('./plan.js').Case} Case */
/** @typedef {import('../../helpers/random.js').Random} Random */

/** P-256 more often than the others, because it is the fastest. @type {readonly KeyKind[]} */
const KINDS = ['p256', 'p256', 'p256', 'p384', 'rsa2048'];

/** The mutations of each chain that does not depend on the seed: none, each alone, and fixed pairs. @type {Mutation[][]} */
const FIXED = [
  [],
  ...MUTATIONS.map((mutation) => [mutation]),
  ...PAIRS.map((pair) => MUTATIONS.filter(({ feature }) => pair.includes(feature))),
];

/** Number of chains that do not depend on the seed. */
export const FIXED_COUNT = FIXED.length;

const COMBINABLE = MUTATIONS.filter(({ alone }) => !alone);

/** Maximum number of intermediates in a chain. */
const MAX_INTERMEDIATES = 3;

/** @param {Mutation[]} mutations @param {Random} random @returns {Promise<Case>} */
async function chainOf(mutations, random) {
  const least = Math.max(...mutations.map(({ intermediates = 0 }) => intermediates), 0);
  const intermediates = Math.max(least, random.below(MAX_INTERMEDIATES + 1));
  const kinds = Array.from({ length: intermediates + 2 }, () => random.pick(KINDS));
  const plan = await validPlan(intermediates, kinds);
  const ordered = MUTATIONS.filter((mutation) => mutations.includes(mutation));
  for (const { apply, feature } of ordered) {
    await apply(plan, random);
    plan.features.add(feature);
  }
  return encodeCase(plan);
}

/** @param {string} slot @param {string} other @returns {boolean} */
function conflict(slot, other) {
  return slot === other || (slot.startsWith('*') && other.endsWith(slot.slice(1)));
}

/** @param {Random} random @returns {Mutation[]} two that share no slot */
function pair(random) {
  for (;;) {
    const [one, other] = [random.pick(COMBINABLE), random.pick(COMBINABLE)];
    if (!one.slots.some((slot) => other.slots.some((another) => conflict(slot, another) || conflict(another, slot)))) {
      return [one, other];
    }
  }
}

/** @param {number} seed @param {number} count @returns {AsyncGenerator<Case>} */
export async function* generateCases(seed, count) {
  const random = randomFrom(seed);
  for (let i = 0; i < count; i++) {
    yield await chainOf(FIXED[i] ?? pair(random), random);
  }
}
