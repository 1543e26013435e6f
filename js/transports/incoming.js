/** @typedef {import('./channel.js').Channel} Channel */

/** Bytes that are held before the channel is paused. */
const HIGH_WATER_MARK = 64 * 1024;

/**
 * What comes through a channel as a readable stream: all that came before the end, good or bad, can still be read.
 */
export class Incoming {
  /** @type {ReadableStreamDefaultController<Uint8Array> | undefined} */
  #controller;
  #channel;
  /** Nothing more goes in: the stream has ended or failed, or nobody reads it any more. */
  #over = false;
  /** An error that waits until everything before it has been read. @type {{error: unknown} | undefined} */
  #failure;

  /** @param {Channel} channel */
  constructor(channel) {
    this.#channel = channel;
    /** @type {ReadableStream<Uint8Array>} */
    this.readable = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => {
          this.#raise();
          channel.resume();
        },
        cancel: () => {
          this.#over = true;
          channel.discard();
        },
      },
      { highWaterMark: HIGH_WATER_MARK, size: (bytes) => bytes.length },
    );
  }

  /** @param {Uint8Array} bytes */
  push(bytes) {
    if (this.#over || !this.#controller) {
      return;
    }
    this.#controller.enqueue(bytes);
    if ((this.#controller.desiredSize ?? 0) <= 0) {
      this.#channel.pause();
    }
  }

  end() {
    if (!this.#over) {
      this.#over = true;
      this.#controller?.close();
    }
  }

  /** @param {unknown} error */
  fail(error) {
    if (!this.#over) {
      this.#over = true;
      this.#failure = { error };
      this.#raise();
    }
  }

  /** An error empties the queue of a stream, so it has to wait until that has been read. */
  #raise() {
    const controller = this.#controller;
    if (this.#failure && controller && controller.desiredSize === HIGH_WATER_MARK) {
      controller.error(this.#failure.error);
    }
  }
}
