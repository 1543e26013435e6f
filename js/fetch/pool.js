/** The connections to one origin: reused while the server keeps them, limited in number and idle time. */
import { TLSError } from '../errors.js';
import { HttpConnection } from './connection.js';

/** @typedef {import('../socket.js').TLSSocket} TLSSocket */

/**
 * @typedef {object} PoolSettings
 * @property {(signal: AbortSignal) => TLSSocket} dial
 * @property {number} maxConnections
 * @property {number} idleTimeout in milliseconds
 */

/** @typedef {{connection: HttpConnection, timer: ReturnType<typeof setTimeout>}} Idle */
/** @typedef {{signal: AbortSignal, resolve: (connection: HttpConnection | Promise<HttpConnection>) => void, reject: (error: unknown) => void}} Waiter */

/** A server says how long it waits; a request sent at that moment would be lost (Keep-Alive: timeout=…). */
const KEEP_ALIVE_MARGIN_MS = 1000;

export class Pool {
  #settings;
  /** The one used last is taken first. @type {Idle[]} */
  #idle = [];
  /** @type {Set<HttpConnection>} */
  #all = new Set();
  /** @type {Waiter[]} */
  #waiting = [];
  #closed = false;

  /** @param {PoolSettings} settings */
  constructor(settings) {
    this.#settings = settings;
  }

  /**
   * A connection for one request; release() gives it back.
   * @param {AbortSignal} signal gives up
   * @param {boolean} fresh not one that has been idle
   * @returns {Promise<HttpConnection>} open
   */
  async acquire(signal, fresh) {
    signal.throwIfAborted();
    if (this.#closed) {
      throw closedError();
    }
    if (fresh) {
      this.#idle.splice(0).forEach((idle) => this.#closeIdle(idle)); // what closed one has often closed all
    }
    const idle = this.#idle.pop();
    if (idle) {
      clearTimeout(idle.timer);
      return idle.connection;
    }
    if (this.#all.size < this.#settings.maxConnections) {
      return this.#open(signal);
    }
    return this.#wait(signal);
  }

  /** @param {AbortSignal} signal */
  async #open(signal) {
    const connection = new HttpConnection(this.#settings.dial);
    this.#all.add(connection);
    const abort = () => connection.abort(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await connection.opened;
      signal.throwIfAborted();
      return connection;
    } catch (error) {
      this.#remove(connection);
      throw connection.aborted ? connection.aborted.reason : error;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /**
   * @param {AbortSignal} signal
   * @returns {Promise<HttpConnection>} one that is released, or opened as soon as there is room for it
   */
  #wait(signal) {
    return new Promise((resolve, reject) => {
      const done = () => signal.removeEventListener('abort', abort);
      /** @type {Waiter} */
      const waiter = {
        signal,
        resolve: (connection) => resolve((done(), connection)),
        reject: (error) => reject((done(), error)),
      };
      const abort = () => {
        this.#waiting = this.#waiting.filter((one) => one !== waiter);
        reject(signal.reason);
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting.push(waiter);
    });
  }

  /** @param {HttpConnection} connection free, or over */
  release(connection) {
    if (connection.over || this.#closed) {
      this.#remove(connection);
      return;
    }
    const waiter = this.#waiting.shift();
    if (waiter) {
      waiter.resolve(connection);
      return;
    }
    const { idleTimeout } = this.#settings;
    const kept = connection.keepAliveMs === undefined ? Infinity : connection.keepAliveMs - KEEP_ALIVE_MARGIN_MS;
    const timeout = Math.min(idleTimeout, kept);
    if (timeout <= 0) {
      connection.close();
      this.#remove(connection);
      return;
    }
    const idle = { connection, timer: setTimeout(() => this.#closeIdle(idle), timeout) };
    this.#idle.push(idle);
    connection.watch(() => this.#closeIdle(idle));
  }

  /** @param {Idle} idle */
  #closeIdle(idle) {
    clearTimeout(idle.timer);
    this.#idle = this.#idle.filter((one) => one !== idle);
    idle.connection.close();
    this.#remove(idle.connection);
  }

  /** @param {HttpConnection} connection */
  #remove(connection) {
    if (!this.#all.delete(connection)) {
      return;
    }
    if (!connection.over) {
      connection.close();
    }
    const waiter = this.#waiting.shift();
    waiter?.resolve(this.#open(waiter.signal));
  }

  /** Ends everything. */
  close() {
    this.#closed = true;
    this.#waiting.splice(0).forEach((waiter) => waiter.reject(closedError()));
    this.#idle.splice(0).forEach((idle) => this.#closeIdle(idle));
    for (const connection of this.#all) {
      connection.abort(closedError());
    }
    this.#all.clear();
  }
}

export const closedError = () => new TLSError('ERR_TLS_CLOSED', 'This fetch() has been closed.');
