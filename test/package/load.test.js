/** load() compiles the core once; workers can use the module without fetching the file. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { Worker as Thread } from 'node:worker_threads';
import { inProject } from '../../scripts/run.js';
import { startInspector } from '../../scripts/start.js';
import { newPage, startChromium } from '../helpers/page.js';
import { pki } from '../helpers/pki.js';

const { chain, hostname, clock, roots } = pki('good-p256');

/** The chain that a worker verifies. */
const CHAIN = { chain, hostname, now: clock, roots };

describe('load() in Node', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-load-'));
  /** The package without pagetls.wasm. */
  const without = join(folder, 'dist');
  before(() => {
    cpSync(inProject('dist'), without, { recursive: true, filter: (path) => !path.endsWith('pagetls.wasm') });
    writeFileSync(
      join(folder, 'worker.mjs'),
      `import { workerData, parentPort } from 'node:worker_threads';
       import { load, TrustStore, verifyChain } from './dist/index.js';
       const { module, question: { chain, hostname, now, roots } } = workerData;
       try {
         await load(module);
         const trust = await TrustStore.from(roots);
         parentPort.postMessage((await verifyChain(chain, { trust, hostname, now: new Date(now) })).ok);
       } catch (error) {
         parentPort.postMessage(error.code ?? String(error));
       }`,
    );
  });
  after(() => rmSync(folder, { recursive: true }));

  /** @param {unknown} [module] */
  async function verifyInWorker(module) {
    const worker = new Thread(join(folder, 'worker.mjs'), { workerData: { module, question: CHAIN } });
    const [answer] = await once(worker, 'message');
    await worker.terminate();
    return answer;
  }
  /** A new instance of the package, without a loaded core. */
  const fresh = (/** @type {string} */ name) =>
    import(`${pathToFileURL(inProject('dist/index.js'))}?${name}`).then(
      (module) => /** @type {typeof import('../../dist/index.js')} */ (module),
    );

  test('returns the same module at each call, and a worker without the file can use it', async () => {
    const { load } = await fresh('a');
    const module = await load();
    assert.ok(module instanceof WebAssembly.Module);
    assert.equal(await load(), module);
    assert.equal(await verifyInWorker(module), true);
  });

  test('fails with ERR_TLS_LOAD in a worker that has neither the module nor the file', async () => {
    assert.equal(await verifyInWorker(), 'ERR_TLS_LOAD');
  });

  test('says so if WebAssembly has no SIMD here', async (t) => {
    if (process.arch !== 'x64') return t.skip('V8 can be told to lack SIMD on x64 only');
    const program = `import { load } from ${JSON.stringify(inProject('dist/index.js'))};
      await load().catch(({ code, message, hint }) => console.log(JSON.stringify({ code, message, hint })));`;
    const flags = ['--no-enable-sse4-1', '--input-type=module', '--eval', program];
    const { stdout } = await promisify(execFile)(process.execPath, flags);
    const { code, message, hint } = JSON.parse(stdout);
    assert.equal(code, 'ERR_TLS_LOAD');
    assert.match(message, /^WebAssembly has no SIMD instructions here\./);
    assert.match(hint, /Safari since 16\.4/);
  });

  test('rejects other values and foreign modules, and can be called again', async () => {
    const { load } = await import(pathToFileURL(join(without, 'index.js')).href);
    const empty = new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    for (const [wrong, code] of [
      [null, 'ERR_TLS_INVALID_OPTION'],
      [new Uint8Array(8), 'ERR_TLS_INVALID_OPTION'],
      [empty, 'ERR_TLS_LOAD'],
    ]) {
      await assert.rejects(load(wrong), { name: 'TLSError', code });
    }
    const ours = await (await fresh('b')).load();
    assert.equal(await load(ours), ours);
  });
});

test('load() in a page fetches the file once, and a worker with the module does not fetch it', async (t) => {
  const browser = await startChromium();
  t.after(() => browser.close());
  const inspector = await startInspector({
    port: 0,
    folders: { '/test/fixtures/': inProject('test/fixtures'), '/dist/': inProject('dist') },
  });
  t.after(() => inspector.close());
  const { page, complaints } = await newPage(browser);
  /** @type {string[]} */
  const requested = [];
  page.on('request', (request) => requested.push(new URL(request.url()).pathname));
  await page.goto(`${inspector.url}test/fixtures/blank.html`);
  const ok = await page.evaluate(async (input) => {
    const path = '/dist/index.js';
    const { load } = /** @type {typeof import('../../dist/index.js')} */ (await import(path));
    const [module, again] = await Promise.all([load(), load()]);
    if (module !== again) return 'two modules';
    const worker = new Worker('/test/fixtures/verify-worker.js', { type: 'module' });
    worker.postMessage({ module, input });
    return new Promise((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
    });
  }, CHAIN);
  assert.equal(ok, true);
  assert.equal(requested.filter((path) => path.endsWith('/pagetls.wasm')).length, 1);
  assert.ok(
    requested.filter((path) => path.endsWith('/dist/index.js')).length === 2,
    'the worker imports the package itself',
  );
  assert.deepEqual(complaints, []);
});
