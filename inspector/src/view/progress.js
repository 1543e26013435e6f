/** Shows what the page is waiting for, if that takes a while. */
import { html, nothing } from 'lit';
import { PageElement } from './element.js';

/** Shorter work shows no progress, in milliseconds. */
export const PROGRESS_DELAY_MS = 200;

export class Progress extends PageElement {
  /** @override */
  static properties = { sentence: { attribute: false }, seconds: { state: true } };

  constructor() {
    super();
    /** @type {string | null} */
    this.sentence = null;
    /** Elapsed; null: progress is not shown yet. @type {number | null} */
    this.seconds = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** @override @param {import('lit').PropertyValues<this>} changed */
  willUpdate(changed) {
    if (changed.has('sentence')) this.restart();
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  restart() {
    clearTimeout(this.timer);
    this.seconds = null;
    if (this.sentence === null) return;
    const started = performance.now();
    const tick = () => {
      this.seconds = Math.floor((performance.now() - started) / 1000);
      this.timer = setTimeout(tick, 1000);
    };
    this.timer = setTimeout(tick, PROGRESS_DELAY_MS);
  }

  /** @override */
  render() {
    if (this.sentence === null || this.seconds === null) return nothing;
    return html`<section class="progress">
      <p role="status"><bdi>${this.sentence}</bdi></p>
      <p class="seconds" aria-hidden="true">${this.seconds} s</p>
      <progress aria-label=${this.sentence}></progress>
    </section>`;
  }
}

customElements.define('pt-progress', Progress);
