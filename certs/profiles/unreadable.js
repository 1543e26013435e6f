/**
 * Leaves that cannot be read: at least one for each field of a certificate, and for each reason.
 */
import * as der from '../der.js';
import { editSignature, replaceElement } from '../edits.js';
import { OIDS } from '../extensions.js';
import { leaf, NEGATIVE_VERSION, profile, unreadable } from '../profile.js';

/** @typedef {import('../profile.js').Entity} Entity */
/** @typedef {import('../profile.js').Profile} Profile */

/** Positions in a TBSCertificate with a version field. */
const POSITIONS = { signature: 2, issuer: 3, validity: 4 };

/** A BMPString has two octets for each character. */
const HALF_A_CHARACTER = der.tlv(0x1e, Uint8Array.of(0, 0x61, 0));

/** @param {keyof typeof POSITIONS} field @param {(element: der.Element) => der.Der} change @returns {Partial<Entity>} */
function editField(field, change) {
  return { fields: { edit: { tbs: (tbs) => replaceElement(tbs, POSITIONS[field], change) } } };
}

/** @param {(whole: der.Der) => Uint8Array} change @returns {Partial<Entity>} */
function editWhole(change) {
  return { fields: { edit: { whole: change } } };
}

/**
 * @param {Pick<Profile, 'id' | 'title' | 'explain'> & Partial<Profile>} declared
 * @param {string} error the field and the reason
 * @param {Partial<Entity>} overrides of the leaf
 */
function unreadableLeaf(declared, error, overrides) {
  return profile({
    serve: false,
    malformed: true,
    expected: unreadable(error),
    openssl: 'unreadable',
    ...declared,
    certificates: { leaf: leaf(declared.id, overrides) },
  });
}

export const UNREADABLE_CASES = [
  unreadableLeaf(
    {
      id: 'not-a-certificate',
      title: 'Not a certificate',
      explain: 'The server sends text in place of a certificate.',
    },
    'certificate: wrong-type',
    editWhole(() => Buffer.from('This is not a certificate. '.repeat(8))),
  ),
  unreadableLeaf(
    {
      id: 'certificate-cut-short',
      title: 'Half a certificate',
      explain: 'The certificate is cut off in the middle.',
    },
    'certificate: truncated',
    editWhole((bytes) => bytes.subarray(0, bytes.length / 2)),
  ),
  unreadableLeaf(
    {
      id: 'indefinite-length',
      title: 'BER instead of DER',
      explain: 'The certificate marks its end instead of stating its length, which BER allows and DER does not.',
      openssl: 'ok',
    },
    'certificate: bad-length',
    editWhole((bytes) => der.concat(Uint8Array.of(0x30, 0x80), der.elements(bytes)[0].content, new Uint8Array(2))),
  ),
  unreadableLeaf(
    {
      id: 'byte-after-certificate',
      title: 'Extra byte after the certificate',
      explain: 'The certificate is complete, but one more byte follows.',
      openssl: 'ok',
    },
    'certificate: trailing-data',
    editWhole((bytes) => der.concat(bytes, Uint8Array.of(0))),
  ),
  unreadableLeaf(
    {
      id: 'bytes-after-extensions',
      title: 'Extra field after the extensions',
      explain: 'One more field follows the extensions, where the signed part must end.',
    },
    'tbsCertificate: trailing-data',
    { fields: { edit: { tbs: (tbs) => der.sequence(der.elements(tbs)[0].content, der.nullValue()) } } },
  ),
  unreadableLeaf(
    {
      id: 'version-malformed',
      title: 'Version is not a number',
      explain: 'The version field holds text.',
    },
    'version: wrong-type',
    { fields: { version: der.constructed(0, der.utf8String('3')) } },
  ),
  unreadableLeaf(
    {
      id: 'version-negative',
      title: 'A negative version',
      explain: 'The version number is negative.',
      openssl: 'ok',
    },
    'version: bad-value',
    { fields: { version: NEGATIVE_VERSION } },
  ),
  unreadableLeaf(
    {
      id: 'serial-malformed',
      title: 'Serial number is not a number',
      explain: 'The serial number field holds text.',
    },
    'serialNumber: wrong-type',
    { fields: { serial: der.utf8String('number one') } },
  ),
  unreadableLeaf(
    {
      id: 'inner-algorithm-malformed',
      title: 'Inner signature algorithm is text',
      explain: 'The signature algorithm in the signed part is text.',
    },
    'signature: wrong-type',
    editField('signature', () => der.utf8String('as beside the signature')),
  ),
  unreadableLeaf(
    {
      id: 'issuer-malformed',
      title: 'Malformed issuer name',
      explain: 'The issuer’s name holds a number where its parts belong.',
    },
    'issuer: bad-value',
    editField('issuer', () => der.sequence(der.integer(1))),
  ),
  unreadableLeaf(
    {
      id: 'validity-without-end',
      title: 'No expiry date',
      explain: 'The certificate says when it becomes valid, but not when it expires.',
    },
    'validity: missing',
    editField('validity', ({ content }) => der.sequence(der.elements(content)[0].der)),
  ),
  unreadableLeaf(
    {
      id: 'name-malformed',
      title: 'Malformed subject name',
      explain: 'The subject’s common name ends in the middle of a character.',
    },
    'subject: bad-value',
    { subject: [{ CN: HALF_A_CHARACTER }] },
  ),
  unreadableLeaf(
    {
      id: 'key-malformed',
      title: 'No public key',
      explain: 'The public key field holds text.',
    },
    'subjectPublicKeyInfo: wrong-type',
    { fields: { publicKey: der.utf8String('the key is under the mat') } },
  ),
  unreadableLeaf(
    {
      id: 'unique-id-cut-short',
      title: 'Truncated unique identifier',
      explain: 'The issuer’s unique identifier claims to be longer than the certificate.',
    },
    'uniqueID: truncated',
    { fields: { uniqueIds: Uint8Array.of(0x81, 100), extensions: [] } },
  ),
  unreadableLeaf(
    {
      id: 'extension-without-value',
      title: 'Extension without a value',
      explain: 'One of the extensions has an OID, but no value.',
    },
    'extensions: bad-value',
    { fields: { extensions: [der.sequence(der.oid(OIDS.subjectAltName))] } },
  ),
  unreadableLeaf(
    {
      id: 'outer-algorithm-malformed',
      title: 'Outer signature algorithm is text',
      explain: 'The algorithm field next to the signature holds text.',
    },
    'signatureAlgorithm: wrong-type',
    { fields: { outerAlgorithm: der.utf8String('as usual') } },
  ),
  unreadableLeaf(
    {
      id: 'signature-malformed',
      title: 'Signature ends within a byte',
      explain: 'The signature says that its last four bits do not count.',
      openssl: 'certificate signature failure',
    },
    'signatureValue: bad-value',
    { fields: editSignature(({ content }) => der.bitString(content.subarray(1), 4)) },
  ),
];
