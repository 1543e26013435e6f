/**
 * Writes all cases to a directory, and loads single cases from it.
 *
 *   node certs/generate.js OUTDIR
 *
 * Names, serial numbers and dates are deterministic; keys are kept in OUTDIR/keys.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createIssuer, withIssuers } from './build.js';
import { pem } from './der.js';
import { keyStore, privateKeyPem } from './keys.js';
import { CLOCK, PROFILES } from './profiles.js';

/** @typedef {import('./profile.js').Expected} Expected */
/** @typedef {import('./profile.js').Profile} Profile */

/**
 * A case in index.json. File paths are relative to the index.
 * @typedef {object} CaseEntry
 * @property {string} id
 * @property {string} title
 * @property {string} explain
 * @property {string} hostname
 * @property {string} clock
 * @property {boolean} serve
 * @property {boolean} malformed
 * @property {Profile['profile']} profile
 * @property {{ chain: string[], minVersion?: string, ciphers?: string }} server
 * @property {string[]} trust
 * @property {Expected} expected
 * @property {string} openssl
 * @property {{ chain: string, key: string, leaf: string, roots: string, all: string, crl?: string }} files
 * @property {{ ca: string, credentials: Record<string, { chain: string, key: string }> }} [clients]
 */

/** @typedef {{ generator: string, clock: string, cases: CaseEntry[] }} Index */

const SOURCES = dirname(fileURLToPath(import.meta.url));

/** @returns {Promise<string>} a hash of all sources of the generator */
async function generatorDigest() {
  const names = (await readdir(SOURCES, { recursive: true })).filter((name) => name.endsWith('.js')).sort();
  const hash = createHash('sha256');
  for (const name of names) hash.update(`${name}\0`).update(await readFile(join(SOURCES, name)));
  return hash.digest('hex');
}

/** @param {string} outDir @returns {Index} @throws if there is no index.json */
function readIndex(outDir) {
  return JSON.parse(readFileSync(join(outDir, 'index.json'), 'utf8'));
}

/** @param {string} outDir @returns {Promise<{ digest: string | null, occupied: boolean }>} existing output of the generator, or other files */
async function inspectTarget(outDir) {
  /** @type {string[]} */
  const names = await readdir(outDir).catch(() => []);
  if (!names.includes('index.json')) return { digest: null, occupied: names.length > 0 };
  const { generator } = readIndex(outDir);
  return { digest: generator ?? null, occupied: generator === undefined };
}

/**
 * Writes all cases to `outDir`. Does nothing if the same sources wrote it before. It writes to a temporary directory,
 * then renames that, so that concurrent processes do not mix their keys.
 * @param {string} outDir
 * @returns {Promise<Index>}
 * @throws {Error} if `outDir` contains other files
 */
export async function generate(outDir) {
  const target = resolve(outDir);
  const digest = await generatorDigest();
  const before = await inspectTarget(target);
  if (before.digest === digest) return readIndex(target);
  if (before.occupied) throw new Error(`${target} is not empty and was not written by this generator`);

  await mkdir(dirname(target), { recursive: true });
  const work = await mkdtemp(`${target}.new-`);
  try {
    await cp(join(target, 'keys'), join(work, 'keys'), { recursive: true }).catch(ignoreMissing);
    await writeCases(work, digest);
    await chmod(work, 0o755);
    await moveIntoPlace(target, work, digest);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return readIndex(target);
}

/** @param {NodeJS.ErrnoException} error */
function ignoreMissing(error) {
  if (error.code !== 'ENOENT') throw error;
}

/** Concurrent processes can make the rename fail this often. */
const MAX_RENAME_ATTEMPTS = 20;

/**
 * Moves `work` to `target`. Replaces the output of other sources, but keeps that of the same sources, which another
 * process may just have written.
 * @param {string} target
 * @param {string} work
 * @param {string} digest
 */
async function moveIntoPlace(target, work, digest) {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(work, target); // succeeds if `target` is missing or an empty directory
      return;
    } catch (error) {
      if (attempt === MAX_RENAME_ATTEMPTS) throw error;
    }
    if ((await inspectTarget(target)).digest === digest) return;
    await rename(target, `${work}.old`).catch(ignoreMissing); // another process may have moved it first
    await rm(`${work}.old`, { recursive: true, force: true });
  }
}

/** @param {string} directory @param {string} digest */
async function writeCases(directory, digest) {
  const issue = createIssuer(keyStore(join(directory, 'keys')));
  const cases = await Promise.all(PROFILES.map((profile) => writeCase(directory, profile, issue)));
  await writeFile(
    join(directory, 'index.json'),
    `${JSON.stringify({ generator: digest, clock: CLOCK, cases }, null, 1)}\n`,
  );
}

/**
 * @param {string} directory
 * @param {Profile} profile
 * @param {ReturnType<typeof createIssuer>} issuing
 * @returns {Promise<CaseEntry>}
 */
async function writeCase(directory, profile, { issue, issueCrl }) {
  const { id, title, explain, hostname, clock, serve, malformed, server, trust, expected, openssl } = profile;
  const pems = async (/** @type {string[]} */ names) =>
    (await Promise.all(names.map(async (name) => pem('CERTIFICATE', (await issue(profile, name)).der)))).join('');
  const keyOf = async (/** @type {string} */ name) => privateKeyPem((await issue(profile, name)).key);
  const [leaf] = server.chain;
  const allNames = withIssuers(profile, [...server.chain, ...Object.keys(profile.certificates), ...trust]);

  await mkdir(join(directory, id), { recursive: true });
  const write = async (/** @type {string} */ name, /** @type {string} */ text) => {
    await writeFile(join(directory, id, name), text);
    return `${id}/${name}`;
  };
  const crls = await Promise.all(profile.crls.map((crl) => issueCrl(profile, crl)));
  const files = {
    chain: await write('chain.pem', await pems(server.chain)),
    key: await write('key.pem', await keyOf(leaf)),
    leaf: await write('leaf.pem', await pems([leaf])),
    roots: await write('roots.pem', await pems(trust)),
    all: await write('all.pem', await pems(allNames)),
    ...(crls.length > 0 && { crl: await write('crl.pem', crls.map((crl) => pem('X509 CRL', crl)).join('')) }),
  };

  /** @type {CaseEntry} */
  const entry = {
    ...{ id, title, explain, hostname, clock, serve, malformed, profile: profile.profile },
    ...{ server, trust, expected, openssl, files },
  };
  if (profile.clients === undefined) return entry;
  /** @type {Record<string, { chain: string, key: string }>} */
  const credentials = {};
  for (const [name, chain] of Object.entries(profile.clients.credentials)) {
    credentials[name] = {
      chain: await write(`client-${name}.pem`, await pems(chain)),
      key: await write(`client-${name}-key.pem`, await keyOf(chain[0])),
    };
  }
  const ca = await write('client-ca.pem', await pems(profile.clients.trust));
  return { ...entry, clients: { ca, credentials } };
}

/**
 * @typedef {object} Loaded
 * @property {string} chain PEM, as sent by the server, leaf first
 * @property {string} key PEM, PKCS#8
 * @property {string} leaf PEM
 * @property {string} roots PEM, the client's trust anchors
 * @property {string} all PEM, every certificate of the case
 * @property {string} [crl] PEM, every CRL of the case
 * @property {CaseEntry['files']} files the absolute paths of these
 * @property {{ ca: string, credentials: Record<string, { chain: string, key: string }> }} [clients] PEM
 */

/**
 * Loads one case from a directory that `generate` wrote.
 * @param {string} outDir
 * @param {string} id
 * @returns {Omit<CaseEntry, 'files' | 'clients'> & Loaded}
 * @throws {Error} if there is no such case
 */
export function loadCase(outDir, id) {
  const entry = readIndex(outDir).cases.find((candidate) => candidate.id === id);
  if (entry === undefined) throw new Error(`no case ${id} in ${outDir}`);
  const path = (/** @type {string} */ file) => resolve(outDir, file);
  const read = (/** @type {string} */ file) => readFileSync(path(file), 'utf8');
  const { chain, key, leaf, roots, all, crl } = entry.files;
  const { clients, ...rest } = entry;
  return {
    ...rest,
    chain: read(chain),
    key: read(key),
    leaf: read(leaf),
    roots: read(roots),
    all: read(all),
    ...(crl !== undefined && { crl: read(crl) }),
    files: {
      chain: path(chain),
      key: path(key),
      leaf: path(leaf),
      roots: path(roots),
      all: path(all),
      ...(crl !== undefined && { crl: path(crl) }),
    },
    ...(clients !== undefined && {
      clients: {
        ca: read(clients.ca),
        credentials: Object.fromEntries(
          Object.entries(clients.credentials).map(([name, files]) => [
            name,
            { chain: read(files.chain), key: read(files.key) },
          ]),
        ),
      },
    }),
  };
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [outDir] = process.argv.slice(2);
  if (outDir === undefined) {
    console.error('usage: node certs/generate.js OUTDIR');
    process.exitCode = 2;
  } else {
    const { cases } = await generate(outDir);
    console.log(`${cases.length} cases in ${resolve(outDir)}`);
  }
}
