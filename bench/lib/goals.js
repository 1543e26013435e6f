/** Performance goals of pagetls: ratios of medians that were measured in the same run. */
import { NATIVE_STOCK, NODE, PAGETLS } from './remote.js';

/** @typedef {import('./rounds.js').RowResult} RowResult */
/** @typedef {import('./rounds.js').ContestantResult} ContestantResult */
/** @typedef {import('../run.js').SuiteResult} SuiteResult */

/** Stands for the npm peer with the best result. */
const BEST_PEER = 'best peer';

/**
 * @typedef {object} Goal
 * @property {string} what
 * @property {string} suite
 * @property {string} row the prefix of its name
 * @property {string} unit
 * @property {string} [against] a contestant or BEST_PEER; if missing, the bound applies to the measured value itself
 * @property {number} [most]
 * @property {number} [least]
 */

/**
 * @typedef {object} GoalResult
 * @property {string} what
 * @property {string} [against] the contestant that it was compared with
 * @property {string} unit
 * @property {number} [most]
 * @property {number} [least]
 * @property {number} measured
 * @property {boolean} met
 */

const P256 = { suite: 'handshake', row: 'TLSv1.3, P-256', unit: 'cpu ms', what: 'handshake, TLS 1.3, P-256' };

/**
 * By elapsed time, and by CPU time, which varies less on a busy machine.
 * @param {string} cipher
 * @param {number} least
 * @returns {Goal[]}
 */
const download = (cipher, least) =>
  ['MB/s', 'MB/cpu s'].map((unit) => ({
    suite: 'bulk',
    row: `download, ${cipher}`,
    unit,
    what: `download over TCP, ${cipher}`,
    against: BEST_PEER,
    least,
  }));

/** The contestant of the suite `crls`. */
export const OPENSSL_VERIFY = 'openssl verify';

/** @type {Goal[]} */
export const GOALS = [
  { ...P256, against: BEST_PEER, most: 0.5 },
  { ...P256, against: NODE, most: 1 },
  { ...P256, against: NATIVE_STOCK, most: 0.6 },
  ...download('TLS_CHACHA20_POLY1305_SHA256', 4),
  ...download('TLS_AES_128_GCM_SHA256', 3),
  ...download('TLS_AES_256_GCM_SHA384', 3),
  { suite: 'memory', row: 'mean of', unit: 'kB RSS', what: 'memory of a connection', against: BEST_PEER, most: 0.5 },
  ...['DER', 'PEM'].map((row) => ({
    suite: 'crls',
    row,
    unit: 'ms',
    what: `a CRL of 400,000 entries, ${row}`,
    against: OPENSSL_VERIFY,
    most: 2,
  })),
  ...['keep-alive, one after another', 'keep-alive, 16 in parallel', 'a connection each'].map((row) => ({
    suite: 'adapters',
    row: `https, ${row}`,
    unit: 'requests/cpu s',
    what: `requests of node:https, ${row}`,
    against: NODE,
    least: 0.8,
  })),
  ...['a connection, one query after another', 'a connection each'].map((row) => ({
    suite: 'adapters',
    row: `pg, ${row}`,
    unit: 'queries/cpu s',
    what: `queries of pg, ${row}`,
    against: NODE,
    least: 0.8,
  })),
  // 0.05 % of a CPU; Node's own timers need less.
  { suite: 'idle', row: 'open connections', unit: 'cpu ms/s', what: 'idle connections', most: 0.5 },
];

/** Whether higher values are better. @param {string} unit */
const isSpeed = (unit) => /^(?:MB|requests|queries)\//.test(unit);

/**
 * @param {RowResult} row
 * @param {string} unit
 * @param {string} against
 * @returns {ContestantResult | undefined}
 */
function findRival({ contestants }, unit, against) {
  if (against !== BEST_PEER) return contestants.find(({ name, metrics }) => name === against && unit in metrics);
  const order = isSpeed(unit) ? -1 : 1;
  return contestants
    .filter(({ peer, metrics }) => peer && unit in metrics)
    .sort((a, b) => order * (a.metrics[unit].median - b.metrics[unit].median))[0];
}

/**
 * @param {Goal} goal
 * @param {RowResult} row
 * @returns {GoalResult | undefined} undefined if there is no contestant to compare with
 */
function evaluate({ what, unit, against, most, least }, row) {
  const ours = row.contestants.find(({ name }) => name === PAGETLS)?.metrics[unit];
  const other = against === undefined ? undefined : findRival(row, unit, against);
  if (ours === undefined || (against !== undefined && other === undefined)) return undefined;
  // Rows have the inverse ratio, computed round by round.
  const measured = other ? 1 / (other.metrics[unit].ratio?.median ?? NaN) : ours.median;
  return {
    what,
    ...(other && { against: other.name }),
    unit,
    ...(most !== undefined && { most }),
    ...(least !== undefined && { least }),
    measured,
    met: measured <= (most ?? Infinity) && measured >= (least ?? -Infinity),
  };
}

/**
 * Evaluates the goals that the suites have measured.
 * @param {SuiteResult[]} suites
 * @returns {GoalResult[]}
 */
export function goalResults(suites) {
  return GOALS.flatMap((goal) => {
    const row = suites.find(({ name }) => name === goal.suite)?.rows.find(({ name }) => name.startsWith(goal.row));
    return (row && evaluate(goal, row)) ?? [];
  });
}

/** @param {GoalResult[]} goals @returns {string[]} lines */
export function goalLines(goals) {
  if (goals.length === 0) return [];
  const lines = goals.map(({ what, against, unit, most, least, measured, met }) => {
    const bound = most === undefined ? `at least ${least}` : `at most ${most}`;
    const figure = `${measured.toFixed(2)}${against ? ` × ${against}` : ''}`;
    return `  ${what}, ${unit}: ${figure}; ${bound}: ${met ? 'met' : 'NOT MET'}`;
  });
  return ['', 'goals', ...lines];
}
