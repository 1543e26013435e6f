/**
 * The connection and wire elements in Chromium, with a recording of a real server.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { captureFile } from '../../inspector/src/model/capture.js';
import { CONTENT_SECURITY_POLICY } from '../../scripts/serve.js';
import { readBytes, withServer } from '../helpers/client.js';
import { newPage, startChromium } from '../helpers/page.js';
import { pki } from '../helpers/pki.js';
import { decodeWhole, record } from '../helpers/recorded.js';
import { startNginx } from '../helpers/servers.js';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('../../inspector/src/types.js').Recording} Recording */
/** @typedef {import('../../inspector/src/types.js').Result} Result */
/** @typedef {import('../../inspector/src/types.js').Tamper} Tamper */
/** @typedef {import('../../inspector/src/tls/types.js').Wire} Wire */
/** @typedef {import('../../inspector/src/view/wire.js').WireView} WireView */
/** @typedef {import('../../inspector/src/view/connection.js').Connection} Connection */

const LIMIT = { timeout: 120_000 };
const TYPES = /** @type {Record<string, string>} */ ({
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
});
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** @type {Recording} */
let recording;
/** @type {Wire} */
let wire;
/** @type {Awaited<ReturnType<typeof startChromium>>} */
let browser;
/** @type {Awaited<ReturnType<typeof newPage>> | undefined} */
let open;
/** @type {string} */
let site;
/** @type {import('node:http').Server} */
let server;

before(async () => {
  const good = pki('good-mixed');
  await withServer(startNginx(good, { files: { 'index.html': 'x'.repeat(20_000) } }), async (nginx) => {
    const made = await record(good, nginx, {
      options: { ALPNProtocols: ['http/1.1'] },
      async talk(socket) {
        await socket.write('GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n');
        await readBytes(socket);
      },
    });
    const { chunks } = made.recording;
    recording = { ...made.recording, handshake: chunks[2].at + 1, verifying: 1, dialled: made.recording.opened };
    wire = await decodeWhole(recording);
  });
  const root = fileURLToPath(new URL('../fixtures', import.meta.url));
  site = await mkdtemp(join(tmpdir(), 'pagetls-wire-'));
  await build({
    configFile: false,
    logLevel: 'silent',
    root,
    base: './',
    publicDir: false,
    build: {
      outDir: site,
      emptyOutDir: true,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: join(root, 'wire.html'), external: [/^node:/, 'ws'] },
    },
  });
  server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const content = await readFile(join(site, pathname)).catch(() => null);
    response.writeHead(content ? 200 : 204, {
      'content-type': TYPES[extname(pathname)] ?? 'application/octet-stream',
      'content-security-policy': CONTENT_SECURITY_POLICY,
    });
    response.end(content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  browser = await startChromium();
});

afterEach(async () => {
  await open?.close();
  open = undefined;
});

after(async () => {
  await browser?.close();
  server?.close();
  if (site) await rm(site, { recursive: true, force: true });
});

/** @param {import('playwright-core').BrowserContextOptions} [options] */
async function openPage(options) {
  open = await newPage(browser, options);
  return open;
}

/** @param {Page} page */
async function goTo(page) {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await page.goto(`http://127.0.0.1:${port}/wire.html`);
  await page.waitForFunction(() => customElements.get('pt-wire') && customElements.get('pt-connection'));
}

/** Sets the recording on both elements, and waits until it is shown. @param {Page} page */
async function show(page) {
  const chunks = recording.chunks.map(({ bytes, ...chunk }) => ({
    ...chunk,
    base64: Buffer.from(bytes).toString('base64'),
  }));
  await page.evaluate(
    ({ plain, parts }) => {
      const made = parts.map(({ base64, ...chunk }) => ({
        ...chunk,
        bytes: Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
      }));
      const whole = { ...plain, chunks: made };
      const view = /** @type {WireView} */ (document.querySelector('pt-wire'));
      view.recording = whole;
      view.onTamper = (tamper) => Object.assign(globalThis, { tamper });
      const request = { target: null, tamper: null };
      const result = { request, info: null, recording: whole, answer: null, elapsed: 100, error: null };
      /** @type {Connection} */ (document.querySelector('pt-connection')).result = /** @type {Result} */ (
        /** @type {unknown} */ (result)
      );
    },
    { plain: { ...recording, chunks: [] }, parts: chunks },
  );
  await page.locator('.flight').first().waitFor();
  await page.locator('.waterfall').waitFor();
}

/** @param {Page} page @param {string} name */
async function openRecord(page, name) {
  await page.locator('details.wire-record > summary', { hasText: name }).first().click();
  await page.locator('.tree-row').first().waitFor();
}

/** Range and number of the marked bytes. @param {Page} page */
function marked(page) {
  return page.locator('.dump-digits .lit').evaluateAll((cells) => {
    const offsets = cells.map((cell) => Number(/** @type {HTMLElement} */ (cell).dataset.at));
    return { from: Math.min(...offsets), to: Math.max(...offsets) + 1, count: offsets.length };
  });
}

describe('the wire view', LIMIT, () => {
  test('loads the decoder on first use, and works without crypto.subtle', async () => {
    const { page, complaints } = await openPage();
    await page.addInitScript(() => Object.defineProperty(crypto, 'subtle', { value: undefined }));
    /** @type {string[]} */
    const loaded = [];
    page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
    await goTo(page);
    const before = loaded.length;
    assert.ok(!loaded.some((path) => path.includes('decode')));
    await show(page);
    assert.deepEqual(loaded.slice(before).filter((path) => path.includes('decode')).length, 1);
    const names = await page.locator('.wire-record-what').allTextContents();
    assert.ok(names.some((name) => name.includes('EncryptedExtensions')));
    assert.deepEqual(complaints, []);
  });

  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    for (const width of [360, 1280]) {
      test(`fits ${width} pixels and has no axe violation in the ${colorScheme} theme`, async () => {
        const { page, complaints } = await openPage({
          colorScheme,
          viewport: { width, height: 800 },
          bypassCSP: false,
        });
        await goTo(page);
        await show(page);
        await openRecord(page, 'ClientHello');
        await page.locator('.wire-raw > summary').first().click();
        await page.locator('.tree-row').nth(3).click();
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
        await page.evaluate(await readFile(axe, 'utf8'));
        const violations = await page.evaluate(async () => {
          const { run } =
            /** @type {{ axe: { run: () => Promise<{ violations: { id: string, nodes: { html: string }[] }[] }> } }} */ (
              /** @type {unknown} */ (globalThis)
            ).axe;
          return (await run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
        });
        assert.deepEqual(violations, []);
        assert.deepEqual(complaints, []);
      });
    }
  }

  test('shows fields as a tree with keyboard navigation, and marks the bytes of the focused field', async () => {
    const { page } = await openPage();
    await goTo(page);
    await show(page);
    await openRecord(page, 'ClientHello');
    const focused = () => page.locator('.tree-row:focus .tree-name').textContent();
    await page.locator('.tree-row').first().focus();
    assert.equal(await focused(), 'Type');
    assert.deepEqual(await marked(page), { from: 0, to: 1, count: 1 });
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown');
    assert.equal(await focused(), 'Random');
    assert.deepEqual(await marked(page), { from: 6, to: 38, count: 32 });
    await page.keyboard.press('ArrowDown');
    const session = page.locator('.tree-row:focus');
    assert.deepEqual([await focused(), await session.getAttribute('aria-expanded')], ['Legacy session ID', 'false']);
    await page.keyboard.press('ArrowRight');
    assert.equal(await session.getAttribute('aria-expanded'), 'true');
    await page.keyboard.press('ArrowRight');
    assert.deepEqual([await focused(), (await marked(page)).count], ['Length', 1]);
    await page.keyboard.press('ArrowLeft');
    assert.equal(await focused(), 'Legacy session ID');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await session.getAttribute('aria-expanded'), 'false');
    await page.keyboard.press('End');
    const last = wire.messages[0].fields.at(-1)?.children.at(-1);
    assert.equal(await focused(), last?.name);
    assert.deepEqual(await marked(page), {
      from: last?.from,
      to: last?.to,
      count: (last?.to ?? 0) - (last?.from ?? 0),
    });
    assert.equal(await page.locator('[role=tree]').first().locator('[tabindex="0"]').count(), 1);
  });

  test('selects the field of a clicked byte, and marks the bytes of a hovered field', async () => {
    const { page } = await openPage();
    await goTo(page);
    await show(page);
    await openRecord(page, 'ClientHello');
    const name = wire.messages[0].fields.at(-1)?.children.find((field) => field.name === 'server_name');
    const text = (name?.to ?? 0) - 1;
    await page.locator(`.dump-digits [data-at="${text}"]`).first().click();
    const active = page.locator('.tree-row[aria-selected=true]');
    assert.deepEqual(
      [await active.locator('.tree-name').textContent(), await active.locator('.tree-value').textContent()],
      ['Text', wire.offered?.serverName],
    );
    await page.locator('.tree-row', { hasText: 'Random' }).first().hover();
    assert.deepEqual(await marked(page), { from: 6, to: 38, count: 32 });
  });

  test('shows the handshake records, and on demand all records with their content', async () => {
    const { page } = await openPage();
    await goTo(page);
    await show(page);
    const data = page.locator('.wire-record-what', { hasText: 'Application data' });
    assert.equal(await data.count(), 0);
    const hidden = wire.records.length - (await page.locator('pt-record').count());
    await page.getByText(`${hidden} records of application data not shown.`).waitFor();
    await page.getByRole('radio', { name: 'All records' }).check();
    assert.equal(await page.locator('pt-record').count(), wire.records.length);
    await data.first().click();
    await page.getByText('“GET / HTTP/1.1…”').waitFor();
  });

  test('offers the key log and the capture as downloads', async () => {
    const { page } = await openPage();
    await goTo(page);
    await show(page);
    const saved = async (/** @type {string} */ button) => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: button }).click(),
      ]);
      return { name: download.suggestedFilename(), content: await readFile(await download.path()) };
    };
    const keys = await saved('Download key log');
    assert.deepEqual(
      [keys.name, keys.content.toString()],
      [`${wire.offered?.serverName}.keys`, `${recording.keylog.join('\n')}\n`],
    );
    const capture = await saved('Download capture');
    assert.equal(capture.name, `${wire.offered?.serverName}.pcap`);
    assert.ok(capture.content.equals(captureFile(recording)));
  });

  test('can alter a record, by a bit in the middle of it', async () => {
    const { page } = await openPage();
    await goTo(page);
    await show(page);
    await openRecord(page, 'CertificateVerify');
    await page.getByRole('button', { name: 'Flip a bit in this record and connect again' }).click();
    const verify = wire.messages.find(({ name }) => name === 'CertificateVerify');
    const target = wire.records[verify?.records[0] ?? 0];
    const tamper = await page.evaluate(() => /** @type {{ tamper?: Tamper }} */ (globalThis).tamper);
    assert.deepEqual([tamper?.direction, tamper?.mask], ['received', 1]);
    const offset = (tamper?.offset ?? 0) - target.offset;
    assert.ok(offset >= 5 && offset < target.bytes.length, `byte ${offset} of ${target.bytes.length}`);
  });

  test('marks the choice among the offers, as text too', async () => {
    const { page } = await openPage();
    await goTo(page);
    await show(page);
    const row = page.locator('.offers tbody tr', { hasText: 'Cipher suites' });
    assert.equal(await row.locator('li').count(), wire.offered?.cipherSuites.length);
    const chosen = row.locator('li', { hasText: 'chosen: ' });
    assert.equal(await chosen.locator('bdi').textContent(), wire.chosen?.cipherSuite?.name);
  });
});
