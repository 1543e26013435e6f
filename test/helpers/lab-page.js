/** The page of the lab in Chromium: one browser, bridge and set of servers for a test file, a fresh page for each test. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before } from 'node:test';
import { SITE } from '../../scripts/site.js';
import { startInspector } from '../../scripts/start.js';
import { newPage, startChromium } from './page.js';

/** @typedef {import('playwright-core').Locator} Locator */
/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('../../inspector/src/types.js').LabIndex} LabIndex */

/** Where a outcome comes from, as the page words it. */
export const LIVE = /^From a live connection/;
export const HERE = /This was not a live handshake/;
export const AGAIN = /judged again in this page, without a new one/;

/** Starts all of it before the tests of the file that calls it, and ends it after them. */
export function labPages() {
  /** @type {Awaited<ReturnType<typeof startChromium>>} */
  let browser;
  /** @type {import('../../scripts/start.js').Inspector} */
  let inspector;
  /** @type {Awaited<ReturnType<typeof newPage>> | undefined} */
  let open;

  before(async () => {
    browser = await startChromium();
    inspector = await startInspector({ port: 0 });
  });
  after(async () => {
    await browser?.close();
    await inspector?.close();
  });
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });

  return {
    /** @returns {LabIndex} as the page has it */
    index: () => JSON.parse(readFileSync(join(SITE, 'lab/index.json'), 'utf8')),

    /**
     * A new page of the lab.
     * @param {string} [hash]
     * @param {import('playwright-core').BrowserContextOptions} [options]
     * @param {string} [url] of the site
     */
    async visit(hash = '', options = {}, url = inspector.url) {
      open = await newPage(browser, options);
      const response = await open.page.goto(`${url}lab.html${hash}`);
      await open.page.locator('pt-lab-card').first().waitFor();
      return { ...open, response };
    },
  };
}

/** @param {Page} page @param {string} id */
export function cardOf(page, id) {
  return page.locator(`[data-case="${id}"]`);
}

/** What a card says, once it comes from there. @param {Locator} card @param {RegExp} from */
export async function outcomeOf(card, from) {
  await card.locator('.provenance', { hasText: from }).waitFor();
  const outcome = card.locator('[data-outcome]');
  return {
    kind: await outcome.getAttribute('data-outcome'),
    codes: await outcome.locator('.codes code').allInnerTexts(),
    text: await outcome.innerText(),
  };
}

/** Each flag once: several problems can have the same. @param {string[]} codes */
export function flagsIn(codes) {
  return [...new Set(codes.filter((code) => /^BAD(CERT|CRL)_/.test(code)))].sort();
}
