/** What was found, in forms for other programs: JSON, PEM, and commands that look again. */
import { formatAddress, parseAddress } from '../../../dist/address.js';
import { toJSON } from '../../../dist/cli-format.js';
import { TLSError } from '../../../dist/index.js';
import { fixOf } from '../../../messages/problems.js';
import { outcome } from './format.js';

export { InputError, MAX_INPUT_BYTES, readCertificates } from './read-certificates.js';

/** @typedef {import('../types.js').Certificate} Certificate */
/** @typedef {import('../types.js').Problem} Problem */
/** @typedef {import('../types.js').Request} Request */
/** @typedef {import('../types.js').Result} Result */
/** @typedef {import('../types.js').TLSError} Failure */
/** @typedef {import('../types.js').Verification} Verification */

/** Changes when a field changes its meaning or goes away; new fields do not change it. */
export const FORMAT = { name: 'pagetls-inspection', version: 1 };

/* --- JSON ------------------------------------------------------------------------- */

/**
 * Everything that was found, as text. The shape:
 *
 *   format      { name: "pagetls-inspection", version: 1 }
 *   request     { address, dialled, servername, bridge, get, tampered, lab }
 *   criteria     { hostname, time, profile, trust: { kind, name, size }, crls } or null
 *   outcome     { kind: "good" | "bad" | "error" | "cancelled", sentence, detail }
 *   problems    [{ depth, code, flag, flagText, message, reference, fix }]
 *   error       { code, message, alert, native: { code, text } } or null
 *   chain       { ok, time, flags, revocation, tried, path, sent, others: [{ path, problems }] } or null
 *   connection  { protocol, cipher, alpn, servername, timing } or null
 *   answer      { status, firstByte } or null
 *   elapsed     milliseconds
 *
 * `path` and `sent` have certificates as the package describes them, with `pem` in the place of `der`; where one could
 * not be read, `pem` is all it has. In `others` a certificate is { subject, sha256 }. Times are ISO 8601; what is not
 * known is null. Left out, for they may be secrets: keys, a bridge's token, what the server sent in its answer.
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
      trust: { kind: criteria.trust.kind, name: criteria.trust.name, size: criteria.trust.store.size },
      crls: criteria.crls,
    },
    outcome: { detail: null, ...outcome(result) },
    problems: problemFields(verification?.problems ?? []),
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

/** @param {Request} request */
function requestFields({ address, target, servername, bridge, lab, get, tamper }) {
  return {
    address,
    dialled: target ?? address,
    servername: servername || lab?.hostname || null,
    bridge: withoutToken(bridge),
    get,
    tampered: tamper,
    lab: lab && { id: lab.id, title: lab.title, expected: lab.expected, flags: lab.flags },
  };
}

/** Tokens for a bridge stand in the query; a URL may have a password, too. @param {string} bridge @returns {string | null} */
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
function chainFields({ ok, time, flags, revocation, tried, path, sent, others }) {
  return {
    ok,
    time,
    flags,
    revocation,
    tried,
    path: path.map(certificateFields),
    sent: sent.map(certificateFields),
    others: others.map((other) => ({
      path: other.path.map((one) => ({
        subject: one.subject?.text ?? null,
        sha256: one.fingerprints?.sha256 ?? null,
      })),
      problems: other.problems,
    })),
  };
}

/** @param {Certificate} certificate */
function certificateFields({ der: _, ...fields }) {
  return fields;
}

/* --- PEM ------------------------------------------------------------------------- */

/**
 * Nothing stands between the blocks: a name in a certificate could be written so that a reader takes it for one.
 * @param {readonly Certificate[]} certificates
 * @returns {string}
 */
export function asPem(certificates) {
  return certificates.map(({ pem }) => pem).join('');
}

/* --- commands ------------------------------------------------------------------------- */

/** Files that a command names, which the reader has to save first. */
const FILES = { roots: 'roots.pem', crls: 'crls.pem' };

/** One word of a POSIX shell's command. @param {string} word */
export function shellQuote(word) {
  return /^[A-Za-z0-9_./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * A command that asks the same question, without the bridge.
 * @param {Request} request
 * @param {'openssl' | 'pagetls'} program
 * @returns {string | null} null where the address is none, or a case's of the lab without its server
 */
export function asCommand(request, program) {
  const question = readQuestion(request);
  if (question === null) return null;
  const words = program === 'openssl' ? opensslWords(question) : pagetlsWords(question);
  const command = words.map(shellQuote).join(' ');
  return program === 'openssl' ? `${command} </dev/null` : command;
}

/**
 * The files that the command needs.
 * @param {Request} request
 * @returns {string[]}
 */
export function commandFiles(request) {
  const question = readQuestion(request);
  if (question === null) return [];
  return [...(question.roots ? [FILES.roots] : []), ...(question.crls ? [FILES.crls] : [])];
}

/**
 * @typedef {object} Question
 * @property {import('../../../dist/address.js').Address} dialled
 * @property {string} name that is asked for and judged by
 * @property {Date | null} now
 * @property {import('../types.js').Profile} profile
 * @property {boolean} system
 * @property {boolean} roots the anchors are in a file
 * @property {boolean} crls
 */

/** @param {Request} request @returns {Question | null} */
function readQuestion({ address, target, servername, lab, now, profile, trust, crls }) {
  if (lab && !target) return null; // its name is nobody's
  const kind = trust ?? (lab ? 'lab' : 'mozilla');
  try {
    return {
      dialled: parseAddress(target ?? address),
      name: parseAddress({ hostname: servername || lab?.hostname || parseAddress(address).hostname }).hostname,
      now: now ?? (lab?.clock ? new Date(lab.clock) : null),
      profile: profile ?? lab?.profile ?? 'webpki',
      system: kind === 'system',
      roots: kind === 'lab' || kind === 'own',
      crls: crls === null ? (lab?.hasCrl ?? false) : crls !== '',
    };
  } catch (error) {
    if (error instanceof TLSError) return null;
    throw error;
  }
}

/** @param {Question} question */
function pagetlsWords({ dialled, name, now, profile, system, roots, crls }) {
  const target = dialled.port === 443 ? formatAddress(dialled).replace(/:443$/, '') : formatAddress(dialled);
  return [
    ...['npx', 'pagetls', 'inspect'],
    ...(name === dialled.hostname ? [] : [`--servername=${name}`]),
    ...(system ? ['--ca=system'] : []),
    ...(roots ? [`--ca=${FILES.roots}`] : []),
    ...(crls ? [`--crl=${FILES.crls}`] : []),
    ...(now ? [`--at=${now.toISOString()}`] : []),
    ...(profile === 'webpki' ? [] : [`--profile=${profile}`]),
    ...(target.startsWith('-') ? ['--'] : []),
    target,
  ];
}

/** @param {Question} question */
function opensslWords({ dialled, name, now, roots, crls }) {
  const isAddress = name.includes(':') || /^\d+(\.\d+){3}$/.test(name);
  return [
    ...['openssl', 's_client', '-connect', formatAddress(dialled)],
    // SNI has host names only (RFC 6066, section 3).
    ...(isAddress ? ['-noservername', '-verify_ip', name] : ['-servername', name, '-verify_hostname', name]),
    '-showcerts',
    ...(roots ? ['-CAfile', FILES.roots] : []),
    ...(crls ? ['-CRL', FILES.crls, '-crl_check'] : []),
    ...(now ? ['-attime', String(Math.floor(now.getTime() / 1000))] : []),
  ];
}
