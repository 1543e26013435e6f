/** Client libraries over our sockets and over Node's own. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AS_NOBODY, freePort, startServer } from '../../scripts/example-servers.js';
import { postgresFolder, preparePostgres } from '../../scripts/postgres.js';
import { threeCertificates } from '../lib/chain.js';
import { startForked } from '../lib/forked.js';
import { NODE, PAGETLS } from '../lib/remote.js';

export const about =
  'requests a second of node:https with a body of 1,000 bytes, and queries a second of pg; each client in a process of its own; pagetls resumes no sessions';

const CLIENTS = /** @type {const} */ ([
  [PAGETLS, 'pagetls'],
  [NODE, 'node'],
  [`${NODE}, resuming sessions`, 'node with sessions'],
]);

/**
 * @param {string} script
 * @param {typeof CLIENTS[number][]} clients
 * @param {{port: number, roots: string}} server
 */
const startAll = (script, clients, server) =>
  clients.map(([name, client]) => ({ name, process: startForked(script, JSON.stringify({ client, ...server })) }));

/**
 * @param {string} name
 * @param {ReturnType<typeof startAll>} clients
 * @param {string} unit what is counted
 * @param {import('../lib/tasks.js').Task} task
 * @param {number} rounds
 */
const row = (name, clients, unit, task, rounds) => ({
  name,
  contestants: clients.map(({ name: contestant, process }) => ({
    name: contestant,
    async sample() {
      const { ms, 'cpu ms': cpu } = await process.ask(task);
      return { [`${unit}/s`]: (task.count * 1000) / ms, [`${unit}/cpu s`]: (task.count * 1000) / cpu };
    },
  })),
  rounds,
  warmUp: 3, // until V8 has optimized the code
});

/** PostgreSQL with this identity. @param {{cert: string, key: string}} identity */
async function startPostgres({ cert, key }) {
  const folder = await mkdtemp(join(tmpdir(), 'pagetls-bench-'));
  await writeFile(join(folder, 'server.pem'), cert);
  await writeFile(join(folder, 'server.key'), key);
  const port = await freePort();
  const rules = ['hostssl all postgres 127.0.0.1/32 trust'];
  const [program, args] = await preparePostgres(folder, { port, rules });
  const ready = /ready to accept connections/;
  const server = await startServer(program, args, { cwd: folder, ready, privileges: AS_NOBODY, signal: 'INT' });
  return {
    port,
    async end() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ quick, rounds, note }) {
  const identity = threeCertificates('P-256');
  const { cert, key, roots } = identity;
  const server = startForked('https-server-process.js');
  const { port } = await server.ask({ cert, key });
  const clients = startAll('https-process.js', [...CLIENTS], { port, roots });
  try {
    for (const client of clients) await client.process.ask();
    for (const { name, keepAlive, parallel, count } of [
      { name: 'https, keep-alive, one after another', keepAlive: true, parallel: 1, count: quick ? 200 : 2000 },
      { name: 'https, keep-alive, 16 in parallel', keepAlive: true, parallel: 16, count: quick ? 200 : 4000 },
      { name: 'https, a connection each, 4 in parallel', keepAlive: false, parallel: 4, count: quick ? 40 : 400 },
    ]) {
      const contestants = keepAlive ? clients.slice(0, 2) : clients;
      yield row(name, contestants, 'requests', { keepAlive, parallel, count }, rounds(9, 2));
    }
  } finally {
    await Promise.all([...clients.map(({ process }) => process.end()), server.end()]);
  }
  yield* queries(identity, { quick, rounds, note });
}

/**
 * @param {{cert: string, key: string, roots: string}} identity
 * @param {import('../run.js').Settings} settings
 */
async function* queries(identity, { quick, rounds, note }) {
  if (postgresFolder() === undefined) {
    note('pg: PostgreSQL is not installed');
    return;
  }
  const server = await startPostgres(identity);
  const clients = startAll('pg-process.js', CLIENTS.slice(0, 2), { port: server.port, roots: identity.roots });
  try {
    for (const client of clients) await client.process.ask();
    for (const { name, keepAlive, parallel, count } of [
      { name: 'pg, a connection, one query after another', keepAlive: true, parallel: 1, count: quick ? 200 : 2000 },
      { name: 'pg, a connection each', keepAlive: false, parallel: 1, count: quick ? 20 : 100 },
    ]) {
      yield row(name, clients, 'queries', { keepAlive, parallel, count }, rounds(9, 2));
    }
  } finally {
    await Promise.all(clients.map(({ process }) => process.end()));
    await server.end();
  }
}
