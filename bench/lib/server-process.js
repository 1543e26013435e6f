/**
 * The server: Node's TLS (OpenSSL), or plain TCP if it gets no certificate. On each connection it executes commands:
 * `down N` requests N bytes; `up N` announces N bytes, which it acknowledges with one byte.
 */
import { once } from 'node:events';
import { createServer as createPlainServer } from 'node:net';
import { createServer } from 'node:tls';

const BLOCK = Buffer.alloc(64 * 1024, 'pagetls ');

/** @param {import('node:net').Socket} socket @param {number} length */
async function send(socket, length) {
  for (let left = length; left > 0 && !socket.destroyed; left -= BLOCK.length) {
    if (!socket.write(left < BLOCK.length ? BLOCK.subarray(0, left) : BLOCK)) await once(socket, 'drain');
  }
}

/** @param {import('node:net').Socket} socket */
async function serve(socket) {
  let head = '';
  let coming = 0;
  for await (const chunk of socket) {
    if (coming > 0) {
      coming -= chunk.length;
      if (coming <= 0) socket.write('.');
      continue;
    }
    head += chunk.toString('latin1');
    const line = /^(up|down) (\d+)\n/.exec(head);
    if (line === null) continue;
    // The uploaded bytes may begin in the same chunk.
    if (line[1] === 'up') coming = Number(line[2]) - (head.length - line[0].length);
    else await send(socket, Number(line[2]));
    head = '';
  }
}

/** @param {import('node:net').Socket} socket */
const accept = (socket) => {
  socket.on('error', () => {});
  serve(socket).catch(() => {});
};

process.on('message', async (/** @type {{cert?: string, key?: string}} */ identity) => {
  const options = { ...identity, noDelay: true };
  const server = identity.cert === undefined ? createPlainServer(options, accept) : createServer(options, accept);
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send?.({ port: /** @type {import('node:net').AddressInfo} */ (server.address()).port });
});
process.on('disconnect', () => process.exit());
