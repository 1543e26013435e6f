/** For the scenarios: what they use of sockets and of the server. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { pattern } from '../../fixtures/pattern.js';

/** @typedef {import('node:tls').TLSSocket} Socket */

/**
 * @typedef {object} Options
 * @property {boolean} [allowHalfOpen]
 * @property {number} [port] another than the server's
 * @property {string} [host]
 * @property {boolean} [untrusted] trust another root
 * @property {string} [servername]
 */

/** @typedef {(options?: Options) => Socket} Open opens a socket to the server */

/**
 * @typedef {object} Scenario
 * @property {(socket: Socket) => void} [serve] what the server does with a connection; echo by default
 * @property {(open: Open) => unknown} run
 * @property {true} [tls] it needs TLS
 */

const EVENTS = ['connect', 'ready', 'secureConnect', 'end', 'finish', 'error', 'close', 'timeout', 'drain'];
export const MB = 1024 * 1024;

export const LARGE = pattern(0, 10 * MB);

/** @param {Uint8Array} bytes */
export const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** What the server saw. */
export const onServer = { got: '', sent: 0 };

/** Records events, with the code of an error and the argument of 'close'. @param {Socket} socket @param {string[]} [names] */
export function record(socket, names = EVENTS) {
  /** @type {string[]} */
  const seen = [];
  for (const name of names) {
    socket.on(name, (value) => {
      const detail =
        value instanceof Error ? `: ${/** @type {any} */ (value).code}` : name === 'close' ? `: ${value}` : '';
      seen.push(`${name}${detail}`);
    });
  }
  return seen;
}

/** @param {Socket} socket */
export const closed = (socket) => new Promise((resolve) => void socket.once('close', resolve));

/** @param {Socket} socket @param {number} [length] until the end by default */
export async function collect(socket, length = Infinity) {
  /** @type {Buffer[]} */
  const chunks = [];
  let size = 0;
  await new Promise((/** @type {(value?: void) => void} */ resolve) => {
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= length) {
        resolve();
      }
    });
    socket.once('end', resolve);
    socket.once('close', () => resolve());
  });
  return Buffer.concat(chunks);
}

/** @param {Socket} socket */
export const opened = async (socket) => {
  await once(socket, socket.encrypted ? 'secureConnect' : 'connect');
  return socket;
};

/** @param {Socket} socket */
export const stateOf = (socket) => ({
  connecting: socket.connecting,
  pending: socket.pending,
  readyState: socket.readyState,
  destroyed: socket.destroyed,
  readable: socket.readable,
  writable: socket.writable,
  encrypted: socket.encrypted,
  authorized: socket.authorized,
  authorizationError: socket.authorizationError,
  timeout: socket.timeout ?? 0,
});

/** Ends later than it writes: Node 20 can leave out close_notify otherwise. @param {Socket} socket @param {Uint8Array | string} bytes */
export const answer = (socket, bytes) => void socket.write(bytes, () => setImmediate(() => socket.end()));

/** A server that reads the whole request, and then answers with what `answer` makes of it. @param {(request: Buffer) => Uint8Array | string} make */
export const atEnd = (make) => (/** @type {Socket} */ socket) => {
  /** @type {Buffer[]} */
  const chunks = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('end', () => answer(socket, make(Buffer.concat(chunks))));
};

/** @param {Open} make */
export const openOf = (make) => opened(make());

/** The TCP socket below a socket of the server. @param {Socket} socket @returns {import('node:net').Socket} */
export const rawOf = (socket) => /** @type {any} */ (socket)._parent ?? socket;

/** @param {Socket} socket */
export const resetOf = (socket) => rawOf(socket).resetAndDestroy();
