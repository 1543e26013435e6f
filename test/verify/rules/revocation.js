/** Revocation: the contents of CRLs, and which CRLs count. */
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
import { algorithm, critical, entry, crlOf, withCrls, UNKNOWN, WITH_PARAMETER } from './vector.js';

const ML_DSA_65 = '2.16.840.1.101.3.4.3.18';

/** @param {Uint8Array} identifier of both algorithms of a CRL */
const signedWith = (identifier) => ({ innerAlgorithm: identifier, outerAlgorithm: identifier });

/** @type {Record<string, import('./vector.js').Vector[]>} */
export const REVOCATION = {
  REVOKED: [
    {
      what: 'the leaf',
      ask: withCrls(({ intermediate, leaf }) => [crl(intermediate, { revoked: [entry(leaf)] })]),
      bad: ['0: CERT_REVOKED'],
    },
    {
      what: 'the intermediate',
      ask: withCrls(({ root, intermediate }) => [crl(root, { revoked: [entry(intermediate)] })]),
      bad: ['1: CERT_REVOKED'],
    },
    {
      what: 'the leaf, with a reason',
      ask: withCrls(({ intermediate, leaf }) => [
        crl(intermediate, { revoked: [{ ...entry(leaf), reason: 'keyCompromise' }] }),
      ]),
      bad: ['0: CERT_REVOKED'],
    },
    {
      what: 'another certificate of the same issuer',
      ask: withCrls(({ root, intermediate }) => [crl(intermediate, { revoked: [entry({ serial: 7n })] }), crl(root)]),
    },
    {
      what: 'the serial number of the leaf, by another issuer',
      ask: withCrls(({ root, leaf }) => [crl(root, { revoked: [entry(leaf)] })]),
    },
    {
      what: 'in the second CRL',
      ask: withCrls(({ intermediate, leaf }) => [
        crl(intermediate),
        crl(intermediate, { revoked: [entry({ serial: 7n }), entry(leaf)] }),
      ]),
      bad: ['0: CERT_REVOKED'],
    },
    {
      what: 'in a CRL for user certificates',
      ask: withCrls(({ intermediate, leaf }) => [
        crl(intermediate, {
          revoked: [entry(leaf)],
          extensions: [issuingDistributionPoint({ onlyUserCerts: true })],
        }),
      ]),
      bad: ['0: CERT_REVOKED'],
    },
    {
      what: 'in a CRL for CA certificates, which does not cover the leaf but lists it',
      ask: withCrls(({ intermediate, leaf }) => [
        crl(intermediate, {
          revoked: [entry(leaf)],
          extensions: [issuingDistributionPoint({ onlyCACerts: true })],
        }),
      ]),
      bad: ['0: CERT_REVOKED'],
    },
    {
      what: 'the intermediate, in a CRL for CA certificates',
      ask: withCrls(({ root, intermediate }) => [
        crl(root, {
          revoked: [entry(intermediate)],
          extensions: [issuingDistributionPoint({ onlyCACerts: true })],
        }),
      ]),
      bad: ['1: CERT_REVOKED'],
    },
    {
      what: 'the intermediate, in a CRL for user certificates',
      ask: withCrls(({ root, intermediate }) => [
        crl(root, {
          revoked: [entry(intermediate)],
          extensions: [issuingDistributionPoint({ onlyUserCerts: true })],
        }),
      ]),
      bad: ['1: CERT_REVOKED'],
    },
    {
      what: 'the leaf, before another',
      ask: withCrls(({ intermediate, leaf }) => [crl(intermediate, { revoked: [entry(leaf), entry({ serial: 7n })] })]),
      bad: ['0: CERT_REVOKED'],
    },
    {
      what: 'the leaf, in a CRL signed with RSASSA-PSS',
      change: { intermediate: { key: keyOf('any', 'rsa2048') } },
      ask: withCrls(({ intermediate, leaf }) => [
        crl(intermediate, { revoked: [entry(leaf)], signature: 'rsa-pss-sha256' }),
      ]),
      bad: ['0: CERT_REVOKED'],
    },
    ...[1, 2, 5].map((field) => ({
      what: `the leaf and the intermediate, in CRLs with FALSE encoded in field ${field} of the scope`,
      ask: withCrls(({ root, intermediate, leaf }) => {
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
      ask: withCrls(({ intermediate }) => [crl(intermediate, { signer: keyOf('Another') })]),
      bad: ['0: CRL_NOT_TRUSTED'],
    },
    {
      what: 'another signer, with Ed25519',
      change: { intermediate: { key: keyOf('Intermediate', 'ed25519') } },
      ask: withCrls(({ intermediate }) => [crl(intermediate, { signer: keyOf('Another', 'ed25519') })]),
      bad: ['0: CERT_BAD_PK', '0: CRL_BAD_PK', '1: CERT_BAD_PK'],
      rfc5280: ['0: CRL_NOT_TRUSTED'],
    },
    {
      what: 'an issuer without cRLSign',
      change: { intermediate: { extensions: { keyUsage: keyUsage('keyCertSign') } } },
      ask: withCrls(({ intermediate }) => [crl(intermediate)]),
      bad: ['0: CRL_NOT_TRUSTED'],
    },
    {
      what: 'an issuer without key usage',
      change: { intermediate: { extensions: { keyUsage: null } } },
      ask: withCrls(({ intermediate }) => [crl(intermediate)]),
    },
    {
      what: 'CRLs of both keys of an issuer that changed its key',
      change: { above: [{ subject: named('Root') }] },
      ask: withCrls(({ root, above }) => [crlOf(root), crlOf(above[0])]),
    },
    {
      what: 'CRLs of both keys, one of them signed by the wrong key',
      change: { above: [{ subject: named('Root') }] },
      ask: withCrls(({ root, above }) => [crlOf(root), crlOf(above[0], { signer: root.key })]),
      bad: ['1: CRL_NOT_TRUSTED'],
    },
    {
      what: 'only a CRL of another key of the issuer',
      change: { above: [{ subject: named('Root') }] },
      ask: withCrls(({ above }) => [crlOf(above[0])]),
      bad: ['2: CRL_NOT_TRUSTED'],
    },
    {
      what: 'a CRL of an issuer outside the path',
      ask: withCrls(() => [crl({ subject: named('Another'), key: keyOf('Another') }, { signer: keyOf('More') })]),
    },
    {
      what: 'another signer, of a CRL for another distribution point',
      change: { leaf: { extensions: { points: crlDistributionPoints('http://a.example/1') } } },
      ask: withCrls(({ intermediate, leaf }) => [
        crl(intermediate, {
          signer: keyOf('Another'),
          revoked: [entry(leaf)],
          extensions: [issuingDistributionPoint({ uri: 'http://a.example/2' })],
        }),
      ]),
    },
    {
      what: 'another signer, of a delta CRL',
      ask: withCrls(({ intermediate }) => [
        crl(intermediate, { signer: keyOf('Another'), extensions: [raw('2.5.29.27', der.integer(1), true)] }),
      ]),
      bad: ['0: CRL_NOT_TRUSTED'],
    },
  ],
  CRL_EXPIRED: [
    {
      what: 'a second ago',
      ask: withCrls(({ intermediate }) => [crl(intermediate, { nextUpdate: '2026-06-15T11:59:59Z' })]),
      bad: ['0: CRL_EXPIRED'],
    },
    {
      what: 'at this second',
      ask: withCrls(({ intermediate }) => [crl(intermediate, { nextUpdate: '2026-06-15T12:00:00Z' })]),
    },
    {
      what: 'with a current one',
      ask: withCrls(({ intermediate }) => [
        crl(intermediate, { nextUpdate: '2026-06-15T11:59:59Z' }),
        crl(intermediate),
        crl(intermediate, { nextUpdate: '2026-06-15T11:59:58Z' }),
      ]),
    },
    {
      what: 'with a current one, but the expired one lists the leaf',
      ask: withCrls(({ intermediate, leaf }) => [
        crl(intermediate, {
          nextUpdate: '2026-06-15T11:59:59Z',
          revoked: [entry(leaf)],
        }),
        crl(intermediate),
      ]),
      bad: ['0: CERT_REVOKED'],
    },
    {
      what: 'the CRL of the root',
      ask: withCrls(({ root }) => [crl(root, { nextUpdate: '2026-06-15T11:59:59Z' })]),
      bad: ['1: CRL_EXPIRED'],
    },
    {
      what: 'in 2050',
      ask: withCrls(({ intermediate }) => [crl(intermediate, { nextUpdate: '2050-01-01T00:00:00Z' })]),
    },
  ],
  CRL_NEXT_UPDATE: [
    {
      what: 'without nextUpdate',
      ask: withCrls(({ intermediate }) => [crl(intermediate, { nextUpdate: undefined })]),
      bad: ['0: CRL_EXPIRED'],
    },
    {
      what: 'without nextUpdate, with another that has it',
      ask: withCrls(({ intermediate }) => [crl(intermediate, { nextUpdate: undefined }), crl(intermediate)]),
    },
    {
      what: 'without nextUpdate, and nothing after thisUpdate',
      ask: withCrls(({ intermediate }) => [
        crl(intermediate, { version: 1, nextUpdate: undefined, number: undefined }),
      ]),
      bad: ['0: CRL_EXPIRED', '0: CRL_NUMBER'],
    },
    {
      what: 'from the future and without nextUpdate',
      ask: withCrls(({ intermediate }) => [
        crl(intermediate, { thisUpdate: '2026-06-15T12:00:01Z', nextUpdate: undefined }),
      ]),
      bad: ['0: CRL_EXPIRED', '0: CRL_FUTURE'],
    },
  ],
  CRL_FUTURE: [
    {
      what: 'in a second',
      ask: withCrls(({ intermediate }) => [crl(intermediate, { thisUpdate: '2026-06-15T12:00:01Z' })]),
      bad: ['0: CRL_FUTURE'],
    },
    {
      what: 'at this second',
      ask: withCrls(({ intermediate }) => [crl(intermediate, { thisUpdate: '2026-06-15T12:00:00Z' })]),
    },
  ],
  CRL_BAD_MD: [
    {
      what: 'SHA-1',
      ask: withCrls(({ intermediate }) => [crl(intermediate, { signature: 'ecdsa-sha1' })]),
      bad: ['0: CRL_BAD_MD'],
    },
    {
      what: 'SHA-224',
      ask: withCrls(({ intermediate }) => [crl(intermediate, { signature: 'ecdsa-sha224' })]),
      bad: ['0: CRL_BAD_MD'],
      rfc5280: [],
      private: [],
    },
    { what: 'SHA-512', ask: withCrls(({ intermediate }) => [crl(intermediate, { signature: 'ecdsa-sha512' })]) },
  ],
  CRL_SIGNATURE_UNSUPPORTED: [
    {
      what: 'ML-DSA',
      ask: withCrls(({ intermediate }) => [crl(intermediate, signedWith(algorithm(ML_DSA_65)))]),
      bad: ['0: CRL_SIGNATURE_UNSUPPORTED'],
    },
    {
      what: 'ECDSA with a parameter',
      ask: withCrls(({ intermediate }) => [crl(intermediate, signedWith(WITH_PARAMETER))]),
      bad: ['0: CRL_SIGNATURE_UNSUPPORTED'],
    },
    {
      what: 'ML-DSA, with another CRL that is signed with ECDSA',
      ask: withCrls(({ intermediate }) => [
        crl(intermediate, { number: 2, ...signedWith(algorithm(ML_DSA_65)) }),
        crl(intermediate),
      ]),
    },
  ],
  CRL_BAD_PK: [
    {
      what: 'Ed25519',
      ask: withCrls(({ intermediate }) => [crl(intermediate, signedWith(algorithmIdentifier('ed25519')))]),
      bad: ['0: CRL_BAD_PK'],
      rfc5280: ['0: CRL_NOT_TRUSTED'], // the issuer has an ECDSA key
    },
    {
      what: 'an issuer with an Ed25519 key',
      change: { intermediate: { key: keyOf('Intermediate', 'ed25519') } },
      ask: withCrls(({ intermediate }) => [crl(intermediate)]),
      bad: ['0: CERT_BAD_PK', '0: CRL_BAD_PK', '1: CERT_BAD_PK'],
      rfc5280: [],
      suiteb: ['0: CERT_BAD_PK', '0: CRL_BAD_PK', '1: CERT_BAD_PK'],
    },
    {
      what: 'an issuer with an Ed25519 key that revokes the leaf',
      change: { intermediate: { key: keyOf('Intermediate', 'ed25519') } },
      ask: withCrls(({ intermediate, leaf }) => [crl(intermediate, { revoked: [entry(leaf)] })]),
      bad: ['0: CERT_BAD_PK', '0: CRL_BAD_PK', '1: CERT_BAD_PK'],
      rfc5280: ['0: CERT_REVOKED'],
    },
    {
      what: 'ECDSA, which every profile accepts',
      ask: withCrls(({ intermediate }) => [crl(intermediate)]),
      suiteb: [],
    },
    {
      what: 'RSA',
      change: { intermediate: { key: keyOf('any', 'rsa2048') } },
      ask: withCrls(({ intermediate }) => [crl(intermediate)]),
      suiteb: ['0: CERT_BAD_PK', '0: CRL_BAD_PK', '1: CERT_BAD_PK'],
    },
  ],
  CRL_SCOPE: [
    {
      what: 'a delta CRL',
      ask: withCrls(({ intermediate }) => [
        crl(intermediate, { extensions: [raw('2.5.29.27', der.integer(1), true)] }),
      ]),
    },
    {
      what: 'a delta CRL whose indicator is not critical',
      ask: withCrls(({ intermediate }) => [
        crl(intermediate, { extensions: [raw('2.5.29.27', der.integer(1), false)] }),
      ]),
    },
    {
      what: 'indirect',
      ask: withCrls(({ intermediate }) => [
        crl(intermediate, { extensions: [raw('2.5.29.28', der.sequence(der.primitive(4, Uint8Array.of(255))), true)] }),
      ]),
    },
    {
      what: 'only some reasons',
      ask: withCrls(({ intermediate }) => [
        crl(intermediate, {
          extensions: [raw('2.5.29.28', der.sequence(der.primitive(3, Uint8Array.of(6, 64))), true)],
        }),
      ]),
    },
    {
      what: 'an unknown critical extension',
      ask: withCrls(({ intermediate }) => [crl(intermediate, { extensions: [raw(UNKNOWN, der.nullValue(), true)] })]),
      bad: ['0: CRL_SCOPE'],
    },
    {
      what: 'an unknown extension',
      ask: withCrls(({ intermediate }) => [crl(intermediate, { extensions: [raw(UNKNOWN, der.nullValue())] })]),
    },
    {
      what: 'an entry with a critical extension',
      ask: withCrls(({ intermediate }) => [
        crl(intermediate, {
          revoked: [{ ...entry({ serial: 7n }), extensions: [raw('2.5.29.29', der.sequence(), true)] }],
        }),
      ]),
      bad: ['0: CRL_SCOPE'],
    },
    {
      what: 'an entry with an extension',
      ask: withCrls(({ intermediate }) => [
        crl(intermediate, { revoked: [{ ...entry({ serial: 7n }), extensions: [raw(UNKNOWN, der.nullValue())] }] }),
      ]),
    },
    {
      what: 'a distribution point',
      ask: withCrls(({ intermediate }) => [
        crl(intermediate, { extensions: [issuingDistributionPoint({ uri: 'http://a.example/' })] }),
      ]),
    },
    {
      what: 'only attribute certificates, which does not cover the leaf',
      ask: withCrls(({ intermediate, leaf }) => [
        crl(intermediate, {
          revoked: [entry(leaf)],
          extensions: [raw('2.5.29.28', der.sequence(der.primitive(5, Uint8Array.of(255))), true)],
        }),
      ]),
    },
    ...[
      { what: 'a scope that is not a sequence', one: raw('2.5.29.28', der.nullValue(), true) },
      { what: 'a truncated scope', one: raw('2.5.29.28', der.sequence(Uint8Array.of(0x81, 5)), true) },
      { what: 'an extension that is not a sequence', one: der.nullValue() },
    ].map(({ what, one }) => ({
      what,
      ask: withCrls(({ intermediate }) => [crl(intermediate, { extensions: [one] })]),
      bad: ['0: CRL_SCOPE'],
    })),
    {
      what: 'a critical authority key identifier',
      ask: withCrls(({ intermediate }) => [
        crl(intermediate, {
          extensions: [critical(authorityKeyIdentifier({ id: keyIdentifier(intermediate.key) }))],
        }),
      ]),
    },
    ...[
      { what: 'not a sequence', one: der.nullValue() },
      { what: 'no number', one: der.sequence(der.nullValue(), der.utcTime('260602000000Z')) },
      { what: 'no date', one: der.sequence(der.integer(7)) },
      {
        what: 'extensions that are not a sequence',
        one: der.sequence(der.integer(7), der.utcTime('260602000000Z'), der.nullValue()),
      },
      {
        what: 'an extension that is not a sequence',
        one: der.sequence(der.integer(7), der.utcTime('260602000000Z'), der.sequence(der.nullValue())),
      },
    ].map(({ what, one }) => ({
      what: `an entry with ${what}`,
      ask: withCrls(({ intermediate }) => [crl(intermediate, { revoked: [one] })]),
      bad: ['0: CRL_SCOPE'],
    })),
  ],
  CRL_NUMBER: [
    {
      what: 'none',
      ask: withCrls(({ intermediate }) => [crl(intermediate, { number: undefined })]),
      bad: ['0: CRL_NUMBER'],
    },
    {
      what: 'version 1',
      ask: withCrls(({ intermediate }) => [crl(intermediate, { version: 1, number: undefined })]),
      bad: ['0: CRL_NUMBER'],
    },
    {
      what: 'a critical one',
      ask: withCrls(({ intermediate }) => [
        crl(intermediate, { number: undefined, extensions: [critical(crlNumber(1))] }),
      ]),
      bad: ['0: CRL_NUMBER'],
    },
    { what: 'zero', ask: withCrls(({ intermediate }) => [crl(intermediate, { number: 0 })]) },
  ],
};
