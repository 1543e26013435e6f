/** Revocation: what a list says, and which lists count. */
import * as der from '../../../certs/der.js';
import {
  authorityKeyIdentifier,
  crlDistributionPoints,
  crlNumber,
  issuingDistributionPoint,
  keyUsage,
  raw,
} from '../../../certs/extensions.js';
import { algorithmIdentifier, keyIdentifier } from '../../../certs/signatures.js';
import { crl, keyOf, named } from '../../helpers/chains.js';
import { critical, entry, listOf, lists, UNKNOWN } from './vector.js';

/** @type {Record<string, import('./vector.js').Vector[]>} */
export const REVOCATION = {
  REVOKED: [
    {
      what: 'the leaf',
      ask: lists(({ intermediate, leaf }) => [crl(intermediate, { revoked: [entry(leaf)] })]),
      bad: ['0: CERT_REVOKED'],
    },
    {
      what: 'the intermediate',
      ask: lists(({ root, intermediate }) => [crl(root, { revoked: [entry(intermediate)] })]),
      bad: ['1: CERT_REVOKED'],
    },
    {
      what: 'the leaf, with a reason',
      ask: lists(({ intermediate, leaf }) => [
        crl(intermediate, { revoked: [{ ...entry(leaf), reason: 'keyCompromise' }] }),
      ]),
      bad: ['0: CERT_REVOKED'],
    },
    {
      what: 'another of the same issuer',
      ask: lists(({ root, intermediate }) => [crl(intermediate, { revoked: [entry({ serial: 7n })] }), crl(root)]),
    },
    {
      what: 'the number of the leaf, by another issuer',
      ask: lists(({ root, leaf }) => [crl(root, { revoked: [entry(leaf)] })]),
    },
    {
      what: 'by the second list',
      ask: lists(({ intermediate, leaf }) => [
        crl(intermediate),
        crl(intermediate, { revoked: [entry({ serial: 7n }), entry(leaf)] }),
      ]),
      bad: ['0: CERT_REVOKED'],
    },
    {
      what: 'by a list for user certificates',
      ask: lists(({ intermediate, leaf }) => [
        crl(intermediate, {
          revoked: [entry(leaf)],
          extensions: [issuingDistributionPoint({ onlyUserCerts: true })],
        }),
      ]),
      bad: ['0: CERT_REVOKED'],
    },
    {
      what: 'by a list for CA certificates, which the leaf is not in',
      ask: lists(({ intermediate, leaf }) => [
        crl(intermediate, {
          revoked: [entry(leaf)],
          extensions: [issuingDistributionPoint({ onlyCACerts: true })],
        }),
      ]),
    },
    {
      what: 'the intermediate by a list for CA certificates',
      ask: lists(({ root, intermediate }) => [
        crl(root, {
          revoked: [entry(intermediate)],
          extensions: [issuingDistributionPoint({ onlyCACerts: true })],
        }),
      ]),
      bad: ['1: CERT_REVOKED'],
    },
    {
      what: 'the intermediate by a list for user certificates',
      ask: lists(({ root, intermediate }) => [
        crl(root, {
          revoked: [entry(intermediate)],
          extensions: [issuingDistributionPoint({ onlyUserCerts: true })],
        }),
      ]),
    },
    {
      what: 'the leaf, before another',
      ask: lists(({ intermediate, leaf }) => [crl(intermediate, { revoked: [entry(leaf), entry({ serial: 7n })] })]),
      bad: ['0: CERT_REVOKED'],
    },
    {
      what: 'the leaf, by a list signed with RSASSA-PSS',
      change: { intermediate: { key: keyOf('any', 'rsa2048') } },
      ask: lists(({ intermediate, leaf }) => [
        crl(intermediate, { revoked: [entry(leaf)], signature: 'rsa-pss-sha256' }),
      ]),
      bad: ['0: CERT_REVOKED'],
    },
    ...[1, 2, 5].map((field) => ({
      what: `the leaf and the intermediate, by lists with FALSE written out in field ${field} of the scope`,
      ask: lists(({ root, intermediate, leaf }) => {
        const scope = raw('2.5.29.28', der.sequence(der.primitive(field, Uint8Array.of(0))), true);
        return [
          crl(root, { revoked: [entry(intermediate)], extensions: [scope] }),
          crl(intermediate, { revoked: [entry(leaf)], extensions: [scope] }),
        ];
      }),
      bad: ['0: CERT_REVOKED', '1: CERT_REVOKED'],
    })),
  ],
  CRL_NOT_TRUSTED: [
    {
      what: 'another signer',
      ask: lists(({ intermediate }) => [crl(intermediate, { signer: keyOf('Another') })]),
      bad: ['0: CRL_NOT_TRUSTED'],
    },
    {
      what: 'an issuer without cRLSign',
      change: { intermediate: { extensions: { keyUsage: keyUsage('keyCertSign') } } },
      ask: lists(({ intermediate }) => [crl(intermediate)]),
      bad: ['0: CRL_NOT_TRUSTED'],
    },
    {
      what: 'an issuer without key usage',
      change: { intermediate: { extensions: { keyUsage: null } } },
      ask: lists(({ intermediate }) => [crl(intermediate)]),
    },
    {
      what: 'one of each key of an issuer that changed its key',
      change: { above: [{ subject: named('Root') }] },
      ask: lists(({ root, above }) => [listOf(root), listOf(above[0])]),
    },
    {
      what: 'one of them that the other key signed',
      change: { above: [{ subject: named('Root') }] },
      ask: lists(({ root, above }) => [listOf(root), listOf(above[0], { signer: root.key })]),
      bad: ['1: CRL_NOT_TRUSTED'],
    },
    {
      what: 'of another key of the issuer only',
      change: { above: [{ subject: named('Root') }] },
      ask: lists(({ above }) => [listOf(above[0])]),
      bad: ['2: CRL_NOT_TRUSTED'],
    },
    {
      what: 'nobody of this path',
      ask: lists(() => [crl({ subject: named('Another'), key: keyOf('Another') }, { signer: keyOf('More') })]),
    },
    {
      what: 'another signer, of a part of the list that the leaf is not in',
      change: { leaf: { extensions: { points: crlDistributionPoints('http://a.example/1') } } },
      ask: lists(({ intermediate, leaf }) => [
        crl(intermediate, {
          signer: keyOf('Another'),
          revoked: [entry(leaf)],
          extensions: [issuingDistributionPoint({ uri: 'http://a.example/2' })],
        }),
      ]),
    },
    {
      what: 'another signer, of a delta',
      ask: lists(({ intermediate }) => [
        crl(intermediate, { signer: keyOf('Another'), extensions: [raw('2.5.29.27', der.integer(1), true)] }),
      ]),
      bad: ['0: CRL_NOT_TRUSTED'],
    },
  ],
  CRL_EXPIRED: [
    {
      what: 'a second ago',
      ask: lists(({ intermediate }) => [crl(intermediate, { nextUpdate: '2026-06-15T11:59:59Z' })]),
      bad: ['0: CRL_EXPIRED'],
    },
    {
      what: 'at this very second',
      ask: lists(({ intermediate }) => [crl(intermediate, { nextUpdate: '2026-06-15T12:00:00Z' })]),
    },
    {
      what: 'beside a fresh one',
      ask: lists(({ intermediate }) => [
        crl(intermediate, { nextUpdate: '2026-06-15T11:59:59Z' }),
        crl(intermediate),
        crl(intermediate, { nextUpdate: '2026-06-15T11:59:58Z' }),
      ]),
    },
    {
      what: 'beside a fresh one, but it lists the leaf',
      ask: lists(({ intermediate, leaf }) => [
        crl(intermediate, {
          nextUpdate: '2026-06-15T11:59:59Z',
          revoked: [entry(leaf)],
        }),
        crl(intermediate),
      ]),
      bad: ['0: CERT_REVOKED'],
    },
    {
      what: "the root's",
      ask: lists(({ root }) => [crl(root, { nextUpdate: '2026-06-15T11:59:59Z' })]),
      bad: ['1: CRL_EXPIRED'],
    },
    { what: 'in 2050', ask: lists(({ intermediate }) => [crl(intermediate, { nextUpdate: '2050-01-01T00:00:00Z' })]) },
    {
      what: 'at no time that is told',
      ask: lists(({ intermediate }) => [crl(intermediate, { nextUpdate: undefined })]),
      bad: ['0: CRL_EXPIRED'],
    },
    {
      what: 'at no time that is told, beside another that tells',
      ask: lists(({ intermediate }) => [crl(intermediate, { nextUpdate: undefined }), crl(intermediate)]),
    },
    {
      what: 'at no time that is told, with nothing after it',
      ask: lists(({ intermediate }) => [crl(intermediate, { version: 1, nextUpdate: undefined, number: undefined })]),
      bad: ['0: CRL_EXPIRED', '0: CRL_NUMBER'],
    },
  ],
  CRL_FUTURE: [
    {
      what: 'in a second',
      ask: lists(({ intermediate }) => [crl(intermediate, { thisUpdate: '2026-06-15T12:00:01Z' })]),
      bad: ['0: CRL_FUTURE'],
    },
    {
      what: 'from this very second',
      ask: lists(({ intermediate }) => [crl(intermediate, { thisUpdate: '2026-06-15T12:00:00Z' })]),
    },
  ],
  CRL_BAD_MD: [
    {
      what: 'SHA-1',
      ask: lists(({ intermediate }) => [crl(intermediate, { signature: 'ecdsa-sha1' })]),
      bad: ['0: CRL_BAD_MD'],
    },
    {
      what: 'SHA-224',
      ask: lists(({ intermediate }) => [crl(intermediate, { signature: 'ecdsa-sha224' })]),
      bad: ['0: CRL_BAD_MD'],
      rfc5280: [],
    },
    { what: 'SHA-512', ask: lists(({ intermediate }) => [crl(intermediate, { signature: 'ecdsa-sha512' })]) },
  ],
  CRL_BAD_PK: [
    {
      what: 'Ed25519',
      ask: lists(({ intermediate }) => [
        crl(intermediate, {
          innerAlgorithm: algorithmIdentifier('ed25519'),
          outerAlgorithm: algorithmIdentifier('ed25519'),
        }),
      ]),
      bad: ['0: CRL_BAD_PK'],
    },
    {
      what: 'RSA',
      change: { intermediate: { key: keyOf('any', 'rsa2048') } },
      ask: lists(({ intermediate }) => [crl(intermediate)]),
      suiteb: ['0: CERT_BAD_PK', '0: CRL_BAD_PK', '1: CERT_BAD_PK'],
    },
  ],
  CRL_SCOPE: [
    {
      what: 'a delta',
      ask: lists(({ intermediate }) => [crl(intermediate, { extensions: [raw('2.5.29.27', der.integer(1), true)] })]),
      bad: ['0: CRL_SCOPE'],
    },
    {
      what: 'a delta that does not say so critically',
      ask: lists(({ intermediate }) => [crl(intermediate, { extensions: [raw('2.5.29.27', der.integer(1), false)] })]),
      bad: ['0: CRL_SCOPE'],
    },
    {
      what: 'indirect',
      ask: lists(({ intermediate }) => [
        crl(intermediate, { extensions: [raw('2.5.29.28', der.sequence(der.primitive(4, Uint8Array.of(255))), true)] }),
      ]),
      bad: ['0: CRL_SCOPE'],
    },
    {
      what: 'some reasons',
      ask: lists(({ intermediate }) => [
        crl(intermediate, {
          extensions: [raw('2.5.29.28', der.sequence(der.primitive(3, Uint8Array.of(6, 64))), true)],
        }),
      ]),
      bad: ['0: CRL_SCOPE'],
    },
    {
      what: 'an unknown critical extension',
      ask: lists(({ intermediate }) => [crl(intermediate, { extensions: [raw(UNKNOWN, der.nullValue(), true)] })]),
      bad: ['0: CRL_SCOPE'],
    },
    {
      what: 'an unknown extension',
      ask: lists(({ intermediate }) => [crl(intermediate, { extensions: [raw(UNKNOWN, der.nullValue())] })]),
    },
    {
      what: 'an entry with a critical extension',
      ask: lists(({ intermediate }) => [
        crl(intermediate, {
          revoked: [{ ...entry({ serial: 7n }), extensions: [raw('2.5.29.29', der.sequence(), true)] }],
        }),
      ]),
      bad: ['0: CRL_SCOPE'],
    },
    {
      what: 'an entry with an extension',
      ask: lists(({ intermediate }) => [
        crl(intermediate, { revoked: [{ ...entry({ serial: 7n }), extensions: [raw(UNKNOWN, der.nullValue())] }] }),
      ]),
    },
    {
      what: 'a distribution point',
      ask: lists(({ intermediate }) => [
        crl(intermediate, { extensions: [issuingDistributionPoint({ uri: 'http://a.example/' })] }),
      ]),
    },
    {
      what: 'attribute certificates, which the leaf is not',
      ask: lists(({ intermediate, leaf }) => [
        crl(intermediate, {
          revoked: [entry(leaf)],
          extensions: [raw('2.5.29.28', der.sequence(der.primitive(5, Uint8Array.of(255))), true)],
        }),
      ]),
    },
    ...[
      { what: 'a scope of no sequence', one: raw('2.5.29.28', der.nullValue(), true) },
      { what: 'a scope that is cut off', one: raw('2.5.29.28', der.sequence(Uint8Array.of(0x81, 5)), true) },
      { what: 'an extension of no sequence', one: der.nullValue() },
    ].map(({ what, one }) => ({
      what,
      ask: lists(({ intermediate }) => [crl(intermediate, { extensions: [one] })]),
      bad: ['0: CRL_SCOPE'],
    })),
    {
      what: "a critical identifier of the issuer's key",
      ask: lists(({ intermediate }) => [
        crl(intermediate, {
          extensions: [critical(authorityKeyIdentifier({ id: keyIdentifier(intermediate.key) }))],
        }),
      ]),
    },
    ...[
      { what: 'no sequence', one: der.nullValue() },
      { what: 'no number', one: der.sequence(der.nullValue(), der.utcTime('260602000000Z')) },
      { what: 'no date', one: der.sequence(der.integer(7)) },
      {
        what: 'extensions of no sequence',
        one: der.sequence(der.integer(7), der.utcTime('260602000000Z'), der.nullValue()),
      },
      {
        what: 'an extension of no sequence',
        one: der.sequence(der.integer(7), der.utcTime('260602000000Z'), der.sequence(der.nullValue())),
      },
    ].map(({ what, one }) => ({
      what: `an entry with ${what}`,
      ask: lists(({ intermediate }) => [crl(intermediate, { revoked: [one] })]),
      bad: ['0: CRL_SCOPE'],
    })),
  ],
  CRL_NUMBER: [
    {
      what: 'none',
      ask: lists(({ intermediate }) => [crl(intermediate, { number: undefined })]),
      bad: ['0: CRL_NUMBER'],
    },
    {
      what: 'version 1',
      ask: lists(({ intermediate }) => [crl(intermediate, { version: 1, number: undefined })]),
      bad: ['0: CRL_NUMBER'],
    },
    {
      what: 'a critical one',
      ask: lists(({ intermediate }) => [
        crl(intermediate, { number: undefined, extensions: [critical(crlNumber(1))] }),
      ]),
      bad: ['0: CRL_NUMBER'],
    },
    { what: 'zero', ask: lists(({ intermediate }) => [crl(intermediate, { number: 0 })]) },
  ],
};
