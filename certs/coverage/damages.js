/**
 * Every reason at every field of a certificate: how a good one is made unreadable in that way, or why it cannot be. The
 * keys are "field: reason", as wasm/x509/read_errors.def names them.
 */
import * as der from '../der.js';

/** @typedef {import('../der.js').Der} Der */
/** @typedef {import('../der.js').Element} Element */
/** @typedef {(certificate: Der) => Uint8Array} Damage */

/** Where an element is: its place in each SEQUENCE from the outermost in. The version and the extensions are in a tag of their own. */
const PLACES = {
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

/** @typedef {keyof typeof PLACES} Field */

/**
 * The same with other bytes from an element on, to the end of what it is in; all lengths around it are right.
 * @param {Der} whole
 * @param {number[]} place
 * @param {(element: Element, after: Uint8Array) => Uint8Array} change
 * @returns {Der}
 */
function changed(whole, [first, ...deeper], change) {
  const [{ tag, content }] = der.elements(whole);
  const parts = der.elements(content);
  const before = parts.slice(0, first).map((part) => part.der);
  const after = der.concat(...parts.slice(first + 1).map((part) => part.der));
  const tail =
    deeper.length === 0 ? change(parts[first], after) : der.concat(changed(parts[first].der, deeper, change), after);
  return der.tlv(tag, ...before, tail);
}

/** What can happen to every field. @type {Record<string, (element: Element, after: Uint8Array) => Uint8Array>} */
const ANYWHERE = {
  missing: () => new Uint8Array(0),
  'wrong-type': (_, after) => der.concat(der.utf8String('something else'), after),
  'bad-length': ({ tag }, after) => der.concat(Uint8Array.of(tag, 0x80), after),
  truncated: ({ tag, content }) => der.concat(Uint8Array.of(tag, 0x82, 0xff, 0xff), content),
};

/** @param {Field} field @param {(element: Element) => Uint8Array} change @returns {Damage} */
const inPlaceOf = (field, change) => (whole) =>
  changed(whole, PLACES[field], (element, after) => der.concat(change(element), after));

/** @param {Field} field @returns {Damage} one more element in it */
const longer = (field) => inPlaceOf(field, ({ tag, content }) => der.tlv(tag, content, der.nullValue()));

/** @param {Field} field @returns {Damage} one more element behind it */
const followed = (field) => inPlaceOf(field, (element) => der.concat(element.der, der.nullValue()));

/** A name, or a list, that is one number. @param {Field} field @returns {Damage} */
const numbered = (field) => inPlaceOf(field, () => der.sequence(der.integer(1)));

/** The last bits of a BIT STRING do not count. @param {Element} bits */
const oddBits = ({ content }) => der.bitString(content.subarray(1), 4);

/** In the place of the extensions. @param {...number} octets @returns {Damage} */
const uniqueId =
  (...octets) =>
  (whole) =>
    changed(whole, [0, 7], () => Uint8Array.from(octets));

/** @type {Record<string, Damage>} */
export const DAMAGES = {
  'certificate: wrong-type': (whole) => der.octetString(der.elements(whole)[0].content),
  'certificate: bad-length': (whole) => der.concat(Uint8Array.of(0x30, 0x80), der.elements(whole)[0].content),
  'certificate: truncated': (whole) => whole.subarray(0, -1),
  'certificate: trailing-data': (whole) => der.concat(whole, der.nullValue()),
  ...Object.fromEntries(
    Object.entries(PLACES).flatMap(([field, place]) =>
      Object.entries(ANYWHERE)
        .filter(([reason]) => field !== 'tbsCertificate' || reason !== 'missing')
        .map(([reason, change]) => [
          `${field}: ${reason}`,
          (/** @type {Der} */ whole) => changed(whole, place, change),
        ]),
    ),
  ),
  'tbsCertificate: trailing-data': longer('tbsCertificate'),
  'version: trailing-data': followed('version'),
  'version: bad-value': inPlaceOf('version', () => der.integer(-3)),
  'issuer: bad-value': numbered('issuer'),
  'validity: trailing-data': longer('validity'),
  'subject: bad-value': numbered('subject'),
  'subjectPublicKeyInfo: trailing-data': longer('subjectPublicKeyInfo'),
  'subjectPublicKeyInfo: bad-value': inPlaceOf('subjectPublicKeyInfo', ({ content }) => {
    const [algorithm, bits] = der.elements(content);
    return der.sequence(algorithm.der, oddBits(bits));
  }),
  'uniqueID: bad-length': uniqueId(0x81, 0x80),
  'uniqueID: truncated': uniqueId(0x81, 100),
  'extensions: trailing-data': followed('extensions'),
  'extensions: bad-value': numbered('extensions'),
  'signatureAlgorithm: trailing-data': longer('signatureAlgorithm'),
  'signatureAlgorithm: bad-value': inPlaceOf('signatureAlgorithm', ({ content }) =>
    der.sequence(der.elements(content)[0].der, Uint8Array.of(0x05, 0x80)),
  ),
  'signatureValue: bad-value': inPlaceOf('signatureValue', oddBits),
};

const TOO_SHORT =
  'It would have less than the 128 octets that Mbed TLS asks for: to it the Certificate message is broken.';
const FOLLOWED = 'What follows is the next field, or something after the end of what this one is in.';
const NO_VALUE = 'Its parts are fields of their own, or a rule looks at what it has.';
const OPTIONAL = 'It is optional and goes by its tag: where there is another, there is no such field.';

/** Why there is none. @type {Record<string, string>} */
export const NEVER = {
  'certificate: missing': TOO_SHORT,
  'certificate: bad-value': NO_VALUE,
  'tbsCertificate: missing': TOO_SHORT,
  'tbsCertificate: bad-value': NO_VALUE,
  'serialNumber: trailing-data': FOLLOWED,
  'serialNumber: bad-value': NO_VALUE,
  'signature: trailing-data': FOLLOWED,
  'signature: bad-value': NO_VALUE,
  'issuer: trailing-data': FOLLOWED,
  'validity: bad-value': NO_VALUE,
  'subject: trailing-data': FOLLOWED,
  'uniqueID: missing': OPTIONAL,
  'uniqueID: wrong-type': OPTIONAL,
  'uniqueID: trailing-data': FOLLOWED,
  'uniqueID: bad-value': NO_VALUE,
  'signatureValue: trailing-data': FOLLOWED,
};
