/**
 * A newer websockify than the machine's, from a newer suite: the bridge is tested with both.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { binaryPackage } from './private-apt.js';
import { inProject } from './run.js';

const HOME = inProject('build/websockify');
const MODULES = 'usr/lib/python3/dist-packages';

const isNewer = (/** @type {string} */ version) => /^0\.1[1-9]\./.test(version);

/**
 * @returns {Promise<string | undefined>} the folder for PYTHONPATH; undefined where no newer one can be had
 * @throws {import('./run.js').Stop} when it cannot be fetched
 */
export async function newerWebsockify() {
  if (!existsSync(HOME)) {
    const work = inProject('build/websockify-download');
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
    const unpacked = join(work, 'unpacked');
    const version = await binaryPackage('python3-websockify', isNewer, work, unpacked);
    if (version === undefined) return undefined;
    renameSync(unpacked, HOME);
    rmSync(work, { recursive: true, force: true });
  }
  const modules = join(HOME, MODULES);
  return readdirSync(modules).includes('websockify') ? modules : undefined;
}
