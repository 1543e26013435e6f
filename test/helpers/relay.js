/** A TCP relay in this process that can hold, change or cut what passes: the network's part of a test. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * @typedef {object} Passing one connection through the relay
 * @property {import('node:net').Socket} client
 * @property {import('node:net').Socket} server
 */

/**
 * @param {number} target the port that it relays to
 * @param {object} [hooks]
 * @param {(chunk: Buffer, passing: Passing) => Buffer | null} [hooks.fromServer] what becomes of a piece; null: nothing
 * @param {(chunk: Buffer, passing: Passing) => Buffer | null} [hooks.fromClient]
 */
export async function startRelay(target, { fromServer = (chunk) => chunk, fromClient = (chunk) => chunk } = {}) {
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  const relay = createServer({ allowHalfOpen: true }, (client) => {
    const server = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    const passing = { client, server };
    for (const [from, to, hook] of /** @type {const} */ ([
      [client, server, fromClient],
      [server, client, fromServer],
    ])) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('data', (chunk) => {
        const passed = hook(chunk, passing);
        if (passed && !to.destroyed) {
          to.write(passed);
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
