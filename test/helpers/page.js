/** Chromium for tests: one browser a test file, a fresh context for each page, and nothing it does goes beyond loopback. */
import { chromium } from 'playwright-core';

const PROGRAM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** How long a page may take over anything, in milliseconds, unless a test says otherwise. */
export const LIMIT = 20_000;

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Playwright gives it a user-data-dir of its own. */
export function startChromium() {
  return chromium.launch({ executablePath: PROGRAM, args: ARGUMENTS, timeout: LIMIT });
}

/**
 * A page in a context of its own. Whatever it complains of is kept: errors and warnings on its console, exceptions
 * that nobody caught, requests that failed, and answers that are not good.
 * @param {import('playwright-core').Browser} browser
 * @param {import('playwright-core').BrowserContextOptions} [options]
 */
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(LIMIT);
  /** @type {string[]} */
  const complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('requestfailed', (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.url()}: ${response.status()}`);
  });
  return { page, complaints, close: () => context.close() };
}
