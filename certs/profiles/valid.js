/**
 * Chains without a mistake: every kind of key and signature, and every extension. pagetls cannot use all of them.
 */
import { authorityInfoAccess, certificatePolicies, crlDistributionPoints, raw, subjectAltName } from '../extensions.js';
import { utf8String } from '../der.js';
import { intermediate, leaf, named, NEGATIVE_VERSION, ordinaryNames, profile, rejected, root } from '../profile.js';

/** @typedef {import('../keys.js').KeyKind} KeyKind */
/** @typedef {import('../profile.js').Entity} Entity */

/**
 * @param {string} id
 * @param {[root: KeyKind, intermediate: KeyKind, leaf: KeyKind]} keys
 * @param {Entity['fields']} [fields]
 * @returns {Record<string, Entity>} a chain with its own root and intermediate
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

export const VALID_CASES = [
  profile({
    id: 'good-p256',
    title: 'ECDSA P-256 throughout',
    explain: 'Root, intermediate and leaf have P-256 keys; nothing is wrong.',
  }),
  profile({
    id: 'good-p384',
    title: 'ECDSA P-384 throughout',
    explain: 'Root, intermediate and leaf have P-384 keys and SHA-384 signatures.',
    certificates: chainOf('good-p384', ['p384', 'p384', 'p384']),
  }),
  profile({
    id: 'good-p521',
    title: 'ECDSA P-521 throughout',
    explain: 'Root, intermediate and leaf have P-521 keys and SHA-512 signatures.',
    certificates: chainOf('good-p521', ['p521', 'p521', 'p521']),
  }),
  profile({
    id: 'good-rsa2048',
    title: 'RSA-2048 throughout',
    explain: 'Root, intermediate and leaf have 2048-bit RSA keys; signatures are PKCS#1 v1.5 with SHA-256.',
    certificates: chainOf('good-rsa2048', ['rsa2048', 'rsa2048', 'rsa2048']),
  }),
  profile({
    id: 'good-rsa-pss',
    title: 'RSA keys, RSA-PSS signatures',
    explain: 'The keys are ordinary RSA keys; every signature is RSA-PSS with a 32-byte salt.',
    certificates: chainOf('good-rsa-pss', ['rsa2048', 'rsa2048', 'rsa2048'], { signature: 'rsa-pss-sha256' }),
  }),
  profile({
    id: 'good-rsa-pss-key',
    title: 'RSA-PSS key',
    explain: 'The leaf’s key is restricted to RSA-PSS (id-RSASSA-PSS), which this client does not support.',
    certificates: { leaf: leaf('good-rsa-pss-key', { key: 'rsa-pss' }) },
    serve: false,
    expected: rejected('BADCERT_BAD_PK', 0, 'KEY_UNSUPPORTED'),
  }),
  profile({
    id: 'good-ed25519-key',
    title: 'Ed25519 chain',
    explain: 'Keys and signatures below the root are Ed25519, which the client’s profile, “rfc5280”, accepts.',
    certificates: chainOf('good-ed25519-key', ['p256', 'ed25519', 'ed25519']),
    profile: 'rfc5280',
  }),
  profile({
    id: 'good-p224-key',
    title: 'P-224 key',
    explain: 'The leaf’s key is on the P-224 curve, which this client does not support.',
    certificates: { leaf: leaf('good-p224-key', { key: 'p224' }) },
    serve: false,
    expected: rejected('BADCERT_BAD_PK', 0, 'KEY_UNSUPPORTED'),
  }),
  profile({
    id: 'good-mixed',
    title: 'RSA root, P-384 intermediate, P-256 leaf',
    explain: 'Each certificate has a different kind of key, as in most real chains.',
    certificates: chainOf('good-mixed', ['rsa2048', 'p384', 'p256']),
  }),
  profile({
    id: 'good-root-sent',
    title: 'Root sent as well',
    explain: 'The server also sends the root, which is unnecessary but harmless.',
    server: { chain: ['leaf', 'intermediate', 'root'] },
  }),
  profile({
    id: 'good-other-order',
    title: 'Out of order, with an extra certificate',
    explain: 'The server sends the intermediates in reverse order, plus an unrelated certificate.',
    certificates: {
      leaf: leaf('good-other-order', { issuer: 'lower' }),
      lower: intermediate('lower', { issuer: 'upper', subject: named('pagetls Test Lower') }),
      upper: intermediate('upper', { subject: named('pagetls Test Upper') }),
    },
    server: { chain: ['leaf', 'intermediate', 'upper', 'lower'] },
  }),
  profile({
    id: 'good-unreadable-extra',
    title: 'Unreadable extra certificate',
    explain: 'After a complete chain the server sends a certificate with a negative version, which is ignored.',
    certificates: {
      extra: intermediate('extra', { subject: named('pagetls Test Extra'), fields: { version: NEGATIVE_VERSION } }),
    },
    malformed: true,
    server: { chain: ['leaf', 'intermediate', 'extra'] },
  }),
  profile({
    id: 'good-cross-signed',
    title: 'Cross-signed',
    explain: 'Two certificates share the intermediate’s key; the one sent first leads to an untrusted root.',
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
      'The leaf has every kind of alternative name, policies with qualifiers, and URLs for OCSP, CRL and issuer.',
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
