/** The outcome in a card of the lab: shorter than the inspector's. */
import { html, nothing } from 'lit';
import { fixOf } from '../../../../messages/problems.js';
import { MARKS } from '../../model/lab-format.js';
import { messageView } from '../pieces.js';
import { count, referenceUrl, role, titleOf, visible } from '../../model/format.js';

/** @typedef {import('../../types.js').Problem} Problem */
/** @typedef {import('../../types.js').TLSError} TLSError */
/** @typedef {import('../../types.js').Verification} Verification */
/** @typedef {import('../../model/format.js').Outcome} Outcome */

/**
 * @param {Outcome} outcome
 * @param {object} found
 * @param {Verification | null} found.verification
 * @param {TLSError | null} found.error
 * @param {string | null} found.advice used if no problem has its own
 * @param {string} found.from see provenance()
 */
export function shortOutcome({ kind, sentence, detail }, { verification, error, advice, from }) {
  const hasFix = verification?.problems.some((problem) => fixOf(problem) !== null);
  const toDo = kind === 'bad' && hasFix ? null : advice;
  return html`<section class="short-outcome tone-${kind}" data-outcome=${kind}>
    <h4><span class="mark" aria-hidden="true">${MARKS[kind]}</span><bdi>${sentence}</bdi></h4>
    <p class="provenance"><bdi>${from}</bdi></p>
    ${
      verification && verification.problems.length > 0
        ? html`<ol class="short-problems" aria-label="Problems">
            ${verification.problems.map((problem) => problemItem(problem, verification))}
            ${verification.moreProblems > 0 ? html`<li>${count(verification.moreProblems, 'more problem')}</li>` : nothing}
          </ol>`
        : nothing
    }
    ${
      verification && verification.warnings.length > 0
        ? html`<details class="warnings">
            <summary>${count(verification.warnings.length, 'warning')}</summary>
            <ol class="short-problems" aria-label="Warnings">
              ${verification.warnings.map((problem) => problemItem(problem, verification, 'To avoid this warning:'))}
            </ol>
          </details>`
        : nothing
    }
    ${error && error.code !== 'ERR_TLS_CERT_PARSE' ? errorLine(error) : nothing}
    ${detail && kind !== 'bad' && detail !== toDo ? html`<p><bdi>${detail}</bdi></p>` : nothing} ${toDoView(toDo)}
  </section>`;
}

/**
 * @param {Problem} problem
 * @param {Verification} verification
 * @param {string} [advice] what the fix is for
 */
function problemItem(problem, verification, advice) {
  const { depth, code, flag, message, reference } = problem;
  const certificate = verification.path[depth] ?? verification.sent[depth];
  const which = verification.path[depth] ? role(depth, verification).toLowerCase() : 'as the server sent it';
  const url = referenceUrl(reference);
  return html`<li>
    <p class="problem-where">
      Certificate ${depth}, ${which}${certificate?.subject ? html`: <bdi>${titleOf(certificate)}</bdi>` : nothing}
    </p>
    <p>${messageView(`${message}.`)}</p>
    ${toDoView(fixOf(problem), advice)}
    <p class="codes">
      <code>${code}</code>${flag ? html`<code>${flag}</code>` : nothing}
      ${url ? html`<a href=${url} rel="noreferrer">${reference}</a>` : html`<span>${reference}</span>`}
    </p>
  </li>`;
}

/** @param {TLSError} error */
function errorLine({ code, alert, message, native }) {
  return html`<div class="short-error">
    <p><bdi>${visible(message)}</bdi></p>
    <p class="codes">
      <code>${code}</code>${alert !== undefined ? html`<code>alert ${alert}</code>` : nothing}
      ${native && native.code < 0 ? html`<code>-0x${(-native.code).toString(16)}</code>` : nothing}
    </p>
  </div>`;
}

/** @param {string | null} text @param {string} [advice] */
export function toDoView(text, advice = 'What to do:') {
  return text ? html`<p class="to-do"><strong>${advice}</strong> ${withCode(text)}</p>` : nothing;
}

/** Shows text in backquotes as code; for our own texts only. @param {string} text */
export function withCode(text) {
  return text.split('`').map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part));
}
