/** The package as npm packs it, projects that install it, and tools that only the matrix needs. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { localSource } from '../../scripts/mbedtls-source.js';
import { certdataFolder } from '../../scripts/mozilla-roots.js';
import { pack } from '../../scripts/packed-documents.js';
import { publicSuffixFile } from '../../scripts/public-suffixes.js';
import { inProject, root, run, runOrFail } from '../../scripts/run.js';

const NPM_FLAGS = ['--no-audit', '--no-fund', '--loglevel=error', '--prefer-offline'];

/** @type {Promise<string> | undefined} */
let packing;

/** @type {string[]} */
const folders = [];
// Not after(): in a before() of Node 20 it runs at once.
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** @param {string} name @returns {string} an empty folder, outside of the project, for as long as the process runs */
export function temporaryFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), `pagetls-${name}-`));
  folders.push(folder);
  return folder;
}

/**
 * The tarball of dist/ as it is now: the build of it is the test runner's. It has the documents of a release. Made once in a
 * process.
 * @returns {Promise<string>} its path
 */
export function packedPackage() {
  packing ??= pack(temporaryFolder('packed'));
  return packing;
}

/**
 * An empty project, outside of this one, that has installed the tarball. It is removed after the tests of the file.
 * @param {Record<string, string | Uint8Array>} files by path in it; package.json is written unless it is among them
 * @param {string[]} [more] what else npm installs, as it takes it
 * @returns {Promise<string>} the folder
 */
export async function emptyProject(files, more = []) {
  const folder = temporaryFolder('project');
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

/**
 * A clone of the project with what is not committed yet: what a commit of everything would give.
 * @param {string} name of its folder
 * @returns {Promise<string>}
 */
export async function freshClone(name) {
  const folder = join(temporaryFolder('clone'), name);
  await runOrFail('git clone', 'git', ['clone', '--quiet', root, folder]);
  const args = ['ls-files', '-z', '--modified', '--others', '--exclude-standard'];
  const paths = (await runOrFail('git ls-files', 'git', args)).split('\0').filter((path) => path !== '');
  for (const path of paths) {
    if (existsSync(inProject(path))) cpSync(inProject(path), join(folder, path));
    else rmSync(join(folder, path), { force: true });
  }
  return folder;
}

/** @returns {Promise<Record<string, string | undefined>>} environment of a build in another folder, which need not download */
export async function downloadedSources() {
  return {
    MBEDTLS_SOURCE_DIR: localSource(),
    CERTDATA_DIR: await certdataFolder(),
    PUBLIC_SUFFIX_LIST: await publicSuffixFile(),
  };
}
