/**
 * Finds or downloads Mozilla's root list as NSS has it, certdata.txt and nssckbi.h: in the folder CERTDATA_DIR, else in
 * Debian's or Ubuntu's newest source package ca-certificates or nss, else upstream. Downloads are kept in build/certdata/;
 * delete that folder to get a newer list. The roots built into Node are not used: they depend on its version, and lack the
 * dates.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { rootsOf, versionOf } from './certdata.js';
import { download } from './download.js';
import { DPKG_DEV } from './packages.js';
import { canGetSourcePackages, newestSourceArchive } from './private-apt.js';
import { inProject, print, runOrFail, UserError } from './run.js';

/** Version 2.86 of the list: the newest in NSS when this was written. */
export const RELEASE = {
  url: 'https://raw.githubusercontent.com/nss-dev/nss/07a45e500b49187dfdf17e0d82f66140666de2b6/lib/ckfw/builtins',
  date: '2026-04-09',
  sha256: {
    'certdata.txt': '77130ef91213772844561fbd3aa31d413b25c2ac7f576fea3bc3bbff7ef93489',
    'nssckbi.h': '5f424d92f52321c72ac4ba66bf8e634376e4a13cced15c461b1df8826a878090',
  },
};

const FILES = /** @type {const} */ (['certdata.txt', 'nssckbi.h']);
/** With the date of the list, in downloads. */
const DATE_FILE = 'date.txt';

const KEPT = inProject('build/certdata');

/** @typedef {{ version: string, date: string, roots: import('./certdata.js').MozillaRoot[] }} MozillaRoots */

/** @param {string} folder @returns {boolean} */
const hasFiles = (folder) => FILES.every((name) => existsSync(join(folder, name)));

/** @returns {string | undefined} the folder given by CERTDATA_DIR @throws {UserError} if it lacks a file */
function givenFolder() {
  const given = process.env.CERTDATA_DIR;
  if (given === undefined || given === '') return undefined;
  if (hasFiles(resolve(given))) return resolve(given);
  throw new UserError(
    `CERTDATA_DIR cannot be used: '${resolve(given)}' does not have both certdata.txt and nssckbi.h. Set it to a copy of ` +
      "lib/ckfw/builtins of NSS, or unset it and let 'npm run setup' download them.",
  );
}

/** @param {string} folder @returns {string} the date of certdata.txt, such as 2026-04-09; archives keep it */
const dateOfFile = (folder) => statSync(join(folder, 'certdata.txt')).mtime.toISOString().slice(0, 10);

/** Debian's and Ubuntu's packages with the list, and where it is in them. The first is smaller. */
const PACKAGES = /** @type {const} */ ([
  ['ca-certificates', 'mozilla'],
  ['nss', 'lib/ckfw/builtins'],
]);

/**
 * @param {string} work an empty folder
 * @returns {Promise<string | undefined>} the folder with the files; undefined if no source package can be downloaded
 */
async function fromSourcePackage(work) {
  for (const [name, inside] of PACKAGES) {
    const folder = join(work, name);
    mkdirSync(folder);
    const found = await newestSourceArchive(name, folder);
    if (found === undefined) continue;
    print(`Mozilla's roots: source package ${name} ${found.version}`);
    const members = FILES.map((file) => `*/${inside}/${file}`);
    await runOrFail(`Unpacking ${name}`, 'tar', ['-xf', found.archive, '--wildcards', ...members], { cwd: folder });
    const unpacked = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) =>
      hasFiles(join(folder, path)),
    );
    if (unpacked === undefined) continue;
    writeFileSync(join(folder, unpacked, DATE_FILE), dateOfFile(join(folder, unpacked)));
    return join(folder, unpacked);
  }
  return undefined;
}

/**
 * @param {string} work an empty folder
 * @returns {Promise<string | undefined>} the folder with the files; undefined if they cannot be downloaded
 */
async function fromRelease(work) {
  print(`Mozilla's roots: ${RELEASE.url}`);
  const folder = join(work, 'upstream');
  mkdirSync(folder);
  for (const name of FILES) {
    const contents = await download(`${RELEASE.url}/${name}`, RELEASE.sha256[name]);
    if (contents === undefined) return undefined;
    writeFileSync(join(folder, name), contents);
  }
  writeFileSync(join(folder, DATE_FILE), RELEASE.date);
  return folder;
}

/** @returns {import('./packages.js').DebianPackage[]} the packages that certdataFolder() needs */
export function packagesForRoots() {
  return givenFolder() === undefined && !hasFiles(KEPT) && canGetSourcePackages() ? [DPKG_DEV] : [];
}

/**
 * @returns {Promise<string>} the folder with certdata.txt and nssckbi.h
 * @throws {UserError} if they cannot be found or downloaded
 */
export async function certdataFolder() {
  const given = givenFolder();
  if (given !== undefined) return given;
  if (hasFiles(KEPT)) return KEPT;
  const work = inProject('build/certdata-download');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const found = (await fromSourcePackage(work)) ?? (await fromRelease(work));
  if (found === undefined) {
    throw new UserError(
      "Cannot download Mozilla's root list: no source package ca-certificates or nss can be downloaded, and reading " +
        `${RELEASE.url} failed. Copy certdata.txt and nssckbi.h of NSS (in lib/ckfw/builtins, or in mozilla of the source ` +
        'package ca-certificates) into a folder and set\n\n  CERTDATA_DIR=<that folder>',
    );
  }
  rmSync(KEPT, { recursive: true, force: true });
  renameSync(found, KEPT);
  rmSync(work, { recursive: true, force: true });
  return KEPT;
}

/**
 * Mozilla's trust anchors for TLS servers.
 * @returns {Promise<MozillaRoots>}
 * @throws {UserError} if the list cannot be found or downloaded, or not be read
 */
export async function mozillaRoots() {
  const folder = await certdataFolder();
  const dated = join(folder, DATE_FILE);
  try {
    const roots = rootsOf(readFileSync(join(folder, 'certdata.txt'), 'utf8'));
    if (roots.length === 0) throw new Error('certdata.txt has no trust anchor for TLS servers');
    return {
      version: versionOf(readFileSync(join(folder, 'nssckbi.h'), 'utf8')),
      date: existsSync(dated) ? readFileSync(dated, 'utf8').trim() : dateOfFile(folder),
      roots,
    };
  } catch (error) {
    throw new UserError(`Mozilla's root list in '${folder}' cannot be used: ${/** @type {Error} */ (error).message}.`);
  }
}
