/**
 * Leaves that violate X.509 but can be read. Programs disagree about them. Only signature-mismatch has an invalid
 * signature.
 */
import * as der from '../der.js';
import { OIDS, raw, subjectAltName } from '../extensions.js';
import { intermediate, leaf, named, profile, rejected } from '../profile.js';

/** @typedef {import('../profile.js').Entity} Entity */
/** @typedef {import('../profile.js').Expected} Expected */
/** @typedef {import('../profile.js').Profile} Profile */

const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
const ECDSA_SHA384 = '1.2.840.10045.4.3.3';

/** RSASSA-PSS with an unknown mask generation function (RFC 4055 section 3.1). */
const PSS_UNKNOWN_MASK = der.sequence(
  der.oid('1.2.840.113549.1.1.10'),
  der.sequence(
    der.constructed(0, der.sequence(der.oid('2.16.840.1.101.3.4.2.1'), der.nullValue())),
    der.constructed(1, der.sequence(der.oid('1.3.6.1.4.1.99999.5'), der.nullValue())),
    der.constructed(2, der.integer(32)),
  ),
);

/** OpenSSL's server fails TLS 1.2 handshakes with a leaf whose subjectAltName is malformed or duplicated. */
const TLS13_ONLY = { chain: ['leaf', 'intermediate'], minVersion: 'TLSv1.3' };

/** @param {Uint8Array} value of subjectAltName @returns {Partial<Entity>} */
function rawSubjectAltName(value) {
  return { extensions: { subjectAltName: raw(OIDS.subjectAltName, value) } };
}

/**
 * @param {Pick<Profile, 'id' | 'title' | 'explain'> & Partial<Profile>} declared
 * @param {Expected} expected
 * @param {Partial<Entity>} overrides of the leaf
 */
function malformedLeaf(declared, expected, overrides) {
  const { id, certificates } = declared;
  return profile({
    malformed: true,
    expected,
    ...declared,
    certificates: { ...certificates, leaf: leaf(id, overrides) },
  });
}

export const MALFORMED_CASES = [
  malformedLeaf(
    {
      id: 'version-4',
      title: 'Version 4',
      explain: 'The certificate claims version 4, but there are only three.',
    },
    rejected('BADCERT_OTHER', 0, 'VERSION'),
    { fields: { version: der.constructed(0, der.integer(3)) } },
  ),
  malformedLeaf(
    {
      id: 'algorithm-malformed',
      title: 'Signature algorithm with a parameter',
      explain: 'ECDSA with SHA-256 has no parameters, but this certificate gives one.',
    },
    rejected('BADCERT_BAD_PK', 0, 'SIGNATURE_UNSUPPORTED'),
    {
      fields: {
        innerAlgorithm: der.sequence(der.oid(ECDSA_SHA256), der.integer(1)),
        outerAlgorithm: der.sequence(der.oid(ECDSA_SHA256), der.integer(1)),
      },
    },
  ),
  malformedLeaf(
    {
      id: 'pss-other-mask',
      title: 'RSA-PSS with an unknown mask',
      explain: 'The signature claims to be RSA-PSS with an unknown mask generation function.',
      certificates: {
        intermediate: intermediate('intermediate', { key: 'rsa2048', subject: named('pagetls Test RSA') }),
      },
      server: { chain: ['leaf', 'intermediate'], ciphers: 'DEFAULT@SECLEVEL=0' },
      openssl: 'digest algorithm too weak',
    },
    rejected('BADCERT_BAD_PK', 0, 'SIGNATURE_UNSUPPORTED'),
    { fields: { signature: 'rsa-pss-sha256', innerAlgorithm: PSS_UNKNOWN_MASK, outerAlgorithm: PSS_UNKNOWN_MASK } },
  ),
  malformedLeaf(
    {
      id: 'date-malformed',
      title: 'Month 13',
      explain: 'The certificate expires on a day in month 13.',
      openssl: "format error in certificate's notAfter field",
    },
    rejected('BADCERT_OTHER', 0, 'TIME_UNREADABLE', 'VALIDITY_ENCODING'),
    { fields: { notAfter: der.utcTime('491331235959Z') } },
  ),
  malformedLeaf(
    {
      id: 'extension-cut-off',
      title: 'Truncated extension',
      explain: 'The alternative names end in the middle of a name, so there is no name to compare.',
      openssl: 'unable to get local issuer certificate',
      server: TLS13_ONLY,
    },
    rejected(['BADCERT_CN_MISMATCH', 'BADCERT_OTHER'], 0, 'HOST_NAME', 'SAN_MALFORMED'),
    rawSubjectAltName(der.sequence(Uint8Array.of(0x82, 40), Buffer.from('extension-cut-off'))),
  ),
  malformedLeaf(
    {
      id: 'extension-twice',
      title: 'Duplicate extension',
      explain: 'There are two lists of alternative names, and a client might use either.',
      openssl: 'unable to get local issuer certificate',
      server: TLS13_ONLY,
    },
    rejected('BADCERT_OTHER', 0, 'DUPLICATE_EXTENSION'),
    { extensions: { again: subjectAltName([{ dns: 'other.pagetls.test' }]) } },
  ),
  malformedLeaf(
    {
      id: 'extension-malformed',
      title: 'Malformed extension',
      explain: 'The authority information access extension holds a number where a list belongs.',
    },
    rejected('BADCERT_OTHER', 0, 'EXTENSION_MALFORMED'),
    { extensions: { authorityInfoAccess: raw(OIDS.authorityInfoAccess, der.integer(1)) } },
  ),
  malformedLeaf(
    {
      id: 'address-of-five',
      title: 'IP address of five bytes',
      explain: 'An IP address among the alternative names has five bytes: it is neither IPv4 nor IPv6.',
    },
    rejected('BADCERT_OTHER', 0, 'SAN_MALFORMED'),
    rawSubjectAltName(
      der.sequence(der.primitive(2, Buffer.from('address-of-five.pagetls.test')), der.primitive(7, new Uint8Array(5))),
    ),
  ),
  malformedLeaf(
    {
      id: 'directory-name-malformed',
      title: 'Malformed directory name',
      explain: 'An alternative name holds a number where a directory name belongs.',
      openssl: 'unable to get local issuer certificate',
      server: TLS13_ONLY,
    },
    rejected(['BADCERT_CN_MISMATCH', 'BADCERT_OTHER'], 0, 'HOST_NAME', 'SAN_MALFORMED'),
    rawSubjectAltName(der.sequence(der.constructed(4, der.integer(1)))),
  ),
  malformedLeaf(
    {
      id: 'signature-mismatch',
      title: 'Two signature algorithms',
      explain: 'The signed part says ECDSA with SHA-256, the field next to the signature ECDSA with SHA-384.',
      openssl: 'certificate signature failure',
    },
    rejected(['BADCERT_OTHER', 'BADCERT_NOT_TRUSTED'], 0, 'ALGORITHM_MISMATCH', 'SIGNATURE'),
    { fields: { outerAlgorithm: der.sequence(der.oid(ECDSA_SHA384)) } },
  ),
];
