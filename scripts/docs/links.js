/** Links and paths in Markdown: whatever a document points at must exist. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** @typedef {import('./files.js').TextFile} TextFile */

/** Folders whose files a document names by their path from the root. */
const FOLDERS = 'bench|bridge|certs|inspector|js|messages|scripts|test|wasm';

/** @param {string} text without its blocks of code */
export const proseOf = (text) => text.replace(/^```[^]*?^```$/gm, (block) => '\n'.repeat(block.split('\n').length - 1));

/** @param {string} text @returns {string[]} the anchors of its headings, as GitHub and npm make them */
export function anchorsOf(text) {
  return [...proseOf(text).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

/**
 * @param {string} root
 * @param {TextFile} document Markdown
 * @returns {string[]} links that lead nowhere, and files that do not exist
 */
export function deadLinks(root, { path, text }) {
  /** @type {string[]} */
  const dead = [];
  const prose = proseOf(text);
  const lineOf = (/** @type {number} */ index) => prose.slice(0, index).split('\n').length;
  for (const { 1: target, index } of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [file, anchor] = target.split('#');
    const destination = file === '' ? join(root, path) : join(root, dirname(path), file);
    const lost =
      !existsSync(destination) ||
      (anchor !== undefined && !anchorsOf(readFileSync(destination, 'utf8')).includes(anchor));
    if (lost) dead.push(`${path}:${lineOf(index)} links to ${target}, which does not exist`);
  }
  const files = new RegExp(`\`((?:${FOLDERS})/[\\w./@-]*[\\w/])\``, 'g');
  for (const { 1: name, index } of prose.matchAll(files)) {
    const exists = existsSync(join(root, name)) || existsSync(join(root, dirname(path), name));
    if (!exists) dead.push(`${path}:${lineOf(index)} names ${name}, which does not exist`);
  }
  return dead;
}
