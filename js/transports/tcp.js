import { TLSError } from '../errors.js';
import { TCP_LINGER_MS, TCP_READ_BYTES } from '../limits.js';
import { Inlet, showStreams } from './channel.js';

/** @typedef {import('../errors.js').ErrorCode} ErrorCode */
/** @typedef {import('./channel.js').Channel} Channel */
/** @typedef {import('./transport.js').Transport} Transport */
/** @typedef {import('./transport.js').Address} Address */

/** @type {Record<string, ErrorCode>} */
const BY_SYSTEM_CODE = {
  ECONNREFUSED: 'ERR_TLS_CONNECT_REFUSED',
  ENOTFOUND: 'ERR_TLS_HOST_NOT_FOUND',
  EAI_AGAIN: 'ERR_TLS_HOST_NOT_FOUND',
  ETIMEDOUT: 'ERR_TLS_CONNECT_TIMEOUT',
};

/** @type {Promise<typeof import('node:net')> | undefined} */
let netModule;
/** @type {Uint8Array | undefined} */
let shared;

/**
 * What a socket reads into. On Windows a reading goes on while others are served; elsewhere it is over, and what was read
 * handed on, before the next one begins.
 */
const readBuffer = () =>
  process.platform === 'win32' ? new Uint8Array(TCP_READ_BYTES) : (shared ??= new Uint8Array(TCP_READ_BYTES));

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
    const inlet = new Inlet();
    const socket = net.connect({
      ...options,
      host: hostname,
      port,
      noDelay: true,
      allowHalfOpen: true,
      onread: {
        buffer: readBuffer(),
        callback(length, buffer) {
          inlet.receive(buffer.subarray(0, length));
          return true;
        },
      },
    });
    socket.pause();
    await opening(socket, signal, { hostname, port });
    return showStreams(new TcpChannel(socket, inlet));
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

const tornDown = () => new TLSError('ERR_TLS_TRANSPORT', 'The TCP connection was torn down.');

/** @implements {Channel} */
class TcpChannel {
  abortCoversSignal = true;
  #socket;
  #inlet;

  /**
   * @param {import('node:net').Socket} socket paused
   * @param {Inlet} inlet where its bytes go
   */
  constructor(socket, inlet) {
    this.#socket = socket;
    this.#inlet = inlet;
    socket.on('end', () => inlet.ended());
    socket.on('error', (error) => {
      inlet.failed(error);
      inlet.broken(error);
    });
    socket.on('close', () => {
      if (!socket.readableEnded) {
        inlet.failed(tornDown());
      }
    });
  }

  /** @param {import('./channel.js').Receiver} receiver */
  start(receiver) {
    this.#inlet.start(receiver);
    this.resume();
  }

  pause() {
    this.#socket.pause();
  }

  resume() {
    this.#socket.resume();
  }

  /** @param {Uint8Array} bytes */
  send(bytes) {
    const socket = this.#socket;
    if (socket.destroyed) {
      return Promise.reject(tornDown());
    }
    /** @type {((error?: Error | null) => void) | undefined} */
    let settle;
    socket.write(bytes, (error) => settle?.(error));
    if (socket.errored) {
      return Promise.reject(socket.errored);
    }
    if (socket.writableLength === 0) {
      return undefined; // the system has taken it at once
    }
    return new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
      settle = (error) => (error ? reject(error) : resolve());
    });
  }

  end() {
    return new Promise((/** @type {(value: void) => void} */ resolve) => {
      this.#socket.end(() => resolve());
      this.#socket.once('close', () => resolve());
    });
  }

  discard() {
    this.#inlet.discard();
    this.resume();
  }

  abort() {
    this.#socket.destroy();
  }

  /** Waits for the other side's end, and not for ever. */
  close() {
    const socket = this.#socket;
    return new Promise((/** @type {(value: void) => void} */ resolve) => {
      if (socket.destroyed) {
        resolve();
        return;
      }
      const timer = setTimeout(() => socket.destroy(), TCP_LINGER_MS);
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
}
