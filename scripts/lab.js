/**
 * The lab's servers: a local TLS server for each case. All run in this process, on loopback, on ports picked by the
 * system. If no server would load a certificate or behave as a case needs, a relay in front of a normal server alters its
 * data.
 */
import { once } from 'node:events';
import https from 'node:https';
import net from 'node:net';
import { pemDer } from '../certs/der.js';
import { generate, loadCase } from '../certs/generate.js';
import { swappingRelay } from '../certs/swap.js';
import { labCases, ZONE } from './lab/cases.js';
import { HANDSHAKES, RELAYED } from './lab/handshakes.js';
import { inProject } from './run.js';

/** @typedef {import('node:net').AddressInfo} AddressInfo */
/** @typedef {import('node:net').Socket} Socket */
/** @typedef {import('node:tls').SecureVersion} SecureVersion */
/** @typedef {ReturnType<typeof loadCase>} Case */

/**
 * @typedef {object} Lab
 * @property {Record<string, string>} targets case id -> host:port
 * @property {() => Promise<void>} close
 */

/**
 * @returns {Promise<Lab>}
 */
export async function startLab() {
  const certificates = inProject('build/certs');
  await generate(certificates);
  /** @type {Listener[]} */
  const listeners = [];
  const close = async () => {
    await Promise.all(listeners.map((listener) => listener.close()));
  };
  /** @param {net.Server} server */
  const start = async (server) => {
    const listener = await listen(server);
    listeners.push(listener);
    return listener;
  };
  try {
    const zone = loadCase(certificates, ZONE);
    const [other12, zone12, zone13] = await Promise.all([
      start(caseServer(loadCase(certificates, 'good-p256'), { maxVersion: 'TLSv1.2' })),
      start(caseServer(zone, { maxVersion: 'TLSv1.2' })),
      start(caseServer(zone)),
    ]);
    const parts = {
      zone,
      client: loadCase(certificates, 'client'),
      port12: () => other12.port,
      zone12: () => zone12.port,
      zone13: () => zone13.port,
    };
    /** @param {string} id */
    const make = (id) => {
      const handshake = [...HANDSHAKES, ...RELAYED].find((one) => one.id === id);
      if (handshake !== undefined) return handshake.make(parts);
      const profile = loadCase(certificates, id);
      if (profile.serve) return caseServer(profile);
      return swappingRelay(() => other12.port, pemDer('CERTIFICATE', profile.chain));
    };
    const targets = await Promise.all(
      labCases().map(async ({ id }) => {
        const made = make(id);
        return [id, typeof made === 'string' ? made : (await start(made)).target];
      }),
    );
    return { targets: Object.fromEntries(targets), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * A server with the certificates of a case. It answers every request with the case's host name and title.
 * @param {Case} profile
 * @param {{ maxVersion?: SecureVersion }} [options]
 */
function caseServer({ title, chain, key, server, clients, hostname }, { maxVersion } = {}) {
  const minVersion = /** @type {SecureVersion | undefined} */ (server.minVersion);
  const asking = clients && { requestCert: true, rejectUnauthorized: false, ca: clients.ca };
  const { ciphers } = server;
  const options = { cert: chain, key, minVersion, maxVersion, ciphers, ALPNProtocols: ['http/1.1'], ...asking };
  return https.createServer(options, (_request, response) => {
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.write(`${hostname}: ${title}\n`);
    setImmediate(() => response.end('End of the answer.\n')); // in a second record
  });
}

/** @typedef {{ port: number, target: string, close: () => Promise<void> }} Listener */

/** @param {net.Server} server @returns {Promise<Listener>} */
async function listen(server) {
  /** @type {Set<Socket>} */
  const sockets = new Set();
  server.on('connection', (/** @type {Socket} */ socket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // the client may reset the connection
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {AddressInfo} */ (server.address());
  return {
    port,
    target: `127.0.0.1:${port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
