/**
 * Certificate revocation lists.
 */
import { keyUsage } from '../extensions.js';
import { intermediate, named, profile, refused } from '../profile.js';

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
    expected: refused('BADCRL_NOT_TRUSTED', 0),
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
    expected: refused('BADCRL_NOT_TRUSTED', 0),
    openssl: 'key usage does not include CRL signing',
  }),
  profile({
    id: 'crl-weak-hash',
    title: 'A list signed with SHA-224',
    explain: 'The list of the intermediate is signed with a hash that is no longer taken.',
    crls: [{ issuer: 'intermediate', fields: { signature: 'ecdsa-sha224' } }, { issuer: 'root' }],
    expected: refused('BADCRL_BAD_MD', 0),
  }),
];
