/**
 * CRLs.
 */
import { primitive, sequence } from '../der.js';
import { crlDistributionPoints, issuingDistributionPoint, keyUsage, OIDS, raw } from '../extensions.js';
import { intermediate, leaf, named, profile, rejected } from '../profile.js';

/** The distribution point of a partitioned CRL. */
const PARTITION = 'http://pki.pagetls.test/part-1.crl';

/** An issuing distribution point with indirectCRL: the CRL covers other issuers too (RFC 5280 section 5.2.5). */
const INDIRECT = raw(OIDS.issuingDistributionPoint, sequence(primitive(4, Uint8Array.of(0xff))), true);

/** @param {string} id @returns {Record<string, import('../profile.js').Entity>} a leaf that names PARTITION */
function leafInPartition(id) {
  return { leaf: leaf(id, { extensions: { crlDistributionPoints: crlDistributionPoints(PARTITION) } }) };
}

export const CRL_CASES = [
  profile({
    id: 'good-crl',
    title: 'Not revoked',
    explain: 'Both issuers’ CRLs are current, and neither lists a certificate of this chain.',
    crls: [{ issuer: 'intermediate', revoked: [] }, { issuer: 'root' }],
  }),
  profile({
    id: 'revoked',
    title: 'Revoked',
    explain: 'The intermediate’s CRL lists the server’s certificate: its key was compromised.',
    crls: [{ issuer: 'intermediate', revoked: [{ certificate: 'leaf', reason: 'keyCompromise' }] }, { issuer: 'root' }],
    expected: rejected('BADCERT_REVOKED', 0),
    openssl: 'certificate revoked',
  }),
  profile({
    id: 'revoked-intermediate',
    title: 'Revoked intermediate',
    explain: 'The root’s CRL lists the intermediate.',
    crls: [
      { issuer: 'intermediate' },
      { issuer: 'root', revoked: [{ certificate: 'intermediate', reason: 'cACompromise' }] },
    ],
    expected: rejected('BADCERT_REVOKED', 1),
    openssl: 'certificate revoked',
  }),
  profile({
    id: 'crl-expired',
    title: 'Outdated CRL',
    explain: 'The intermediate’s CRL should have been replaced in 2025.',
    crls: [
      {
        issuer: 'intermediate',
        fields: { thisUpdate: '2025-01-01T00:00:00Z', nextUpdate: '2025-02-01T00:00:00Z' },
      },
      { issuer: 'root' },
    ],
    expected: rejected('BADCRL_EXPIRED', 0),
    openssl: 'CRL has expired',
  }),
  profile({
    id: 'crl-future',
    title: 'CRL from the future',
    explain: 'The intermediate’s CRL is not valid until 2048.',
    crls: [
      {
        issuer: 'intermediate',
        fields: { thisUpdate: '2048-01-01T00:00:00Z', nextUpdate: '2049-12-31T23:59:59Z' },
      },
      { issuer: 'root' },
    ],
    expected: rejected('BADCRL_FUTURE', 0),
    openssl: 'CRL is not yet valid',
  }),
  profile({
    id: 'crl-wrong-signer',
    title: 'Forged CRL',
    explain: 'The CRL names the intermediate as its issuer, but another key signed it.',
    certificates: { stranger: intermediate('stranger', { issuer: 'stranger' }) },
    crls: [{ issuer: 'intermediate', signer: 'stranger' }, { issuer: 'root' }],
    expected: rejected('BADCRL_NOT_TRUSTED', 0, 'CRL_NOT_TRUSTED'),
    openssl: 'CRL signature failure',
  }),
  profile({
    id: 'crl-without-crlsign',
    title: 'CRL from a CA that may not sign CRLs',
    explain: 'The intermediate’s key usage lacks cRLSign.',
    certificates: {
      intermediate: intermediate('intermediate', {
        subject: named('pagetls Test Certificates Only'),
        extensions: { keyUsage: keyUsage('keyCertSign') },
      }),
    },
    crls: [{ issuer: 'intermediate' }, { issuer: 'root' }],
    expected: rejected('BADCRL_NOT_TRUSTED', 0, 'CRL_NOT_TRUSTED'),
    openssl: 'key usage does not include CRL signing',
  }),
  profile({
    id: 'crl-weak-hash',
    title: 'SHA-224 CRL signature',
    explain: 'The intermediate’s CRL is signed with SHA-224, which is no longer accepted.',
    crls: [{ issuer: 'intermediate', fields: { signature: 'ecdsa-sha224' } }, { issuer: 'root' }],
    expected: rejected('BADCRL_BAD_MD', 0),
  }),
  profile({
    id: 'crl-ed25519',
    title: 'Ed25519 CRL signature',
    explain: 'The intermediate’s CRL is signed with Ed25519, which the client’s profile, “webpki”, does not accept.',
    certificates: { 'ed25519-signer': intermediate('ed25519-signer', { key: 'ed25519' }) },
    crls: [{ issuer: 'intermediate', signer: 'ed25519-signer' }, { issuer: 'root' }],
    expected: rejected('BADCRL_BAD_PK', 0),
    openssl: 'CRL signature failure',
  }),
  profile({
    id: 'good-crl-part',
    title: 'Current partial CRL',
    explain: 'The CRL’s critical issuing distribution point is the one that the leaf names.',
    certificates: leafInPartition('good-crl-part'),
    crls: [{ issuer: 'intermediate', extensions: [issuingDistributionPoint({ uri: PARTITION })] }, { issuer: 'root' }],
  }),
  profile({
    id: 'revoked-part',
    title: 'Revoked in a partial CRL',
    explain: 'The certificate is listed in a CRL that covers only its issuer’s end-entity certificates.',
    certificates: leafInPartition('revoked-part'),
    crls: [
      {
        issuer: 'intermediate',
        revoked: [{ certificate: 'leaf', reason: 'superseded' }],
        extensions: [issuingDistributionPoint({ uri: PARTITION, onlyUserCerts: true })],
      },
      { issuer: 'root' },
    ],
    expected: rejected('BADCERT_REVOKED', 0),
    openssl: 'certificate revoked',
  }),
  profile({
    id: 'crl-indirect',
    title: 'Indirect CRL',
    explain: 'The CRL says that it also covers other issuers’ certificates (indirectCRL), which is not supported here.',
    crls: [{ issuer: 'intermediate', extensions: [INDIRECT] }, { issuer: 'root' }],
    expected: rejected('BADCRL_NOT_TRUSTED', 0, 'CRL_SCOPE'),
    openssl: 'unable to get certificate CRL',
  }),
];
