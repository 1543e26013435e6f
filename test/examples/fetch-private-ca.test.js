/** The example fetch-private-ca in Chromium, as `npm start` serves it, with its nginx. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { certificates } from '../helpers/fetch.js';
import { inspectorPages } from '../helpers/inspector-pages.js';
import { testLayouts } from './layouts.js';

const site = inspectorPages({ examples: true });

/** @param {import('playwright-core').BrowserContextOptions} [options] */
async function openExample(options) {
  const { page, complaints } = await site.visit('examples/', options);
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
  return { page, complaints, send };
}

describe('fetch() past a private CA', () => {
  test('reads what no browser would, decoded', async () => {
    const { send, complaints } = await openExample();
    const { title, headers, body } = await send();
    assert.equal(title, '200 OK');
    assert.match(headers ?? '', /^content-encoding: gzip$/m);
    assert.equal(JSON.parse(body ?? '')[1].item, 'A secret');
    assert.deepEqual(complaints, []);
  });

  test('writes, and reads and deletes what it wrote', async () => {
    const { page, send, complaints } = await openExample();
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
    assert.deepEqual(complaints, []);
  });

  test('says what is wrong with another CA, no CA, and other addresses', async () => {
    const { page, send, complaints } = await openExample();
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
    assert.deepEqual(complaints, []);
  });

  testLayouts('is accessible and fits', 'fetch', async (options) => {
    const opened = await openExample(options);
    await opened.send();
    await opened.page.locator('summary').click();
    return opened;
  });
});
