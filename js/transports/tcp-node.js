/**
 * TCP by node:net, in Node, Deno and Bun. That of Deno and Bun has what is needed here: half-close, backpressure, addresses and
 * Node's error codes (test/matrix/runtimes/). Deno.connect() saves 0.07 of the 6 CPU seconds of a gigabyte, and Bun.connect()
 * is what Bun's node:net is made of.
 */
import { connect } from 'node:net';
import { formatAddress } from '../address.js';
import { TLSError } from '../errors.js';
import { TCP_LINGER_MS, TCP_READ_BYTES } from '../limits.js';
import { deniedError } from '../permission.js';
import { BufferedReceiver, streamsOf } from './channel.js';

/** @typedef {import('../errors.js').ErrorCode} ErrorCode */
/** @typedef {import('./channel.js').Channel} Channel */
/** @typedef {import('./transport.js').Address} Address */

/** @type {Record<string, ErrorCode>} */
const SYSTEM_ERROR_CODES = {
  ECONNREFUSED: 'ERR_TLS_CONNECT_REFUSED',
  ENOTFOUND: 'ERR_TLS_HOST_NOT_FOUND',
  EAI_AGAIN: 'ERR_TLS_HOST_NOT_FOUND',
  ETIMEDOUT: 'ERR_TLS_CONNECT_TIMEOUT',
};

/** @type {Uint8Array | undefined} */
let sharedBuffer;

/**
 * The buffer that a socket reads into. Sockets can share one: each read is finished and passed on before the next begins.
 * Not on Windows, where the reads of several sockets overlap.
 */
const readBuffer = () =>
  process.platform === 'win32' ? new Uint8Array(TCP_READ_BYTES) : (sharedBuffer ??= new Uint8Array(TCP_READ_BYTES));

/**
 * @param {Address} address
 * @param {import('./tcp.js').Local} local
 * @param {AbortSignal} signal
 * @returns {Promise<import('./transport.js').TransportStreams>}
 */
export async function openTcp({ hostname, port }, local, signal) {
  const receiver = new BufferedReceiver();
  /** @type {import('node:net').NetConnectOpts} */
  const options = {
    ...local,
    host: hostname,
    port,
    noDelay: true,
    allowHalfOpen: true,
    onread: {
      buffer: readBuffer(),
      callback(length, buffer) {
        receiver.receive(buffer.subarray(0, length));
        return true;
      },
    },
  };
  // Without prototype: net.connect() would obey a `path`, for example, that Object.prototype has.
  const socket = connect(Object.assign(Object.create(null), options));
  socket.pause();
  // Never called by Node, which obeys `onread`; its substitutes in other runtimes may not know it.
  socket.on('data', (bytes) => receiver.receive(bytes));
  await connected(socket, signal, { hostname, port });
  return streamsOf(new TcpChannel(socket, receiver));
}

/**
 * @param {import('node:net').Socket} socket
 * @param {AbortSignal} signal
 * @param {Address} address
 */
function connected(socket, signal, { hostname, port }) {
  return new Promise((resolve, reject) => {
    const abort = () => {
      socket.destroy();
      reject(signal.reason);
    };
    /** @param {NodeJS.ErrnoException} error */
    const onError = (error) => {
      signal.removeEventListener('abort', abort);
      const code = SYSTEM_ERROR_CODES[error.code ?? ''] ?? 'ERR_TLS_TRANSPORT';
      const sentence = `TCP connection to ${hostname} port ${port} failed: ${error.message}`;
      reject(deniedError(sentence, error) ?? new TLSError(code, sentence, { cause: error }));
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      signal.removeEventListener('abort', abort);
      socket.off('error', onError);
      resolve(undefined);
    });
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) {
      abort();
    }
  });
}

/** @param {string} [hostname] @param {number} [port] */
const textOf = (hostname, port) => (hostname && port ? formatAddress({ hostname, port }) : undefined);

const tornDownError = () => new TLSError('ERR_TLS_TRANSPORT', 'The TCP connection was torn down.');

/** @implements {Channel} */
class TcpChannel {
  abortCoversSignal = true;
  #socket;
  #receiver;
  /** @type {Error | undefined} */
  #writeError;

  /**
   * @param {import('node:net').Socket} socket paused
   * @param {BufferedReceiver} receiver gets its input
   */
  constructor(socket, receiver) {
    this.#socket = socket;
    this.#receiver = receiver;
    this.remoteAddress = textOf(socket.remoteAddress, socket.remotePort);
    this.localAddress = textOf(socket.localAddress, socket.localPort);
    this.#keepReading();
    socket.on('end', () => receiver.ended());
    socket.on('error', (error) => {
      receiver.failed(error);
      receiver.broken(error);
    });
    socket.on('close', () => {
      if (!socket.readableEnded) {
        receiver.failed(tornDownError());
      }
    });
  }

  /**
   * Node destroys a socket when a write fails, and with it what the server sent before it closed: an answer, or an alert.
   * Here such an error only ends sending; reading goes on until the server's end.
   */
  #keepReading() {
    const socket = this.#socket;
    const { _write: write, _writev: writev } = socket;
    /** @param {(error?: Error | null) => void} callback @returns {(error?: Error | null) => void} */
    const withoutError = (callback) => (error) => {
      if (error && !this.#writeError && !socket.destroyed) {
        this.#writeError = error;
        this.#receiver.broken(error);
      }
      callback();
    };
    socket._write = (chunk, encoding, callback) => write.call(socket, chunk, encoding, withoutError(callback));
    socket._writev = writev && ((chunks, callback) => writev.call(socket, chunks, withoutError(callback)));
  }

  get tcp() {
    return this.#socket;
  }

  /** @param {import('./channel.js').Receiver} target */
  start(target) {
    this.#receiver.start(target);
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
      return Promise.reject(tornDownError());
    }
    /** @type {((error?: Error | null) => void) | undefined} */
    let settle;
    if (!this.#writeError) {
      socket.write(bytes, (error) => settle?.(error ?? this.#writeError));
    }
    const failed = this.#writeError ?? socket.errored;
    if (failed) {
      return Promise.reject(failed);
    }
    if (socket.writableLength === 0) {
      return undefined; // the operating system has accepted all of it
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
    this.#receiver.discard();
    this.resume();
  }

  abort() {
    this.#socket.destroy();
  }

  /** Waits for the peer's end, at most TCP_LINGER_MS. */
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
