/**
 * Measures the contestants of a row against each other. Every round samples each of them once, in random order, so that
 * other load on the machine affects all of them alike.
 */
import { ratio, summary } from './statistics.js';

/** @typedef {import('./statistics.js').Summary} Summary */

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {() => Promise<Record<string, number>>} sample measures once; returns values by unit
 * @property {boolean} [peer] whether it is a peer from npm, for the goals
 */

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {Contestant[]} contestants the first is the baseline of the others
 * @property {number} rounds
 * @property {number} [warmUp] number of rounds to discard before those
 * @property {Unable[]} [unable] clients that cannot do this row
 * @property {{contestant: string, unit: string, ratio: number}} [limit] maximum ratio of a contestant to the first
 */

/** @typedef {{ms: number, 'cpu ms': number}} Times */
/** @typedef {Summary & {ratio?: Summary}} Metric */
/** @typedef {{name: string, error: string}} Unable */
/** @typedef {{name: string, peer?: true, failures?: number, metrics: Record<string, Metric>}} ContestantResult */
/** @typedef {{name: string, rounds: number, contestants: ContestantResult[], unable?: Unable[], limit?: Row['limit'] & {met: boolean}}} RowResult */

/** @template T @param {T[]} list @returns {T[]} a copy in random order (Fisher and Yates) */
function shuffled(list) {
  const all = [...list];
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all;
}

/** Failures of a peer in one round after which it is dropped. */
const MAX_ATTEMPTS = 5;

/**
 * Samples a contestant. Peers may fail, and are retried; an error of any other contestant is thrown.
 * @param {Contestant} contestant
 * @returns {Promise<{sample?: Record<string, number>, failures: number, error?: string}>}
 */
async function sampleWithRetries({ sample, peer }) {
  for (let failures = 0; ; failures++) {
    try {
      return { sample: await sample(), failures };
    } catch (error) {
      if (!peer) throw error;
      const text = error instanceof Error ? error.message : String(error);
      if (failures + 1 === MAX_ATTEMPTS) return { failures: MAX_ATTEMPTS, error: text };
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
  /** The errors of dropped peers, by index. @type {Map<number, string>} */
  const abandoned = new Map();
  for (let round = -warmUp; round < rounds; round++) {
    for (const index of shuffled([...contestants.keys()].filter((each) => !abandoned.has(each)))) {
      const { sample, failures, error } = await sampleWithRetries(contestants[index]);
      failed[index] += failures;
      if (error !== undefined) abandoned.set(index, error);
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
  const results = all.filter((_, index) => !abandoned.has(index));
  const unables = [...unable, ...[...abandoned].map(([index, error]) => ({ name: contestants[index].name, error }))];
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
 * Measures elapsed time and CPU time of `act` in this process. CPU time includes all threads.
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
