/**
 * The tables of differences in README.md, generated from the declared differences.
 *
 *   node test/verify/differential/table.js      writes them to README.md, between the two markers
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AREAS, showsIn } from './differences.js';
import { PROFILES } from './verifiers.js';

/** @typedef {import('./differences.js').Difference} Difference */
/** @typedef {import('./verifiers.js').Reference} Reference */

export const README = fileURLToPath(new URL('README.md', import.meta.url));

const MARKERS = { begin: '<!-- differences: written by table.js -->\n', end: '<!-- end of differences -->\n' };

/** @param {Reference[]} references @returns {string} */
function named(references) {
  const [plain, strict] = [references.includes('openssl'), references.includes('strict')];
  const openssl = plain && strict ? ['OpenSSL'] : plain ? ['OpenSSL, not strict'] : strict ? ['OpenSSL, strict'] : [];
  return [
    ...openssl,
    ...(references.includes('gnutls') ? ['GnuTLS'] : []),
    ...(references.includes('go') ? ['Go'] : []),
  ].join('; ');
}

/** @param {Difference} difference @returns {string} */
function row(difference) {
  const { what, pagetls, references, why } = difference;
  const results = PROFILES.map((profile) => (showsIn(difference, profile) ? `${pagetls}s` : ''));
  return `| ${[what, ...results, named(references), why].join(' | ')} |`;
}

/** @returns {string} */
function tables() {
  return AREAS.map(({ title, differences }) =>
    [
      `\n### ${title}\n`,
      `| ${['chain', ...PROFILES, 'differs from', 'why'].join(' | ')} |`,
      `| ${'--- | '.repeat(PROFILES.length + 2)}--- |`,
      ...differences.map(row),
      '',
    ].join('\n'),
  ).join('');
}

/**
 * @param {string} readme
 * @returns {string} the same, with new tables between the markers
 * @throws {Error} when a marker is missing
 */
export function withTables(readme) {
  const begin = readme.indexOf(MARKERS.begin);
  const end = readme.indexOf(MARKERS.end);
  if (begin < 0 || end < begin) throw new Error('README.md lacks the markers of its tables');
  return `${readme.slice(0, begin + MARKERS.begin.length)}${tables()}\n${readme.slice(end)}`;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  writeFileSync(README, withTables(readFileSync(README, 'utf8')));
}
