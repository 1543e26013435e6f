/**
 * npm run fuzz -- [TARGET...] [--seconds N] [--seed N]: libFuzzer over the C core (test/fuzz). What a run learns is
 * kept in build/fuzz-corpus, and the next one goes on from there.
 */
import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { SEEDS, writeSeeds } from '../test/fuzz/seeds.js';
import { buildFuzzers } from './cmake.js';
import { inProject, runMain, root, run, print, UserError } from './run.js';
import { setup } from './setup.js';

/** @typedef {keyof typeof SEEDS} Target */

export const TARGETS = /** @type {Target[]} */ (Object.keys(SEEDS));

/** Everything that fuzzing keeps; build/fuzz itself may be made anew at any time. */
const CORPUS_FOLDER = inProject('build/fuzz-corpus');

const USAGE = `usage: npm run fuzz -- [TARGET...] [--seconds N] [--seed N]\ntargets: ${TARGETS.join(', ')}`;

/** A certificate chain may be as long as a Certificate message. An input that takes this many seconds is a find. */
const INPUT_LIMITS = ['-max_len=16384', '-timeout=10', '-rss_limit_mb=3072'];

/** @param {string} folder gets the first inputs */
export async function prepareSeeds(folder) {
  await writeSeeds(folder, join(CORPUS_FOLDER, 'keys'));
}

/**
 * @typedef {object} Fuzzed
 * @property {boolean} ok
 * @property {number} executions
 * @property {number} seconds
 * @property {string} what of a find: what did not hold, and the input's file
 */

/**
 * Runs one target until its limits, or until it finds something.
 * @param {Target} target
 * @param {object} how
 * @param {string} how.programs the folder that buildFuzzers() returned
 * @param {string} how.seeds the folder that prepareSeeds() filled
 * @param {string} how.corpus a folder that new inputs are put in
 * @param {string[]} how.limits options of libFuzzer
 * @returns {Promise<Fuzzed>}
 */
export async function fuzz(target, { programs, seeds, corpus, limits }) {
  const found = join(CORPUS_FOLDER, 'found');
  for (const folder of [corpus, found]) mkdirSync(folder, { recursive: true });
  const started = performance.now();
  const { status, output } = await run(join(programs, target), [
    ...INPUT_LIMITS,
    ...limits,
    '-print_final_stats=1',
    `-dict=${inProject('test/fuzz/der.dict')}`,
    `-artifact_prefix=${join(found, `${target}-`)}`,
    corpus,
    join(seeds, SEEDS[target]),
  ]);
  const seconds = (performance.now() - started) / 1000;
  const executions = Number(/stat::number_of_executed_units: (\d+)/.exec(output)?.[1] ?? 0);
  const why = output
    .split('\n')
    .filter((line) => /does not hold|runtime error|ERROR: |Test unit written to/.test(line));
  return { ok: status === 0, executions, seconds, what: why.join('\n') || output.slice(-2000) };
}

await runMain(import.meta.url, async (given) => {
  let parsed;
  try {
    const options = /** @type {const} */ ({ seconds: { type: 'string' }, seed: { type: 'string' } });
    parsed = parseArgs({ args: given, options, allowPositionals: true });
  } catch (error) {
    throw new UserError(`${/** @type {Error} */ (error).message}\n${USAGE}`);
  }
  const { seconds = '60', seed = '0' } = parsed.values;
  const targets = TARGETS.filter((target) => parsed.positionals.length === 0 || parsed.positionals.includes(target));
  const unknown = parsed.positionals.find((name) => !TARGETS.some((target) => target === name));
  if (unknown !== undefined || ![seconds, seed].every((text) => /^\d{1,9}$/.test(text)) || Number(seconds) === 0) {
    throw new UserError(USAGE);
  }
  const { mbedtlsSource } = await setup({ packages: 'fuzz' });
  const programs = await buildFuzzers(mbedtlsSource);
  const seeds = join(CORPUS_FOLDER, 'seeds');
  await prepareSeeds(seeds);
  const limits = [`-max_total_time=${seconds}`, `-seed=${seed}`];
  let failed = false;
  for (const target of targets) {
    print(`${target}: ${seconds} seconds`);
    const result = await fuzz(target, { programs, seeds, corpus: join(CORPUS_FOLDER, target), limits });
    print(
      `  ${result.executions} executions${result.ok ? '' : `, and a find:\n${result.what.replaceAll(`${root}/`, '')}`}`,
    );
    failed ||= !result.ok;
  }
  if (failed) print(`Keep the input: ${relative(root, inProject('test/fuzz/README.md'))} says how.`);
  return failed ? 1 : 0;
});
