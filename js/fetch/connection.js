/** One connection to an origin, which carries one request after another. */
import { concat, isUint8Array } from '../bytes.js';
import { TLSError } from '../errors.js';
import { JOINED_BYTES, sendBody } from './body.js';
import { valuesOf } from './fields.js';
import { ResponseParser } from './parser.js';

/** @typedef {import('../socket.js').TLSSocket} TLSSocket */
/** @typedef {import('./body.js').Body} Body */
/** @typedef {import('./parser.js').Event} Event */
/** @typedef {import('./parser.js').Head} Head */

/**
 * A request as it is sent.
 * @typedef {object} Outgoing
 * @property {string} method
 * @property {Uint8Array} head
 * @property {Body | null} body
 * @property {boolean} close the connection must not be used again
 */

export class HttpConnection {
  #socket;
  #controller;
  /** A read that began while the connection was idle, to see the server's end. @type {Promise<Uint8Array | null> | undefined} */
  #reading;
  /** Requests that it has carried, or carries. */
  requests = 0;
  /** It cannot carry another request. */
  over = false;
  /** Why abort() was called. @type {{reason: unknown} | undefined} */
  aborted;
  /** Milliseconds for which the server keeps it while idle, if it says so. @type {number | undefined} */
  keepAliveMs;

  /**
   * @param {(signal: AbortSignal) => TLSSocket} dial
   */
  constructor(dial) {
    this.#controller = new AbortController();
    this.#socket = dial(this.#controller.signal);
  }

  /** Resolves after the handshake. */
  get opened() {
    return this.#socket.opened;
  }

  /**
   * Watches for the server's end while nobody uses the connection. Whatever arrives now ends it: nothing was asked.
   * @param {() => void} ended
   */
  watch(ended) {
    const reading = this.read();
    this.#reading = reading;
    const stop = () => {
      if (this.#reading === reading) {
        this.close();
        ended();
      }
    };
    reading.then(stop, stop);
  }

  /** @returns {Promise<Uint8Array | null>} as TLSSocket.read() */
  read() {
    const reading = this.#reading ?? this.#socket.read();
    this.#reading = undefined;
    return reading;
  }

  /**
   * Sends a request. The answer's owner reads it.
   * @param {Outgoing} request
   * @returns {Answer}
   */
  request({ method, head, body, close }) {
    this.requests++;
    const answer = new Answer(this, method, close);
    /** @param {Uint8Array} bytes */
    const write = (bytes) =>
      this.#socket.write(bytes).catch((error) => {
        answer.unwritable = true;
        throw error;
      });
    this.#send(head, body, write).then(
      () => answer.sent(),
      (error) => answer.uploadFailed(error),
    );
    return answer;
  }

  /**
   * @param {Uint8Array} head
   * @param {Body | null} body
   * @param {(bytes: Uint8Array) => Promise<void>} write
   */
  async #send(head, body, write) {
    if (isUint8Array(body?.source) && body.source.length <= JOINED_BYTES) {
      return write(concat([head, body.source]));
    }
    await write(head);
    return body ? sendBody(body, write, this.#controller.signal) : undefined;
  }

  /** Ends it with close_notify. */
  close() {
    this.over = true;
    this.#reading = undefined;
    this.#socket.close().catch(() => {});
  }

  /** Ends it at once. @param {unknown} reason */
  abort(reason) {
    this.over = true;
    this.aborted ??= { reason };
    this.#controller.abort(reason);
  }
}

/** The answer to one request. Its owner reads the head, then the body until `read()` returns null, or calls `abort()`. */
export class Answer {
  #connection;
  #parser;
  #close;
  /** Parts of the body that have arrived. @type {Uint8Array[]} */
  #parts = [];
  /** @type {Head | undefined} */
  #head;
  /** Why the request could not be sent. @type {{error: unknown} | undefined} */
  #uploadError;
  #sent = false;
  /** The connection has not accepted a part of the request. */
  unwritable = false;
  /** A byte of the answer has arrived. */
  begun = false;
  /** Called once, when the connection is free or over. @type {() => void} */
  released = () => {};

  /**
   * @param {HttpConnection} connection
   * @param {string} method
   * @param {boolean} close
   */
  constructor(connection, method, close) {
    this.#connection = connection;
    this.#parser = new ResponseParser(method);
    this.#close = close;
  }

  sent() {
    this.#sent = true;
  }

  /**
   * If the connection has failed, the server may have answered before: what it sent is still read, and the reads end by
   * themselves. If the caller's stream has, nobody waits for an answer.
   * @param {unknown} error
   */
  uploadFailed(error) {
    this.#uploadError = { error };
    if (!this.unwritable) {
      this.abort(error);
    }
  }

  /** Reads until the final answer's head. @returns {Promise<Head>} */
  async readHead() {
    while (this.#head === undefined) {
      await this.#readEvents();
    }
    return this.#head;
  }

  /** @returns {Promise<Uint8Array | null>} the next part of the body; null at its end */
  async read() {
    while (this.#parts.length === 0 && !this.#parser.done) {
      await this.#readEvents();
    }
    const parts = this.#parts.splice(0);
    return parts.length > 1 ? concat(parts) : (parts[0] ?? null);
  }

  async #readEvents() {
    try {
      const bytes = await this.#connection.read();
      this.begun ||= bytes !== null;
      this.#handle(bytes === null ? this.#parser.end() : this.#parser.push(bytes));
    } catch (error) {
      const { reason } = this.#connection.aborted ?? { reason: this.#uploadError?.error ?? error };
      this.abort(reason);
      throw reason;
    }
  }

  /** @param {Event[]} events */
  #handle(events) {
    for (const event of events) {
      if (event.kind === 'head') {
        this.#head = event.head;
        this.#connection.keepAliveMs = keepAliveOf(event.head);
      } else if (event.kind === 'data') {
        this.#parts.push(event.bytes);
      }
    }
    if (this.#parser.done) {
      this.#finish();
    }
  }

  /** The answer is complete. If the request is not yet, it may only not be known yet: an event later it is. */
  async #finish() {
    if (!this.#sent) {
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    if (!this.#sent) {
      this.#connection.abort(new TLSError('ERR_TLS_CLOSED', 'The server answered before it had the whole request.'));
    } else if (!this.#head?.framing.keepAlive || this.#close || this.#parser.excess) {
      this.#connection.close();
    }
    this.#release();
  }

  /** Ends the connection, unless the answer is complete. @param {unknown} reason */
  abort(reason) {
    if (!this.#parser.done) {
      this.#connection.abort(reason);
      this.#release();
    }
  }

  #release() {
    const { released } = this;
    this.released = () => {};
    released();
  }
}

/** What the server says of idle connections. @param {Head} head @returns {number | undefined} in milliseconds */
function keepAliveOf({ fields }) {
  const [, seconds] = /(?:^|[ ,])timeout=(\d{1,6})(?:$|[ ,])/i.exec(valuesOf(fields, 'keep-alive').join()) ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
