/** The time from the call to the end of the handshake, including TCP, on loopback. The server is in another process. */
import { threeCertificates } from '../lib/chain.js';
import { handshakeContestant } from '../lib/clients.js';
import { startPeers } from '../lib/peers/index.js';
import { startNodeClient, MBEDTLS_IN_WASM, startNativeClients, NODE, PAGETLS } from '../lib/remote.js';
import { startServers } from '../lib/server.js';
import { mbedtlsPackage } from '../lib/stock.js';

export const about =
  'until the connection is open; three certificates, one trusted root, the mean of five in a row; warm code; TCP on ' +
  'loopback; without resumption, which pagetls does not support';

/** Several in a row, as the handshakes of other clients evict this client's data from the CPU caches. */
const HANDSHAKES_PER_SAMPLE = 5;

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ rounds, note }) {
  const kinds = /** @type {const} */ (['P-256', 'P-384', 'RSA-2048']);
  const { servers, close } = await startServers(...kinds.map((kind) => threeCertificates(kind)));
  const clients = [
    startNodeClient(PAGETLS, { client: 'pagetls' }),
    startNodeClient(NODE, { client: 'node' }),
    startNodeClient(MBEDTLS_IN_WASM, { client: 'pagetls', folder: await mbedtlsPackage() }),
    ...(await startNativeClients(note)),
  ];
  const peers = startPeers();
  try {
    for (const version of /** @type {const} */ (['TLSv1.3', 'TLSv1.2'])) {
      for (const [index, kind] of kinds.entries()) {
        const { clients: usable, unable } = await peers.probe(servers[index], { version });
        yield {
          name: `${version}, ${kind}`,
          contestants: [...clients, ...usable].map((client) =>
            handshakeContestant(client, servers[index], { version }, HANDSHAKES_PER_SAMPLE),
          ),
          unable,
          rounds: rounds(41, 9),
          warmUp: rounds(20, 6),
        };
      }
    }
  } finally {
    await Promise.all([...clients, peers].map(({ end }) => end()));
    await close();
  }
}
