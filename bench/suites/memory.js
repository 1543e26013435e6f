/** The memory of an open, idle connection. */
import { threeCertificates } from '../lib/chain.js';
import { inFreshProcess } from '../lib/fresh.js';
import { clientsForNode } from '../lib/peers/index.js';
import { startServers } from '../lib/server.js';

export const about = 'of one open, idle TLS 1.3 connection, in a fresh process; 1 kB is 1,000 bytes';

/** Limits V8's young generation, which otherwise grows to some 40 MB that no connection holds. */
const FLAGS = ['--max-semi-space-size=1'];

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ rounds }) {
  const { servers, close } = await startServers(threeCertificates('P-256'));
  const count = rounds(1000, 50);
  try {
    const { clients, unable } = await clientsForNode(servers[0]);
    yield {
      name: `mean of ${count} connections after the first 200`,
      contestants: clients.map(({ name, client, peer }) => ({
        name,
        peer,
        sample: () => inFreshProcess('memory-process.js', { client, server: servers[0], count }, FLAGS),
      })),
      unable,
      rounds: rounds(7, 1),
    };
  } finally {
    await close();
  }
}
