/** The Content Security Policy of IN-PRODUCTION.md, in Chromium: it is enough, and all of it is needed. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { inProject } from '../../scripts/run.js';
import { startBridge } from '../helpers/bridge.js';
import { block, replaceAll } from '../helpers/in-production.js';
import { callIn, newPage, startChromium } from '../helpers/page.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';

const TYPES = /** @type {Record<string, string>} */ ({
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.bin': 'application/octet-stream',
  '.txt': 'text/plain',
});

let policy = '';
/** Serves the project with this policy, worker scripts too. */
const site = createServer(async ({ url = '' }, response) => {
  const path = inProject(new URL(url, 'http://localhost').pathname.slice(1));
  const body = await readFile(path).catch(() => undefined);
  const headers = { 'Content-Security-Policy': policy, 'Content-Type': TYPES[extname(path)] ?? '' };
  response.writeHead(body === undefined ? 404 : 200, headers).end(body);
});

/** @type {Awaited<ReturnType<typeof startChromium>>} */
let browser;
/** @type {Awaited<ReturnType<typeof startBridge>>} */
let bridge;
/** @type {Awaited<ReturnType<typeof startNodeTls>>} */
let server;
/** @type {import('../fixtures/sockets.js').Endpoint} */
let endpoint;
let origin = '';
/** That of the page, with the test's bridge. */
let complete = '';

before(async () => {
  browser = await startChromium();
  const good = pki('good-p256');
  server = await startNodeTls(good);
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  origin = `http://localhost:${/** @type {import('node:net').AddressInfo} */ (site.address()).port}`;
  bridge = await startBridge({ origins: [origin], allowTargets: [`127.0.0.1:${server.port}`] });
  const { hostname, clock, roots } = good;
  endpoint = { bridge: `${bridge.url}/`, target: `127.0.0.1:${server.port}`, hostname, clock, roots };
  complete = replaceAll(block('csp').trim(), { 'wss://bridge.example': bridge.url });
});
after(async () => {
  await browser?.close();
  site.close();
  await bridge?.close();
  await server?.close();
});

/**
 * @param {string} applied policy
 * @param {'window' | 'worker'} [place]
 */
async function useUnder(applied, place = 'window') {
  policy = applied;
  const opened = await newPage(browser);
  try {
    await opened.page.goto(`${origin}/test/fixtures/blank.html`);
    const result = await callIn(opened.page, place, 'policy.js', 'useAll', endpoint);
    return { result, complaints: opened.complaints };
  } finally {
    await opened.close();
  }
}

/** @param {{result: any, complaints: string[]}} used */
function assertWorks({ result, complaints }) {
  assert.equal(result.protocol, 'TLSv1.3');
  assert.ok(result.anchors > 100);
  assert.deepEqual(
    complaints.filter((text) => !text.includes('data:')), // the icon of the fixture
    [],
  );
}

describe("the page's Content Security Policy", { timeout: 60_000 }, () => {
  test('is enough for all of pagetls, under Trusted Types', async () => {
    assert.match(complete, /require-trusted-types-for 'script'; trusted-types 'none'/);
    assertWorks(await useUnder(complete));
  });

  test('is enough in a worker, which the page starts without Trusted Types', async () => {
    const own = replaceAll(complete, { "require-trusted-types-for 'script'; trusted-types 'none'; ": '' });
    assertWorks(await useUnder(own, 'worker'));
  });

  for (const [part, code] of Object.entries({
    " 'wasm-unsafe-eval'": 'ERR_TLS_LOAD',
    "connect-src 'self'": 'ERR_TLS_LOAD',
    bridge: 'ERR_TLS_BRIDGE_UNREACHABLE',
  })) {
    test(`needs ${part.trim()}: ${code}`, async () => {
      const removed = part === 'bridge' ? { [` ${bridge.url}`]: '' } : { [part]: part.replace(/ ?'[^']*'$/, '') };
      const { result } = await useUnder(replaceAll(complete, removed));
      assert.equal(result.code, code);
      if (part === 'bridge')
        assert.match(result.message, /^The Content-Security-Policy forbids the WebSocket to the bridge/);
    });
  }
});
