/** Sentences, dates and lists: what the page says, without how it looks. */
import { DETAILS, ERRORS as UNREAD, namesOf } from '../../../certs/coverage/errors.js';
import { FLAGS } from '../../../certs/coverage/flags.js';

/** @typedef {import('../types.js').Result} Result */
/** @typedef {import('../types.js').Request} Request */
/** @typedef {import('../../../dist/index.js').Certificate} Certificate */
/** @typedef {import('../../../dist/index.js').Problem} Problem */
/** @typedef {import('../../../dist/index.js').Verification} Verification */
/** @typedef {import('../../../dist/index.js').ErrorCode} ErrorCode */
/** @typedef {import('../../../dist/certificate.js').Name} Name */
/** @typedef {import('../../../dist/certificate.js').GeneralName} GeneralName */
/** @typedef {import('../../../dist/certificate.js').Oid} Oid */

/**
 * Text of strangers: control characters and those that turn the direction of writing become visible.
 * @param {string} text
 */
export function visible(text) {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (character) => `‹U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}›`,
  );
}

/* --- the verdict ---------------------------------------------------------------------- */

/**
 * @typedef {object} Verdict
 * @property {'good' | 'bad' | 'error' | 'cancelled'} kind
 * @property {string} sentence
 * @property {string} [detail]
 */

/**
 * What is wrong with a certificate, in words that follow "the certificate", where a code says more than its flag.
 * @type {Record<string, string>}
 */
const FAULTS = {
  ERR_TLS_CERT_NOT_A_CA: 'issued another, but is not an authority',
  ERR_TLS_CERT_NO_CERT_SIGN: 'issued another, but its key may not sign certificates',
  ERR_TLS_CERT_PATH_LENGTH: 'has more authorities below it than it allows',
  ERR_TLS_CERT_NAME_NOT_PERMITTED: 'has a name that its authority may not give',
  ERR_TLS_CERT_NAME_EXCLUDED: 'has a name that its authority may not give',
  ERR_TLS_CERT_UNKNOWN_CRITICAL: 'has a critical extension that is not known here',
};

/** MBEDTLS_ERR_SSL_INVALID_MAC: the tag of a record is not that of its bytes. */
const INVALID_MAC = -0x7180;

/** @param {Pick<Result, 'request' | 'info' | 'verification' | 'error'>} result @returns {Verdict} */
export function verdict({ request, info, verification, error }) {
  const name = nameOf(request);
  if (error?.code === 'ERR_TLS_ABORTED')
    return { kind: 'cancelled', sentence: `Cancelled: ${name} was not looked at.` };
  if (verification && !verification.ok) {
    return { kind: 'bad', sentence: `Not good: ${fault(name, verification)}`, detail: advice(verification, error) };
  }
  if (error?.code === 'ERR_TLS_BAD_RECORD' && error.native?.code === INVALID_MAC) {
    return {
      kind: 'error',
      sentence: `The connection to ${name} failed: a record was changed on the way.`,
      detail: 'Its tag is not that of its bytes, so not one of them was used.',
    };
  }
  if (error?.code === 'ERR_TLS_NO_TRANSPORT' && request.lab && request.target === null) {
    const detail = '“npm start” has a server for each case of the lab.';
    return { kind: 'error', sentence: `There is no server of ${name} here.`, detail };
  }
  if (error) return { kind: 'error', sentence: explainError(error.code, name), detail: hint(error.code, request) };
  const asked = request.servername ? visible(request.servername) : request.file === null ? name : null;
  return {
    kind: 'good',
    sentence: asked === null ? `Good: the chain of ${name} leads to a trust anchor.` : `Good: this is ${asked}.`,
    detail: verification ? praise(verification, info?.protocol) : undefined,
  };
}

/** What is looked at. @param {Request} request */
export function nameOf({ file, lab, address }) {
  return visible(file ?? lab?.hostname ?? address);
}

/**
 * @param {string} name
 * @param {Verification} verification
 */
function fault(name, verification) {
  const { problems } = verification;
  if (problems.length === 0) return `the certificate chain of ${name} did not pass.`;
  const { depth, flag, code } = problems[0];
  const more = problems.length > 1 ? ` ${count(problems.length - 1, 'more problem')} below.` : '';
  if (flag === 'BADCERT_NOT_TRUSTED' && !reachesAnchor(verification)) {
    return `the certificate chain of ${name} does not lead to a trust anchor.${more}`;
  }
  const what =
    code === 'ERR_TLS_CERT_PARSE' ? 'cannot be read' : (FAULTS[code] ?? flagWords(flag)?.fault ?? 'breaks a rule');
  const which = depth === 0 ? `the certificate of ${name}` : `a certificate in the chain of ${name}`;
  return `${which} ${what}.${more}`;
}

/** @param {string | null} flag */
function flagWords(flag) {
  const words = FLAGS[flag ?? ''];
  return words && 'fault' in words ? words : undefined;
}

/**
 * What the first problem means, where the sentence above it does not say, and what to do about it.
 * @param {Verification} verification
 * @param {Result['error']} error
 */
function advice({ problems }, error) {
  if (error?.code === 'ERR_TLS_CERT_PARSE' && error.native) {
    const { error: name = '', detail = '' } = namesOf(error.native.code);
    const words = UNREAD[name];
    if (!words) return DETAILS[detail]?.means;
    return 'do' in words ? `${words.means} ${words.do}` : words.means;
  }
  return flagWords(problems[0]?.flag ?? null)?.do;
}

/**
 * @param {Verification} verification
 * @param {string} [protocol] of the connection, if there was one
 */
function praise({ path, time }, protocol) {
  const [leaf] = path;
  const issuer = path.length > 1 ? `Issued by ${shortName(leaf.issuer)}` : 'A trust anchor itself';
  const anchor = path.length > 2 ? `, trusted through ${titleOf(path[path.length - 1])}` : '';
  const spoken = protocol ? ` ${protocol.replace('v', ' ')}.` : '';
  return `${issuer}${anchor}; ${validityAt(leaf.validity, time).text}.${spoken}`;
}

/** Why there was no handshake. @type {Partial<Record<ErrorCode, (name: string) => string>>} */
const ERRORS = {
  ERR_TLS_INVALID_ADDRESS: (name) => `“${name}” is not a host name or address.`,
  ERR_TLS_NO_TRANSPORT: () => 'A page cannot reach a server without a bridge: fill in the Bridge field.',
  ERR_TLS_INVALID_OPTION: () => 'Something that was filled in cannot be used.',
  ERR_TLS_LOAD: () => 'A part of this page could not be loaded.',
  ERR_TLS_BRIDGE_UNREACHABLE: () => 'The bridge does not answer.',
  ERR_TLS_BRIDGE_TOKEN: () => 'The bridge does not accept the token of this page.',
  ERR_TLS_BRIDGE_REFUSED: (name) => `The bridge does not connect to ${name}.`,
  ERR_TLS_BRIDGE_BUSY: () => 'The bridge is full.',
  ERR_TLS_BRIDGE_LIMIT: (name) => `The bridge would not hold the connection to ${name} any longer.`,
  ERR_TLS_BRIDGE_STOPPING: () => 'The bridge is stopping.',
  ERR_TLS_BRIDGE_FAILED: () => 'The bridge failed.',
  ERR_TLS_HOST_NOT_FOUND: (name) => `There is no host named ${name}.`,
  ERR_TLS_CONNECT_REFUSED: (name) => `${name} refused the connection.`,
  ERR_TLS_CONNECT_TIMEOUT: (name) => `No answer came from ${name} in time.`,
  ERR_TLS_CONNECTION_RESET: (name) => `${name} reset the connection.`,
  ERR_TLS_TRANSPORT: (name) => `The connection to ${name} broke.`,
  ERR_TLS_TRUNCATED: (name) => `The connection to ${name} was cut off.`,
  ERR_TLS_TIMEOUT: (name) => `${name} took the connection, but gave no answer in time.`,
  ERR_TLS_HANDSHAKE_CLOSED: (name) => `${name} hung up during the handshake.`,
  ERR_TLS_HANDSHAKE: (name) => `The handshake with ${name} failed.`,
  ERR_TLS_VERSION: (name) => `${name} speaks no version of TLS that is acceptable today.`,
  ERR_TLS_ALERT: (name) => `${name} refused the handshake with an alert.`,
  ERR_TLS_PROTOCOL: (name) => `What ${name} answers is not proper TLS.`,
  ERR_TLS_BAD_RECORD: (name) => `What ${name} answers is not proper TLS.`,
  ERR_TLS_MESSAGE_TOO_LARGE: (name) => `${name} sends more certificates than fit.`,
  ERR_TLS_CERT_PARSE: (name) => `The certificate of ${name} cannot be read.`,
};

/**
 * @param {ErrorCode} code
 * @param {string} name
 */
function explainError(code, name) {
  return ERRORS[code]?.(name) ?? `${name} could not be looked at.`;
}

/**
 * What the reader can do about it.
 * @param {ErrorCode} code
 * @param {Request} request
 * @returns {string | undefined}
 */
function hint(code, { bridge }) {
  switch (code) {
    case 'ERR_TLS_BRIDGE_UNREACHABLE':
      return `Is a bridge running at ${visible(bridge)}, and does it let this page in? “npm start” starts one for this page.`;
    case 'ERR_TLS_BRIDGE_TOKEN':
      return 'It wants a signed token, and this page has none: use another bridge.';
    case 'ERR_TLS_BRIDGE_BUSY':
    case 'ERR_TLS_BRIDGE_STOPPING':
      return 'Try again in a moment.';
    case 'ERR_TLS_BRIDGE_LIMIT':
      return 'Try again; if it happens once more, the server is too slow for this bridge, or its limits are too low.';
    case 'ERR_TLS_BRIDGE_FAILED':
      return 'Try again, or use another bridge; whoever runs this one finds the reason in its log.';
    case 'ERR_TLS_CONNECT_REFUSED':
      return 'Is the port right, and does the server run? The bridge dials, not this browser.';
    case 'ERR_TLS_CONNECTION_RESET':
    case 'ERR_TLS_HANDSHAKE_CLOSED':
      return 'Often no TLS server, one that wants another protocol first (STARTTLS), or a firewall that ends what it does not like.';
    case 'ERR_TLS_TIMEOUT':
      return 'Perhaps it waits for another protocol to begin, or for a proxy before it. Is the port right?';
    case 'ERR_TLS_VERSION':
      return 'The server must speak TLS 1.2 or 1.3.';
    case 'ERR_TLS_MESSAGE_TOO_LARGE':
      return 'The server must send fewer certificates: the leaf and the intermediates that lead to one trust anchor.';
    case 'ERR_TLS_CONNECT_TIMEOUT':
      return 'Nothing listens there perhaps, a firewall is in between, or the bridge itself did not answer.';
    case 'ERR_TLS_BRIDGE_REFUSED':
      return 'Its policy allows port 443 of public hosts and the servers of the lab, unless it was started with other options.';
    case 'ERR_TLS_HOST_NOT_FOUND':
      return 'Is the name spelled right? The bridge looks it up, not this browser.';
    case 'ERR_TLS_PROTOCOL':
    case 'ERR_TLS_BAD_RECORD':
      return 'Perhaps another kind of server listens on that port.';
    case 'ERR_TLS_ALERT':
      return 'It came through, but did not like something in the greeting: version, cipher suites or name.';
    case 'ERR_TLS_TRUNCATED':
      return 'It ended without close_notify: what came may not be the whole.';
    case 'ERR_TLS_LOAD':
      return 'Is the server of this page still running?';
    default:
      return undefined;
  }
}

/* --- certificates ---------------------------------------------------------------------- */

/**
 * Where the path that was built ends: at a trust anchor, unless its last certificate is the one nobody vouches for.
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

/** The part of a name that people know it by. @param {Name} name */
export function shortName({ text, attributes }) {
  const find = (/** @type {string} */ wanted) => attributes.findLast((attribute) => attribute.name === wanted)?.value;
  return visible(find('CN') ?? find('O') ?? find('OU') ?? text) || '(no name)';
}

/** What the leaf stands for, when its subject is empty. @param {Certificate} certificate */
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

/** @param {Oid} oid */
export function oidName({ oid, name }) {
  return name ?? oid;
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

const DAY = 86_400_000;
const dates = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const moments = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'medium', timeZone: 'UTC' });

/** @param {string | Date} date */
export function day(date) {
  const time = new Date(date);
  return Number.isNaN(time.getTime()) ? String(date) : dates.format(time);
}

/** @param {string | Date} date */
export function moment(date) {
  const time = new Date(date);
  return Number.isNaN(time.getTime()) ? String(date) : `${moments.format(time)} UTC`;
}

/**
 * @param {Certificate['validity']} validity
 * @param {Date} now
 * @returns {{ state: 'good' | 'soon' | 'bad', text: string, share: number }} `share` of the time that has gone by, 0 to 1
 */
export function validityAt({ notBefore, notAfter }, now) {
  const from = Date.parse(notBefore);
  const to = Date.parse(notAfter);
  const at = now.getTime();
  const share = Math.min(1, Math.max(0, (at - from) / (to - from)));
  if (at < from) return { state: 'bad', text: `begins in ${days(from - at)}`, share: 0 };
  if (at > to) return { state: 'bad', text: `expired ${days(at - to)} ago`, share: 1 };
  return { state: to - at < 14 * DAY ? 'soon' : 'good', text: `${days(to - at)} left`, share };
}

/** @param {number} milliseconds */
function days(milliseconds) {
  const whole = Math.floor(milliseconds / DAY);
  if (whole < 1) return count(Math.max(1, Math.floor(milliseconds / 3_600_000)), 'hour');
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

/** Octets, two digits each. @param {string} hex @returns {string[]} */
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
