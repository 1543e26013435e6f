/** Throughput of one open TLS 1.3 connection, each way, by cipher suite. */
import { startBridge } from '../../scripts/bridge.js';
import { UserError } from '../../scripts/run.js';
import { threeCertificates } from '../lib/chain.js';
import { startPeers } from '../lib/peers/index.js';
import { startNodeClient, MBEDTLS_IN_WASM, startNativeClients, NODE, PAGETLS } from '../lib/remote.js';
import { timed } from '../lib/rounds.js';
import { startServers } from '../lib/server.js';
import { mbedtlsPackage } from '../lib/stock.js';

export const about =
  'bytes over an open TLS 1.3 connection, to and from a server in another process; 1 MB is 1,000,000 bytes';

const CIPHERS = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

const TRANSFER_BYTES = { full: 32_000_000, quick: 4_000_000 };

/** Peers upload only this share: some of them are slow. */
const PEER_UPLOAD_SHARE = 1 / 8;

/** @param {number} port @param {(text: string) => void} note */
async function bridgeTo(port, note) {
  try {
    return await startBridge({ allowMissingOrigin: true, allowTargets: [`127.0.0.1:${port}`] });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    note(`websockify: ${error.message}`);
    return undefined;
  }
}

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ quick, rounds, note }) {
  const length = quick ? TRANSFER_BYTES.quick : TRANSFER_BYTES.full;
  const { servers, close } = await startServers(threeCertificates('P-256'));
  const [server] = servers;
  const bridge = await bridgeTo(server.port, note);
  const clients = [
    startNodeClient(PAGETLS, { client: 'pagetls' }),
    ...(bridge ? [startNodeClient('pagetls, websockify', { client: 'pagetls', bridge: bridge.url })] : []),
    startNodeClient(NODE, { client: 'node' }),
    startNodeClient(MBEDTLS_IN_WASM, { client: 'pagetls', folder: await mbedtlsPackage() }),
    ...(await startNativeClients(note)),
  ];
  const peers = startPeers();
  try {
    for (const cipher of CIPHERS) {
      const { clients: usable, unable } = await peers.probe(server, { cipher });
      const sessions = [];
      for (const client of [...clients, ...usable]) {
        const session = await client.open(server, { cipher });
        sessions.push({ client, session });
      }
      for (const direction of /** @type {const} */ (['download', 'upload'])) {
        yield {
          name: `${direction}, ${cipher}, ${length / 1e6} MB`,
          contestants: sessions.map(({ client: { name, peer, timed: clock = timed }, session }) => ({
            name,
            peer,
            async sample() {
              const some = peer && direction === 'upload' ? length * PEER_UPLOAD_SHARE : length;
              const { ms, 'cpu ms': cpu } = await clock(() => session[direction](some));
              return { 'MB/s': some / 1000 / ms, 'MB/cpu s': some / 1000 / cpu };
            },
          })),
          unable,
          rounds: rounds(9, 2),
          warmUp: 3, // until V8 has optimized the code
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
