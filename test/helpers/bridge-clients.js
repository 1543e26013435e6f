// Clients, targets and process inspection for the bridge tests.
import assert from 'node:assert/strict';
import { on, once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';

/**
 * A TCP server on loopback that runs `serve` for each connection. It ignores connection errors.
 * @param {(socket: net.Socket) => void} serve
 * @param {net.ServerOpts} [options]
 */
export async function startTarget(serve, options) {
  const sockets = new Set();
  const server = net.createServer({ noDelay: true, ...options }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    serve(socket);
  });
  server.listen(0, '127.0.0.1', 1024);
  await once(server, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  return {
    token: `127.0.0.1:${port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/**
 * @param {WebSocket} ws
 * @returns {Promise<{code: number, reason: string}>}
 */
export async function closeEvent(ws) {
  const [code, reason] = await once(ws, 'close');
  return { code, reason: String(reason) };
}

/**
 * @param {{url: string}} bridge
 * @param {string} token
 * @param {import('ws').ClientOptions} [options]
 */
export const dial = (bridge, token, options) =>
  new WebSocket(`${bridge.url}/?token=${token}`, { perMessageDeflate: false, ...options });

/**
 * The next non-empty message: an empty one says that the target has been reached. Both can arrive in one tick, so a
 * single listener handles both.
 * @param {WebSocket} ws
 * @param {{ signal?: AbortSignal }} [options]
 * @returns {Promise<Buffer>}
 */
export async function nextMessage(ws, options) {
  for await (const [data] of on(ws, 'message', options)) {
    if (data.length > 0) return data;
  }
  throw new Error('unreachable: on() does not end');
}

/**
 * The HTTP status of a rejected upgrade.
 * @param {WebSocket} ws
 */
export async function rejectedUpgradeStatus(ws) {
  ws.on('error', () => {});
  const [, response] = await once(ws, 'unexpected-response');
  response.resume();
  await once(response, 'close');
  return response.statusCode;
}

/**
 * A WebSocket connection over raw TCP, for frames that no library would send.
 * @param {{port: number}} bridge
 * @param {string} token
 * @param {string} [headers] additional headers, in Latin-1
 */
export async function rawDial(bridge, token, headers = '') {
  const socket = net.connect({ port: bridge.port, host: '127.0.0.1', noDelay: true });
  socket.write(
    `GET /?token=${token} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${headers}\r\n`,
    'latin1',
  );
  let head = Buffer.alloc(0);
  while (!head.includes('\r\n\r\n')) {
    const [chunk] = await once(socket, 'data');
    head = Buffer.concat([head, chunk]);
  }
  assert.match(head.toString(), /^HTTP\/1\.1 101 /);
  let frames = head.subarray(head.indexOf('\r\n\r\n') + 4);
  socket.on('data', (chunk) => {
    frames = Buffer.concat([frames, chunk]);
  });
  const ended = closed(socket);
  return { socket, ended, frames: () => frames };
}

/** Resolves when a socket is closed, also by a reset. @param {net.Socket} socket @returns {Promise<void>} */
export function closed(socket) {
  socket.on('error', () => {});
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

/** The child processes, from /proc. @param {number} pid @returns {number[]} */
export function childrenOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

/** @param {number} pid */
export function isAlive(pid) {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** A number in /proc/PID/status: memory in KiB, or a count. @param {number} pid @param {string} name */
export function statusOf(pid, name) {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
}

/**
 * Polls a condition that another process makes true. The calling test has the timeout.
 * @param {() => boolean} condition
 */
export async function until(condition) {
  while (!condition()) await delay(5);
}

/**
 * A client frame, masked with zeros.
 * @param {number} first the first byte: FIN, reserved bits and opcode
 * @param {Uint8Array | string} [payload] at most 65,535 bytes
 */
export function frame(first, payload = '') {
  const bytes = Buffer.from(payload);
  const header = bytes.length < 126 ? Buffer.of(first, 0x80 | bytes.length) : Buffer.of(first, 0xfe, 0, 0);
  if (bytes.length >= 126) header.writeUInt16BE(bytes.length, 2);
  return Buffer.concat([header, Buffer.alloc(4), bytes]);
}

/** The code and reason of the close frame at the end of `frames`. @param {Buffer} frames */
export function closeFrame(frames) {
  for (let at = 0; at + 2 <= frames.length;) {
    const short = frames[at + 1];
    const [header, size] = short < 126 ? [2, short] : short === 126 ? [4, frames.readUInt16BE(at + 2)] : [10, NaN];
    if (frames[at] === 0x88) {
      return { code: frames.readUInt16BE(at + 2), reason: frames.toString('ascii', at + 4, at + 2 + short) };
    }
    at += header + (Number.isNaN(size) ? Number(frames.readBigUInt64BE(at + 2)) : size);
  }
  return undefined;
}

/**
 * A plain HTTP request.
 * @param {{port: number}} bridge
 * @param {string} [path]
 * @param {RequestInit} [options]
 */
export async function request(bridge, path = '/healthz', options) {
  const response = await fetch(`http://127.0.0.1:${bridge.port}${path}`, options);
  return { status: response.status, text: await response.text() };
}
