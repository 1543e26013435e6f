/** The inspections of this tab. */
import { html } from 'lit';
import { outcome, resultLabel } from '../model/format.js';
import { PageElement } from './element.js';
import { MARKS } from './outcome.js';

/** @typedef {{ at: Date, hash: string, result: import('../types.js').Result }} Entry */

const times = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

export class History extends PageElement {
  /** @override */
  static properties = { entries: { attribute: false } };

  constructor() {
    super();
    /** Newest first. @type {Entry[]} */
    this.entries = [];
  }

  /** @override */
  render() {
    return html`<section class="history" aria-labelledby="history-title">
      <h2 id="history-title">History</h2>
      <ol>
        ${this.entries.map((entry) => this.item(entry))}
      </ol>
    </section>`;
  }

  /** @param {Entry} entry */
  item(entry) {
    const { kind, sentence } = outcome(entry.result);
    return html`<li>
      <button type="button" class="plain" @click=${() => this.recall(entry)}>
        <span class="dot dot-${kind}" aria-hidden="true">${MARKS[kind]}</span>
        <span
          ><bdi>${resultLabel(entry.result)}</bdi> <small><bdi>${sentence}</bdi></small></span
        >
        <time datetime=${entry.at.toISOString()}>${times.format(entry.at)}</time>
      </button>
    </li>`;
  }

  /** @param {Entry} entry */
  recall(entry) {
    this.dispatchEvent(new CustomEvent('recall', { detail: entry }));
  }
}

customElements.define('pt-history', History);
