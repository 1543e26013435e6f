/**
 * node scripts/docs-check.js: dead links, words to avoid, commands with names that are not ours, rules for files, and API.md against the types.
 * `npm run check` runs it, too.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiProblems } from './docs/api.js';
import { fileProblems, missingReadmes, textFiles } from './docs/files.js';
import { deadLinks } from './docs/links.js';
import { unregisteredNames } from './docs/unregistered.js';
import { avoidedWords } from './docs/words.js';
import { print, root, runMain } from './run.js';

/**
 * @param {string} folder the project, or a copy of it
 * @returns {string[]} a sentence for each problem, with file and line
 */
export function docsProblems(folder) {
  const files = textFiles(folder);
  const declarationsOf = (/** @type {string} */ file) => readFileSync(join(folder, 'dist', `${file}.d.ts`), 'utf8');
  return [
    ...files.filter(({ path }) => path.endsWith('.md')).flatMap((file) => deadLinks(folder, file)),
    ...files.flatMap(avoidedWords),
    ...files.flatMap(unregisteredNames),
    ...files.flatMap(fileProblems),
    ...missingReadmes(folder),
    ...(existsSync(join(folder, 'dist/index.d.ts'))
      ? apiProblems(readFileSync(join(folder, 'API.md'), 'utf8'), declarationsOf)
      : ["dist/index.d.ts is not there: run 'npm run build' first."]),
  ];
}

await runMain(import.meta.url, async () => {
  const problems = docsProblems(root);
  for (const problem of problems) print(problem);
  return problems.length === 0 ? 0 : 1;
});
