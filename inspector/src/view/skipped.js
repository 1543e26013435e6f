/** What was not used of the user's files and of the trust store, and why. */
import { html, nothing } from 'lit';
import { PageElement } from './element.js';
import { newId, untrusted } from './pieces.js';

/** @typedef {import('../types.js').Skipped} Skipped */

/** @type {Record<Skipped['source'], string>} */
const SOURCES = { chain: 'Certificates', trust: 'Trust anchors', crls: 'CRLs' };

/** Items shown at once. */
const MAX_SHOWN = 20;

/** <pt-skipped>: property `skipped`. */
export class SkippedElement extends PageElement {
  /** @override */
  static properties = { skipped: { attribute: false } };

  constructor() {
    super();
    /** @type {Skipped[]} */
    this.skipped = [];
    this.titleId = newId('skipped');
  }

  /** @override */
  render() {
    const { skipped } = this;
    if (skipped.length === 0) return nothing;
    const shown = skipped.slice(0, MAX_SHOWN);
    const rest = skipped.slice(MAX_SHOWN);
    return html`<section class="skipped" aria-labelledby=${this.titleId}>
      <h2 id=${this.titleId}>Skipped</h2>
      <p class="lead">This was in the files or in the trust store, and was not used.</p>
      ${listView(shown)}
      ${
        rest.length > 0
          ? html`<details class="more">
              <summary>${rest.length.toLocaleString('en-US')} more</summary>
              ${listView(rest)}
            </details>`
          : nothing
      }
    </section>`;
  }
}

/** @param {Skipped[]} skipped */
function listView(skipped) {
  return html`<ul class="skipped-list">
    ${skipped.map(
      ({ source, file, message, reason }) =>
        html`<li data-reason=${reason}>
          <span class="tag">${SOURCES[source]}</span> <strong>${untrusted(file)}</strong>: ${untrusted(message)}
        </li>`,
    )}
  </ul>`;
}

customElements.define('pt-skipped', SkippedElement);
