/** Who judges a chain: pagetls under both profiles, OpenSSL plain and strict, GnuTLS. */
import { mkdir, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { pem } from '../../certs/der.js';
import { TLSError, TrustStore, verifyChain } from '../../dist/index.js';
import { run } from '../../scripts/run.js';

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

/** @typedef {{ leaf: string, sent: string, anchors: string, lists: string | null }} Files */

/** @param {Case} made @param {string} directory @returns {Promise<Files>} */
async function writeFiles({ sent, anchors, lists }, directory) {
  await mkdir(directory, { recursive: true });
  /** @param {string} name @param {string} label @param {Uint8Array[]} ders */
  const write = async (name, label, ders) => {
    const path = join(directory, name);
    await writeFile(path, ders.map((one) => pem(label, one)).join(''));
    return path;
  };
  return {
    leaf: await write('leaf.pem', 'CERTIFICATE', sent.slice(0, 1)),
    sent: await write('sent.pem', 'CERTIFICATE', sent),
    anchors: await write('anchors.pem', 'CERTIFICATE', anchors),
    lists: lists.length === 0 ? null : await write('lists.pem', 'X509 CRL', lists),
  };
}

/** @param {Case} made @param {Files} files @param {Date} now @param {string[]} more @returns {Promise<Verdict>} */
async function askOpenssl({ hostname }, files, now, more) {
  const { status, all } = await run('openssl', [
    ...['verify', '-auth_level', '2', '-purpose', 'sslserver', '-partial_chain'],
    ...['-attime', String(Math.floor(now.getTime() / 1000))],
    ...[isIP(hostname) ? '-verify_ip' : '-verify_hostname', hostname],
    ...['-no-CApath', '-no-CAstore', '-CAfile', files.anchors, '-untrusted', files.sent],
    ...(files.lists === null ? [] : ['-crl_check_all', '-CRLfile', files.lists]),
    ...[...more, files.leaf],
  ]);
  const says = [...all.matchAll(/^error \d+ at (\d+) depth lookup: (.*)$/gm)].map(
    ([, depth, text]) => `${depth}: ${text}`,
  );
  const ok = status === 0 && /: OK$/m.test(all);
  return { ok, says: ok || says.length > 0 ? says : [all.split('\n', 1)[0]] };
}

/** @param {Case} made @param {Files} files @param {Date} now @returns {Promise<{ openssl: Verdict, strict: Verdict }>} */
async function askOpensslTwice(made, files, now) {
  const openssl = await askOpenssl(made, files, now, []);
  // The strict options only add checks: what is refused without them need not be asked again.
  const strict = openssl.ok ? await askOpenssl(made, files, now, STRICT) : openssl;
  return { openssl, strict };
}

/** @param {Case} made @param {Files} files @returns {Promise<Verdict>} at the present: certtool takes no other time */
async function askGnutls({ hostname }, files) {
  const { status, all } = await run('certtool', [
    ...['--verify', '--verify-profile=medium', '--infile', files.sent, '--load-ca-certificate', files.anchors],
    ...[`--verify-hostname=${hostname}`, '--verify-purpose=1.3.6.1.5.5.7.3.1'],
    ...(files.lists === null ? [] : ['--load-crl', files.lists]),
  ]);
  const [, says] = /^Chain verification output: (.*)$/m.exec(all) ?? [];
  const ok = status === 0 && says !== undefined && says.startsWith('Verified.');
  const sentences = (says ?? all.trim().split('\n').at(-1) ?? '').split(/(?<=\.) /).map((sentence) => sentence.trim());
  return { ok, says: ok ? [] : sentences.filter((text) => text !== '' && !/NOT trusted|^Not verified/.test(text)) };
}

/** @param {Case} made @param {string} directory for its files @param {Date} now @returns {Promise<Verdicts>} */
export async function judge(made, directory, now) {
  const files = await writeFiles(made, directory);
  const [{ openssl, strict }, gnutls] = await Promise.all([askOpensslTwice(made, files, now), askGnutls(made, files)]);
  const rfc5280 = await askPagetls(made, 'rfc5280', now);
  const webpki = await askPagetls(made, 'webpki', now);
  return { rfc5280, webpki, openssl, strict, gnutls };
}

/** @returns {Promise<string | false>} which references are not those that the differences are declared of */
export async function strangeVersions() {
  const [openssl] = (await run('openssl', ['version'])).out.split('\n');
  const [gnutls] = (await run('certtool', ['--version'])).out.split('\n');
  const known = /^OpenSSL 3\.0\./.test(openssl) && /^certtool 3\.7\./.test(gnutls);
  return known ? false : `differences are declared of OpenSSL 3.0 and GnuTLS 3.7; here are ${openssl} and ${gnutls}`;
}
