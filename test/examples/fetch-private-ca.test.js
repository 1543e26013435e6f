/** The example fetch-private-ca in Chromium, as `npm start` serves it, with its nginx. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { startInspector } from '../../scripts/start.js';
import { axeViolations } from '../helpers/axe.js';
import { newPage, startChromium } from '../helpers/page.js';
import { certificates } from '../helpers/fetch.js';

/** @type {Awaited<ReturnType<typeof startChromium>>} */
let browser;
/** @type {import('../../scripts/start.js').Inspector} */
let inspector;
/** @type {Awaited<ReturnType<typeof newPage>> | undefined} */
let open;

before(async () => {
  browser = await startChromium();
  inspector = await startInspector({ port: 0, examples: true });
});
after(async () => {
  await browser?.close();
  await inspector?.close();
});
afterEach(async () => {
  await open?.close();
  open = undefined;
});

/** @param {import('playwright-core').BrowserContextOptions} [options] */
async function openExample(options) {
  open = await newPage(browser, options);
  const { page } = open;
  await page.goto(`${inspector.url}examples/`);
  await page.getByRole('link', { name: 'private CA' }).click();
  const button = page.getByRole('button', { name: 'Fetch' });
  await page.locator('button:enabled').waitFor(); // the page has its configuration
  /** Presses the button and reads what the page shows then. */
  const send = async () => {
    await page.locator('section h2').evaluate((title) => (title.textContent = ''));
    await button.click();
    await page.locator('section h2:not(:empty)').waitFor();
    const [title, headers, body] = await Promise.all(
      ['h2', '#headers', '#body'].map((selector) => page.locator(`section ${selector}`).textContent()),
    );
    return { title, headers, body };
  };
  return { page, send };
}

describe('fetch() past a private CA', () => {
  test('reads what no browser would, decoded', async () => {
    const { send } = await openExample();
    const { title, headers, body } = await send();
    assert.equal(title, '200 OK');
    assert.match(headers ?? '', /^content-encoding: gzip$/m);
    assert.equal(JSON.parse(body ?? '')[1].item, 'A secret');
    assert.deepEqual(open?.complaints, []);
  });

  test('writes, and reads and deletes what it wrote', async () => {
    const { page, send } = await openExample();
    await page.getByLabel('Method').selectOption('PUT');
    await page.locator('[name=body]').fill('A new note.');
    assert.equal((await send()).title, '201 Created');
    const address = await page.getByLabel('URL').inputValue();
    await page.getByLabel('Method').selectOption('GET');
    await page.getByLabel('URL').fill(address);
    assert.equal((await send()).body, 'A new note.');
    await page.getByLabel('Method').selectOption('DELETE');
    assert.equal((await send()).title, '204 No Content');
    await page.getByLabel('Method').selectOption('GET');
    await page.getByLabel('URL').fill(address);
    assert.equal((await send()).title, '404 Not Found');
    assert.deepEqual(open?.complaints, []);
  });

  test('says what is wrong with another CA, no CA, and other addresses', async () => {
    const { page, send } = await openExample();
    const ca = page.getByLabel('The CA’s certificate in PEM');
    const own = await ca.inputValue();
    await page.locator('summary').click();
    await ca.fill(certificates.roots);
    const untrusted = await send();
    assert.equal(untrusted.title, 'It failed');
    assert.match(untrusted.headers ?? '', /CN=Example private CA/);
    assert.match(untrusted.body ?? '', /trust anchor/);
    await ca.fill('');
    assert.equal((await send()).title, 'It failed');
    await ca.fill(own);
    await page.getByLabel('URL').fill('http://127.0.0.1/');
    assert.match((await send()).headers ?? '', /https: URLs only/);
    assert.deepEqual(open?.complaints, []);
  });

  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    for (const width of [1280, 320]) {
      test(`is accessible and fits, ${colorScheme}, ${width} pixels wide`, async () => {
        const { page, send } = await openExample({ colorScheme, viewport: { width, height: 800 } });
        await send();
        await page.locator('summary').click();
        assert.deepEqual(await axeViolations(page), []);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(overflow <= 0, `${overflow} pixels too wide`);
        if (process.env.SCREENSHOTS) {
          await page.screenshot({ path: `${process.env.SCREENSHOTS}/${colorScheme}-${width}.png`, fullPage: true });
        }
      });
    }
  }
});
