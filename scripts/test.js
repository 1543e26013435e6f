/**
 * npm test: builds what the tests need, then runs Node's test runner on test/, or on the given files and folders.
 * With --matrix (npm run test:matrix): those of test/matrix/, which test/ leaves out.
 */
import { readdirSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { buildPackage } from './build.js';
import { buildFuzzers, buildNative, buildWasm } from './cmake.js';
import { installMissing, packagesFor } from './packages.js';
import { print, runMain, root, run, UserError } from './run.js';
import { setup } from './setup.js';

/** Runs only if it is named: its tools are large, and it takes long. */
const SEPARATE = join('test', 'matrix');

/** What is installed, and what tests run in other runtimes and runners. */
const OTHERS = /(?:^|\/)(?:node_modules|guests)\//;

/** Per test and per file. Four times as long as the slowest file needs on two cores. */
const TEST_TIMEOUT_MS = 400_000;
const MATRIX_TIMEOUT_MS = 1_200_000;

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
    .filter((name) => name.endsWith('.test.js') && !OTHERS.test(name))
    .sort()
    .map((name) => join(relative(root, path), name))
    .filter((file) => !file.startsWith(SEPARATE) || relative(root, path).startsWith(SEPARATE));
}

await runMain(import.meta.url, async (args) => {
  const matrix = args.includes('--matrix');
  const given = args.filter((arg) => arg !== '--matrix');
  const files = (given.length > 0 ? given : [matrix ? SEPARATE : 'test']).flatMap(testFiles);
  if (files.length === 0) throw new UserError(`No test files (*.test.js) in ${given.join(', ')}.`);
  const includesFolder = (/** @type {string} */ folder) =>
    files.some((file) => file.startsWith(join('test', folder, '/')));
  const { mbedtlsSource } = await setup({ packages: 'test' });
  if (matrix) {
    await installMissing(packagesFor('matrix')).catch((error) => {
      print(`${error.message}\n\nThe tests that need these packages are skipped.`);
    });
  }
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
      `--test-timeout=${matrix ? MATRIX_TIMEOUT_MS : TEST_TIMEOUT_MS}`,
      `--test-concurrency=${Math.max(2, availableParallelism())}`,
      ...files,
    ],
    { show: true },
  );
  return status;
});
