/**
 * Folders that are made from something, and made anew only when that has changed.
 */
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { root } from './run.js';

/** What a folder was made from; hidden, so that it is not served. */
const DIGEST_FILE = '.digest';

/**
 * Files, and all that is in folders but declarations of types, which are written anew without a change.
 * @param {string[]} paths
 * @param {string[]} [texts] other things that it depends on
 * @returns {Promise<string>} a digest that changes when any of it does
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
  const are = await Promise.all(inside.map(async (name) => (await stat(name)).isFile()));
  return inside.filter((name, at) => are[at] && !name.endsWith('.d.ts'));
}

/** @param {string} folder */
async function readDigest(folder) {
  return readFile(join(folder, DIGEST_FILE), 'utf8').catch(() => null);
}

/**
 * Makes `target` hold what `fill` writes. Does nothing when it was filled for this very digest. It is filled aside and
 * moved into place whole: of processes that do this at one time, none sees half of it.
 * @param {string} target a folder that is nobody else's: what is there gives way
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

/** How often other processes may get in between. */
const MAX_RENAME_ATTEMPTS = 20;

/** @param {string} target @param {string} work @param {string} digest */
async function moveIntoPlace(target, work, digest) {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(work, target); // succeeds over nothing and over an empty folder
      return;
    } catch (error) {
      if (attempt === MAX_RENAME_ATTEMPTS) throw error;
    }
    if ((await readDigest(target)) === digest) return;
    await rename(target, `${work}.old`).catch(() => {}); // another process may have done so just now
    await rm(`${work}.old`, { recursive: true, force: true });
  }
}
