/** The project's own text files, and rules that hold for each of them, whatever commit it came with. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

/** Made by npm, CMake or the build. */
const GENERATED_FOLDERS = new Set(['node_modules', 'build', 'dist', '.git']);

const TEXT = /\.(?:md|js|mjs|json|c|h|def|inc|py|txt|html|css|svg|ya?ml|cfg|ini|cmake|ts|service)$/;

/** Folders that need no README: their parent's README describes them. */
const PARENT_DESCRIBES = /^(?:\.|(?:[^/]+\/)+(?:src|test|tests|lib|docs|data|fixtures|helpers)$)/;

/** Kinds of file whose names follow their tools. */
const NAMES = [
  { files: /\.(?:c|h|inc|def|py)$/, name: /^[a-z0-9_]+\.\w+$/, rule: 'snake_case' },
  { files: /\.(?:js|css|html)$/, name: /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)+$/, rule: 'kebab-case' },
];

/** @typedef {{ path: string, text: string }} TextFile its path from the root */

/**
 * @param {string} root of the project
 * @returns {TextFile[]}
 */
export function textFiles(root) {
  /** @param {string} folder @returns {string[]} */
  const below = (folder) =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return GENERATED_FOLDERS.has(entry.name) ? [] : below(path);
      return entry.isFile() && TEXT.test(entry.name) ? [path] : [];
    });
  return below(root)
    .sort()
    .map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }));
}

/** @param {TextFile} file @returns {string[]} what breaks a rule, a sentence each */
export function fileProblems({ path, text }) {
  /** @type {string[]} */
  const problems = [];
  const lineOf = (/** @type {number} */ index) => text.slice(0, index).split('\n').length;
  const find = (/** @type {RegExp} */ pattern, /** @type {string} */ what) => {
    const index = text.search(pattern);
    if (index >= 0) problems.push(`${path}:${lineOf(index)} ${what}`);
  };
  find(/\r/, 'has a carriage return');
  find(/[ \t]+$/m, 'has white space at the end of a line');
  find(/\t/, 'has a tab');
  find(/\u00ad|\u200b|\ufeff/, 'has an invisible character');
  find(/(?<![\w.])\/(?:home|Users|work|root)\/[a-z][\w-]+\//, 'names a folder of one machine');
  if (text !== '' && !text.endsWith('\n')) problems.push(`${path} does not end with a line break`);
  if (text.endsWith('\n\n')) problems.push(`${path} ends with an empty line`);
  for (const { files, name, rule } of NAMES) {
    if (files.test(path) && !name.test(basename(path))) problems.push(`${path}: its name is not ${rule}`);
  }
  return problems;
}

/**
 * @param {string} root
 * @returns {string[]} top folders, and rooms of wasm/, without a README
 */
export function missingReadmes(root) {
  const folders = (/** @type {string} */ path) =>
    readdirSync(join(root, path), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !GENERATED_FOLDERS.has(entry.name))
      .map((entry) => join(path, entry.name));
  return [...folders('.'), ...folders('wasm')]
    .filter((path) => !PARENT_DESCRIBES.test(path) && !existsSync(join(root, path, 'README.md')))
    .map((path) => `${path}/ has no README.md`);
}
