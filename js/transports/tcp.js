import { TLSError } from '../errors.js';
import { Incoming } from './incoming.js';

/** @typedef {import('../errors.js').ErrorCode} ErrorCode */
/** @typedef {import('./transport.js').Transport} Transport */
/** @typedef {import('./transport.js').Address} Address */

/** @type {Record<string, ErrorCode>} */
const BY_SYSTEM_CODE = {
  ECONNREFUSED: 'ERR_TLS_CONNECT_REFUSED',
  ENOTFOUND: 'ERR_TLS_HOST_NOT_FOUND',
  EAI_AGAIN: 'ERR_TLS_HOST_NOT_FOUND',
  ETIMEDOUT: 'ERR_TLS_CONNECT_TIMEOUT',
};

/** How long to wait for the other side to end after we have, in milliseconds. */
const LINGER = 1000;

/** @type {Promise<typeof import('node:net')> | undefined} */
let netModule;

/**
 * TCP, in Node.
 * @param {{localAddress?: string, localPort?: number, family?: 4 | 6}} [options] as of Node's net.connect()
 * @returns {Transport}
 */
export function tcp(options = {}) {
  return async ({ hostname, port }, { signal }) => {
    netModule ??= import('node:net');
    const net = await netModule.catch((cause) => {
      throw new TLSError('ERR_TLS_NO_TRANSPORT', 'TCP is there in Node only.', { cause });
    });
    const socket = net.connect({ ...options, host: hostname, port, noDelay: true, allowHalfOpen: true });
    await opening(socket, signal, { hostname, port });
    return toStreams(socket);
  };
}

/**
 * @param {import('node:net').Socket} socket
 * @param {AbortSignal} signal
 * @param {Address} address
 */
function opening(socket, signal, { hostname, port }) {
  return new Promise((resolve, reject) => {
    const abort = () => {
      socket.destroy();
      reject(signal.reason);
    };
    /** @param {NodeJS.ErrnoException} error */
    const failed = (error) => {
      signal.removeEventListener('abort', abort);
      const code = BY_SYSTEM_CODE[error.code ?? ''] ?? 'ERR_TLS_TRANSPORT';
      reject(new TLSError(code, `No TCP connection to ${hostname} port ${port}: ${error.message}`, { cause: error }));
    };
    socket.once('error', failed);
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort);
      socket.off('error', failed);
      resolve(undefined);
    });
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) {
      abort();
    }
  });
}

/**
 * The socket as web streams: it is paused while nobody reads.
 * @param {import('node:net').Socket} socket
 */
function toStreams(socket) {
  const source = { pause: () => void socket.pause(), resume: () => void socket.resume() };
  const incoming = new Incoming(source, { highWaterMark: 1 });
  socket.pause();
  socket.on('data', (chunk) => incoming.push(chunk));
  socket.once('end', () => incoming.end());
  socket.once('error', (error) => incoming.fail(error));
  socket.once('close', () => {
    if (!socket.readableEnded) {
      incoming.fail(new TLSError('ERR_TLS_TRANSPORT', 'The TCP connection was torn down.'));
    }
  });
  /** @type {WritableStream<Uint8Array>} */
  const writable = new WritableStream({
    start(controller) {
      socket.once('error', (error) => controller.error(error));
    },
    write(chunk) {
      return new Promise((resolve, reject) => {
        socket.write(chunk, (error) => (error ? reject(error) : resolve(undefined)));
      });
    },
    close() {
      return new Promise((resolve) => {
        socket.end(() => resolve(undefined));
        socket.once('close', () => resolve(undefined));
      });
    },
    abort() {
      socket.destroy();
    },
  });
  return { readable: incoming.readable, writable, close: () => linger(socket) };
}

/**
 * Waits for the other side's end, and not for ever.
 * @param {import('node:net').Socket} socket
 */
function linger(socket) {
  return new Promise((/** @type {(value: void) => void} */ resolve) => {
    if (socket.destroyed) {
      resolve();
      return;
    }
    const timer = setTimeout(() => socket.destroy(), LINGER);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    if (!socket.writableEnded) {
      socket.end();
    }
    socket.resume();
  });
}
