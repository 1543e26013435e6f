/** Strict policies of pages: what is enough, that nothing of it can be left out, and what the error says then. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { BROWSERS } from './drivers/index.js';
import { PACKAGE, PAGE, startAll } from './setup.js';

/** Less than connectTimeout. */
const AT_ONCE_MS = 5000;

for (const { name, skip, start } of BROWSERS) {
  describe(name, { skip }, () => {
    /** @type {import('./drivers/index.js').Browser} */
    let browser;
    /** @type {import('./setup.js').All} */
    let all;
    /** @type {import('./drivers/index.js').Page} */
    let page;
    /** The parts of the policy that is enough. @type {Record<string, string>} */
    let enough;

    before(async () => {
      all = await startAll();
      enough = {
        'default-src': "'none'",
        'script-src': "'self' 'wasm-unsafe-eval'",
        'connect-src': `'self' ${all.bridge.url}`,
        'worker-src': "'self'",
      };
      browser = await start();
    });
    after(async () => {
      await browser?.close();
      await all?.close();
    });
    afterEach(() => page?.close());

    const policyOf = (/** @type {Record<string, string>} */ parts) =>
      Object.entries({ ...enough, ...parts })
        .map((part) => part.join(' '))
        .join('; ');

    /**
     * @param {Record<string, string>} changes of the page's policy
     * @param {object} [more]
     * @param {Record<string, string>} [more.worker] changes of the policy of the worker's script
     * @param {Record<string, string>} [more.headers] of everything
     */
    async function openPage(changes, { worker = changes, headers = {} } = {}) {
      all.site.answer((path) => ({
        headers: {
          ...headers,
          ...(path === PAGE ? { 'Content-Security-Policy': policyOf(changes) } : {}),
          ...(path === '/pages/worker.js' ? { 'Content-Security-Policy': policyOf(worker) } : {}),
        },
      }));
      page = await browser.open(all.site.origin + PAGE);
    }

    for (const place of /** @type {const} */ (['window', 'worker'])) {
      test(`script-src 'self' 'wasm-unsafe-eval' and connect-src with 'self' and the bridge are enough in a ${place}`, async () => {
        await openPage({});
        const { message } = await page.call('run', place, 'outcome', all.endpoint);
        assert.equal(message, undefined);
        const { size } = await page.call('run', place, 'defaultTrust', all.endpoint.roots, all.endpoint.clock);
        assert.ok(size > 100);
        assert.deepEqual(await page.call('violations'), []);
      });

      test(`without connect-src 'self' in a ${place}, the error has the directive`, async (t) => {
        await openPage({ 'connect-src': all.bridge.url }, { worker: { 'connect-src': all.bridge.url } });
        const { code, message, hint } = await page.call('run', place, 'outcome', all.endpoint);
        assert.equal(code, 'ERR_TLS_LOAD');
        assert.ok(message.startsWith(`${all.site.origin}/dist/pagetls/pagetls.wasm could not be loaded: `), message);
        assert.match(hint, /'self'/);
        assert.match(hint, /connect-src/);
        const tells = /the Content-Security-Policy forbids it/.test(message);
        t.diagnostic(
          `${tells ? 'the browser tells that it was the policy' : 'the browser does not tell why'}: ${message}`,
        );
        if (place === 'window' || name !== 'WebKitGTK') assert.ok(tells, message);
      });

      test(`without the bridge in connect-src in a ${place}, it fails at once, and the error has the directive`, async (t) => {
        await openPage({ 'connect-src': "'self'" }, { worker: { 'connect-src': "'self'" } });
        const { code, message, hint, milliseconds } = await page.call('run', place, 'outcome', all.endpoint);
        assert.equal(code, 'ERR_TLS_BRIDGE_UNREACHABLE');
        assert.ok(milliseconds < AT_ONCE_MS, `${milliseconds} ms`);
        const tells = /^The Content-Security-Policy forbids/.test(message);
        t.diagnostic(
          `${tells ? 'the browser tells that it was the policy' : 'the browser does not tell why'}: ${message}`,
        );
        if (name !== 'WebKitGTK') {
          assert.ok(tells, message);
          assert.ok(hint.startsWith(`Add ${all.bridge.url} to connect-src`), hint);
        }
      });

      test(`without 'wasm-unsafe-eval' in a ${place}, the error has the directive`, async () => {
        await openPage({ 'script-src': "'self'" });
        const { code, message, hint } = await page.call('run', place, 'outcome', all.endpoint);
        assert.equal(code, 'ERR_TLS_LOAD');
        assert.match(message, /^The Content-Security-Policy forbids WebAssembly\./);
        assert.match(hint, /'wasm-unsafe-eval' to script-src/);
      });
    }

    test("without script-src 'self', no module runs", async () => {
      await openPage({ 'script-src': "'wasm-unsafe-eval'" });
      await assert.rejects(page.call('run', 'window', 'outcome', all.endpoint));
    });

    test('a worker has the policy of its script', async () => {
      await openPage({}, { worker: { 'script-src': "'self'" } });
      assert.equal((await page.call('run', 'window', 'outcome', all.endpoint)).message, undefined);
      const { message } = await page.call('run', 'worker', 'outcome', all.endpoint);
      assert.match(message, /^The Content-Security-Policy forbids WebAssembly\./);
    });

    test('a policy that only reports forbids nothing', async () => {
      const strict = "default-src 'none'; script-src 'self'; connect-src 'none'";
      await openPage({}, { headers: { 'Content-Security-Policy-Report-Only': strict } });
      assert.equal((await page.call('run', 'window', 'outcome', all.endpoint)).message, undefined);
    });

    test('Trusted Types are satisfied', async (t) => {
      await openPage({ 'require-trusted-types-for': "'script'", 'trusted-types': "'none'" });
      if (!(await page.call('facts')).trustedTypes) return t.skip('this browser has no Trusted Types');
      assert.equal((await page.call('run', 'window', 'outcome', all.endpoint)).message, undefined);
      assert.deepEqual(await page.call('violations'), []);
    });

    test('a cross-origin isolated page connects, also from a worker', async () => {
      const isolated = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
      await openPage({}, { headers: isolated });
      assert.equal((await page.call('facts')).crossOriginIsolated, true);
      for (const place of ['window', 'worker']) {
        assert.equal((await page.call('run', place, 'outcome', all.endpoint)).message, undefined, place);
      }
    });

    test('a sandboxed frame with allow-same-origin connects; without, the bridge rejects it', async () => {
      const frame = `<!doctype html><script type="module" src="/pages/frame.js"></script>`;
      all.site.answer((path) => ({
        ...(path === '/frame.html' ? { body: frame } : {}),
        ...(path === '/frame.json' ? { body: JSON.stringify(all.endpoint) } : {}),
        headers: { 'Access-Control-Allow-Origin': '*' },
      }));
      page = await browser.open(all.site.origin + PAGE);
      const same = await page.call('frame', 'allow-scripts allow-same-origin', '/frame.html');
      assert.deepEqual([same.origin, same.outcome.message], [all.site.origin, undefined]);
      const opaque = await page.call('frame', 'allow-scripts', '/frame.html');
      assert.deepEqual([opaque.origin, opaque.loaded], ['null', true]);
      assert.equal(opaque.outcome.code, 'ERR_TLS_BRIDGE_UNREACHABLE');
    });

    test('import() of the package alone loads nothing that the policy could forbid', async () => {
      await openPage({ 'script-src': "'self'", 'connect-src': "'none'" });
      assert.equal((await page.call('load', PACKAGE)).code, 'ERR_TLS_LOAD');
    });
  });
}
