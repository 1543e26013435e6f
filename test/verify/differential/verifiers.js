/** The verifiers of a chain: pagetls with each profile, OpenSSL without and with strict options, GnuTLS, Go. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pem } from '../../../certs/der.js';
import { TLSError, TrustStore, verifyChain } from '../../../dist/index.js';
import {
  verifyWithGnutls,
  verifyWithOpenssl,
  gnutlsVersion,
  opensslVersion,
} from '../../../scripts/reference-verifiers.js';
import { goVersion } from './go.js';

/** @typedef {import('../../../scripts/reference-verifiers.js').VerifierInput} VerifierInput */
/** @typedef {import('./go.js').GoVerifier} GoVerifier */
/** @typedef {import('./plan.js').Case} Case */

/** The profiles of pagetls that are compared. `auto` is `private` here, since the anchors are the user's. */
export const PROFILES = /** @type {const} */ (['rfc5280', 'webpki', 'private', 'auto']);

/** `strict` is OpenSSL with -x509_strict and -policy_check. */
export const REFERENCES = /** @type {const} */ (['openssl', 'strict', 'gnutls', 'go']);

/** @typedef {(typeof PROFILES)[number]} ProfileName */
/** @typedef {(typeof REFERENCES)[number]} Reference */

const STRICT = ['-x509_strict', '-policy_check', '-policy', 'anyPolicy'];

/** Otherwise OpenSSL does not use delta CRLs, indirect CRLs and CRLs for some reasons. */
const ALL_CRLS = ['-extended_crl', '-use_deltas'];

/** @typedef {{ ok: boolean, reasons: string[] }} Result `reasons`: codes of pagetls, or messages of a reference */
/** @typedef {Record<ProfileName, Result> & Record<Reference, Result | undefined>} Results undefined: not asked */

/** @param {Case} testCase @param {ProfileName} profile @param {Date} now @returns {Promise<Result>} */
async function verifyWithPagetls({ sent, anchors, crls, hostname }, profile, now) {
  /** @type {TrustStore | undefined} */
  let trust;
  try {
    trust = await TrustStore.from(anchors);
    const { ok, problems } = await verifyChain(sent, { trust, hostname, now, profile, crls });
    return { ok, reasons: problems.map(({ depth, code }) => `${depth}: ${code.replace('ERR_TLS_', '')}`) };
  } catch (error) {
    if (!(error instanceof TLSError)) throw error;
    return { ok: false, reasons: [`-: ${error.code.replace('ERR_TLS_', '')}`] };
  } finally {
    trust?.[Symbol.dispose]();
  }
}

/** @param {Case} testCase @param {string} folder @returns {Promise<VerifierInput>} */
async function writeFiles({ sent, anchors, crls, hostname }, folder) {
  await mkdir(folder, { recursive: true });
  /** @param {string} name @param {string} label @param {Uint8Array[]} ders */
  const write = async (name, label, ders) => {
    await writeFile(join(folder, name), ders.map((one) => pem(label, one)).join(''));
    return name;
  };
  return {
    folder,
    hostname,
    leaf: await write('leaf.pem', 'CERTIFICATE', sent.slice(0, 1)),
    chain: await write('sent.pem', 'CERTIFICATE', sent),
    roots: await write('anchors.pem', 'CERTIFICATE', anchors),
    crl: crls.length === 0 ? null : await write('crls.pem', 'X509 CRL', crls),
  };
}

/** @param {VerifierInput} input @param {Date} now @param {string[]} more @returns {Promise<Result>} */
async function opensslResult(input, now, more) {
  const { ok, message } = await verifyWithOpenssl(input, now, [
    '-partial_chain',
    ...(input.crl === null ? [] : ALL_CRLS),
    ...more,
  ]);
  const reasons = [...message.matchAll(/^error \d+ at (\d+) depth lookup: (.*)$/gm)].map(
    ([, depth, text]) => `${depth}: ${text}`,
  );
  return { ok: ok === true, reasons: ok || reasons.length > 0 ? reasons : [message.split('\n', 1)[0]] };
}

/** @param {VerifierInput} input @param {Date} now @returns {Promise<{ openssl: Result, strict: Result }>} */
async function verifyWithBothOpenssl(input, now) {
  const openssl = await opensslResult(input, now, []);
  // The strict options only add checks, so a chain that is rejected without them is rejected with them.
  const strict = openssl.ok ? await opensslResult(input, now, STRICT) : openssl;
  return { openssl, strict };
}

/** @param {VerifierInput} input @returns {Promise<Result>} for the present time */
async function gnutlsResult(input) {
  const { ok, message } = await verifyWithGnutls(input);
  const sentences = message.split(/(?<=\.) /).map((sentence) => sentence.trim());
  return {
    ok: ok === true,
    reasons: ok ? [] : sentences.filter((text) => text !== '' && !/NOT trusted|^Not verified/.test(text)),
  };
}

/**
 * @param {Case} testCase
 * @param {string} directory for its files
 * @param {Date} now
 * @param {GoVerifier} go
 * @returns {Promise<Results>}
 */
export async function verifyWithAll(testCase, directory, now, go) {
  const input = await writeFiles(testCase, directory);
  const [{ openssl, strict }, gnutls, ofGo] = await Promise.all([
    verifyWithBothOpenssl(input, now),
    gnutlsResult(input),
    testCase.crls.length === 0 ? go.verify(testCase, now) : undefined,
  ]);
  /** @type {Partial<Results>} */
  const own = {};
  for (const profile of PROFILES) own[profile] = await verifyWithPagetls(testCase, profile, now);
  return /** @type {Results} */ ({ ...own, openssl, strict, gnutls, go: ofGo });
}

/** @returns {Promise<string | false>} why the installed references cannot be compared; false if they can */
export async function unsupportedVersions() {
  const found = [await opensslVersion(), await gnutlsVersion(), await goVersion()];
  const known = ['OpenSSL 3.0', 'GnuTLS 3.7', 'Go 1.19'];
  return known.every((version, i) => found[i]?.startsWith(`${version}.`))
    ? false
    : `differences are declared for ${known.join(', ')}, not for ${found.join(', ')}`;
}
