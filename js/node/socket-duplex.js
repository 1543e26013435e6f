/**
 * The base of our sockets in Node's shape: a Duplex with what client libraries call on a net.Socket, over any connection
 * of ours. TLS is added by tls-duplex.js.
 */
import { TLSError } from '../errors.js';
import { MAX_TIMEOUT_MS } from '../limits.js';
import { milliseconds } from '../option-kinds.js';
import { readArgument } from '../options-reader.js';
import { gather, pieces } from './chunks.js';
import { toNodeError } from './errors.js';
import { Inactivity } from './inactivity.js';
import { nodeError } from './node-error.js';
import { Buffer, Duplex } from '#stream';

/** @typedef {import('./source.js').Source} Source */
/** @typedef {import('../transports/channel.js').TcpSocket} TcpSocket */

/** Calls listeners and callbacks: their errors are uncaught, as in Node, and not rejections. @param {() => unknown} call */
function safely(call) {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/**
 * For write() of a socket that cannot be written any more: as in Node, it is destroyed.
 * @param {Duplex} socket
 * @param {any[]} values of write()
 * @param {Error} error
 * @returns {false}
 */
export function rejectWrite(socket, values, error) {
  const callback = values.find((value) => typeof value === 'function');
  if (callback) {
    queueMicrotask(() => callback(error));
  }
  socket.destroy(error);
  return false;
}

export class SocketDuplex extends Duplex {
  /** @type {Source | undefined} */
  #source;
  /** What waits for the source. @type {(() => void)[]} */
  #waiting = [];
  #dialled = false;
  #opened = false;
  #reading = false;
  #bytesRead = 0;
  #bytesWritten = 0;
  #hadError = false;
  #endedByPeer = false;
  /** In milliseconds, as in Node: 0 without setTimeout(). */
  timeout = 0;
  #inactivity = new Inactivity(() => this.emit('timeout'));
  /** ref() or unref() before there was a TCP socket. */
  #referenced = true;
  /** What waits for the TCP socket. @type {((tcp: TcpSocket) => void)[]} */
  #tcpSettings = [];
  /** Of the TCP socket, also after the end. @type {Pick<TcpSocket, 'remoteAddress' | 'remoteFamily' | 'remotePort'>} */
  #remote = {};
  /** Bytes of a connection arrived after replaceSource(). */
  lateBytes = false;
  /** The socket that this one has upgraded: its timeout counts our bytes. @type {SocketDuplex | undefined} */
  parent;

  /** @param {{allowHalfOpen?: boolean}} [options] `allowHalfOpen: false` ends our direction when the peer has ended its own */
  constructor({ allowHalfOpen = false } = {}) {
    super({ allowHalfOpen });
    if (!allowHalfOpen) {
      this.on('end', () => (this.#endedByPeer = !this.writableEnded));
    }
  }

  /**
   * Begins to use a connection. What was written before is sent then.
   * @param {Source} source
   */
  attach(source) {
    this.#source = source;
    source.dialled.then(
      () => this.#onDialled(source),
      () => {},
    );
    source.opened.then(
      () => this.#onOpened(source),
      (error) => this.#failedIn(source, error),
    );
    source.closed.then(
      () => {},
      (error) => {
        // Otherwise reading comes to what is left, and then to the error.
        if (source.hasRemainder !== true) {
          this.#failedIn(source, error);
        }
      },
    );
    this.#waiting.splice(0).forEach((start) => start());
    this.read(0); // the peer's end must be seen before anybody reads
  }

  /** The connection below, once there is one. */
  get source() {
    return this.#source;
  }

  /**
   * Leaves the connection to somebody else. Bytes and events of it do not come here any more; `source` stands for it in
   * what is asked of this socket from now on.
   * @param {Source} source
   */
  replaceSource(source) {
    this.#source = source;
    if (!this.#dialled) {
      source.dialled.then(
        () => this.#onDialled(source),
        () => {},
      );
    }
  }

  /** After the end: makes it as it was before attach(). */
  restart() {
    while (this.readableLength > 0 && this.read() !== null); // left over from the connection before
    /** @type {{_undestroy: () => void}} */ (/** @type {unknown} */ (this))._undestroy();
    this.#source = undefined;
    this.#waiting = [];
    this.#dialled = this.#opened = this.#reading = this.#hadError = this.#endedByPeer = false;
    this.#bytesRead = this.#bytesWritten = 0;
    this.#remote = {};
    this.#tcpSettings = [];
    this.lateBytes = false;
  }

  /** @param {Source} source */
  #onDialled(source) {
    if (this.destroyed || this.#source !== source) {
      return;
    }
    this.#dialled = true;
    const { tcp } = source;
    if (tcp) {
      const { remoteAddress, remoteFamily, remotePort } = tcp;
      this.#remote = { remoteAddress, remoteFamily, remotePort };
      this.#tcpSettings.splice(0).forEach((apply) => apply(tcp));
    }
    if (!this.#referenced) {
      tcp?.unref();
    }
    this.#active();
    this.onDialled();
  }

  /** Called when the transport is open. */
  onDialled() {
    this.emitSafely('connect');
    this.emitSafely('ready');
  }

  /** @param {Source} source */
  #onOpened(source) {
    if (!this.destroyed && this.#source === source) {
      this.#opened = true;
      safely(() => this.onOpened());
    }
  }

  /** Called when bytes can be read and written. */
  onOpened() {}

  /** @param {string} event */
  emitSafely(event) {
    safely(() => this.emit(event));
  }

  /** @param {Source} source @param {unknown} error */
  #failedIn(source, error) {
    if (!this.destroyed && this.#source === source) {
      this.destroy(this.toSocketError(error));
    }
  }

  /** @param {unknown} error @returns {Error} the error to emit */
  toSocketError(error) {
    return toNodeError(error, { ended: this.writableFinished, opening: !this.#opened });
  }

  /* --- reading and writing: what Duplex calls ------------------------------------------- */

  /** @override */
  _read() {
    const source = this.#source;
    if (!source) {
      this.#waiting.push(() => this._read());
      return;
    }
    if (this.#reading) {
      return;
    }
    this.#reading = true;
    source.read().then(
      (bytes) => this.#received(source, bytes),
      (error) => this.#failedIn(source, error),
    );
  }

  /** @param {Source} source @param {Uint8Array<ArrayBuffer> | null} bytes */
  #received(source, bytes) {
    if (this.#source !== source) {
      this.lateBytes ||= bytes !== null;
      return;
    }
    this.#reading = false;
    if (this.destroyed) {
      return;
    }
    if (bytes === null) {
      safely(() => this.push(null));
    } else {
      this.#bytesRead += bytes.length;
      this.#active();
      safely(() => this.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)));
    }
  }

  /**
   * As in Node, writing after the peer has ended, and we therefore too, is EPIPE.
   * @override
   * @param {any[]} values of Writable.write()
   */
  write(...values) {
    if (!this.#endedByPeer || !this.writableEnded) {
      return Reflect.apply(super.write, this, values);
    }
    return rejectWrite(this, values, nodeError(Error, 'EPIPE', 'This socket has been ended by the other party'));
  }

  /**
   * @override
   * @param {Uint8Array} chunk
   * @param {string} _encoding
   * @param {(error?: Error | null) => void} callback
   */
  _write(chunk, _encoding, callback) {
    this.#send(pieces(chunk), callback);
  }

  /**
   * @override
   * @param {{chunk: Uint8Array}[]} chunks
   * @param {(error?: Error | null) => void} callback
   */
  _writev(chunks, callback) {
    this.#send(gather(chunks.map(({ chunk }) => chunk)), callback);
  }

  /**
   * @param {Uint8Array[]} chunks
   * @param {(error?: Error | null) => void} callback
   * @param {number} [sent] bytes of the same write that were sent before
   */
  #send([chunk, ...more], callback, sent = 0) {
    const source = this.#source;
    if (!source) {
      this.#waiting.push(() => this.#send([chunk, ...more], callback));
      return;
    }
    this.#active();
    const written = chunk.length > 0 ? source.write(chunk) : Promise.resolve();
    written.then(
      () => {
        this.#active();
        if (more.length > 0) {
          this.#send(more, callback, sent + chunk.length);
        } else {
          this.#bytesWritten += sent + chunk.length;
          safely(callback);
        }
      },
      (error) => safely(() => callback(this.toSocketError(error))),
    );
  }

  /**
   * @override
   * @param {(error?: Error | null) => void} callback
   */
  _final(callback) {
    const source = this.#source;
    if (!source) {
      this.#waiting.push(() => this._final(callback));
      return;
    }
    source.end().then(
      () => safely(callback),
      (error) => safely(() => callback(this.toSocketError(error))),
    );
  }

  /**
   * @override
   * @param {Error | null} error
   * @param {(error?: Error | null) => void} callback
   */
  _destroy(error, callback) {
    this.#inactivity.watch(0);
    this.#hadError = error !== null;
    const source = this.#source;
    if (source && error === null && this.writableFinished) {
      source.close().catch(() => {}); // what is left of the orderly end is of no interest any more
    } else {
      source?.abort(new TLSError('ERR_TLS_ABORTED', 'The socket was destroyed.', { cause: error ?? undefined }));
    }
    callback(error);
  }

  /**
   * 'close' says whether there was an error, as in Node.
   * @override
   * @param {string | symbol} event
   * @param {...any} values
   */
  emit(event, ...values) {
    return event === 'close' ? super.emit(event, this.#hadError) : super.emit(event, ...values);
  }

  /* --- net.Socket ------------------------------------------------------------------- */

  /**
   * The connection has its address already: this only waits for it. A callback, the last argument, is called on 'connect'.
   * @param {...any} values host and port are ignored
   */
  connect(...values) {
    const callback = values.filter((value) => typeof value === 'function').at(-1);
    if (callback) {
      this.once('connect', callback);
    }
    if (this.#dialled) {
      const source = /** @type {Source} */ (this.#source);
      source.dialled.then(() => this.#onDialled(source));
    }
    return this;
  }

  /** The transport is not open yet. */
  get connecting() {
    return this.#source !== undefined && !this.#dialled && !this.destroyed;
  }

  get pending() {
    return !this.#dialled || this.destroyed;
  }

  get readyState() {
    if (this.connecting) {
      return 'opening';
    }
    if (this.readable && this.writable) {
      return 'open';
    }
    return this.readable ? 'readOnly' : this.writable ? 'writeOnly' : 'closed';
  }

  /** Plaintext that has arrived. */
  get bytesRead() {
    return this.#bytesRead;
  }

  /** Plaintext that was written, with what is not sent yet. */
  get bytesWritten() {
    return this.#bytesWritten + this.writableLength;
  }

  get bufferSize() {
    return this.writableLength;
  }

  /** @returns {string | undefined} */
  get remoteAddress() {
    return this.#remote.remoteAddress ?? this.parent?.remoteAddress;
  }

  /** @returns {string | undefined} */
  get remoteFamily() {
    return this.#remote.remoteFamily ?? this.parent?.remoteFamily;
  }

  /** @returns {number | undefined} */
  get remotePort() {
    return this.#remote.remotePort ?? this.parent?.remotePort;
  }

  get localAddress() {
    return this.#tcp?.localAddress;
  }

  get localFamily() {
    return this.#tcp?.localFamily;
  }

  get localPort() {
    return this.#tcp?.localPort;
  }

  get #tcp() {
    return this.destroyed ? undefined : this.#source?.tcp;
  }

  /** Our own address; empty if it is not known. */
  address() {
    const { localAddress: address, localFamily: family, localPort: port } = this;
    return address === undefined ? {} : { address, family, port };
  }

  /** Without effect unless the transport is TCP in Node, which begins with it switched on. @param {boolean} [on] */
  setNoDelay(on) {
    return this.#setTcp((tcp) => tcp.setNoDelay(on));
  }

  /** Without effect unless the transport is TCP in Node. @param {boolean} [on] @param {number} [delay] in milliseconds */
  setKeepAlive(on, delay) {
    return this.#setTcp((tcp) => tcp.setKeepAlive(on, delay));
  }

  /** Now, or when the transport is open. @param {(tcp: TcpSocket) => void} apply */
  #setTcp(apply) {
    if (this.#tcp) {
      apply(this.#tcp);
    } else if (!this.#dialled) {
      this.#tcpSettings.push(apply);
    }
    return this;
  }

  /** Without effect unless the transport is TCP in Node: others keep the process alive while they are open. */
  ref() {
    this.#referenced = true;
    this.#tcp?.ref();
    return this;
  }

  unref() {
    this.#referenced = false;
    this.#tcp?.unref();
    return this;
  }

  /** Ends, and destroys as soon as everything is sent. */
  destroySoon() {
    if (this.writable) {
      this.end();
    }
    if (this.writableFinished) {
      this.destroy();
    } else {
      this.once('finish', () => this.destroy());
    }
  }

  /** As destroy(): a reset cannot be sent. */
  resetAndDestroy() {
    return this.destroy();
  }

  /* --- timeout ---------------------------------------------------------------------- */

  /**
   * Emits 'timeout' when no byte has moved for so long, once until the next byte.
   * @param {number} duration in milliseconds; 0: never
   * @param {() => void} [callback]
   */
  setTimeout(duration, callback) {
    const most = duration > MAX_TIMEOUT_MS ? MAX_TIMEOUT_MS : duration;
    const time = readArgument('setTimeout()', 'duration', milliseconds, most);
    if (this.destroyed) {
      return this;
    }
    this.timeout = time;
    this.#inactivity.watch(time);
    if (callback) {
      time > 0 ? this.once('timeout', callback) : this.off('timeout', callback);
    }
    return this;
  }

  #active() {
    if (this.parent) {
      this.parent.#active();
    }
    this.#inactivity.reset();
  }
}
