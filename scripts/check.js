/**
 * npm run check: types and style. The types of the package itself are read once more as its users
 * will, in a browser and in Node.
 */
import { existsSync } from 'node:fs';
import { inProject, program, run, Stop, say } from './run.js';

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {string} program in node_modules/.bin
 * @property {string[]} args
 */

const USER = ['--ignoreConfig', '--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext'];

const DECLARATIONS = 'dist/index.d.ts';

/** @type {Check[]} */
export const CHECKS = [
  { name: 'types', program: 'tsc', args: ['-p', '.'] },
  {
    name: 'declarations, for a browser',
    program: 'tsc',
    args: [...USER, '--types', '', '--lib', 'es2023,esnext.disposable,dom', DECLARATIONS],
  },
  {
    name: 'declarations, for Node',
    program: 'tsc',
    args: [...USER, '--types', 'node', '--lib', 'es2023,esnext.disposable', DECLARATIONS, 'dist/transports/tcp.d.ts'],
  },
  { name: 'lint', program: 'eslint', args: ['--no-color', '.'] },
  { name: 'format', program: 'prettier', args: ['--check', '**/*.{js,json}'] },
];

/**
 * @param {Check} check
 * @returns {Promise<string | undefined>} what it says is wrong
 */
export async function failureOf({ program: file, args }) {
  if (args.includes(DECLARATIONS) && !existsSync(inProject(DECLARATIONS))) {
    return `${DECLARATIONS} is not there: run 'npm run build' first.`;
  }
  const { status, all } = await run(inProject('node_modules/.bin', file), args);
  return status === 0 ? undefined : all.trimEnd();
}

await program(import.meta.url, async () => {
  if (!existsSync(inProject('node_modules'))) throw new Stop("node_modules is not there: run 'npm ci' first.");
  let failed = false;
  for (const check of CHECKS) {
    const failure = await failureOf(check);
    say(`${check.name}: ${failure === undefined ? 'ok' : `\n${failure}\n`}`);
    failed ||= failure !== undefined;
  }
  return failed ? 1 : 0;
});
