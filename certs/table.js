/**
 * The table of cases in README.md, made from the profiles.
 *
 *   node certs/table.js      writes it into README.md, between its two markers
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROFILES } from './profiles.js';

/** @typedef {import('./profile.js').Profile} Profile */

export const README = fileURLToPath(new URL('README.md', import.meta.url));

const MARKERS = { begin: '<!-- cases: written by table.js -->\n', end: '<!-- end of cases -->\n' };

/** @param {Profile} profile @returns {string} */
function row({ id, hostname, expected, openssl, explain, serve }) {
  const verdict = expected.ok ? 'valid' : [...expected.flags, expected.error].filter(Boolean).join(', ');
  const where = expected.depth === undefined ? '' : String(expected.depth);
  return `| ${[`\`${id}\``, `${hostname}${serve ? '' : ' (swapped in)'}`, verdict, where, openssl, explain].join(' | ')} |`;
}

/** @returns {string} */
function table() {
  return [
    '| case | host asked for | pagetls | depth | OpenSSL | |',
    '|---|---|---|---|---|---|',
    ...PROFILES.map(row),
    '',
  ].join('\n');
}

/**
 * @param {string} readme
 * @returns {string} the same with the table between the markers made anew
 * @throws {Error} when a marker is missing
 */
export function withTable(readme) {
  const begin = readme.indexOf(MARKERS.begin);
  const end = readme.indexOf(MARKERS.end);
  if (begin < 0 || end < begin) throw new Error('README.md has lost the markers of its table');
  return readme.slice(0, begin + MARKERS.begin.length) + table() + readme.slice(end);
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  writeFileSync(README, withTable(readFileSync(README, 'utf8')));
}
