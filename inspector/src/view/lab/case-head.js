/** The head of a case's card: all of it that shows while the card is closed. */
import { html, nothing } from 'lit';
import { MARKS, OUTCOMES, deliveryOf } from '../../model/lab-format.js';

/** @typedef {import('../../types.js').LabCase} LabCase */

/**
 * @param {LabCase} labCase
 * @param {object} state
 * @param {boolean} state.open
 * @param {boolean} state.busy a connection is open
 * @param {boolean} state.live there is a server to connect to
 * @param {object} actions
 * @param {() => void} actions.toggle
 * @param {() => void} actions.connect
 * @param {() => void} actions.cancel
 * @param {() => void} actions.verify
 */
export function caseHead(labCase, { open, busy, live }, { toggle, connect, cancel, verify }) {
  const { id, title, explain, flags, error, code, expected, hasChain, address } = labCase;
  const delivery = deliveryOf(labCase);
  const names = [...flags, ...(error ? [error] : []), ...(code ? [code] : [])];
  return html`
    <h3>
      <button type="button" aria-expanded=${open} aria-controls="${id}-body" @click=${toggle}>
        <span class="mark tone-${expected}" aria-hidden="true">${MARKS[expected]}</span>
        <span>${title}<span class="visually-hidden">, ${OUTCOMES[expected]}</span></span>
      </button>
    </h3>
    <p class="case-explain">${explain}</p>
    <p class="case-tags">
      ${names.map((name) => html`<code class="tag tone-${expected}">${name}</code>`)}
      ${
        live
          ? html`<span class="badge badge-${delivery.kind}">${delivery.label}</span>`
          : html`<span class="badge badge-offline">${hasChain ? 'Offline only' : 'Needs a live server'}</span>`
      }
    </p>
    <p class="case-actions">
      ${live ? button('Connect', title, connect, open ? 'primary' : 'accent', busy) : nothing}
      ${busy ? button('Cancel', title, cancel) : nothing} ${hasChain ? button('Check offline', title, verify) : nothing}
      <a href="index.html#${address}" aria-label="Open in the inspector: ${title}">Open in the inspector</a>
      ${open ? html`<a href="#${id}" aria-label="Link to this case: ${title}">Link</a>` : nothing}
    </p>
  `;
}

/**
 * A hundred cards have the same buttons: the label names the case for screen readers.
 * @param {string} text
 * @param {string} title of the case
 * @param {() => void} press
 * @param {string} [className]
 * @param {boolean} [disabled]
 */
function button(text, title, press, className = '', disabled = false) {
  return html`<button
    type="button"
    class="small ${className}"
    aria-label="${text}: ${title}"
    ?disabled=${disabled}
    @click=${press}
  >
    ${text}
  </button>`;
}
