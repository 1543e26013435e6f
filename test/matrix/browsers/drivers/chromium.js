/** Chromium, by Playwright. */
import { existsSync } from 'node:fs';
import { CHROMIUM, newPage, startChromium } from '../../../helpers/page.js';

/** @typedef {import('./index.js').Browser} Browser */

export const skip = existsSync(CHROMIUM) ? false : `${CHROMIUM} does not exist (Debian's package chromium)`;

/** @returns {Promise<Browser>} */
export async function start() {
  const browser = await startChromium();
  return {
    version: browser.version(),
    async open(url) {
      const { page, close } = await newPage(browser);
      await page.goto(url);
      return {
        goto: async (other) => void (await page.goto(other)),
        call: (name, ...args) =>
          page.evaluate(({ name, args }) => /** @type {any} */ (globalThis).callable[name](...args), { name, args }),
        setOffline: (offline) => page.context().setOffline(offline),
        close,
      };
    },
    close: () => browser.close(),
  };
}
