/** Client certificates of an own CA, valid for long: the servers verify them at the present. */
import { pem } from '../../certs/der.js';
import { extKeyUsage, subjectAltName } from '../../certs/extensions.js';
import { authority, keyOf, named, server } from '../helpers/chains.js';

const VALID = { notBefore: '2024-01-01T00:00:00Z', notAfter: '2049-12-31T23:59:59Z' };

/** @param {import('../helpers/chains.js').Party} issuer @param {string} kind of its key */
function identity(issuer, kind) {
  const key = keyOf(`client ${kind}`, kind);
  const subject = named(`Client ${kind}`);
  const extensions = {
    extKeyUsage: extKeyUsage('clientAuth'),
    subjectAltName: subjectAltName([{ email: 'client@example.com' }]),
  };
  const { der } = server(issuer, { ...VALID, subject, key, extensions });
  return { cert: pem('CERTIFICATE', der), key: String(key.export({ type: 'pkcs8', format: 'pem' })) };
}

const ca = authority('Client CA', undefined, VALID);

/** The CA that the servers trust. */
export const CLIENT_CA = pem('CERTIFICATE', ca.der);

export const IDENTITIES = {
  ecdsa: identity(ca, 'prime256v1'),
  rsa: identity(ca, 'rsa2048'),
  other: identity(authority('Other Client CA', undefined, VALID), 'secp384r1'),
};
