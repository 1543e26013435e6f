/**
 * Writes the lab's files for the pages: lab/index.json, and for each case the PEM files to verify. The installed OpenSSL
 * and GnuTLS verify each chain now; their results are never written by hand.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { generate, loadCase } from '../../certs/generate.js';
import { CLOCK } from '../../certs/profiles.js';
import { digestOf, fillFolder } from '../folder-cache.js';
import { verifyWithGnutls, verifyWithOpenssl, gnutlsVersion, opensslVersion } from '../reference-verifiers.js';
import { inProject } from '../run.js';
import { certificatesOf, labCases, unreachable } from './cases.js';

/** @typedef {import('../../inspector/src/types.js').LabCase} LabCase */
/** @typedef {import('../../inspector/src/types.js').LabIndex} LabIndex */
/** @typedef {import('../../inspector/src/types.js').Opinion} Opinion */
/** @typedef {import('./cases.js').Declared} Declared */
/** @typedef {import('../reference-verifiers.js').VerifierInput} VerifierInput */

/** The folder that `buildLab` fills. */
export const LAB = inProject('build/lab');

/** Versions of the installed programs; null: not installed. @typedef {{ openssl: string | null, gnutls: string | null }} Programs */

/**
 * Writes build/lab, unless it is up to date with the certificates, sources and program versions.
 * @returns {Promise<string>} the folder
 */
export async function buildLab() {
  const certificates = inProject('build/certs');
  const { generator } = await generate(certificates);
  const programs = { openssl: await opensslVersion(), gnutls: await gnutlsVersion() };
  const sources = ['scripts/lab', 'scripts/reference-verifiers.js', 'certs/coverage', 'messages'].map((path) =>
    inProject(path),
  );
  const digest = await digestOf(sources, [generator, JSON.stringify(programs)]);
  await fillFolder(LAB, digest, (folder) => writeLab(folder, certificates, programs));
  return LAB;
}

/**
 * @param {string} folder an existing, empty one
 * @param {string} certificates a folder that certs/generate.js has filled
 * @param {Programs} programs
 */
export async function writeLab(folder, certificates, programs) {
  const declared = labCases();
  /** @type {LabCase[]} */
  const cases = [];
  const queue = declared.entries(); // shared by the workers
  const worker = async () => {
    for (const [at, one] of queue) cases[at] = await writeCase(folder, one, certificates, programs);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  /** @type {LabIndex} */
  const index = { clock: CLOCK, cases, unreachable: unreachable() };
  await writeFile(join(folder, 'index.json'), `${JSON.stringify(index, null, 1)}\n`);
}

/**
 * @param {string} folder
 * @param {Declared} declared
 * @param {string} certificates
 * @param {Programs} programs
 * @returns {Promise<LabCase>}
 */
async function writeCase(folder, declared, certificates, programs) {
  const { id, hasChain, hasCrl, hostname, clock } = declared;
  const { chain, roots, crl, files } = loadCase(certificates, certificatesOf(declared));
  await mkdir(join(folder, id));
  await writeFile(join(folder, id, 'roots.pem'), roots);
  if (hasChain) await writeFile(join(folder, id, 'chain.pem'), chain);
  if (hasCrl && crl !== undefined) await writeFile(join(folder, id, 'crl.pem'), crl);
  if (!hasChain) return { ...declared, opinions: [] };
  const question = {
    folder: dirname(files.chain),
    hostname,
    ...{ leaf: 'leaf.pem', chain: 'chain.pem', roots: 'roots.pem', crl: hasCrl ? 'crl.pem' : null },
  };
  return { ...declared, opinions: await ask(question, new Date(clock ?? CLOCK), programs) };
}

/**
 * @param {VerifierInput} question
 * @param {Date} clock
 * @param {Programs} programs
 * @returns {Promise<Opinion[]>}
 */
async function ask(question, clock, { openssl, gnutls }) {
  return [
    ...(openssl ? [{ program: openssl, ...(await verifyWithOpenssl(question, clock)), at: clock.toISOString() }] : []),
    ...(gnutls ? [{ program: gnutls, ...(await verifyWithGnutls(question)), at: new Date().toISOString() }] : []),
  ];
}
