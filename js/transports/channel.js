/**
 * The inside of an open transport: bytes are handed on directly, without the promises and queues of streams.
 * Our own transports are channels, which make streams for those who ask for them; other transports are streams, which
 * are wrapped in a channel.
 */
import { Incoming } from './incoming.js';

/** @typedef {import('./transport.js').TransportStreams} TransportStreams */

/**
 * Who gets what arrives. Nothing arrives after `ended` or `failed`.
 * @typedef {object} Receiver
 * @property {(bytes: Uint8Array) => void} receive the bytes are lent until it returns
 * @property {() => void} ended by the other side, in good order
 * @property {(error: unknown) => void} failed nothing more will come
 * @property {(error: unknown) => void} broken nothing can be sent any more
 */

/**
 * @typedef {object} Channel
 * @property {(receiver: Receiver) => void} start called once
 * @property {() => void} pause stops reading, where that is possible; otherwise data keeps arriving
 * @property {() => void} resume
 * @property {(bytes: Uint8Array) => Promise<void> | undefined} send takes all of it; where the network is slower, the promise
 *   resolves when more may be sent
 * @property {() => Promise<void>} end sends everything, then the end
 * @property {(reason?: unknown) => void} discard drops what still arrives, so that our last bytes are not lost to a reset
 * @property {(reason: unknown) => void} abort drops what is still to be sent
 * @property {boolean} [abortCoversSignal] abort() does all that its transport's signal does, so the signal need not be kept
 * @property {() => void | Promise<void>} close as of TransportStreams
 * @property {number} [dialled] as of TransportStreams
 */

/** Queues what arrives until there is a receiver. @implements {Receiver} */
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

/** Channels whose streams nobody has asked for yet. @type {WeakMap<TransportStreams, Channel>} */
const channels = new WeakMap();

/**
 * Shows a channel as streams. They are made when one of them is first asked for; from then on they are the only way.
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
 * The channel of an open transport, owned by the caller from then on.
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
