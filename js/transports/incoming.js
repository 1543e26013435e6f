import { readableStreamClass } from '../web.js';

/** @typedef {import('./channel.js').Channel} Channel */

/** Bytes to queue before the channel is paused. */
const HIGH_WATER_BYTES = 64 * 1024;

/**
 * The input of a channel as a readable stream: everything received before the end, or before a failure, can be read.
 */
export class Incoming {
  /** @type {ReadableStreamDefaultController<Uint8Array> | undefined} */
  #controller;
  #channel;
  /** Drops further input: the stream has ended, failed, or been cancelled. */
  #over = false;
  /** Raised after everything before it has been read. @type {{error: unknown} | undefined} */
  #failure;

  /** @param {Channel} channel */
  constructor(channel) {
    this.#channel = channel;
    /** @type {ReadableStream<Uint8Array>} */
    this.readable = new (readableStreamClass())(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => {
          this.#raiseWhenRead();
          channel.resume();
        },
        cancel: () => {
          this.#over = true;
          channel.discard();
        },
      },
      { highWaterMark: HIGH_WATER_BYTES, size: (bytes) => bytes.length },
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
      this.#raiseWhenRead();
    }
  }

  /** Waits until the queue has been read: error() would empty it. */
  #raiseWhenRead() {
    const controller = this.#controller;
    if (this.#failure && controller && controller.desiredSize === HIGH_WATER_BYTES) {
      controller.error(this.#failure.error);
    }
  }
}
