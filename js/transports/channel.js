/**
 * The inside of an open transport: bytes go from hand to hand, without the promises and queues of streams.
 * Transports of ours are channels, and show streams to those who ask for them; other transports are streams, and are
 * driven through a channel.
 */
import { Incoming } from './incoming.js';

/** @typedef {import('./transport.js').TransportStreams} TransportStreams */

/**
 * Who takes what comes. After `ended` or `failed` nothing does.
 * @typedef {object} Receiver
 * @property {(bytes: Uint8Array) => void} receive the bytes are lent until it returns
 * @property {() => void} ended by the other side, in good order
 * @property {(error: unknown) => void} failed nothing more will come
 * @property {(error: unknown) => void} broken nothing can be sent any more
 */

/**
 * @typedef {object} Channel
 * @property {(receiver: Receiver) => void} start called once
 * @property {() => void} pause holds back what comes, where that is possible; the rest has to be borne
 * @property {() => void} resume
 * @property {(bytes: Uint8Array) => Promise<void> | undefined} send takes all of it; the promise, where the network is
 *   slower, is for when there may be more
 * @property {() => Promise<void>} end sends everything, then the end
 * @property {(reason?: unknown) => void} discard throws away what still comes, so that our last bytes are not lost to a reset
 * @property {(reason: unknown) => void} abort throws away what is still to be sent
 * @property {boolean} [unsignalled] the signal that its transport was given has no more to say than abort() has
 * @property {() => void | Promise<void>} close as of TransportStreams
 * @property {number} [dialled] as of TransportStreams
 */

/** Where what comes waits until there is a receiver. @implements {Receiver} */
export class Inlet {
  /** @type {Receiver | undefined} */
  #receiver;
  /** @type {((receiver: Receiver) => void)[]} */
  #early = [];
  /** Nothing more is handed on. */
  #over = false;

  /** @param {Receiver} receiver */
  start(receiver) {
    this.#receiver = receiver;
    this.#early.splice(0).forEach((call) => call(receiver));
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
    this.#tell((receiver) => receiver.receive(kept));
  }

  ended() {
    if (!this.#over) {
      this.#over = true;
      this.#tell((receiver) => receiver.ended());
    }
  }

  /** @param {unknown} error */
  failed(error) {
    if (!this.#over) {
      this.#over = true;
      this.#tell((receiver) => receiver.failed(error));
    }
  }

  /** @param {unknown} error */
  broken(error) {
    this.#tell((receiver) => receiver.broken(error));
  }

  /** @param {(receiver: Receiver) => void} call */
  #tell(call) {
    if (this.#receiver) {
      call(this.#receiver);
    } else {
      this.#early.push(call);
    }
  }
}

/** Those whose streams nobody has asked for. @type {WeakMap<TransportStreams, Channel>} */
const channels = new WeakMap();

/**
 * A channel for others: as streams, which are made when one of them is first looked at, and are the only way then.
 * @param {Channel} channel
 * @returns {TransportStreams}
 */
export function showStreams(channel) {
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
  const writable = new WritableStream({
    start(controller) {
      sink = controller;
      // A moment later: Node does not bear error() in the middle of abort().
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
 * The channel of an open transport, which belongs to the caller then.
 * @param {TransportStreams} transport
 * @returns {Channel}
 * @throws {TypeError} its streams are in use
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

  /** @param {Receiver} receiver */
  async function readAll(receiver) {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) {
        return;
      }
      receiver.receive(value);
      await pause;
    }
  }

  return {
    start(receiver) {
      writer.closed.catch((error) => receiver.broken(error));
      readAll(receiver).then(
        () => receiver.ended(),
        (error) => receiver.failed(error),
      );
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
    send(bytes) {
      writer.write(bytes).catch(() => {});
      return writer.ready.then(() => {});
    },
    end: () => writer.close(),
    discard: (reason) => void reader.cancel(reason).catch(() => {}),
    abort: (reason) => void writer.abort(reason).catch(() => {}),
    close: () => transport.close?.(),
    get dialled() {
      return transport.dialled;
    },
  };
}
