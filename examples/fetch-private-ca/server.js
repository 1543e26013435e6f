/** The server of this example: nginx, with a certificate of a private CA that is made anew at each start. */
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from '../../scripts/example-certificates.js';
import { freePort, startServer } from '../../scripts/example-servers.js';
import { findProgram } from '../../scripts/run.js';

const ORDERS = [
  { order: 1, item: 'A letter', state: 'sent' },
  { order: 2, item: 'A secret', state: 'kept' },
];

/** @param {string} folder @param {number} port */
const configuration = (folder, port) => `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
master_process off;
pid nginx.pid;
error_log stderr notice;
events {}
http {
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  access_log off;
  types { application/json json; text/plain txt; }
  gzip on;
  gzip_types application/json text/plain;
  gzip_min_length 1;
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate server.pem;
    ssl_certificate_key server.key;
    root ${folder}/files;
    client_max_body_size 10k;
    location /notes/ { dav_methods PUT DELETE; }
  }
}
`;

/** @returns {Promise<import('../../scripts/examples.js').Started>} */
export async function start() {
  const folder = await mkdtemp(join(tmpdir(), 'pagetls-example-'));
  const port = await freePort();
  await mkdir(join(folder, 'files/notes'), { recursive: true });
  await Promise.all([
    makeCertificates(folder),
    writeFile(join(folder, 'nginx.conf'), configuration(folder, port)),
    writeFile(join(folder, 'files/orders.json'), `${JSON.stringify(ORDERS, null, 2)}\n`),
  ]);
  const nginx = await startServer(findProgram('nginx') ?? 'nginx', ['-e', 'stderr', '-p', folder, '-c', 'nginx.conf'], {
    cwd: folder,
    ready: /using the "\w+" event method/,
  });
  return {
    targets: [`127.0.0.1:${port}`],
    config: {
      url: `https://127.0.0.1:${port}`,
      ca: await readFile(join(folder, 'ca.pem'), 'utf8'),
      caFile: join(folder, 'ca.pem'),
    },
    async close() {
      await nginx.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
