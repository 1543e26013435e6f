/**
 * Finds or downloads the source of Mbed TLS 3.6: the folder in MBEDTLS_SOURCE_DIR, else Debian's or Ubuntu's source
 * package, else the upstream release. Downloads are kept in build/mbedtls/.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { download } from './download.js';
import { DPKG_DEV } from './packages.js';
import { canGetSourcePackages, sourcePackage } from './private-apt.js';
import { inProject, runOrFail, UserError, print } from './run.js';

export const RELEASE = {
  url: 'https://github.com/Mbed-TLS/mbedtls/releases/download/mbedtls-3.6.6/mbedtls-3.6.6.tar.bz2',
  // Equal to Checksums-Sha256 of mbedtls_3.6.6.orig.tar.bz2 in Debian's signed .dsc.
  sha256: '8fb65fae8dcae5840f793c0a334860a411f884cc537ea290ce1c52bb64ca007a',
};

/** The oldest version of Mbed TLS supported. CMakeLists.txt defines it and rejects older ones too. */
const MINIMUM =
  /^set\(MBEDTLS_MINIMUM ([0-9.]+)\)$/m.exec(readFileSync(inProject('CMakeLists.txt'), 'utf8'))?.[1] ?? '';

/**
 * @param {string} version of Mbed TLS, or of Debian's source package without the epoch
 * @returns {boolean} whether it is a 3.6 no older than the minimum
 */
export function isSupportedVersion(version) {
  const [, patch] = /^3\.6\.([0-9]+)/.exec(version) ?? [];
  return Number(patch) >= Number(MINIMUM.split('.')[2]);
}

const SOURCE_FOLDER = inProject('build/mbedtls');

/** @param {string} folder @returns {string | undefined} the version of Mbed TLS in it */
export function versionOf(folder) {
  // build_info.h since 3.0, version.h before.
  const header = ['build_info.h', 'version.h']
    .map((name) => join(folder, 'include/mbedtls', name))
    .find((path) => existsSync(path));
  if (header === undefined) return undefined;
  return /define MBEDTLS_VERSION_STRING\s+"([0-9.]+)"/.exec(readFileSync(header, 'utf8'))?.[1];
}

/**
 * @param {string} folder
 * @returns {string | undefined} why it cannot be used
 */
function problemWith(folder) {
  const version = versionOf(folder);
  if (version === undefined) return `'${folder}' does not contain Mbed TLS (no include/mbedtls/build_info.h)`;
  if (!isSupportedVersion(version))
    return `'${folder}' is Mbed TLS ${version}, but pagetls needs ${MINIMUM} or a later 3.6`;
  // Generated files: releases have them, git checkouts do not. CMakeLists.txt checks for the same files.
  const missing = [
    'library/error.c',
    'library/psa_crypto_driver_wrappers.h',
    '3rdparty/everest/library/everest.c',
  ].find((file) => !existsSync(join(folder, file)));
  return missing && `'${folder}' lacks ${missing}: use a release; git checkouts lack generated files`;
}

/** @param {string} folder @returns {string[]} the unpacked releases in it */
function unpackedIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith('mbedtls-'))
    .map((name) => join(folder, name));
}

/** @param {string} folder @returns {string | undefined} a usable source in it */
function findUnpacked(folder) {
  return unpackedIn(folder).find((path) => problemWith(path) === undefined);
}

/**
 * @param {string} work an empty folder
 * @returns {Promise<string | undefined>} the unpacked source; undefined if no suite has a supported version
 */
async function fromSourcePackage(work) {
  const version = await sourcePackage('mbedtls', isSupportedVersion, work);
  if (version === undefined) return undefined;
  print(`Mbed TLS: source package ${version}`);
  return findUnpacked(work);
}

/**
 * @param {string} work an empty folder
 * @returns {Promise<string | undefined>} the unpacked source; undefined if it cannot be downloaded
 * @throws {UserError} if the archive has the wrong SHA-256
 */
async function fromRelease(work) {
  print(`Mbed TLS: ${RELEASE.url}`);
  const archive = await download(RELEASE.url, RELEASE.sha256);
  if (archive === undefined) return undefined;
  writeFileSync(join(work, 'mbedtls.tar.bz2'), archive);
  await runOrFail('Unpacking Mbed TLS', 'tar', ['-xjf', 'mbedtls.tar.bz2'], { cwd: work });
  return findUnpacked(work);
}

/**
 * @returns {string | undefined} MBEDTLS_SOURCE_DIR, or the folder downloaded earlier
 * @throws {UserError} if MBEDTLS_SOURCE_DIR cannot be used
 */
export function localSource() {
  const given = process.env.MBEDTLS_SOURCE_DIR;
  if (given === undefined || given === '') return findUnpacked(SOURCE_FOLDER);
  const problem = problemWith(resolve(given));
  if (problem !== undefined) {
    throw new UserError(
      `MBEDTLS_SOURCE_DIR cannot be used: ${problem}. Set it to an unpacked release of Mbed TLS ${MINIMUM} or a later ` +
        "3.6, or unset it and let 'npm run setup' download one.",
    );
  }
  return resolve(given);
}

/**
 * @returns {import('./packages.js').DebianPackage[]} the packages that mbedtlsSource() needs
 * @throws {UserError} if MBEDTLS_SOURCE_DIR cannot be used
 */
export function packagesForSource() {
  return localSource() === undefined && canGetSourcePackages() ? [DPKG_DEV] : [];
}

/**
 * @returns {Promise<string>} the folder of an unpacked Mbed TLS 3.6
 * @throws {UserError} if none can be found or downloaded
 */
export async function mbedtlsSource() {
  const local = localSource();
  if (local !== undefined) return local;
  for (const path of unpackedIn(SOURCE_FOLDER)) print(`${problemWith(path)}. Downloading another.`);

  const work = inProject('build/mbedtls-download');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const found = (await fromSourcePackage(work)) ?? (await fromRelease(work));
  if (found === undefined) {
    throw new UserError(
      `Cannot download the source of Mbed TLS ${MINIMUM} or a later 3.6: no source package has it, and reading ` +
        `${RELEASE.url} failed. Unpack a release and set\n\n` +
        '  MBEDTLS_SOURCE_DIR=<folder of the release>',
    );
  }
  rmSync(SOURCE_FOLDER, { recursive: true, force: true });
  mkdirSync(SOURCE_FOLDER);
  const kept = join(SOURCE_FOLDER, `mbedtls-${versionOf(found)}`);
  renameSync(found, kept);
  rmSync(work, { recursive: true, force: true });
  return kept;
}
