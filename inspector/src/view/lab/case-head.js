/** What a card shows while it is closed, and above the rest when it is open. */
import { html, nothing } from 'lit';
import { MARKS, OUTCOMES, reachOf } from '../../model/lab-words.js';

/** @typedef {import('../../types.js').LabCase} LabCase */

/**
 * @param {LabCase} one
 * @param {object} state
 * @param {boolean} state.open
 * @param {boolean} state.busy a connection is under way
 * @param {boolean} state.live there is a server to connect to
 * @param {object} does
 * @param {() => void} does.toggle
 * @param {() => void} does.connect
 * @param {() => void} does.cancel
 * @param {() => void} does.verify
 */
export function caseHead(one, { open, busy, live }, { toggle, connect, cancel, verify }) {
  const { id, title, explain, flags, error, code, expected, hasChain, address } = one;
  const reach = reachOf(one);
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
          ? html`<span class="badge badge-${reach.kind}">${reach.label}</span>`
          : html`<span class="badge badge-away">${hasChain ? 'Not live here' : 'Live only, not here'}</span>`
      }
    </p>
    <p class="case-actions">
      ${live ? button('Connect and see', title, connect, open ? 'primary' : 'accent', busy) : nothing}
      ${busy ? button('Cancel', title, cancel) : nothing} ${hasChain ? button('Judge here', title, verify) : nothing}
      <a href="index.html#${address}" aria-label="Open in the inspector: ${title}">Open in the inspector</a>
      ${open ? html`<a href="#${id}" aria-label="Link to this case: ${title}">Link</a>` : nothing}
    </p>
  `;
}

/**
 * A hundred cards have the same buttons: to those who hear them, each says of what it is.
 * @param {string} text
 * @param {string} title of the case
 * @param {() => void} press
 * @param {string} [look]
 * @param {boolean} [disabled]
 */
function button(text, title, press, look = '', disabled = false) {
  return html`<button
    type="button"
    class="small ${look}"
    aria-label="${text}: ${title}"
    ?disabled=${disabled}
    @click=${press}
  >
    ${text}
  </button>`;
}
