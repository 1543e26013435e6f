/** A server that starts with a scripted dialogue, then speaks TLS over the same connection. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import tls from 'node:tls';

/** @typedef {import('./pki.js').Case} Case */

/**
 * A step: what the server sends, or what it waits for.
 * @typedef {{say: string} | {hear: string}} Step
 */

/**
 * @param {Case} pki
 * @param {Step[]} steps in Latin-1; a client that says something else is cut off
 * @param {(socket: import('node:tls').TLSSocket) => void} [onSecure] echoes by default
 * @returns {Promise<{port: number, heard: () => string, close: () => Promise<void>}>} `heard`: all that clients said before TLS
 */
export async function startScripted(pki, steps, onSecure = (socket) => socket.pipe(socket)) {
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  let heard = '';
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    const rest = [...steps];
    let unread = Buffer.alloc(0);
    const advance = () => {
      for (let step = rest[0]; step; step = rest[0]) {
        if ('say' in step) {
          socket.write(step.say, 'latin1');
        } else {
          const wanted = Buffer.from(step.hear, 'latin1');
          if (unread.length < wanted.length) return;
          heard += step.hear;
          if (!unread.subarray(0, wanted.length).equals(wanted)) {
            socket.destroy();
            return;
          }
          unread = unread.subarray(wanted.length);
        }
        rest.shift();
      }
      socket.off('data', receive);
      socket.pause();
      if (unread.length > 0) socket.unshift(unread);
      const secured = new tls.TLSSocket(socket, { isServer: true, cert: pki.chain, key: pki.key });
      secured.on('error', () => {});
      onSecure(secured);
    };
    const receive = (/** @type {Buffer} */ bytes) => {
      unread = Buffer.concat([unread, bytes]);
      advance();
    };
    socket.on('data', receive);
    advance();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: /** @type {import('node:net').AddressInfo} */ (server.address()).port,
    heard: () => heard,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
