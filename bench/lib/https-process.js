/**
 * A client of node:https in a process of its own. Each message `{keepAlive, count, parallel}` sends so many requests; the
 * answer is the time that they took.
 */
import { once } from 'node:events';
import https from 'node:https';
import { HOST } from './chain.js';
import { timed } from './rounds.js';

/** @typedef {{keepAlive: boolean, count: number, parallel: number}} Task */

/** @type {{client: 'pagetls' | 'node' | 'node with sessions', port: number, roots: string}} */
const { client, port, roots } = JSON.parse(process.argv[2]);

/** @param {{keepAlive: boolean, maxSockets: number}} options @returns {Promise<https.Agent>} */
async function agentFor(options) {
  if (client !== 'pagetls') {
    const maxCachedSessions = client === 'node' ? 0 : 100;
    return new https.Agent({ ...options, ca: roots, servername: HOST, maxCachedSessions });
  }
  const [{ TrustStore }, { Agent }] = await Promise.all([
    import('../../dist/index.js'),
    import('../../dist/node/index.js'),
  ]);
  return new Agent({ ...options, servername: HOST, trust: await TrustStore.from(roots) });
}

/** @param {https.Agent} agent */
async function request(agent) {
  const sent = https.get({ host: '127.0.0.1', port, agent });
  const [response] = await once(sent, 'response');
  if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
  response.resume();
  await once(response, 'end');
}

/** Those with connections of their own have no limit of sockets, with which node:http would keep connections. */
const agents = {
  kept: await agentFor({ keepAlive: true, maxSockets: Infinity }),
  fresh: await agentFor({ keepAlive: false, maxSockets: Infinity }),
};

process.on('message', async (/** @type {Task} */ { keepAlive, count, parallel }) => {
  const agent = keepAlive ? agents.kept : agents.fresh;
  let left = count;
  const one = async () => {
    while (left-- > 0) await request(agent);
  };
  try {
    process.send?.(await timed(() => Promise.all(Array.from({ length: parallel }, one))));
  } catch (error) {
    process.send?.({ error: String(error) });
  }
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
