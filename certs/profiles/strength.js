/**
 * Short keys, weak hashes, and keys that the profile does not allow.
 */
import { leaf, profile, rejected } from '../profile.js';

export const STRENGTH_CASES = [
  profile({
    id: 'weak-key',
    title: 'Short RSA key',
    explain: 'The server’s RSA key has 1024 bits, few enough to be broken.',
    certificates: { leaf: leaf('weak-key', { key: 'rsa1024' }) },
    server: { chain: ['leaf', 'intermediate'], ciphers: 'DEFAULT@SECLEVEL=0' },
    expected: rejected('BADCERT_BAD_KEY', 0),
    openssl: 'key too weak',
  }),
  profile({
    id: 'weak-hash',
    title: 'SHA-1 signature',
    explain: 'The certificate is signed with SHA-1, which is open to collision attacks.',
    certificates: { leaf: leaf('weak-hash', { fields: { signature: 'ecdsa-sha1' } }) },
    server: { chain: ['leaf', 'intermediate'], ciphers: 'DEFAULT@SECLEVEL=0' },
    expected: rejected('BADCERT_BAD_MD', 0),
    openssl: 'digest algorithm too weak',
  }),
  profile({
    id: 'weak-hash-sha224',
    title: 'SHA-224 signature',
    explain: 'The certificate is signed with SHA-224, which web clients do not accept.',
    certificates: { leaf: leaf('weak-hash-sha224', { fields: { signature: 'ecdsa-sha224' } }) },
    expected: rejected('BADCERT_BAD_MD', 0),
  }),
  profile({
    id: 'key-kind',
    title: 'RSA where only ECDSA is allowed',
    explain: 'The client’s profile, “suiteb”, accepts only ECDSA keys, but the leaf has an RSA key.',
    certificates: { leaf: leaf('key-kind', { key: 'rsa2048' }) },
    profile: 'suiteb',
    expected: rejected('BADCERT_BAD_PK', 0),
  }),
  profile({
    id: 'key-kind-ed25519',
    title: 'Ed25519 key on the web',
    explain: 'The leaf has an Ed25519 key, which web clients do not accept.',
    certificates: { leaf: leaf('key-kind-ed25519', { key: 'ed25519' }) },
    expected: rejected('BADCERT_BAD_PK', 0),
  }),
];
