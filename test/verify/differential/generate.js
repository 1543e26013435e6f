/** Cases from a seed: a good chain, every mutation alone, some pairs, then pairs at random. */
import { MUTATIONS, PAIRS } from './mutations.js';
import { goodPlan, make } from './plan.js';
import { randomFrom } from './random.js';

/** @typedef {import('../../../certs/keys.js').KeyKind} KeyKind */
/** @typedef {import('./mutation.js').Mutation} Mutation */
/** @typedef {import('./plan.js').Case} Case */
/** @typedef {import('./random.js').Random} Random */

/** P-256 more often than the others: it is the cheapest. @type {readonly KeyKind[]} */
const KINDS = ['p256', 'p256', 'p256', 'p384', 'rsa2048'];

/** Of the mutations of each chain that is always there: none, each alone, and pairs. @type {Mutation[][]} */
const ALWAYS = [
  [],
  ...MUTATIONS.map((mutation) => [mutation]),
  ...PAIRS.map((pair) => MUTATIONS.filter(({ feature }) => pair.includes(feature))),
];

/** How many chains are there whatever the seed. */
export const ALWAYS_COUNT = ALWAYS.length;

const SOCIABLE = MUTATIONS.filter(({ alone }) => !alone);

/** The most intermediates of a chain. */
const LONGEST = 3;

/** @param {Mutation[]} mutations @param {Random} random @returns {Promise<Case>} */
async function chainOf(mutations, random) {
  const least = Math.max(...mutations.map(({ intermediates = 0 }) => intermediates), 0);
  const intermediates = Math.max(least, random.below(LONGEST + 1));
  const kinds = Array.from({ length: intermediates + 2 }, () => random.pick(KINDS));
  const plan = await goodPlan(intermediates, kinds);
  const ordered = MUTATIONS.filter((mutation) => mutations.includes(mutation));
  for (const { apply, feature } of ordered) {
    await apply(plan, random);
    plan.features.add(feature);
  }
  return make(plan);
}

/** @param {string} slot @param {string} other @returns {boolean} */
function clash(slot, other) {
  return slot === other || (slot.startsWith('*') && other.endsWith(slot.slice(1)));
}

/** @param {Random} random @returns {Mutation[]} two that change different things */
function pair(random) {
  for (;;) {
    const [one, other] = [random.pick(SOCIABLE), random.pick(SOCIABLE)];
    if (!one.slots.some((slot) => other.slots.some((another) => clash(slot, another) || clash(another, slot)))) {
      return [one, other];
    }
  }
}

/** @param {number} seed @param {number} count @returns {AsyncGenerator<Case>} */
export async function* cases(seed, count) {
  const random = randomFrom(seed);
  for (let i = 0; i < count; i++) {
    yield await chainOf(ALWAYS[i] ?? pair(random), random);
  }
}
