/** Form: the fields of a certificate, and the encoding of its extensions. */
import * as der from '../../../certs/der.js';
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  keyUsage,
  raw,
  subjectAltName,
  subjectKeyIdentifier,
} from '../../../certs/extensions.js';
import { HOST } from '../../helpers/chains.js';
import {
  bytes,
  edited,
  EMPTY_NAME,
  idOf,
  infoAccess,
  integer,
  LOCATION,
  longer,
  longerExtensions,
  OCSP,
  policies,
  UNKNOWN,
  unknowns,
  withMore,
  withoutExtensions,
} from './vector.js';

/** @type {Record<string, import('./vector.js').Vector[]>} */
export const FORM = {
  VERSION: [
    {
      what: 'version 1, without extensions',
      change: { leaf: { version: 1, edit: { tbs: withoutExtensions } } },
      bad: [
        '0: CERT_AKI_MISSING',
        '0: CERT_CN_MISMATCH',
        '0: CERT_EXT_KEY_USAGE_MISSING',
        '0: CERT_SAN_MISSING',
        '0: CERT_VERSION',
      ],
    },
    { what: 'version 3' },
  ],
  VERSION_1_ANCHOR: [
    {
      what: 'a root of version 1',
      change: { root: { version: 1, edit: { tbs: withoutExtensions } } },
      bad: ['2: CERT_SKI_MISSING', '2: CERT_VERSION'],
    },
    { what: 'version 3' },
  ],
  SERIAL: [
    { what: 'zero', change: { leaf: { serial: 0n } }, bad: ['0: CERT_SERIAL'] },
    { what: 'one', change: { leaf: { serial: 1n } } },
    { what: 'negative', change: { leaf: { serial: -1n } }, bad: ['0: CERT_SERIAL'] },
    { what: 'a redundant zero octet', change: { leaf: { serial: integer(0, 9) } }, bad: ['0: CERT_SERIAL'] },
    {
      what: 'a tag other than INTEGER',
      change: { leaf: { serial: der.primitive(2, Uint8Array.of(9)) } },
      bad: ['0: CERT_PARSE'],
    },
    { what: 'a zero octet for the sign', change: { leaf: { serial: integer(0, 0x80) } } },
    { what: '20 octets', change: { leaf: { serial: (1n << 159n) - 1n } } },
    { what: '21 octets', change: { leaf: { serial: 1n << 159n } }, bad: ['0: CERT_SERIAL'] },
    { what: 'zero, an intermediate', change: { intermediate: { serial: 0n } }, bad: ['1: CERT_SERIAL'] },
    { what: 'zero, a root', change: { root: { serial: 0n } }, bad: ['2: CERT_SERIAL'] },
  ],
  ISSUER_EMPTY: [
    {
      what: 'a leaf below a CA without a name',
      change: { intermediate: { subject: EMPTY_NAME } },
      bad: ['0: CERT_ISSUER_EMPTY', '1: CERT_SUBJECT_EMPTY'],
    },
    { what: 'an issuer with one attribute', change: { intermediate: { subject: [{ O: 'x' }] } } },
  ],
  SUBJECT_EMPTY: [
    {
      what: 'an intermediate, and so the issuer of the leaf',
      change: { above: [{ subject: EMPTY_NAME }] },
      bad: ['1: CERT_ISSUER_EMPTY', '2: CERT_SUBJECT_EMPTY'],
    },
    {
      what: 'a leaf',
      change: { leaf: { subject: EMPTY_NAME, extensions: { subjectAltName: subjectAltName([{ dns: HOST }], true) } } },
    },
  ],
  VALIDITY_ENCODING: [
    { what: '2049 as UTCTime', change: { leaf: { notAfter: der.utcTime('491231235959Z') } } },
    { what: 'UTCTime of 1950', change: { leaf: { notBefore: der.utcTime('500101000000Z') } } },
    {
      what: 'no seconds',
      change: { leaf: { notAfter: der.utcTime('4912312359Z') } },
      bad: ['0: CERT_VALIDITY_ENCODING'],
    },
    {
      what: 'an intermediate with a fraction of a second',
      change: { intermediate: { notAfter: der.generalizedTime('20501231235959.5Z') } },
      bad: ['1: CERT_VALIDITY_ENCODING'],
    },
    {
      what: 'a root without seconds',
      change: { root: { notBefore: der.utcTime('2001010000Z') } },
      bad: ['2: CERT_VALIDITY_ENCODING'],
    },
    {
      what: 'UTCTime without Z',
      change: { leaf: { notAfter: der.utcTime('491231235959') } },
      bad: ['0: CERT_VALIDITY_ENCODING'],
    },
    {
      what: 'GeneralizedTime without Z',
      change: { leaf: { notAfter: der.generalizedTime('20501231235959') } },
      bad: ['0: CERT_VALIDITY_ENCODING'],
    },
    {
      what: 'UTCTime with an offset',
      change: { leaf: { notAfter: der.utcTime('491231235959+0000') } },
      bad: ['0: CERT_VALIDITY_ENCODING'],
    },
    {
      what: 'one date without seconds, the other a GeneralizedTime',
      change: { leaf: { notBefore: der.utcTime('2601010000Z'), notAfter: der.generalizedTime('20491231235959Z') } },
      bad: ['0: CERT_VALIDITY_ENCODING'],
      warned: ['0: CERT_VALIDITY_ENCODING'],
    },
  ],
  GENERALIZED_TIME: [
    { what: '2050', change: { leaf: { notAfter: der.generalizedTime('20500101000000Z') } } },
    { what: '9999', change: { leaf: { notAfter: der.generalizedTime('99991231235959Z') } } },
    {
      what: '2049',
      change: { leaf: { notAfter: der.generalizedTime('20491231235959Z') } },
      warned: ['0: CERT_VALIDITY_ENCODING'],
    },
    {
      what: 'both dates of a leaf',
      change: {
        leaf: { notBefore: der.generalizedTime('20260101000000Z'), notAfter: der.generalizedTime('20261231235959Z') },
      },
      warned: ['0: CERT_VALIDITY_ENCODING'],
    },
    ...['00010101000000Z', '16010101000000Z', '19491231235959Z'].map((text) => ({
      what: `${text}, before all that UTCTime can say`,
      change: { leaf: { notBefore: der.generalizedTime(text) } },
      warned: ['0: CERT_VALIDITY_ENCODING'],
    })),
    {
      what: 'an intermediate',
      change: { intermediate: { notAfter: der.generalizedTime('20491231235959Z') } },
      warned: ['1: CERT_VALIDITY_ENCODING'],
    },
    {
      what: 'a root',
      change: { root: { notAfter: der.generalizedTime('20491231235959Z') } },
      warned: ['2: CERT_VALIDITY_ENCODING'],
    },
    {
      what: 'in the past: the date counts',
      change: { leaf: { notAfter: der.generalizedTime('20260615115959Z') } },
      bad: ['0: CERT_EXPIRED'],
      warned: ['0: CERT_VALIDITY_ENCODING'],
    },
    {
      what: 'in the future: the date counts',
      change: { leaf: { notBefore: der.generalizedTime('20260615120001Z') } },
      bad: ['0: CERT_FUTURE'],
      warned: ['0: CERT_VALIDITY_ENCODING'],
    },
  ],
  TIME_UNREADABLE: [
    ...['491331235959Z', '490230000000Z', '491231245959Z', 'tomorrow'].map((text) => ({
      what: text,
      change: { leaf: { notAfter: der.utcTime(text) } },
      bad: ['0: CERT_TIME_UNREADABLE', '0: CERT_VALIDITY_ENCODING'],
    })),
    {
      what: 'an INTEGER as the time',
      change: { leaf: { notBefore: der.integer(1) } },
      bad: ['0: CERT_TIME_UNREADABLE', '0: CERT_VALIDITY_ENCODING'],
    },
    {
      what: 'an intermediate, which is then not used',
      change: { intermediate: { notAfter: der.utcTime('491331235959Z') } },
      bad: ['1: CERT_TIME_UNREADABLE', '1: CERT_VALIDITY_ENCODING'],
    },
    { what: 'the 29th of February 2048', change: { leaf: { notAfter: der.utcTime('480229000000Z') } } },
  ],
  PARSE: [
    { what: 'a leaf with a trailing octet', change: { leaf: { edit: { whole: withMore } } }, bad: ['0: CERT_PARSE'] },
    {
      what: 'an intermediate that is needed',
      change: { intermediate: { edit: { whole: withMore } } },
      bad: ['0: CERT_NOT_TRUSTED', '1: CERT_PARSE'],
    },
    {
      what: 'a certificate that is not needed',
      ask: ({ leaf, intermediate }) => ({ sent: [leaf, intermediate, { ...leaf, der: withMore(leaf.der) }] }),
    },
  ],
  UNIQUE_ID: [
    {
      what: 'of the issuer, constructed',
      change: { leaf: { uniqueIds: der.tlv(0xa1, Uint8Array.of(0, 1)) } },
      bad: ['0: CERT_UNIQUE_ID'],
    },
    {
      what: 'of the subject, constructed',
      change: { intermediate: { uniqueIds: der.tlv(0xa2, Uint8Array.of(0, 1)) } },
      bad: ['1: CERT_UNIQUE_ID'],
    },
    {
      what: 'of the issuer, encoded correctly',
      change: { leaf: { uniqueIds: der.primitive(1, Uint8Array.of(0, 1)) } },
      bad: ['0: CERT_UNIQUE_ID'],
    },
    { what: 'none' },
  ],
  UNKNOWN_CRITICAL: [
    {
      what: 'a leaf',
      change: { leaf: { extensions: { more: raw(UNKNOWN, der.nullValue(), true) } } },
      bad: ['0: CERT_UNKNOWN_CRITICAL'],
    },
    {
      what: 'an intermediate',
      change: { intermediate: { extensions: { more: raw(UNKNOWN, der.nullValue(), true) } } },
      bad: ['1: CERT_UNKNOWN_CRITICAL'],
    },
    {
      what: 'a root',
      change: { root: { extensions: { more: raw(UNKNOWN, der.nullValue(), true) } } },
      bad: ['2: CERT_UNKNOWN_CRITICAL'],
    },
    { what: 'not critical', change: { leaf: { extensions: { more: raw(UNKNOWN, der.nullValue()) } } } },
  ],
  DUPLICATE_EXTENSION: [
    {
      what: 'authority information access twice',
      change: {
        leaf: {
          extensions: {
            a: authorityInfoAccess({ ocsp: ['http://a.example/'] }),
            b: authorityInfoAccess({ ocsp: ['http://a.example/'] }),
          },
        },
      },
      bad: ['0: CERT_DUPLICATE_EXTENSION'],
    },
    {
      what: 'an unknown one, twice',
      change: { leaf: { extensions: { a: raw(UNKNOWN, der.nullValue()), b: raw(UNKNOWN, der.nullValue()) } } },
      bad: ['0: CERT_DUPLICATE_EXTENSION'],
    },
    {
      what: 'two different unknown ones',
      change: { leaf: { extensions: { a: raw(UNKNOWN, der.nullValue()), b: raw(`${UNKNOWN}.1`, der.nullValue()) } } },
    },
    {
      what: 'once',
      change: { leaf: { extensions: { a: authorityInfoAccess({ ocsp: ['http://a.example/'] }) } } },
    },
    {
      what: 'alternative names twice',
      change: { leaf: { extensions: { more: subjectAltName([{ dns: HOST }]) } } },
      bad: ['0: CERT_DUPLICATE_EXTENSION'],
    },
    {
      what: 'an unknown one, twice with another between',
      change: {
        leaf: {
          extensions: {
            a: raw(UNKNOWN, der.nullValue()),
            b: raw(`${UNKNOWN}.1`, der.nullValue()),
            c: raw(UNKNOWN, der.nullValue(), true),
          },
        },
      },
      bad: ['0: CERT_DUPLICATE_EXTENSION', '0: CERT_UNKNOWN_CRITICAL'],
    },
    {
      what: 'authority information access twice, then policies',
      change: {
        leaf: {
          extensions: {
            a: authorityInfoAccess({ ocsp: ['http://a.example/'] }),
            b: authorityInfoAccess({ ocsp: ['http://a.example/'] }),
            ...policies,
          },
        },
      },
      bad: ['0: CERT_DUPLICATE_EXTENSION'],
    },
  ],
  EXTENSION_MALFORMED: [
    {
      what: 'authority information access that is not a sequence',
      change: { leaf: { extensions: { aia: raw('1.3.6.1.5.5.7.1.1', der.nullValue()) } } },
      bad: ['0: CERT_EXTENSION_MALFORMED'],
    },
    {
      what: 'empty authority information access',
      change: { leaf: { extensions: { aia: raw('1.3.6.1.5.5.7.1.1', der.sequence()) } } },
      bad: ['0: CERT_EXTENSION_MALFORMED'],
    },
    {
      what: 'policy constraints of two fields',
      change: {
        intermediate: {
          extensions: {
            more: raw(
              '2.5.29.36',
              der.sequence(der.primitive(0, Uint8Array.of(9)), der.primitive(1, Uint8Array.of(0))),
              true,
            ),
          },
        },
      },
    },
    {
      what: 'a key usage with unused bits that are set',
      change: {
        intermediate: { extensions: { keyUsage: raw('2.5.29.15', der.bitString(Uint8Array.of(0x06), 3), true) } },
      },
      bad: ['1: CERT_EXTENSION_MALFORMED'],
    },
    {
      what: 'a key usage with fewer unused bits than possible',
      change: {
        intermediate: { extensions: { keyUsage: raw('2.5.29.15', der.bitString(Uint8Array.of(0x06), 0), true) } },
      },
    },
    {
      what: 'valid authority information access',
      change: { leaf: { extensions: { aia: authorityInfoAccess({ issuers: ['http://a.example/'] }) } } },
    },
    {
      what: 'authority information access with trailing bytes',
      change: {
        leaf: { extensions: { aia: raw('1.3.6.1.5.5.7.1.1', withMore(der.sequence(der.sequence(OCSP, LOCATION)))) } },
      },
      bad: ['0: CERT_EXTENSION_MALFORMED'],
    },
    ...[
      { what: 'no method', parts: [LOCATION] },
      { what: 'no location', parts: [OCSP] },
      { what: 'an additional element', parts: [OCSP, LOCATION, der.nullValue()] },
      { what: 'a location of the universal class', parts: [OCSP, der.printableString('http://a.example/')] },
      { what: 'a location of the private class', parts: [OCSP, der.tlv(0xc6, bytes('http://a.example/'))] },
    ].map(({ what, parts }) => ({
      what: `authority information access with ${what}`,
      change: infoAccess(...parts),
      bad: ['0: CERT_EXTENSION_MALFORMED'],
    })),
    { what: 'authority information access with a method and a location', change: infoAccess(OCSP, LOCATION) },
    {
      what: 'authority information access whose second element is not a sequence',
      change: {
        leaf: {
          extensions: { aia: raw('1.3.6.1.5.5.7.1.1', der.sequence(der.sequence(OCSP, LOCATION), der.nullValue())) },
        },
      },
      bad: ['0: CERT_EXTENSION_MALFORMED'],
    },
    { what: '100 extensions', change: { leaf: { extensions: unknowns(94) } } },
    {
      what: '101 extensions',
      change: { leaf: { extensions: unknowns(95) } },
      bad: ['0: CERT_EXTENSION_MALFORMED'],
    },
    {
      what: 'basic constraints with a non-minimal length',
      change: { intermediate: { extensions: { basicConstraints: edited(basicConstraints({ ca: true }), longer) } } },
      bad: ['1: CERT_CERT_SIGN_NOT_CA', '1: CERT_EXTENSION_MALFORMED', '1: CERT_NOT_A_CA'],
    },
    {
      what: 'key usage with a non-minimal length',
      change: { leaf: { extensions: { keyUsage: edited(keyUsage('digitalSignature'), longer) } } },
      bad: ['0: CERT_EXTENSION_MALFORMED', '0: CERT_KEY_USAGE'], // later extensions are not read
    },
    {
      what: 'a subject key identifier with a non-minimal length',
      change: {
        intermediate: {
          extensions: { subjectKeyIdentifier: edited(subjectKeyIdentifier(idOf('Intermediate')), longer) },
        },
      },
      bad: ['1: CERT_EXTENSION_MALFORMED', '1: CERT_SKI_MISSING'],
    },
    {
      what: 'an authority key identifier with a non-minimal length',
      change: {
        leaf: {
          extensions: {
            authorityKeyIdentifier: edited(authorityKeyIdentifier({ id: idOf('Intermediate') }), longer),
          },
        },
      },
      bad: ['0: CERT_AKI_MISSING', '0: CERT_EXTENSION_MALFORMED'],
    },
    {
      what: 'extensions with a non-minimal length',
      change: { leaf: { edit: { tbs: longerExtensions } } },
      bad: ['0: CERT_PARSE'],
    },
  ],
};
