/** The validity of a certificate on a timeline, with the verification time. */
import { html, nothing, svg } from 'lit';
import { validityTimeline } from '../model/timeline.js';
import { day, HOUR_MS, moment } from '../model/format.js';
import { untrusted } from './pieces.js';

/** @typedef {import('../types.js').Certificate} Certificate */
/** @typedef {import('../model/timeline.js').Timeline} Timeline */

/** Heights, in pixels. Horizontal positions are percentages, so that text is not stretched. */
const TOP = 22;
const BAR_HEIGHT = 10;
const HEIGHT = 56;

/**
 * @param {Certificate['validity']} validity
 * @param {Date} now
 */
export function validityView(validity, now) {
  const line = validityTimeline(validity, now);
  return html`<div class="validity validity-${line.state}">
    <p class="validity-words">
      <span>${untrusted(day(validity.notBefore))} – ${untrusted(day(validity.notAfter))}</span>
      <strong>${line.status}</strong>
    </p>
    ${line.bar === null ? nothing : timelineView(line, line.bar, now)}
  </div>`;
}

/**
 * @param {Timeline} line
 * @param {{ from: number, to: number }} bar
 * @param {Date} now
 */
function timelineView({ description, now: at, broken, ticks }, bar, now) {
  const percent = (/** @type {number} */ place) => `${place.toFixed(2)}%`;
  const gone = Math.min(Math.max(at, bar.from), bar.to);
  const anchor = at < 15 ? 'start' : at > 85 ? 'end' : 'middle';
  const middle = TOP + BAR_HEIGHT / 2;
  return html`<svg class="timeline" width="100%" height=${HEIGHT} role="img" aria-label=${description}>
    <line class="timeline-line" x1="0%" x2="100%" y1=${middle} y2=${middle} />
    ${
      broken
        ? svg`<line class="timeline-break" x1=${percent(at < bar.from ? at + 4 : bar.to + 4)} x2=${percent(at < bar.from ? bar.from - 4 : at - 4)} y1=${middle} y2=${middle} />`
        : nothing
    }
    <rect
      class="timeline-bar"
      x=${percent(bar.from)}
      y=${TOP}
      width=${percent(Math.max(bar.to - bar.from, 0.5))}
      height=${BAR_HEIGHT}
      rx="2"
    />
    <rect
      class="timeline-gone"
      x=${percent(bar.from)}
      y=${TOP}
      width=${percent(Math.max(gone - bar.from, 0))}
      height=${BAR_HEIGHT}
      rx="2"
    />
    ${ticks.map(
      ({ at: place, label }) => svg`
        <line class="timeline-tick" x1=${percent(place)} x2=${percent(place)} y1=${TOP + BAR_HEIGHT + 2} y2=${TOP + BAR_HEIGHT + 7} />
        <text class="timeline-label" x=${percent(place)} y=${HEIGHT - 4} text-anchor=${place < 8 ? 'start' : place > 92 ? 'end' : 'middle'}>${label}</text>`,
    )}
    <line class="timeline-now" x1=${percent(at)} x2=${percent(at)} y1=${TOP - 5} y2=${TOP + BAR_HEIGHT + 5} />
    <text class="timeline-now-label" x=${percent(at)} y=${TOP - 8} text-anchor=${anchor}>${nowLabel(now)}</text>
  </svg>`;
}

/** @param {Date} now */
function nowLabel(now) {
  return Math.abs(Date.now() - now.getTime()) < HOUR_MS ? 'now' : `verified on ${day(now)}`;
}

/** Both times, to the second. @param {Certificate['validity']} validity */
export function validityFacts({ notBefore, notAfter }) {
  /** @param {string} time */
  const exact = (time) =>
    Number.isNaN(Date.parse(time)) ? untrusted(time) : html`<time datetime=${time}>${moment(time)}</time>`;
  return /** @type {[string, import('lit').TemplateResult][]} */ ([
    ['Not before', exact(notBefore)],
    ['Not after', exact(notAfter)],
  ]);
}
