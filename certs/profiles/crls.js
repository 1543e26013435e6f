/**
 * CRLs.
 */
import { nullValue, oid, sequence } from '../der.js';
import {
  certificateIssuer,
  crlDistributionPoints,
  deltaCrlIndicator,
  issuingDistributionPoint,
  keyUsage,
  raw,
} from '../extensions.js';
import { FRESH, intermediate, leaf, named, profile, rejected } from '../profile.js';

/** The distribution point of a partitioned CRL. */
const PARTITION = 'http://pki.pagetls.test/part-1.crl';

/** Another one. */
const OTHER_PARTITION = 'http://pki.pagetls.test/part-2.crl';

/** The AlgorithmIdentifier of ML-DSA-65, which this client does not support. */
const ML_DSA_65 = sequence(oid('2.16.840.1.101.3.4.3.18'));

/** The intermediate’s CRL 5, and the changes up to CRL 6. */
const BASE = { issuer: 'intermediate', fields: { number: 5 } };
const DELTA = { issuer: 'intermediate', extensions: [deltaCrlIndicator(5)] };

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
    id: 'crl-unknown-algorithm',
    title: 'ML-DSA CRL signature',
    explain: 'The intermediate’s CRL says that it is signed with ML-DSA, which this client does not support.',
    crls: [
      { issuer: 'intermediate', fields: { innerAlgorithm: ML_DSA_65, outerAlgorithm: ML_DSA_65 } },
      { issuer: 'root' },
    ],
    expected: rejected('BADCRL_BAD_PK', 0, 'CRL_SIGNATURE_UNSUPPORTED'),
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
    id: 'good-crl-other-part',
    title: 'Not checked: another partial CRL',
    explain: 'The CRL is for another distribution point than the leaf names, so it says nothing about the leaf.',
    certificates: leafInPartition('good-crl-other-part'),
    crls: [
      { issuer: 'intermediate', extensions: [issuingDistributionPoint({ uri: OTHER_PARTITION })] },
      { issuer: 'root' },
    ],
    openssl: 'different CRL scope',
  }),
  profile({
    id: 'good-crl-delta',
    title: 'Complete CRL and delta CRL',
    explain: 'The delta CRL has the changes since the complete CRL, and neither lists a certificate of this chain.',
    crls: [BASE, { ...DELTA, fields: { number: 6 } }, { issuer: 'root' }],
  }),
  profile({
    id: 'revoked-delta',
    title: 'Revoked in a delta CRL',
    explain: 'The complete CRL does not list the server’s certificate, but the newer delta CRL does.',
    crls: [
      BASE,
      { ...DELTA, revoked: [{ certificate: 'leaf', reason: 'superseded' }], fields: { number: 6 } },
      { issuer: 'root' },
    ],
    expected: rejected('BADCERT_REVOKED', 0),
  }),
  profile({
    id: 'good-crl-indirect',
    title: 'Indirect CRL',
    explain: 'The intermediate’s CRL may list other issuers’ certificates, too (indirectCRL), and lists one of them.',
    crls: [
      {
        issuer: 'intermediate',
        extensions: [issuingDistributionPoint({ indirect: true })],
        fields: {
          revoked: [
            {
              serial: 7n,
              date: FRESH.thisUpdate,
              extensions: [certificateIssuer({ dirName: named('pagetls Test Elsewhere') })],
            },
          ],
        },
      },
      { issuer: 'root' },
    ],
    openssl: 'unable to get certificate CRL',
  }),
  profile({
    id: 'crl-unknown-critical',
    title: 'CRL with an unknown critical extension',
    explain: 'The intermediate’s CRL has a critical extension that this client does not support.',
    crls: [{ issuer: 'intermediate', extensions: [raw('1.3.6.1.4.1.99999.1', nullValue(), true)] }, { issuer: 'root' }],
    expected: rejected('BADCRL_NOT_TRUSTED', 0, 'CRL_SCOPE'),
    openssl: 'unhandled critical CRL extension',
  }),
];
