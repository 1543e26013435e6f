/** Who judges a chain: pagetls under both profiles, OpenSSL plain and strict, GnuTLS. */
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

/** @typedef {import('../../../scripts/reference-verifiers.js').VerifierInput} VerifierInput */
/** @typedef {import('./plan.js').Case} Case */

/** The profiles of pagetls that are compared. */
export const PROFILES = /** @type {const} */ (['rfc5280', 'webpki']);

/** `strict` is OpenSSL with -x509_strict and -policy_check. */
export const REFERENCES = /** @type {const} */ (['openssl', 'strict', 'gnutls']);

/** @typedef {(typeof PROFILES)[number]} ProfileName */
/** @typedef {(typeof REFERENCES)[number]} Reference */

const STRICT = ['-x509_strict', '-policy_check', '-policy', 'anyPolicy'];

/** @typedef {{ ok: boolean, says: string[] }} Verdict `says`: codes of pagetls, or the words of a reference */
/** @typedef {Record<ProfileName | Reference, Verdict>} Verdicts */

/** @param {Case} made @param {ProfileName} profile @param {Date} now @returns {Promise<Verdict>} */
async function askPagetls({ sent, anchors, lists, hostname }, profile, now) {
  /** @type {TrustStore | undefined} */
  let trust;
  try {
    trust = await TrustStore.from(anchors);
    const { ok, problems } = await verifyChain(sent, { trust, hostname, now, profile, crls: lists });
    return { ok, says: problems.map(({ depth, code }) => `${depth}: ${code.replace('ERR_TLS_', '')}`) };
  } catch (error) {
    if (!(error instanceof TLSError)) throw error;
    return { ok: false, says: [`-: ${error.code.replace('ERR_TLS_', '')}`] };
  } finally {
    trust?.[Symbol.dispose]();
  }
}

/** @param {Case} made @param {string} folder @returns {Promise<VerifierInput>} */
async function writeFiles({ sent, anchors, lists, hostname }, folder) {
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
    crl: lists.length === 0 ? null : await write('lists.pem', 'X509 CRL', lists),
  };
}

/** @param {VerifierInput} question @param {Date} now @param {string[]} more @returns {Promise<Verdict>} */
async function ask(question, now, more) {
  const { ok, message } = await verifyWithOpenssl(question, now, ['-partial_chain', ...more]);
  const says = [...message.matchAll(/^error \d+ at (\d+) depth lookup: (.*)$/gm)].map(
    ([, depth, text]) => `${depth}: ${text}`,
  );
  return { ok: ok === true, says: ok || says.length > 0 ? says : [message.split('\n', 1)[0]] };
}

/** @param {VerifierInput} question @param {Date} now @returns {Promise<{ openssl: Verdict, strict: Verdict }>} */
async function askOpensslTwice(question, now) {
  const openssl = await ask(question, now, []);
  // The strict options only add checks: what is refused without them need not be asked again.
  const strict = openssl.ok ? await ask(question, now, STRICT) : openssl;
  return { openssl, strict };
}

/** @param {VerifierInput} question @returns {Promise<Verdict>} at the present */
async function askGnutlsOnce(question) {
  const { ok, message } = await verifyWithGnutls(question);
  const sentences = message.split(/(?<=\.) /).map((sentence) => sentence.trim());
  return {
    ok: ok === true,
    says: ok ? [] : sentences.filter((text) => text !== '' && !/NOT trusted|^Not verified/.test(text)),
  };
}

/** @param {Case} made @param {string} directory for its files @param {Date} now @returns {Promise<Verdicts>} */
export async function judge(made, directory, now) {
  const question = await writeFiles(made, directory);
  const [{ openssl, strict }, gnutls] = await Promise.all([askOpensslTwice(question, now), askGnutlsOnce(question)]);
  const rfc5280 = await askPagetls(made, 'rfc5280', now);
  const webpki = await askPagetls(made, 'webpki', now);
  return { rfc5280, webpki, openssl, strict, gnutls };
}

/** @returns {Promise<string | false>} which references are not those that the differences are declared of */
export async function strangeVersions() {
  const [openssl, gnutls] = [await opensslVersion(), await gnutlsVersion()];
  const known = openssl?.startsWith('OpenSSL 3.0.') && gnutls?.startsWith('GnuTLS 3.7.');
  return known ? false : `differences are declared of OpenSSL 3.0 and GnuTLS 3.7; here are ${openssl} and ${gnutls}`;
}
