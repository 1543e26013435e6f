/**
 * npm run setup: installs and downloads everything that the project needs on a fresh Debian system. Fast if nothing is
 * missing.
 */
import { existsSync, statSync } from 'node:fs';
import { isInRange, readManifest } from './manifest.js';
import { mbedtlsSource, packagesForSource } from './mbedtls-source.js';
import { certdataFolder, packagesForRoots } from './mozilla-roots.js';
import { installMissing, packagesFor } from './packages.js';
import { publicSuffixFile } from './public-suffixes.js';
import { inProject, runOrFail, runMain, UserError, print } from './run.js';

/** What the package, with Mozilla's roots in it, is built for. @type {import('./packages.js').Purpose[]} */
const WITH_ROOTS = ['build', 'test', 'start'];

/** @throws {UserError} */
async function installNodeModules() {
  const installed = inProject('node_modules/.package-lock.json');
  const lock = inProject('package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  print('Installing node_modules');
  await runOrFail('npm ci', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

/**
 * @param {object} options
 * @param {import('./packages.js').Purpose} options.packages what to install Debian packages for
 * @returns {Promise<{ mbedtlsSource: string }>} the folder of the Mbed TLS source
 * @throws {UserError}
 */
export async function setup({ packages }) {
  const { node } = readManifest().engines;
  if (!isInRange(process.versions.node, node))
    throw new UserError(`pagetls needs Node ${node}, but this is ${process.version}.`);
  const withRoots = WITH_ROOTS.includes(packages);
  const missing = [...packagesFor(packages), ...packagesForSource(), ...(withRoots ? packagesForRoots() : [])];
  await installMissing([...new Set(missing)]);
  await installNodeModules();
  if (withRoots) {
    await certdataFolder();
    await publicSuffixFile();
  }
  return { mbedtlsSource: await mbedtlsSource() };
}

await runMain(import.meta.url, async () => {
  const { mbedtlsSource: folder } = await setup({ packages: 'test' });
  print(`Ready. Mbed TLS is in ${folder}.`);
});
