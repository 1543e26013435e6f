/** The real HAProxy with the configuration of bridge/deploy, in front of launchers on loopback. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, inProject } from '../../scripts/run.js';
import { directoryOf, freePort, start, startOnFreePort } from './servers.js';

/** The backend of the example configuration with the given servers. @param {number[]} ports */
function launchersWith(ports) {
  const example = readFileSync(inProject('bridge/deploy/launchers.cfg'), 'utf8');
  const kept = example.split('\n').filter((line) => !/^\s*server /.test(line));
  const servers = ports.map((port, i) => `    server launcher${i} 127.0.0.1:${port}`);
  // The machine may lack 127.0.0.2 as a source address, and a test must not wait seconds for a health check.
  return [...kept, ...servers, ''].join('\n').replace(' source 127.0.0.2', '').replace('inter 2s', 'inter 200ms');
}

/**
 * @param {object} options
 * @param {number[]} options.ports of the launchers
 * @param {string} options.certificate PEM: the chain, then the key
 * @param {string[]} options.origins
 * @param {number} [options.connections] limit per client address
 * @param {number} [options.rate] limit per client address in ten seconds
 */
export async function startHaproxy({ ports, certificate, origins, connections = 1000, rate = 1000 }) {
  const metrics = await freePort();
  const server = await startOnFreePort(async (port) => {
    const directory = await directoryOf({
      'bridge.pem': certificate,
      origins: origins.map((origin) => `${origin}\n`).join(''),
      'launchers.cfg': launchersWith(ports),
    });
    const settings = {
      BRIDGE_BIND: `127.0.0.1:${port}`,
      BRIDGE_CERT: join(directory, 'bridge.pem'),
      BRIDGE_ORIGINS: join(directory, 'origins'),
      BRIDGE_MAXCONN: '2000',
      BRIDGE_METRICS: `127.0.0.1:${metrics}`,
      BRIDGE_CONNECTIONS: String(connections),
      BRIDGE_RATE: String(rate),
    };
    const args = ['-db', '-f', inProject('bridge/deploy/haproxy.cfg'), '-f', join(directory, 'launchers.cfg')];
    return start(findProgram('haproxy') ?? 'haproxy', args, directory, settings);
  });
  return { ...server, url: `wss://127.0.0.1:${server.port}`, metrics: `http://127.0.0.1:${metrics}/metrics` };
}
