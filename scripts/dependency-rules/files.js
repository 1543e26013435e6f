/** Files of the project, and what their lines say. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param {string} root
 * @param {string} folder in it
 * @param {string[]} endings
 * @returns {Map<string, string>} the text of each file in it that ends so, by its path from the root
 */
export function readFiles(root, folder, endings) {
  const path = join(root, folder);
  const names = existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : [];
  return new Map(
    names
      .filter((name) => endings.some((ending) => name.endsWith(ending)))
      .sort()
      .map((name) => [join(folder, name), readFileSync(join(path, name), 'utf8')]),
  );
}

/** @param {string} text @param {number} at @returns {number} the line that this place is on, from 1 */
export function lineNumber(text, at) {
  return text.slice(0, at).split('\n').length;
}

/** @param {string[]} names @returns {string} "a/, b/ and c/" */
export function joinList(names) {
  return names.length < 2 ? (names[0] ?? 'nothing') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
