/** Notices that nothing has happened for some time. */

export class Inactivity {
  #expired;
  /** In milliseconds; 0: do not watch. */
  #limit = 0;
  /** performance.now() */
  #lastActivity = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {() => void} expired called once, until something happens again */
  constructor(expired) {
    this.#expired = expired;
  }

  /** @param {number} limit in milliseconds, from now on; 0: no more */
  watch(limit) {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#limit = limit;
    this.reset();
  }

  /** Something happens. Cheap: a timer that runs is left alone. */
  reset() {
    if (this.#limit > 0) {
      this.#lastActivity = performance.now();
      this.#timer ??= this.#start(this.#limit);
    }
  }

  /** @param {number} delay */
  #start(delay) {
    const timer = setTimeout(() => this.#check(), delay);
    /** @type {{unref?: () => void}} */ (timer).unref?.(); // as in Node; a page has numbers
    return timer;
  }

  #check() {
    const left = this.#lastActivity + this.#limit - performance.now();
    this.#timer = undefined;
    if (left > 0) {
      this.#timer = this.#start(left);
    } else {
      this.#expired();
    }
  }
}
