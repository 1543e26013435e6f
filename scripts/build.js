/**
 * npm run build: builds the package in dist/. npm run build -- native: builds the tests of the C core in build/native.
 */
import { existsSync } from 'node:fs';
import { buildNative, buildWasm } from './cmake.js';
import { entryFiles, readManifest } from './manifest.js';
import { assembleDist, checkWasmModule, checkSizes } from './package-files.js';
import { inProject, runMain, UserError, print } from './run.js';
import { setup } from './setup.js';

/**
 * @param {string} mbedtlsSource folder, from setup()
 * @throws {UserError}
 */
export async function buildPackage(mbedtlsSource) {
  const wasm = await buildWasm(mbedtlsSource);
  await checkWasmModule(wasm);
  await assembleDist(wasm, mbedtlsSource);
  const missing = entryFiles(readManifest()).filter((path) => !existsSync(inProject(path)));
  if (missing.length > 0)
    throw new UserError(`package.json names ${missing.join(', ')}, which the build does not make.`);
  for (const line of checkSizes()) print(line);
}

await runMain(import.meta.url, async ([target, ...more]) => {
  if (more.length > 0 || !['native', undefined].includes(target))
    throw new UserError('Usage: npm run build [-- native]');
  if (target === 'native') {
    const { mbedtlsSource } = await setup({ packages: 'native' });
    print(await buildNative(mbedtlsSource));
    return;
  }
  const { mbedtlsSource } = await setup({ packages: 'build' });
  await buildPackage(mbedtlsSource);
});
