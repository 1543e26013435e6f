/**
 * Downloads a newer version of a library or program, with all libraries that it needs, from a newer suite of Debian or
 * Ubuntu, to run programs with it that the system's libraries could not.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { keptPackage } from './private-apt.js';
import { inProject, UserError } from './run.js';

/**
 * @param {string} name a binary package
 * @param {(version: string) => boolean} isWanted gets versions without the epoch
 * @returns {Promise<{ folder: string, command: string[] } | undefined>} the folder with the files of the packages, and what
 *   comes before a program's path to run it with these libraries; undefined if no suite has it, or it cannot be downloaded
 */
export async function newerLibraries(name, isWanted) {
  const folder = inProject('build/newer', name);
  try {
    if (!(await keptPackage(name, isWanted, folder, { dependencies: true }))) return undefined;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
  const libraries = readdirSync(join(folder, 'usr/lib'))
    .filter((one) => one.includes('-linux-gnu'))
    .map((one) => join(folder, 'usr/lib', one));
  const loader = libraries.flatMap((one) => readdirSync(one).map((file) => join(one, file))).find(isLoader);
  return loader === undefined ? undefined : { folder, command: [loader, '--library-path', libraries.join(':')] };
}

/** @param {string} path @returns {boolean} whether it is the C library's loader, such as ld-linux-x86-64.so.2 */
function isLoader(path) {
  return /\/ld-linux[^/]*\.so\.\d+$/.test(path);
}
