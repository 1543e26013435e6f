/**
 * Validity periods.
 */
import { intermediate, leaf, named, profile, refused, root } from '../profile.js';

const PAST = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2021-12-31T23:59:59Z' };
const FUTURE = { notBefore: '2048-01-01T00:00:00Z', notAfter: '2049-12-31T23:59:59Z' };

export const TIME_CASES = [
  profile({
    id: 'expired',
    title: 'Expired',
    explain: 'The certificate of the server ended in 2021.',
    certificates: { leaf: leaf('expired', { fields: PAST }) },
    expected: refused('BADCERT_EXPIRED', 0),
    openssl: 'certificate has expired',
  }),
  profile({
    id: 'not-yet-valid',
    title: 'Not yet valid',
    explain: 'The certificate of the server begins in 2048.',
    certificates: { leaf: leaf('not-yet-valid', { fields: FUTURE }) },
    expected: refused('BADCERT_FUTURE', 0),
    openssl: 'certificate is not yet valid',
  }),
  profile({
    id: 'expired-intermediate',
    title: 'Expired intermediate',
    explain: 'The leaf holds, and the intermediate that signed it ended in 2021.',
    certificates: {
      intermediate: intermediate('intermediate', {
        subject: named('pagetls Test Intermediate of 2020'),
        fields: PAST,
      }),
    },
    expected: refused('BADCERT_EXPIRED', 1),
    openssl: 'certificate has expired',
  }),
  profile({
    id: 'expired-root',
    title: 'Expired root',
    explain: 'Leaf and intermediate hold, and the trusted root ended in 2021.',
    certificates: {
      root: root('root', { subject: named('pagetls Test Root of 2020'), fields: PAST }),
      intermediate: intermediate('intermediate', { subject: named('pagetls Test Intermediate expired-root') }),
    },
    expected: refused('BADCERT_EXPIRED', 2),
    openssl: 'certificate has expired',
  }),
  profile({
    id: 'good-2050',
    title: 'Valid beyond 2049',
    explain: 'The certificate ends in 2060, a date that only GeneralizedTime can write.',
    certificates: { leaf: leaf('good-2050', { fields: { notAfter: '2060-12-31T23:59:59Z' } }) },
  }),
  profile({
    id: 'several',
    title: 'Several faults at once',
    explain: 'The certificate has ended and is for another host, and both are to be reported.',
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
