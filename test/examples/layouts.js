/** Tests of how an example's page looks: light and dark, wide and narrow. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axeViolations } from '../helpers/axe.js';

/** @typedef {import('playwright-core').BrowserContextOptions} Options */

/**
 * Tests that the page is accessible and not too wide. With SCREENSHOTS, a folder, it writes pictures there.
 * @param {string} title of the tests
 * @param {string} name of the pictures
 * @param {(options: Options) => Promise<{page: import('playwright-core').Page, complaints: string[]}>} open shows all of it
 */
export function testLayouts(title, name, open) {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    for (const width of [1280, 320]) {
      test(`${title}, ${colorScheme}, ${width} pixels wide`, async () => {
        const { page, complaints } = await open({ colorScheme, viewport: { width, height: 800 } });
        assert.deepEqual(await axeViolations(page), []);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(overflow <= 0, `${overflow} pixels too wide`);
        assert.deepEqual(complaints, []);
        if (process.env.SCREENSHOTS) {
          const path = `${process.env.SCREENSHOTS}/${name}-${colorScheme}-${width}.png`;
          await page.screenshot({ path, fullPage: true });
        }
      });
    }
  }
}
