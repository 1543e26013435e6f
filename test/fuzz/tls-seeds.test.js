/**
 * The seeds of fuzz_tls reach their intended states; otherwise the target would fuzz little more than a ServerHello.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createIssuer } from '../../certs/build.js';
import { keyStore } from '../../certs/keys.js';
import { buildNative } from '../../scripts/cmake.js';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';
import { inProject, run } from '../../scripts/run.js';
import { tlsSeeds } from './tls-seeds.js';

/** Bits of pagetls.h. */
const HANDSHAKE_DONE = 1;
const FAILED = 8;

/** The messages of a complete handshake (tls_reader.c). */
const FLIGHT = /^(SCKR?DcF|H?SER?CVF)$/;

describe('the seed of fuzz_tls', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-tls-seeds-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const seeds = await tlsSeeds(createIssuer(keyStore(join(folder, 'keys'))));
  /** The outcome of each seed. @type {{ flight: string, state: number, error: number, read: number, wrote: number }[]} */
  let outcomes = [];

  before(async () => {
    await buildNative(await mbedtlsSource());
    const files = seeds.map(({ name, input }) => {
      const file = join(folder, name);
      writeFileSync(file, input);
      return file;
    });
    const { status, stdout, output } = await run(inProject('build/native/fuzz_replay'), ['fuzz_tls', ...files]);
    assert.equal(status, 0, output);
    outcomes = stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    assert.equal(outcomes.length, seeds.length);
  });

  for (const [i, { name, end, read, wrote }] of seeds.entries()) {
    if (end === 'either') continue;
    test(`${name} ends as '${end}' after ${read} bytes read and ${wrote} written`, () => {
      const outcome = outcomes[i];
      const fails = (outcome.state & FAILED) !== 0;
      assert.equal(fails, end === 'failed', JSON.stringify(outcome));
      assert.equal(outcome.error < 0, fails);
      assert.deepEqual([outcome.read, outcome.wrote], [read, wrote]);
      if (end === 'done') {
        assert.equal(outcome.state & HANDSHAKE_DONE, HANDSHAKE_DONE);
        assert.match(outcome.flight, FLIGHT);
      }
    });
  }
});
