/** A plaintext connection, which can be upgraded to TLS. plain-pump.js moves the bytes. */
import { Connection } from './connection.js';
import { TLSError } from './errors.js';
import { addressesOf, openTransport } from './opening.js';
import { PlainPump } from './plain-pump.js';
import { streamsOf } from './transports/channel.js';
import { handOver } from './transports/handover.js';

/** @typedef {import('./base-socket.js').SocketInfo} SocketInfo */
/** @typedef {import('./options.js').PlainSettings} PlainSettings */
/** @typedef {import('./plain-pump.js').PlainOwner} PlainOwner */
/** @typedef {import('./transports/transport.js').TransportStreams} TransportStreams */

const TEXTS = { closedByPeer: 'The server has ended the connection: open a new one.' };

/**
 * @extends {Connection<SocketInfo, PlainPump>}
 * @implements {PlainOwner}
 */
export class PlainConnection extends Connection {
  /** @param {PlainSettings} settings */
  constructor(settings) {
    super(settings, TEXTS);
    this.start(settings, () => this.#dial(settings));
  }

  /** @param {PlainSettings} settings */
  async #dial(settings) {
    const { signal } = /** @type {AbortController} */ (this.controller);
    const channel = await openTransport(settings, signal, this.state);
    if (!channel) {
      return;
    }
    this.hasDialled(channel);
    this.pump = new PlainPump(channel, this);
    this.state.apply('opened');
    this.info = { ...addressesOf(settings, channel), alpn: null };
    this.opened.resolve(this.info);
    channel.start(this.pump);
  }

  received() {
    this.serveReads();
  }

  /** @param {unknown} error */
  inputFailed(error) {
    if (this.state.receives) {
      this.failed(error); // otherwise it is closing, and how the server does so does not matter
    }
  }

  /** A reset ends the connection like the server's end, but not what is read: bytes may be missing. @override @param {unknown} error */
  failed(error) {
    const reset = this.info !== undefined && isReset(error);
    if (reset) {
      this.closed.resolve();
    }
    super.failed(reset && !(error instanceof TLSError) ? new TLSError(RESET, undefined, { cause: error }) : error);
  }

  /** Before it is open, that is no failure, other than with TLS. @override @param {unknown} [reason] */
  close(reason) {
    if (this.state.name === 'opening') {
      this.closed.resolve();
    }
    return super.close(reason);
  }

  /** Drops what arrives; the connection stays open. */
  cancelReading() {
    this.endReads();
    this.pump?.discard();
  }

  /**
   * Gives the transport to another connection, as soon as this one is open and has sent everything.
   * @param {Promise<void>} flushed settles when the application's writes have reached this connection
   * @param {AbortSignal} signal of the other connection
   * @returns {Promise<TransportStreams>}
   * @throws {TLSError} ERR_TLS_PLAINTEXT_LEFT, ERR_TLS_CLOSED, or why the connection failed
   */
  async handOver(flushed, signal) {
    try {
      await this.opened.promise;
      await flushed;
      await this.writes;
      return this.#takeChannel(signal);
    } catch (error) {
      if (!CLOSING.includes(this.state.name)) {
        this.failed(error);
      }
      throw this.error ?? error;
    }
  }

  /** @param {AbortSignal} signal */
  #takeChannel(signal) {
    const { pump, controller } = this;
    if (pump?.unwritable) {
      throw pump.transportError;
    }
    if (pump?.hasUnread) {
      throw new TLSError('ERR_TLS_PLAINTEXT_LEFT');
    }
    if (!pump || !this.leave()) {
      throw new TLSError('ERR_TLS_CLOSED', 'The connection was closed, or half of it, before TLS could begin.');
    }
    signal.addEventListener('abort', () => controller?.abort(signal.reason));
    return streamsOf(handOver(pump.channel));
  }
}

const CLOSING = ['draining', 'closing', 'closed', 'failed'];
const RESET = 'ERR_TLS_CONNECTION_RESET';

/** @param {any} error */
const isReset = (error) => error?.code === RESET || error?.code === 'ECONNRESET';
