/** Time, names, usage: when, for which host and for what a certificate is good. */
import { extKeyUsage, keyUsage } from '../../../certs/extensions.js';
import { HOST, named } from '../../helpers/chains.js';
import { bytes, critical, iso, names } from './vector.js';

/** @type {Record<string, import('./vector.js').Vector[]>} */
export const TIME_NAMES_USAGE = {
  EXPIRED: [
    { what: 'a leaf, a second ago', change: { leaf: { notAfter: '2026-06-15T11:59:59Z' } }, bad: ['0: CERT_EXPIRED'] },
    { what: 'a leaf, at this very second', change: { leaf: { notAfter: '2026-06-15T12:00:00Z' } } },
    {
      what: 'an intermediate',
      change: { intermediate: { notAfter: '2026-06-15T11:59:59Z' } },
      bad: ['1: CERT_EXPIRED'],
    },
    { what: 'a root', change: { root: { notAfter: '2026-06-15T11:59:59Z' } }, bad: ['2: CERT_EXPIRED'] },
    { what: 'all by another clock', ask: () => ({ now: iso('2026-12-31T23:59:59Z') }) },
    {
      what: 'all by a clock a second later',
      ask: () => ({ now: iso('2027-01-01T00:00:00Z') }),
      bad: ['0: CERT_EXPIRED', '1: CERT_EXPIRED', '2: CERT_EXPIRED'],
    },
  ],
  FUTURE: [
    { what: 'a leaf, in a second', change: { leaf: { notBefore: '2026-06-15T12:00:01Z' } }, bad: ['0: CERT_FUTURE'] },
    { what: 'a leaf, from this very second', change: { leaf: { notBefore: '2026-06-15T12:00:00Z' } } },
    {
      what: 'an intermediate',
      change: { intermediate: { notBefore: '2026-06-15T12:00:01Z' } },
      bad: ['1: CERT_FUTURE'],
    },
    { what: 'a root', change: { root: { notBefore: '2026-06-15T12:00:01Z' } }, bad: ['2: CERT_FUTURE'] },
  ],
  HOST_NAME: [
    {
      what: 'another name',
      change: { leaf: { extensions: names({ dns: 'example.com' }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    { what: 'one of several', change: { leaf: { extensions: names({ dns: 'a.example' }, { dns: HOST }) } } },
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
      what: 'a wildcard that would stand for two labels',
      change: { leaf: { extensions: names({ dns: '*.example.com' }) } },
      ask: () => ({ hostname: 'a.www.example.com' }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'a wildcard that would stand for none',
      change: { leaf: { extensions: names({ dns: '*.example.com' }) } },
      ask: () => ({ hostname: 'example.com' }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'a part wildcard',
      change: { leaf: { extensions: names({ dns: 'w*.example.com' }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'a wildcard within',
      change: { leaf: { extensions: names({ dns: 'www.*.com' }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'an underscore',
      change: { leaf: { extensions: names({ dns: '_www.example.com' }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'a dot at the end',
      change: { leaf: { extensions: names({ dns: `${HOST}.` }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'a NUL within',
      change: { leaf: { extensions: names({ dns: `${HOST}\0.evil.example` }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'as a URI only',
      change: { leaf: { extensions: names({ uri: `https://${HOST}/` }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'in the common name only',
      change: { leaf: { subject: [{ CN: HOST }], extensions: names({ dns: 'a.example' }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'an address',
      change: { leaf: { extensions: names({ ip: '192.0.2.1' }) } },
      ask: () => ({ hostname: '192.0.2.1' }),
    },
    {
      what: 'an address as a DNS name',
      change: { leaf: { extensions: names({ dns: '192.0.2.1' }) } },
      ask: () => ({ hostname: '192.0.2.1' }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'an IPv6 address in another writing',
      change: { leaf: { extensions: names({ ip: '2001:db8::1' }) } },
      ask: () => ({ hostname: '2001:DB8:0:0:0:0:0:1' }),
    },
    {
      what: 'an IPv4 address where its mapped one is named',
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
      what: 'the first and last of letters and digits',
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
      what: 'as text of other kinds',
      change: { leaf: { extensions: names({ uri: HOST }, { email: HOST }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'a DNS name of the octets of the address',
      change: { leaf: { extensions: names({ dns: 'a.bc' }) } },
      ask: () => ({ hostname: [...bytes('a.bc')].join('.') }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'an IPv6 address that begins as the address does',
      change: { leaf: { extensions: names({ ip: Uint8Array.of(192, 0, 2, 1, ...Array(12).fill(0)) }) } },
      ask: () => ({ hostname: '192.0.2.1' }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
  ],
  KEY_USAGE: [
    {
      what: 'keyAgreement only',
      change: { leaf: { extensions: { keyUsage: keyUsage('keyAgreement') } } },
      bad: ['0: CERT_KEY_USAGE'],
    },
    {
      what: 'keyEncipherment only',
      change: { leaf: { extensions: { keyUsage: keyUsage('keyEncipherment') } } },
      bad: ['0: CERT_KEY_USAGE'],
    },
    {
      what: 'digitalSignature among others',
      change: { leaf: { extensions: { keyUsage: keyUsage('digitalSignature', 'keyEncipherment', 'decipherOnly') } } },
    },
    { what: 'none at all', change: { leaf: { extensions: { keyUsage: null } } } },
    {
      what: 'no bit',
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
      what: 'an intermediate for mail',
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
      what: 'a leaf, beside serverAuth',
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
      what: 'an anchor that is no root',
      change: { intermediate: { extensions: { extKeyUsage: extKeyUsage('serverAuth') } } },
      ask: ({ intermediate }) => ({ anchors: [intermediate] }),
    },
    {
      what: 'an intermediate of the same name as the root',
      change: { intermediate: { subject: named('Root'), extensions: { extKeyUsage: extKeyUsage('serverAuth') } } },
    },
  ],
};
