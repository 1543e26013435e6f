/**
 * The source of Mbed TLS 3.6: a folder that the user names, else Debian's or
 * Ubuntu's source package, else the upstream release. Kept in build/mbedtls/.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DPKG_DEV } from './packages.js';
import { canGetSourcePackages, sourcePackage } from './private-apt.js';
import { inProject, runOrFail, UserError, print } from './run.js';

export const RELEASE = {
  url: 'https://github.com/Mbed-TLS/mbedtls/releases/download/mbedtls-3.6.6/mbedtls-3.6.6.tar.bz2',
  // Also the Checksums-Sha256 of mbedtls_3.6.6.orig.tar.bz2 in Debian's signed .dsc.
  sha256: '8fb65fae8dcae5840f793c0a334860a411f884cc537ea290ce1c52bb64ca007a',
};

/** The oldest Mbed TLS that is built. CMakeLists.txt has it, and refuses what is older by itself. */
const MINIMUM =
  /^set\(MBEDTLS_MINIMUM ([0-9.]+)\)$/m.exec(readFileSync(inProject('CMakeLists.txt'), 'utf8'))?.[1] ?? '';

/**
 * @param {string} version of Mbed TLS, or Debian's of its source package without the epoch
 * @returns {boolean} whether it is 3.6 and not older than the minimum
 */
export function isSupportedVersion(version) {
  const [, patch] = /^3\.6\.([0-9]+)/.exec(version) ?? [];
  return Number(patch) >= Number(MINIMUM.split('.')[2]);
}

/** Where it is kept. */
const SOURCE_FOLDER = inProject('build/mbedtls');

/** @param {string} folder @returns {string | undefined} the version of the Mbed TLS in it */
function versionOf(folder) {
  // Since 3.0, and before.
  const header = ['build_info.h', 'version.h']
    .map((name) => join(folder, 'include/mbedtls', name))
    .find((path) => existsSync(path));
  if (header === undefined) return undefined;
  return /define MBEDTLS_VERSION_STRING\s+"([0-9.]+)"/.exec(readFileSync(header, 'utf8'))?.[1];
}

/**
 * @param {string} folder
 * @returns {string | undefined} why it will not do
 */
function fault(folder) {
  const version = versionOf(folder);
  if (version === undefined) return `there is no Mbed TLS source in '${folder}' (no include/mbedtls/build_info.h)`;
  if (!isSupportedVersion(version))
    return `'${folder}' is Mbed TLS ${version}, but pagetls needs ${MINIMUM} or a later 3.6`;
  // Generated files: releases have them, git checkouts do not. CMakeLists.txt looks for the same ones.
  const lacks = ['library/error.c', 'library/psa_crypto_driver_wrappers.h', '3rdparty/everest/library/everest.c'].find(
    (file) => !existsSync(join(folder, file)),
  );
  return lacks && `'${folder}' lacks ${lacks}: it is not a whole release (a git checkout lacks the generated files)`;
}

/** @param {string} folder @returns {string[]} what is unpacked in it */
function unpacked(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.startsWith('mbedtls-'))
    .map((name) => join(folder, name));
}

/** @param {string} folder @returns {string | undefined} the good source in it */
function findUnpacked(folder) {
  return unpacked(folder).find((path) => fault(path) === undefined);
}

/**
 * @param {string} work an empty folder
 * @returns {Promise<string | undefined>} the unpacked source, or undefined when no suite has one that is new enough
 */
async function fromSourcePackage(work) {
  const version = await sourcePackage('mbedtls', isSupportedVersion, work);
  if (version === undefined) return undefined;
  print(`Mbed TLS: source package ${version}`);
  return findUnpacked(work);
}

/**
 * @param {string} work an empty folder
 * @returns {Promise<string | undefined>} the unpacked source
 * @throws {UserError} when what came is not the release
 */
async function fromRelease(work) {
  print(`Mbed TLS: ${RELEASE.url}`);
  /** @type {Uint8Array} */
  let archive;
  try {
    const response = await fetch(RELEASE.url, { signal: AbortSignal.timeout(120_000) });
    if (!response.ok) return undefined;
    archive = new Uint8Array(await response.arrayBuffer());
  } catch {
    return undefined;
  }
  const sha256 = createHash('sha256').update(archive).digest('hex');
  if (sha256 !== RELEASE.sha256) {
    throw new UserError(`What ${RELEASE.url} gives has the SHA-256 ${sha256}, not ${RELEASE.sha256}: it is not used.`);
  }
  writeFileSync(join(work, 'mbedtls.tar.bz2'), archive);
  await runOrFail('Unpacking Mbed TLS', 'tar', ['-xjf', 'mbedtls.tar.bz2'], { cwd: work });
  return findUnpacked(work);
}

/**
 * @returns {string | undefined} the folder that the user names, or the one that was fetched before
 * @throws {UserError} when what the user names will not do
 */
export function localSource() {
  const given = process.env.MBEDTLS_SOURCE_DIR;
  if (given === undefined || given === '') return findUnpacked(SOURCE_FOLDER);
  const wrong = fault(resolve(given));
  if (wrong !== undefined) {
    throw new UserError(
      `MBEDTLS_SOURCE_DIR will not do: ${wrong}. Let it name an unpacked release of Mbed TLS ${MINIMUM} or a later 3.6, ` +
        "or unset it, and 'npm run setup' fetches one.",
    );
  }
  return resolve(given);
}

/**
 * @returns {import('./packages.js').DebianPackage[]} what mbedtlsSource() needs here
 * @throws {UserError} when MBEDTLS_SOURCE_DIR will not do
 */
export function packagesForSource() {
  return localSource() === undefined && canGetSourcePackages() ? [DPKG_DEV] : [];
}

/**
 * @returns {Promise<string>} the folder of an unpacked Mbed TLS 3.6
 * @throws {UserError} when there is none
 */
export async function mbedtlsSource() {
  const here = localSource();
  if (here !== undefined) return here;
  for (const path of unpacked(SOURCE_FOLDER)) print(`${fault(path)}: another one is fetched`);

  const work = inProject('build/mbedtls-download');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const found = (await fromSourcePackage(work)) ?? (await fromRelease(work));
  if (found === undefined) {
    throw new UserError(
      `The source of Mbed TLS ${MINIMUM} or a later 3.6 cannot be had: no source package in reach has it, and neither ` +
        `could ${RELEASE.url} be read. Please unpack it somewhere and set\n\n` +
        '  MBEDTLS_SOURCE_DIR=<an unpacked Mbed TLS 3.6 release>',
    );
  }
  rmSync(SOURCE_FOLDER, { recursive: true, force: true });
  mkdirSync(SOURCE_FOLDER);
  const kept = join(SOURCE_FOLDER, `mbedtls-${versionOf(found)}`);
  renameSync(found, kept);
  rmSync(work, { recursive: true, force: true });
  return kept;
}
