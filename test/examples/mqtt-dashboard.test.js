/** The example mqtt-dashboard in Chromium, as `npm start` serves it, with its Mosquitto and its sensor. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runOrFail } from '../../scripts/run.js';
import { certificates } from '../helpers/fetch.js';
import { inspectorPages } from '../helpers/inspector-pages.js';
import { directoryOf } from '../helpers/servers.js';
import { testLayouts } from './layouts.js';

const site = inspectorPages({ examples: true });

/** @param {import('playwright-core').BrowserContextOptions} [options] */
async function openDashboard(options) {
  const opened = await site.visit('examples/', options);
  const { page } = opened;
  await page.getByRole('link', { name: 'MQTT dashboard' }).click();
  await page.locator('#connection button:enabled').waitFor(); // the page has its configuration
  const toggle = page.locator('#connection button');
  /** Presses the button, and waits until the server has said yes. */
  const connect = async () => {
    await toggle.click();
    await page.getByRole('status').getByText('Connected').waitFor();
  };
  /** Presses the button, and reads the problem that comes. */
  const fail = async () => {
    await toggle.click();
    await page.locator('#problem:not(:empty)').waitFor();
    assert.equal(await toggle.textContent(), 'Connect');
    return (await page.locator('#problem').textContent()) ?? '';
  };
  /** @param {string} topic */
  const row = (topic) => page.getByRole('row').filter({ has: page.getByRole('cell', { name: topic, exact: true }) });
  return { ...opened, connect, fail, row, toggle };
}

const config = async () => (await fetch(`${site.url}examples/mqtt-dashboard/config.json`)).json();

describe('the MQTT dashboard', () => {
  test('shows topics as they change', async () => {
    const { connect, row, complaints } = await openDashboard();
    await connect();
    const cells = row('sensors/hall/temperature').getByRole('cell');
    await cells
      .nth(2)
      .getByText(/^[3-9]$|^\d\d+$/)
      .waitFor();
    assert.match((await cells.nth(1).textContent()) ?? '', /^\d\d\.\d$/);
    assert.deepEqual(complaints, []);
  });

  test('publishes to other pages, as text', async () => {
    const [one, other] = [await openDashboard(), await openDashboard()];
    await one.connect();
    await other.connect();
    for (const message of ['first', '<img src=x onerror="document.title=1"> & ü', 'x'.repeat(5000)]) {
      await one.page.getByLabel('Message', { exact: true }).fill(message);
      await one.page.getByRole('button', { name: 'Publish' }).click();
      const shown = message.length > 200 ? `${message.slice(0, 200)}…` : message;
      for (const { row } of [one, other]) {
        await row('notes/page').getByRole('cell', { name: shown, exact: true }).waitFor();
      }
    }
    assert.equal(await other.page.locator('td img').count(), 0);
    assert.deepEqual([...one.complaints, ...other.complaints], []);
  });

  test('shows no more than 100 topics', async () => {
    const { page, connect, complaints } = await openDashboard();
    await connect();
    const publish = page.getByRole('button', { name: 'Publish' });
    for (let i = 0; i < 101; i++) {
      await page.getByLabel('Topic', { exact: true }).fill(`many/${i}`);
      await publish.click();
    }
    await page.getByText('more than 100 topics').waitFor();
    assert.equal(await page.locator('tbody tr').count(), 100);
    assert.deepEqual(complaints, []);
  });

  test('takes an identity from files: PEM in two, or PKCS #12 with a passphrase', async () => {
    const { page, connect, fail, toggle, complaints } = await openDashboard();
    const { identity } = await config();
    const [certificate, key] = identity.split(/(?=-----BEGIN PRIVATE KEY)/);
    const folder = await directoryOf({ 'me.pem': certificate, 'me.key': key });
    await runOrFail(
      'Making PKCS #12',
      'openssl',
      ['pkcs12', '-export', '-in', 'me.pem', '-inkey', 'me.key', '-out', 'me.p12', '-passout', 'pass:secret'],
      { cwd: folder },
    );
    await page.getByText('Certificates', { exact: true }).click();
    await page.getByLabel('the example’s own').uncheck();
    const files = page.getByLabel('Your certificate and key');
    await files.setInputFiles([`${folder}/me.pem`, `${folder}/me.key`]);
    await connect();
    await toggle.click();
    await files.setInputFiles(`${folder}/me.p12`);
    assert.match(await fail(), /passphrase/);
    await page.getByLabel('Passphrase').fill('secret');
    await connect();
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#own').click()]);
    assert.equal(download.suggestedFilename(), 'dashboard.pem');
    assert.deepEqual(complaints, []);
  });

  test('says that a certificate is missing, or a CA, and connects when it is there', async () => {
    const { page, connect, fail, complaints } = await openDashboard();
    await page.getByText('Certificates', { exact: true }).click();
    await page.getByLabel('the example’s own').uncheck();
    assert.match(await fail(), /client certificate/);
    await page.getByLabel('the example’s own').check();
    const ca = page.getByLabel('The CA’s certificate');
    const own = await ca.inputValue();
    await ca.fill(certificates.roots);
    assert.match(await fail(), /trust anchor/);
    await ca.fill(own);
    await connect();
    assert.equal(await page.locator('#problem').textContent(), '');
    assert.deepEqual(complaints, []);
  });

  testLayouts('is accessible by keyboard and fits', 'mqtt', async (options) => {
    const opened = await openDashboard(options);
    const { page, row, toggle } = opened;
    await page.locator('summary').press('Enter');
    await toggle.press('Enter');
    await page.getByRole('status').getByText('Connected').waitFor();
    await page.getByLabel('Message', { exact: true }).fill(`A longer message https://a.example/${'x'.repeat(60)}`);
    await page.getByLabel('Message', { exact: true }).press('Enter');
    await row('notes/page').waitFor();
    await row('sensors/hall/temperature').waitFor();
    return opened;
  });
});
