/** Rollup, esbuild and Bun leave the URLs of files as they are: the folder of these files is copied, as API.md says. */
import assert from 'node:assert/strict';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { build, checkOneFile, checkOutput, project, skip, tool, versionOf } from './bundlers.js';

const PAGE =
  '<!doctype html><link rel="icon" href="data:," /><body><output></output></body><script type="module" src="./main.js"></script>';
const ENTRY = './src/main.js';

/** @type {{name: string, commands: [string, ...string[]][], quiet: RegExp}[]} `quiet`: what no output may have */
const TOOLS = [
  {
    name: 'rollup',
    commands: [[process.execPath, tool('rollup/dist/bin/rollup'), '--config', 'rollup.config.js']],
    quiet: /\(!\)|warning|circular/i,
  },
  {
    name: 'esbuild',
    commands: [
      [tool('.bin/esbuild'), ENTRY, '--bundle', '--format=esm', '--outdir=dist'],
      [tool('.bin/esbuild'), ENTRY, '--bundle', '--format=esm', '--outdir=dist', '--splitting', '--minify'],
    ],
    quiet: /warning/i,
  },
  {
    name: 'bun',
    commands: [
      [tool('.bin/bun'), 'build', ENTRY, '--target=browser', '--outdir=dist'],
      [tool('.bin/bun'), 'build', ENTRY, '--target=browser', '--outdir=dist', '--splitting', '--minify'],
    ],
    quiet: /warn/i,
  },
];

const plugin = (/** @type {string} */ path) => JSON.stringify(tool(path));
const rollup = (/** @type {string} */ more) => `
  import { nodeResolve } from ${plugin('@rollup/plugin-node-resolve/dist/es/index.js')};
  import { importMetaAssets } from ${plugin('@web/rollup-plugin-import-meta-assets/index.mjs')};
  const plugins = [nodeResolve({ browser: true }), ${more}];
  export default { input: '${ENTRY}', output: { dir: 'dist' }, plugins };`;
const FILES = {
  'dist/index.html': PAGE,
  'rollup.config.js': rollup(''),
  'rollup.assets.js': rollup('importMetaAssets()'),
};

for (const { name, commands, quiet } of TOOLS) {
  describe(`${name} ${skip ? '' : versionOf(name)}`, { skip }, () => {
    for (const [program, ...args] of commands) {
      test(`builds a page without a warning: ${args.filter((arg) => !arg.includes('/')).join(' ')}`, async () => {
        const cwd = await project(['page'], FILES);
        assert.doesNotMatch(await build(cwd, program, args), quiet);
        cpSync(join(cwd, 'node_modules/pagetls/dist/pagetls'), join(cwd, 'dist/pagetls'), { recursive: true });
        await checkOutput(join(cwd, 'dist'));
      });
    }
  });
}

test('Rollup with @web/rollup-plugin-import-meta-assets copies the files itself', { skip }, async () => {
  const cwd = await project(['page'], FILES);
  await build(cwd, process.execPath, [tool('rollup/dist/bin/rollup'), '--config', 'rollup.assets.js']);
  await checkOutput(join(cwd, 'dist'));
});

test('esbuild puts everything into one script, which is no module', { skip }, async () => {
  const cwd = await project(['page'], FILES);
  const loaders = ['--loader:.wasm=binary', '--loader:.bin=binary'];
  const args = ['./src/one-file.js', '--bundle', ...loaders, '--outfile=dist/main.js'];
  assert.doesNotMatch(await build(cwd, tool('.bin/esbuild'), args), /warning/i);
  writeFileSync(join(cwd, 'dist/index.html'), PAGE.replace(' type="module"', ''));
  await checkOneFile(join(cwd, 'dist'));
});
