/** The CPU time of idle connections. */
import { threeCertificates } from '../lib/chain.js';
import { inFreshProcess } from '../lib/fresh.js';
import { clientsForNode } from '../lib/peers/index.js';
import { startServers } from '../lib/server.js';

export const about =
  'CPU time of a process with open, idle TLS 1.3 connections, in milliseconds per second: 1,000 is a whole CPU; includes ' +
  'what Node uses without any connection';

const CONNECTIONS = 50;

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ quick, rounds }) {
  const { servers, close } = await startServers(threeCertificates('P-256'));
  const seconds = quick ? 1 : 5;
  try {
    const { clients, unable } = await clientsForNode(servers[0]);
    yield {
      name: `open connections, ${CONNECTIONS} of them, idle for ${seconds} s`,
      contestants: clients.map(({ name, client, peer }) => ({
        name,
        peer,
        sample: () => inFreshProcess('idle-process.js', { client, server: servers[0], count: CONNECTIONS, seconds }),
      })),
      unable,
      rounds: rounds(3, 1),
    };
  } finally {
    await close();
  }
}
