/**
 * Paths that do not lead to a trusted root, or that an authority on the way may not make.
 */
import { authorityKeyIdentifier, basicConstraints, keyUsage } from '../extensions.js';
import { intermediate, leaf, named, NEGATIVE_VERSION, profile, refused, root } from '../profile.js';

export const PATH_CASES = [
  profile({
    id: 'self-signed',
    title: 'Self-signed',
    explain: 'The server made its certificate itself, and nobody that is trusted vouches for it.',
    certificates: {
      leaf: leaf('self-signed', { issuer: 'leaf' }),
    },
    server: { chain: ['leaf'] },
    expected: refused('BADCERT_NOT_TRUSTED', 0, 'SELF_SIGNED'),
    openssl: 'self-signed certificate',
  }),
  profile({
    id: 'untrusted-root',
    title: 'Untrusted root',
    explain: 'The chain is whole, and its root is not among those that are trusted.',
    certificates: {
      stranger: root('stranger', { subject: named('pagetls Untrusted Root') }),
      intermediate: intermediate('intermediate', {
        issuer: 'stranger',
        subject: named('pagetls Untrusted Intermediate'),
      }),
    },
    expected: refused('BADCERT_NOT_TRUSTED', 1, 'NOT_TRUSTED'),
    openssl: 'unable to get local issuer certificate',
  }),
  profile({
    id: 'missing-intermediate',
    title: 'Missing intermediate',
    explain: 'The server sends its own certificate only, so nothing joins it to the trusted root.',
    server: { chain: ['leaf'] },
    expected: refused('BADCERT_NOT_TRUSTED', 0, 'NOT_TRUSTED'),
    openssl: 'unable to get local issuer certificate',
  }),
  profile({
    id: 'bad-signature',
    title: 'Altered signature',
    explain: 'One bit of the signature on the leaf was turned, so the issuer did not sign this certificate.',
    certificates: {
      leaf: leaf('bad-signature', {
        fields: { edit: { signature: turnLastBit } },
      }),
    },
    expected: refused('BADCERT_NOT_TRUSTED', 0, 'SIGNATURE'),
    openssl: 'certificate signature failure',
  }),
  profile({
    id: 'wrong-intermediate',
    title: 'The wrong intermediate',
    explain: 'The server sends an intermediate of the right name that has another key than the one that signed.',
    certificates: {
      leaf: leaf('wrong-intermediate', { issuer: 'signed' }),
      signed: intermediate('signed', { subject: named('pagetls Test Two Keys') }),
      sent: intermediate('sent', { subject: named('pagetls Test Two Keys') }),
    },
    server: { chain: ['leaf', 'sent'] },
    expected: refused('BADCERT_NOT_TRUSTED', 0, 'WRONG_ISSUER'),
    openssl: 'unable to get local issuer certificate',
  }),
  profile({
    id: 'key-identifier-mismatch',
    title: 'A key identifier that does not match',
    explain: 'The intermediate signed the leaf, but the leaf names the key of its issuer by another identifier.',
    certificates: {
      leaf: leaf('key-identifier-mismatch', {
        extensions: { authorityKeyIdentifier: authorityKeyIdentifier({ id: new Uint8Array(20).fill(0x11) }) },
      }),
    },
    expected: refused('BADCERT_OTHER', 0, 'AKI_MISMATCH'),
    openssl: 'unable to get local issuer certificate',
  }),
  profile({
    id: 'ca-without-ca-true',
    title: 'Signed by a certificate that is no authority',
    explain: 'The intermediate says CA:FALSE in its basic constraints, so it may not issue certificates.',
    certificates: {
      intermediate: intermediate('intermediate', {
        subject: named('pagetls Test Not An Authority'),
        extensions: { basicConstraints: basicConstraints({ ca: false }) },
      }),
    },
    expected: refused(['BADCERT_NOT_TRUSTED', 'BADCERT_OTHER'], 1, 'NOT_A_CA', 'CERT_SIGN_NOT_CA'),
    openssl: 'invalid CA certificate',
  }),
  profile({
    id: 'ca-without-keycertsign',
    title: 'An authority that may not sign certificates',
    explain: 'The key usage of the intermediate leaves out keyCertSign.',
    certificates: {
      intermediate: intermediate('intermediate', {
        subject: named('pagetls Test Lists Only'),
        extensions: { keyUsage: keyUsage('digitalSignature', 'cRLSign') },
      }),
    },
    expected: refused('BADCERT_NOT_TRUSTED', 1, 'NO_CERT_SIGN'),
    openssl: 'key usage does not include certificate signing',
  }),
  profile({
    id: 'path-length',
    title: 'Path too long',
    explain: 'The intermediate may issue to servers only (path length 0), and it issued another authority.',
    certificates: {
      leaf: leaf('path-length', { issuer: 'sub' }),
      sub: intermediate('sub', { issuer: 'short', subject: named('pagetls Test Authority Too Many') }),
      short: intermediate('short', {
        subject: named('pagetls Test Path Length 0'),
        extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 0 }) },
      }),
    },
    server: { chain: ['leaf', 'sub', 'short'] },
    expected: refused('BADCERT_NOT_TRUSTED', 2, 'PATH_LENGTH'),
    openssl: 'path length constraint exceeded',
  }),
  profile({
    id: 'unreadable-intermediate',
    title: 'An intermediate that cannot be read',
    explain: 'The version of the intermediate is below zero, so it is passed over, and then the chain has a gap.',
    certificates: {
      intermediate: intermediate('intermediate', {
        subject: named('pagetls Test Version'),
        fields: { version: NEGATIVE_VERSION },
      }),
    },
    malformed: true,
    expected: { ...refused('BADCERT_NOT_TRUSTED', 0, 'NOT_TRUSTED'), error: 'version: bad-value' },
  }),
  profile({
    id: 'unsupported-intermediate',
    title: 'An intermediate with a P-224 key',
    explain: 'The key of the intermediate is on the curve P-224, which this client cannot verify signatures with.',
    certificates: {
      intermediate: intermediate('intermediate', { key: 'p224', subject: named('pagetls Test P-224') }),
    },
    expected: refused('BADCERT_BAD_PK', 1, 'KEY_UNSUPPORTED'),
  }),
];

/** @param {Uint8Array} bytes @returns {Uint8Array} */
function turnLastBit(bytes) {
  return bytes.map((octet, i) => (i === bytes.length - 1 ? octet ^ 1 : octet));
}
