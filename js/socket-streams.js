/** The streams of a socket, over the reads and writes of its connection. */
import { byteStream } from './byte-stream.js';
import { TLSError } from './errors.js';
import { writableStreamClass } from './web.js';

/**
 * What the streams need of a connection.
 * @typedef {object} Flow
 * @property {{promise: Promise<unknown>}} opened
 * @property {{promise: Promise<void>}} closed
 * @property {boolean} ended it has closed without an error
 * @property {() => boolean} hasRemainder bytes are left to read after its end
 * @property {(limit: number) => Promise<Uint8Array<ArrayBuffer> | null>} read at most `limit` bytes; null at the end
 * @property {() => void | Promise<unknown>} cancelReading nobody wants further bytes
 * @property {(data: any) => Promise<void>} write
 * @property {() => Promise<void>} endWriting
 * @property {(error: unknown) => void} failed
 */

const END_TEXT = 'The connection is closed.';

/** A byte stream without a buffer of its own: it reads only when it is read. */
export class Readable {
  /** @type {ReadableByteStreamController | undefined} */
  #controller;
  /** It is closed, errored or cancelled. */
  #over = false;
  #pulling = false;
  /** Bytes came for a read after the end of the stream. */
  #dropped = false;
  /** @type {ReadableStream<Uint8Array>} */
  stream;

  /** @param {Flow} flow */
  constructor(flow) {
    const source = {
      start: (/** @type {ReadableByteStreamController} */ controller) => {
        this.#controller = controller;
      },
      pull: (/** @type {ReadableByteStreamController} */ controller) => this.#pull(flow, controller),
      cancel: async () => {
        this.#over = true;
        await flow.cancelReading();
      },
    };
    this.stream = byteStream(source, 0);
    flow.closed.promise.catch((error) => {
      if (!this.#pulling && !flow.hasRemainder()) {
        this.#error(error); // otherwise reads get it, after the bytes before
      }
    });
    flow.opened.promise.catch((error) => this.#error(error)); // with the reason of close()
  }

  /** @param {Flow} flow @param {ReadableByteStreamController} controller */
  async #pull(flow, controller) {
    this.#pulling = true;
    try {
      const view = /** @type {ReadableStreamBYOBRequest | null} */ (controller.byobRequest)?.view;
      const bytes = await flow.read(view ? view.byteLength : Infinity);
      if (bytes === null) {
        this.end();
      } else if (this.#over) {
        this.#dropped = true;
      } else {
        controller.enqueue(bytes);
      }
    } catch (error) {
      this.#error(error);
    } finally {
      this.#pulling = false;
    }
  }

  /** @param {unknown} error */
  #error(error) {
    if (!this.#over) {
      this.#over = true;
      this.#controller?.error(error);
    }
  }

  /** Ends it, as cancel() does: pending reads and later ones get nothing. */
  end() {
    if (!this.#over) {
      this.#over = true;
      this.#controller?.close();
      this.#controller?.byobRequest?.respond(0);
    }
  }

  /** It has bytes that nobody read, of a read that its reader gave up: a byte stream without a buffer has no other. */
  get hasUnread() {
    return this.#dropped || (this.#controller?.desiredSize ?? 0) < 0;
  }
}

/** Sends with the transport's backpressure. */
export class Writable {
  /** @type {WritableStreamDefaultController | undefined} */
  #controller;
  /** Chunks written to the stream, those that it has passed on, and those that it may pass on. */
  #given = 0;
  #passed = 0;
  #last = Infinity;
  /** @type {(() => void)[]} */
  #listeners = [];
  /** Why chunks that were written will not be sent. @type {{error: unknown} | undefined} */
  #failure;
  /** @type {WritableStream<any>} */
  stream;

  /** @param {Flow} flow */
  constructor(flow) {
    this.stream = new (writableStreamClass())(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        write: (chunk) => this.#write(flow, chunk),
        close: () => (this.#last === Infinity ? flow.endWriting() : undefined),
        abort: (error) => {
          this.#fail(error);
          if (this.#last === Infinity) {
            flow.failed(new TLSError('ERR_TLS_ABORTED', undefined, { cause: error }));
          }
        },
      },
      { highWaterMark: 1, size: () => (this.#given++, 1) },
    );
    if (flow.ended) {
      this.stream.close();
    }
    flow.closed.promise.then(
      () => this.#close(),
      (error) => this.error(error),
    );
  }

  /** @param {Flow} flow @param {unknown} chunk */
  async #write(flow, chunk) {
    try {
      if (this.#passed >= this.#last) {
        throw new TLSError('ERR_TLS_CLOSED', END_TEXT);
      }
      await flow.write(chunk);
      this.#passed++;
      this.#listeners.splice(0).forEach((listener) => listener());
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#failure ??= { error };
    this.#listeners.splice(0).forEach((listener) => listener());
  }

  /** The connection is closed. */
  #close() {
    if (this.stream.locked) {
      this.error(new TLSError('ERR_TLS_CLOSED', END_TEXT));
    } else {
      this.stream.close().catch(() => {}); // it may have been closed before
    }
  }

  /** Makes it useless, with an error that says why. @param {unknown} error */
  error(error) {
    this.#controller?.error(error);
  }

  /**
   * Accepts no more chunks; resolves when those before have been passed on.
   * @throws what kept one from being passed on
   */
  async finish() {
    this.#last = this.#given;
    while (this.#passed < this.#last && !this.#failure) {
      await new Promise((/** @type {(value: void) => void} */ resolve) => this.#listeners.push(resolve));
    }
    if (this.#passed < this.#last) {
      throw this.#failure?.error;
    }
  }
}
