/** A page that may not, or cannot, load the package or reach the bridge is told why. test/matrix/browsers has more, in other browsers. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inProject } from '../../scripts/run.js';
import { callIn, newPage, startChromium } from '../helpers/page.js';
import { startSite } from '../matrix/browsers/site.js';

const PAGE = '/test/fixtures/blank.html';
const WASM = '/dist/pagetls/pagetls.wasm';

/** @type {Awaited<ReturnType<typeof startChromium>>} */
let browser;
/** @type {import('../matrix/browsers/site.js').Site} */
let site;

before(async () => {
  browser = await startChromium();
  site = await startSite({ '/dist/': inProject('dist'), '/test/fixtures/': inProject('test/fixtures') });
});
after(async () => {
  await browser?.close();
  await site?.close();
});

/** @type {[string, import('../matrix/browsers/site.js').Answer, RegExp][]} */
const CASES = [
  ['an unknown path', { status: 404 }, /pagetls\.wasm could not be loaded: HTTP status 404\./],
  ['a start page', { type: 'text/html', body: '<!doctype html>' }, /could not be loaded: the answer is a web page\./],
  ['a connection that ends', { cut: true }, /pagetls\.wasm could not be loaded: \S/],
  ['another module', { body: Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0) }, /same version/],
];

for (const [what, answer, text] of CASES) {
  test(`${what} instead of pagetls.wasm`, async (t) => {
    site.answer((path) => (path === WASM ? answer : {}));
    const { page, close } = await newPage(browser);
    t.after(close);
    await page.goto(site.origin + PAGE);
    const { code, message, hint } = await callIn(page, 'window', 'failures.js', 'loading');
    assert.equal(code, 'ERR_TLS_LOAD');
    assert.match(`${message} ${hint}`, text);
    site.answer();
    assert.equal(await callIn(page, 'window', 'failures.js', 'loading'), null);
  });
}

/** @type {[string, string, string, RegExp][]} */
const POLICIES = [
  ["script-src 'self'; connect-src 'self'", 'loading', 'ERR_TLS_LOAD', /Add 'wasm-unsafe-eval' to script-src/],
  ["script-src 'self' 'wasm-unsafe-eval'; connect-src *.test", 'loading', 'ERR_TLS_LOAD', /Add 'self' to connect-src/],
  [
    "script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'",
    'connecting',
    'ERR_TLS_BRIDGE_UNREACHABLE',
    /Add ws:\/\/127\.0\.0\.1:1 to connect-src/,
  ],
];

for (const place of /** @type {const} */ (['window', 'worker'])) {
  for (const [policy, name, expected, text] of POLICIES) {
    test(`${name} in a ${place} with the policy ${policy}`, async (t) => {
      site.answer(() => ({ headers: { 'Content-Security-Policy': `default-src 'none'; ${policy}` } }));
      const { page, close } = await newPage(browser);
      t.after(close);
      await page.goto(site.origin + PAGE);
      const { code, hint, milliseconds } = await callIn(page, place, 'failures.js', name);
      assert.equal(code, expected);
      assert.match(hint, text);
      assert.ok(milliseconds < 5000, 'before connectTimeout');
    });
  }
}
