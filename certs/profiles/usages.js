/**
 * Key usages, and client certificates.
 */
import { extKeyUsage, keyUsage } from '../extensions.js';
import { leaf, named, profile, rejected, root } from '../profile.js';

export const USAGE_CASES = [
  profile({
    id: 'key-usage',
    title: 'Key for encipherment only',
    explain: 'The leaf’s key usage is keyEncipherment only, but the handshake needs the key to sign.',
    certificates: {
      leaf: leaf('key-usage', { key: 'rsa2048', extensions: { keyUsage: keyUsage('keyEncipherment') } }),
    },
    server: { chain: ['leaf', 'intermediate'], minVersion: 'TLSv1.3' },
    expected: rejected('BADCERT_KEY_USAGE', 0),
  }),
  profile({
    id: 'ext-key-usage',
    title: 'Client-only certificate',
    explain: 'The leaf’s extended key usage is clientAuth only, so it cannot identify a server.',
    certificates: { leaf: leaf('ext-key-usage', { extensions: { extKeyUsage: extKeyUsage('clientAuth') } }) },
    expected: rejected('BADCERT_EXT_KEY_USAGE', 0),
    openssl: 'unsuitable certificate purpose',
  }),
  profile({
    id: 'client',
    title: 'Client certificates',
    explain:
      'The server asks for a client certificate from its own CA; one client has one, another has one from a different CA.',
    certificates: {
      'client-ca': root('client-ca', { subject: named('pagetls Test Client CA') }),
      'client-stranger': root('client-stranger', { subject: named('pagetls Test Other Client CA') }),
      'client-good': clientCertificate('client-ca', 'Good Client'),
      'client-other': clientCertificate('client-stranger', 'Other Client'),
    },
    clients: { trust: ['client-ca'], credentials: { good: ['client-good'], other: ['client-other'] } },
  }),
];

/** @param {string} issuer @param {string} name @returns {import('../profile.js').Entity} */
function clientCertificate(issuer, name) {
  const email = `${name.toLowerCase().replace(' ', '-')}@pagetls.test`;
  return leaf('client', {
    issuer,
    subject: named(name),
    names: [{ email }],
    extensions: { extKeyUsage: extKeyUsage('clientAuth') },
  });
}
