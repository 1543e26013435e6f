/** The servers of this example: Mosquitto, which requires certificates of a private CA, and a sensor that publishes. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { connect, TrustStore } from 'pagetls';
import { toDuplex } from 'pagetls/node';
import { makeCertificates } from '../../scripts/example-certificates.js';
import { freePort, startServer } from '../../scripts/example-servers.js';
import { findProgram } from '../../scripts/run.js';
import { bundle } from './bundle.js';

const SECOND_MS = 1000;

/** @param {number} port */
const configuration = (port) => `
${process.getuid?.() === 0 ? 'user root' : ''}
listener ${port} 127.0.0.1
certfile server.pem
keyfile server.key
cafile ca.pem
require_certificate true
use_identity_as_username true
allow_anonymous false
persistence false
message_size_limit 10000
`;

/**
 * Publishes a temperature each second.
 * @param {string} server
 * @param {{ca: string, identity: string}} files
 */
async function startSensor(server, { ca, identity }) {
  const options = { trust: await TrustStore.from(ca), cert: identity, key: identity };
  const client = new mqtt.MqttClient(() => toDuplex(connect(server, options)), { clientId: 'sensor' });
  client.on('error', () => {}); // it connects again
  let celsius = 20;
  const timer = setInterval(() => {
    celsius += Math.random() - 0.5;
    if (client.connected) client.publish('sensors/hall/temperature', celsius.toFixed(1), { retain: true });
  }, SECOND_MS);
  return async () => {
    clearInterval(timer);
    await client.endAsync(true);
  };
}

/** @returns {Promise<import('../../scripts/examples.js').Started>} */
export async function start() {
  const folder = await mkdtemp(join(tmpdir(), 'pagetls-example-'));
  const port = await freePort();
  await Promise.all([
    writeFile(join(folder, 'mosquitto.conf'), configuration(port)),
    makeCertificates(folder, { client: 'dashboard' }),
    bundle(join(folder, 'bundle')),
  ]);
  const mosquitto = await startServer(findProgram('mosquitto') ?? 'mosquitto', ['-c', 'mosquitto.conf'], {
    cwd: folder,
    ready: /mosquitto version \S+ running/,
  });
  const [ca, certificate, key] = await Promise.all(
    ['ca.pem', 'client.pem', 'client.key'].map((name) => readFile(join(folder, name), 'utf8')),
  );
  const identity = certificate + key;
  const server = `127.0.0.1:${port}`;
  const stopSensor = await startSensor(server, { ca, identity });
  return {
    targets: [server],
    config: { server, ca, identity },
    bundle: join(folder, 'bundle'),
    async close() {
      await stopSensor();
      await mosquitto.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
