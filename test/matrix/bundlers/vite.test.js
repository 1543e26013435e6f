/** Vite 5 to 8: builds, and the development server, which bundles dependencies anew. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import {
  build,
  CHAIN,
  checkOutput,
  checkServer,
  PEERS,
  project,
  runOutput,
  skip,
  tool,
  versionOf,
} from './bundlers.js';

const PAGE = '<link rel="icon" href="data:," /><output></output><script type="module" src="./src/main.js"></script>';

for (const name of ['vite-5', 'vite-6', 'vite-7', 'vite-8']) {
  describe(`Vite ${skip ? name : versionOf(name)}`, { skip }, () => {
    /** @type {string} */
    let cwd;
    const vite = tool(`${name}/bin/vite.js`);
    before(async () => {
      cwd = await project(['page']);
    });

    test('builds a page without a warning', async () => {
      const output = await build(cwd, process.execPath, [vite, 'build']);
      assert.doesNotMatch(output, /warn|externalized|\(!\)/i);
      await checkOutput(join(cwd, 'dist'));
    });

    test('serves a page while it is developed', async () => {
      const serve = (/** @type {string} */ port) => [vite, '--host', '127.0.0.1', '--port', port, '--strictPort'];
      const output = await checkServer(cwd, process.execPath, serve);
      assert.doesNotMatch(output, /warn|error|externalized/i);
    });

    test('builds and serves a page with a worker', async () => {
      const html = PAGE.replace('main.js', 'in-worker.js');
      // Workers of Vite 5 to 7 are scripts in one piece, which a package with import() cannot be in.
      const config = `export default { ${name === 'vite-8' ? '' : "worker: { format: 'es' }"} };`;
      const cwd = await project(['page'], { 'index.html': html, 'vite.config.js': config });
      assert.doesNotMatch(await build(cwd, process.execPath, [vite, 'build']), /warn|externalized|\(!\)/i);
      await checkOutput(join(cwd, 'dist'));
      const serve = (/** @type {string} */ port) => [vite, '--host', '127.0.0.1', '--port', port, '--strictPort'];
      await checkServer(cwd, process.execPath, serve);
    });

    test('builds for a server, where the package works as in Node', async () => {
      const cwd = await project(['page'], {
        'server.js': `import { verifyChain } from 'pagetls';
          const { chain, hostname, now } = JSON.parse(process.env.CHAIN);
          verifyChain(chain, { hostname, now: new Date(now), publicSuffixes: true }).then(({ problems }) => {
            console.log(JSON.stringify(problems.map(({ code }) => code)));
          });`,
      });
      await build(cwd, process.execPath, [vite, 'build', '--ssr', 'server.js']);
      const env = { CHAIN: JSON.stringify(CHAIN) };
      const printed = await build(cwd, process.execPath, ['dist/server.js'], env);
      assert.deepEqual(JSON.parse(printed), ['ERR_TLS_CERT_NOT_TRUSTED']);
    });

    test("puts the drop-ins in the stead of Node's tls", async () => {
      const html = PAGE.replace('main.js', 'drop-ins.js');
      const config = "export default { resolve: { alias: { tls: 'pagetls/node-tls' } } };";
      const cwd = await project(['page'], { 'index.html': html, 'vite.config.js': config }, PEERS);
      assert.doesNotMatch(await build(cwd, process.execPath, [vite, 'build']), /warn|externalized|\(!\)/i);
      assert.equal(await runOutput(join(cwd, 'dist')), 'hello');
    });
  });
}
