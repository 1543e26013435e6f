/** From the call to the end of the handshake, TCP included, on loopback; the server is in another process. */
import * as pagetls from '../../dist/index.js';
import { threeCertificates } from '../lib/chain.js';
import { nodeClient, pagetlsClient } from '../lib/clients.js';
import { timed } from '../lib/rounds.js';
import { startServers } from '../lib/server.js';

export const about =
  'until the connection is open, three certificates, one trusted root, no resumption; TCP on loopback';

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ rounds }) {
  const kinds = /** @type {const} */ (['P-256', 'RSA-2048']);
  const { servers, close } = await startServers(...kinds.map((kind) => threeCertificates(kind)));
  const clients = [pagetlsClient('pagetls', pagetls), nodeClient()];
  try {
    for (const version of /** @type {const} */ (['TLSv1.3', 'TLSv1.2'])) {
      for (const [index, kind] of kinds.entries()) {
        yield {
          name: `${version}, ${kind}`,
          contestants: clients.map((client) => ({
            name: client.name,
            async sample() {
              /** @type {import('../lib/clients.js').Session | undefined} */
              let session;
              const times = await timed(async () => {
                session = await client.open(servers[index], { version });
              });
              await session?.close();
              return times;
            },
          })),
          rounds: rounds(150, 20),
          warmUp: rounds(30, 5),
        };
      }
    }
  } finally {
    await close();
  }
}
