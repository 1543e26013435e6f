/**
 * Chains that hold: every kind of key and signature, and every extension.
 */
import { authorityInfoAccess, certificatePolicies, crlDistributionPoints, raw, subjectAltName } from '../extensions.js';
import { utf8String } from '../der.js';
import { intermediate, leaf, named, NEGATIVE_VERSION, ordinaryNames, profile, refused, root } from '../profile.js';

/** @typedef {import('../keys.js').KeyKind} KeyKind */
/** @typedef {import('../profile.js').Entity} Entity */

/**
 * @param {string} id
 * @param {[root: KeyKind, intermediate: KeyKind, leaf: KeyKind]} keys
 * @param {Entity['fields']} [fields]
 * @returns {Record<string, Entity>} a chain of its own
 */
function chainOf(id, keys, fields) {
  return {
    root: root('root', { key: keys[0], subject: named(`pagetls Test Root ${id}`), fields }),
    intermediate: intermediate('intermediate', {
      key: keys[1],
      subject: named(`pagetls Test Intermediate ${id}`),
      fields,
    }),
    leaf: leaf(id, { key: keys[2], fields }),
  };
}

export const GOOD_CASES = [
  profile({
    id: 'good-p256',
    title: 'ECDSA P-256 throughout',
    explain: 'Root, intermediate and leaf all have P-256 keys and nothing is wrong.',
  }),
  profile({
    id: 'good-p384',
    title: 'ECDSA P-384 throughout',
    explain: 'Root, intermediate and leaf all have P-384 keys and sign with SHA-384.',
    certificates: chainOf('good-p384', ['p384', 'p384', 'p384']),
  }),
  profile({
    id: 'good-p521',
    title: 'ECDSA P-521 throughout',
    explain: 'Root, intermediate and leaf all have P-521 keys and sign with SHA-512.',
    certificates: chainOf('good-p521', ['p521', 'p521', 'p521']),
  }),
  profile({
    id: 'good-rsa2048',
    title: 'RSA-2048 throughout',
    explain: 'Root, intermediate and leaf all have 2048-bit RSA keys and PKCS#1 v1.5 signatures with SHA-256.',
    certificates: chainOf('good-rsa2048', ['rsa2048', 'rsa2048', 'rsa2048']),
  }),
  profile({
    id: 'good-rsa-pss',
    title: 'RSA keys, RSA-PSS signatures',
    explain: 'The keys are ordinary RSA keys, and every certificate is signed with RSA-PSS and a salt of 32 bytes.',
    certificates: chainOf('good-rsa-pss', ['rsa2048', 'rsa2048', 'rsa2048'], { signature: 'rsa-pss-sha256' }),
  }),
  profile({
    id: 'good-rsa-pss-key',
    title: 'An RSA-PSS key',
    explain: 'The key of the leaf is bound to RSA-PSS (id-RSASSA-PSS), a kind of key that this client cannot use.',
    certificates: { leaf: leaf('good-rsa-pss-key', { key: 'rsa-pss' }) },
    serve: false,
    expected: refused('BADCERT_BAD_PK', 0, 'KEY_UNSUPPORTED'),
  }),
  profile({
    id: 'good-ed25519-key',
    title: 'An Ed25519 chain',
    explain: 'Below the root keys and signatures are Ed25519, which this client cannot use.',
    certificates: chainOf('good-ed25519-key', ['p256', 'ed25519', 'ed25519']),
    serve: false,
    expected: {
      ...refused('BADCERT_BAD_PK', 0),
      problems: ['0: KEY_UNSUPPORTED', '0: SIGNATURE_UNSUPPORTED', '1: KEY_UNSUPPORTED'],
    },
  }),
  profile({
    id: 'good-p224-key',
    title: 'A P-224 key',
    explain: 'The key of the leaf is on the curve P-224, which this client cannot use.',
    certificates: { leaf: leaf('good-p224-key', { key: 'p224' }) },
    serve: false,
    expected: refused('BADCERT_BAD_PK', 0, 'KEY_UNSUPPORTED'),
  }),
  profile({
    id: 'good-mixed',
    title: 'RSA root, P-384 intermediate, P-256 leaf',
    explain: 'Each certificate has another kind of key, as in most real chains.',
    certificates: chainOf('good-mixed', ['rsa2048', 'p384', 'p256']),
  }),
  profile({
    id: 'good-root-sent',
    title: 'The root is sent too',
    explain: 'The server also sends the root, which is needless and harmless.',
    server: { chain: ['leaf', 'intermediate', 'root'] },
  }),
  profile({
    id: 'good-other-order',
    title: 'In another order, with one more',
    explain: 'The server sends its intermediates topmost first, and a certificate that has nothing to do with it.',
    certificates: {
      leaf: leaf('good-other-order', { issuer: 'lower' }),
      lower: intermediate('lower', { issuer: 'upper', subject: named('pagetls Test Lower') }),
      upper: intermediate('upper', { subject: named('pagetls Test Upper') }),
    },
    server: { chain: ['leaf', 'intermediate', 'upper', 'lower'] },
  }),
  profile({
    id: 'good-unreadable-extra',
    title: 'One more that cannot be read',
    explain: 'After a whole chain the server sends a certificate of a version below zero, which is passed over.',
    certificates: {
      extra: intermediate('extra', { subject: named('pagetls Test Extra'), fields: { version: NEGATIVE_VERSION } }),
    },
    malformed: true,
    server: { chain: ['leaf', 'intermediate', 'extra'] },
  }),
  profile({
    id: 'good-cross-signed',
    title: 'Cross-signed',
    explain:
      'The intermediate has two certificates with one key: the one sent first leads to a root that is not trusted.',
    certificates: {
      leaf: leaf('good-cross-signed', { issuer: 'ours' }),
      stranger: root('stranger', { subject: named('pagetls Other Root') }),
      theirs: intermediate('theirs', { issuer: 'stranger', sameKeyAs: 'ours', subject: named('pagetls Test Crossed') }),
      ours: intermediate('ours', { subject: named('pagetls Test Crossed') }),
    },
    server: { chain: ['leaf', 'theirs', 'ours'] },
    openssl: 'unable to get local issuer certificate',
  }),
  profile({
    id: 'good-rich',
    title: 'Many extensions',
    explain:
      'The leaf has every kind of alternative name, policies with qualifiers, and addresses for status and issuer.',
    certificates: {
      leaf: leaf('good-rich', {
        subject: [
          { C: 'NL' },
          { ST: 'Gelderland', L: 'Arnhem' },
          { O: 'pagetls test', OU: 'Bücher' },
          { CN: 'good-rich.pagetls.test' },
        ],
        extensions: {
          subjectAltName: subjectAltName([
            ...ordinaryNames('good-rich'),
            { ip: '2001:db8::1' },
            { uri: 'https://good-rich.pagetls.test/about' },
            { email: 'hostmaster@good-rich.pagetls.test' },
            { dirName: named('Good Rich') },
            { otherName: { oid: '1.3.6.1.4.1.311.20.2.3', value: utf8String('rich@pagetls.test') } },
            { registeredID: '1.3.6.1.4.1.99999.1' },
          ]),
          certificatePolicies: certificatePolicies(
            { oid: '2.23.140.1.2.2', cps: 'https://pki.pagetls.test/cps' },
            {
              oid: '1.3.6.1.4.1.99999.2',
              notice: { organization: 'pagetls test', numbers: [1, 2], text: 'For tests only.' },
            },
          ),
          authorityInfoAccess: authorityInfoAccess({
            ocsp: ['http://ocsp.pagetls.test/'],
            issuers: ['http://pki.pagetls.test/intermediate.cer'],
          }),
          crlDistributionPoints: crlDistributionPoints('http://pki.pagetls.test/intermediate.crl'),
          unknown: raw('1.3.6.1.4.1.99999.3', utf8String('an extension that nobody knows')),
        },
      }),
    },
  }),
];
