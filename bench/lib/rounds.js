/**
 * Measures the contestants of a row against each other: in every round each once, in random order, so that what
 * else the machine does falls on all of them alike.
 */
import { ratio, summary } from './statistics.js';

/** @typedef {import('./statistics.js').Summary} Summary */

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {() => Promise<Record<string, number>>} sample does it once; what was measured, by unit
 * @property {boolean} [peer] of npm, which the goals compare with
 */

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {Contestant[]} contestants the others are compared with the first
 * @property {number} rounds
 * @property {number} [warmUp] rounds before those that count
 * @property {Unable[]} [unable] what should be a contestant
 * @property {{contestant: string, unit: string, ratio: number}} [limit] what a contestant may be of the first
 */

/** @typedef {{ms: number, 'cpu ms': number}} Times */
/** @typedef {Summary & {ratio?: Summary}} Metric */
/** @typedef {{name: string, error: string}} Unable */
/** @typedef {{name: string, peer?: true, failures?: number, metrics: Record<string, Metric>}} ContestantResult */
/** @typedef {{name: string, rounds: number, contestants: ContestantResult[], unable?: Unable[], limit?: Row['limit'] & {met: boolean}}} RowResult */

/** @template T @param {T[]} list @returns {T[]} the same in random order (Fisher and Yates) */
function shuffled(list) {
  const all = [...list];
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all;
}

/** How often a peer may fail in a round before it is given up. */
const ATTEMPTS = 5;

/**
 * A sample of one that may fail: of a peer, where it is the peer's affair.
 * @param {Contestant} contestant
 * @returns {Promise<{sample?: Record<string, number>, failures: number, error?: string}>}
 */
async function attempt({ sample, peer }) {
  for (let failures = 0; ; failures++) {
    try {
      return { sample: await sample(), failures };
    } catch (error) {
      if (!peer) throw error;
      const text = error instanceof Error ? error.message : String(error);
      if (failures + 1 === ATTEMPTS) return { failures: ATTEMPTS, error: text };
    }
  }
}

/**
 * @param {Row} row
 * @returns {Promise<RowResult>}
 */
export async function measure({ name, contestants, rounds, warmUp = 0, unable = [], limit }) {
  /** By contestant and unit. @type {Record<string, number[]>[]} */
  const measured = contestants.map(() => ({}));
  const failed = contestants.map(() => 0);
  /** Who is given up, and why. @type {Map<number, string>} */
  const given = new Map();
  for (let round = -warmUp; round < rounds; round++) {
    for (const index of shuffled([...contestants.keys()].filter((each) => !given.has(each)))) {
      const { sample, failures, error } = await attempt(contestants[index]);
      failed[index] += failures;
      if (error !== undefined) given.set(index, error);
      for (const [unit, value] of Object.entries(round < 0 || !sample ? {} : sample)) {
        (measured[index][unit] ??= []).push(value);
      }
    }
  }
  /** @type {ContestantResult[]} */
  const all = contestants.map((contestant, index) => ({
    name: contestant.name,
    ...(contestant.peer && { peer: true }),
    ...(failed[index] > 0 && { failures: failed[index] }),
    metrics: Object.fromEntries(
      Object.entries(measured[index]).map(([unit, values]) => {
        const base = index > 0 ? measured[0][unit] : undefined;
        return [unit, { ...summary(values), ...(base && { ratio: ratio(values, base) }) }];
      }),
    ),
  }));
  const results = all.filter((_, index) => !given.has(index));
  const unables = [...unable, ...[...given].map(([index, error]) => ({ name: contestants[index].name, error }))];
  const limited = results.find((result) => result.name === limit?.contestant)?.metrics[limit?.unit ?? '']?.ratio;
  return {
    name,
    rounds,
    contestants: results,
    ...(unables.length > 0 && { unable: unables }),
    ...(limit && limited && { limit: { ...limit, met: limited.median <= limit.ratio } }),
  };
}

/**
 * The time and processor time of something that this process does; processor time is of all its threads.
 * @param {() => Promise<unknown>} act
 * @returns {Promise<Times>}
 */
export async function timed(act) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await act();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, 'cpu ms': (user + system) / 1000 };
}
