/** A TLS server that receives bytes, reports their checksum, sends bytes, and ends with close_notify. */
import { once } from 'node:events';
import { Checksum, chunkSizes, pattern } from '../fixtures/pattern.js';
import { startNodeTls } from './servers.js';

/** @typedef {import('./pki.js').Case} Case */

/** @param {Case} pki */
export async function startTransferServer(pki) {
  let sent = 0;
  const server = await startNodeTls(pki, {}, (socket) => {
    serve(socket, (bytes) => {
      sent += bytes;
    }).catch((error) => socket.destroy(error));
  });
  return {
    port: server.port,
    target: `127.0.0.1:${server.port}`,
    /** Bytes handed to the operating system, over all connections. */
    sent: () => sent,
    close: server.close,
  };
}

/**
 * @param {import('node:tls').TLSSocket} socket
 * @param {(bytes: number) => void} onSent
 */
async function serve(socket, onSent) {
  let head = Buffer.alloc(0);
  const arrived = new Checksum();
  /** @type {{ up: number, down: number, oneWrite: boolean } | undefined} */
  let task;
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    let bytes = chunk;
    if (!task) {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf(10);
      if (end < 0) continue;
      task = JSON.parse(head.subarray(0, end).toString());
      bytes = head.subarray(end + 1);
    }
    arrived.update(bytes);
    if (task && arrived.length >= task.up) break;
  }
  if (!task) return;
  socket.resume(); // to notice the client's end
  socket.write(`${arrived}\n`);
  let made = 0;
  for (const size of task.oneWrite ? [task.down] : chunkSizes(task.down)) {
    if (!socket.write(pattern(made, size), () => onSent(size))) await once(socket, 'drain');
    made += size;
  }
  socket.end();
}
