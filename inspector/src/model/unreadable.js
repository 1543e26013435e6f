/** Why octets are no certificate, as far as their outer form tells (RFC 5280, section 4.1). */
import { parseAsn1, walk } from './asn1.js';

/** @typedef {import('./asn1.js').Asn1Node} Asn1Node */

const SEQUENCE = 16;

/** The fields of TBSCertificate that must be there, with their types. */
const FIELDS = /** @type {const} */ ([
  ['its serial number', 2],
  ['its signature algorithm', SEQUENCE],
  ['the name of its issuer', SEQUENCE],
  ['its validity', SEQUENCE],
  ['the name of its subject', SEQUENCE],
  ['its public key', SEQUENCE],
]);

/**
 * @param {Uint8Array} der
 * @returns {string} a sentence
 */
export function whyUnreadable(der) {
  if (der.length === 0) return 'It is empty.';
  if (der[0] !== 0x30) return beginning(der);
  const root = parseAsn1(der);
  const wrong = [...walk(root)].find(({ error }) => error !== null);
  if (wrong) return `At byte ${wrong.offset}: ${wrong.error}.`;
  if (root.tagClass === 'none') return `It ends at byte ${root.children[0].end}, and something follows.`;
  const [tbs, algorithm, signature, more] = root.children;
  return (
    misplaced(tbs, SEQUENCE, 'what is signed') ??
    misplaced(algorithm, SEQUENCE, 'the signature algorithm') ??
    misplaced(signature, 3, 'the signature') ??
    (more ? `At byte ${more.offset}: something follows the signature.` : null) ??
    fieldOf(tbs) ??
    'As ASN.1 it is whole, and its outer form is that of a certificate: the fault lies deeper.'
  );
}

/** @param {Uint8Array} der */
function beginning(der) {
  const text = String.fromCharCode(...der.subarray(0, 40));
  if (/^[\x20-\x7e\r\n\t]+$/.test(text)) return `It is text, not DER: “${text}${der.length > 40 ? '…' : ''}”.`;
  return `It begins with the octet ${der[0].toString(16).padStart(2, '0')}; a certificate begins with 30, a SEQUENCE.`;
}

/** @param {Asn1Node} tbs */
function fieldOf({ children }) {
  const fields = children[0]?.tagClass === 'context' ? children.slice(1) : children;
  for (const [i, [name, tag]] of FIELDS.entries()) {
    const fault = misplaced(fields[i], tag, name);
    if (fault !== null) return fault;
  }
  return null;
}

/** @param {Asn1Node | undefined} node @param {number} tag @param {string} name */
function misplaced(node, tag, name) {
  if (node === undefined) return `There is no place for ${name}: it ends before.`;
  if (node.tagClass === 'universal' && node.tag === tag) return null;
  return `At byte ${node.offset}, where ${name} belongs, there is ${node.name}.`;
}
