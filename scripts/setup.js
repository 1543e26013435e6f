/**
 * npm run setup: everything that a fresh Debian machine lacks. Cheap when nothing is missing.
 */
import { existsSync, statSync } from 'node:fs';
import { mbedtlsSource, packagesForSource } from './mbedtls-source.js';
import { installMissing, packagesFor } from './packages.js';
import { inProject, runOrFail, runMain, UserError, print } from './run.js';

/** @throws {UserError} */
async function installNodeModules() {
  const installed = inProject('node_modules/.package-lock.json');
  const lock = inProject('package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  print('installing node_modules');
  await runOrFail('npm ci', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

/**
 * @param {object} options
 * @param {import('./packages.js').Purpose} options.packages what the Debian packages are for
 * @returns {Promise<{ mbedtlsSource: string }>} the folder with the source of Mbed TLS
 * @throws {UserError} with a sentence that says what to do
 */
export async function setup({ packages }) {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) throw new UserError(`pagetls needs Node 20 or newer; this is ${process.version}.`);
  await installMissing([...packagesFor(packages), ...packagesForSource()]);
  await installNodeModules();
  return { mbedtlsSource: await mbedtlsSource() };
}

await runMain(import.meta.url, async () => {
  const { mbedtlsSource: folder } = await setup({ packages: 'test' });
  print(`ready; Mbed TLS in ${folder}`);
});
