/** Texts of the pages: outcomes, names, dates and numbers, without markup. */
import { failureOf } from '../../../messages/failures.js';
import { problemPhrase, fixOf } from '../../../messages/problems.js';
import { visible } from '../../../messages/visible.js';
import { hostOf } from './permalink.js';
import { streamOf } from './records.js';

/** @typedef {import('../types.js').Result} Result */
/** @typedef {import('../types.js').Criteria} Criteria */
/** @typedef {import('../types.js').Profile} Profile */
/** @typedef {import('../types.js').Request} Request */
/** @typedef {import('../../../dist/index.js').Certificate} Certificate */
/** @typedef {import('../../../dist/index.js').Verification} Verification */
/** @typedef {import('../../../dist/certificate.js').Name} Name */
/** @typedef {import('../../../dist/certificate.js').GeneralName} GeneralName */

export { visible };

/* --- the outcome ---------------------------------------------------------------------- */

/** What a byte that this page has changed can end in. */
const CODES_OF_A_CHANGE = [
  ...['ERR_TLS_PROTOCOL', 'ERR_TLS_BAD_RECORD', 'ERR_TLS_NOT_TLS', 'ERR_TLS_VERSION', 'ERR_TLS_DOWNGRADE'],
  ...['ERR_TLS_SERVER_SIGNATURE', 'ERR_TLS_NO_CERTIFICATE', 'ERR_TLS_MESSAGE_TOO_LARGE'],
];

/**
 * @typedef {object} Outcome
 * @property {'good' | 'bad' | 'error' | 'cancelled'} kind
 * @property {string} sentence
 * @property {string} [detail]
 */

/**
 * What a chain was verified by. What is left out is the default.
 * @typedef {Pick<Criteria, 'hostname'> & { profile?: Profile, trust?: { kind: keyof typeof STORES } }} Terms
 */

/**
 * Where a chain is from, and what it was verified by: what the user asked for since does not matter.
 * @typedef {{ request: Request, criteria?: Terms | null }} Subject
 */

/** Trust anchors in a sentence. */
const STORES = {
  mozilla: 'Mozilla’s root list',
  system: 'this system’s roots',
  lab: 'the lab’s root',
  own: 'your own roots',
  none: 'no trust anchors',
};

/** The rules of profiles in a sentence. @type {Record<Exclude<Profile, 'auto'>, string>} */
const RULES = {
  webpki: 'Web PKI rules',
  private: 'rules for private CAs',
  rfc5280: 'rules of RFC 5280 alone',
  suiteb: 'Suite B rules',
};

/**
 * The trust anchors and the rules unless they are the default, and the number of warnings.
 * @param {Subject} result
 * @param {Verification} verification
 * @returns {string[]}
 */
function termsOf({ request: { lab }, criteria }, verification) {
  if (!criteria) return [];
  const kind = criteria.trust?.kind ?? (lab ? 'lab' : 'mozilla');
  const usual = lab?.profile ?? 'auto';
  const asked = criteria.profile ?? usual;
  const { profile } = verification;
  const warnings = verification.warnings.length + verification.moreWarnings;
  const counts = verification.ok || asked !== 'auto' || reachesAnchor(verification); // else no anchor chose the rules
  const said = profile !== null && counts && (asked !== usual || profile !== 'webpki');
  return [
    ...(kind === (lab ? 'lab' : 'mozilla') ? [] : [STORES[kind]]),
    ...(said ? [RULES[profile]] : []),
    ...(warnings > 0 && counts ? [count(warnings, 'warning')] : []),
  ];
}

/**
 * @param {Subject & Pick<Result, 'info' | 'verification' | 'error'> & Partial<Pick<Result, 'recording'>>} result
 * @returns {Outcome}
 */
export function outcome({ request, info, verification, error, criteria = null, recording = null }) {
  const name = sourceName(request);
  if (error?.code === 'ERR_TLS_ABORTED') return { kind: 'cancelled', sentence: `Cancelled: ${name} was not checked.` };
  if (verification && !verification.ok) {
    const [problem] = verification.problems;
    const detail = problem ? (fixOf(problem) ?? undefined) : undefined;
    const other = otherName({ request, criteria });
    const reason = invalidReason(request.file === null ? `of ${name}` : `in ${name}`, verification);
    const terms = inParentheses(termsOf({ request, criteria }, verification));
    return { kind: 'bad', sentence: `Not trusted${other === null ? '' : ` for ${other}`}${terms}: ${reason}`, detail };
  }
  if (error?.code === 'ERR_TLS_BAD_RECORD' && recording && beginsAsTls(recording)) {
    return {
      kind: 'error',
      sentence: `The connection to ${name} failed: a record was altered in transit.`,
      detail: 'Its authentication tag does not match, so none of it was used.',
    };
  }
  if (request.tamper && error && CODES_OF_A_CHANGE.includes(error.code)) {
    return { kind: 'error', sentence: `The connection to ${name} failed: a byte was changed in transit.` };
  }
  if (error?.code === 'ERR_TLS_NO_TRANSPORT' && request.lab && request.target === null) {
    const detail = '“npm start” starts a server for each case of the lab.';
    return { kind: 'error', sentence: `No server is running for ${name}.`, detail };
  }
  if (error) {
    const { sentence, hint } = failureOf(error.code, { name, bridge: visible(request.bridge) });
    return { kind: 'error', sentence, detail: error.message.endsWith(error.hint) ? error.message : hint };
  }
  return {
    kind: 'good',
    sentence: validSentence({ request, criteria }, verification ? termsOf({ request, criteria }, verification) : []),
    detail: verification ? validDetail(verification, info?.protocol) : undefined,
  };
}

/**
 * When, by which trust anchors and by which rules a chain was verified.
 * @param {Pick<Result, 'criteria' | 'verification'>} result
 * @returns {string | null} null if none was
 */
export function basisOf({ criteria, verification }) {
  if (!criteria || !verification) return null;
  const { kind, store } = criteria.trust;
  const list = store.version === undefined ? '' : `, version ${store.version} of ${day(String(store.date))}`;
  const rules = verification.profile === null ? '' : `, by the ${RULES[verification.profile]}`;
  return `Verified as of ${moment(verification.time)} with ${STORES[kind]}${list}${rules}.`;
}

/** @param {string[]} texts */
function inParentheses(texts) {
  return texts.length === 0 ? '' : ` (${texts.join(', ')})`;
}

/** @param {Subject} result @param {string[]} terms */
function validSentence({ request, criteria }, terms) {
  const name = sourceName(request);
  if (!criteria?.hostname) {
    const where = request.file === null ? 'from' : 'in';
    return `Valid certificate chain ${where} ${name}; no host name was checked${inParentheses(terms)}`;
  }
  const own = otherName({ request, criteria }) === null;
  const where = own ? [] : [request.file === null ? `sent by ${name}` : `in ${name}`];
  return `Valid certificate for ${visible(criteria.hostname)}${inParentheses([...where, ...terms])}`;
}

/**
 * The name that was verified, if it is not that of the server or if the chain is from a file.
 * @param {Subject} result
 */
function otherName({ request, criteria }) {
  if (!criteria?.hostname) return null;
  const own = request.file === null ? (request.lab?.hostname ?? hostOf(request.address)) : null;
  return own !== null && sameHost(own, criteria.hostname) ? null : visible(criteria.hostname);
}

/** @param {string} one @param {string} other */
function sameHost(one, other) {
  const normalize = (/** @type {string} */ host) => hostOf(host).toLowerCase();
  return normalize(one) === normalize(other);
}

/**
 * For a title or a list: the source of the chain, after the name that was verified if that is another one.
 * @param {Subject} result
 */
export function resultLabel({ request, criteria }) {
  const other = otherName({ request, criteria });
  const source = visible(request.file ?? request.address);
  return other === null ? source : `${other} ${request.file === null ? 'at' : 'in'} ${source}`;
}

/** Whether the server's answer starts with a TLS record (RFC 8446, section 5.1). @param {NonNullable<Result['recording']>} recording */
function beginsAsTls(recording) {
  const [type, major] = streamOf(recording, 'received');
  return type >= 20 && type <= 23 && major === 3;
}

/** The server or file that the chain is from. @param {Request} request */
export function sourceName({ file, lab, address }) {
  return visible(file ?? lab?.hostname ?? address);
}

/**
 * @param {string} origin of the certificates: of a server, or in a file
 * @param {Verification} verification
 */
function invalidReason(origin, verification) {
  const { problems } = verification;
  if (problems.length === 0) return `the certificate chain ${origin} is not valid.`;
  const [problem] = problems;
  const more = problems.length > 1 ? ` (and ${count(problems.length - 1, 'more problem')})` : '';
  const what = problemPhrase(problem);
  if ('chain' in what) return `the certificate chain ${origin} ${what.chain}${more}.`;
  const which = problem.depth === 0 ? `the certificate ${origin}` : `a certificate in the chain ${origin}`;
  return `${which} ${what.certificate}${more}.`;
}

/**
 * @param {Verification} verification
 * @param {string} [protocol] of the connection; none for a file
 */
function validDetail({ path, time }, protocol) {
  const [leaf] = path;
  const issuer = path.length > 1 ? `Issued by ${shortName(leaf.issuer)}` : 'Itself a trust anchor';
  const anchor = path.length > 2 ? `, trusted through ${titleOf(path[path.length - 1])}` : '';
  const spoken = protocol ? ` ${protocol.replace('v', ' ')}.` : '';
  return `${issuer}${anchor}; ${validityAt(leaf.validity, time).text}.${spoken}`;
}

/* --- certificates ---------------------------------------------------------------------- */

/**
 * Whether the path ends at a trust anchor: it does unless its last certificate has the problem BADCERT_NOT_TRUSTED.
 * @param {Verification} verification
 */
export function reachesAnchor({ path, problems }) {
  const last = path.length - 1;
  return path.length > 0 && !problems.some(({ flag, depth }) => flag === 'BADCERT_NOT_TRUSTED' && depth === last);
}

/**
 * @param {number} depth
 * @param {Verification} verification
 * @returns {'Leaf' | 'Intermediate' | 'Trust anchor'}
 */
export function role(depth, verification) {
  if (depth === verification.path.length - 1 && reachesAnchor(verification)) return 'Trust anchor';
  return depth === 0 ? 'Leaf' : 'Intermediate';
}

/** The most recognizable attribute of a name. @param {Name} name */
export function shortName({ text, attributes }) {
  const find = (/** @type {string} */ wanted) => attributes.findLast((attribute) => attribute.name === wanted)?.value;
  return visible(find('CN') ?? find('O') ?? find('OU') ?? text) || '(no name)';
}

/** The subject's short name; the first alternative name if the subject is empty. @param {Certificate} certificate */
export function titleOf({ subject, subjectAltName }) {
  if (subject.attributes.length > 0) return shortName(subject);
  const first = subjectAltName?.[0];
  return first ? generalName(first).value : '(no name)';
}

/** @type {Record<string, string>} */
const GENERAL_NAMES = {
  dNSName: 'DNS',
  iPAddress: 'IP',
  rfc822Name: 'e-mail',
  uniformResourceIdentifier: 'URI',
  directoryName: 'directory',
  registeredID: 'OID',
  otherName: 'other',
};

/** @param {GeneralName} name @returns {{ type: string, value: string }} */
export function generalName({ type, value, oid }) {
  const text = typeof value === 'string' ? value : value.text;
  return { type: GENERAL_NAMES[type] ?? type, value: visible(oid ? `${oid} ${text}` : text) };
}

/** @param {Certificate['publicKey']} key */
export function keyText({ type, oid, bits, curve, exponent }) {
  if (curve) return `${type} ${curve}`;
  if (bits === undefined) return type || oid;
  return `${type} ${bits} bits${exponent !== undefined && exponent !== 65537 ? `, exponent ${exponent}` : ''}`;
}

/** @param {Certificate['signatureAlgorithm']} algorithm */
export function signatureText({ oid, name, hash }) {
  return `${name ?? oid}${hash && !/sha/i.test(name ?? '') ? ` with ${hash.name ?? hash.oid}` : ''}`;
}

/* --- time ---------------------------------------------------------------------- */

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** Certificates that expire within this time get a warning. */
const EXPIRES_SOON_MS = 14 * DAY_MS;
const dates = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const moments = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'medium', timeZone: 'UTC' });

/** @param {string | Date} date */
export function day(date) {
  const time = new Date(date);
  return Number.isNaN(time.getTime()) ? visible(String(date)) : dates.format(time);
}

/** @param {string | Date} date */
export function moment(date) {
  const time = new Date(date);
  return Number.isNaN(time.getTime()) ? visible(String(date)) : `${moments.format(time)} UTC`;
}

/**
 * @param {Certificate['validity']} validity
 * @param {Date} now
 * @returns {{ state: 'good' | 'soon' | 'bad', text: string, share: number }} `share` of the validity period that has passed, 0 to 1
 */
export function validityAt({ notBefore, notAfter }, now) {
  const from = Date.parse(notBefore);
  const to = Date.parse(notAfter);
  const at = now.getTime();
  const share = Math.min(1, Math.max(0, (at - from) / (to - from)));
  if (at < from) return { state: 'bad', text: `becomes valid in ${days(from - at)}`, share: 0 };
  if (at > to) return { state: 'bad', text: `expired ${days(at - to)} ago`, share: 1 };
  return { state: to - at < EXPIRES_SOON_MS ? 'soon' : 'good', text: `${days(to - at)} left`, share };
}

/** @param {number} milliseconds */
function days(milliseconds) {
  const whole = Math.floor(milliseconds / DAY_MS);
  if (whole < 1) return count(Math.max(1, Math.floor(milliseconds / HOUR_MS)), 'hour');
  return count(whole, 'day');
}

/** @param {number} number @param {string} noun */
export function count(number, noun) {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
}

/** @param {number} milliseconds */
export function duration(milliseconds) {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}

/* --- notations ---------------------------------------------------------------------- */

/** Splits hexadecimal digits into octets. @param {string} hex @returns {string[]} */
export function octets(hex) {
  return hex.match(/.{1,2}/g) ?? [];
}

/** @param {string} base64 */
export function hexOf(base64) {
  return Array.from(atob(base64), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join(' ');
}

/**
 * @param {string} reference such as "RFC 5280, section 4.1.2.5"
 * @returns {string | null}
 */
export function referenceUrl(reference) {
  const match = /^RFC (\d+)(?:, section ([\d.]+))?$/.exec(reference);
  if (!match) return null;
  return `https://www.rfc-editor.org/rfc/rfc${match[1]}${match[2] ? `#section-${match[2]}` : ''}`;
}
