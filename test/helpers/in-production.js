/** The configurations of IN-PRODUCTION.md. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { inProject } from '../../scripts/run.js';

export const PAGE = readFileSync(inProject('IN-PRODUCTION.md'), 'utf8');

/** @param {string} language of the only such block @returns {string} */
export function block(language) {
  const [found, ...others] = PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'));
  assert.ok(found && others.length === 0, language);
  return found[1];
}

/**
 * Puts a test's ports and files in the place of those of the page.
 * @param {string} text
 * @param {Record<string, string>} replacements each must occur
 */
export function replaceAll(text, replacements) {
  for (const [from, to] of Object.entries(replacements)) {
    assert.ok(text.includes(from), from);
    text = text.replaceAll(from, to);
  }
  return text;
}
