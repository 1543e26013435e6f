/** The first handshake of a process: loading the package, compiling the module, and code that is not yet optimized. */
import { threeCertificates } from '../lib/chain.js';
import { inFreshProcess } from '../lib/fresh.js';
import { allInNode } from '../lib/peers/index.js';
import { startServers } from '../lib/server.js';

export const about =
  'ms: from the import of the package to the open connection, in a fresh process; cpu ms: of the whole process until then, ' +
  "Node's own start included";

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ rounds }) {
  const { servers, close } = await startServers(threeCertificates('P-256'));
  try {
    const { clients, unable } = await allInNode(servers[0]);
    for (const mozilla of [false, true]) {
      // What a peer makes of many roots is its own: some have them built in.
      const some = clients.filter(({ peer }) => !mozilla || !peer);
      yield {
        name: `TLSv1.3, P-256, ${mozilla ? "Mozilla's roots" : 'one root'}`,
        contestants: some.map(({ name, client, peer }) => ({
          name,
          peer,
          sample: () => inFreshProcess('cold-process.js', { client, mozilla, server: servers[0] }),
        })),
        ...(!mozilla && { unable }),
        rounds: rounds(15, 3),
        warmUp: 1,
      };
    }
  } finally {
    await close();
  }
}
