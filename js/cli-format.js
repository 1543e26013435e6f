/** How the command line shows what was found. */
import { toBase64 } from './input.js';

/** @typedef {import('./certificate.js').Certificate} Certificate */
/** @typedef {import('./certificate.js').Verification} Verification */
/** @typedef {import('./socket.js').Info} Info */

/**
 * JSON with DER as base64.
 * @param {unknown} value
 */
export function toJSON(value) {
  return JSON.stringify(value, (_key, item) => (item instanceof Uint8Array ? toBase64(item) : item), 2);
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
  return lines.join('\n') + formatVerification(info.verification);
}

/** @param {Verification} verification */
export function formatVerification(verification) {
  const { ok, time, problems, path, sent } = verification;
  const lines = [ok ? 'The chain is good.' : 'The chain is NOT good:'];
  for (const problem of problems) {
    lines.push(`  certificate ${problem.depth}: ${problem.message}`);
    lines.push(`    ${problem.code}${problem.flag ? `, ${problem.flag}` : ''}; ${problem.reference}`);
  }
  lines.push(`Judged at ${time.toISOString()}.`, '');
  const shown = path.length > 0 ? path : sent;
  lines.push(path.length > 0 ? 'Path, leaf first:' : 'Sent:');
  shown.forEach((certificate, depth) => {
    lines.push(...formatCertificate(certificate, depth));
  });
  return `${lines.join('\n')}\n`;
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
    `  ${depth}  ${printable(subject.text)}`,
    `     issuer   ${printable(issuer.text)}`,
    `     valid    ${validity.notBefore} to ${validity.notAfter}`,
    `     key      ${publicKey.type}${publicKey.curve ? ` ${publicKey.curve}` : publicKey.bits ? ` ${publicKey.bits} bits` : ''}, signed with ${signatureAlgorithm.name ?? signatureAlgorithm.oid}`,
  ];
  if (subjectAltName) {
    const names = subjectAltName.map(({ value }) => (typeof value === 'string' ? value : value.text));
    const more = names.length > 8 ? ` and ${names.length - 8} more` : '';
    lines.push(`     names    ${printable(names.slice(0, 8).join(', '))}${more}`);
  }
  lines.push(`     SHA-256  ${fingerprints.sha256}`);
  return lines;
}

/**
 * Text from a certificate must not steer the terminal.
 * @param {string} text
 */
function printable(text) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it takes out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}
