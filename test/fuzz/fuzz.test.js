/**
 * Runs libFuzzer on the C core for some seconds; `npm run fuzz` runs longer. Each machine signs the seeds with its own
 * keys, so the inputs differ between machines.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildFuzzers } from '../../scripts/cmake.js';
import { fuzz, prepareSeeds, TARGETS } from '../../scripts/fuzz.js';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';
import { packagesFor } from '../../scripts/packages.js';

/** Executions: about two seconds of CPU time each, fewer for targets that spend it on verifying signatures. */
const RUNS = {
  fuzz_chain: 200,
  fuzz_chain_signed: 1500,
  fuzz_crl: 2000,
  fuzz_names: 60_000,
  fuzz_describe: 6000,
  fuzz_pem: 15_000,
  fuzz_identity: 1200,
  fuzz_aead: 8000,
  fuzz_public_key: 150,
  fuzz_tls: 800,
};

const missing = packagesFor('fuzz').filter((entry) => !entry.isInstalled());
const skip =
  missing.length > 0 && `NOT FUZZED: ${missing.map(({ name }) => name).join(', ')} missing; run npm run setup`;

describe('fuzzing the C core', { skip, concurrency: 2 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-fuzz-'));
  const seeds = join(folder, 'seeds');
  let programs = '';
  after(() => rmSync(folder, { recursive: true, force: true }));
  before(async () => {
    programs = await buildFuzzers(await mbedtlsSource());
    await prepareSeeds(seeds);
  });

  for (const target of TARGETS) {
    test(`${target} finds no bug`, async () => {
      const limits = [`-runs=${RUNS[target]}`, '-max_total_time=20', '-seed=1'];
      const found = await fuzz(target, { programs, seeds, corpus: join(folder, target), limits });
      assert.ok(found.ok, found.finding);
      assert.ok(found.executions > 50, `only ${found.executions} executions`);
    });
  }
});
