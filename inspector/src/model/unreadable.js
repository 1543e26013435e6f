/** Explains why octets are not a certificate, from the core's problem (RFC 5280, section 4.1) and from the octets. */
import { TrustStore, verifyChain } from '../../../dist/index.js';
import { unreadableText } from '../../../messages/unreadable.js';
import { parseAsn1, walk } from './asn1.js';

/** @typedef {import('../types.js').Problem} Problem */

/**
 * Finds the core's problem for a certificate that no path needed, so that its verification does not report one.
 * @param {string} pem
 * @returns {Promise<Problem | null>} null if it can be read
 */
export async function findParseProblem(pem) {
  const { problems } = await verifyChain(pem, { trust: await TrustStore.from() });
  return problems.find(({ code }) => code === 'ERR_TLS_CERT_PARSE') ?? null;
}

/**
 * @param {Problem | null} problem with code ERR_TLS_CERT_PARSE; null if unknown
 * @param {Uint8Array} der
 * @returns {string} sentences; empty if nothing is known
 */
export function whyUnreadable(problem, der) {
  return [problem && (unreadableText(problem)?.sentence ?? `${problem.message}.`), describeOctets(der)]
    .filter(Boolean)
    .join(' ');
}

/** What the octets are instead of DER, or where the DER has an error. @param {Uint8Array} der @returns {string | null} */
function describeOctets(der) {
  if (der.length === 0) return 'It is empty.';
  if (der[0] !== 0x30) return describeStart(der);
  const invalid = [...walk(parseAsn1(der))].find(({ error }) => error !== null);
  return invalid ? `At byte ${invalid.offset}: ${invalid.error}.` : null;
}

/** @param {Uint8Array} der */
function describeStart(der) {
  const text = String.fromCharCode(...der.subarray(0, 40));
  if (/^[\x20-\x7e\r\n\t]+$/.test(text)) return `It is text, not DER: “${text}${der.length > 40 ? '…' : ''}”.`;
  return `It starts with the octet ${der[0].toString(16).padStart(2, '0')}; a certificate starts with 30, a SEQUENCE.`;
}
