/** Where the time of a certificate and the time of verifying lie, for a picture: places from 0 to 100 along a line. */
import { count, day, validityAt } from './format.js';

/** @typedef {import('../types.js').Certificate} Certificate */

/**
 * @typedef {object} Timeline
 * @property {'good' | 'soon' | 'bad' | 'unknown'} state
 * @property {string} status such as "12 days left"
 * @property {string} words the whole picture in a sentence
 * @property {{ from: number, to: number } | null} bar null where the times cannot be drawn
 * @property {number} now
 * @property {boolean} broken the time of verifying is so far off that the line to it is not to scale
 * @property {{ at: number, label: string }[]} ticks
 */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR = 365.2425 * DAY;

/** RFC 5280, section 4.1.2.5: for certificates that have no well-defined end. */
const NO_END = '9999-12-31T23:59:59Z';

/** The line is drawn to scale while what lies outside of the certificate's time is not longer than this many times it. */
const TO_SCALE = 4;
/** Room at both ends, and the part of a broken line that the certificate's time gets. */
const MARGIN = 4;
const SHARE = 55;
const TICKS = 5;

/**
 * @param {Certificate['validity']} validity
 * @param {Date} now
 * @returns {Timeline}
 */
export function validityTimeline({ notBefore, notAfter }, now) {
  const from = Date.parse(notBefore);
  const to = Date.parse(notAfter);
  const at = now.getTime();
  const nothing = { bar: null, now: 0, broken: false, ticks: [] };
  if (Number.isNaN(from) || Number.isNaN(to)) {
    const status = 'a time of it cannot be read';
    return { ...nothing, state: 'unknown', status, words: `From ${notBefore} to ${notAfter}: ${status}.` };
  }
  if (to < from) {
    const status = 'it ends before it begins';
    return { ...nothing, state: 'bad', status, words: `From ${day(notBefore)} to ${day(notAfter)}: ${status}.` };
  }
  const { state, text } = validityAt({ notBefore, notAfter }, now);
  const endless = notAfter === NO_END;
  const status = endless && state !== 'bad' ? 'no well-defined end' : text;
  const words =
    `Valid from ${day(notBefore)} to ${endless ? 'no well-defined end' : day(notAfter)}, ${lifetime(to - from)}. ` +
    `At ${day(now)}: ${text}.`;
  const length = Math.max(to - from, 1000);
  const outside = Math.max(from - at, at - to, 0);
  if (outside > TO_SCALE * length) {
    const bar = at < from ? { from: 100 - MARGIN - SHARE, to: 100 - MARGIN } : { from: MARGIN, to: MARGIN + SHARE };
    return { state, status, words, bar, now: at < from ? MARGIN : 100 - MARGIN, broken: true, ticks: [] };
  }
  const first = Math.min(from, at);
  const last = Math.max(to, at, first + 1000);
  const place = (/** @type {number} */ time) => MARGIN + ((100 - 2 * MARGIN) * (time - first)) / (last - first);
  const bar = { from: place(from), to: place(to) };
  return { state, status, words, bar, now: place(at), broken: false, ticks: ticks(first, last, place) };
}

/** @param {number} length milliseconds */
function lifetime(length) {
  if (length >= 2 * YEAR) return `about ${count(Math.round(length / YEAR), 'year')}`;
  return count(Math.max(1, Math.round(length / DAY)), 'day');
}

/** Steps between ticks: months, from one of them to a thousand years. */
const MONTHS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000, 24_000];
/** And days, below that. */
const DAYS = [1, 2, 7, 14];

const dayTick = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const monthTick = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });

/**
 * @param {number} first
 * @param {number} last
 * @param {(time: number) => number} place
 */
function ticks(first, last, place) {
  const days = DAYS.find((step) => (last - first) / (step * DAY) <= TICKS);
  const list = days === undefined ? monthTicks(first, last) : dayTicks(first, last, days);
  return list.map(({ time, label }) => ({ at: place(time), label }));
}

/** @param {number} first @param {number} last @param {number} step */
function dayTicks(first, last, step) {
  const list = [];
  for (let time = Math.ceil(first / DAY) * DAY; time <= last; time += step * DAY) {
    list.push({ time, label: dayTick.format(time) });
  }
  return list;
}

/** @param {number} first @param {number} last */
function monthTicks(first, last) {
  const length = ((last - first) / YEAR) * 12;
  const step = MONTHS.find((months) => length / months <= TICKS) ?? MONTHS[MONTHS.length - 1];
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
