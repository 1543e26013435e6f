/**
 * Changes to what a certificate has made of its fields, for their `edit`.
 */
import * as der from './der.js';

/** @typedef {import('./certificate.js').Edits} Edits */
/** @typedef {import('./der.js').Der} Der */
/** @typedef {import('./der.js').Element} Element */

/** Where subjectPublicKeyInfo stands in a TBSCertificate that says its version. */
const PUBLIC_KEY = 6;

/** @param {Der} whole a SEQUENCE @param {number} position @param {(element: Element) => Der} change @returns {Der} */
export function replaced(whole, position, change) {
  const [{ content }] = der.elements(whole);
  return der.sequence(...der.elements(content).map((element, at) => (at === position ? change(element) : element.der)));
}

/** @param {number} position in SubjectPublicKeyInfo @param {(element: Element) => Der} change @returns {{ edit: Edits }} */
function changedKey(position, change) {
  return { edit: { tbs: (tbs) => replaced(tbs, PUBLIC_KEY, (info) => replaced(info.der, position, change)) } };
}

/** @param {Der} parameters of the key's algorithm @returns {{ edit: Edits }} */
export function keyParameters(parameters) {
  return changedKey(0, ({ content }) => der.sequence(der.elements(content)[0].der, parameters));
}

/** @param {(key: Uint8Array) => Uint8Array} change of what the BIT STRING of the key has @returns {{ edit: Edits }} */
export function keyBits(change) {
  return changedKey(1, ({ content }) => der.bitString(change(content.subarray(1))));
}

/** @param {(bits: Element) => Der} change of the BIT STRING of the signature @returns {{ edit: Edits }} */
export function changedSignature(change) {
  return { edit: { whole: (whole) => replaced(whole, 2, change) } };
}
