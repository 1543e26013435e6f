/**
 * Verifies chains with OpenSSL (`openssl verify`) and GnuTLS (`certtool --verify`), to compare their results with ours.
 */
import { isIP } from 'node:net';
import { findProgram, run } from './run.js';

/**
 * File names are relative to `folder`, so that the programs' messages contain no path of this machine.
 * @typedef {object} VerifierInput
 * @property {string} folder
 * @property {string} leaf
 * @property {string} chain leaf first
 * @property {string} roots
 * @property {string | null} crl
 * @property {string} hostname a name or an IP address
 */

/**
 * @typedef {object} VerifierResult
 * @property {boolean | null} ok null: the program cannot read the certificate
 * @property {string} message the program's message about the chain
 */

/** Messages must not depend on the user's locale. */
const ENV = { LC_ALL: 'C' };

/** id-kp-serverAuth, RFC 5280, section 4.2.1.12. */
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

/**
 * At security level 2 (112 bits), with the purpose sslserver, and with CRL checks for the whole chain if there is a CRL.
 * @param {VerifierInput} question
 * @param {Date} now
 * @param {string[]} [more] more options
 * @returns {Promise<VerifierResult>}
 */
export async function verifyWithOpenssl({ folder, leaf, chain, roots, crl, hostname }, now, more = []) {
  const { status, output } = await run(
    'openssl',
    [
      ...['verify', '-auth_level', '2', '-purpose', 'sslserver'],
      ...['-attime', String(Math.floor(now.getTime() / 1000))],
      ...[isIP(hostname) ? '-verify_ip' : '-verify_hostname', hostname],
      ...['-no-CApath', '-no-CAstore', '-CAfile', roots, '-untrusted', chain],
      ...(crl === null ? [] : ['-crl_check_all', '-CRLfile', crl]),
      ...[...more, leaf],
    ],
    { cwd: folder, env: ENV },
  );
  const unread = /(could not read|unable to load) certificate/i.test(output);
  const message = output.trim().replaceAll(/^[\dA-F]+:(?=error:)/gm, ''); // the thread id
  return { ok: unread ? null : status === 0 && /: OK$/m.test(output), message };
}

/**
 * At the current time: certtool cannot use another.
 * @param {VerifierInput} question
 * @returns {Promise<VerifierResult>}
 */
export async function verifyWithGnutls({ folder, chain, roots, crl, hostname }) {
  const { status, output } = await run(
    'certtool',
    [
      ...['--verify', '--verify-profile=medium', '--infile', chain, '--load-ca-certificate', roots],
      ...[`--verify-hostname=${hostname}`, `--verify-purpose=${SERVER_AUTH}`],
      ...(crl === null ? [] : ['--load-crl', crl]),
    ],
    { cwd: folder, env: ENV },
  );
  const [, result] = /^Chain verification output: (.*)$/m.exec(output) ?? [];
  if (result === undefined) return { ok: null, message: output.trim().split('\n').at(-1) ?? '' };
  return { ok: status === 0 && result.startsWith('Verified.'), message: result.trim() };
}

/** Such as "OpenSSL 3.0.17"; null if not installed. @returns {Promise<string | null>} */
export async function opensslVersion() {
  if (findProgram('openssl') === undefined) return null;
  return /^OpenSSL \S+/.exec((await run('openssl', ['version'])).stdout)?.[0] ?? null;
}

/** Such as "GnuTLS 3.7.9"; null if not installed. @returns {Promise<string | null>} */
export async function gnutlsVersion() {
  if (findProgram('certtool') === undefined) return null;
  const [, version] = /^certtool (\S+)/.exec((await run('certtool', ['--version'])).stdout) ?? [];
  return version === undefined ? null : `GnuTLS ${version}`;
}
