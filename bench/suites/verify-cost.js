/**
 * The time that our certificate verification adds to a handshake, compared with Mbed TLS's own, which the same module uses
 * when it is linked without our wraps.
 */
import { threeCertificates } from '../lib/chain.js';
import { pagetlsClient } from '../lib/clients.js';
import { inFreshProcess } from '../lib/fresh.js';
import { timed } from '../lib/rounds.js';
import { startServers } from '../lib/server.js';
import { loadPackage, packages } from '../lib/stock.js';

export const about =
  'TLS 1.3 handshakes with three P-256 certificates (leaf and intermediate sent, root known: two signatures of the ' +
  'chain and the CertificateVerify), verified by Mbed TLS and by pagetls';

const STOCK = 'stock Mbed TLS';
const OURS = 'pagetls';
const CONTROL = 'stock again (control)';
const MAX_RATIO = 1.05;

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ rounds }) {
  const { stock, ours, control } = await packages();
  const compared = [
    { name: STOCK, folder: stock },
    { name: OURS, folder: ours },
    { name: CONTROL, folder: control },
  ];
  const { servers, close } = await startServers(threeCertificates('P-256'));
  const [server] = servers;
  try {
    // Several processes, because the speed of optimized code varies from process to process.
    const task = { packages: compared, server, rounds: rounds(60, 20), warmUp: rounds(50, 30) };
    /** @type {Promise<Record<string, Record<string, number>>>[]} */
    const processes = [];
    yield {
      name: `the client alone: a replayed handshake, medians of ${task.rounds} in each of several processes`,
      contestants: compared.map(({ name }) => {
        let next = 0;
        return {
          name,
          async sample() {
            const index = next++;
            processes[index] ??= inFreshProcess('replay-process.js', task);
            return (await processes[index])[name];
          },
        };
      }),
      rounds: rounds(9, 2),
      limit: { contestant: OURS, unit: 'cpu ms', ratio: MAX_RATIO },
    };

    yield {
      name: 'connect() over TCP, to a server in another process',
      contestants: await Promise.all(
        compared.map(async ({ name, folder }) => {
          const client = pagetlsClient(name, (await loadPackage(folder)).index);
          return {
            name,
            async sample() {
              const { ms, 'cpu ms': cpu } = await timed(async () => (await client.open(server)).close());
              return { 'cpu ms': cpu, ms };
            },
          };
        }),
      ),
      rounds: rounds(250, 40),
      warmUp: rounds(30, 10),
      limit: { contestant: OURS, unit: 'cpu ms', ratio: MAX_RATIO },
    };
  } finally {
    await close();
  }
}
