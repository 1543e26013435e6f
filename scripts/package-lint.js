/** Checks the packed package with publint and attw ("Are the types wrong?"), without the network. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FILES } from '../messages/page.js';
import { pack } from './packed-documents.js';
import { inProject, run } from './run.js';

const PUBLINT = ['run', '--strict'];
const ATTW = [
  '--no-definitely-typed', // it would ask npm for @types/pagetls
  // TypeScript's `node10` does not know `exports`: TypeScript 6 deprecates it, and 7 has none.
  ...['--profile', 'node16'],
  // From CommonJS the package is imported by import(), or required: all Node versions that it supports can.
  ...['--ignore-rules', 'cjs-resolves-to-esm'],
  ...['--exclude-entrypoints', ...Object.values(FILES)], // they are no modules, and have no types
  ...['--format', 'ascii', '--no-color', '--no-emoji'],
];

/** @returns {Promise<string | undefined>} what is wrong */
export async function packageProblems() {
  if (!existsSync(inProject('dist/index.js'))) return "dist/ does not exist. Run 'npm run build' first.";
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-lint-'));
  try {
    const tarball = await pack(folder);
    const results = [
      await run(inProject('node_modules/.bin/publint'), [...PUBLINT, tarball]),
      await run(inProject('node_modules/.bin/attw'), [tarball, ...ATTW]),
    ];
    const failed = results.filter(({ status }) => status !== 0);
    return failed.length === 0 ? undefined : failed.map(({ output }) => output.trim()).join('\n\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
