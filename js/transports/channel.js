/**
 * The internal interface of an open transport: it passes bytes on directly, without the promises and queues of streams.
 * Our own transports are channels and create streams on demand; other transports are streams, wrapped in a channel.
 */
import { viewOf } from '../bytes.js';
import { TLSError } from '../errors.js';
import { STREAM_QUEUE_BYTES } from '../limits.js';
import { describe } from '../quote.js';
import { readOne } from '../strict-reader.js';
import { Incoming } from './incoming.js';
import { writableStreamClass } from '../web.js';

/** @typedef {import('./transport.js').TransportStreams} TransportStreams */

/**
 * Receives input and events of a channel. Nothing arrives after `ended` or `failed`.
 * @typedef {object} Receiver
 * @property {(bytes: Uint8Array) => void} receive the bytes are valid until it returns
 * @property {() => void} ended the peer ended the connection cleanly
 * @property {(error: unknown) => void} failed nothing more will come
 * @property {(error: unknown) => void} broken nothing can be sent any more
 */

/**
 * @typedef {object} Channel
 * @property {(receiver: Receiver) => void} start begins to read. A later call replaces the receiver: the new one gets what
 *   has not been passed on to the one before
 * @property {() => void} pause stops reading, where that is possible; otherwise data keeps arriving
 * @property {() => void} resume
 * @property {() => void} [expectInput] the server speaks first: a time limit for its first byte begins now
 * @property {(bytes: Uint8Array) => Promise<void> | undefined} send accepts all bytes; if the network is slower, returns
 *   a promise that resolves when more may be sent
 * @property {() => Promise<void>} end sends everything, then ends the outgoing stream
 * @property {(reason?: unknown) => void} discard reads and drops further input: unread input would cause a reset, which can lose our last bytes
 * @property {(reason: unknown) => void} abort drops unsent bytes
 * @property {boolean} [abortCoversSignal] abort() does everything that the transport's signal does, so the signal can be released
 * @property {() => void | Promise<void>} close as in TransportStreams
 * @property {number} [dialled] as in TransportStreams
 * @property {string} [remoteAddress] as in TransportStreams
 * @property {string} [localAddress] as in TransportStreams
 * @property {boolean} [endClosesBoth] end() ends the incoming stream too
 * @property {TcpSocket} [tcp] of TCP in Node
 */

/**
 * What sockets of the adapters pass on to a TCP socket of Node.
 * @typedef {object} TcpSocket
 * @property {(on?: boolean) => unknown} setNoDelay
 * @property {(on?: boolean, delay?: number) => unknown} setKeepAlive
 * @property {() => unknown} ref
 * @property {() => unknown} unref
 * @property {string} [remoteAddress]
 * @property {string} [remoteFamily]
 * @property {number} [remotePort]
 * @property {string} [localAddress]
 * @property {string} [localFamily]
 * @property {number} [localPort]
 */

/** Queues input and events until it has a receiver. @implements {Receiver} */
export class BufferedReceiver {
  /** @type {Receiver | undefined} */
  #receiver;
  /** @type {((receiver: Receiver) => void)[]} */
  #queued = [];
  /** Nothing more is passed on. */
  #over = false;

  /** @param {Receiver} receiver */
  start(receiver) {
    this.#receiver = receiver;
    this.#queued.splice(0).forEach((call) => call(receiver));
  }

  discard() {
    this.#over = true;
  }

  /** @param {Uint8Array} bytes */
  receive(bytes) {
    if (this.#over) {
      return;
    }
    const kept = this.#receiver ? bytes : new Uint8Array(bytes);
    this.#deliver((receiver) => receiver.receive(kept));
  }

  ended() {
    if (!this.#over) {
      this.#over = true;
      this.#deliver((receiver) => receiver.ended());
    }
  }

  /** @param {unknown} error */
  failed(error) {
    if (!this.#over) {
      this.#over = true;
      this.#deliver((receiver) => receiver.failed(error));
    }
  }

  /** @param {unknown} error */
  broken(error) {
    this.#deliver((receiver) => receiver.broken(error));
  }

  /** @param {(receiver: Receiver) => void} call */
  #deliver(call) {
    if (this.#receiver) {
      call(this.#receiver);
    } else {
      this.#queued.push(call);
    }
  }
}

/** Channels whose streams have not been accessed. @type {WeakMap<TransportStreams, Channel>} */
const channels = new WeakMap();

/**
 * The streams of a channel, created at first access. From then on, channelOf() wraps them instead of returning the channel.
 * @param {Channel} channel
 * @returns {TransportStreams}
 */
export function streamsOf(channel) {
  /** @type {Pick<TransportStreams, 'readable' | 'writable'> | undefined} */
  let made;
  const pair = () => {
    channels.delete(streams);
    return (made ??= toStreams(channel));
  };
  /** @type {TransportStreams} */
  const streams = {
    get readable() {
      return pair().readable;
    },
    set readable(other) {
      pair().readable = other;
    },
    get writable() {
      return pair().writable;
    },
    set writable(other) {
      pair().writable = other;
    },
    get dialled() {
      return channel.dialled;
    },
    remoteAddress: channel.remoteAddress,
    localAddress: channel.localAddress,
    close: () => channel.close(),
  };
  channels.set(streams, channel);
  return streams;
}

/** @param {Channel} channel */
function toStreams(channel) {
  const incoming = new Incoming(channel);
  /** @type {WritableStreamDefaultController | undefined} */
  let sink;
  /** @type {WritableStream<Uint8Array>} */
  const writable = new (writableStreamClass())({
    start(controller) {
      sink = controller;
      // In a microtask: Node fails if error() is called during abort().
      controller.signal.addEventListener('abort', () => queueMicrotask(() => channel.abort(controller.signal.reason)));
    },
    write: (chunk) => channel.send(chunk),
    close: () => channel.end(),
  });
  channel.start({
    receive: (bytes) => incoming.push(new Uint8Array(bytes)),
    ended: () => incoming.end(),
    failed: (error) => incoming.fail(error),
    broken: (error) => sink?.error(error),
  });
  return { readable: incoming.readable, writable };
}

/**
 * The channel of an open transport. The caller owns it.
 * @param {TransportStreams} transport
 * @returns {Channel}
 * @throws {TypeError} if its streams are locked
 */
export function channelOf(transport) {
  const channel = channels.get(transport);
  channels.delete(transport);
  return channel ?? fromStreams(transport);
}

/** @param {TransportStreams} transport @returns {Channel} */
function fromStreams(transport) {
  const writer = transport.writable.getWriter();
  const reader = transport.readable.getReader();
  /** @type {Promise<void> | undefined} */
  let pause;
  let resume = () => {};

  /** @type {Receiver | undefined} */
  let receiver;
  /** Bytes that have not been written. */
  let queued = 0;

  async function readAll() {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) {
        return;
      }
      const bytes = viewOf(value);
      if (bytes === undefined) {
        const error = new TLSError(
          'ERR_TLS_TRANSPORT',
          `The readable stream of the transport gave ${describe(value)} instead of bytes.`,
          { hint: 'A transport must give Uint8Arrays, or ArrayBuffers or other views of them.' },
        );
        reader.cancel(error).catch(() => {});
        throw error;
      }
      receiver?.receive(bytes);
      await pause;
    }
  }

  return {
    start(target) {
      const isFirst = receiver === undefined;
      receiver = target;
      if (isFirst) {
        writer.closed.catch((error) => receiver?.broken(error));
        readAll().then(
          () => receiver?.ended(),
          (error) => receiver?.failed(error),
        );
      }
    },
    pause() {
      pause ??= new Promise((resolve) => {
        resume = resolve;
      });
    },
    resume() {
      resume();
      pause = undefined;
    },
    async send(bytes) {
      queued += bytes.length;
      const written = writer.write(bytes).then(
        () => {
          queued -= bytes.length;
        },
        () => {}, // `closed` reports it
      );
      await writer.ready;
      if (queued > STREAM_QUEUE_BYTES) {
        await written; // the streams of some are always ready: those of Cloudflare Workers
      }
    },
    end: () => writer.close(),
    discard: (reason) => void reader.cancel(reason).catch(() => {}),
    abort: (reason) => void writer.abort(reason).catch(() => {}),
    close: () => readOne(transport, 'close') && transport.close?.(),
    get dialled() {
      return readOne(transport, 'dialled');
    },
    get remoteAddress() {
      return readOne(transport, 'remoteAddress');
    },
    get localAddress() {
      return readOne(transport, 'localAddress');
    },
  };
}
