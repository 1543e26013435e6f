/** The package in a Chromium window and worker: transfers through the real bridge to a TLS server in this process. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { inProject } from '../../scripts/run.js';
import { startInspector } from '../../scripts/start.js';
import { Checksum, pattern } from '../fixtures/pattern.js';
import { callIn, newPage, startChromium } from '../helpers/page.js';
import { pki } from '../helpers/pki.js';
import { relayTo, startScriptedBridge } from '../helpers/scripted-bridge.js';
import { startTransferServer } from '../helpers/transfer-server.js';

/** @typedef {import('../fixtures/transfer.js').Task} Task */
/** @typedef {import('../fixtures/transfer.js').Endpoint} Endpoint */
/** @typedef {import('../fixtures/transfer.js').Outcome} Outcome */
/** @typedef {import('playwright-core').Page} Page */

const MB = 1_000_000;

/** @type {Awaited<ReturnType<typeof startChromium>>} */
let browser;
/** @type {import('../../scripts/start.js').Inspector} */
let inspector;
/** @type {Awaited<ReturnType<typeof startTransferServer>>} */
let server;
/** @type {Endpoint} */
let endpoint;
/** @type {Awaited<ReturnType<typeof newPage>>} */
let open;

before(async () => {
  browser = await startChromium();
  const good = pki('good-p256');
  server = await startTransferServer(good);
  inspector = await startInspector({
    port: 0,
    allowTargets: [server.target],
    folders: { '/test/fixtures/': inProject('test/fixtures'), '/dist/': inProject('dist') },
  });
  const { hostname, clock, roots } = good;
  endpoint = { bridge: `${inspector.bridge.url}/`, target: server.target, hostname, clock, roots };
});
after(async () => {
  await browser?.close();
  await inspector?.close();
  await server?.close();
});
afterEach(async () => {
  await open?.close();
});

async function blankPage() {
  open = await newPage(browser);
  await open.page.goto(`${inspector.url}test/fixtures/blank.html`);
  return open.page;
}

/** @param {number} length */
function checksumOf(length) {
  const checksum = new Checksum();
  for (let at = 0; at < length; at += MB) checksum.update(pattern(at, Math.min(MB, length - at)));
  return String(checksum);
}

/** @param {number} length */
function sha256Of(length) {
  return createHash('sha256').update(pattern(0, length)).digest('hex');
}

/**
 * @param {import('node:test').TestContext} t
 * @param {Page} page
 * @param {'window' | 'worker'} place
 * @param {Task} task
 */
async function check(t, page, place, task) {
  /** @type {Outcome} */
  const outcome = await callIn(page, place, 'transfer.js', 'transfer', { ...endpoint, ...task });
  assert.equal(outcome.sent, checksumOf(task.up));
  assert.equal(outcome.arrived, outcome.sent, 'the server received what was sent');
  assert.equal(outcome.received, checksumOf(task.down), 'the client received what the server sent');
  if (outcome.sha256 !== null) assert.equal(outcome.sha256, sha256Of(task.down));
  if (task.up + task.down >= 100 * MB) {
    t.diagnostic(`${((task.up + task.down) / MB / (outcome.milliseconds / 1000)).toFixed(1)} MB/s in a ${place}`);
  }
}

for (const place of /** @type {const} */ (['window', 'worker'])) {
  describe(`in a ${place}`, () => {
    for (const oneWrite of [true, false]) {
      const how = oneWrite ? 'in one write' : 'in many writes';
      test(`0, 1, 16383, 16384, 16385 bytes and 1 MB arrive in both directions, ${how}`, async (t) => {
        const page = await blankPage();
        for (const length of [0, 1, 16383, 16384, 16385, MB]) {
          await check(t, page, place, { up: length, down: length, oneWrite });
        }
        assert.deepEqual(open.complaints, []);
      });
    }

    test('100 MB arrive at the server, in one write', { timeout: 100_000 }, async (t) => {
      await check(t, await blankPage(), place, { up: 100 * MB, down: 0, oneWrite: true });
    });

    test('100 MB arrive at the server, in many writes', { timeout: 100_000 }, async (t) => {
      await check(t, await blankPage(), place, { up: 100 * MB, down: 0, oneWrite: false });
    });

    test('100 MB arrive from the server', { timeout: 100_000 }, async (t) => {
      await check(t, await blankPage(), place, { up: 0, down: 100 * MB, oneWrite: false });
    });
  });
}

test('rejects a certificate for a different host in a page', async () => {
  const page = await blankPage();
  const code = await page.evaluate(async (given) => (await import(given.path)).failure(given.endpoint), {
    path: '/test/fixtures/transfer.js',
    endpoint: { ...endpoint, hostname: 'other.test' },
  });
  assert.equal(code, 'ERR_TLS_CERT_VERIFY_FAILED');
});

test('applies connectTimeout and retries in a page', async (t) => {
  const mute = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  t.after(() => mute.close());
  const failing = await startScriptedBridge((ws, number) =>
    number === 1 ? ws.once('message', () => ws.close(4500)) : relayTo(ws, Number(server.target.split(':')[1])),
  );
  t.after(() => failing.close());
  const { port } = /** @type {import('node:net').AddressInfo} */ (mute.address());
  const page = await blankPage();
  /** @param {string} bridge @param {{connectTimeout?: number}} options */
  const outcome = (bridge, options) =>
    page.evaluate(async (given) => (await import(given.path)).failure(given.endpoint, given.options), {
      path: '/test/fixtures/transfer.js',
      endpoint: { ...endpoint, bridge },
      options,
    });
  assert.equal(await outcome(`ws://127.0.0.1:${port}/`, { connectTimeout: 100 }), 'ERR_TLS_CONNECT_TIMEOUT');
  assert.equal(await outcome(`${failing.url}/`, {}), 'it did not fail');
  assert.equal(failing.tokens.length, 2);
});

/* --- a page that does not read -------------------------------------------------------------------- */

const REQUESTED_BYTES = 256 * 1024 * 1024;
/** Without progress for this long, the server is blocked by backpressure. */
const STALL_MS = 3_000;

/** Anonymous and shared memory of all Chromium processes, in bytes. */
async function browserMemory() {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const sizes = await Promise.all(
    processInfo.map(async ({ id }) => {
      const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
      return [...status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB$/gm)].reduce((sum, [, size]) => sum + Number(size), 0);
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0) * 1024;
}

test('a page buffers all 256 MB that it requested and does not read', { timeout: 110_000 }, async (t) => {
  const page = await blankPage();
  const before = await browserMemory();
  const sentBefore = server.sent();
  const reading = await page.evaluateHandle(
    async (given) => ({ read: await (await import(given.path)).requestWithoutReading(given.task) }),
    { path: '/test/fixtures/transfer.js', task: { ...endpoint, down: REQUESTED_BYTES } },
  );
  let sent = 0;
  let peak = 0;
  for (let quiet = 0; quiet < STALL_MS && sent < REQUESTED_BYTES;) {
    await delay(100);
    const now = server.sent() - sentBefore;
    quiet = now > sent ? 0 : quiet + 100;
    sent = now;
    peak = Math.max(peak, await browserMemory());
  }
  // The last bytes may still be in transit from the bridge.
  for (let last = 0, now = await browserMemory(); now > last + MB; now = await browserMemory()) {
    last = now;
    peak = Math.max(peak, now);
    await delay(500);
  }
  const held = peak - before;
  t.diagnostic(`the server could send ${(sent / MB).toFixed(0)} MB; Chromium grew by ${(held / MB).toFixed(0)} MB`);
  assert.ok(held < 3 * REQUESTED_BYTES, 'memory is a bounded multiple of the data');
  assert.equal(
    await reading.evaluate(({ read }) => read()),
    checksumOf(REQUESTED_BYTES),
    'all of it can be read afterwards',
  );
});
