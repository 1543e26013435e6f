/** webpack 5 and Rspack. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { build, checkOutput, PEERS, project, runOutput, skip, tool, versionOf } from './bundlers.js';

/** A program that runs one of both with a configuration of its own, and prints what it says. */
const BUILD = `
  const [tool, ...options] = process.argv.slice(2);
  const loaded = await import(tool);
  const bundle = loaded.rspack ?? loaded.default;
  const settings = { entry: './src/main.js', mode: 'production', ...JSON.parse(options[0] ?? '{}') };
  bundle(settings, (error, stats) => {
    console.log(error ?? stats.toString({ all: false, errors: true, warnings: true }));
    process.exitCode = error || stats.hasErrors() ? 1 : 0;
  });`;

/** webpack warns of every file above 244 KiB. */
const LARGE_FILES = { performance: { maxAssetSize: 400_000 } };

const PAGE = (/** @type {string} */ script) =>
  `<!doctype html><link rel="icon" href="data:," /><body><output></output></body><script src="./${script}"></script>`;

for (const { name, title, path, options } of [
  { name: 'webpack', title: 'webpack', path: 'webpack/lib/index.js', options: LARGE_FILES },
  { name: '@rspack/core', title: 'Rspack', path: '@rspack/core/dist/index.js', options: {} },
]) {
  describe(`${title} ${skip ? '' : versionOf(name)}`, { skip }, () => {
    /** @type {string} */
    let cwd;
    /** @param {object} settings @returns {Promise<string>} its warnings */
    const bundle = async (settings) =>
      (await build(cwd, process.execPath, ['build.js', tool(path), JSON.stringify(settings)])).trim();
    before(async () => {
      cwd = await project(['page'], { 'build.js': BUILD, 'dist/index.html': PAGE('main.js') });
    });

    test('builds a page without a warning', async () => {
      assert.equal(await bundle(options), '');
      await checkOutput(join(cwd, 'dist'));
    });

    test('warns of nothing but the size of pagetls.wasm without configuration', async () => {
      const output = await bundle({ output: { path: join(cwd, 'plain') } });
      assert.doesNotMatch(output, /WARNING in (?!asset size limit)/);
      assert.match(output, title === 'webpack' ? /\.wasm \(2\d\d KiB\)/ : /^$/);
    });

    test('builds a page with a worker', async () => {
      assert.equal(await bundle({ ...options, entry: './src/in-worker.js' }), '');
      await checkOutput(join(cwd, 'dist'));
    });

    test("puts the drop-ins in the stead of Node's tls", async () => {
      const files = { 'build.js': BUILD, 'dist/index.html': PAGE('main.js') };
      const cwd = await project(['page'], files, PEERS);
      // Streams of Node make the entry larger than the 244 KiB that webpack recommends, too.
      const settings = {
        entry: './src/drop-ins.js',
        resolve: { alias: { tls: 'pagetls/node-tls' } },
        performance: { hints: false },
      };
      const output = await build(cwd, process.execPath, ['build.js', tool(path), JSON.stringify(settings)]);
      assert.equal(output.trim(), '');
      assert.equal(await runOutput(join(cwd, 'dist')), 'hello');
    });
  });
}
