/**
 * The readable side of a transport whose bytes are pushed: what came before the end, good or bad, can still be read.
 */
export class Incoming {
  /** @type {ReadableStreamDefaultController<Uint8Array> | undefined} */
  #controller;
  #source;
  #highWaterMark;
  /** Nothing more goes in: the stream has ended or failed, or nobody reads it any more. */
  #over = false;
  /** An error that waits until everything before it has been read. @type {{error: unknown} | undefined} */
  #failure;

  /**
   * @param {{pause: () => void, resume: () => void}} source
   * @param {QueuingStrategy<Uint8Array>} strategy
   */
  constructor(source, strategy) {
    this.#source = source;
    this.#highWaterMark = strategy.highWaterMark;
    /** @type {ReadableStream<Uint8Array>} */
    this.readable = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => {
          this.#raise();
          source.resume();
        },
        cancel: () => {
          this.#over = true;
          source.resume(); // what still comes is thrown away, so that our last bytes are not lost to a reset
        },
      },
      strategy,
    );
  }

  /** @param {Uint8Array} bytes */
  push(bytes) {
    if (this.#over || !this.#controller) {
      return;
    }
    this.#controller.enqueue(bytes);
    if ((this.#controller.desiredSize ?? 0) <= 0) {
      this.#source.pause();
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
    if (this.#failure && controller && controller.desiredSize === this.#highWaterMark) {
      controller.error(this.#failure.error);
    }
  }
}
