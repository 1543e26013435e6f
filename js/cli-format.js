/** How the command line shows what was found. */
import { fixOf } from '../messages/problems.js';
import { revocationText } from '../messages/revocation.js';
import { toBase64 } from './input.js';

/** @typedef {import('./certificate.js').Certificate} Certificate */
/** @typedef {import('./certificate.js').Problem} Problem */
/** @typedef {import('./certificate.js').Verification} Verification */
/** @typedef {import('./socket.js').Info} Info */

/** Control characters, invisible ones, and those that turn the direction of writing. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * One line of text that may come from a certificate or a bridge, and must not steer the terminal.
 * @param {string} text
 */
export function printable(text) {
  return text.replace(UNPRINTABLE, '\ufffd');
}

/**
 * JSON with DER as base64, and with the same characters escaped.
 * @param {unknown} value
 */
export function toJSON(value) {
  const json = JSON.stringify(value, (_key, item) => (item instanceof Uint8Array ? toBase64(item) : item), 2);
  return json.replace(UNPRINTABLE, (character) => (character === '\n' ? character : escapeUnits(character)));
}

/** @param {string} text */
function escapeUnits(text) {
  return text.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * @param {string} target
 * @param {Info} info
 */
export function formatInspection(target, info) {
  const lines = [
    `${target}: ${info.protocol}, ${info.cipher}${info.alpn ? `, ALPN ${info.alpn}` : ''}`,
    `SNI ${info.servername ?? 'not sent (IP address)'}; handshake ${info.timing.handshake.toFixed(1)} ms after ${info.timing.transport.toFixed(1)} ms`,
    '',
  ];
  return toText(lines) + formatVerification(info.verification);
}

/**
 * @param {string} target
 * @param {Verification} verification of a chain that is not good
 * @param {{code: string, message: string}} error that ended the handshake all the same
 */
export function formatFailure(target, verification, { code, message }) {
  const why =
    code === 'ERR_TLS_CERT_PARSE' ? 'no connection, for a certificate cannot be read' : `no connection: ${message}`;
  return toText([`${target}: ${why}`, '']) + formatVerification(verification);
}

/** @param {string[]} lines */
function toText(lines) {
  return lines.map((line) => `${printable(line)}\n`).join('');
}

/** @param {Verification} verification */
export function formatVerification(verification) {
  const { ok, time, problems, path, sent, others, tried } = verification;
  const lines = [ok ? 'The chain is good.' : 'The chain is NOT good:'];
  for (const problem of problems) {
    const fix = fixOf(problem);
    lines.push(...formatProblem(problem), ...(fix === null ? [] : [`    What to do: ${fix}`]));
  }
  const judged = path.length > 0 || !problems.some(({ code }) => code === 'ERR_TLS_CERT_PARSE');
  lines.push(judged ? `Judged at ${time.toISOString()}.` : 'The rest was not judged.', '');
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
    lines.push('', `Tried too: ${names.join(' <- ')}`, ...other.problems.flatMap(formatProblem));
  }
  if (tried > others.length + 1) {
    lines.push('', `${tried} paths were tried in all.`);
  }
  sent.forEach((certificate, place) => {
    if (shown !== sent && certificate.subject === undefined) {
      lines.push('', 'Sent, but not to be used:', ...formatCertificate(certificate, place));
    }
  });
  return toText(lines);
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
    return [`  ${depth}  (cannot be read, ${certificate.der.length} bytes)`];
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
