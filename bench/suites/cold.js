/** The first handshake of a process: loading the package, compiling the module, and code that is not yet optimized. */
import { HOST, threeCertificates } from '../lib/chain.js';
import { inFreshProcess } from '../lib/fresh.js';
import { startServers } from '../lib/server.js';

export const about =
  'ms: from the import of the package to the open connection, in a fresh process; cpu ms: of the whole process until then, ' +
  "Node's own start included";

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ rounds }) {
  const { servers, close } = await startServers(threeCertificates('P-256'));
  try {
    for (const mozilla of [false, true]) {
      yield {
        name: `TLSv1.3, P-256, ${mozilla ? "Mozilla's roots" : 'one root'}`,
        contestants: [
          { name: 'pagetls', client: 'pagetls' },
          { name: "Node's tls", client: 'node' },
        ].map(({ name, client }) => ({
          name,
          sample: () => inFreshProcess('cold-process.js', { client, mozilla, server: servers[0], hostname: HOST }),
        })),
        rounds: rounds(15, 3),
        warmUp: 1,
      };
    }
  } finally {
    await close();
  }
}
