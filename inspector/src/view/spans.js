/** The validity of each certificate as a bar above a time slider, leaf first. */
import { html, svg } from 'lit';
import { day, role } from '../model/format.js';
import '../style/spans.css';

/** @typedef {import('../types.js').Verification} Verification */
/** @typedef {import('../model/spans.js').Span} Span */

/** Height of one bar, in pixels. */
const BAR_HEIGHT = 10;

/**
 * @param {Span[]} spans
 * @param {Span} whole the slider's range; bars are clipped to it
 * @param {Date} now
 * @param {Verification | null} verification for the roles of the certificates
 */
export function spansView(spans, whole, now, verification) {
  const [from, to] = [whole.from.getTime(), whole.to.getTime()];
  const x = (/** @type {Date} */ date) =>
    (Math.min(Math.max((date.getTime() - from) / (to - from), 0), 1) * 1000).toFixed(1);
  const height = Math.max(spans.length * BAR_HEIGHT, 1);
  const labels = spans.map(
    ({ from: begins, to: ends }, depth) =>
      `${verification && role(depth, verification)}: ${day(begins)} to ${day(ends)}`,
  );
  return html`<svg
    class="spans"
    role="img"
    aria-label=${labels.join('; ') || 'No readable dates.'}
    viewBox="0 0 1000 ${height}"
    preserveAspectRatio="none"
    height=${height}
  >
    ${spans.map(
      (span, depth) =>
        svg`<rect class=${span.from <= now && now <= span.to ? 'span-good' : 'span-bad'} x=${x(span.from)} y=${depth * BAR_HEIGHT + 2} width=${Math.max(Number(x(span.to)) - Number(x(span.from)), 2)} height="6" />`,
    )}
    <line class="span-now" x1=${x(now)} x2=${x(now)} y1="0" y2=${height} />
  </svg>`;
}

/** The ends of the slider's range. @param {Span} whole */
export function endsView({ from, to }) {
  return html`<p class="ends"><span>${day(from)}</span><span>${day(to)}</span></p>`;
}
