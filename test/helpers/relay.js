/** A TCP relay in this process that can delay, change or cut the data. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * @typedef {object} RelayedConnection
 * @property {import('node:net').Socket} client
 * @property {import('node:net').Socket} server
 */

/**
 * @param {number} target port on 127.0.0.1
 * @param {object} [hooks]
 * @param {(chunk: Buffer, connection: RelayedConnection) => Buffer | null} [hooks.fromServer] returns the chunk to forward; null drops it
 * @param {(chunk: Buffer, connection: RelayedConnection) => Buffer | null} [hooks.fromClient]
 */
export async function startRelay(target, { fromServer = (chunk) => chunk, fromClient = (chunk) => chunk } = {}) {
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  const relay = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    const connection = { client, server };
    for (const [from, to, hook] of /** @type {const} */ ([
      [client, server, fromClient],
      [server, client, fromServer],
    ])) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('data', (chunk) => {
        const forwarded = hook(chunk, connection);
        if (forwarded && !to.destroyed) {
          to.write(forwarded);
        }
      });
      from.on('end', () => to.end());
      from.on('close', () => sockets.delete(from));
    }
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  return {
    port: /** @type {import('node:net').AddressInfo} */ (relay.address()).port,
    async close() {
      const closed = once(relay, 'close');
      relay.close();
      for (const socket of sockets) {
        socket.destroy();
      }
      await closed;
    },
  };
}
