/** Many bytes over one open TLS 1.3 connection, each way, by cipher suite. */
import { startBridge } from '../../scripts/bridge.js';
import { UserError } from '../../scripts/run.js';
import { threeCertificates } from '../lib/chain.js';
import { peerProcesses } from '../lib/peers/index.js';
import { inNode, MBEDTLS_IN_WASM, natives, NODE, PAGETLS } from '../lib/remote.js';
import { timed } from '../lib/rounds.js';
import { startServers } from '../lib/server.js';
import { mbedtlsPackage } from '../lib/stock.js';

export const about =
  'bytes over an open TLS 1.3 connection, to and from a server in another process; 1 MB is 1,000,000 bytes';

const CIPHERS = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

const LENGTH = { full: 32_000_000, quick: 4_000_000 };

/** Of that, what peers send, some of which would take too long. */
const PEERS_UPLOAD = 1 / 8;

/** @param {number} port @param {(text: string) => void} note */
async function bridgeTo(port, note) {
  try {
    return await startBridge({ allowMissingOrigin: true, allowTargets: [`127.0.0.1:${port}`] });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    note(`websockify. ${error.message}`);
    return undefined;
  }
}

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ quick, rounds, note }) {
  const length = quick ? LENGTH.quick : LENGTH.full;
  const { servers, close } = await startServers(threeCertificates('P-256'));
  const [server] = servers;
  const bridge = await bridgeTo(server.port, note);
  const clients = [
    inNode(PAGETLS, { client: 'pagetls' }),
    ...(bridge ? [inNode('pagetls, websockify', { client: 'pagetls', bridge: bridge.url })] : []),
    inNode(NODE, { client: 'node' }),
    inNode(MBEDTLS_IN_WASM, { client: 'pagetls', folder: await mbedtlsPackage() }),
    ...(await natives(note)),
  ];
  const peers = peerProcesses();
  try {
    for (const cipher of CIPHERS) {
      const { clients: able, unable } = await peers.able(server, { cipher });
      const sessions = [];
      for (const client of [...clients, ...able]) {
        const session = await client.open(server, { cipher });
        sessions.push({ client, session });
      }
      for (const way of /** @type {const} */ (['download', 'upload'])) {
        yield {
          name: `${way}, ${cipher}, ${length / 1e6} MB`,
          contestants: sessions.map(({ client: { name, peer, timed: clock = timed }, session }) => ({
            name,
            peer,
            async sample() {
              const some = peer && way === 'upload' ? length * PEERS_UPLOAD : length;
              const { ms, 'cpu ms': cpu } = await clock(() => session[way](some));
              return { 'MB/s': some / 1000 / ms, 'MB/cpu s': some / 1000 / cpu };
            },
          })),
          unable,
          rounds: rounds(9, 2),
          warmUp: 3, // until what runs is what V8 has optimized
        };
      }
      await Promise.all(sessions.map(({ session }) => session.close()));
    }
  } finally {
    await Promise.all([...clients, peers].map(({ end }) => end()));
    await bridge?.close();
    await close();
  }
}
