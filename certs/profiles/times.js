/**
 * Validity periods.
 */
import { intermediate, leaf, named, profile, rejected, root } from '../profile.js';

const PAST = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2021-12-31T23:59:59Z' };
const FUTURE = { notBefore: '2048-01-01T00:00:00Z', notAfter: '2049-12-31T23:59:59Z' };

export const TIME_CASES = [
  profile({
    id: 'expired',
    title: 'Expired',
    explain: 'The server’s certificate expired in 2021.',
    certificates: { leaf: leaf('expired', { fields: PAST }) },
    expected: rejected('BADCERT_EXPIRED', 0),
    openssl: 'certificate has expired',
  }),
  profile({
    id: 'not-yet-valid',
    title: 'Not yet valid',
    explain: 'The server’s certificate is not valid until 2048.',
    certificates: { leaf: leaf('not-yet-valid', { fields: FUTURE }) },
    expected: rejected('BADCERT_FUTURE', 0),
    openssl: 'certificate is not yet valid',
  }),
  profile({
    id: 'expired-intermediate',
    title: 'Expired intermediate',
    explain: 'The leaf is valid; its intermediate expired in 2021.',
    certificates: {
      intermediate: intermediate('intermediate', {
        subject: named('pagetls Test Intermediate of 2020'),
        fields: PAST,
      }),
    },
    expected: rejected('BADCERT_EXPIRED', 1),
    openssl: 'certificate has expired',
  }),
  profile({
    id: 'expired-root',
    title: 'Expired root',
    explain: 'Leaf and intermediate are valid; the trusted root expired in 2021.',
    certificates: {
      root: root('root', { subject: named('pagetls Test Root of 2020'), fields: PAST }),
      intermediate: intermediate('intermediate', { subject: named('pagetls Test Intermediate expired-root') }),
    },
    expected: rejected('BADCERT_EXPIRED', 2),
    openssl: 'certificate has expired',
  }),
  profile({
    id: 'good-2050',
    title: 'Valid beyond 2049',
    explain: 'The certificate expires in 2060, a date that only GeneralizedTime can express.',
    certificates: { leaf: leaf('good-2050', { fields: { notAfter: '2060-12-31T23:59:59Z' } }) },
  }),
  profile({
    id: 'several',
    title: 'Several problems at once',
    explain: 'The certificate has expired and is for another host; both problems are reported.',
    certificates: {
      leaf: leaf('several', {
        subject: named('other.pagetls.test'),
        names: [{ dns: 'other.pagetls.test' }],
        fields: PAST,
      }),
    },
    expected: { ok: false, flags: ['BADCERT_EXPIRED', 'BADCERT_CN_MISMATCH'], depth: 0 },
    openssl: 'hostname mismatch',
  }),
];
