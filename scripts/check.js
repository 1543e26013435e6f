/**
 * npm run check: dependency rules, documents, types, lint and formatting. Also checks the built package: its declarations as
 * users compile them, for a browser and for Node, and what npm packs.
 */
import { existsSync } from 'node:fs';
import { dependencyViolations } from './dependency-rules.js';
import { docsProblems } from './docs-check.js';
import { tidyFindings, unformattedFiles, versionMismatch } from './c-style.js';
import { localSource } from './mbedtls-source.js';
import { packageProblems } from './package-lint.js';
import { inProject, runMain, root, run, print } from './run.js';
import { setup } from './setup.js';

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {() => Promise<string | undefined>} check what is wrong; undefined if nothing
 * @property {() => Promise<string | undefined>} [skipReason] why the check cannot run here; undefined if it can
 */

/** Options for tsc as a user of the package may have them. */
const USER_OPTIONS = ['--ignoreConfig', '--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext'];

const DECLARATIONS = 'dist/index.d.ts';
const FETCH_DECLARATIONS = 'dist/fetch/index.d.ts';

/**
 * @param {string} file name in node_modules/.bin
 * @param {string[]} args
 * @returns {() => Promise<string | undefined>}
 */
function tool(file, ...args) {
  return async () => {
    if (args.includes(DECLARATIONS) && !existsSync(inProject(DECLARATIONS))) {
      return `${DECLARATIONS} does not exist. Run 'npm run build' first.`;
    }
    const { status, output } = await run(inProject('node_modules/.bin', file), args);
    return status === 0 ? undefined : output.trimEnd();
  };
}

/** @returns {Promise<string | undefined>} */
async function dependencies() {
  const violations = dependencyViolations(root, localSource());
  return violations.length === 0 ? undefined : violations.join('\n');
}

/** @returns {Promise<string | undefined>} */
async function documents() {
  return docsProblems(root).join('\n') || undefined;
}

/** @type {Check[]} */
export const CHECKS = [
  { name: 'dependencies', check: dependencies },
  { name: 'documents', check: documents },
  { name: 'types', check: tool('tsc', '-p', '.') },
  {
    name: 'declarations for a browser',
    check: tool(
      'tsc',
      ...USER_OPTIONS,
      '--types',
      '',
      '--lib',
      'es2023,esnext.disposable,dom',
      DECLARATIONS,
      FETCH_DECLARATIONS,
    ),
  },
  {
    name: 'declarations for Node',
    check: tool(
      'tsc',
      ...USER_OPTIONS,
      '--types',
      'node',
      '--lib',
      'es2023,esnext.disposable',
      DECLARATIONS,
      FETCH_DECLARATIONS,
      'dist/transports/tcp.d.ts',
      'dist/node/index.d.ts',
    ),
  },
  { name: 'packed package', check: packageProblems },
  { name: 'lint', check: tool('eslint', '--no-color', '.') },
  { name: 'format', check: tool('prettier', '--check', '.') },
  { name: 'format of C', check: unformattedFiles, skipReason: () => versionMismatch('clang-format') },
  { name: 'clang-tidy', check: tidyFindings, skipReason: () => versionMismatch('clang-tidy') },
];

await runMain(import.meta.url, async () => {
  await setup({ packages: 'check' });
  let failed = false;
  for (const { name, check, skipReason } of CHECKS) {
    const reason = await skipReason?.();
    const problem = reason === undefined ? await check() : undefined;
    print(`${name}: ${reason !== undefined ? `skipped: ${reason}` : problem === undefined ? 'ok' : `\n${problem}\n`}`);
    failed ||= problem !== undefined;
  }
  return failed ? 1 : 0;
});
