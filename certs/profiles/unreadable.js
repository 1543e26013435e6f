/**
 * Leaves that cannot be read: one for each field that parsing can stop at. Most are well signed.
 */
import * as der from '../der.js';
import { changedSignature } from '../edits.js';
import { raw, subjectAltName } from '../extensions.js';
import { intermediate, leaf, named, profile, unreadable } from '../profile.js';

/** @typedef {import('../profile.js').Entity} Entity */
/** @typedef {import('../profile.js').Profile} Profile */

const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
const ECDSA_SHA384 = '1.2.840.10045.4.3.3';

/** RSASSA-PSS with a mask generation function of nobody's (RFC 4055 section 3.1). */
const ODD_PSS = der.sequence(
  der.oid('1.2.840.113549.1.1.10'),
  der.sequence(
    der.constructed(0, der.sequence(der.oid('2.16.840.1.101.3.4.2.1'), der.nullValue())),
    der.constructed(1, der.sequence(der.oid('1.3.6.1.4.1.99999.5'), der.nullValue())),
    der.constructed(2, der.integer(32)),
  ),
);

/** @param {Uint8Array} value of subjectAltName @returns {Partial<Entity>} */
function alternativeName(value) {
  return { extensions: { subjectAltName: raw('2.5.29.17', value) } };
}

/**
 * @param {Pick<Profile, 'id' | 'title' | 'explain'> & Partial<Profile>} declared
 * @param {string} error
 * @param {Partial<Entity>} over of the leaf
 */
function unread(declared, error, over) {
  const { id, certificates } = declared;
  return profile({
    serve: false,
    malformed: true,
    expected: unreadable(error),
    ...declared,
    certificates: { ...certificates, leaf: leaf(id, over) },
  });
}

export const UNREADABLE_CASES = [
  unread(
    {
      id: 'not-a-certificate',
      title: 'Not a certificate',
      explain: 'In the place of a certificate the server sends some text.',
      openssl: 'unreadable',
    },
    'X509_INVALID_FORMAT',
    { fields: { edit: { whole: () => Buffer.from('This is not a certificate. '.repeat(8)) } } },
  ),
  unread(
    {
      id: 'bytes-after-extensions',
      title: 'Bytes after the extensions',
      explain: 'After the extensions, where a certificate has nothing more, there is one more field.',
      openssl: 'unreadable',
    },
    'X509_INVALID_FORMAT',
    { fields: { edit: { tbs: (tbs) => der.sequence(der.elements(tbs)[0].content, der.nullValue()) } } },
  ),
  unread(
    {
      id: 'version-malformed',
      title: 'A version that is no number',
      explain: 'Where the number of the version belongs there is a text.',
      openssl: 'unreadable',
    },
    'X509_INVALID_VERSION',
    { fields: { version: der.constructed(0, der.utf8String('3')) } },
  ),
  unread(
    {
      id: 'version-negative',
      title: 'A negative version',
      explain: 'The number of the version is below zero.',
    },
    'X509_INVALID_VERSION',
    { fields: { version: der.constructed(0, der.integer(-3)) } },
  ),
  unread(
    {
      id: 'version-4',
      title: 'Version 4',
      explain: 'The certificate says that it is of version 4, and there are only three.',
    },
    'X509_UNKNOWN_VERSION',
    { fields: { version: der.constructed(0, der.integer(3)) } },
  ),
  unread(
    {
      id: 'serial-malformed',
      title: 'A serial number that is no number',
      explain: 'Where the serial number belongs there is a text.',
      openssl: 'unreadable',
    },
    'X509_INVALID_SERIAL',
    { fields: { serial: der.utf8String('number one') } },
  ),
  unread(
    {
      id: 'algorithm-malformed',
      title: 'A signature algorithm with too much to it',
      explain: 'ECDSA with SHA-256 has no parameters, and here it has one.',
    },
    'X509_INVALID_ALG',
    {
      fields: {
        innerAlgorithm: der.sequence(der.oid(ECDSA_SHA256), der.integer(1)),
        outerAlgorithm: der.sequence(der.oid(ECDSA_SHA256), der.integer(1)),
      },
    },
  ),
  unread(
    {
      id: 'pss-other-mask',
      title: 'RSA-PSS with another mask',
      explain: 'The signature claims to be RSA-PSS with a mask generation function that nobody knows.',
      certificates: {
        intermediate: intermediate('intermediate', { key: 'rsa2048', subject: named('pagetls Test RSA') }),
      },
      openssl: 'digest algorithm too weak',
    },
    'X509_FEATURE_UNAVAILABLE',
    { fields: { signature: 'rsa-pss-sha256', innerAlgorithm: ODD_PSS, outerAlgorithm: ODD_PSS } },
  ),
  unread(
    {
      id: 'name-malformed',
      title: 'A name that is no text',
      explain: 'The common name in the subject is a number, and not a text.',
      openssl: 'unreadable',
    },
    'X509_INVALID_NAME',
    { subject: [{ CN: der.integer(1) }] },
  ),
  unread(
    {
      id: 'date-malformed',
      title: 'A thirteenth month',
      explain: 'The certificate ends on a day in month 13.',
      openssl: "format error in certificate's notAfter field",
    },
    'X509_INVALID_DATE',
    { fields: { notAfter: der.utcTime('491331235959Z') } },
  ),
  unread(
    {
      id: 'extension-cut-off',
      title: 'An extension that breaks off',
      explain: 'The list of alternative names ends in the middle of a name.',
      openssl: 'unable to get local issuer certificate',
    },
    'X509_INVALID_EXTENSIONS',
    alternativeName(der.sequence(Uint8Array.of(0x82, 40), Buffer.from('extension-cut-off'))),
  ),
  unread(
    {
      id: 'extension-twice',
      title: 'The same extension twice',
      explain: 'There are two lists of alternative names, and a reader might look at either.',
      openssl: 'unable to get local issuer certificate',
    },
    'X509_INVALID_EXTENSIONS',
    { extensions: { again: subjectAltName([{ dns: 'other.pagetls.test' }]) } },
  ),
  unread(
    {
      id: 'address-of-five',
      title: 'An address of five octets',
      explain: 'An IP address among the alternative names has five octets: neither IPv4 nor IPv6.',
    },
    'X509_BAD_INPUT_DATA',
    alternativeName(
      der.sequence(der.primitive(2, Buffer.from('address-of-five.pagetls.test')), der.primitive(7, new Uint8Array(5))),
    ),
  ),
  unread(
    {
      id: 'directory-name-malformed',
      title: 'A directory name that is none',
      explain: 'Where an alternative name ought to be the name of an entry in a directory, there is a number.',
      openssl: 'unable to get local issuer certificate',
    },
    'ASN1_UNEXPECTED_TAG',
    alternativeName(der.sequence(der.constructed(4, der.integer(1)))),
  ),
  unread(
    {
      id: 'signature-mismatch',
      title: 'Two signature algorithms',
      explain: 'Inside it says ECDSA with SHA-256, beside the signature ECDSA with SHA-384.',
      openssl: 'certificate signature failure',
    },
    'X509_SIG_MISMATCH',
    { fields: { outerAlgorithm: der.sequence(der.oid(ECDSA_SHA384)) } },
  ),
  unread(
    {
      id: 'signature-malformed',
      title: 'A signature that ends within an octet',
      explain: 'The signature says that the last four of its bits do not count.',
      openssl: 'certificate signature failure',
    },
    'X509_INVALID_SIGNATURE',
    { fields: changedSignature(({ content }) => der.bitString(content.subarray(1), 4)) },
  ),
];
