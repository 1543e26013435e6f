/** A hex dump with offsets, parts of it highlighted. */
import { html } from 'lit';

/** A longer dump is cut off. */
export const MAX_HEX_BYTES = 16 * 1024;

/** Highlights the octets from `from` up to, but not including, `to`. @typedef {{ from: number, to: number, kind: string }} Mark */

/**
 * @param {Uint8Array} bytes
 * @param {number} width octets per line
 * @param {Mark[]} marks sorted
 */
export function hexLines(bytes, width, marks) {
  const shown = Math.min(bytes.length, MAX_HEX_BYTES);
  const digits = Math.max(4, shown.toString(16).length);
  return Array.from({ length: Math.ceil(shown / width) }, (_, line) => {
    const from = line * width;
    const to = Math.min(from + width, shown);
    const offset = from.toString(16).padStart(digits, '0');
    const runs = runsOf(from, to, marks);
    const hex = runs.map((run, i) => runView(i > 0 ? ' ' : '', hexOf(bytes.subarray(run.from, run.to)), run.kind));
    const text = runs.map((run) => runView('', textOf(bytes.subarray(run.from, run.to)), run.kind));
    const gap = '   '.repeat(width - (to - from));
    const hidden = html`<span class="hex-text" aria-hidden="true">${text}</span>`;
    return html`<span class="hex-offset">${offset}</span>${'  '}${hex}${gap}${'  '}${hidden}${'\n'}`;
  });
}

/** @param {number} from @param {number} to @param {Mark[]} marks @returns {Mark[]} the whole line, split at the marks */
function runsOf(from, to, marks) {
  /** @type {Mark[]} */
  const runs = [];
  let at = from;
  for (const mark of marks) {
    const begin = Math.max(mark.from, at);
    const end = Math.min(mark.to, to);
    if (begin >= end) continue;
    if (begin > at) runs.push({ from: at, to: begin, kind: '' });
    runs.push({ from: begin, to: end, kind: mark.kind });
    at = end;
  }
  if (at < to) runs.push({ from: at, to, kind: '' });
  return runs;
}

/** @param {string} before @param {string} text @param {string} kind */
function runView(before, text, kind) {
  return kind === '' ? html`${before}${text}` : html`${before}<mark class=${kind}>${text}</mark>`;
}

/** @param {Uint8Array} bytes @returns {string} two digits for each, with blanks between */
export function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** @param {Uint8Array} bytes */
function textOf(bytes) {
  return Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('');
}
