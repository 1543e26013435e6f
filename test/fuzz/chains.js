/**
 * Chains that only the fuzzer needs: every extension that the verifier reads, many paths to an anchor, and CRLs of
 * every scope, in as few certificates as possible. Declared like the cases of certs/.
 */
import * as der from '../../certs/der.js';
import * as extension from '../../certs/extensions.js';
import { intermediate, leaf, named, profile, root } from '../../certs/profile.js';

/** @typedef {import('../../certs/names.js').GeneralName} GeneralName */
/** @typedef {import('../../certs/profile.js').Profile} Profile */

/** Names of every kind, and constraints that match them or do not. */
export const NAMES = {
  /** @type {GeneralName[]} */
  present: [
    { dns: 'www.example.com' },
    { dns: '*.example.com' },
    { ip: '192.0.2.7' },
    { ip: '2001:db8::7' },
    { email: 'root@mail.example.com' },
    { uri: 'https://user@www.example.com:8443/path?x#y' },
    { dirName: [{ C: 'NL' }, { O: 'Example' }, { CN: 'www.example.com' }] },
    { otherName: { oid: '1.3.6.1.4.1.311.20.2.3', value: der.utf8String('www@example.com') } },
    { registeredID: '1.3.6.1.4.1.99999.1' },
  ],
  /** Names that must not match a host. @type {GeneralName[]} */
  misleading: [
    { dns: '*.test' },
    { dns: 'w*.a.test' },
    { dns: '*.*.test' },
    { dns: '_a.test' },
    { dns: '192.0.2.7' },
    { dns: 'a.test.' },
    { uri: 'a.test' },
  ],
  /** @type {GeneralName[]} */
  permitted: [
    { dns: 'example.com' },
    { ip: '192.0.2.0/24' },
    { ip: '2001:db8::/32' },
    { email: 'root@mail.example.com' },
    { email: '.example.com' },
    { email: 'mail.example.com' },
    { uri: '.example.com' },
    { uri: 'www.example.com' },
    { dirName: [{ C: 'NL' }, { O: 'example ' }] },
  ],
  /** @type {GeneralName[]} */
  excluded: [
    { dns: 'evil.example.com' },
    { ip: '198.51.100.0/24' },
    { email: 'evil@mail.example.com' },
    { uri: '.evil.example.com' },
    { dirName: [{ C: 'NL' }, { O: 'Evil' }] },
  ],
};

const HOST = 'www.example.com';
const { permitted, excluded, present } = NAMES;
const number = (/** @type {number} */ value) => der.primitive(0, Uint8Array.of(value));
/** @type {Record<string, string | der.Der>[]} */
const odd = [
  { C: der.printableString('NL'), '2.5.4.65': der.tlv(0x14, Buffer.from('caf\xe9', 'latin1')) },
  { O: der.tlv(0x1e, Uint8Array.of(0, 0x41, 0xd8, 0, 0x20, 0xac)) },
  { L: der.tlv(0x0c, Uint8Array.of(0xed, 0xa0, 0x80)), ST: der.utf8String('\u{10ffff}"\\\u007f') },
  { OU: der.tlv(0x1c, Uint8Array.of(0, 1, 0xf6, 0, 0, 0, 0, 0x2c)) },
  { emailAddress: 'root@mail.example.com', CN: ' #www+example,com ' },
];

const everyField = extension.authorityKeyIdentifier({
  id: Uint8Array.of(1, 2, 3),
  issuer: named('Somebody'),
  serial: 99n,
});
const WRONG = { serial: 0n, notAfter: der.generalizedTime('20250101000000Z') };
const alike = {
  subjectKeyIdentifier: extension.subjectKeyIdentifier(Uint8Array.of(1, 2, 3)),
  authorityKeyIdentifier: extension.authorityKeyIdentifier({ id: Uint8Array.of(1, 2, 3) }),
};
const MANY = Array.from({ length: 16 }, (_, i) => `ca${i}`);
const SAME = MANY.slice(0, 8);

/** @type {(Partial<Profile> & Pick<Profile, 'id'>)[]} */
const DECLARED = [
  {
    id: 'constrained',
    certificates: {
      leaf: leaf('', {
        subject: [{ C: 'NL' }, { O: 'Example' }, { CN: HOST }],
        names: present.slice(0, 7),
      }),
      intermediate: intermediate('intermediate', {
        extensions: { nameConstraints: extension.nameConstraints({ permitted, excluded }) },
      }),
    },
  },
  {
    id: 'constrained-subject',
    certificates: {
      leaf: leaf('', { subject: odd, extensions: { subjectAltName: null } }),
      intermediate: intermediate('intermediate', {
        extensions: { nameConstraints: extension.nameConstraints({ permitted: [{ email: 'mail.example.com' }] }) },
      }),
    },
  },
  {
    id: 'policies',
    certificates: {
      leaf: leaf('', {
        names: present,
        extensions: {
          certificatePolicies: extension.certificatePolicies({ oid: '2.23.140.1.2.1' }),
          crlDistributionPoints: extension.crlDistributionPoints('http://a.example/1', 'http://a.example/2'),
          authorityInfoAccess: extension.authorityInfoAccess({ ocsp: ['http://a.example/'] }),
        },
      }),
      intermediate: intermediate('intermediate', {
        extensions: {
          certificatePolicies: extension.certificatePolicies({ oid: '2.5.29.32.0' }),
          policyConstraints: extension.raw('2.5.29.36', der.sequence(number(0)), true),
          inhibitAnyPolicy: extension.raw('2.5.29.54', der.integer(0), true),
          policyMappings: extension.raw(
            '2.5.29.33',
            der.sequence(der.sequence(der.oid('2.23.140.1.2.1'), der.oid('2.23.140.1.2.2'))),
            true,
          ),
        },
      }),
    },
  },
  {
    id: 'many-paths',
    certificates: {
      leaf: leaf('', { names: [{ dns: HOST }], issuer: 'one' }),
      one: intermediate('one', { issuer: 'two', subject: named('One') }),
      two: intermediate('two', { issuer: 'one', subject: named('Two') }),
      three: intermediate('three', { issuer: 'root', subject: named('Two') }),
      four: intermediate('four', { issuer: 'other', subject: named('One') }),
      five: intermediate('five', { issuer: 'five', subject: named('One') }),
      other: root('other', { subject: named('Two') }),
    },
    server: { chain: ['leaf', 'one', 'two', 'three', 'four', 'five'] },
    trust: ['root', 'other'],
  },
  {
    id: 'dead-end',
    certificates: {
      leaf: leaf('', { names: [{ dns: HOST }], issuer: 'one', extensions: alike }),
      one: intermediate('one', { subject: named('One'), extensions: alike }),
      dead: intermediate('dead', { subject: named('One'), issuer: 'nobody', extensions: alike }),
      nobody: root('nobody'),
    },
    server: { chain: ['leaf', 'dead', 'one'] },
  },
  {
    id: 'no-extended-key-usage', // not valid by webpki
    certificates: { leaf: leaf('', { names: [{ dns: HOST }], extensions: { extKeyUsage: null } }) },
  },
  {
    id: 'deep',
    certificates: {
      leaf: leaf('', { names: [{ dns: HOST }], issuer: 'self' }),
      self: intermediate('self', { issuer: 'deeper', subject: named('Deeper') }),
      deeper: intermediate('deeper', {
        issuer: 'deep',
        subject: named('Deeper'),
        extensions: { basicConstraints: extension.basicConstraints({ ca: true, pathLen: 1 }) },
      }),
      deep: intermediate('deep', { issuer: 'intermediate', subject: named('Deep') }),
    },
    server: { chain: ['leaf', 'self', 'deeper', 'deep', 'intermediate'] },
  },
  {
    id: 'trusted-itself',
    certificates: { leaf: leaf('', { names: [{ dns: HOST }], issuer: 'leaf' }) },
    server: { chain: ['leaf'] },
    trust: ['leaf'],
  },
  {
    id: 'odd-names',
    certificates: {
      leaf: leaf('', {
        names: [{ ip: '2001:db8::7' }, { ip: '192.0.2.7' }, { dns: 'WWW.Example.com' }],
        subject: [{ CN: '2001:DB8::7' }, { CN: 'www.EXAMPLE.com' }, { CN: '0xC0000207' }, ...odd],
        extensions: {
          extKeyUsage: extension.extKeyUsage('serverAuth', 'any', 'clientAuth'),
          unknown: extension.raw('1.3.6.1.4.1.99999.3', der.utf8String('unknown'), true),
        },
      }),
    },
  },
  {
    id: 'odd-fields',
    certificates: {
      root: root('root', { extensions: { authorityKeyIdentifier: everyField } }),
      leaf: leaf('', {
        names: [{ dns: HOST }],
        issuer: 'root',
        extensions: { authorityKeyIdentifier: everyField },
        fields: {
          uniqueIds: der.concat(der.constructed(1, Uint8Array.of(0, 1)), der.constructed(2, Uint8Array.of(0, 2))),
          notBefore: der.generalizedTime('20240101000000Z'),
          notAfter: der.generalizedTime('99991231235959Z'),
        },
      }),
    },
    server: { chain: ['leaf'] },
  },
  {
    id: 'all-wrong',
    certificates: {
      leaf: leaf('', { names: SAME.map((name) => ({ dns: `${name}.example` })), issuer: 'ca0', fields: WRONG }),
      ...Object.fromEntries(
        SAME.map((name, i) => [
          name,
          intermediate(name, {
            issuer: SAME[i + 1] ?? 'root',
            subject: named(name),
            extensions: {
              ...Object.fromEntries(['authorityKeyIdentifier', 'subjectKeyIdentifier'].map((id) => [id, null])),
              basicConstraints: { ...extension.basicConstraints({ ca: true, pathLen: 0 }), critical: false },
              keyUsage: extension.keyUsage('digitalSignature'),
              extKeyUsage: extension.extKeyUsage('clientAuth'),
            },
            fields: WRONG,
          }),
        ]),
      ),
    },
    server: { chain: ['leaf', ...SAME] },
  },
  {
    id: 'one-name',
    certificates: {
      root: root('root', { subject: named('One'), extensions: alike }), // it signed none of them
      leaf: leaf('', { names: [{ dns: HOST }], issuer: 'ca0', extensions: alike }),
      ...Object.fromEntries(
        MANY.map((name) => [name, intermediate(name, { issuer: 'ca0', subject: named('One'), extensions: alike })]),
      ),
    },
    server: { chain: ['leaf', ...MANY] },
  },
  {
    id: 'crls',
    certificates: {
      leaf: leaf('', {
        names: [{ dns: HOST }],
        extensions: { crlDistributionPoints: extension.crlDistributionPoints('http://a.example/1') },
      }),
    },
    crls: [
      {
        issuer: 'intermediate',
        fields: {
          extensions: [extension.issuingDistributionPoint({ uri: 'http://a.example/1', onlyUserCerts: true })],
          revoked: [
            { serial: 7n, date: '2026-01-01T00:00:00Z', reason: 'keyCompromise' },
            {
              serial: 8n,
              date: '2052-01-01T00:00:00Z',
              extensions: [extension.raw('2.5.29.29', der.sequence(), true)],
            },
          ],
        },
      },
      {
        issuer: 'intermediate',
        revoked: [{ certificate: 'leaf' }],
        fields: { extensions: [extension.issuingDistributionPoint({ uri: 'http://a.example/2' })] },
      },
      {
        issuer: 'intermediate',
        fields: {
          extensions: [
            extension.raw('2.5.29.28', der.sequence(der.constructed(0), der.primitive(5, Uint8Array.of(0xff))), true),
          ],
        },
      },
      { issuer: 'intermediate', revoked: [{ certificate: 'leaf' }], fields: { version: 1, extensions: [] } },
      {
        issuer: 'root',
        fields: {
          extensions: [
            extension.issuingDistributionPoint({ onlyCACerts: true }),
            extension.raw('2.5.29.27', der.integer(1), true),
          ],
        },
      },
    ],
  },
  {
    id: 'crls-delta',
    certificates: { leaf: leaf('', { names: [{ dns: HOST }] }) },
    crls: [
      { issuer: 'intermediate', revoked: [{ certificate: 'leaf', reason: 'certificateHold' }], fields: { number: 5 } },
      {
        issuer: 'intermediate',
        revoked: [{ certificate: 'leaf', reason: 'removeFromCRL' }],
        extensions: [extension.deltaCrlIndicator(4)],
        fields: { number: 6 },
      },
      { issuer: 'intermediate', extensions: [extension.deltaCrlIndicator(6)], fields: { number: 7 } },
      { issuer: 'root', fields: { number: 5, nextUpdate: '2026-06-15T11:59:59Z' } },
      { issuer: 'root', extensions: [{ ...extension.deltaCrlIndicator(5), critical: false }], fields: { number: 6 } },
    ],
  },
  {
    id: 'crls-hold',
    certificates: { leaf: leaf('', { names: [{ dns: HOST }] }) },
    crls: [
      { issuer: 'intermediate', revoked: [{ certificate: 'leaf', reason: 'certificateHold' }], fields: { number: 5 } },
      { issuer: 'intermediate', fields: { number: 6 } },
      { issuer: 'root', revoked: [{ certificate: 'intermediate', reason: 'certificateHold' }], fields: { number: 6 } },
      { issuer: 'root', fields: { number: 5 } },
    ],
  },
  {
    id: 'crls-scopes',
    certificates: {
      leaf: leaf('', {
        names: [{ dns: HOST }],
        extensions: {
          crlDistributionPoints: extension.crlDistributionPoints(
            { uri: 'http://a.example/1', reasons: ['keyCompromise', 'aACompromise'] },
            { relative: [{ CN: 'CRL1' }], crlIssuer: [{ dirName: named('pagetls Test Intermediate') }] },
          ),
          issuerAltName: extension.raw('2.5.29.18', der.sequence(der.primitive(2, Buffer.from('a.example')))),
        },
      }),
    },
    crls: [
      {
        issuer: 'intermediate',
        extensions: [
          extension.issuingDistributionPoint({
            names: [{ uri: 'http://a.example/1' }, { dirName: named('pagetls Test Intermediate') }],
            onlySomeReasons: ['keyCompromise', 'superseded', 'aACompromise'],
            indirect: true,
          }),
        ],
        fields: {
          revoked: [
            {
              serial: 7n,
              date: '2026-01-01T00:00:00Z',
              extensions: [extension.certificateIssuer({ dns: 'a.example' }, { dirName: named('Elsewhere') })],
            },
            { serial: 8n, date: '2026-01-01T00:00:00Z' },
          ],
        },
      },
      { issuer: 'intermediate', extensions: [extension.issuingDistributionPoint({ relative: [{ CN: 'CRL1' }] })] },
      { issuer: 'root', extensions: [extension.issuingDistributionPoint({ names: [{ dns: 'a.example' }] })] },
    ],
  },
  {
    id: 'crls-rsa',
    certificates: {
      root: root('root', { key: 'rsa2048', fields: { signature: 'rsa-pss-sha256' } }),
      leaf: leaf('', { names: [{ dns: HOST }], issuer: 'root', key: 'rsa2048' }),
    },
    server: { chain: ['leaf'] },
    crls: [
      {
        issuer: 'root',
        revoked: [{ certificate: 'leaf' }, { certificate: 'root' }],
        fields: { signature: 'rsa-pss-sha256' },
      },
    ],
  },
];

/** @type {Profile[]} */
export const CHAINS = DECLARED.map((declared) => profile({ title: '', explain: '', hostname: HOST, ...declared }));
