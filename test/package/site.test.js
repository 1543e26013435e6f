/** The static site as an operator deploys it: files on a plain nginx, and a bridge with another origin. */
import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startBridge } from '../../scripts/bridge.js';
import { findProgram } from '../../scripts/run.js';
import { startLab } from '../../scripts/lab.js';
import { PAGE_POLICY } from '../../scripts/serve.js';
import { buildSite } from '../../scripts/site.js';
import { newPage, startChromium } from '../helpers/page.js';
import { directoryOf, start, startOnFreePort } from '../helpers/servers.js';

/** nginx that only serves a folder. @param {string} folder */
function startPlainNginx(folder) {
  return startOnFreePort(async (port) => {
    const directory = await directoryOf({});
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const lines = [
      ...(process.getuid?.() === 0 ? ['user root;'] : []),
      ...['daemon off;', 'master_process off;', 'pid nginx.pid;', 'error_log stderr info;', 'events {}', 'http {'],
      ...temporary.map((name) => `${name}_temp_path ${directory}/${name};`),
      ...['access_log off;', 'include /etc/nginx/mime.types;', 'server {', `listen 127.0.0.1:${port};`],
      ...[`root ${folder};`, '}', '}'],
    ];
    await writeFile(join(directory, 'nginx.conf'), `${lines.join('\n')}\n`);
    const args = ['-e', 'stderr', '-p', directory, '-c', join(directory, 'nginx.conf')];
    return start(findProgram('nginx') ?? 'nginx', args, directory);
  }, /using the "\w+" event method/);
}

describe('the static site under nginx', () => {
  /** @type {Awaited<ReturnType<typeof startChromium>>} */
  let browser;
  /** @type {Awaited<ReturnType<typeof startPlainNginx>>} */
  let nginx;
  /** @type {Awaited<ReturnType<typeof startLab>>} */
  let lab;
  /** @type {string} */
  let folder;
  /** @type {string} */
  let url;
  before(async () => {
    browser = await startChromium();
    folder = await directoryOf({});
    await cp(await buildSite(), folder, { recursive: true });
    nginx = await startPlainNginx(folder);
    url = `http://127.0.0.1:${nginx.port}`;
    lab = await startLab();
  });
  after(async () => {
    await browser?.close();
    await lab?.close();
    await nginx?.close();
  });

  test('includes its CSP in the pages, and verifies without a bridge', async () => {
    const { page, complaints, close } = await newPage(browser);
    const response = await page.goto(`${url}/lab.html`);
    assert.equal(response?.headers()['content-security-policy'], undefined);
    assert.equal(await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content'), PAGE_POLICY);
    await page.goto(`${url}/lab.html#expired`);
    await page.getByText('Verified in this page from the lab’s files').first().waitFor();
    assert.deepEqual(complaints, []);
    await close();
  });

  test("shows the lab's chains in the inspector, marked as not live", async () => {
    const { page, complaints, close } = await newPage(browser);
    await page.goto(`${url}/#expired.pagetls.test`);
    await page.locator('[data-outcome="bad"]', { hasText: 'BADCERT_EXPIRED' }).waitFor();
    await page.getByText('Verified in this page from the lab’s files').waitFor();
    assert.equal(await page.locator('.step').count(), 3);
    assert.equal(await page.locator('.connection, .wire').count(), 0);
    await page.locator('.settings-box > summary').click();
    await page.getByLabel('Time (UTC)', { exact: true }).fill('2020-06-01T00:00:00');
    await page.locator('[data-outcome="good"]').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Connect again' }).count(), 0);
    assert.equal(await page.getByRole('button', { name: 'command' }).count(), 0);
    await page.goto(`${url}/#wrong-host.pagetls.test`);
    await page.locator('[data-outcome="bad"]', { hasText: 'BADCERT_CN_MISMATCH' }).waitFor();
    await page.goto(`${url}/#hangs-up.pagetls.test`);
    await page
      .locator('[data-outcome="error"]', { hasText: 'No server is running for hangs-up.pagetls.test' })
      .waitFor();
    assert.deepEqual(complaints, []);
    await close();
  });

  test('uses a bridge of another origin that allows this site, entered in the page or set in config.json', async () => {
    const target = lab.targets['good-p256'];
    const bridge = await startBridge({ origins: [url], allowTargets: [target] });
    const config = join(folder, 'config.json');
    const before = await readFile(config, 'utf8');
    try {
      const { page, complaints, close } = await newPage(browser);
      await page.goto(`${url}/#${target}`);
      await page.locator('[data-outcome="error"]', { hasText: 'bridge' }).waitFor();
      await page.getByLabel('Bridge', { exact: true }).fill(`${bridge.url}/`);
      await page.getByRole('button', { name: 'Connect', exact: true }).click();
      await page.locator('[data-outcome="bad"]', { hasText: 'trust anchor' }).waitFor();
      await writeFile(config, JSON.stringify({ ...JSON.parse(before), bridge: `${bridge.url}/` }));
      await page.goto(`${url}/?again#${target}&at=2026-06-15T12:00:00Z`);
      await page.locator('[data-outcome="bad"]', { hasText: 'trust anchor' }).waitFor();
      assert.deepEqual(complaints, []);
      await close();
    } finally {
      await writeFile(config, before);
      await bridge.close();
    }
  });

  test('asks whether the bridge allows this site if it cannot be reached', async () => {
    const bridge = await startBridge({ origins: ['http://elsewhere.test'], allowTargets: [lab.targets['good-p256']] });
    try {
      const { page, close } = await newPage(browser);
      await page.goto(url);
      await page.getByLabel('Server', { exact: true }).fill(lab.targets['good-p256']);
      await page.getByLabel('Bridge', { exact: true }).fill(`${bridge.url}/`);
      await page.getByRole('button', { name: 'Connect', exact: true }).click();
      await page.locator('[data-outcome="error"]', { hasText: 'allows this page' }).waitFor();
      await close();
    } finally {
      await bridge.close();
    }
  });
});
