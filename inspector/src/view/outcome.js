/** The outcome in one sentence, then every problem and every warning by certificate, each with advice. */
import { html, nothing } from 'lit';
import { fixOf } from '../../../messages/problems.js';
import { locateProblem } from '../model/chain.js';
import { basisOf, count, titleOf, outcome } from '../model/format.js';
import { PageElement } from './element.js';
import { untrusted, newId, referenceView, messageView } from './pieces.js';

/** @typedef {import('../types.js').Problem} Problem */
/** @typedef {import('../types.js').Result} Result */
/** @typedef {import('../types.js').TLSError} TLSError */
/** @typedef {import('../types.js').Verification} Verification */

export const MARKS = { good: '✓', bad: '✕', error: '!', cancelled: '–' };

/** <pt-outcome>: property `result`. */
export class OutcomeElement extends PageElement {
  /** @override */
  static properties = { result: { attribute: false } };

  constructor() {
    super();
    /** @type {Result | null} */
    this.result = null;
    this.sentenceId = newId('outcome');
  }

  /** @override */
  render() {
    const { result } = this;
    if (result === null) return nothing;
    const { kind, sentence, detail } = outcome(result);
    const { verification, error, request } = result;
    const basis = basisOf(result);
    const inFile = request.file !== null;
    const { problems = [], moreProblems = 0, warnings = [] } = verification ?? {};
    return html`<section class="outcome outcome-${kind}" aria-labelledby=${this.sentenceId} data-outcome=${kind}>
      <span class="mark" aria-hidden="true">${MARKS[kind]}</span>
      <div class="outcome-body">
        <h2 id=${this.sentenceId}>${untrusted(sentence)}</h2>
        ${request.tamper ? tamperNote() : nothing}
        ${detail && detail !== error?.message && !request.tamper && !isAdviceOfProblem(result) ? html`<p>${untrusted(detail)}</p>` : nothing}
        ${basis === null || kind === 'cancelled' ? nothing : html`<p class="basis">${basis}</p>`}
        ${request.lab ? html`<p class="from-lab"><strong>From the lab: ${request.lab.title}.</strong> ${request.lab.explain}</p>` : nothing}
        ${verification && problems.length > 0 ? problemsView(problems, verification, inFile) : nothing}
        ${moreView(moreProblems, 'problem')}
        ${verification && warnings.length > 0 ? warningsView(warnings, verification, inFile) : nothing}
        ${error && kind !== 'cancelled' ? errorView(error) : nothing}
        ${kind === 'bad' && !error ? inspectionOnly(result) : nothing}
      </div>
    </section>`;
  }
}

/** For an invalid chain, the detail is the advice for its first problem, which is shown with that problem. @param {Result} result */
function isAdviceOfProblem({ verification }) {
  const [first] = verification?.problems ?? [];
  return first !== undefined && !verification?.ok && fixOf(first) !== null;
}

/** Instead of advice for an error that the user caused. */
function tamperNote() {
  return html`<p><strong>Tampered with.</strong> You changed a byte of this connection in transit.</p>`;
}

/** @param {Result} result */
function inspectionOnly({ info }) {
  return html`<p class="inspection-only">
    <strong>Inspection only.</strong>
    ${
      info
        ? 'A pagetls connection would end here with this error. This page completes the handshake to show the whole chain, and sends no data.'
        : 'A pagetls connection to a server with this chain would fail in the handshake with this error.'
    }
  </p>`;
}

/** @param {Problem[]} warnings @param {Verification} verification @param {boolean} inFile */
function warningsView(warnings, verification, inFile) {
  return html`<details class="warnings">
    <summary>
      ${count(warnings.length + verification.moreWarnings, 'warning')}, which ${warnings.length === 1 ? 'does' : 'do'}
      not affect the result
    </summary>
    ${problemsView(warnings, verification, inFile, 'To avoid this warning:')}
    ${moreView(verification.moreWarnings, 'warning')}
  </details>`;
}

/** @param {number} number of problems that the verifier counted but did not keep @param {string} what */
function moreView(number, what) {
  return number > 0 ? html`<p class="more-problems">And ${count(number, `more ${what}`)}.</p>` : nothing;
}

/** @param {Problem[]} all @param {Verification} verification @param {boolean} inFile @param {string} [advice] what the fix is for */
function problemsView(all, verification, inFile, advice = 'What to do:') {
  /** @type {Map<string, { title: import('./pieces.js').Content, where: string, problems: Problem[] }>} */
  const groups = new Map();
  for (const problem of all) {
    const { certificate, where } = locateProblem(problem, verification, inFile);
    const title = certificate?.subject ? untrusted(titleOf(certificate)) : 'Unreadable certificate';
    const group = groups.get(where) ?? { title, where, problems: [] };
    group.problems.push(problem);
    groups.set(where, group);
  }
  return [...groups.values()].map(
    ({ title, where, problems }) =>
      html`<div class="problem-group">
        <h3>${title} <span class="problem-where">${where}</span></h3>
        <ol class="problems">
          ${problems.map((problem) => problemItem(problem, advice))}
        </ol>
      </div>`,
  );
}

/** @param {Problem} problem @param {string} advice */
function problemItem(problem, advice) {
  const { code, flag, message, reference } = problem;
  const fix = fixOf(problem);
  return html`<li data-code=${code}>
    <p class="problem-message">${messageView(`${message}.`)}</p>
    ${fix === null ? nothing : html`<p class="problem-fix"><strong>${advice}</strong> ${fix}</p>`}
    <p class="problem-codes">
      <code>${code}</code> ${flag === null ? nothing : html`<code>${flag}</code>`} ${referenceView(reference)}
    </p>
  </li>`;
}

/** @param {TLSError} error */
function errorView({ code, native, alert, message }) {
  return html`<div class="error-detail">
    <p>${untrusted(message)}</p>
    <p class="problem-codes">
      <code>${code}</code> ${alert === undefined ? nothing : html`<code>alert ${alert}</code>`}
      ${native ? html`<code>${native.code < 0 ? '-' : ''}0x${Math.abs(native.code).toString(16)}</code>` : nothing}
      ${native && !message.includes(native.text) ? html`<span>${untrusted(native.text)}</span>` : nothing}
    </p>
  </div>`;
}

customElements.define('pt-outcome', OutcomeElement);
