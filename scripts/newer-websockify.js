/**
 * Downloads a newer websockify from a newer suite of Debian or Ubuntu, to test the bridge with both versions.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { keptPackage } from './private-apt.js';
import { inProject } from './run.js';

const WEBSOCKIFY_FOLDER = inProject('build/websockify');
const MODULES = 'usr/lib/python3/dist-packages';

const isNewerVersion = (/** @type {string} */ version) => /^0\.1[1-9]\./.test(version);

/**
 * @returns {Promise<string | undefined>} the folder for PYTHONPATH; undefined if no suite has a newer version
 * @throws {import('./run.js').UserError} if the download fails
 */
export async function newerWebsockify() {
  if (!(await keptPackage('python3-websockify', isNewerVersion, WEBSOCKIFY_FOLDER))) return undefined;
  const modules = join(WEBSOCKIFY_FOLDER, MODULES);
  return readdirSync(modules).includes('websockify') ? modules : undefined;
}
