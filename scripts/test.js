/**
 * npm test: everything that the tests need, then Node's test runner over test/, or over the files and folders given.
 */
import { readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { buildPackage } from './build.js';
import { buildFuzzers, buildNative, buildWasm } from './cmake.js';
import { runMain, root, run, UserError } from './run.js';
import { setup } from './setup.js';

/** Of one test and of one file, in milliseconds: the longest file takes a quarter of it on two cores. */
const TEST_TIMEOUT_MS = 400_000;

/**
 * @param {string} given a file or a folder
 * @returns {string[]} that file, or the tests below that folder, as paths in the project
 * @throws {UserError} when it is not there
 */
function testFiles(given) {
  const path = resolve(root, given);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new UserError(`There is no test '${given}': test/README.md says which there are.`);
  if (!stats.isDirectory()) return [relative(root, path)];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.js'))
    .sort()
    .map((name) => join(relative(root, path), name));
}

await runMain(import.meta.url, async (given) => {
  const files = (given.length > 0 ? given : ['test']).flatMap(testFiles);
  if (files.length === 0) throw new UserError(`There is no test: no file in ${given.join(', ')} ends in .test.js.`);
  const isAnyIn = (/** @type {string} */ folder) => files.some((file) => file.startsWith(join('test', folder, '/')));
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
      `--test-timeout=${TEST_TIMEOUT_MS}`,
      `--test-concurrency=${Math.max(2, availableParallelism())}`,
      ...files,
    ],
    { show: true },
  );
  return status;
});
