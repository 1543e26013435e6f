/** A client of node:https in a process of its own, over our Agent or over Node's. */
import { once } from 'node:events';
import https from 'node:https';
import { HOST } from './chain.js';
import { serveTasks } from './tasks.js';

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

serveTasks(({ keepAlive }) => request(keepAlive ? agents.kept : agents.fresh));
