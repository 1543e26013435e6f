/**
 * npm run check: types, style, and who may know whom. The types of the package itself are read once more as its users
 * will, in a browser and in Node.
 */
import { existsSync } from 'node:fs';
import { dependencyViolations } from './dependency-rules.js';
import { formatFailure, versionMismatch, tidyFindings } from './c-style.js';
import { localSource } from './mbedtls-source.js';
import { inProject, runMain, root, run, print } from './run.js';
import { setup } from './setup.js';

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {() => Promise<string | undefined>} failure what is wrong
 * @property {() => Promise<string | undefined>} [skipped] why it cannot be made here
 */

const USER = ['--ignoreConfig', '--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext'];

const DECLARATIONS = 'dist/index.d.ts';

/**
 * @param {string} file in node_modules/.bin
 * @param {string[]} args
 * @returns {() => Promise<string | undefined>}
 */
function tool(file, ...args) {
  return async () => {
    if (args.includes(DECLARATIONS) && !existsSync(inProject(DECLARATIONS))) {
      return `${DECLARATIONS} is not there: run 'npm run build' first.`;
    }
    const { status, output } = await run(inProject('node_modules/.bin', file), args);
    return status === 0 ? undefined : output.trimEnd();
  };
}

/** @returns {Promise<string | undefined>} */
async function arrows() {
  const faults = dependencyViolations(root, localSource());
  return faults.length === 0 ? undefined : faults.join('\n');
}

/** @type {Check[]} */
export const CHECKS = [
  { name: 'arrows', failure: arrows },
  { name: 'types', failure: tool('tsc', '-p', '.') },
  {
    name: 'declarations, for a browser',
    failure: tool('tsc', ...USER, '--types', '', '--lib', 'es2023,esnext.disposable,dom', DECLARATIONS),
  },
  {
    name: 'declarations, for Node',
    failure: tool(
      'tsc',
      ...USER,
      '--types',
      'node',
      '--lib',
      'es2023,esnext.disposable',
      DECLARATIONS,
      'dist/transports/tcp.d.ts',
    ),
  },
  { name: 'lint', failure: tool('eslint', '--no-color', '.') },
  { name: 'format', failure: tool('prettier', '--check', '**/*.{js,json}') },
  { name: 'format of C', failure: formatFailure, skipped: () => versionMismatch('clang-format') },
  { name: 'clang-tidy', failure: tidyFindings, skipped: () => versionMismatch('clang-tidy') },
];

await runMain(import.meta.url, async () => {
  await setup({ packages: 'check' });
  let failed = false;
  for (const { name, failure, skipped } of CHECKS) {
    const reason = await skipped?.();
    const wrong = reason === undefined ? await failure() : undefined;
    print(`${name}: ${reason !== undefined ? `not made: ${reason}` : wrong === undefined ? 'ok' : `\n${wrong}\n`}`);
    failed ||= wrong !== undefined;
  }
  return failed ? 1 : 0;
});
