/**
 * npm run bench [-- NAME…] [--quick] [--rounds N] [--json FILE] [--chart FILE] [--no-build]: runs suites, prints their
 * results and writes them to files.
 */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildPackage } from '../scripts/build.js';
import { runMain, print, UserError } from '../scripts/run.js';
import { setup } from '../scripts/setup.js';
import { chart } from './lib/chart.js';
import { goalLines, goalResults } from './lib/goals.js';
import { machine, machineLine } from './lib/machine.js';
import { describePeers } from './lib/peers/index.js';
import { measure } from './lib/rounds.js';
import { rowLines } from './lib/table.js';

/** @typedef {import('./lib/rounds.js').Row} Row */
/** @typedef {import('./lib/rounds.js').RowResult} RowResult */

/**
 * @typedef {object} Settings
 * @property {boolean} quick
 * @property {(full: number, quick: number) => number} rounds picks the number of rounds of a full or a quick run
 * @property {(line: string) => void} note reports what is left out, and why
 */

/** @typedef {{about: string, rows: (settings: Settings) => AsyncGenerator<Row, void>}} Suite */
/** @typedef {{name: string, about: string, notes: string[], rows: RowResult[]}} SuiteResult */

/** Each is a file in suites/ that exports `about` and `rows`. */
const SUITES = [
  'verify-cost',
  'verify',
  'crls',
  'handshake',
  'bulk',
  'kernels',
  'bridge',
  'page',
  'browser',
  'cold',
  'memory',
  'idle',
  'adapters',
  'size',
];

const USAGE = `usage: npm run bench [-- NAME…] [--quick] [--rounds N] [--json FILE] [--chart FILE] [--no-build]; names: ${SUITES.join(', ')}`;

/** @param {string[]} args */
function readArguments(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        json: { type: 'string' },
        chart: { type: 'string' },
        'no-build': { type: 'boolean', default: false },
      },
    });
    const maxRounds = values.rounds === undefined ? Infinity : Number(values.rounds);
    if (!(maxRounds >= 1) || positionals.some((name) => !SUITES.includes(name))) throw new UserError(USAGE);
    return { ...values, maxRounds, names: positionals.length > 0 ? positionals : SUITES };
  } catch (error) {
    throw error instanceof UserError
      ? error
      : new UserError(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
}

/**
 * @param {string} name
 * @param {Omit<Settings, 'note'>} settings
 * @returns {Promise<SuiteResult>}
 */
async function runSuite(name, settings) {
  /** @type {Suite} */
  const { about, rows } = await import(`./suites/${name}.js`);
  /** @type {SuiteResult} */
  const result = { name, about, notes: [], rows: [] };
  print(`\n${name}: ${about}`);
  const note = (/** @type {string} */ text) => {
    result.notes.push(text);
    print(`  left out: ${text}`);
  };
  for await (const row of rows({ ...settings, note })) {
    const measured = await measure(row);
    result.rows.push(measured);
    for (const line of rowLines(measured)) print(line);
  }
  return result;
}

/** Resolves the path in the folder where npm was called; npm itself changes to the project's folder. @param {string} file @param {string} text */
function write(file, text) {
  writeFileSync(resolve(process.env.INIT_CWD ?? '.', file), text);
}

await runMain(import.meta.url, async (args) => {
  const { names, quick, maxRounds, json, chart: chartFile, 'no-build': noBuild } = readArguments(args);
  if (!noBuild) {
    const { mbedtlsSource } = await setup({ packages: 'start' });
    await buildPackage(mbedtlsSource);
  }
  const about = machine();
  print(machineLine(about));
  const peers = describePeers();
  for (const { name, version, shims } of peers) print(`${name}: ${version}${shims && `, with ${shims}`}`);
  const rounds = (/** @type {number} */ full, /** @type {number} */ reduced) =>
    Math.min(maxRounds, quick ? reduced : full);
  /** @type {SuiteResult[]} */
  const suites = [];
  for (const name of names) suites.push(await runSuite(name, { quick, rounds }));
  const goals = goalResults(suites);
  for (const line of goalLines(goals)) print(line);
  if (json !== undefined) write(json, `${JSON.stringify({ machine: about, quick, peers, suites, goals }, null, 2)}\n`);
  if (chartFile !== undefined) {
    const svg = chart(suites, machineLine(about));
    if (svg === undefined) throw new UserError('Nothing to draw: --chart needs the suite handshake or bulk.');
    write(chartFile, svg);
  }
});
