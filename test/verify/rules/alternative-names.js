/** Alternative names: where they have to be, and how they are written. */
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
  SAN_NEEDED: [
    {
      what: 'a leaf without a subject',
      change: { leaf: { subject: EMPTY_NAME, extensions: { subjectAltName: null } } },
      bad: ['0: CERT_CN_MISMATCH', '0: CERT_SAN_MISSING'],
      rfc5280: ['0: CERT_CN_MISMATCH', '0: CERT_SAN_MISSING'],
    },
    {
      what: 'with one that is critical',
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
      what: 'no sequence',
      change: { leaf: { extensions: { subjectAltName: raw('2.5.29.17', der.nullValue()) } } },
      bad: ['0: CERT_CN_MISMATCH', '0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'an address of 5 octets',
      change: { leaf: { extensions: names({ dns: HOST }, { ip: Uint8Array.of(1, 2, 3, 4, 5) }) } },
      bad: ['0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'a kind that there is not',
      change: { leaf: { extensions: names({ dns: HOST }, der.primitive(9, bytes('x'))) } },
      bad: ['0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'a URI that is constructed',
      change: { leaf: { extensions: names({ dns: HOST }, der.tlv(0xa6, bytes('https://a.example/'))) } },
      bad: ['0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'the last kind that there is',
      change: { leaf: { extensions: names({ dns: HOST }, { registeredID: UNKNOWN }) } },
    },
    {
      what: 'an address of 4 octets',
      change: { leaf: { extensions: names({ dns: HOST }, { ip: Uint8Array.of(1, 2, 3, 4) }) } },
    },
    {
      what: 'a name with a length in a longer form',
      change: { leaf: { extensions: names({ dns: HOST }, longer(der.primitive(2, bytes('a.example')))) } },
      bad: ['0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'a name with a length in a longer form, before another',
      change: { leaf: { extensions: names(longer(der.primitive(2, bytes('a.example'))), { dns: HOST }) } },
      bad: ['0: CERT_CN_MISMATCH', '0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'bytes after it',
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
      what: 'critical, with a subject',
      change: { leaf: { extensions: { subjectAltName: subjectAltName([{ dns: HOST }], true) } } },
      bad: ['0: CERT_SAN_CRITICALITY'],
      rfc5280: [],
    },
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
  CN_FORM: [
    {
      what: 'a host in other letters',
      change: { leaf: { subject: [{ CN: 'WWW.example.com' }] } },
      bad: ['0: CERT_CN_FORM'],
    },
    { what: 'the host as it is', change: { leaf: { subject: [{ CN: HOST }] } } },
    { what: 'not ASCII', change: { leaf: { subject: [{ CN: 'bücher.example' }] } }, bad: ['0: CERT_CN_FORM'] },
    {
      what: 'an address in another writing',
      change: { leaf: { subject: [{ CN: '2001:DB8::1' }], extensions: names({ dns: HOST }, { ip: '2001:db8::1' }) } },
      bad: ['0: CERT_CN_FORM'],
    },
    {
      what: 'an address as it is',
      change: { leaf: { subject: [{ CN: '2001:db8::1' }], extensions: names({ dns: HOST }, { ip: '2001:db8::1' }) } },
    },
    {
      what: 'an address with an odd number',
      change: { leaf: { subject: [{ CN: '192.0.02.1' }] } },
      bad: ['0: CERT_CN_FORM'],
    },
    { what: 'words', change: { leaf: { subject: [{ CN: 'Bücher, 2. Auflage' }] } } },
    ...[
      ['a host but for one letter', 'xWW.example.com'],
      ['the beginning of the host', 'WWW.example.co'],
      ['no dot', 'LOCALHOST'],
      ['a number', '2026'],
      ['a name of another kind', 'WWW.example.org'],
      ['another address', '192.0.2.1'],
      ['the beginning of an IPv6 address', '192.0.2.3'],
      ['no host, and a digit within the last label', 'a..e1'],
      ['no host, and a digit in an earlier label', '1..e'],
      ['no host, and a digit in the label before a short one', '..1.e'],
      ['no host, and a sign before the digits at the end', 'a../'],
      ['no host, and a sign after the digits at the end', 'a..:'],
      ['no host, and DEL', 'a\x7f.example'],
    ].map(([what, CN]) => ({
      what,
      change: {
        leaf: {
          subject: [{ CN }],
          extensions: names(
            { dns: HOST },
            { dns: 'localhost' },
            { uri: 'www.example.org' },
            { ip: '192.0.2.22' },
            { ip: Uint8Array.of(192, 0, 2, 3, ...Array(12).fill(0)) },
          ),
        },
      },
    })),
    ...[
      ['an address with a long odd number', '192.0.2.010'],
      ['an address with another odd number', '192.0.02.9'],
      ['an address that is none', '2001:db8'],
      ['an address in hexadecimal', '0xC0000201.0'],
    ].map(([what, CN]) => ({ what, change: { leaf: { subject: [{ CN }] } }, bad: ['0: CERT_CN_FORM'] })),
    {
      what: 'a host in other letters, in an attribute that is no common name',
      change: { leaf: { subject: [{ O: 'WWW.example.com' }, { CN: HOST }] } },
    },
    {
      what: 'a host in other letters, after another common name',
      change: { leaf: { subject: [{ CN: HOST }, { CN: 'WWW.example.com' }] } },
      bad: ['0: CERT_CN_FORM'],
    },
  ],
};
