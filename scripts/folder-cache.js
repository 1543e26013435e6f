/**
 * Generated folders that are regenerated only when their sources change.
 */
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { root } from './run.js';

/** Holds the digest of the sources. Hidden, so that it is not served. */
const DIGEST_FILE = '.digest';

/**
 * @param {string[]} paths files and folders. In folders, .d.ts files are ignored: the build rewrites them unchanged.
 * @param {string[]} [texts] other inputs
 * @returns {Promise<string>} a digest of all inputs
 */
export async function digestOf(paths, texts = []) {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text}\0`);
  for (const path of paths) {
    for (const file of await listFiles(path)) hash.update(`${relative(root, file)}\0`).update(await readFile(file));
  }
  return hash.digest('hex');
}

/** @param {string} path @returns {Promise<string[]>} */
async function listFiles(path) {
  const found = await stat(path).catch(() => null);
  if (found === null) return [];
  if (found.isFile()) return [path];
  const inside = (await readdir(path, { recursive: true })).sort().map((name) => join(path, name));
  const isFile = await Promise.all(inside.map(async (name) => (await stat(name)).isFile()));
  return inside.filter((name, at) => isFile[at] && !name.endsWith('.d.ts'));
}

/** @param {string} folder */
async function readDigest(folder) {
  return readFile(join(folder, DIGEST_FILE), 'utf8').catch(() => null);
}

/**
 * Fills `target` by calling `fill`, unless it was filled for the same digest before. The new folder is moved into place
 * when it is complete, so that concurrent processes never see an incomplete one.
 * @param {string} target any existing content is replaced
 * @param {string} digest
 * @param {(folder: string) => Promise<void>} fill
 */
export async function fillFolder(target, digest, fill) {
  if ((await readDigest(target)) === digest) return;
  await mkdir(dirname(target), { recursive: true });
  const work = await mkdtemp(`${target}.new-`);
  try {
    await fill(work);
    await writeFile(join(work, DIGEST_FILE), digest);
    await chmod(work, 0o755);
    await moveIntoPlace(target, work, digest);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Each retry means that another process replaced the folder in between. */
const MAX_RENAME_ATTEMPTS = 20;

/** @param {string} target @param {string} work @param {string} digest */
async function moveIntoPlace(target, work, digest) {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(work, target); // works if the target does not exist or is an empty folder
      return;
    } catch (error) {
      if (attempt === MAX_RENAME_ATTEMPTS) throw error;
    }
    if ((await readDigest(target)) === digest) return;
    await rename(target, `${work}.old`).catch(() => {}); // another process may have renamed it already
    await rm(`${work}.old`, { recursive: true, force: true });
  }
}
