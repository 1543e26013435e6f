/** Why octets are no certificate: the core says which field and why (RFC 5280, section 4.1); their beginning tells more. */
import { TrustStore, verifyChain } from '../../../dist/index.js';
import { unreadableText } from '../../../messages/unreadable.js';
import { parseAsn1, walk } from './asn1.js';

/** @typedef {import('../types.js').Problem} Problem */

/**
 * Asks the core, for where no verification has the problem: a certificate that no path needed.
 * @param {string} pem
 * @returns {Promise<Problem | null>} null when it can be read
 */
export async function findParseProblem(pem) {
  const { problems } = await verifyChain(pem, { trust: await TrustStore.from() });
  return problems.find(({ code }) => code === 'ERR_TLS_CERT_PARSE') ?? null;
}

/**
 * @param {Problem | null} problem of reading it; null where the core has not been asked yet
 * @param {Uint8Array} der
 * @returns {string} sentences; empty for nothing to say
 */
export function whyUnreadable(problem, der) {
  return [problem && (unreadableText(problem)?.sentence ?? `${problem.message}.`), whatInstead(der)]
    .filter(Boolean)
    .join(' ');
}

/** What is there instead of DER, or where it ceases to be DER. @param {Uint8Array} der @returns {string | null} */
function whatInstead(der) {
  if (der.length === 0) return 'It is empty.';
  if (der[0] !== 0x30) return beginning(der);
  const wrong = [...walk(parseAsn1(der))].find(({ error }) => error !== null);
  return wrong ? `At byte ${wrong.offset}: ${wrong.error}.` : null;
}

/** @param {Uint8Array} der */
function beginning(der) {
  const text = String.fromCharCode(...der.subarray(0, 40));
  if (/^[\x20-\x7e\r\n\t]+$/.test(text)) return `It is text, not DER: “${text}${der.length > 40 ? '…' : ''}”.`;
  return `It begins with the octet ${der[0].toString(16).padStart(2, '0')}; a certificate begins with 30, a SEQUENCE.`;
}
