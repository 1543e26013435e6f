/**
 * npm run fuzz -- [TARGET...] [--seconds N] [--seed N]: runs libFuzzer on the C core (test/fuzz). The corpus is
 * kept in build/fuzz-corpus for the next run.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SEEDS, writeSeeds } from '../test/fuzz/seeds.js';
import { buildFuzzers } from './cmake.js';
import { inProject, runMain, root, run, print, UserError } from './run.js';
import { setup } from './setup.js';

/** @typedef {keyof typeof SEEDS} Target */

export const TARGETS = /** @type {Target[]} */ (Object.keys(SEEDS));

/** Corpus, seeds and findings. Outside build/fuzz, which may be rebuilt at any time. */
const CORPUS_FOLDER = inProject('build/fuzz-corpus');

/** In characters: the end of the output, if it has none of the known reports. */
const MAX_FINDING_LENGTH = 2000;

const USAGE = `Usage: npm run fuzz -- [TARGET...] [--seconds N] [--seed N]\ntargets: ${TARGETS.join(', ')}`;

/** Bytes that fit into a record (RFC 8446, section 5.1); seconds, after which an input is a finding; MiB of memory. */
const INPUT_LIMITS = ['-max_len=16384', '-timeout=10', '-rss_limit_mb=3072'];

/** @param {string} folder where to write the seed inputs */
export async function prepareSeeds(folder) {
  await writeSeeds(folder, join(CORPUS_FOLDER, 'keys'));
}

/**
 * @typedef {object} FuzzResult
 * @property {boolean} ok
 * @property {number} executions
 * @property {number} seconds
 * @property {string} finding what failed, and the file with the input
 */

/**
 * Runs one target until it reaches its limits or finds something.
 * @param {Target} target
 * @param {object} options
 * @param {string} options.programs folder from buildFuzzers()
 * @param {string} options.seeds folder filled by prepareSeeds()
 * @param {string} options.corpus folder for new inputs
 * @param {string[]} options.limits options of libFuzzer
 * @returns {Promise<FuzzResult>}
 */
export async function fuzz(target, { programs, seeds, corpus, limits }) {
  const findings = join(CORPUS_FOLDER, 'found');
  for (const folder of [corpus, findings]) mkdirSync(folder, { recursive: true });
  const started = performance.now();
  const { status, output } = await run(join(programs, target), [
    ...INPUT_LIMITS,
    ...limits,
    '-print_final_stats=1',
    `-dict=${inProject('test/fuzz/der.dict')}`,
    `-artifact_prefix=${join(findings, `${target}-`)}`,
    corpus,
    join(seeds, SEEDS[target]),
  ]);
  const seconds = (performance.now() - started) / 1000;
  const executions = Number(/stat::number_of_executed_units: (\d+)/.exec(output)?.[1] ?? 0);
  const reports = output
    .split('\n')
    .filter((line) => /does not hold|runtime error|ERROR: |Test unit written to/.test(line));
  return { ok: status === 0, executions, seconds, finding: reports.join('\n') || output.slice(-MAX_FINDING_LENGTH) };
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
      `  ${result.executions} executions${result.ok ? '' : `, and a finding:\n${result.finding.replaceAll(`${root}/`, '')}`}`,
    );
    failed ||= !result.ok;
  }
  if (failed) print('Keep the input as test/fuzz/README.md describes.');
  return failed ? 1 : 0;
});
