/** The first handshake of a process: loads the package, compiles the module, and runs code that is not yet optimized. */
import { threeCertificates } from '../lib/chain.js';
import { inFreshProcess } from '../lib/fresh.js';
import { clientsForNode } from '../lib/peers/index.js';
import { startServers } from '../lib/server.js';

export const about =
  'ms: from the import of the package to the open connection, in a fresh process; cpu ms: of the whole process until then, ' +
  "including Node's own start";

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ rounds }) {
  const { servers, close } = await startServers(threeCertificates('P-256'));
  try {
    const { clients, unable } = await clientsForNode(servers[0]);
    for (const mozilla of [false, true]) {
      // Without peers: some have Mozilla's roots built in, so the comparison would not be fair.
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
