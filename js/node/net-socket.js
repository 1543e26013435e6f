/** net.Socket: a plaintext connection in the shape of Node's, which tls.connect() can upgrade. */
import { TLSError } from '../errors.js';
import { readConnectOptions } from '../options.js';
import { PlainConnection } from '../plain-connection.js';
import { configured, route } from './configuration.js';
import { readAddress, readArguments } from './net-arguments.js';
import { rejectWrite, SocketDuplex } from './socket-duplex.js';
import { rejectOptions } from './socket-options.js';
import { sourceOf } from './source.js';
import { addAbortSignal } from '#stream';

/** @typedef {import('../transports/transport.js').TransportStreams} TransportStreams */
/** @typedef {import('./source.js').Source} Source */
/** @typedef {import('node:net').SocketConstructorOpts} SocketOptions */
/** @typedef {SocketOptions & import('node:net').TcpNetConnectOpts} ConnectOptions */
/**
 * The callback is for 'connect'.
 * @typedef {[options: import('node:net').TcpSocketConnectOpts, callback?: () => void] | [port: number, callback?: () => void] |
 *   [port: number, host?: string, callback?: () => void]} ConnectArguments
 */

/** For tls.connect(): whether it can take the connection itself. @type {(value: object) => value is Socket} */
export let isPlainSocket;
/** For tls.connect(). @type {(socket: Socket, signal: AbortSignal) => Promise<TransportStreams>} */
export let takeTransport;
/** For tls.connect(): what is asked of the socket from now on goes to the TLS connection. @type {(socket: Socket, source: Omit<Source, 'write'>) => void} */
export let follow;

export class Socket extends SocketDuplex {
  static {
    isPlainSocket = /** @type {(value: object) => value is Socket} */ ((value) => #upgraded in value);
    takeTransport = (socket, signal) => socket.#handOver(signal);
    follow = (socket, source) => {
      const connection = socket.#connection;
      connection?.endReads(); // what arrives now stays in the connection, and is noticed there
      socket.#upgraded = true;
      const write = async (/** @type {Uint8Array} */ bytes) => connection?.write(bytes); // what was written before
      socket.replaceSource(Object.assign(source, { write }));
    };
  }

  /** A TLSSocket is one too, as in Node. @override @param {unknown} value */
  static [Symbol.hasInstance](value) {
    return this === Socket ? value instanceof SocketDuplex : Function.prototype[Symbol.hasInstance].call(this, value);
  }

  /** @type {PlainConnection | undefined} */
  #connection;
  /** What clients look at: the host that connect() was given. @type {string | undefined} */
  _host;
  #keepAlive;
  #upgraded = false;

  /** @param {SocketOptions} [given] of Node's net.Socket */
  constructor(given = {}) {
    const options = /** @type {Record<string, any>} */ (given);
    rejectOptions(options);
    super({ allowHalfOpen: Boolean(options.allowHalfOpen) });
    this.#keepAlive = options;
    if (options.signal) {
      addAbortSignal(options.signal, this);
    }
  }

  /**
   * Dials, also again after the end.
   * @override
   * @param {ConnectArguments} values
   * @returns {this}
   */
  connect(...values) {
    // net.connect() has read them already.
    const [first] = /** @type {any[]} */ (values);
    const { options, callback } = Array.isArray(first) ? first[0] : readArguments(values);
    rejectOptions(options);
    const address = readAddress(options);
    if (this.destroyed) {
      this.restart();
      this.#upgraded = false;
    }
    if (callback) {
      this.once('connect', callback);
    }
    const { keepAlive, keepAliveInitialDelay } = { ...this.#keepAlive, ...options };
    if (keepAlive) {
      this.setKeepAlive(true, keepAliveInitialDelay);
    }
    this._host = address.hostname;
    this.#connection = new PlainConnection(settingsOf(address, options));
    this.attach(sourceOf(this.#connection));
    return this;
  }

  /**
   * @override
   * @param {any[]} values
   */
  write(...values) {
    if (!this.#upgraded) {
      return super.write(...values);
    }
    const error = new TLSError('ERR_TLS_CLOSED', 'The socket has TLS now: write to the TLSSocket.');
    return rejectWrite(this, values, error);
  }

  /**
   * Everything that was written is sent first.
   * @param {AbortSignal} signal
   */
  async #handOver(signal) {
    const connection = this.#connection;
    if (!connection || this.destroyed || this.writableEnded) {
      throw new TLSError('ERR_TLS_CLOSED', 'The socket was not connected, or has ended, before TLS could begin.');
    }
    if (this.readableLength > 0 || this.lateBytes) {
      throw new TLSError('ERR_TLS_PLAINTEXT_LEFT');
    }
    const flushed = new Promise((/** @type {(value: void) => void} */ resolve) => {
      this.writableLength === 0 ? resolve() : super.write(new Uint8Array(), () => resolve());
    });
    return connection.handOver(flushed, signal);
  }
}

/** @param {{hostname: string, port: number}} address @param {Record<string, any>} options */
function settingsOf(address, options) {
  const secureTransport = /** @type {const} */ ('off');
  const { timeout, closeTimeout } = configured();
  const read = readReachable(address, options, (server, way) =>
    readConnectOptions(server, { secureTransport, timeout, closeTimeout, ...way }),
  );
  return /** @type {import('../options.js').PlainSettings} */ (read.settings);
}

/**
 * Reads an address and the way to it. What is wrong with them is an error of dialling, as it is in Node.
 * @template T
 * @param {{hostname: string, port: number}} address
 * @param {Record<string, any>} options
 * @param {(address: {hostname: string, port: number}, way: ReturnType<typeof route>) => T} read
 * @returns {T}
 */
export function readReachable(address, options, read) {
  try {
    const way = route(options);
    if (address.port === 0) {
      throw new TLSError('ERR_TLS_CONNECT_REFUSED', 'Nothing listens on port 0.');
    }
    return read(address, way);
  } catch (error) {
    if (!(error instanceof TLSError) || error.code === 'ERR_TLS_INVALID_OPTION') {
      throw error;
    }
    const transport = () => Promise.reject(error);
    return read({ hostname: 'localhost', port: 1 }, { transport });
  }
}
