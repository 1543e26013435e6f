/**
 * Changes to encoded certificates, for `fields.edit`.
 */
import * as der from './der.js';

/** @typedef {import('./certificate.js').Edits} Edits */
/** @typedef {import('./der.js').Der} Der */
/** @typedef {import('./der.js').Element} Element */

/** Position of subjectPublicKeyInfo in a TBSCertificate with a version field. */
const PUBLIC_KEY_POSITION = 6;

/** Position of signatureValue in a Certificate. */
const SIGNATURE_POSITION = 2;

/** @param {Der} whole a SEQUENCE @param {number} position @param {(element: Element) => Der} change @returns {Der} */
export function replaceElement(whole, position, change) {
  const [{ content }] = der.elements(whole);
  return der.sequence(...der.elements(content).map((element, at) => (at === position ? change(element) : element.der)));
}

/** @param {number} position in SubjectPublicKeyInfo @param {(element: Element) => Der} change @returns {{ edit: Edits }} */
function editPublicKeyInfo(position, change) {
  return {
    edit: {
      tbs: (tbs) => replaceElement(tbs, PUBLIC_KEY_POSITION, (info) => replaceElement(info.der, position, change)),
    },
  };
}

/** @param {Der} parameters of the key's algorithm @returns {{ edit: Edits }} */
export function editKeyParameters(parameters) {
  return editPublicKeyInfo(0, ({ content }) => der.sequence(der.elements(content)[0].der, parameters));
}

/** @param {(key: Uint8Array) => Uint8Array} change of the content of the key's BIT STRING @returns {{ edit: Edits }} */
export function editKeyBits(change) {
  return editPublicKeyInfo(1, ({ content }) => der.bitString(change(content.subarray(1))));
}

/** @param {(bits: Element) => Der} change of the signature's BIT STRING @returns {{ edit: Edits }} */
export function editSignature(change) {
  return { edit: { whole: (whole) => replaceElement(whole, SIGNATURE_POSITION, change) } };
}
