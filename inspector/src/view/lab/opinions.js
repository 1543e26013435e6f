/** The results of OpenSSL and GnuTLS, from when the lab was built. */
import { html, nothing } from 'lit';
import { MARKS, opinionText } from '../../model/lab-format.js';
import { day, visible } from '../../model/format.js';

/** @typedef {import('../../types.js').LabCase} LabCase */

/** @param {LabCase} labCase @param {boolean} changed whether the card's settings differ from the case's */
export function opinionList({ opinions, hasChain }, changed) {
  if (!hasChain) return nothing;
  return html`<section class="opinions">
    <h4>OpenSSL and GnuTLS on the same chain</h4>
    ${
      opinions.length === 0
        ? html`<p class="note">OpenSSL and GnuTLS were not installed when the lab was built.</p>`
        : html`<ul>
            ${opinions.map((opinion) => {
              const { kind, text } = opinionText(opinion);
              return html`<li class="tone-${kind}">
                <p>
                  <strong><bdi>${visible(opinion.program)}</bdi></strong>
                  <span class="opinion"><span class="mark" aria-hidden="true">${MARKS[kind]}</span>${text}</span>
                  <small>on ${day(opinion.at)}</small>
                </p>
                <pre><bdi>${opinion.message.split('\n').map(visible).join('\n')}</bdi></pre>
              </li>`;
            })}
          </ul>`
    }
    ${
      changed && opinions.length > 0
        ? html`<p class="note">These results are for the case’s own settings, not for your changes.</p>`
        : nothing
    }
  </section>`;
}
