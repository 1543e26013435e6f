/**
 * Keys too short and hashes too weak.
 */
import { leaf, profile, refused } from '../profile.js';

export const STRENGTH_CASES = [
  profile({
    id: 'weak-key',
    title: 'A short key',
    explain: 'The key of the server is RSA with 1024 bits, which can be broken.',
    certificates: { leaf: leaf('weak-key', { key: 'rsa1024' }) },
    server: { chain: ['leaf', 'intermediate'], ciphers: 'DEFAULT@SECLEVEL=0' },
    expected: refused('BADCERT_BAD_KEY', 0),
    openssl: 'key too weak',
  }),
  profile({
    id: 'weak-hash',
    title: 'Signed with SHA-1',
    explain: 'The certificate is signed with SHA-1, for which collisions can be made.',
    certificates: { leaf: leaf('weak-hash', { fields: { signature: 'ecdsa-sha1' } }) },
    server: { chain: ['leaf', 'intermediate'], ciphers: 'DEFAULT@SECLEVEL=0' },
    expected: refused('BADCERT_BAD_MD', 0),
    openssl: 'digest algorithm too weak',
  }),
  profile({
    id: 'weak-hash-sha224',
    title: 'Signed with SHA-224',
    explain: 'The certificate is signed with SHA-224, which web clients do not take.',
    certificates: { leaf: leaf('weak-hash-sha224', { fields: { signature: 'ecdsa-sha224' } }) },
    expected: refused('BADCERT_BAD_MD', 0),
  }),
  profile({
    id: 'key-kind',
    title: 'RSA where only ECDSA will do',
    explain: 'The client asks for the profile "suiteb", which takes ECDSA keys only, and the leaf has an RSA key.',
    certificates: { leaf: leaf('key-kind', { key: 'rsa2048' }) },
    profile: 'suiteb',
    expected: refused('BADCERT_BAD_PK', 0),
  }),
];
