/**
 * What the Content-Security-Policy of a page blocks. fetch() and WebSocket fail without a word about it; only an event says
 * so, in a task of its own.
 */

/** Longer than it takes the event to arrive. */
const EVENT_DELAY_MS = 50;

const EVENT = 'securitypolicyviolation';

/** Listens from now on, where there are such events: in windows and workers. */
export class PolicyWatch {
  /** @type {SecurityPolicyViolationEvent[]} */
  #events = [];
  #watches = typeof location === 'object' && typeof addEventListener === 'function';

  constructor() {
    if (this.#watches) {
      addEventListener(EVENT, this, true);
    }
  }

  /** @param {Event} event */
  handleEvent(event) {
    this.#events.push(/** @type {SecurityPolicyViolationEvent} */ (event));
  }

  /**
   * Whether connect-src blocked a URL. Call it after the failure, once: it stops listening.
   * @param {string} url
   * @returns {Promise<boolean>} false also if the browser does not tell
   */
  async blocked(url) {
    const [plain] = url.split(/[?#]/, 1);
    const found = () =>
      this.#events.some(
        ({ disposition, effectiveDirective, blockedURI }) =>
          disposition === 'enforce' &&
          effectiveDirective === 'connect-src' &&
          (blockedURI.split(/[?#]/, 1)[0] === plain || url.startsWith(`${blockedURI}:`)), // older ones tell the scheme only
      );
    if (this.#watches && !found()) {
      await new Promise((resolve) => setTimeout(resolve, EVENT_DELAY_MS));
    }
    this.stop();
    return found();
  }

  stop() {
    if (this.#watches) {
      removeEventListener(EVENT, this, true);
    }
  }
}

/**
 * What connect-src of this page's policy must have for a URL.
 * @param {string} url
 */
export function sourceOf(url) {
  const { origin, protocol } = new URL(url);
  return origin === globalThis.location?.origin ? "'self'" : origin === 'null' ? protocol : origin;
}
