/** Reading the project's source files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {string} root
 * @param {string} folder relative to `root`
 * @param {string[]} extensions such as '.js'
 * @returns {Map<string, string>} path from the root -> text, for each file with one of the extensions
 */
export function readFiles(root, folder, extensions) {
  const path = join(root, folder);
  const names = existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : [];
  return new Map(
    names
      .filter((name) => extensions.some((extension) => name.endsWith(extension)))
      .sort()
      .map((name) => [join(folder, name), readFileSync(join(path, name), 'utf8')]),
  );
}

/** @param {string} text @param {number} offset @returns {number} the line of this offset, from 1 */
export function lineNumber(text, offset) {
  return text.slice(0, offset).split('\n').length;
}

/** @param {string[]} names @returns {string} "a/, b/ and c/" */
export function joinList(names) {
  return names.length < 2 ? (names[0] ?? 'nothing') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
