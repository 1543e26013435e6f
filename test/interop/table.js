/** The table of interop tests, as in README.md. */
import { FEATURES } from './features.js';
import { STACKS } from './stacks.js';

/** @typedef {import('./features.js').Feature} Feature */

/** @returns {string} Markdown: a row for each feature, because there are more of them than stacks */
export function table() {
  /** @type {string[]} */
  const reasons = [];
  /** @param {string} reason */
  const noteOf = (reason) => {
    if (!reasons.includes(reason)) reasons.push(reason);
    return String(reasons.indexOf(reason) + 1);
  };
  const rows = [
    ['', ...STACKS.map(({ name }) => name)],
    ...Object.entries(FEATURES).map(([feature, { title }]) => [
      title,
      ...STACKS.map(({ cannot }) => {
        const reason = cannot?.[/** @type {Feature} */ (feature)];
        return reason === undefined ? 'yes' : `(${noteOf(reason)})`;
      }),
    ]),
  ];
  const widths = rows[0].map((_, at) => Math.max(3, ...rows.map((row) => row[at].length)));
  const lineOf = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at])).join(' | ')} |`;
  const [head, ...body] = rows.map(lineOf);
  const rule = lineOf(widths.map((width) => '-'.repeat(width)));
  return [head, rule, ...body, '', ...reasons.map((reason, at) => `${at + 1}. ${reason}`)].join('\n');
}
