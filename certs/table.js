/**
 * Generates the table of cases in README.md from the profiles.
 *
 *   node certs/table.js      writes it between the two markers in README.md
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
  const warned = expected.warnings?.length ? `, ${expected.warnings.length} warnings` : '';
  const result = expected.ok ? `valid${warned}` : [...expected.flags, expected.error].filter(Boolean).join(', ');
  const depth = expected.depth === undefined ? '' : String(expected.depth);
  return `| ${[`\`${id}\``, `${hostname}${serve ? '' : ' (swapped in)'}`, result, depth, openssl, explain].join(' | ')} |`;
}

/** @returns {string} */
function table() {
  return [
    '| case | host name | pagetls | depth | OpenSSL | explanation |',
    '|---|---|---|---|---|---|',
    ...PROFILES.map(row),
    '',
  ].join('\n');
}

/**
 * @param {string} readme
 * @returns {string} `readme` with a new table between the markers
 * @throws {Error} if a marker is missing
 */
export function withTable(readme) {
  const begin = readme.indexOf(MARKERS.begin);
  const end = readme.indexOf(MARKERS.end);
  if (begin < 0 || end < begin) throw new Error(`README.md lacks a marker: ${MARKERS.begin}${MARKERS.end}`);
  return readme.slice(0, begin + MARKERS.begin.length) + table() + readme.slice(end);
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  writeFileSync(README, withTable(readFileSync(README, 'utf8')));
}
