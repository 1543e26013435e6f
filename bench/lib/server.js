/** Starts servers on loopback in a separate process, so that the CPU time of this process is the client's. */
import { startForked } from './forked.js';

/** @typedef {import('./chain.js').ServerIdentity} ServerIdentity */
/** The identity of a server without TLS. */
export const PLAIN = { cert: undefined, key: undefined, roots: '' };

/** @typedef {{port: number, roots: string}} Server its port, and the trust anchors as PEM */

/**
 * @param {(ServerIdentity | typeof PLAIN)[]} identities
 * @returns {Promise<{servers: Server[], close: () => Promise<void>}>} one server for each identity
 */
export async function startServers(...identities) {
  const { ask, end } = startForked('server-process.js');
  /** @type {Server[]} */
  const servers = [];
  for (const { cert, key, roots } of identities) {
    const { port } = await ask({ cert, key });
    servers.push({ port, roots });
  }
  return { servers, close: end };
}
