/** Trust and path: who may issue certificates, and the limits of the search for a path. */
import * as der from '../../../certs/der.js';
import { basicConstraints, keyUsage, raw } from '../../../certs/extensions.js';
import { authority, HOST, keyOf, named } from '../../helpers/chains.js';
import { BMP, bytes, crowd, issuedAs } from './vector.js';

/** @param {Uint8Array} bits */
const flipBit = (bits) => bits.map((octet, i) => (i === 20 ? octet ^ 1 : octet));

/** @type {Record<string, import('./vector.js').Vector[]>} */
export const TRUST = {
  NOT_TRUSTED: [
    { what: 'another root', ask: () => ({ anchors: [authority('Another', undefined)] }), bad: ['1: CERT_NOT_TRUSTED'] },
    {
      what: 'a root with the same name and another key',
      ask: () => ({ anchors: [authority('Root', undefined, { key: keyOf('Another') })] }),
      bad: ['1: CERT_WRONG_ISSUER'],
    },
    { what: 'no intermediate', ask: ({ leaf }) => ({ sent: [leaf] }), bad: ['0: CERT_NOT_TRUSTED'] },
    { what: 'the root is sent too', ask: (c) => ({ sent: [c.leaf, c.intermediate, c.root] }) },
    { what: 'a trust anchor that is an intermediate', ask: ({ intermediate }) => ({ anchors: [intermediate] }) },
    {
      what: 'the issuer in capitals, with additional spaces',
      change: {
        intermediate: { subject: [{ O: 'Example' }, { CN: 'Some CA' }] },
        leaf: { issuer: [{ O: der.printableString(' EXAMPLE') }, { CN: der.printableString('some  ca ') }] },
      },
    },
    ...[
      { what: 'more letters', subject: 'Some CA', issuer: 'Some CA2' },
      { what: 'fewer letters', subject: 'Some CA2', issuer: 'Some CA' },
      { what: 'an additional space', subject: 'SomeCA', issuer: 'Some CA' },
      { what: 'one space less', subject: 'Some CA', issuer: 'SomeCA' },
      { what: 'the octets of another string type', subject: 'SomeCA', issuer: der.tlv(BMP, bytes('SomeCA')) },
      {
        what: 'the octets of a narrower string type',
        subject: der.tlv(BMP, bytes('SomeCA')),
        issuer: 'SomeCA',
      },
    ].map(({ what, subject, issuer }) => ({
      what: `the issuer with ${what}`,
      change: issuedAs(subject, issuer),
      bad: ['0: CERT_NOT_TRUSTED'],
    })),
    ...[0x13, 0x14, 0x16].map((tag) => ({
      what: `the issuer in capitals, with the tag ${tag}`,
      change: issuedAs('Some CA', der.tlv(tag, bytes('SOME CA'))),
    })),
    {
      what: 'the issuer with other case in BMPString',
      change: issuedAs(der.tlv(BMP, bytes('\0A')), der.tlv(BMP, bytes('\0a'))),
    },
    {
      what: 'the issuer with the same octets',
      change: issuedAs(der.tlv(BMP, bytes('\0A')), der.tlv(BMP, bytes('\0A'))),
    },
    {
      what: 'the issuer with an attribute of another type',
      change: { leaf: { issuer: [{ O: 'Example' }, { OU: 'Intermediate' }] } },
      bad: ['0: CERT_NOT_TRUSTED'],
    },
    {
      what: 'the issuer with an additional attribute in one set',
      change: { leaf: { issuer: [{ O: 'Example' }, { CN: 'Intermediate', OU: 'more' }] } },
      bad: ['0: CERT_NOT_TRUSTED'],
    },
    {
      what: 'the issuer with one attribute less in one set',
      change: {
        intermediate: { subject: [{ O: 'Example' }, { CN: 'Intermediate', OU: 'more' }] },
        leaf: { issuer: named('Intermediate') },
      },
      bad: ['0: CERT_NOT_TRUSTED'],
    },
    { what: 'two CAs with the same key', change: { intermediate: { key: keyOf('Root') } } },
    {
      what: 'a leaf with the name and the key of its issuer',
      change: { leaf: { subject: named('Intermediate'), key: keyOf('Intermediate') } },
      bad: ['0: CERT_NOT_TRUSTED'],
    },
    {
      what: 'the issuer with an additional attribute',
      change: { leaf: { issuer: [...[{ O: 'Example' }, { CN: 'Intermediate' }], { CN: 'more' }] } },
      bad: ['0: CERT_NOT_TRUSTED'],
    },
  ],
  SELF_SIGNED: [
    {
      what: 'a self-signed leaf',
      change: { leaf: { issuer: named(HOST), signer: keyOf(HOST) } },
      bad: ['0: CERT_NOT_TRUSTED'],
    },
    { what: 'a self-signed trust anchor' },
  ],
  SIGNATURE: [
    {
      what: 'a signature with one bit flipped',
      change: { leaf: { edit: { signature: flipBit } } },
      bad: ['0: CERT_SIGNATURE'],
    },
    {
      what: 'the same in an intermediate',
      change: { intermediate: { edit: { signature: flipBit } } },
      bad: ['1: CERT_SIGNATURE'],
    },
    {
      what: 'the same in an Ed25519 signature',
      change: {
        intermediate: { key: keyOf('Intermediate', 'ed25519') },
        leaf: { edit: { signature: flipBit } },
      },
      bad: ['0: CERT_BAD_PK', '0: CERT_SIGNATURE'],
      rfc5280: ['0: CERT_SIGNATURE'],
    },
    {
      what: 'the same in a root, whose signature is not verified',
      change: { root: { edit: { signature: flipBit } } },
    },
    {
      what: 'by another key, with equal key identifiers',
      change: { leaf: { signer: keyOf('Another') } },
      bad: ['0: CERT_SIGNATURE'],
    },
  ],
  WRONG_ISSUER: [
    {
      what: 'an intermediate with the same name and another key',
      ask: ({ leaf, root }) => ({ sent: [leaf, authority('Intermediate', root, { key: keyOf('Another') })] }),
      bad: ['0: CERT_WRONG_ISSUER'],
    },
    {
      what: 'the same, together with the right intermediate',
      ask: ({ leaf, intermediate, root }) => ({
        sent: [leaf, authority('Intermediate', root, { key: keyOf('Another') }), intermediate],
      }),
    },
  ],
  NOT_A_CA: [
    {
      what: 'an intermediate without basic constraints',
      change: { intermediate: { extensions: { basicConstraints: null, keyUsage: null } } },
      bad: ['1: CERT_NOT_A_CA'],
    },
    {
      what: 'an intermediate with CA:FALSE',
      change: { intermediate: { extensions: { basicConstraints: basicConstraints({ ca: false }), keyUsage: null } } },
      bad: ['1: CERT_NOT_A_CA'],
    },
    {
      what: 'a root without basic constraints',
      change: { root: { extensions: { basicConstraints: null, keyUsage: null } } },
      bad: ['2: CERT_NOT_A_CA'],
    },
    { what: 'an intermediate without key usage', change: { intermediate: { extensions: { keyUsage: null } } } },
    {
      what: 'an intermediate with CA:FALSE that may not sign certificates',
      change: {
        intermediate: {
          extensions: { basicConstraints: basicConstraints({ ca: false }), keyUsage: keyUsage('digitalSignature') },
        },
      },
      bad: ['1: CERT_NOT_A_CA'],
    },
    {
      what: 'an intermediate with an encoded CA:FALSE',
      change: {
        intermediate: {
          extensions: { basicConstraints: raw('2.5.29.19', der.sequence(der.boolean(false)), true), keyUsage: null },
        },
      },
      bad: ['1: CERT_NOT_A_CA'],
    },
  ],
  NO_CERT_SIGN: [
    {
      what: 'an intermediate that may only sign CRLs',
      change: { intermediate: { extensions: { keyUsage: keyUsage('cRLSign') } } },
      bad: ['1: CERT_NO_CERT_SIGN'],
    },
    {
      what: 'a root too',
      change: { root: { extensions: { keyUsage: keyUsage('cRLSign', 'digitalSignature') } } },
      bad: ['2: CERT_NO_CERT_SIGN'],
    },
    {
      what: 'an intermediate that may only sign certificates',
      change: { intermediate: { extensions: { keyUsage: keyUsage('keyCertSign') } } },
    },
  ],
  PATH_LENGTH: [
    {
      what: 'a root with path length 0 above one intermediate',
      change: { root: { extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 0 }) } } },
      bad: ['2: CERT_PATH_LENGTH'],
    },
    {
      what: 'a root with path length 1 above two intermediates',
      change: { root: { extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 1 }) } }, above: [{}] },
      bad: ['3: CERT_PATH_LENGTH'],
    },
    {
      what: 'an intermediate with path length 0 above another',
      change: { above: [{ extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 0 }) } }] },
      bad: ['2: CERT_PATH_LENGTH'],
    },
    {
      what: 'the exact path length in every CA',
      change: {
        root: { extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 2 }) } },
        above: [{ extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 1 }) } }],
        intermediate: { extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 0 }) } },
      },
    },
    {
      what: 'a self-issued intermediate, which does not count',
      change: {
        root: { extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 1 }) } },
        above: [{ subject: named('Root') }],
      },
    },
    {
      what: 'a self-issued leaf, which does not count',
      change: {
        intermediate: { extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 0 }) } },
        leaf: { subject: named('Intermediate') },
      },
    },
  ],
  DISTRUSTED: [
    {
      what: 'a leaf issued a second after the date of its root',
      change: { leaf: { notBefore: '2026-03-01T00:00:00Z' } },
      ask: () => ({ distrustAfter: new Date('2026-02-28T23:59:59Z') }),
      bad: ['0: CERT_DISTRUSTED'],
    },
    {
      what: 'a leaf issued at the date of its root',
      change: { leaf: { notBefore: '2026-02-28T23:59:59Z' } },
      ask: () => ({ distrustAfter: new Date('2026-02-28T23:59:59Z') }),
    },
    {
      what: 'an intermediate issued after the date of its root, with an older leaf',
      change: { intermediate: { notBefore: '2026-03-01T00:00:00Z' } },
      ask: () => ({ distrustAfter: new Date('2026-02-28T23:59:59Z') }),
    },
    {
      what: 'a date after 2038',
      change: { leaf: { notBefore: '2026-03-01T00:00:00Z' } },
      ask: () => ({ distrustAfter: new Date('2100-01-01T00:00:00Z') }),
    },
  ],
  PATH_TOO_LONG: [
    {
      what: '20 certificates below the anchor',
      change: { above: Array.from({ length: 18 }, () => ({})) },
      bad: ['19: CERT_TOO_DEEP'],
    },
    { what: '19 certificates below the anchor', change: { above: Array.from({ length: 17 }, () => ({})) } },
  ],
  TOO_DEEP: [
    { what: 'one intermediate, with maxDepth 0', ask: () => ({ maxDepth: 0 }), bad: ['0: CERT_TOO_DEEP'] },
    { what: 'one intermediate, with maxDepth 1', ask: () => ({ maxDepth: 1 }) },
    {
      what: 'two intermediates, with maxDepth 1',
      change: { above: [{}] },
      ask: () => ({ maxDepth: 1 }),
      bad: ['0: CERT_TOO_DEEP'],
    },
    {
      what: 'a self-issued intermediate, which does not count',
      change: { above: [{ subject: named('Root') }] },
      ask: () => ({ maxDepth: 1 }),
    },
    {
      what: 'an anchor, which does not count',
      change: { above: [{}] },
      ask: ({ above }) => ({ anchors: above, maxDepth: 1 }),
    },
    {
      what: 'an intermediate without an anchor above it, which counts',
      ask: () => ({ anchors: [authority('Another', undefined)], maxDepth: 0 }),
      bad: ['0: CERT_TOO_DEEP', '1: CERT_NOT_TRUSTED'],
    },
  ],
  BUDGET: [
    { what: '22 CAs with one name before the issuer', ask: (made) => ({ sent: crowd(made, 22) }) },
    { what: '11 CAs with P-521 keys', ask: (made) => ({ sent: crowd(made, 11, 'secp521r1') }) },
    {
      what: '12 CAs with P-521 keys',
      ask: (made) => ({ sent: crowd(made, 12, 'secp521r1') }),
      bad: ['0: CERT_BUDGET'],
    },
    { what: '23 CAs with one name', ask: (made) => ({ sent: crowd(made, 23) }), bad: ['1: CERT_BUDGET'] },
    { what: '100 CAs with one name', ask: (made) => ({ sent: crowd(made, 100) }), bad: ['0: CERT_BUDGET'] },
  ],
};
