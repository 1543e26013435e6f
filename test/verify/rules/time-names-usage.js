/** Time, names, usage: when, for which host and for which purpose a certificate is valid. */
import { extKeyUsage, keyUsage } from '../../../certs/extensions.js';
import { HOST, named } from '../../helpers/chains.js';
import { bytes, critical, iso, names } from './vector.js';

/** @type {Record<string, import('./vector.js').Vector[]>} */
export const TIME_NAMES_USAGE = {
  EXPIRED: [
    { what: 'a leaf, a second ago', change: { leaf: { notAfter: '2026-06-15T11:59:59Z' } }, bad: ['0: CERT_EXPIRED'] },
    { what: 'a leaf, at this second', change: { leaf: { notAfter: '2026-06-15T12:00:00Z' } } },
    {
      what: 'an intermediate',
      change: { intermediate: { notAfter: '2026-06-15T11:59:59Z' } },
      bad: ['1: CERT_EXPIRED'],
    },
    { what: 'a root', change: { root: { notAfter: '2026-06-15T11:59:59Z' } }, bad: ['2: CERT_EXPIRED'] },
    { what: 'all certificates, by another clock', ask: () => ({ now: iso('2026-12-31T23:59:59Z') }) },
    {
      what: 'all certificates, by a clock one second later',
      ask: () => ({ now: iso('2027-01-01T00:00:00Z') }),
      bad: ['0: CERT_EXPIRED', '1: CERT_EXPIRED', '2: CERT_EXPIRED'],
    },
  ],
  FUTURE: [
    { what: 'a leaf, in a second', change: { leaf: { notBefore: '2026-06-15T12:00:01Z' } }, bad: ['0: CERT_FUTURE'] },
    { what: 'a leaf, from this second', change: { leaf: { notBefore: '2026-06-15T12:00:00Z' } } },
    {
      what: 'an intermediate',
      change: { intermediate: { notBefore: '2026-06-15T12:00:01Z' } },
      bad: ['1: CERT_FUTURE'],
    },
    { what: 'a root', change: { root: { notBefore: '2026-06-15T12:00:01Z' } }, bad: ['2: CERT_FUTURE'] },
  ],
  WILDCARD_SUFFIX: [
    {
      what: 'of a registry',
      change: { leaf: { extensions: names({ dns: '*.co.uk' }) } },
      ask: () => ({ hostname: 'example.co.uk', publicSuffixes: true }),
      bad: ['0: CERT_WILDCARD_SUFFIX'],
    },
    {
      what: 'of a registry, where another host is expected',
      change: { leaf: { extensions: names({ dns: '*.co.uk' }) } },
      ask: () => ({ hostname: 'www.example.co.uk', publicSuffixes: true }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'of a registry, beside the name itself',
      change: { leaf: { extensions: names({ dns: '*.co.uk' }, { dns: 'Example.co.uk' }) } },
      ask: () => ({ hostname: 'example.co.uk', publicSuffixes: true }),
    },
    {
      what: 'below a registry',
      change: { leaf: { extensions: names({ dns: '*.example.co.uk' }) } },
      ask: () => ({ hostname: 'www.example.co.uk', publicSuffixes: true }),
    },
  ],
  HOST_NAME: [
    {
      what: 'another name',
      change: { leaf: { extensions: names({ dns: 'example.com' }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    { what: 'one of several names', change: { leaf: { extensions: names({ dns: 'a.example' }, { dns: HOST }) } } },
    {
      what: 'in capitals',
      change: { leaf: { subject: named('Server'), extensions: names({ dns: 'WWW.Example.COM' }) } },
    },
    { what: 'a wildcard of three labels', change: { leaf: { extensions: names({ dns: '*.example.com' }) } } },
    {
      what: 'a wildcard of two labels',
      change: { leaf: { extensions: names({ dns: '*.com' }) } },
      ask: () => ({ hostname: 'example.com' }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'a wildcard that would match two labels',
      change: { leaf: { extensions: names({ dns: '*.example.com' }) } },
      ask: () => ({ hostname: 'a.www.example.com' }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'a wildcard that would match no label',
      change: { leaf: { extensions: names({ dns: '*.example.com' }) } },
      ask: () => ({ hostname: 'example.com' }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'a wildcard in a partial label',
      change: { leaf: { extensions: names({ dns: 'w*.example.com' }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'a wildcard in the middle',
      change: { leaf: { extensions: names({ dns: 'www.*.com' }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'an underscore',
      change: { leaf: { extensions: names({ dns: '_www.example.com' }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'a wildcard, for a host with an underscore',
      change: { leaf: { extensions: names({ dns: '*.example.com' }) } },
      ask: () => ({ hostname: 'a_b.example.com' }),
    },
    {
      what: 'a trailing dot',
      change: { leaf: { extensions: names({ dns: `${HOST}.` }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'an embedded NUL',
      change: { leaf: { extensions: names({ dns: `${HOST}\0.evil.example` }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'only as a URI',
      change: { leaf: { extensions: names({ uri: `https://${HOST}/` }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'only in the common name',
      change: { leaf: { subject: [{ CN: HOST }], extensions: names({ dns: 'a.example' }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'an IP address',
      change: { leaf: { extensions: names({ ip: '192.0.2.1' }) } },
      ask: () => ({ hostname: '192.0.2.1' }),
    },
    {
      what: 'an IP address as a DNS name',
      change: { leaf: { extensions: names({ dns: '192.0.2.1' }) } },
      ask: () => ({ hostname: '192.0.2.1' }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'an IPv6 address, spelled differently',
      change: { leaf: { extensions: names({ ip: '2001:db8::1' }) } },
      ask: () => ({ hostname: '2001:DB8:0:0:0:0:0:1' }),
    },
    {
      what: 'an IPv4 address, with its IPv4-mapped address in the certificate',
      change: { leaf: { extensions: names({ ip: Uint8Array.from([...Array(10).fill(0), 255, 255, 192, 0, 2, 1]) }) } },
      ask: () => ({ hostname: '192.0.2.1' }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
    ...['www.example.org', 'xww.example.com', 'www.example.co'].map((dns) => ({
      what: dns,
      change: { leaf: { extensions: names({ dns }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    })),
    {
      what: 'the first and last letters and digits',
      change: { leaf: { extensions: names({ dns: 'AZ-09.Example.COM' }) } },
      ask: () => ({ hostname: 'az-09.example.com' }),
    },
    {
      what: 'a wildcard for a name without a dot',
      change: { leaf: { extensions: names({ dns: '*.example.com' }) } },
      ask: () => ({ hostname: 'localhost' }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'as another kind of name',
      change: { leaf: { extensions: names({ uri: HOST }, { email: HOST }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'a DNS name with the octets of the IP address',
      change: { leaf: { extensions: names({ dns: 'a.bc' }) } },
      ask: () => ({ hostname: [...bytes('a.bc')].join('.') }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'an IPv6 address that begins with the IPv4 address',
      change: { leaf: { extensions: names({ ip: Uint8Array.of(192, 0, 2, 1, ...Array(12).fill(0)) }) } },
      ask: () => ({ hostname: '192.0.2.1' }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
  ],
  KEY_USAGE: [
    {
      what: 'only keyAgreement',
      change: { leaf: { extensions: { keyUsage: keyUsage('keyAgreement') } } },
      bad: ['0: CERT_KEY_USAGE'],
    },
    {
      what: 'only keyEncipherment',
      change: { leaf: { extensions: { keyUsage: keyUsage('keyEncipherment') } } },
      bad: ['0: CERT_KEY_USAGE'],
    },
    {
      what: 'digitalSignature among others',
      change: { leaf: { extensions: { keyUsage: keyUsage('digitalSignature', 'keyEncipherment', 'decipherOnly') } } },
    },
    { what: 'no key usage', change: { leaf: { extensions: { keyUsage: null } } } },
    {
      what: 'an empty key usage',
      change: { leaf: { extensions: { keyUsage: keyUsage() } } },
      bad: ['0: CERT_KEY_USAGE'],
    },
  ],
  EXT_KEY_USAGE: [
    {
      what: 'a client',
      change: { leaf: { extensions: { extKeyUsage: extKeyUsage('clientAuth') } } },
      bad: ['0: CERT_EXT_KEY_USAGE'],
    },
    {
      what: 'an intermediate for e-mail',
      change: { intermediate: { extensions: { extKeyUsage: extKeyUsage('emailProtection') } } },
      bad: ['1: CERT_EXT_KEY_USAGE'],
    },
    {
      what: 'a client and server',
      change: { leaf: { extensions: { extKeyUsage: extKeyUsage('clientAuth', 'serverAuth') } } },
    },
    {
      what: 'an intermediate for servers',
      change: { intermediate: { extensions: { extKeyUsage: extKeyUsage('serverAuth') } } },
    },
    {
      what: 'a server and client',
      change: { leaf: { extensions: { extKeyUsage: extKeyUsage('serverAuth', 'clientAuth') } } },
    },
  ],
  EKU_EMPTY: [
    {
      what: 'no purpose',
      change: { leaf: { extensions: { extKeyUsage: extKeyUsage() } } },
      bad: ['0: CERT_EXT_KEY_USAGE'],
    },
    {
      what: 'no purpose, in an intermediate',
      change: { intermediate: { extensions: { extKeyUsage: extKeyUsage() } } },
      bad: ['1: CERT_EXT_KEY_USAGE'],
    },
    { what: 'one purpose' },
  ],
  EKU_MISSING: [
    { what: 'a leaf', change: { leaf: { extensions: { extKeyUsage: null } } }, bad: ['0: CERT_EXT_KEY_USAGE_MISSING'] },
    { what: 'an intermediate, which needs none' },
  ],
  EKU_ANY: [
    {
      what: 'a leaf',
      change: { leaf: { extensions: { extKeyUsage: extKeyUsage('any') } } },
      bad: ['0: CERT_EXT_KEY_USAGE_ANY'],
    },
    {
      what: 'a leaf, after serverAuth',
      change: { leaf: { extensions: { extKeyUsage: extKeyUsage('serverAuth', 'any') } } },
      bad: ['0: CERT_EXT_KEY_USAGE_ANY'],
    },
    { what: 'an intermediate', change: { intermediate: { extensions: { extKeyUsage: extKeyUsage('any') } } } },
    {
      what: 'a leaf, before serverAuth',
      change: { leaf: { extensions: { extKeyUsage: extKeyUsage('any', 'serverAuth') } } },
      bad: ['0: CERT_EXT_KEY_USAGE_ANY'],
    },
  ],
  EKU_CRITICAL: [
    {
      what: 'a leaf',
      change: { leaf: { extensions: { extKeyUsage: critical(extKeyUsage('serverAuth')) } } },
      bad: ['0: CERT_EXT_KEY_USAGE_CRITICAL'],
    },
    {
      what: 'an intermediate',
      change: { intermediate: { extensions: { extKeyUsage: critical(extKeyUsage('serverAuth')) } } },
    },
  ],
  EKU_IN_ROOT: [
    {
      what: 'a root',
      change: { root: { extensions: { extKeyUsage: extKeyUsage('serverAuth') } } },
      bad: ['2: CERT_EXT_KEY_USAGE_IN_ROOT'],
    },
    {
      what: 'an anchor that is not a root',
      change: { intermediate: { extensions: { extKeyUsage: extKeyUsage('serverAuth') } } },
      ask: ({ intermediate }) => ({ anchors: [intermediate] }),
    },
    {
      what: 'an intermediate of the same name as the root',
      change: { intermediate: { subject: named('Root'), extensions: { extKeyUsage: extKeyUsage('serverAuth') } } },
    },
  ],
};
