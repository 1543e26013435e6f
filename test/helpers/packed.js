/** The package as npm packs it, projects that install it, and tools that only the matrix needs. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pack } from '../../scripts/package-lint.js';
import { inProject, run, runOrFail } from '../../scripts/run.js';

const NPM_FLAGS = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];

/** @type {Promise<string> | undefined} */
let packing;

/**
 * The tarball of dist/ as it is now: the build of it is the test runner's. Made once in a process.
 * @returns {Promise<string>} its path
 */
export function packedPackage() {
  packing ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pagetls-packed-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return pack(folder);
  })();
  return packing;
}

/**
 * An empty project, outside of this one, that has installed the tarball. It is removed after the tests of the file.
 * @param {Record<string, string | Uint8Array>} files by path in it; package.json is written unless it is among them
 * @param {string[]} [more] what else npm installs, as it takes it
 * @returns {Promise<string>} the folder
 */
export async function emptyProject(files, more = []) {
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-project-'));
  // Not after(): in a before() of Node 20 it runs at once.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const manifest = JSON.stringify({ name: 'project', version: '1.0.0', private: true, type: 'module' });
  for (const [path, content] of Object.entries({ 'package.json': manifest, ...files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const arguments_ = ['install', ...NPM_FLAGS, await packedPackage(), ...more];
  await runOrFail('npm install', 'npm', arguments_, { cwd: folder });
  return folder;
}

/**
 * Installs the tools of a folder of test/matrix/, which has a package.json and a package-lock.json of its own.
 * @param {string} topic the folder's name
 * @returns {Promise<{folder: string, skip: false | string}>} `skip`: why they cannot be installed here
 */
export async function matrixTools(topic) {
  const folder = inProject('test/matrix', topic);
  const installed = join(folder, 'node_modules/.package-lock.json');
  const lock = join(folder, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return { folder, skip: false };
  const { status, output } = await run('npm', ['ci', ...NPM_FLAGS], { cwd: folder });
  if (status === 0) return { folder, skip: false };
  return { folder, skip: `npm cannot install the tools of test/matrix/${topic}: ${output.trim().split('\n')[0]}` };
}
