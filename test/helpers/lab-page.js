/** The lab's page in Chromium: one browser, bridge and set of servers per test file, a new page per test. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SITE } from '../../scripts/site.js';
import { inspectorPages } from './inspector-pages.js';

/** @typedef {import('playwright-core').Locator} Locator */
/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('../../inspector/src/types.js').LabIndex} LabIndex */

/** How the page says where an outcome comes from. */
export const LIVE = /^Live connection through the bridge/;
export const OFFLINE = /without a live handshake/;
export const REVERIFIED = /verified again in this page without a new connection/;

/** Starts browser and servers before the tests of the calling file, and stops them afterwards. */
export function labPages() {
  const site = inspectorPages();
  return {
    /** @returns {LabIndex} the one that the page loads */
    index: () => JSON.parse(readFileSync(join(SITE, 'lab/index.json'), 'utf8')),

    /**
     * Opens the lab in a new page.
     * @param {string} [hash]
     * @param {import('playwright-core').BrowserContextOptions} [options]
     * @param {string} [url] the site; default: that of `npm start`
     */
    async visit(hash = '', options = {}, url = site.url) {
      const opened = await site.visit(`lab.html${hash}`, options, url);
      await opened.page.locator('pt-lab-card').first().waitFor();
      return opened;
    },
  };
}

/** @param {Page} page @param {string} id */
export function cardOf(page, id) {
  return page.locator(`[data-case="${id}"]`);
}

/** Waits for an outcome with this provenance. @param {Locator} card @param {RegExp} from */
export async function outcomeOf(card, from) {
  await card.locator('.provenance', { hasText: from }).waitFor();
  const outcome = card.locator('[data-outcome]');
  return {
    kind: await outcome.getAttribute('data-outcome'),
    codes: await outcome.locator('.codes:not(.warnings *) code').allInnerTexts(),
    text: await outcome.innerText(),
  };
}

/** The verify flags among the codes, without duplicates. @param {string[]} codes */
export function flagsIn(codes) {
  return [...new Set(codes.filter((code) => /^BAD(CERT|CRL)_/.test(code)))].sort();
}
