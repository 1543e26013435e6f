/**
 * What a key may be used for, and certificates for clients.
 */
import { extKeyUsage, keyUsage } from '../extensions.js';
import { leaf, named, profile, refused, root } from '../profile.js';

export const USAGE_CASES = [
  profile({
    id: 'key-usage',
    title: 'A key for encipherment only',
    explain: 'The key usage of the leaf is keyEncipherment only, and the handshake needs it to sign.',
    certificates: {
      leaf: leaf('key-usage', { key: 'rsa2048', extensions: { keyUsage: keyUsage('keyEncipherment') } }),
    },
    server: { chain: ['leaf', 'intermediate'], minVersion: 'TLSv1.3' },
    expected: refused('BADCERT_KEY_USAGE', 0),
  }),
  profile({
    id: 'ext-key-usage',
    title: 'A certificate for clients only',
    explain: 'The extended key usage of the leaf is clientAuth only, so it may not stand for a server.',
    certificates: { leaf: leaf('ext-key-usage', { extensions: { extKeyUsage: extKeyUsage('clientAuth') } }) },
    expected: refused('BADCERT_EXT_KEY_USAGE', 0),
    openssl: 'unsuitable certificate purpose',
  }),
  profile({
    id: 'client',
    title: 'Client certificates',
    explain:
      'The server asks clients for a certificate of its own authority; one client has it, another has a stranger’s.',
    certificates: {
      'client-ca': root('client-ca', { subject: named('pagetls Test Client CA') }),
      'client-stranger': root('client-stranger', { subject: named('pagetls Test Other Client CA') }),
      'client-good': client('client-ca', 'Good Client'),
      'client-other': client('client-stranger', 'Other Client'),
    },
    clients: { trust: ['client-ca'], credentials: { good: ['client-good'], other: ['client-other'] } },
  }),
];

/** @param {string} issuer @param {string} name @returns {import('../profile.js').Entity} */
function client(issuer, name) {
  const email = `${name.toLowerCase().replace(' ', '-')}@pagetls.test`;
  return leaf('client', {
    issuer,
    subject: named(name),
    names: [{ email }],
    extensions: { extKeyUsage: extKeyUsage('clientAuth') },
  });
}
