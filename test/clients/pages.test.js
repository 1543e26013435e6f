/** Client libraries of npm in a page of Chromium, with real servers through the bridge. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { inProject } from '../../scripts/run.js';
import { startInspector } from '../../scripts/start.js';
import { newPage, startChromium } from '../helpers/page.js';
import { SERVICES } from '../helpers/service.js';
import { bundleForPages } from './bundle.js';
import { caller, LIBRARIES, ROWS } from './clients.js';

/** @typedef {import('./libraries/common.js').Place} Place */

/** @type {Awaited<ReturnType<typeof startChromium>>} */
let browser;
/** @type {string} */
let bundles;
before(async () => {
  browser = await startChromium();
  bundles = await mkdtemp(inProject('build/clients-'));
  await bundleForPages(LIBRARIES, bundles);
});
after(async () => {
  await browser?.close();
  await rm(bundles, { recursive: true, force: true });
});

/** Runs in the page. @param {{library: string, way: string, place: Place}} given */
async function scenarios({ library, way, place }) {
  const path = `/clients/${library}.js`;
  const { OPEN } = await import(path);
  for (const scenario of ['work', 'move', 'work']) {
    const session = await OPEN[way](place);
    await session[scenario]();
    await session.end();
  }
}

for (const server of /** @type {(keyof typeof SERVICES)[]} */ (Object.keys(SERVICES))) {
  const { start, skip } = SERVICES[server];
  describe(server, { skip, timeout: 300_000 }, () => {
    /** @type {import('../helpers/service.js').Service} */
    let service;
    /** @type {import('../../scripts/start.js').Inspector} */
    let inspector;
    before(async () => {
      service = await start();
      inspector = await startInspector({
        port: 0,
        allowTargets: service.ports.map((port) => `127.0.0.1:${port}`),
        folders: { '/test/fixtures/': inProject('test/fixtures'), '/clients/': bundles },
      });
    });
    after(async () => {
      await inspector?.close();
      await service?.close();
    });

    for (const { library, way, notInPages: skip } of ROWS.filter((row) => row.server === server)) {
      test(`${library} (${way}) asks, moves 10 MB and ends`, { skip, timeout: 90_000 }, async (t) => {
        const { page, complaints, close } = await newPage(browser);
        t.after(close);
        await page.goto(`${inspector.url}test/fixtures/blank.html`);
        const place = { ...caller, ports: service.ports, bridge: `${inspector.bridge.url}/` };
        await page.evaluate(scenarios, { library, way, place });
        assert.deepEqual(complaints, []);
      });
    }
  });
}
