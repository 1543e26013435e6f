/**
 * For every field of a certificate and every reason why it may be unreadable: a function that damages a valid
 * certificate in that way, or why none can. The keys are "field: reason", as named in wasm/x509/read_errors.def.
 */
import * as der from '../der.js';

/** @typedef {import('../der.js').Der} Der */
/** @typedef {import('../der.js').Element} Element */
/** @typedef {(certificate: Der) => Uint8Array} Damage */

/** Paths of elements: their position in each SEQUENCE, outermost first. Version and extensions have an explicit tag. */
const PATHS = {
  tbsCertificate: [0],
  version: [0, 0, 0],
  serialNumber: [0, 1],
  signature: [0, 2],
  issuer: [0, 3],
  validity: [0, 4],
  subject: [0, 5],
  subjectPublicKeyInfo: [0, 6],
  extensions: [0, 7, 0],
  signatureAlgorithm: [1],
  signatureValue: [2],
};

/** @typedef {keyof typeof PATHS} Field */

/**
 * Replaces an element and everything after it in its parent. The lengths of all parents are updated.
 * @param {Der} whole
 * @param {number[]} path
 * @param {(element: Element, after: Uint8Array) => Uint8Array} change
 * @returns {Der}
 */
function replaceTail(whole, [first, ...deeper], change) {
  const [{ tag, content }] = der.elements(whole);
  const parts = der.elements(content);
  const before = parts.slice(0, first).map((part) => part.der);
  const after = der.concat(...parts.slice(first + 1).map((part) => part.der));
  const tail =
    deeper.length === 0
      ? change(parts[first], after)
      : der.concat(replaceTail(parts[first].der, deeper, change), after);
  return der.tlv(tag, ...before, tail);
}

/** Changes that work for every field. @type {Record<string, (element: Element, after: Uint8Array) => Uint8Array>} */
const GENERIC_CHANGES = {
  missing: () => new Uint8Array(0),
  'wrong-type': (_, after) => der.concat(der.utf8String('something else'), after),
  'bad-length': ({ tag }, after) => der.concat(Uint8Array.of(tag, 0x80), after),
  truncated: ({ tag, content }) => der.concat(Uint8Array.of(tag, 0x82, 0xff, 0xff), content),
};

/** @param {Field} field @param {(element: Element) => Uint8Array} change @returns {Damage} */
const replaceField = (field, change) => (whole) =>
  replaceTail(whole, PATHS[field], (element, after) => der.concat(change(element), after));

/** @param {Field} field @returns {Damage} adds an element at the end of the field */
const appendInside = (field) => replaceField(field, ({ tag, content }) => der.tlv(tag, content, der.nullValue()));

/** @param {Field} field @returns {Damage} adds an element after the field */
const appendAfter = (field) => replaceField(field, (element) => der.concat(element.der, der.nullValue()));

/** @param {Field} field @returns {Damage} a SEQUENCE of one INTEGER in place of the field */
const replaceWithInteger = (field) => replaceField(field, () => der.sequence(der.integer(1)));

/** A BIT STRING that is not a whole number of octets. @param {Element} bits */
const withUnusedBits = ({ content }) => der.bitString(content.subarray(1), 4);

/** Replaces the extensions. @param {...number} octets @returns {Damage} */
const uniqueId =
  (...octets) =>
  (whole) =>
    replaceTail(whole, [0, 7], () => Uint8Array.from(octets));

/** @type {Record<string, Damage>} */
export const DAMAGES = {
  'certificate: wrong-type': (whole) => der.octetString(der.elements(whole)[0].content),
  'certificate: bad-length': (whole) => der.concat(Uint8Array.of(0x30, 0x80), der.elements(whole)[0].content),
  'certificate: truncated': (whole) => whole.subarray(0, -1),
  'certificate: trailing-data': (whole) => der.concat(whole, der.nullValue()),
  ...Object.fromEntries(
    Object.entries(PATHS).flatMap(([field, path]) =>
      Object.entries(GENERIC_CHANGES)
        .filter(([reason]) => field !== 'tbsCertificate' || reason !== 'missing')
        .map(([reason, change]) => [
          `${field}: ${reason}`,
          (/** @type {Der} */ whole) => replaceTail(whole, path, change),
        ]),
    ),
  ),
  'tbsCertificate: trailing-data': appendInside('tbsCertificate'),
  'version: trailing-data': appendAfter('version'),
  'version: bad-value': replaceField('version', () => der.integer(-3)),
  'issuer: bad-value': replaceWithInteger('issuer'),
  'validity: trailing-data': appendInside('validity'),
  'subject: bad-value': replaceWithInteger('subject'),
  'subjectPublicKeyInfo: trailing-data': appendInside('subjectPublicKeyInfo'),
  'subjectPublicKeyInfo: bad-value': replaceField('subjectPublicKeyInfo', ({ content }) => {
    const [algorithm, bits] = der.elements(content);
    return der.sequence(algorithm.der, withUnusedBits(bits));
  }),
  'uniqueID: bad-length': uniqueId(0x81, 0x80),
  'uniqueID: truncated': uniqueId(0x81, 100),
  'extensions: trailing-data': appendAfter('extensions'),
  'extensions: bad-value': replaceWithInteger('extensions'),
  'signatureAlgorithm: trailing-data': appendInside('signatureAlgorithm'),
  'signatureAlgorithm: bad-value': replaceField('signatureAlgorithm', ({ content }) =>
    der.sequence(der.elements(content)[0].der, Uint8Array.of(0x05, 0x80)),
  ),
  'signatureValue: bad-value': replaceField('signatureValue', withUnusedBits),
};

const TOO_SHORT =
  'The certificate would have fewer than 128 octets, which Mbed TLS reports as a malformed Certificate message.';
const OTHER_FIELD = 'Anything after this field is read as the next field, or as data after the end of its parent.';
const CHECKED_ELSEWHERE = 'Its parts are separate fields, or a rule checks its value.';
const OPTIONAL = 'The field is optional and recognized by its tag: with another tag it is absent.';

/** Combinations that no certificate can have, and why. @type {Record<string, string>} */
export const IMPOSSIBLE = {
  'certificate: missing': TOO_SHORT,
  'certificate: bad-value': CHECKED_ELSEWHERE,
  'tbsCertificate: missing': TOO_SHORT,
  'tbsCertificate: bad-value': CHECKED_ELSEWHERE,
  'serialNumber: trailing-data': OTHER_FIELD,
  'serialNumber: bad-value': CHECKED_ELSEWHERE,
  'signature: trailing-data': OTHER_FIELD,
  'signature: bad-value': CHECKED_ELSEWHERE,
  'issuer: trailing-data': OTHER_FIELD,
  'validity: bad-value': CHECKED_ELSEWHERE,
  'subject: trailing-data': OTHER_FIELD,
  'uniqueID: missing': OPTIONAL,
  'uniqueID: wrong-type': OPTIONAL,
  'uniqueID: trailing-data': OTHER_FIELD,
  'uniqueID: bad-value': CHECKED_ELSEWHERE,
  'signatureValue: trailing-data': OTHER_FIELD,
};
