/** A certificate's validity period and the verification time as positions from 0 to 100 on a line, to be drawn. */
import { count, day, DAY_MS, validityAt } from './format.js';

/** @typedef {import('../types.js').Certificate} Certificate */

/**
 * @typedef {object} Timeline
 * @property {'good' | 'soon' | 'bad' | 'unknown'} state
 * @property {string} status such as "12 days left"
 * @property {string} description text alternative of the picture
 * @property {{ from: number, to: number } | null} bar null if the validity period cannot be drawn
 * @property {number} now
 * @property {boolean} broken the verification time is so far off that the line to it is not to scale
 * @property {{ at: number, label: string }[]} ticks
 */

const YEAR_MS = 365.2425 * DAY_MS;

/** notAfter of a certificate with no well-defined expiration date (RFC 5280, section 4.1.2.5). */
const NO_END = '9999-12-31T23:59:59Z';

/** The line is to scale while the verification time is at most this many validity periods away. */
const MAX_SCALE_FACTOR = 4;
/** Empty space at either end, and the width of the bar if the line is broken. */
const MARGIN = 4;
const BROKEN_BAR_WIDTH = 55;
const MAX_TICKS = 5;

/**
 * @param {Certificate['validity']} validity
 * @param {Date} now
 * @returns {Timeline}
 */
export function validityTimeline({ notBefore, notAfter }, now) {
  const from = Date.parse(notBefore);
  const to = Date.parse(notAfter);
  const at = now.getTime();
  const undrawable = { bar: null, now: 0, broken: false, ticks: [] };
  if (Number.isNaN(from) || Number.isNaN(to)) {
    const status = 'a date cannot be read';
    return {
      ...undrawable,
      state: 'unknown',
      status,
      description: `From ${day(notBefore)} to ${day(notAfter)}: ${status}.`,
    };
  }
  if (to < from) {
    const status = 'it ends before it starts';
    return {
      ...undrawable,
      state: 'bad',
      status,
      description: `From ${day(notBefore)} to ${day(notAfter)}: ${status}.`,
    };
  }
  const { state, text } = validityAt({ notBefore, notAfter }, now);
  const endless = notAfter === NO_END;
  const status = endless && state !== 'bad' ? 'no well-defined end' : text;
  const description =
    `Valid from ${day(notBefore)} to ${endless ? 'no well-defined end' : day(notAfter)}, ${lifetime(to - from)}. ` +
    `At ${day(now)}: ${text}.`;
  const length = Math.max(to - from, 1000);
  const outside = Math.max(from - at, at - to, 0);
  if (outside > MAX_SCALE_FACTOR * length) {
    const bar =
      at < from
        ? { from: 100 - MARGIN - BROKEN_BAR_WIDTH, to: 100 - MARGIN }
        : { from: MARGIN, to: MARGIN + BROKEN_BAR_WIDTH };
    return { state, status, description, bar, now: at < from ? MARGIN : 100 - MARGIN, broken: true, ticks: [] };
  }
  const first = Math.min(from, at);
  const last = Math.max(to, at, first + 1000);
  const place = (/** @type {number} */ time) => MARGIN + ((100 - 2 * MARGIN) * (time - first)) / (last - first);
  const bar = { from: place(from), to: place(to) };
  return { state, status, description, bar, now: place(at), broken: false, ticks: ticks(first, last, place) };
}

/** @param {number} length milliseconds */
function lifetime(length) {
  if (length >= 2 * YEAR_MS) return `about ${count(Math.round(length / YEAR_MS), 'year')}`;
  return count(Math.max(1, Math.round(length / DAY_MS)), 'day');
}

/** Intervals between ticks in months, from one month to 2,000 years. */
const MONTH_STEPS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000, 24_000];
/** Shorter intervals, in days. */
const DAY_STEPS = [1, 2, 7, 14];

const dayTick = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const monthTick = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });

/**
 * @param {number} first
 * @param {number} last
 * @param {(time: number) => number} place
 */
function ticks(first, last, place) {
  const days = DAY_STEPS.find((step) => (last - first) / (step * DAY_MS) <= MAX_TICKS);
  const list = days === undefined ? monthTicks(first, last) : dayTicks(first, last, days);
  return list.map(({ time, label }) => ({ at: place(time), label }));
}

/** @param {number} first @param {number} last @param {number} step */
function dayTicks(first, last, step) {
  const list = [];
  for (let time = Math.ceil(first / DAY_MS) * DAY_MS; time <= last; time += step * DAY_MS) {
    list.push({ time, label: dayTick.format(time) });
  }
  return list;
}

/** @param {number} first @param {number} last */
function monthTicks(first, last) {
  const length = ((last - first) / YEAR_MS) * 12;
  const step = MONTH_STEPS.find((months) => length / months <= MAX_TICKS) ?? MONTH_STEPS[MONTH_STEPS.length - 1];
  const begin = new Date(first);
  const list = [];
  for (let month = Math.ceil((begin.getUTCFullYear() * 12 + begin.getUTCMonth()) / step) * step; ; month += step) {
    const date = new Date(0);
    date.setUTCFullYear(Math.floor(month / 12), month % 12, 1);
    const time = date.getTime();
    if (time > last) return list;
    if (time >= first) list.push({ time, label: step < 12 ? monthTick.format(date) : String(date.getUTCFullYear()) });
  }
}
