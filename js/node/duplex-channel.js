/** Any Duplex as a transport: what tls.connect() takes as the option `socket`. */
import { TLSError } from '../errors.js';
import { BufferedReceiver, streamsOf } from '../transports/channel.js';

/** @typedef {import('../transports/channel.js').Channel} Channel */
/** @typedef {import('../transports/channel.js').Receiver} Receiver */
/** @typedef {import('../transports/transport.js').TransportStreams} TransportStreams */
/** @typedef {import('node:net').Socket} AnySocket of Node, of readable-stream, or a Duplex */

/**
 * Takes a Duplex over, as soon as it is connected.
 * @param {AnySocket} duplex
 * @param {AbortSignal} signal
 * @returns {Promise<TransportStreams>}
 * @throws {TLSError} ERR_TLS_PLAINTEXT_LEFT
 */
export async function takeDuplex(duplex, signal) {
  if (duplex.readableLength > 0) {
    throw new TLSError('ERR_TLS_PLAINTEXT_LEFT');
  }
  const channel = new DuplexChannel(duplex);
  signal.addEventListener('abort', () => channel.abort());
  if (duplex.connecting) {
    await new Promise((resolve, reject) => {
      duplex.once('connect', resolve);
      duplex.once('error', reject);
      duplex.once('close', () => reject(closedError()));
    });
  }
  return streamsOf(channel);
}

const closedError = () => new TLSError('ERR_TLS_CONNECTION_RESET', 'The socket below was closed.');

/** @implements {Channel} */
class DuplexChannel {
  #duplex;
  #receiver = new BufferedReceiver();
  /** @type {unknown} */
  #error;

  /** @param {AnySocket} duplex */
  constructor(duplex) {
    this.#duplex = duplex;
    const receiver = this.#receiver;
    duplex.pause();
    duplex.on('data', (chunk) => {
      if (ArrayBuffer.isView(chunk)) {
        receiver.receive(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      } else {
        this.#fail(new TLSError('ERR_TLS_TRANSPORT', 'The socket below has an encoding or is in object mode.'));
        duplex.destroy();
      }
    });
    duplex.on('end', () => receiver.ended());
    duplex.on('error', (error) => this.#fail(error));
    duplex.on('close', () => this.#fail(closedError())); // nothing happens after its end
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#error ??= error;
    this.#receiver.failed(error);
    this.#receiver.broken(error);
  }

  get tcp() {
    return typeof this.#duplex.setNoDelay === 'function' && typeof this.#duplex.setKeepAlive === 'function'
      ? this.#duplex
      : undefined;
  }

  /** @param {Receiver} target */
  start(target) {
    this.#receiver.start(target);
    this.resume();
  }

  pause() {
    this.#duplex.pause();
  }

  resume() {
    this.#duplex.resume();
  }

  /** @param {Uint8Array} bytes */
  send(bytes) {
    const duplex = this.#duplex;
    if (duplex.destroyed || duplex.writableEnded) {
      return Promise.reject(this.#error ?? closedError());
    }
    return new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
      // A copy: the Duplex may keep it for longer.
      duplex.write(new Uint8Array(bytes), (error) => (error ? reject(error) : resolve()));
    });
  }

  end() {
    const duplex = this.#duplex;
    return new Promise((/** @type {(value: void) => void} */ resolve) => {
      if (duplex.destroyed || duplex.writableFinished) {
        resolve();
        return;
      }
      duplex.once('finish', () => resolve());
      duplex.once('close', () => resolve());
      duplex.end();
    });
  }

  discard() {
    this.#receiver.discard();
    this.resume();
  }

  abort() {
    this.#duplex.destroy();
  }

  close() {
    const duplex = this.#duplex;
    if (!duplex.writableEnded) {
      duplex.end();
    }
    duplex.resume();
    duplex.destroySoon?.();
  }
}
