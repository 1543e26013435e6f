/** Alternative names: where they are required, and how they are encoded. */
import * as der from '../../../certs/der.js';
import { raw, subjectAltName } from '../../../certs/extensions.js';
import { HOST } from '../../helpers/chains.js';
import { bytes, critical, edited, EMPTY_NAME, longer, names, UNKNOWN, withMore } from './vector.js';

/** @type {Record<string, import('./vector.js').Vector[]>} */
export const ALTERNATIVE_NAMES = {
  SAN_MISSING: [
    {
      what: 'a leaf',
      change: { leaf: { extensions: { subjectAltName: null } } },
      bad: ['0: CERT_CN_MISMATCH', '0: CERT_SAN_MISSING'],
      rfc5280: ['0: CERT_CN_MISMATCH'],
    },
    { what: 'an intermediate, which needs none' },
  ],
  SAN_UNDERSCORE: [
    {
      what: 'the name of a host with an underscore, which matches',
      change: { leaf: { extensions: names({ dns: 'A_b._tcp.example.com' }) } },
      ask: () => ({ hostname: 'a_B._tcp.example.com' }),
      bad: ['0: CERT_SAN_UNDERSCORE'],
    },
    {
      what: 'a label with an underscore after a wildcard',
      change: { leaf: { extensions: names({ dns: '*.a_b.example.com' }) } },
      ask: () => ({ hostname: 'c.a_b.example.com' }),
      bad: ['0: CERT_SAN_UNDERSCORE'],
    },
    {
      what: 'the name of another host, with an underscore',
      change: { leaf: { extensions: names({ dns: '_www.example.com' }, { dns: HOST }) } },
    },
    {
      what: 'a wildcard that matches as well',
      change: { leaf: { extensions: names({ dns: 'a_b.example.com' }, { dns: '*.example.com' }) } },
      ask: () => ({ hostname: 'a_b.example.com' }),
    },
  ],
  SAN_NEEDED: [
    {
      what: 'a leaf without a subject',
      change: { leaf: { subject: EMPTY_NAME, extensions: { subjectAltName: null } } },
      bad: ['0: CERT_CN_MISMATCH', '0: CERT_SAN_MISSING'],
      rfc5280: ['0: CERT_CN_MISMATCH', '0: CERT_SAN_MISSING'],
    },
    {
      what: 'with a critical one',
      change: {
        leaf: { subject: EMPTY_NAME, extensions: { subjectAltName: critical(subjectAltName([{ dns: HOST }])) } },
      },
    },
  ],
  SAN_MALFORMED: [
    {
      what: 'no name',
      change: { leaf: { extensions: names() } },
      bad: ['0: CERT_CN_MISMATCH', '0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'not a sequence',
      change: { leaf: { extensions: { subjectAltName: raw('2.5.29.17', der.nullValue()) } } },
      bad: ['0: CERT_CN_MISMATCH', '0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'an address of 5 octets',
      change: { leaf: { extensions: names({ dns: HOST }, { ip: Uint8Array.of(1, 2, 3, 4, 5) }) } },
      bad: ['0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'an undefined kind of name',
      change: { leaf: { extensions: names({ dns: HOST }, der.primitive(9, bytes('x'))) } },
      bad: ['0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'a URI with constructed encoding',
      change: { leaf: { extensions: names({ dns: HOST }, der.tlv(0xa6, bytes('https://a.example/'))) } },
      bad: ['0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'the last defined kind of name',
      change: { leaf: { extensions: names({ dns: HOST }, { registeredID: UNKNOWN }) } },
    },
    {
      what: 'an address of 4 octets',
      change: { leaf: { extensions: names({ dns: HOST }, { ip: Uint8Array.of(1, 2, 3, 4) }) } },
    },
    {
      what: 'a name with a non-minimal length',
      change: { leaf: { extensions: names({ dns: HOST }, longer(der.primitive(2, bytes('a.example')))) } },
      bad: ['0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'a name with a non-minimal length, before another',
      change: { leaf: { extensions: names(longer(der.primitive(2, bytes('a.example'))), { dns: HOST }) } },
      bad: ['0: CERT_CN_MISMATCH', '0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'trailing bytes',
      change: { leaf: { extensions: { subjectAltName: edited(subjectAltName([{ dns: HOST }]), withMore) } } },
      bad: ['0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'a name of the private class',
      change: { leaf: { extensions: names({ dns: HOST }, der.tlv(0xc2, bytes('a.example'))) } },
      bad: ['0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'a directory name that is a number',
      change: { leaf: { extensions: names({ dns: HOST }, der.constructed(4, der.integer(1))) } },
      bad: ['0: CERT_SAN_MALFORMED'],
    },
  ],
  SAN_CRITICALITY: [
    {
      what: 'not critical, without a subject',
      change: { leaf: { subject: EMPTY_NAME } },
      bad: ['0: CERT_SAN_CRITICALITY'],
    },
    {
      what: 'critical, without a subject',
      change: { leaf: { subject: EMPTY_NAME, extensions: { subjectAltName: subjectAltName([{ dns: HOST }], true) } } },
    },
  ],
  SAN_CRITICAL: [
    {
      what: 'critical, with a subject',
      change: { leaf: { extensions: { subjectAltName: subjectAltName([{ dns: HOST }], true) } } },
      bad: ['0: CERT_SAN_CRITICALITY'],
    },
    {
      what: 'critical, without a subject',
      change: { leaf: { subject: EMPTY_NAME, extensions: { subjectAltName: subjectAltName([{ dns: HOST }], true) } } },
    },
  ],
  CN_FORM: [
    {
      what: 'the host in capitals',
      change: { leaf: { subject: [{ CN: 'WWW.example.com' }] } },
      bad: ['0: CERT_CN_FORM'],
    },
    { what: 'the host, spelled identically', change: { leaf: { subject: [{ CN: HOST }] } } },
    { what: 'not ASCII', change: { leaf: { subject: [{ CN: 'bücher.example' }] } }, bad: ['0: CERT_CN_FORM'] },
    {
      what: 'an IP address, spelled differently',
      change: { leaf: { subject: [{ CN: '2001:DB8::1' }], extensions: names({ dns: HOST }, { ip: '2001:db8::1' }) } },
      bad: ['0: CERT_CN_FORM'],
    },
    {
      what: 'an IP address, spelled identically',
      change: { leaf: { subject: [{ CN: '2001:db8::1' }], extensions: names({ dns: HOST }, { ip: '2001:db8::1' }) } },
    },
    {
      what: 'an IP address with a leading zero',
      change: { leaf: { subject: [{ CN: '192.0.02.1' }] } },
      bad: ['0: CERT_CN_FORM'],
    },
    { what: 'text with spaces', change: { leaf: { subject: [{ CN: 'Bücher, 2. Auflage' }] } } },
    ...[
      ['the host except for one letter', 'xWW.example.com'],
      ['the beginning of the host', 'WWW.example.co'],
      ['no dot', 'LOCALHOSTS'],
      ['a wildcard, spelled identically', '*.example.net'],
      ['a wildcard for a name without one', '*.WWW.example.com'],
      ['the host without its wildcard', 'EXAMPLE.net'],
      ['the name of a computer that begins like a hexadecimal number', '0xpert'],
      ['hexadecimal digits that are not an address', 'C0000217'],
      ['decimal digits that are not an address', '3221226007'],
      ['hexadecimal digits in a decimal number', '32212260C6'],
      ['more digits than an address has', '1C0000216'],
      ['a number', '2026'],
      ['a name of another kind', 'WWW.example.org'],
      ['another IP address', '192.0.2.1'],
      ['the beginning of an IPv6 address', '192.0.2.3'],
      ['not a host, and a digit in the last label', 'a..e1'],
      ['not a host, and a digit in an earlier label', '1..e'],
      ['not a host, and a digit in the label before a short one', '..1.e'],
      ['not a host, ending in the character before the digits', 'a../'],
      ['not a host, ending in the character after the digits', 'a..:'],
      ['not a host, with DEL', 'a\x7f.example'],
    ].map(([what, CN]) => ({
      what,
      change: {
        leaf: {
          subject: [{ CN }],
          extensions: names(
            { dns: HOST },
            { dns: 'localhost' },
            { dns: '*.example.net' },
            { uri: 'www.example.org' },
            { ip: '192.0.2.22' },
            { ip: Uint8Array.of(192, 0, 2, 3, ...Array(12).fill(0)) },
          ),
        },
      },
    })),
    ...[
      ['an IP address with a longer leading zero', '192.0.2.010'],
      ['an IP address with another leading zero', '192.0.02.9'],
      ['an invalid IP address', '2001:db8'],
      ['an IP address in hexadecimal', '0xC0000201.0'],
      ['an IP address in hexadecimal, that is not among the names', '0xC6336401'],
      ['the host with a final dot', `${HOST}.`],
    ].map(([what, CN]) => ({ what, change: { leaf: { subject: [{ CN }] } }, bad: ['0: CERT_CN_FORM'] })),
    ...[
      ['the name without a dot in capitals', 'LOCALHOST'],
      ['a wildcard in capitals', '*.EXAMPLE.net'],
      ['a wildcard with a final dot', '*.example.net.'],
      ['the punycode in capitals', 'XN--bcher-kva.example'],
      ['a name in Unicode', 'bücher.example'],
      ...[
        '0xC0000216',
        '0XC0000216',
        'c0000216',
        'C0:00:02:16',
        'c0-00-02-16',
        '0xC0.0x00.0x02.0x16',
        '3221226006',
      ].map((CN) => [`the IPv4 address as ${CN}`, CN]),
      ...['192.0.534', '192.534', '0300.0.2.026', '192.0.2.22.'].map((CN) => [`the IPv4 address as ${CN}`, CN]),
      ...[
        '[2001:db8::1]',
        '2001:0db8::1',
        '2001:db8:0:0:0:0:0:1',
        '20010DB8000000000000000000000001',
        '0x20010db8000000000000000000000001',
        '42540766411282592856903984951653826561',
      ].map((CN) => [`the IPv6 address as ${CN}`, CN]),
    ].map(([what, CN]) => ({
      what,
      change: {
        leaf: {
          subject: [{ CN }],
          extensions: names(
            { dns: HOST },
            { dns: 'localhost' },
            { dns: '*.example.net' },
            { dns: 'xn--bcher-kva.example' },
            { ip: '192.0.2.22' },
            { ip: '2001:db8::1' },
          ),
        },
      },
      bad: ['0: CERT_CN_FORM'],
    })),
    ...['192.0.2.22', '2001:db8::1', 'localhost', '*.example.net', 'xn--bcher-kva.example'].map((CN) => ({
      what: `${CN}, spelled identically`,
      change: {
        leaf: {
          subject: [{ CN }],
          extensions: names(
            { dns: HOST },
            { dns: 'localhost' },
            { dns: '*.example.net' },
            { dns: 'xn--bcher-kva.example' },
            { ip: '192.0.2.22' },
            { ip: '2001:db8::1' },
          ),
        },
      },
    })),
    {
      what: 'the host in capitals, in an attribute other than the common name',
      change: { leaf: { subject: [{ O: 'WWW.example.com' }, { CN: HOST }] } },
    },
    {
      what: 'the host in capitals, after another common name',
      change: { leaf: { subject: [{ CN: HOST }, { CN: 'WWW.example.com' }] } },
      bad: ['0: CERT_CN_FORM'],
    },
  ],
};
