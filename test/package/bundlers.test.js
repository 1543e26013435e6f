/** The packed package in bundles for pages. test/matrix/bundlers/ has more tools. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { build as esbuild } from 'esbuild';
import { fetchFailure } from '../../dist/load-failure.js';
import { PolicyWatch } from '../../dist/page-policy.js';
import { inProject } from '../../scripts/run.js';
import { build, bundlerProject, startPages } from '../helpers/bundled-page.js';

const pages = await startPages();
after(() => pages.close());
const cwd = await bundlerProject(['page']);
const PAGE =
  '<!doctype html><link rel="icon" href="data:," /><output></output><script type="module" src="/main.js"></script>';
const VITE = inProject('node_modules/vite/bin/vite.js');

/** @param {import('esbuild').BuildOptions} [options] */
const bundle = (options) =>
  esbuild({
    absWorkingDir: cwd,
    entryPoints: ['src/main.js'],
    bundle: true,
    format: 'esm',
    outdir: 'bundled',
    metafile: true,
    logLevel: 'silent',
    ...options,
  });

test('a bundle of esbuild for a page has no warning and no package but this one', async () => {
  const { warnings, metafile } = await bundle();
  assert.deepEqual(warnings, []);
  const inputs = Object.keys(metafile?.inputs ?? {});
  const others = inputs.filter((path) => !/^src\/|^node_modules\/pagetls\/dist\//.test(path));
  assert.deepEqual(others, []);
  assert.deepEqual(
    inputs.filter((path) => /host\/(?:fs|ws)\.js|host-aead\.js|-node\.js|dist\/node\//.test(path)),
    [],
  );
});

test('it runs in a page next to a copy of the folder of files', async () => {
  await bundle({ outdir: 'page', splitting: true, minify: true, metafile: false });
  cpSync(join(cwd, 'node_modules/pagetls/dist/pagetls'), join(cwd, 'page/pagetls'), { recursive: true });
  writeFileSync(join(cwd, 'page/index.html'), PAGE);
  await pages.checkOutput(join(cwd, 'page'));
});

for (const [answer, status, reason] of /** @type {const} */ ([
  [
    PAGE,
    200,
    /pagetls\/pagetls\.wasm could not be loaded: the answer is a web page\. .*esbuild.*pagetls\/dist\/pagetls\//,
  ],
  ['', 404, /pagetls\/pagetls\.wasm could not be loaded: HTTP status 404\. .*esbuild.*pagetls\/dist\/pagetls\//],
])) {
  test(`without that copy, the error says what was received and what to do: ${status}`, async (t) => {
    const { outputFiles } = await bundle({ write: false });
    const server = createServer(({ url }, response) => {
      if (url === '/main.js') response.setHeader('Content-Type', 'text/javascript').end(outputFiles?.[0].contents);
      else if (url === '/') response.setHeader('Content-Type', 'text/html').end(PAGE);
      else response.writeHead(status, { 'Content-Type': 'text/html' }).end(answer);
    }).listen(0, '127.0.0.1');
    t.after(() => server.close().closeAllConnections());
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const { result } = await pages.resultOf(`http://127.0.0.1:${port}/`);
    assert.match(result, reason);
  });
}

test('Vite builds a page without a warning, and the files travel', async () => {
  assert.doesNotMatch(await build(cwd, process.execPath, [VITE, 'build']), /warn|externalized|\(!\)/i);
  await pages.checkOutput(join(cwd, 'dist'));
});

test("Vite's development server finds the files after it has bundled the package anew", async () => {
  const serve = (/** @type {string} */ port) => [VITE, '--host', '127.0.0.1', '--port', port, '--strictPort'];
  const output = await pages.checkServer(cwd, process.execPath, serve);
  assert.doesNotMatch(output, /warn|error|externalized/i);
});

test('a bundle for a server that has left the files behind says to leave the package out', async () => {
  const contents = "import { load } from 'pagetls'; load().catch((error) => console.log(error.code, error.message));";
  await bundle({
    entryPoints: undefined,
    stdin: { contents, resolveDir: cwd },
    platform: 'node',
    outdir: undefined,
    outfile: 'server.mjs',
    external: ['ws'],
  });
  const printed = await build(cwd, process.execPath, ['server.mjs']);
  assert.match(printed, /^ERR_TLS_LOAD .*pagetls\.wasm could not be loaded: ENOENT.*serverExternalPackages/);
});

test('an error names a URL without origin, as Turbopack makes them, and what its policy lacks', async (t) => {
  const page = { href: 'https://page.example/', origin: 'https://page.example' };
  Object.defineProperty(globalThis, 'location', { value: page, configurable: true });
  t.after(() => Reflect.deleteProperty(globalThis, 'location'));
  const url = /** @type {URL} */ ({ href: '/_next/pagetls.wasm', protocol: '', origin: '' });
  const error = await fetchFailure(url, new TypeError('Failed to fetch'), new PolicyWatch());
  assert.match(error.message, /^\/_next\/pagetls\.wasm could not be loaded: Failed to fetch\. .*'self'/);
});
