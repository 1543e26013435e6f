/** Many bytes over one open TLS 1.3 connection, each way, by cipher suite. */
import * as pagetls from '../../dist/index.js';
import { startBridge } from '../../scripts/bridge.js';
import { Stop } from '../../scripts/run.js';
import { threeCertificates } from '../lib/chain.js';
import { nodeClient, pagetlsClient } from '../lib/clients.js';
import { timed } from '../lib/rounds.js';
import { startServers } from '../lib/server.js';

export const about =
  'bytes over an open TLS 1.3 connection, to and from a server in another process; 1 MB is 1,000,000 bytes';

const CIPHERS = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];

const LENGTH = { full: 16_000_000, quick: 4_000_000 };

/** @param {number} port @param {(text: string) => void} note */
async function bridgeTo(port, note) {
  try {
    return await startBridge({ allowMissingOrigin: true, allowTargets: [`127.0.0.1:${port}`] });
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
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
    pagetlsClient('pagetls, TCP', pagetls),
    ...(bridge ? [pagetlsClient('pagetls, websockify', pagetls, bridge.url)] : []),
    nodeClient(),
  ];
  try {
    for (const cipher of CIPHERS) {
      const sessions = await Promise.all(
        clients.map(async (client) => ({ name: client.name, session: await client.open(server, { cipher }) })),
      );
      for (const way of /** @type {const} */ (['download', 'upload'])) {
        yield {
          name: `${way}, ${cipher}, ${length / 1e6} MB`,
          contestants: sessions.map(({ name, session }) => ({
            name,
            async sample() {
              const { ms, 'cpu ms': cpu } = await timed(() => session[way](length));
              return { 'MB/s': length / 1000 / ms, 'MB/cpu s': length / 1000 / cpu };
            },
          })),
          rounds: rounds(9, 2),
          warmUp: 1,
        };
      }
      await Promise.all(sessions.map(({ session }) => session.close()));
    }
  } finally {
    await bridge?.close();
    await close();
  }
}
