/** What package.json promises: the files that it names, and the versions of Node. */
import { readFileSync } from 'node:fs';
import { inProject } from './run.js';

/** @returns {Record<string, any>} package.json */
export function readManifest() {
  return JSON.parse(readFileSync(inProject('package.json'), 'utf8'));
}

/**
 * @param {Record<string, any>} manifest package.json
 * @returns {string[]} the files that its entry points lead to, relative to the package
 */
export function entryFiles({ main, types, bin = {}, exports = {}, imports = {} }) {
  /** @param {unknown} entry a path, or an object of conditions or subpaths @returns {string[]} */
  const pathsOf = (entry) =>
    typeof entry === 'string' ? [entry] : Object.values(/** @type {object} */ (entry ?? {})).flatMap(pathsOf);
  const paths = [main, types, bin, exports, imports].flatMap(pathsOf);
  return [...new Set(paths.map((path) => path.replace(/^\.\//, '')))].sort();
}

/**
 * @param {string} version such as 20.19.0
 * @param {string} range as in `engines`: `^1.2.3` or `>=1.2.3`, joined by `||`
 * @returns {boolean}
 */
export function isInRange(version, range) {
  const numbers = version.split('.').map(Number);
  return range.split('||').some((part) => {
    const [, operator, text] = /^ *(\^|>=)(\d+\.\d+\.\d+) *$/.exec(part) ?? [];
    if (operator === undefined) throw new Error(`'${part}' is not a range of versions that this script reads`);
    const minimum = text.split('.').map(Number);
    const differing = minimum.findIndex((number, index) => number !== numbers[index]);
    if (differing >= 0 && numbers[differing] < minimum[differing]) return false;
    return operator === '>=' || numbers[0] === minimum[0];
  });
}
