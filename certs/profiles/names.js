/**
 * Host names, right and wrong.
 */
import { leaf, named, profile, refused } from '../profile.js';

export const NAME_CASES = [
  profile({
    id: 'good-ip',
    title: 'IP addresses',
    explain: 'The certificate names the addresses 127.0.0.1 and ::1 and no host.',
    hostname: '127.0.0.1',
    certificates: {
      leaf: leaf('good-ip', { subject: [{ O: 'pagetls test' }], names: [{ ip: '127.0.0.1' }, { ip: '::1' }] }),
    },
  }),
  profile({
    id: 'good-wildcard',
    title: 'A wildcard',
    explain: 'The certificate names *.good-wildcard.pagetls.test, which stands for one label.',
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
    title: 'A wildcard for a whole zone',
    explain: 'The certificate names *.pagetls.test: one certificate and one key for every host directly in that zone.',
    certificates: {
      leaf: leaf('good-zone', {
        subject: named('*.pagetls.test'),
        names: [{ dns: '*.pagetls.test' }, { dns: 'localhost' }, { ip: '127.0.0.1' }],
      }),
    },
  }),
  profile({
    id: 'good-idn',
    title: 'An internationalized name',
    explain: 'The certificate names bücher.example in its ASCII form, xn--bcher-kva.example.',
    hostname: 'xn--bcher-kva.example',
    certificates: {
      leaf: leaf('good-idn', { subject: named('xn--bcher-kva.example'), names: [{ dns: 'xn--bcher-kva.example' }] }),
    },
  }),
  profile({
    id: 'wrong-host',
    title: 'Another host',
    explain: 'The certificate is for other.pagetls.test, not for the host that was asked for.',
    certificates: {
      leaf: leaf('wrong-host', { subject: named('other.pagetls.test'), names: [{ dns: 'other.pagetls.test' }] }),
    },
    expected: refused('BADCERT_CN_MISMATCH', 0),
    openssl: 'hostname mismatch',
  }),
  profile({
    id: 'wrong-ip',
    title: 'Another address',
    explain: 'The certificate is for the address 192.0.2.1, and the client asked for 127.0.0.1.',
    hostname: '127.0.0.1',
    certificates: {
      leaf: leaf('wrong-ip', { subject: [{ O: 'pagetls test' }], names: [{ ip: '192.0.2.1' }] }),
    },
    expected: refused('BADCERT_CN_MISMATCH', 0),
    openssl: 'IP address mismatch',
  }),
  profile({
    id: 'wildcard-two-labels',
    title: 'A wildcard stretched over two labels',
    explain: 'A wildcard stands for one label, so *.pagetls.test does not cover a.b.pagetls.test.',
    hostname: 'a.b.pagetls.test',
    certificates: {
      leaf: leaf('wildcard-two-labels', { subject: named('*.pagetls.test'), names: [{ dns: '*.pagetls.test' }] }),
    },
    expected: refused('BADCERT_CN_MISMATCH', 0),
    openssl: 'hostname mismatch',
  }),
];
