/** What OpenSSL and GnuTLS said of a chain when the lab was built. */
import { html, nothing } from 'lit';
import { MARKS, opinionWords } from '../../model/lab-words.js';
import { day, visible } from '../../model/format.js';

/** @typedef {import('../../types.js').LabCase} LabCase */

/** @param {LabCase} one @param {boolean} changed whether the card is judged by something else than they were asked */
export function opinionList({ opinions, hasChain }, changed) {
  if (!hasChain) return nothing;
  return html`<section class="opinions">
    <h4>Other programs, of the same chain</h4>
    ${
      opinions.length === 0
        ? html`<p class="note">Neither OpenSSL nor GnuTLS was installed where the files of the lab were made.</p>`
        : html`<ul>
            ${opinions.map((opinion) => {
              const { kind, text } = opinionWords(opinion);
              return html`<li class="tone-${kind}">
                <p>
                  <strong>${opinion.program}</strong>
                  <span class="opinion"><span class="mark" aria-hidden="true">${MARKS[kind]}</span>${text}</span>
                  <small>at ${day(opinion.at)}</small>
                </p>
                <pre><bdi>${opinion.words.split('\n').map(visible).join('\n')}</bdi></pre>
              </li>`;
            })}
          </ul>`
    }
    ${
      changed && opinions.length > 0
        ? html`<p class="note">They were asked what the case is about, not what you have set since.</p>`
        : nothing
    }
  </section>`;
}
