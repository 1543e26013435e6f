/** Chromium for tests: one browser per test file, a new context per page, and no traffic beyond loopback. */
import { chromium } from 'playwright-core';

export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Default timeout for anything a page does, in milliseconds. */
export const PAGE_TIMEOUT = 20_000;

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Playwright creates a separate user data directory. */
export function startChromium() {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS, timeout: PAGE_TIMEOUT });
}

/**
 * Opens a page in a new context. `complaints` collects console errors and warnings, uncaught exceptions, failed requests
 * and responses with a status of 400 or more.
 * @param {import('playwright-core').Browser} browser
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(PAGE_TIMEOUT);
  /** @type {string[]} */
  const complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('requestfailed', (request) => {
    const failure = request.failure()?.errorText;
    const left = failure === 'net::ERR_ABORTED' && request.url().endsWith('/icon.svg'); // a page that is left cancels it
    if (!left) complaints.push(`${request.url()}: ${failure}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.url()}: ${response.status()}`);
  });
  return { page, complaints, close: () => context.close() };
}

/**
 * Calls a function of a module in test/fixtures, in the page itself or in a worker of it.
 * @param {import('playwright-core').Page} page of a site that serves /test/fixtures/
 * @param {'window' | 'worker'} place
 * @param {string} file of the module
 * @param {string} name of the function, which is exported
 * @param {...unknown} args
 * @returns {Promise<any>} its result, as data
 */
export function callIn(page, place, file, name, ...args) {
  const given = { module: `/test/fixtures/${file}`, name, args };
  return place === 'window'
    ? page.evaluate(async ({ module, name, args }) => (await import(module))[name](...args), given)
    : page.evaluate(
        (message) =>
          new Promise((resolve, reject) => {
            const worker = new Worker('/test/fixtures/call-worker.js', { type: 'module' });
            worker.onmessage = ({ data }) => {
              worker.terminate();
              if (data.failed) reject(new Error(data.failed));
              else resolve(data.result);
            };
            worker.onerror = (event) => reject(new Error(event.message));
            worker.postMessage(message);
          }),
        given,
      );
}
