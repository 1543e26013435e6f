/** Certificates of a private CA for the servers and clients of the examples, made anew at each start. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runOrFail } from './run.js';

/** For OpenSSL: the extensions by certificate. */
const CONFIGURATION = `
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[server]
subjectAltName = IP:127.0.0.1
extendedKeyUsage = serverAuth
[client]
extendedKeyUsage = clientAuth
`;

/**
 * Makes ca.pem, server.pem and server.key, and client.pem and client.key if there is a client.
 * @param {string} folder
 * @param {{client?: string}} [options] the client's name
 */
export async function makeCertificates(folder, { client } = {}) {
  await writeFile(join(folder, 'openssl.cnf'), CONFIGURATION);
  /** @param {string} name @param {string} subject @param {string[]} issuer */
  const make = (name, subject, issuer) =>
    runOrFail(
      'Making a certificate',
      'openssl',
      [
        ...['req', '-x509', '-config', 'openssl.cnf', '-extensions', name, '-subj', `/CN=${subject}`, '-days', '30'],
        ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...issuer],
        ...['-keyout', `${name}.key`, '-out', `${name}.pem`],
      ],
      { cwd: folder },
    );
  const ca = ['-CA', 'ca.pem', '-CAkey', 'ca.key'];
  await make('ca', 'Example private CA', []);
  await make('server', '127.0.0.1', ca);
  if (client !== undefined) await make('client', client, ca);
}
