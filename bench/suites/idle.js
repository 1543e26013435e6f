/** What connections cost in which nothing happens. */
import { threeCertificates } from '../lib/chain.js';
import { inFreshProcess } from '../lib/fresh.js';
import { allInNode } from '../lib/peers/index.js';
import { startServers } from '../lib/server.js';

export const about =
  'processor time of a process that holds open, idle TLS 1.3 connections, in milliseconds a second: 1,000 is a whole ' +
  'processor; what Node does without any is in it';

const COUNT = 50;

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ quick, rounds }) {
  const { servers, close } = await startServers(threeCertificates('P-256'));
  const seconds = quick ? 1 : 5;
  try {
    const { clients, unable } = await allInNode(servers[0]);
    yield {
      name: `open connections, ${COUNT} of them, idle for ${seconds} s`,
      contestants: clients.map(({ name, client, peer }) => ({
        name,
        peer,
        sample: () => inFreshProcess('idle-process.js', { client, server: servers[0], count: COUNT, seconds }),
      })),
      unable,
      rounds: rounds(3, 1),
    };
  } finally {
    await close();
  }
}
