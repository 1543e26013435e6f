/** The server of this example: PostgreSQL, with a certificate of a private CA and a password, both made at each start. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from '../../scripts/example-certificates.js';
import { AS_NOBODY, freePort, startServer } from '../../scripts/example-servers.js';
import { preparePostgres } from '../../scripts/postgres.js';
import { bundle } from './bundle.js';

/** @param {string} password */
const tables = (password) => [
  `CREATE ROLE alice LOGIN PASSWORD '${password}'`,
  'ALTER DATABASE postgres OWNER TO alice',
  'CREATE TABLE orders (id int PRIMARY KEY, item text NOT NULL, price numeric(8, 2), sent date)',
  "INSERT INTO orders VALUES (1, 'A letter', 1.10, '2026-01-05'), (2, 'A secret', 950, NULL), (3, 'Käse & <Brot>', 7.35, NULL)",
  'ALTER TABLE orders OWNER TO alice',
];

/** @returns {Promise<import('../../scripts/examples.js').Started>} */
export async function start() {
  const folder = await mkdtemp(join(tmpdir(), 'pagetls-example-'));
  const port = await freePort();
  const password = randomBytes(12).toString('hex');
  await Promise.all([makeCertificates(folder), bundle(join(folder, 'bundle'))]);
  const [program, args] = await preparePostgres(folder, {
    port,
    sql: tables(password),
    rules: ['hostssl all alice 127.0.0.1/32 scram-sha-256'],
  });
  const postgres = await startServer(program, args, {
    cwd: folder,
    ready: /ready to accept connections/,
    privileges: AS_NOBODY,
    signal: 'INT', // at SIGTERM it waits for its clients
  });
  return {
    targets: [`127.0.0.1:${port}`],
    config: {
      server: `127.0.0.1:${port}`,
      user: 'alice',
      password,
      database: 'postgres',
      ca: await readFile(join(folder, 'ca.pem'), 'utf8'),
      caFile: join(folder, 'ca.pem'),
    },
    bundle: join(folder, 'bundle'),
    async close() {
      await postgres.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
