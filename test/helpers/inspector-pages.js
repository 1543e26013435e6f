/** The site of `npm start` in Chromium: one browser and set of servers per test file, new pages per test. */
import { after, afterEach, before } from 'node:test';
import { startInspector } from '../../scripts/start.js';
import { newPage, startChromium } from './page.js';

/** @typedef {Partial<Parameters<typeof startInspector>[0]>} Options */

/**
 * Starts browser and servers before the tests of the calling file, and stops them afterwards.
 * @param {Options | (() => Promise<Options>)} [options] a function can start first what the options name
 */
export function inspectorPages(options) {
  /** @type {Awaited<ReturnType<typeof startChromium>>} */
  let browser;
  /** @type {import('../../scripts/start.js').Inspector} */
  let inspector;
  /** @type {Awaited<ReturnType<typeof newPage>>[]} */
  const open = [];

  before(async () => {
    browser = await startChromium();
    inspector = await startInspector({ port: 0, ...(typeof options === 'function' ? await options() : options) });
  });
  after(async () => {
    await browser?.close();
    await inspector?.close();
  });
  afterEach(async () => {
    for (const opened of open.splice(0)) await opened.close();
  });

  /** Opens a new page, closed after the test. @param {import('playwright-core').BrowserContextOptions} [options] */
  async function openPage(options) {
    const opened = await newPage(browser, options);
    open.push(opened);
    return opened;
  }

  return {
    openPage,

    /** The site's address, once the tests run. */
    get url() {
      return inspector.url;
    },

    /**
     * Loads this path in a new page.
     * @param {string} path
     * @param {import('playwright-core').BrowserContextOptions} [options]
     * @param {string} [url] of the site; default: that of `npm start`
     */
    async visit(path, options, url = inspector.url) {
      const opened = await openPage(options);
      const response = await opened.page.goto(`${url}${path}`);
      return { ...opened, response };
    },
  };
}
