/** @typedef {import('./connection.js').Answer} Answer */

/** From the call of fetch() to the end of its answer: what the caller's signal ends. */
export class Life {
  #controller = new AbortController();
  #unfollow = () => {};
  /** Of the last request, for error messages. */
  origin = '';

  /** Aborted with the caller's signal. */
  signal = this.#controller.signal;

  /** @param {AbortSignal | null} signal of the caller */
  follow(signal) {
    const abort = () => this.#controller.abort(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    this.#unfollow = () => signal?.removeEventListener('abort', abort);
    if (signal?.aborted) {
      abort();
    }
    this.signal.throwIfAborted();
  }

  /** The signal ends the answer, until that is complete. @param {Answer} answer */
  watch(answer) {
    const abort = () => answer.abort(this.signal.reason);
    this.signal.addEventListener('abort', abort, { once: true });
  }

  over() {
    this.#unfollow();
  }

  /** The error that the caller gets: the signal's reason, or a TypeError. @param {unknown} error */
  failure(error) {
    if (this.signal.aborted) {
      return this.signal.reason;
    }
    if (error instanceof TypeError) {
      return error; // of the platform, which has checked the arguments
    }
    const what = this.origin ? `Fetching from ${this.origin} failed: ` : '';
    return new TypeError(`${what}${error instanceof Error ? error.message : 'the body failed.'}`, { cause: error });
  }
}
