/** The verdict: a sentence, then every problem. */
import { referenceUrl, role, titleOf, verdict, visible } from '../words.js';
import { code, foreign, h } from './dom.js';

/** @typedef {import('../inspect.js').Result} Result */
/** @typedef {import('../../dist/index.js').Problem} Problem */
/** @typedef {import('../../dist/index.js').Verification} Verification */

const MARKS = { good: '✓', bad: '✕', error: '!', cancelled: '–' };

/** @param {Result} result */
export function verdictView(result) {
  const { kind, sentence, detail } = verdict(result);
  const { verification, error, request } = result;
  const bad = kind === 'bad';
  return h(
    'section',
    { class: `verdict verdict-${kind}`, 'aria-labelledby': 'verdict-sentence', 'data-verdict': kind },
    h('span', { class: 'mark', 'aria-hidden': 'true' }, MARKS[kind]),
    h(
      'div',
      { class: 'verdict-body' },
      h('h2', { id: 'verdict-sentence' }, foreign(sentence)),
      detail && h('p', null, foreign(detail)),
      request.lab &&
        h('p', { class: 'from-lab' }, h('strong', null, `From the lab: ${request.lab.title}. `), request.lab.explain),
      verification && verification.problems.length > 0 && problemList(verification),
      error && kind !== 'cancelled' && errorView(error),
      bad && !error && onlyLooking(),
    ),
  );
}

function onlyLooking() {
  return h(
    'p',
    { class: 'only-looking' },
    h('strong', null, 'Only looking. '),
    'A connection of pagetls would have ended here, with this verdict as its error. This page finishes the handshake so ' +
      'that the whole chain can be seen, sends nothing, and hangs up.',
  );
}

/** @param {Verification} verification */
function problemList(verification) {
  return h(
    'ol',
    { class: 'problems', 'aria-label': 'Problems' },
    ...verification.problems.map((problem) => problemItem(problem, verification)),
  );
}

/**
 * @param {Problem} problem
 * @param {Verification} verification
 */
function problemItem(problem, verification) {
  const { depth, message, flag, reference } = problem;
  const certificate = verification.path[depth] ?? verification.sent[depth];
  const url = referenceUrl(reference);
  return h(
    'li',
    null,
    h(
      'p',
      { class: 'problem-where' },
      `Certificate ${depth}, ${verification.path[depth] ? role(depth, verification).toLowerCase() : 'as sent'}`,
      certificate?.subject && [': ', foreign(titleOf(certificate))],
    ),
    h('p', { class: 'problem-message' }, foreign(`${visible(message)}.`)),
    h(
      'p',
      { class: 'problem-codes' },
      code(problem.code),
      flag && code(flag),
      url ? h('a', { href: url, rel: 'noreferrer' }, reference) : h('span', null, reference),
    ),
  );
}

/** @param {import('../../dist/index.js').TLSError} error */
function errorView(error) {
  const { native, alert, message } = error;
  return h(
    'div',
    { class: 'error-detail' },
    h('p', null, foreign(visible(message))),
    h(
      'p',
      { class: 'problem-codes' },
      code(error.code),
      alert !== undefined && code(`alert ${alert}`),
      native && code(`${native.code < 0 ? '-' : ''}0x${Math.abs(native.code).toString(16)}`),
      native && !message.includes(native.text) && h('span', null, visible(native.text)),
    ),
  );
}
