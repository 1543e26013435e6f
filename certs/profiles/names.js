/**
 * Host names and IP addresses that match, and some that do not.
 */
import { leaf, named, profile, rejected } from '../profile.js';

export const NAME_CASES = [
  profile({
    id: 'good-ip',
    title: 'IP addresses',
    explain: 'The certificate is for the addresses 127.0.0.1 and ::1, not for a host name.',
    hostname: '127.0.0.1',
    certificates: {
      leaf: leaf('good-ip', { subject: [{ O: 'pagetls test' }], names: [{ ip: '127.0.0.1' }, { ip: '::1' }] }),
    },
  }),
  profile({
    id: 'good-wildcard',
    title: 'Wildcard',
    explain: 'The certificate is for *.good-wildcard.pagetls.test, which covers one label.',
    hostname: 'any.good-wildcard.pagetls.test',
    certificates: {
      leaf: leaf('good-wildcard', {
        subject: named('*.good-wildcard.pagetls.test'),
        names: [{ dns: '*.good-wildcard.pagetls.test' }],
      }),
    },
  }),
  profile({
    id: 'good-zone',
    title: 'Wildcard for a whole zone',
    explain: 'The certificate is for *.pagetls.test: one certificate and one key for every host directly in that zone.',
    certificates: {
      leaf: leaf('good-zone', {
        subject: named('*.pagetls.test'),
        names: [{ dns: '*.pagetls.test' }, { dns: 'localhost' }, { ip: '127.0.0.1' }],
      }),
    },
  }),
  profile({
    id: 'good-idn',
    title: 'Internationalized name',
    explain: 'The certificate is for bücher.example, in its ASCII form xn--bcher-kva.example.',
    hostname: 'xn--bcher-kva.example',
    certificates: {
      leaf: leaf('good-idn', { subject: named('xn--bcher-kva.example'), names: [{ dns: 'xn--bcher-kva.example' }] }),
    },
  }),
  profile({
    id: 'wrong-host',
    title: 'Wrong host name',
    explain: 'The certificate is for other.pagetls.test, not for the host that was requested.',
    certificates: {
      leaf: leaf('wrong-host', { subject: named('other.pagetls.test'), names: [{ dns: 'other.pagetls.test' }] }),
    },
    expected: rejected('BADCERT_CN_MISMATCH', 0),
    openssl: 'hostname mismatch',
  }),
  profile({
    id: 'wrong-ip',
    title: 'Wrong IP address',
    explain: 'The certificate is for 192.0.2.1, but the client asked for 127.0.0.1.',
    hostname: '127.0.0.1',
    certificates: {
      leaf: leaf('wrong-ip', { subject: [{ O: 'pagetls test' }], names: [{ ip: '192.0.2.1' }] }),
    },
    expected: rejected('BADCERT_CN_MISMATCH', 0),
    openssl: 'IP address mismatch',
  }),
  profile({
    id: 'wildcard-two-labels',
    title: 'Wildcard across two labels',
    explain: 'A wildcard covers one label, so *.pagetls.test does not match a.b.pagetls.test.',
    hostname: 'a.b.pagetls.test',
    certificates: {
      leaf: leaf('wildcard-two-labels', { subject: named('*.pagetls.test'), names: [{ dns: '*.pagetls.test' }] }),
    },
    expected: rejected('BADCERT_CN_MISMATCH', 0),
    openssl: 'hostname mismatch',
  }),
];
