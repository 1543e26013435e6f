/**
 * npm test: builds what the tests need, then runs Node's test runner on test/, or on the given files and folders.
 */
import { readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { buildPackage } from './build.js';
import { buildFuzzers, buildNative, buildWasm } from './cmake.js';
import { runMain, root, run, UserError } from './run.js';
import { setup } from './setup.js';

/** Per test and per file. Four times as long as the slowest file needs on two cores. */
const TEST_TIMEOUT_MS = 400_000;

/**
 * @param {string} given a file or a folder
 * @returns {string[]} that file, or the test files in that folder, as paths from the root
 * @throws {UserError} if it does not exist
 */
function testFiles(given) {
  const path = resolve(root, given);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new UserError(`'${given}' does not exist. test/README.md lists the tests.`);
  if (!stats.isDirectory()) return [relative(root, path)];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.js'))
    .sort()
    .map((name) => join(relative(root, path), name));
}

await runMain(import.meta.url, async (given) => {
  const files = (given.length > 0 ? given : ['test']).flatMap(testFiles);
  if (files.length === 0) throw new UserError(`No test files (*.test.js) in ${given.join(', ')}.`);
  const includesFolder = (/** @type {string} */ folder) =>
    files.some((file) => file.startsWith(join('test', folder, '/')));
  const { mbedtlsSource } = await setup({ packages: 'test' });
  await buildPackage(mbedtlsSource);
  await buildNative(mbedtlsSource);
  if (includesFolder('kernels')) {
    await buildWasm(mbedtlsSource, 'memory.wasm');
    await buildWasm(mbedtlsSource, 'kernels.wasm');
    await buildNative(mbedtlsSource, 'kernels_test');
  }
  if (includesFolder('fuzz')) await buildFuzzers(mbedtlsSource);
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
