/**
 * Downloads a newer websockify from a newer suite of Debian or Ubuntu, to test the bridge with both versions.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { binaryPackage } from './private-apt.js';
import { inProject } from './run.js';

const WEBSOCKIFY_FOLDER = inProject('build/websockify');
const MODULES = 'usr/lib/python3/dist-packages';

const isNewerVersion = (/** @type {string} */ version) => /^0\.1[1-9]\./.test(version);

/**
 * @returns {Promise<string | undefined>} the folder for PYTHONPATH; undefined if no suite has a newer version
 * @throws {import('./run.js').UserError} if the download fails
 */
export async function newerWebsockify() {
  if (!existsSync(WEBSOCKIFY_FOLDER)) {
    const work = inProject('build/websockify-download');
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
    const unpacked = join(work, 'unpacked');
    const version = await binaryPackage('python3-websockify', isNewerVersion, work, unpacked);
    if (version === undefined) return undefined;
    renameSync(unpacked, WEBSOCKIFY_FOLDER);
    rmSync(work, { recursive: true, force: true });
  }
  const modules = join(WEBSOCKIFY_FOLDER, MODULES);
  return readdirSync(modules).includes('websockify') ? modules : undefined;
}
