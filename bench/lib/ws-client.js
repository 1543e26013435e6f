/** A WebSocket client for a relay whose target is a server of server-process.js without TLS. */
import { once } from 'node:events';
import { WebSocket } from 'ws';

const FRAME = Buffer.alloc(64 * 1024, 'pagetls ');
const MAX_BUFFERED_BYTES = 1 << 20;

/**
 * @param {string} url
 * @returns {Promise<import('./clients.js').Session & {echo: () => Promise<void>}>} `echo` requests one byte
 */
export async function openWebSocket(url) {
  const ws = new WebSocket(url, { perMessageDeflate: false });
  ws.binaryType = 'nodebuffer';
  /** @type {{left: number, resolve: () => void, reject: (error: Error) => void} | undefined} */
  let waiting;
  ws.on('message', (data) => {
    if (waiting === undefined) return;
    waiting.left -= /** @type {Buffer} */ (data).length;
    if (waiting.left <= 0) waiting.resolve();
  });
  ws.on('close', (code) => waiting?.reject(new Error(`The relay closed with ${code}.`)));
  await once(ws, 'open');
  /** Resolves when `left` bytes have been received. @param {number} left @returns {Promise<void>} */
  const receive = (left) =>
    new Promise((resolve, reject) => {
      waiting = { left, resolve, reject };
    });
  const download = async (/** @type {number} */ length) => {
    const received = receive(length);
    ws.send(Buffer.from(`down ${length}\n`));
    await received;
  };
  return {
    download,
    echo: () => download(1),
    async upload(length) {
      const answer = receive(1);
      ws.send(Buffer.from(`up ${length}\n`));
      for (let left = length; left > 0; left -= FRAME.length) {
        const frame = left < FRAME.length ? FRAME.subarray(0, left) : FRAME;
        if (ws.bufferedAmount < MAX_BUFFERED_BYTES) ws.send(frame);
        else await new Promise((resolve) => ws.send(frame, resolve));
      }
      await answer;
    },
    async close() {
      const closed = once(ws, 'close');
      ws.close(1000);
      await closed;
    },
  };
}
