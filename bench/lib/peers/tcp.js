/** A TCP connection for libraries that leave the transport to their user. */
import { once } from 'node:events';
import { connect } from 'node:net';

/** @param {number} port on loopback */
export async function dial(port) {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  /** @type {Promise<unknown> | undefined} */
  let drained;
  return {
    socket,
    /** @param {Uint8Array} bytes */
    write(bytes) {
      if (!socket.write(bytes)) drained ??= once(socket, 'drain').finally(() => (drained = undefined));
    },
    /** Resolves when more may be written. */
    async drained() {
      await drained;
    },
    async close() {
      const closed = once(socket, 'close');
      socket.end();
      socket.resume();
      await closed;
    },
  };
}
