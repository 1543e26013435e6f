/** The text output of the command line. */
import { fixOf } from '../messages/problems.js';
import { revocationText } from '../messages/revocation.js';
import { replaceUnseen, visible } from '../messages/visible.js';
import { toBase64 } from './input.js';

/** @typedef {import('./certificate.js').Certificate} Certificate */
/** @typedef {import('./certificate.js').Problem} Problem */
/** @typedef {import('./certificate.js').Verification} Verification */
/** @typedef {import('./socket.js').Info} Info */

/**
 * The trust anchors that were used.
 * @typedef {object} Anchors
 * @property {string[]} sources such as the names of files
 * @property {number} size the number of anchors
 * @property {string} [version] of Mozilla's root list, if that is the source
 * @property {string} [date] of that list
 */

/**
 * JSON with DER as base64 and characters that nobody sees escaped: the data is the same.
 * @param {unknown} value
 */
export function toJSON(value) {
  const json = JSON.stringify(value, (_key, item) => (item instanceof Uint8Array ? toBase64(item) : item), 2);
  return replaceUnseen(json, (character) => (character === '\n' ? character : escapeUnits(character)));
}

/** @param {string} text */
function escapeUnits(text) {
  return text.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * @param {string} target
 * @param {Info} info
 * @param {Anchors} anchors
 */
export function formatInspection(target, info, anchors) {
  const { starttls } = info.timing;
  const preamble = starttls === null ? '' : `ready for TLS in ${starttls.toFixed(1)} ms, `;
  const lines = [
    `${target}: ${info.protocol}, ${info.cipher}${info.alpn ? `, ALPN ${info.alpn}` : ''}`,
    `SNI ${info.servername ?? 'not sent (IP address)'}; connected in ${info.timing.transport.toFixed(1)} ms, ${preamble}handshake in ${info.timing.handshake.toFixed(1)} ms`,
    `Key exchange ${info.group}; the server signed with ${info.signatureScheme}`,
    '',
  ];
  return toText(lines) + formatVerification(info.verification, anchors);
}

/**
 * @param {string} target
 * @param {Verification} verification of a chain that is not valid
 * @param {Anchors} anchors
 * @param {{code: string, message: string}} error that ended the handshake
 */
export function formatFailure(target, verification, anchors, { code, message }) {
  const why =
    code === 'ERR_TLS_CERT_PARSE' ? 'no connection: a certificate cannot be read' : `no connection: ${message}`;
  return toText([`${target}: ${why}`, '']) + formatVerification(verification, anchors);
}

/** @param {string[]} lines */
function toText(lines) {
  return lines.map((line) => `${visible(line)}\n`).join('');
}

/** Codes of problems that say nothing against a chain, only that this client cannot verify it. @type {string[]} */
const UNSUPPORTED = [
  'ERR_TLS_CERT_KEY_UNSUPPORTED',
  'ERR_TLS_CERT_SIGNATURE_UNSUPPORTED',
  'ERR_TLS_CRL_SIGNATURE_UNSUPPORTED',
];

/** Whether nothing but unsupported keys and signatures keeps the chain from being verified. @param {Verification} verification */
export function isUnsupported({ ok, problems, moreProblems }) {
  return !ok && problems.length > 0 && moreProblems === 0 && problems.every(({ code }) => UNSUPPORTED.includes(code));
}

/** @param {Anchors} anchors */
function formatAnchors({ sources, size, version, date }) {
  const list = version === undefined ? '' : ` ${version} of ${date}`;
  return `Trust anchors: ${sources.join(', ')}${list}, ${size} ${size === 1 ? 'certificate' : 'certificates'}.`;
}

/**
 * @param {Verification} verification
 * @param {Anchors} [anchors]
 */
export function formatVerification(verification, anchors) {
  const { ok, time, profile, problems, moreProblems, warnings, moreWarnings, path, sent, others, tried } = verification;
  const failed = isUnsupported(verification) ? 'The chain could not be verified:' : 'The chain is NOT valid:';
  const lines = [ok ? 'The chain is valid.' : failed];
  for (const problem of problems) {
    const fix = fixOf(problem);
    lines.push(...formatProblem(problem), ...(fix === null ? [] : [`    What to do: ${fix}`]));
  }
  lines.push(...formatMore(moreProblems, 'problem'));
  if (warnings.length > 0) {
    lines.push('Warnings, which do not affect the result:', ...warnings.flatMap(formatProblem));
  }
  lines.push(...formatMore(moreWarnings, 'warning'));
  const verified = path.length > 0 || !problems.some(({ code }) => code === 'ERR_TLS_CERT_PARSE');
  lines.push(
    verified
      ? `Verified at ${time.toISOString()}${profile === null ? '' : `, profile ${profile}`}.`
      : 'The chain was not verified further.',
    ...(anchors ? [formatAnchors(anchors)] : []),
    '',
  );
  const shown = path.length > 0 ? path : sent;
  lines.push(path.length > 0 ? 'Path, leaf first:' : 'Sent:');
  shown.forEach((certificate, depth) => {
    lines.push(...formatCertificate(certificate, depth));
    if (shown === path && depth + 1 < path.length) {
      lines.push(`     revoked  ${revocationText(verification, depth)}`);
    }
  });
  for (const other of others) {
    const names = other.path.map(({ subject }) => subject.text);
    lines.push('', `Also tried: ${names.join(' <- ')}`, ...other.problems.flatMap(formatProblem));
    lines.push(...formatMore(other.moreProblems, 'problem'));
  }
  if (tried > others.length + 1) {
    lines.push('', `${tried} paths were tried in total.`);
  }
  sent.forEach((certificate, place) => {
    if (shown !== sent && certificate.subject === undefined) {
      lines.push('', 'Sent, but unreadable:', ...formatCertificate(certificate, place));
    }
  });
  return toText(lines);
}

/**
 * @param {(import('./documents.js').Skipped & {file: string})[]} skipped
 */
export function formatSkipped(skipped) {
  return skipped.length === 0
    ? ''
    : toText(['', 'Skipped:', ...skipped.map(({ file, message }) => `  ${file}: ${message}`)]);
}

/** @param {number} count of problems that are not listed @param {string} what */
function formatMore(count, what) {
  return count === 0 ? [] : [`  and ${count} more ${what}${count === 1 ? '' : 's'}`];
}

/** @param {Problem} problem */
function formatProblem({ depth, message, code, flag, reference }) {
  return [`  certificate ${depth}: ${message}`, `    ${code}${flag ? `, ${flag}` : ''}; ${reference}`];
}

/**
 * @param {Certificate} certificate
 * @param {number} depth
 */
function formatCertificate(certificate, depth) {
  if (certificate.subject === undefined) {
    return [`  ${depth}  (cannot be read, ${certificate.der?.length} bytes)`];
  }
  const { subject, issuer, validity, publicKey, signatureAlgorithm, subjectAltName, fingerprints } = certificate;
  const lines = [
    `  ${depth}  ${subject.text}`,
    `     issuer   ${issuer.text}`,
    `     valid    ${validity.notBefore} to ${validity.notAfter}`,
    `     key      ${publicKey.type}${publicKey.curve ? ` ${publicKey.curve}` : publicKey.bits ? ` ${publicKey.bits} bits` : ''}, signed with ${signatureAlgorithm.name ?? signatureAlgorithm.oid}`,
  ];
  if (subjectAltName) {
    const names = subjectAltName.map(({ value }) => (typeof value === 'string' ? value : value.text));
    const more = names.length > 8 ? ` and ${names.length - 8} more` : '';
    lines.push(`     names    ${names.slice(0, 8).join(', ')}${more}`);
  }
  lines.push(`     SHA-256  ${fingerprints.sha256}`);
  return lines;
}
