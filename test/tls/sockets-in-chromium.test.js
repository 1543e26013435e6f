/** Plaintext sockets, upgrades and startTls() in a page, through the real bridge. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inProject } from '../../scripts/run.js';
import { startInspector } from '../../scripts/start.js';
import { newPage, startChromium } from '../helpers/page.js';
import { pki } from '../helpers/pki.js';
import { startStarttlsServer } from '../helpers/plaintext-server.js';
import { startNodeTls } from '../helpers/servers.js';

const certificates = pki('good-p256');
const { hostname, clock, roots } = certificates;
const MODULE = '/test/fixtures/sockets.js';

/** @type {{close(): Promise<unknown>}[]} */
const running = [];
/** @type {Record<'plaintext' | 'injecting' | 'secure', import('../fixtures/sockets.js').Endpoint>} */
let endpoints;
/** @type {import('playwright-core').Page} */
let page;

before(async () => {
  const servers = {
    plaintext: await startStarttlsServer(certificates),
    injecting: await startStarttlsServer(certificates, { injected: '250 injected\r\n' }),
    secure: await startNodeTls(certificates),
  };
  running.push(...Object.values(servers));
  const browser = await startChromium();
  running.unshift(browser);
  const target = (/** @type {{port: number}} */ { port }) => `127.0.0.1:${port}`;
  const inspector = await startInspector({
    port: 0,
    allowTargets: Object.values(servers).map(target),
    folders: { '/test/fixtures/': inProject('test/fixtures'), '/dist/': inProject('dist') },
  });
  running.push(inspector);
  const bridge = `${inspector.bridge.url}/`;
  endpoints = /** @type {typeof endpoints} */ (
    Object.fromEntries(
      Object.entries(servers).map(([name, server]) => [
        name,
        { bridge, target: target(server), hostname, clock, roots },
      ]),
    )
  );
  ({ page } = await newPage(browser));
  await page.goto(`${inspector.url}test/fixtures/blank.html`);
});
after(async () => {
  for (const item of running) await item.close();
});

/** @param {string} name @param {...unknown} args */
const run = (name, ...args) =>
  page.evaluate(async (given) => (await import(given.module))[given.name](...given.args), {
    module: MODULE,
    name,
    args,
  });

test('a plaintext socket is upgraded by STARTTLS; its readers end, and its writers get an error', async () => {
  assert.deepEqual(await run('upgrade', endpoints.plaintext), {
    lines: ['220 hello\r\n', '220 go ahead\r\n', 'over TLS\n'],
    ends: ['read: true', 'closed: undefined', 'writer: ERR_TLS_CLOSED'],
    upgraded: true,
  });
});

test('plaintext that is left at the upgrade is an error', async () => {
  assert.deepEqual(await run('upgrade', endpoints.injecting), {
    lines: ['220 hello\r\n', '220 go ahead\r\n', 'ERR_TLS_PLAINTEXT_LEFT'],
    ends: ['read: true', 'closed: undefined', 'writer: ERR_TLS_CLOSED', 'socket: ERR_TLS_PLAINTEXT_LEFT'],
    upgraded: true,
  });
});

test('close() before a socket is open gives opened and writable the reason', async () => {
  assert.deepEqual(await run('closeEarly', endpoints.plaintext, 'enough'), {
    same: true,
    outcomes: ['enough', 'undefined', '{"done":true}', 'undefined', 'enough'],
  });
  assert.deepEqual(await run('closeEarly', endpoints.plaintext), {
    same: true,
    outcomes: ['ERR_TLS_CLOSED', 'undefined', '{"done":true}', 'undefined', 'ERR_TLS_CLOSED'],
  });
});

for (const shape of ['WebSocketStream', 'what a WebSocketStream opened', 'streams of a frame']) {
  test(`startTls() takes ${shape}`, async () => {
    assert.equal(await run('overStreams', endpoints.secure, shape), 'over TLS\n');
  });
}

test('verify waits, and sees the name that verifyHostname: false does not require', async () => {
  const { strict, seen, line } = await run('withoutName', { ...endpoints.secure, hostname: 'other.test' });
  assert.equal(strict, 'ERR_TLS_CERT_VERIFY_FAILED');
  assert.ok(seen.includes('ERR_TLS_CERT_CN_MISMATCH'));
  assert.equal(line, 'over TLS\n');
});
