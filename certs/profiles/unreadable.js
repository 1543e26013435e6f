/**
 * Leaves that cannot be read: at least one for each field that a certificate has, and for each reason. Most are well signed.
 */
import * as der from '../der.js';
import { changedSignature, replaced } from '../edits.js';
import { leaf, NEGATIVE_VERSION, profile, unreadable } from '../profile.js';

/** @typedef {import('../profile.js').Entity} Entity */
/** @typedef {import('../profile.js').Profile} Profile */

/** Places in a TBSCertificate that says its version. */
const PLACES = { signature: 2, issuer: 3, validity: 4 };

/** A BMPString has two octets for each character. */
const HALF_A_CHARACTER = der.tlv(0x1e, Uint8Array.of(0, 0x61, 0));

/** @param {keyof typeof PLACES} field @param {(element: der.Element) => der.Der} change @returns {Partial<Entity>} */
function changed(field, change) {
  return { fields: { edit: { tbs: (tbs) => replaced(tbs, PLACES[field], change) } } };
}

/** @param {(whole: der.Der) => Uint8Array} change @returns {Partial<Entity>} */
function whole(change) {
  return { fields: { edit: { whole: change } } };
}

/**
 * @param {Pick<Profile, 'id' | 'title' | 'explain'> & Partial<Profile>} declared
 * @param {string} error the field and the reason
 * @param {Partial<Entity>} over of the leaf
 */
function unread(declared, error, over) {
  return profile({
    serve: false,
    malformed: true,
    expected: unreadable(error),
    openssl: 'unreadable',
    ...declared,
    certificates: { leaf: leaf(declared.id, over) },
  });
}

export const UNREADABLE_CASES = [
  unread(
    {
      id: 'not-a-certificate',
      title: 'Not a certificate',
      explain: 'In the place of a certificate the server sends some text.',
    },
    'certificate: wrong-type',
    whole(() => Buffer.from('This is not a certificate. '.repeat(8))),
  ),
  unread(
    {
      id: 'certificate-cut-short',
      title: 'Half a certificate',
      explain: 'The certificate ends in the middle.',
    },
    'certificate: truncated',
    whole((bytes) => bytes.subarray(0, bytes.length / 2)),
  ),
  unread(
    {
      id: 'indefinite-length',
      title: 'A certificate in BER',
      explain: 'The certificate does not say how long it is, but marks its end, as BER allows and DER does not.',
      openssl: 'ok',
    },
    'certificate: bad-length',
    whole((bytes) => der.concat(Uint8Array.of(0x30, 0x80), der.elements(bytes)[0].content, new Uint8Array(2))),
  ),
  unread(
    {
      id: 'byte-after-certificate',
      title: 'A byte after the certificate',
      explain: 'The certificate is whole, and one more byte follows.',
      openssl: 'ok',
    },
    'certificate: trailing-data',
    whole((bytes) => der.concat(bytes, Uint8Array.of(0))),
  ),
  unread(
    {
      id: 'bytes-after-extensions',
      title: 'Bytes after the extensions',
      explain: 'After the extensions, where a certificate has nothing more, there is one more field.',
    },
    'tbsCertificate: trailing-data',
    { fields: { edit: { tbs: (tbs) => der.sequence(der.elements(tbs)[0].content, der.nullValue()) } } },
  ),
  unread(
    {
      id: 'version-malformed',
      title: 'A version that is no number',
      explain: 'Where the number of the version belongs there is a text.',
    },
    'version: wrong-type',
    { fields: { version: der.constructed(0, der.utf8String('3')) } },
  ),
  unread(
    {
      id: 'version-negative',
      title: 'A negative version',
      explain: 'The number of the version is below zero.',
      openssl: 'ok',
    },
    'version: bad-value',
    { fields: { version: NEGATIVE_VERSION } },
  ),
  unread(
    {
      id: 'serial-malformed',
      title: 'A serial number that is no number',
      explain: 'Where the serial number belongs there is a text.',
    },
    'serialNumber: wrong-type',
    { fields: { serial: der.utf8String('number one') } },
  ),
  unread(
    {
      id: 'inner-algorithm-malformed',
      title: 'A signature algorithm inside that is a text',
      explain: 'In the signed part there is a text in the place of the signature algorithm.',
    },
    'signature: wrong-type',
    changed('signature', () => der.utf8String('as beside the signature')),
  ),
  unread(
    {
      id: 'issuer-malformed',
      title: 'An issuer that is no name',
      explain: 'The name of the issuer has a number where its parts belong.',
    },
    'issuer: bad-value',
    changed('issuer', () => der.sequence(der.integer(1))),
  ),
  unread(
    {
      id: 'validity-without-end',
      title: 'A validity without an end',
      explain: 'The certificate says when it begins, and not when it ends.',
    },
    'validity: missing',
    changed('validity', ({ content }) => der.sequence(der.elements(content)[0].der)),
  ),
  unread(
    {
      id: 'name-malformed',
      title: 'A name that is no text',
      explain: 'The common name in the subject ends in the middle of a character.',
    },
    'subject: bad-value',
    { subject: [{ CN: HALF_A_CHARACTER }] },
  ),
  unread(
    {
      id: 'key-malformed',
      title: 'No key at all',
      explain: 'Where algorithm and key belong there is a text.',
    },
    'subjectPublicKeyInfo: wrong-type',
    { fields: { publicKey: der.utf8String('the key is under the mat') } },
  ),
  unread(
    {
      id: 'unique-id-cut-short',
      title: 'A unique identifier that breaks off',
      explain: 'After the key there is a unique identifier of the issuer, longer than the certificate.',
    },
    'uniqueID: truncated',
    { fields: { uniqueIds: Uint8Array.of(0x81, 100), extensions: [] } },
  ),
  unread(
    {
      id: 'extension-without-value',
      title: 'An extension without a value',
      explain: 'One of the extensions is a name, and nothing more.',
    },
    'extensions: bad-value',
    { fields: { extensions: [der.sequence(der.oid('2.5.29.17'))] } },
  ),
  unread(
    {
      id: 'outer-algorithm-malformed',
      title: 'A signature algorithm that is a text',
      explain: 'Beside the signature there is a text in the place of its algorithm.',
    },
    'signatureAlgorithm: wrong-type',
    { fields: { outerAlgorithm: der.utf8String('as usual') } },
  ),
  unread(
    {
      id: 'signature-malformed',
      title: 'A signature that ends within an octet',
      explain: 'The signature says that the last four of its bits do not count.',
      openssl: 'certificate signature failure',
    },
    'signatureValue: bad-value',
    { fields: changedSignature(({ content }) => der.bitString(content.subarray(1), 4)) },
  ),
];
