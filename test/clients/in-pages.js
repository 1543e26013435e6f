/** Client libraries in a page of Chromium, with a real server through the bridge. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { inProject } from '../../scripts/run.js';
import { startInspector } from '../../scripts/start.js';
import { newPage, startChromium } from '../helpers/page.js';
import { bundleForPages } from './bundle.js';
import { caller, librariesOf } from './clients.js';

/** @typedef {import('./clients.js').Row} Row */
/** @typedef {import('./libraries/common.js').Place} Place */
/** @typedef {{browser: Awaited<ReturnType<typeof startChromium>>, bundles: string}} Chromium `bundles`: a folder */

/**
 * Chromium, and the libraries in bundles for it. To be called for all tests of a file.
 * @param {Row[]} rows
 * @returns {() => Chromium}
 */
export function chromiumWith(rows) {
  /** @type {Chromium} */
  let chromium;
  before(async () => {
    chromium = { browser: await startChromium(), bundles: await mkdtemp(inProject('build/clients-')) };
    await bundleForPages(librariesOf(rows), chromium.bundles);
  });
  after(async () => {
    await chromium?.browser.close();
    await rm(chromium.bundles, { recursive: true, force: true });
  });
  return () => chromium;
}

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

/**
 * The tests of a server.
 * @param {Row[]} rows
 * @param {ReturnType<typeof chromiumWith>} chromium
 * @param {() => import('../helpers/service.js').Service} service
 */
export function testInPages(rows, chromium, service) {
  /** @type {import('../../scripts/start.js').Inspector} */
  let inspector;
  before(async () => {
    inspector = await startInspector({
      port: 0,
      allowTargets: service().ports.map((port) => `127.0.0.1:${port}`),
      folders: { '/test/fixtures/': inProject('test/fixtures'), '/clients/': chromium().bundles },
    });
  });
  after(() => inspector?.close());

  for (const { library, way, notInPages: skip } of rows) {
    test(`${library} (${way}) asks, moves 10 MB and ends in a page`, { skip, timeout: 90_000 }, async (t) => {
      const { page, complaints, close } = await newPage(chromium().browser);
      t.after(close);
      await page.goto(`${inspector.url}test/fixtures/blank.html`);
      const place = { ...caller, ports: service().ports, bridge: `${inspector.bridge.url}/` };
      await page.evaluate(scenarios, { library, way, place });
      assert.deepEqual(complaints, []);
    });
  }
}
