/** From the call to the end of the handshake, TCP included, on loopback; the server is in another process. */
import { threeCertificates } from '../lib/chain.js';
import { handshaking } from '../lib/clients.js';
import { peerProcesses } from '../lib/peers/index.js';
import { inNode, MBEDTLS_IN_WASM, natives, NODE, PAGETLS } from '../lib/remote.js';
import { startServers } from '../lib/server.js';
import { mbedtlsPackage } from '../lib/stock.js';

export const about =
  'until the connection is open, three certificates, one trusted root, the mean of five in a row; code that is warm; TCP on loopback. There is no ' +
  'resumption, which pagetls does not have.';

/** Handshakes of one client in a row: another's leave the processor's caches with what is theirs. */
const TIMES = 5;

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ rounds, note }) {
  const kinds = /** @type {const} */ (['P-256', 'P-384', 'RSA-2048']);
  const { servers, close } = await startServers(...kinds.map((kind) => threeCertificates(kind)));
  const clients = [
    inNode(PAGETLS, { client: 'pagetls' }),
    inNode(NODE, { client: 'node' }),
    inNode(MBEDTLS_IN_WASM, { client: 'pagetls', folder: await mbedtlsPackage() }),
    ...(await natives(note)),
  ];
  const peers = peerProcesses();
  try {
    for (const version of /** @type {const} */ (['TLSv1.3', 'TLSv1.2'])) {
      for (const [index, kind] of kinds.entries()) {
        const { clients: able, unable } = await peers.able(servers[index], { version });
        yield {
          name: `${version}, ${kind}`,
          contestants: [...clients, ...able].map((client) => handshaking(client, servers[index], { version }, TIMES)),
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
