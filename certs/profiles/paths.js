/**
 * Paths that do not lead to a trust anchor, or on which a certificate may not issue the next one.
 */
import { authorityKeyIdentifier, basicConstraints, keyUsage } from '../extensions.js';
import { intermediate, leaf, named, NEGATIVE_VERSION, profile, rejected, root } from '../profile.js';

export const PATH_CASES = [
  profile({
    id: 'self-signed',
    title: 'Self-signed',
    explain: 'The server signed its own certificate, and no trusted CA vouches for it.',
    certificates: {
      leaf: leaf('self-signed', { issuer: 'leaf' }),
    },
    server: { chain: ['leaf'] },
    expected: rejected('BADCERT_NOT_TRUSTED', 0, 'SELF_SIGNED'),
    openssl: 'self-signed certificate',
  }),
  profile({
    id: 'untrusted-root',
    title: 'Untrusted root',
    explain: 'The chain is complete, but its root is not trusted.',
    certificates: {
      stranger: root('stranger', { subject: named('pagetls Untrusted Root') }),
      intermediate: intermediate('intermediate', {
        issuer: 'stranger',
        subject: named('pagetls Untrusted Intermediate'),
      }),
    },
    expected: rejected('BADCERT_NOT_TRUSTED', 1, 'NOT_TRUSTED'),
    openssl: 'unable to get local issuer certificate',
  }),
  profile({
    id: 'missing-intermediate',
    title: 'Missing intermediate',
    explain: 'The server sends only its own certificate, so nothing links it to the trusted root.',
    server: { chain: ['leaf'] },
    expected: rejected('BADCERT_NOT_TRUSTED', 0, 'NOT_TRUSTED'),
    openssl: 'unable to get local issuer certificate',
  }),
  profile({
    id: 'bad-signature',
    title: 'Altered signature',
    explain: 'One bit of the leaf’s signature was flipped, so it is no longer its issuer’s.',
    certificates: {
      leaf: leaf('bad-signature', {
        fields: { edit: { signature: flipLastBit } },
      }),
    },
    expected: rejected('BADCERT_NOT_TRUSTED', 0, 'SIGNATURE'),
    openssl: 'certificate signature failure',
  }),
  profile({
    id: 'wrong-intermediate',
    title: 'Wrong intermediate',
    explain: 'The server sends an intermediate with the right name, but not the key that signed the leaf.',
    certificates: {
      leaf: leaf('wrong-intermediate', { issuer: 'signed' }),
      signed: intermediate('signed', { subject: named('pagetls Test Two Keys') }),
      sent: intermediate('sent', { subject: named('pagetls Test Two Keys') }),
    },
    server: { chain: ['leaf', 'sent'] },
    expected: rejected('BADCERT_NOT_TRUSTED', 0, 'WRONG_ISSUER'),
    openssl: 'unable to get local issuer certificate',
  }),
  profile({
    id: 'key-identifier-mismatch',
    title: 'Key identifier mismatch',
    explain: 'The intermediate signed the leaf, but the leaf’s authority key identifier names another key.',
    certificates: {
      leaf: leaf('key-identifier-mismatch', {
        extensions: { authorityKeyIdentifier: authorityKeyIdentifier({ id: new Uint8Array(20).fill(0x11) }) },
      }),
    },
    expected: rejected('BADCERT_OTHER', 0, 'AKI_MISMATCH'),
    openssl: 'unable to get local issuer certificate',
  }),
  profile({
    id: 'ca-without-ca-true',
    title: 'Issuer is not a CA',
    explain: 'The intermediate says CA:FALSE in its basic constraints, so it may not issue certificates.',
    certificates: {
      intermediate: intermediate('intermediate', {
        subject: named('pagetls Test Not An Authority'),
        extensions: { basicConstraints: basicConstraints({ ca: false }) },
      }),
    },
    expected: rejected(['BADCERT_NOT_TRUSTED', 'BADCERT_OTHER'], 1, 'NOT_A_CA', 'CERT_SIGN_NOT_CA'),
    openssl: 'invalid CA certificate',
  }),
  profile({
    id: 'ca-without-keycertsign',
    title: 'CA that may not sign certificates',
    explain: 'The intermediate’s key usage lacks keyCertSign.',
    certificates: {
      intermediate: intermediate('intermediate', {
        subject: named('pagetls Test Lists Only'),
        extensions: { keyUsage: keyUsage('digitalSignature', 'cRLSign') },
      }),
    },
    expected: rejected('BADCERT_NOT_TRUSTED', 1, 'NO_CERT_SIGN'),
    openssl: 'key usage does not include certificate signing',
  }),
  profile({
    id: 'path-length',
    title: 'Path length exceeded',
    explain: 'The intermediate may issue only to servers (path length 0), but it issued another CA.',
    certificates: {
      leaf: leaf('path-length', { issuer: 'sub' }),
      sub: intermediate('sub', { issuer: 'short', subject: named('pagetls Test Authority Too Many') }),
      short: intermediate('short', {
        subject: named('pagetls Test Path Length 0'),
        extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 0 }) },
      }),
    },
    server: { chain: ['leaf', 'sub', 'short'] },
    expected: rejected('BADCERT_NOT_TRUSTED', 2, 'PATH_LENGTH'),
    openssl: 'path length constraint exceeded',
  }),
  profile({
    id: 'unreadable-intermediate',
    title: 'Unreadable intermediate',
    explain: 'The intermediate has a negative version, so it is ignored, and the chain has a gap.',
    certificates: {
      intermediate: intermediate('intermediate', {
        subject: named('pagetls Test Version'),
        fields: { version: NEGATIVE_VERSION },
      }),
    },
    malformed: true,
    expected: { ...rejected('BADCERT_NOT_TRUSTED', 0, 'NOT_TRUSTED'), error: 'version: bad-value' },
  }),
  profile({
    id: 'unsupported-intermediate',
    title: 'Intermediate with a P-224 key',
    explain: 'The intermediate’s key is on P-224; this client cannot verify its signatures.',
    certificates: {
      intermediate: intermediate('intermediate', { key: 'p224', subject: named('pagetls Test P-224') }),
    },
    expected: rejected('BADCERT_BAD_PK', 1, 'KEY_UNSUPPORTED'),
  }),
];

/** @param {Uint8Array} bytes @returns {Uint8Array} */
function flipLastBit(bytes) {
  return bytes.map((octet, i) => (i === bytes.length - 1 ? octet ^ 1 : octet));
}
