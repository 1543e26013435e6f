/** The package from another origin than the page, such as a CDN. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { BROWSERS } from './drivers/index.js';
import { PACKAGE, PAGE, startAll } from './setup.js';

const CORS = { 'Access-Control-Allow-Origin': '*' };

/** @param {string} path @returns {string} for `integrity` */
const integrityOf = (path) => `sha384-${createHash('sha384').update(readFileSync(path)).digest('base64')}`;

for (const { name, skip, start } of BROWSERS) {
  describe(name, { skip }, () => {
    /** @type {import('./drivers/index.js').Browser} */
    let browser;
    /** @type {import('./setup.js').All} */
    let all;
    /** @type {import('./drivers/index.js').Page} */
    let page;
    /** The URL of the package. */
    let elsewhere = '';

    before(async () => {
      all = await startAll();
      elsewhere = all.other.origin + PACKAGE;
      browser = await start();
    });
    after(async () => {
      await browser?.close();
      await all?.close();
    });
    afterEach(() => {
      all.site.answer();
      return page?.close();
    });

    /** @param {(path: string) => import('./site.js').Answer} [answer] of the other origin */
    async function openPage(answer = () => ({ headers: CORS })) {
      all.other.answer(answer);
      page = await browser.open(all.site.origin + PAGE);
    }

    test('a page imports it, verifies and connects; Mozilla’s roots come from there too', async () => {
      await openPage();
      assert.equal((await page.call('connect', elsewhere, all.endpoint)).message, undefined);
      assert.equal((await page.call('mozilla', elsewhere)).message, undefined);
    });

    test('so does a blob worker', async () => {
      await openPage();
      assert.deepEqual(await page.call('loadInBlobWorker', elsewhere), {});
    });

    test('in a cross-origin isolated page, and with the origin in its policy', async () => {
      const { origin } = all.other;
      const policy = `default-src 'none'; script-src 'self' ${origin} 'wasm-unsafe-eval'; connect-src ${origin} ${all.bridge.url}`;
      all.site.answer(() => ({
        headers: {
          'Content-Security-Policy': policy,
          'Cross-Origin-Opener-Policy': 'same-origin',
          'Cross-Origin-Embedder-Policy': 'require-corp',
        },
      }));
      await openPage();
      assert.equal((await page.call('facts')).crossOriginIsolated, true);
      assert.equal((await page.call('connect', elsewhere, all.endpoint)).message, undefined);
      assert.deepEqual(await page.call('violations'), []);
    });

    test('pagetls.wasm without its type works', async () => {
      await openPage((path) => ({ headers: CORS, ...(path.endsWith('.wasm') ? { type: null } : {}) }));
      assert.equal((await page.call('load', elsewhere)).message, undefined);
    });

    for (const [file, use] of [
      ['pagetls.wasm', 'load'],
      ['mozilla-roots.bin', 'mozilla'],
    ]) {
      test(`${file} without Access-Control-Allow-Origin: the error has the URL and the header`, async () => {
        await openPage((path) => (path.endsWith(file) ? {} : { headers: CORS }));
        const { code, message, hint } = await page.call(use, elsewhere);
        assert.equal(code, 'ERR_TLS_LOAD');
        assert.ok(message.startsWith(`${all.other.origin}/dist/pagetls/${file} could not be loaded: `), message);
        assert.ok(hint.includes(all.other.origin), hint);
        assert.match(hint, /Access-Control-Allow-Origin/);
      });
    }

    test('the policy forbids the other origin: the error has the directive and the origin', async () => {
      const { origin } = all.other;
      const policy = `default-src 'none'; script-src 'self' ${origin} 'wasm-unsafe-eval'; connect-src 'self'`;
      all.site.answer(() => ({ headers: { 'Content-Security-Policy': policy } }));
      await openPage();
      const { code, message, hint } = await page.call('load', elsewhere);
      assert.equal(code, 'ERR_TLS_LOAD');
      assert.match(message, /the Content-Security-Policy forbids it\./);
      assert.ok(hint.startsWith(`Add ${origin} to connect-src`), hint);
    });

    test('an import map with integrity: right digests load, a wrong one does not', async (t) => {
      const modules = readdirSync(all.packageFolder, { recursive: true, encoding: 'utf8' }).filter((path) =>
        path.endsWith('.js'),
      );
      const integrity = Object.fromEntries(
        modules.map((path) => [`${all.other.origin}/dist/${path}`, integrityOf(join(all.packageFolder, path))]),
      );
      const withMap = (/** @type {Record<string, string>} */ digests) => {
        const map = JSON.stringify({ imports: { pagetls: elsewhere }, integrity: digests });
        const body = `<!doctype html><script type="importmap">${map}</script>
          <script type="module" src="/pages/page.js"></script>`;
        all.site.answer((path) => (path === '/map.html' ? { body } : {}));
      };
      withMap(integrity);
      all.other.answer(() => ({ headers: CORS }));
      page = await browser.open(`${all.site.origin}/map.html`);
      if (!(await page.call('facts')).importMaps) return t.skip('this browser has no import maps');
      assert.equal((await page.call('load', 'pagetls')).message, undefined);
      withMap({ ...integrity, [`${all.other.origin}/dist/wasm.js`]: integrityOf(join(all.packageFolder, 'index.js')) });
      await page.goto(`${all.site.origin}/map.html?wrong`);
      const { message } = await page.call('load', 'pagetls');
      assert.notEqual(message, undefined);
    });
  });
}
