/** Servers that send the files of the package in another way than they should, or not at all. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { BROWSERS } from './drivers/index.js';
import { PACKAGE, PAGE, startAll } from './setup.js';

const WASM = '/dist/pagetls/pagetls.wasm';
const ROOTS = '/dist/pagetls/mozilla-roots.bin';
const START_PAGE = '<!doctype html>\n<title>The application</title>\n';

for (const { name, skip, start } of BROWSERS) {
  describe(name, { skip }, () => {
    /** @type {import('./drivers/index.js').Browser} */
    let browser;
    /** @type {import('./setup.js').All} */
    let all;
    /** @type {import('./drivers/index.js').Page} */
    let page;

    before(async () => {
      all = await startAll();
      browser = await start();
    });
    after(async () => {
      await browser?.close();
      await all?.close();
    });
    afterEach(() => page?.close());

    /** @param {string} file @param {import('./site.js').Answer} answer to requests for it */
    async function openPage(file, answer) {
      all.site.answer((path) => (path === file ? answer : {}));
      page = await browser.open(all.site.origin + PAGE);
    }

    /**
     * load() fails with these texts, and succeeds as soon as the server is right.
     * @param {import('./site.js').Answer} answer to requests for pagetls.wasm
     * @param {RegExp} text
     * @param {RegExp} hint
     */
    async function failsToLoad(answer, text, hint) {
      await openPage(WASM, answer);
      const { code, message, hint: said } = await page.call('load', PACKAGE);
      assert.equal(code, 'ERR_TLS_LOAD');
      assert.match(message, text);
      assert.match(said, hint);
      all.site.answer();
      assert.equal((await page.call('load', PACKAGE)).message, undefined);
    }

    const couldNot = (/** @type {string} */ reason) =>
      new RegExp(`^${all.site.origin}${WASM} could not be loaded: ${reason}`);

    for (const [what, type] of /** @type {[string, string | null][]} */ ([
      ['application/octet-stream', 'application/octet-stream'],
      ['a parameter after application/wasm', 'application/wasm; charset=utf-8'],
      ['another case', 'Application/WASM'],
      ['no type', null],
    ])) {
      test(`pagetls.wasm with ${what} works`, async () => {
        await openPage(WASM, { type });
        assert.equal((await page.call('load', PACKAGE)).message, undefined);
      });
    }

    test('a status of 404 is in the error', () => failsToLoad({ status: 404 }, couldNot('HTTP status 404\\.'), /dist/));

    for (const type of ['text/html', 'application/octet-stream', null]) {
      test(`a start page instead of pagetls.wasm, with ${type ?? 'no type'}`, () =>
        failsToLoad({ type, body: START_PAGE }, couldNot('the answer is a web page\\.'), /serve all of dist\//));
    }

    test('a start page instead of pagetls.wasm, as application/wasm', () =>
      failsToLoad({ body: START_PAGE }, /^pagetls\.wasm could not be compiled: /, /same version/));

    test('a damaged pagetls.wasm', () =>
      failsToLoad(
        { body: Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 77) },
        /could not be compiled/,
        /same version/,
      ));

    test('a module that is another one', () =>
      failsToLoad({ body: Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0) }, /pagetls\.wasm/, /version/));

    for (const type of ['application/wasm', 'application/octet-stream']) {
      test(`a connection that ends in the middle of ${type}`, () =>
        failsToLoad({ type, cut: true }, /pagetls\.wasm could not be loaded: /, /dist/));
    }

    test('a start page instead of the roots', async () => {
      await openPage(ROOTS, { body: START_PAGE });
      const { code, message } = await page.call('mozilla', PACKAGE);
      assert.equal(code, 'ERR_TLS_LOAD');
      assert.match(message, /mozilla-roots\.bin could not be loaded: the answer is a web page\./);
      all.site.answer();
      assert.equal((await page.call('mozilla', PACKAGE)).message, undefined);
    });

    test('a server that is gone, and one that is back', async () => {
      const lost = await startAll();
      page = await browser.open(lost.site.origin + PAGE);
      await page.call('imported', PACKAGE);
      await lost.close();
      const { code, message, hint } = await page.call('load', PACKAGE);
      assert.equal(code, 'ERR_TLS_LOAD');
      assert.match(message, /pagetls\.wasm could not be loaded: \S/);
      assert.match(hint, /the server may not be running/);
    });

    test('a browser that is offline', async (t) => {
      await openPage('', {});
      if (!page.setOffline) return t.skip('its driver cannot do that');
      await page.call('imported', PACKAGE);
      await page.setOffline(true);
      const { code, message } = await page.call('load', PACKAGE);
      assert.equal(code, 'ERR_TLS_LOAD');
      assert.match(message, /pagetls\.wasm could not be loaded: the browser is offline\./);
      await page.setOffline(false);
      assert.equal((await page.call('load', PACKAGE)).message, undefined);
    });
  });
}
