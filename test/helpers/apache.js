/** Apache httpd that asks for a client certificate only below /private/. */
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { findProgram } from '../../scripts/run.js';
import { directoryOf, start, startOnFreePort } from './servers.js';

const MODULES = '/usr/lib/apache2/modules';
const LOADED = ['mpm_event', 'authz_core', 'headers', 'proxy', 'proxy_http', 'ssl'];

/**
 * Apache in front of a server that answers with the length of the body, and the common name of the client's certificate,
 * such as `POST /private/ body=5 client=name;`. It runs in the foreground, as a user without rights.
 * @param {import('./pki.js').Case} pki
 * @param {object} options
 * @param {string} options.clientCA PEM
 * @param {'TLSv1.2' | 'TLSv1.3'} options.version
 * @param {'require' | 'optional'} [options.verify]
 */
export async function startApache(pki, { clientCA, version, verify = 'require' }) {
  const backend = createServer((request, response) => {
    let length = 0;
    request.on('data', (chunk) => (length += chunk.length));
    request.on('end', () => {
      const text = `${request.method} ${request.url} body=${length} client=${request.headers['x-client'] ?? ''};`;
      response.writeHead(200, { 'content-length': text.length }).end(text);
    });
  }).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const target = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (backend.address()).port}/`;
  const server = await startOnFreePort(async (port) => {
    const directory = await directoryOf({ 'client-ca.pem': clientCA });
    await chmod(directory, 0o755);
    const lines = [
      ...LOADED.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`),
      ...[`ServerRoot ${directory}`, 'ServerName localhost', `PidFile ${directory}/pid`, `ErrorLog "|/bin/cat"`],
      ...['LogLevel warn ssl:info mpm_event:notice', `Listen 127.0.0.1:${port}`, 'StartServers 1', 'ThreadsPerChild 4'],
      ...['ServerLimit 1', 'MaxRequestWorkers 4', 'MinSpareThreads 1', 'MaxSpareThreads 4'],
      ...(process.getuid?.() === 0 ? ['User nobody', 'Group nogroup'] : []),
      ...['SSLEngine on', `SSLProtocol ${version}`, 'SSLSessionTickets off', `DefaultRuntimeDir ${directory}`],
      ...[`SSLCertificateFile ${pki.files.chain}`, `SSLCertificateKeyFile ${pki.files.key}`],
      ...[`SSLCACertificateFile ${join(directory, 'client-ca.pem')}`, `ProxyPass / ${target}`],
      ...['<Location /private/>', `SSLVerifyClient ${verify}`, 'SSLVerifyDepth 3'],
      ...['RequestHeader set X-Client "%{SSL_CLIENT_S_DN_CN}s"', '</Location>'],
    ];
    await writeFile(join(directory, 'httpd.conf'), `${lines.join('\n')}\n`);
    return start(findProgram('apache2') ?? 'apache2', ['-DFOREGROUND', '-f', join(directory, 'httpd.conf')], directory);
  }, /resuming normal operations/);
  return {
    ...server,
    async close() {
      await server.close();
      backend.close();
      backend.closeAllConnections();
    },
  };
}
