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
 */

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {Contestant[]} contestants the others are compared with the first
 * @property {number} rounds
 * @property {number} [warmUp] rounds before those that count
 * @property {{contestant: string, unit: string, ratio: number}} [limit] what a contestant may be of the first
 */

/** @typedef {Summary & {ratio?: Summary}} Metric */
/** @typedef {{name: string, metrics: Record<string, Metric>}} ContestantResult */
/** @typedef {{name: string, rounds: number, contestants: ContestantResult[], limit?: Row['limit'] & {met: boolean}}} RowResult */

/** @template T @param {T[]} list @returns {T[]} the same in random order (Fisher and Yates) */
function shuffled(list) {
  const all = [...list];
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all;
}

/**
 * @param {Row} row
 * @returns {Promise<RowResult>}
 */
export async function measure({ name, contestants, rounds, warmUp = 0, limit }) {
  /** By contestant and unit. @type {Record<string, number[]>[]} */
  const measured = contestants.map(() => ({}));
  for (let round = -warmUp; round < rounds; round++) {
    for (const index of shuffled([...contestants.keys()])) {
      const sample = await contestants[index].sample();
      for (const [unit, value] of Object.entries(round < 0 ? {} : sample)) {
        (measured[index][unit] ??= []).push(value);
      }
    }
  }
  /** @type {ContestantResult[]} */
  const results = contestants.map((contestant, index) => ({
    name: contestant.name,
    metrics: Object.fromEntries(
      Object.entries(measured[index]).map(([unit, values]) => {
        const base = index > 0 ? measured[0][unit] : undefined;
        return [unit, { ...summary(values), ...(base && { ratio: ratio(values, base) }) }];
      }),
    ),
  }));
  const limited = results.find((result) => result.name === limit?.contestant)?.metrics[limit?.unit ?? '']?.ratio;
  return {
    name,
    rounds,
    contestants: results,
    ...(limit && limited && { limit: { ...limit, met: limited.median <= limit.ratio } }),
  };
}

/**
 * The time and processor time of something that this process does; processor time is of all its threads.
 * @param {() => Promise<unknown>} act
 * @returns {Promise<{ms: number, 'cpu ms': number}>}
 */
export async function timed(act) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await act();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { ms, 'cpu ms': (user + system) / 1000 };
}
