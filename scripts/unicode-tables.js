/**
 * node scripts/unicode-tables.js: writes wasm/x509/unicode_tables.inc, what the core knows of Unicode, from Node's ICU.
 *
 * CASE_FOLDING has the simple case foldings (CaseFolding.txt, status C and S). PLAIN has ranges of characters that mean
 * the same in every form of Unicode: see isPlain().
 */
import { writeFileSync } from 'node:fs';
import { inProject, runMain, print } from './run.js';

export const UNICODE_TABLES = inProject('wasm/x509/unicode_tables.inc');

const CODE_POINTS = 0x11_0000;
const PLANE = 0x1_0000;

/** Shorter ranges of PLAIN are left out: their characters only cost the certainty that two names differ. */
const MIN_PLAIN_RANGE = 32;
/** Of Latin, Greek, Cyrillic, Armenian and Hebrew. */
const MIN_EUROPEAN_RANGE = 4;
const EUROPEAN_END = 0x600;

const isSurrogate = (/** @type {number} */ code) => code >= 0xd800 && code <= 0xdfff;

/** @param {string} text @returns {number | undefined} its code point; undefined if it has several */
function single(text) {
  const [code, ...more] = text;
  return more.length === 0 ? code.codePointAt(0) : undefined;
}

/**
 * The simple case folding of a code point. A regular expression with the flags "iu" compares by CaseFolding.txt, so it
 * tells the mappings of toLowerCase() and toUpperCase() that do not belong to it.
 * @param {number} code
 * @returns {number}
 */
export function fold(code) {
  const text = String.fromCodePoint(code);
  const upper = single(text.toUpperCase()) ?? code;
  const lower = single(String.fromCodePoint(upper).toLowerCase()) ?? upper;
  return lower !== code && new RegExp(`^\\u{${code.toString(16)}}$`, 'iu').test(String.fromCodePoint(lower))
    ? lower
    : code;
}

/**
 * Whether the steps that RFC 4518 prescribes before a comparison (mapping, full case folding, normalization to NFKC)
 * leave the character as it is, apart from its simple case folding, and never combine it with the one before it.
 * @param {number} code
 */
export function isPlain(code) {
  if (isSurrogate(code)) return false;
  const text = String.fromCodePoint(code);
  return (
    !/[\p{M}\p{DI}\p{C}\p{Z}\u{1100}-\u{11ff}]/u.test(text) && // U+1100 to U+11FF: letters that form Hangul syllables
    text.normalize('NFKC') === text &&
    single(text.toLowerCase()) !== undefined &&
    single(text.toUpperCase()) !== undefined &&
    single(String.fromCodePoint(fold(code)).toUpperCase()) !== undefined // not so for U+1E9E, which folds to "ss"
  );
}

/** @typedef {{ first: number, count: number, step: number, delta: number }} Folding `step` is 1 or 2 */

/** @returns {Folding[]} */
function foldings() {
  /** @type {Folding[]} */
  const all = [];
  for (let code = 0; code < CODE_POINTS; code++) {
    const delta = isSurrogate(code) ? 0 : fold(code) - code;
    const last = all.at(-1);
    if (delta === 0) continue;
    if (last?.delta === delta && last.count === 1 && code - last.first <= 2) last.step = code - last.first;
    if (last?.delta === delta && code === last.first + last.count * last.step) last.count++;
    else all.push({ first: code, count: 1, step: 1, delta });
  }
  return all;
}

/** @returns {[first: number, last: number][]} */
function plainRanges() {
  /** @type {[number, number][]} */
  const all = [];
  for (let code = 0; code < PLANE; code++) {
    const last = all.at(-1);
    if (!isPlain(code)) continue;
    if (last?.[1] === code - 1) last[1] = code;
    else all.push([code, code]);
  }
  return all.filter(
    ([first, last]) => last - first + 1 >= (first < EUROPEAN_END ? MIN_EUROPEAN_RANGE : MIN_PLAIN_RANGE),
  );
}

const hex = (/** @type {number} */ value) => `0x${value.toString(16).toUpperCase().padStart(4, '0')}`;

/** @param {string[]} cells @returns {string} lines of at most 120 characters */
function lines(cells) {
  return `${cells.join(', ')} `.replace(/(.{1,117}\},?) /g, '$1\n');
}

/** @returns {string} the text of unicode_tables.inc */
export function currentUnicodeTables() {
  const inPlane = (/** @type {number} */ plane) =>
    foldings()
      .filter(({ first }) => Math.floor(first / PLANE) === plane)
      .map(({ first, count, step, delta }) => {
        if (count >= 0x8000 || Math.floor((first + delta) / PLANE) !== plane) throw new Error('does not fit');
        return `{ ${hex(first % PLANE)}, ${step}, ${count}, ${hex((delta + PLANE) % PLANE)} }`;
      });
  return [
    `/* Unicode ${process.versions.unicode}. Written by scripts/unicode-tables.js. */`,
    '#ifdef CASE_FOLDING_PLANE_0',
    `${lines(inPlane(0))}#endif`,
    '#ifdef CASE_FOLDING_PLANE_1',
    `${lines(inPlane(1))}#endif`,
    '#ifdef PLAIN',
    `${lines(plainRanges().map(([first, last]) => `{ ${hex(first)}, ${hex(last)} }`))}#endif`,
    '',
  ].join('\n');
}

await runMain(import.meta.url, async () => {
  writeFileSync(UNICODE_TABLES, currentUnicodeTables());
  print(`${UNICODE_TABLES} is written`);
});
