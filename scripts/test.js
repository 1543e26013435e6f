/**
 * npm test: everything that the tests need, then Node's test runner over test/, or over the files given.
 */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { buildPackage } from './build.js';
import { buildFuzzers, buildNative, buildWasm } from './cmake.js';
import { inProject, program, run, Stop } from './run.js';
import { setup } from './setup.js';

/** Of one test and of one file, in milliseconds: the longest file takes a quarter of it on two cores. */
const TIMEOUT = 400_000;

/** @returns {string[]} */
function testFiles() {
  return readdirSync(inProject('test'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.js'))
    .sort()
    .map((path) => join('test', path));
}

await program(import.meta.url, async (given) => {
  const files = given.length > 0 ? given : testFiles();
  if (files.length === 0) throw new Stop('There is no test: no file in test/ ends in .test.js.');
  const isAnyIn = (/** @type {string} */ folder) => files.some((file) => file.includes(join('test', folder, '/')));
  const { mbedtlsSource } = await setup({ packages: 'test' });
  await buildPackage(mbedtlsSource);
  await buildNative(mbedtlsSource);
  if (isAnyIn('kernels')) {
    await buildWasm(mbedtlsSource, 'memory.wasm');
    await buildWasm(mbedtlsSource, 'kernels.wasm');
    await buildNative(mbedtlsSource, 'kernels_test');
  }
  if (isAnyIn('fuzz')) await buildFuzzers(mbedtlsSource);
  const { status } = await run(
    process.execPath,
    [
      '--test',
      '--test-reporter=spec',
      `--test-timeout=${TIMEOUT}`,
      `--test-concurrency=${Math.max(2, availableParallelism())}`,
      ...files,
    ],
    { show: true },
  );
  return status;
});
