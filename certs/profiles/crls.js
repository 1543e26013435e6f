/**
 * Certificate revocation lists.
 */
import { primitive, sequence } from '../der.js';
import { crlDistributionPoints, issuingDistributionPoint, keyUsage, raw } from '../extensions.js';
import { intermediate, leaf, named, profile, refused } from '../profile.js';

/** Where one part of a list is to be had. */
const PART = 'http://pki.pagetls.test/part-1.crl';

/** Of a list that also has certificates of other issuers (RFC 5280 section 5.2.5). */
const INDIRECT = raw('2.5.29.28', sequence(primitive(4, Uint8Array.of(0xff))), true);

/** @param {string} id @returns {Record<string, import('../profile.js').Entity>} a leaf that says which part it is in */
function inPart(id) {
  return { leaf: leaf(id, { extensions: { crlDistributionPoints: crlDistributionPoints(PART) } }) };
}

export const CRL_CASES = [
  profile({
    id: 'good-crl',
    title: 'A fresh list that does not name it',
    explain: 'Fresh lists of both issuers are at hand, and neither names a certificate of this chain.',
    crls: [{ issuer: 'intermediate', revoked: [] }, { issuer: 'root' }],
  }),
  profile({
    id: 'revoked',
    title: 'Revoked',
    explain: 'The list of the intermediate names the certificate of the server: its key was compromised.',
    crls: [{ issuer: 'intermediate', revoked: [{ certificate: 'leaf', reason: 'keyCompromise' }] }, { issuer: 'root' }],
    expected: refused('BADCERT_REVOKED', 0),
    openssl: 'certificate revoked',
  }),
  profile({
    id: 'revoked-intermediate',
    title: 'Revoked intermediate',
    explain: 'The list of the root names the intermediate.',
    crls: [
      { issuer: 'intermediate' },
      { issuer: 'root', revoked: [{ certificate: 'intermediate', reason: 'cACompromise' }] },
    ],
    expected: refused('BADCERT_REVOKED', 1),
    openssl: 'certificate revoked',
  }),
  profile({
    id: 'crl-expired',
    title: 'A stale list',
    explain: 'The list of the intermediate was to be renewed in 2025.',
    crls: [
      {
        issuer: 'intermediate',
        fields: { thisUpdate: '2025-01-01T00:00:00Z', nextUpdate: '2025-02-01T00:00:00Z' },
      },
      { issuer: 'root' },
    ],
    expected: refused('BADCRL_EXPIRED', 0),
    openssl: 'CRL has expired',
  }),
  profile({
    id: 'crl-future',
    title: 'A list from the future',
    explain: 'The list of the intermediate begins in 2048.',
    crls: [
      {
        issuer: 'intermediate',
        fields: { thisUpdate: '2048-01-01T00:00:00Z', nextUpdate: '2049-12-31T23:59:59Z' },
      },
      { issuer: 'root' },
    ],
    expected: refused('BADCRL_FUTURE', 0),
    openssl: 'CRL is not yet valid',
  }),
  profile({
    id: 'crl-wrong-signer',
    title: 'A forged list',
    explain: 'The list bears the name of the intermediate and the signature of somebody else.',
    certificates: { stranger: intermediate('stranger', { issuer: 'stranger' }) },
    crls: [{ issuer: 'intermediate', signer: 'stranger' }, { issuer: 'root' }],
    expected: refused('BADCRL_NOT_TRUSTED', 0, 'CRL_NOT_TRUSTED'),
    openssl: 'CRL signature failure',
  }),
  profile({
    id: 'crl-without-crlsign',
    title: 'A list by an authority that may not sign lists',
    explain: 'The key usage of the intermediate leaves out cRLSign.',
    certificates: {
      intermediate: intermediate('intermediate', {
        subject: named('pagetls Test Certificates Only'),
        extensions: { keyUsage: keyUsage('keyCertSign') },
      }),
    },
    crls: [{ issuer: 'intermediate' }, { issuer: 'root' }],
    expected: refused('BADCRL_NOT_TRUSTED', 0, 'CRL_NOT_TRUSTED'),
    openssl: 'key usage does not include CRL signing',
  }),
  profile({
    id: 'crl-weak-hash',
    title: 'A list signed with SHA-224',
    explain: 'The list of the intermediate is signed with a hash that is no longer taken.',
    crls: [{ issuer: 'intermediate', fields: { signature: 'ecdsa-sha224' } }, { issuer: 'root' }],
    expected: refused('BADCRL_BAD_MD', 0),
  }),
  profile({
    id: 'crl-unknown-algorithm',
    title: 'A list signed with Ed25519',
    explain: 'The list of the intermediate is signed with an algorithm that this client does not have.',
    certificates: { 'ed25519-signer': intermediate('ed25519-signer', { key: 'ed25519' }) },
    crls: [{ issuer: 'intermediate', signer: 'ed25519-signer' }, { issuer: 'root' }],
    expected: refused('BADCRL_BAD_PK', 0),
    openssl: 'CRL signature failure',
  }),
  profile({
    id: 'good-crl-part',
    title: 'A fresh part of a list',
    explain: 'The critical issuing distribution point of the list is the one that the leaf names.',
    certificates: inPart('good-crl-part'),
    crls: [{ issuer: 'intermediate', extensions: [issuingDistributionPoint({ uri: PART })] }, { issuer: 'root' }],
  }),
  profile({
    id: 'revoked-part',
    title: 'Revoked in a part of a list',
    explain: 'The certificate is in that part of its issuer’s list that is for server certificates only.',
    certificates: inPart('revoked-part'),
    crls: [
      {
        issuer: 'intermediate',
        revoked: [{ certificate: 'leaf', reason: 'superseded' }],
        extensions: [issuingDistributionPoint({ uri: PART, onlyUserCerts: true })],
      },
      { issuer: 'root' },
    ],
    expected: refused('BADCERT_REVOKED', 0),
    openssl: 'certificate revoked',
  }),
  profile({
    id: 'crl-indirect',
    title: 'A list for several issuers',
    explain: 'The list says that it has certificates of other issuers too (indirectCRL), which is not understood here.',
    crls: [{ issuer: 'intermediate', extensions: [INDIRECT] }, { issuer: 'root' }],
    expected: refused('BADCRL_NOT_TRUSTED', 0, 'CRL_SCOPE'),
    openssl: 'unable to get certificate CRL',
  }),
];
