/**
 * node scripts/limits-doc.js: writes LIMITS.md from wasm/host/limits.def and js/limits.js.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { markdownTable } from './markdown.js';
import { inProject, print, runMain } from './run.js';

export const LIMITS_DOC = inProject('LIMITS.md');

/**
 * @typedef {object} Limit
 * @property {string} name
 * @property {number} value
 * @property {string} unit
 * @property {string} text
 * @property {string} [source]
 */

/**
 * The limits of the core, in the groups that the comments of their source make.
 * @param {string} source of wasm/host/limits.def
 * @returns {{title: string, limits: Limit[]}[]}
 */
export function coreLimitsOf(source) {
  const text = String.raw`"((?:[^"\\\\]|\\\\.)*)"`;
  const pattern = new RegExp(String.raw`^/\* ([^*]+) \*/$|^LIMIT\((\w+), (\d+), ${text}, ${text}, ${text}\)$`, 'gm');
  /** @type {{title: string, limits: Limit[]}[]} */
  const groups = [];
  for (const [, title, name, value, unit, meaning, reason] of source.matchAll(pattern)) {
    if (title !== undefined) groups.push({ title, limits: [] });
    else groups.at(-1)?.limits.push({ name, value: Number(value), unit, text: meaning, source: reason });
  }
  return groups;
}

/**
 * @param {string} source of js/limits.js
 * @param {Record<string, number>} values its exports
 * @returns {Limit[]}
 */
export function packageLimitsOf(source, values) {
  return [...source.matchAll(/^\/\*\* (\w+): (.+) \*\/\nexport const (\w+) = /gm)].map(([, unit, text, name]) => ({
    name,
    value: values[name],
    unit,
    text: `${text[0].toUpperCase()}${text.slice(1)}`,
  }));
}

/** @param {Limit} limit */
const amount = ({ value, unit }) =>
  `${value.toLocaleString('en-US')} ${value === 1 ? unit.replace(/ies$/, 'y') : unit}`;

/** @returns {Promise<string>} what LIMITS.md must be */
export async function currentLimitsDoc() {
  const core = coreLimitsOf(await readFile(inProject('wasm/host/limits.def'), 'utf8'));
  const values = await import('../js/limits.js');
  const ours = packageLimitsOf(await readFile(inProject('js/limits.js'), 'utf8'), { ...values });
  return [
    '<!-- Written by scripts/limits-doc.js from wasm/host/limits.def and js/limits.js. -->\n',
    '# Limits\n',
    'What bounds the cost of a hostile server, chain or file, and the default timeouts. The bridge has',
    '[limits of its own](bridge/README.md#limits).\n',
    ...core.flatMap(({ title, limits }) => [
      `## ${title}\n`,
      markdownTable([
        ['limit', 'of what', 'why this number', 'name in C'],
        ...limits.map((limit) => [amount(limit), limit.text, limit.source ?? '', `\`PAGETLS_${limit.name}\``]),
      ]),
    ]),
    '## Timeouts and buffers of the package\n',
    markdownTable([
      ['value', 'meaning', 'name in `js/limits.js`'],
      ...ours.map((limit) => [amount(limit), limit.text, `\`${limit.name}\``]),
    ]),
  ].join('\n');
}

await runMain(import.meta.url, async () => {
  await writeFile(LIMITS_DOC, await currentLimitsDoc());
  print(`${LIMITS_DOC} is written`);
});
