/** Exports a result as JSON, PEM and equivalent commands. */
import { certificateHost, formatAddress, isIPAddress, parseAddress, parseHost } from '../../../dist/address.js';
import { toJSON } from '../../../dist/cli-format.js';
import { TLSError } from '../../../dist/index.js';
import { STARTTLS_PORTS } from '../../../dist/starttls/protocols.js';
import { fixOf } from '../../../messages/problems.js';
import { skippedOf } from './files.js';
import { outcome } from './format.js';

/** @typedef {import('../types.js').Certificate} Certificate */
/** @typedef {import('../types.js').Problem} Problem */
/** @typedef {import('../types.js').Request} Request */
/** @typedef {import('../types.js').Result} Result */
/** @typedef {import('../types.js').TLSError} Failure */
/** @typedef {import('../types.js').Verification} Verification */

/** The version changes when a field is removed or changes its meaning, not when one is added. */
export const FORMAT = { name: 'pagetls-inspection', version: 1 };

/* --- JSON ------------------------------------------------------------------------- */

/**
 * The whole result as JSON text:
 *
 *   format      { name: "pagetls-inspection", version: 1 }
 *   request     { address, dialled, starttls, servername, bridge, get, tampered, lab }
 *   criteria    { hostname, time, profile, trust: { kind, name, size, version, date }, crls } or null; `version` and `date`
 *               are those of Mozilla's list
 *   outcome     { kind: "good" | "bad" | "error" | "cancelled", sentence, detail }
 *   problems    [{ depth, code, rule, flag, flagText, message, reference, fix }]
 *   warnings    the same, for rules that the profile does not enforce
 *   skipped     [{ source: "trust" | "chain" | "crls", file, index, block, line, kind, reason, message }]
 *   error       { code, message, alert, native: { code, text } } or null
 *   chain       { ok, time, profile, flags, moreProblems, moreWarnings, revocation, notChecked, tried, path, sent,
 *                 others: [{ path, problems, moreProblems }] } or null
 *   connection  { protocol, cipher, alpn, servername, timing } or null
 *   answer      { status, firstByte } or null
 *   elapsed     milliseconds
 *
 * Certificates in `path` and `sent` have the package's fields, with `pem` instead of `der`; one that cannot be read has
 * only `pem`. In `others` a certificate is { subject, sha256 }. Times are ISO 8601; unknown values are null. Possible
 * secrets are left out: keys, a bridge's token, headers and body of the answer.
 * @param {Result} result
 * @returns {string}
 */
export function asJson(result) {
  const { request, info, verification, error, criteria, answer, elapsed } = result;
  return `${toJSON({
    format: FORMAT,
    request: requestFields(request),
    criteria: criteria && {
      hostname: criteria.hostname,
      time: criteria.now,
      profile: criteria.profile,
      trust: trustFields(criteria.trust),
      crls: criteria.crls,
    },
    outcome: { detail: null, ...outcome(result) },
    problems: problemFields(verification?.problems ?? []),
    warnings: problemFields(verification?.warnings ?? []),
    skipped: skippedOf(result).map(({ input: _, ...one }) => one),
    error: error && errorFields(error),
    chain: verification && chainFields(verification),
    connection: info && {
      protocol: info.protocol,
      cipher: info.cipher,
      alpn: info.alpn,
      servername: info.servername,
      timing: info.timing,
    },
    answer: answer && { status: answer.status, firstByte: answer.firstByte },
    elapsed,
  })}\n`;
}

/** @param {import('../types.js').Criteria['trust']} trust */
function trustFields({ kind, name, store: { size, version, date } }) {
  return { kind, name, size, version: version ?? null, date: date ?? null };
}

/** @param {Request} request */
function requestFields({ address, target, starttls, servername, bridge, lab, get, tamper }) {
  return {
    address,
    dialled: target ?? address,
    starttls,
    servername: servername || lab?.hostname || null,
    bridge: withoutToken(bridge),
    get,
    tampered: tamper,
    lab: lab && { id: lab.id, title: lab.title, expected: lab.expected, flags: lab.flags },
  };
}

/** Removes a bridge's token, which is in the query, and credentials. @param {string} bridge @returns {string | null} */
function withoutToken(bridge) {
  if (!URL.canParse(bridge)) return null;
  const { protocol, host, pathname } = new URL(bridge);
  return `${protocol}//${host}${pathname}`;
}

/** @param {Problem[]} problems */
function problemFields(problems) {
  return problems.map((problem) => ({ ...problem, fix: fixOf(problem) }));
}

/** @param {Failure} error */
function errorFields({ code, message, alert, native }) {
  return { code, message, alert: alert ?? null, native: native ?? null };
}

/** @param {Verification} verification */
function chainFields({ path, sent, others, ...verification }) {
  const { ok, time, profile, flags, moreProblems, moreWarnings, revocation, notChecked, tried } = verification;
  return {
    ok,
    time,
    profile,
    flags,
    moreProblems,
    moreWarnings,
    revocation,
    notChecked,
    tried,
    path: path.map(certificateFields),
    sent: sent.map(certificateFields),
    others: others.map((other) => ({
      path: other.path.map((one) => ({
        subject: one.subject?.text ?? null,
        sha256: one.fingerprints?.sha256 ?? null,
      })),
      problems: other.problems,
      moreProblems: other.moreProblems,
    })),
  };
}

/** @param {Certificate} certificate */
function certificateFields({ der: _, ...fields }) {
  return fields;
}

/* --- PEM ------------------------------------------------------------------------- */

/**
 * Without text between the blocks: a name in a certificate could imitate a PEM block.
 * @param {readonly Certificate[]} certificates
 * @returns {string}
 */
export function asPem(certificates) {
  return certificates.map(({ pem }) => pem ?? '').join('');
}

/* --- commands ------------------------------------------------------------------------- */

/** Files that the command refers to; the user has to save them first. */
const FILES = { roots: 'roots.pem', crls: 'crls.pem' };

/** Quotes one word for a POSIX shell. @param {string} word */
export function shellQuote(word) {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * The equivalent command line, which connects without a bridge.
 * @param {Pick<Result, 'request' | 'criteria'>} result
 * @param {'openssl' | 'pagetls'} program
 * @returns {string | null} null if the address is invalid, or the lab case has no running server
 */
export function asCommand(result, program) {
  const settings = commandSettings(result);
  if (settings === null) return null;
  const words = program === 'openssl' ? opensslWords(settings) : pagetlsWords(settings);
  const command = words.map(shellQuote).join(' ');
  return program === 'openssl' ? `${command} </dev/null` : command;
}

/**
 * Names of the files that the command needs.
 * @param {Pick<Result, 'request' | 'criteria'>} result
 * @returns {string[]}
 */
export function commandFiles(result) {
  const settings = commandSettings(result);
  if (settings === null) return [];
  return [...(settings.roots ? [FILES.roots] : []), ...(settings.crls ? [FILES.crls] : [])];
}

/**
 * @typedef {object} CommandSettings
 * @property {import('../../../dist/address.js').Address} dialled
 * @property {import('../types.js').StarttlsProtocol | null} starttls
 * @property {string} name for SNI and verification
 * @property {Date | null} now
 * @property {import('../types.js').Profile} profile
 * @property {boolean} system
 * @property {boolean} roots whether the trust anchors are in a file
 * @property {boolean} crls
 */

/** @param {Pick<Result, 'request' | 'criteria'>} result @returns {CommandSettings | null} */
function commandSettings({ request, criteria }) {
  const { address, target, starttls, servername, lab, now, profile, trust, crls } = request;
  if (lab && !target) return null; // its host name does not exist
  const kind = criteria?.trust.kind ?? trust ?? (lab ? 'lab' : 'mozilla');
  const hostname = criteria?.hostname || servername || lab?.hostname;
  try {
    return {
      dialled: parseAddress(target ?? address, portOf(starttls)),
      starttls,
      name: certificateHost(parseHost(hostname || parseAddress(address).hostname)),
      now: now ?? (lab?.clock ? new Date(lab.clock) : null),
      profile: criteria?.profile ?? profile ?? lab?.profile ?? 'auto',
      system: kind === 'system',
      roots: kind === 'lab' || kind === 'own',
      crls: crls === null ? (lab?.hasCrl ?? false) : crls !== '',
    };
  } catch (error) {
    if (error instanceof TLSError) return null;
    throw error;
  }
}

/** @param {import('../types.js').StarttlsProtocol | null} starttls @returns {number} */
function portOf(starttls) {
  return starttls ? STARTTLS_PORTS[starttls] : 443;
}

/** @param {CommandSettings} settings */
function pagetlsWords({ dialled, starttls, name, now, profile, system, roots, crls }) {
  const isUsual = dialled.port === portOf(starttls);
  const target = isUsual ? formatAddress(dialled).replace(/:\d+$/, '') : formatAddress(dialled);
  return [
    ...['npx', '--no-install', 'pagetls', 'inspect'], // runs what is installed, and downloads nothing
    ...(starttls ? [`--starttls=${starttls}`] : []),
    ...(name === certificateHost(dialled.hostname) ? [] : [`--servername=${name}`]),
    ...(system ? ['--ca=system'] : []),
    ...(roots ? [`--ca=${FILES.roots}`] : []),
    ...(crls ? [`--crl=${FILES.crls}`] : []),
    ...(now ? [`--at=${now.toISOString()}`] : []),
    ...(profile === 'auto' ? [] : [`--profile=${profile}`]),
    target,
  ];
}

/** @param {CommandSettings} settings */
function opensslWords({ dialled, starttls, name, now, roots, crls }) {
  return [
    ...['openssl', 's_client', '-connect', formatAddress(dialled)],
    ...(starttls ? ['-starttls', starttls] : []),
    ...(starttls?.startsWith('xmpp') ? ['-xmpphost', name] : []),
    // SNI allows only host names (RFC 6066, section 3).
    ...(isIPAddress(name) ? ['-noservername', '-verify_ip', name] : ['-servername', name, '-verify_hostname', name]),
    '-showcerts',
    ...(roots ? ['-CAfile', FILES.roots] : []),
    ...(crls ? ['-CRL', FILES.crls, '-crl_check'] : []),
    ...(now ? ['-attime', String(Math.floor(now.getTime() / 1000))] : []),
  ];
}
