/** Starts servers on loopback in a separate process, so that the CPU time of this process is the client's. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** @typedef {import('./chain.js').ServerIdentity} ServerIdentity */
/** The identity of a server without TLS. */
export const PLAIN = { cert: undefined, key: undefined, roots: '' };

/** @typedef {{port: number, roots: string}} Server its port, and the trust anchors as PEM */

/**
 * @param {(ServerIdentity | typeof PLAIN)[]} identities
 * @returns {Promise<{servers: Server[], close: () => Promise<void>}>} one server for each identity
 */
export async function startServers(...identities) {
  const child = fork(fileURLToPath(new URL('./server-process.js', import.meta.url)));
  const ended = once(child, 'exit');
  const failed = ended.then(() => {
    throw new Error('The server has ended.');
  });
  failed.catch(() => {});
  /** @type {Server[]} */
  const servers = [];
  for (const { cert, key, roots } of identities) {
    child.send({ cert, key });
    const [{ port }] = await Promise.race([once(child, 'message'), failed]);
    servers.push({ port, roots });
  }
  return {
    servers,
    async close() {
      child.disconnect();
      await ended;
    },
  };
}
