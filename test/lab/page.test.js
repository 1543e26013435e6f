/** The lab's page in Chromium: with the real bridge and servers, and as a static site without them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { describe, test } from 'node:test';
import { CONTENT_SECURITY_POLICY } from '../../scripts/serve.js';
import { buildSite, SITE } from '../../scripts/site.js';
import { axeViolations } from '../helpers/axe.js';
import { cardOf, flagsIn, labPages, LIVE, OFFLINE, outcomeOf } from '../helpers/lab-page.js';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('../../inspector/src/types.js').LabIndex} LabIndex */

const { index: readIndex, visit } = labPages();

/**
 * Presses a button of each card in turn and waits for its outcome. Runs in the page, which is much faster than a hundred
 * round trips.
 * @param {Page} page
 * @param {string[]} ids
 * @param {'Connect' | 'Check offline'} button
 */
async function press(page, ids, button) {
  return page.evaluate(
    async ({ wanted, label }) => {
      const found = [];
      for (const id of wanted) {
        const card = document.querySelector(`[data-case="${id}"]`);
        const press = (/** @type {string} */ text) =>
          [...(card?.querySelectorAll('button') ?? [])].find((one) => one.textContent?.trim() === text)?.click();
        press(label);
        const limit = performance.now() + 20_000;
        for (let outcome; !outcome;) {
          if (performance.now() > limit) throw new Error(`${id} has no outcome`);
          await new Promise((resolve) => {
            requestAnimationFrame(resolve);
          });
          outcome = card?.querySelector('[data-outcome]');
          if (id === 'silent') press('Cancel');
        }
        const texts = (/** @type {string} */ selector) =>
          [...(card?.querySelectorAll(selector) ?? [])].map((one) => one.textContent?.trim() ?? '');
        found.push({
          id,
          kind: card?.querySelector('[data-outcome]')?.getAttribute('data-outcome'),
          from: texts('.provenance').join(),
          text: texts('.short-outcome').join(),
          codes: texts('.short-outcome .codes:not(.warnings *) code'),
          programs: texts('.opinions strong'),
          words: texts('.opinions pre'),
        });
        card?.querySelector('h3')?.querySelector('button')?.click(); // a hundred open cards make the page slow
      }
      return found;
    },
    { wanted: ids, label: button },
  );
}

/** @param {LabIndex} index @param {string} id */
function caseOf({ cases }, id) {
  const found = cases.find((one) => one.id === id);
  assert.ok(found, id);
  return found;
}

describe('every case', () => {
  test('has its declared outcome when connected', async () => {
    const index = readIndex();
    const { page, complaints } = await visit();
    const ids = index.cases.map(({ id }) => id);
    const found = await press(page, ids, 'Connect');
    assert.equal(found.length, index.cases.length);
    for (const { id, kind, codes, text, from } of found) {
      const { expected, flags, error, code } = caseOf(index, id);
      assert.match(from, LIVE, id);
      if (id === 'silent') {
        assert.equal(kind, 'cancelled');
        continue;
      }
      assert.equal(kind, { good: 'good', bad: 'bad', fails: 'error' }[expected], `${id}: ${text}`);
      assert.deepEqual(flagsIn(codes), flags.toSorted(), id);
      if (code) assert.ok(codes.includes(code), `${id}: ${codes}`);
      assert.equal(codes.includes('ERR_TLS_CERT_PARSE'), error !== null, id);
      if (expected !== 'good') assert.match(text, /What to do: /, id);
    }
    // Chromium calls it a failure when Cancel, for the silent server, comes before the WebSocket is open.
    const others = complaints.filter((text) => !text.includes('closed before the connection is established'));
    assert.deepEqual(others, []);
  });

  test('has its declared flags when checked offline, next to the results of OpenSSL and GnuTLS', async () => {
    const index = readIndex();
    const { page, complaints } = await visit();
    /** @type {string[]} */
    const sockets = [];
    page.on('websocket', (socket) => sockets.push(socket.url()));
    const ids = index.cases.filter(({ hasChain }) => hasChain).map(({ id }) => id);
    for (const { id, kind, codes, text, from, programs, words } of await press(page, ids, 'Check offline')) {
      const { flags, error, opinions } = caseOf(index, id);
      assert.match(from, OFFLINE, id);
      assert.equal(kind, flags.length === 0 && error === null ? 'good' : 'bad', `${id}: ${text}`);
      assert.deepEqual(flagsIn(codes), flags.toSorted(), id);
      assert.deepEqual(
        programs.map((program, at) => [program, words[at]]),
        opinions.map((opinion) => [opinion.program, opinion.message]),
        id,
      );
    }
    assert.deepEqual(sockets, [], 'no connection was made');
    assert.deepEqual(complaints, []);
  });

  test('says how its problem reaches the client', async () => {
    const index = readIndex();
    const { page } = await visit();
    const badges = async (/** @type {string} */ id) => cardOf(page, id).locator('.badge').innerText();
    assert.equal(await badges('expired'), 'Live server');
    assert.equal(await badges('not-a-certificate'), 'Substituted by a relay, TLS 1.2');
    assert.equal(await badges('hangs-up'), 'Handshake');
    assert.equal(await badges('altered-hello'), 'Tampering relay');
    const never = page.locator('.case-never');
    assert.equal(await never.count(), index.unreachable.flags.length + index.unreachable.errors.length);
    for (const text of await never.allInnerTexts()) assert.match(text, /Cannot happen[^]*Why not: [A-Z]/);
  });
});

test('the filter counts the cases that it shows', async () => {
  const index = readIndex();
  const { page } = await visit();
  const shown = page.locator('.case:visible');
  const total = index.cases.length;
  const never = index.unreachable.flags.length + index.unreachable.errors.length;
  const count = page.locator('[data-count]');
  assert.match(await count.innerText(), new RegExp(`^${total} of ${total} cases, ${never} of ${never} `));
  await page.getByLabel('Search').fill('wildcard two');
  assert.match(await count.innerText(), /^1 of /);
  assert.equal(await shown.count(), 1);
  await page.getByLabel('Search').fill('');
  await page.getByLabel('Flag or error').selectOption('BADCERT_BAD_MD');
  assert.equal(await shown.count(), index.cases.filter(({ flags }) => flags.includes('BADCERT_BAD_MD')).length);
  await page.getByLabel('Flag or error').selectOption('BADCERT_MISSING');
  assert.equal(await shown.count(), 1);
  await page.getByLabel('Flag or error').selectOption('');
  await page.getByLabel('Outcome').selectOption('fails');
  assert.equal(await shown.count(), index.cases.filter(({ expected }) => expected === 'fails').length);
  assert.equal(await page.locator('h2:visible').count(), 2);
});

/** A static file server that sends no policy header. */
async function startStaticServer() {
  const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://x/').pathname;
    const body = await readFile(join(SITE, path)).catch(() => null);
    const type = /** @type {Record<string, string>} */ (types)[extname(path)] ?? 'application/octet-stream';
    response.writeHead(body ? 200 : 404, { 'Content-Type': path.endsWith('.wasm') ? 'application/wasm' : type });
    response.end(body ?? 'none');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

test('a link to a group scrolls there, also from the inspector’s note on the bridge', async () => {
  const { page } = await visit('#group-tampered-with-in-transit');
  await page.waitForFunction(() => scrollY > 0);
  assert.ok(await page.locator('#group-tampered-with-in-transit').isVisible());
  await page.goto(page.url().replace(/lab\.html.*/, ''));
  await page.locator('.more-options > summary').click();
  await page.locator('#bridge-note a').click();
  await page.waitForFunction(() => location.pathname.endsWith('lab.html') && scrollY > 0);
});

describe('the static site', () => {
  test('verifies every chain without a bridge, under the policy in the page, and says that it is offline', async () => {
    await buildSite();
    const plain = await startStaticServer();
    try {
      const { page, complaints, response } = await visit('#expired', {}, plain.url);
      assert.equal(response?.headers()['content-security-policy'], undefined);
      const card = cardOf(page, 'expired');
      const { codes } = await outcomeOf(card, OFFLINE);
      assert.deepEqual(flagsIn(codes), ['BADCERT_EXPIRED']);
      await page.getByText('No live servers here').waitFor();
      assert.equal(await page.getByRole('button', { name: /^Connect:/ }).count(), 0);
      assert.match(await card.innerText(), /This page has no live server for it/);
      assert.equal(await card.locator('.badge').innerText(), 'Offline only');
      assert.equal(await cardOf(page, 'hangs-up').locator('.badge').innerText(), 'Needs a live server');
      assert.equal(await page.getByText('Live server', { exact: true }).count(), 0);
      await cardOf(page, 'hangs-up').locator('h3 button').click();
      assert.match(await cardOf(page, 'hangs-up').innerText(), /What to do: Often it is not a TLS server/);
      assert.equal(await page.locator('pt-lab-tamper').count(), 0);
      await card.getByLabel('Mozilla’s root list').check();
      await card.locator('[data-outcome=bad]', { hasText: 'BADCERT_NOT_TRUSTED' }).waitFor();
      assert.deepEqual(complaints, []);
      // The policy in the page applies: an inline script does not run.
      const ran = await page.evaluate(() => {
        const script = document.createElement('script');
        script.textContent = 'window.ranInline = true';
        document.head.append(script);
        return 'ranInline' in window;
      });
      assert.equal(ran, false);
    } finally {
      await plain.close();
    }
  });
});

describe('the page', () => {
  test('is served with the policy, and obeys it', async () => {
    const { response, complaints } = await visit();
    assert.equal(response?.headers()['content-security-policy'], CONTENT_SECURITY_POLICY);
    assert.deepEqual(complaints, []);
  });

  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    test(`has no axe violations, ${colorScheme}`, async () => {
      const { page } = await visit('', { colorScheme });
      for (const id of ['expired', 'good-p256', 'revoked', 'not-a-certificate', 'altered-data']) {
        await cardOf(page, id).getByRole('button', { name: 'Check offline' }).click();
        await outcomeOf(cardOf(page, id), OFFLINE);
      }
      const good = cardOf(page, 'good-p256');
      await good.getByText('Tamper with a byte').click();
      await good.getByRole('button', { name: 'Connect to record bytes' }).click();
      await good.getByRole('button', { name: 'Connect again' }).click();
      await good.locator('[data-tamper]').waitFor();
      const failing = cardOf(page, 'altered-hello');
      await failing.getByRole('button', { name: /^Connect:/ }).click();
      await outcomeOf(failing, LIVE);
      await page.waitForFunction(() => document.getAnimations().length === 0); // colours differ during transitions
      assert.deepEqual(await axeViolations(page), []);
    });
  }

  for (const width of [360, 768, 1920]) {
    test(`fits ${width} pixels with everything open`, async () => {
      const { page } = await visit('', { viewport: { width, height: 800 } });
      for (const id of ['good-rich', 'long-chain', 'date-malformed', 'crl-unknown-critical']) {
        await cardOf(page, id).getByRole('button', { name: 'Check offline' }).click();
        await outcomeOf(cardOf(page, id), OFFLINE);
      }
      const card = cardOf(page, 'good-rich');
      await card.getByText('Tamper with a byte').click();
      await card.getByRole('button', { name: 'Connect to record bytes' }).click();
      await card.getByRole('button', { name: 'Connect again' }).click();
      await card.locator('[data-tamper]').waitFor();
      const { whole, visible } = await page.evaluate(() => ({
        whole: document.documentElement.scrollWidth,
        visible: document.documentElement.clientWidth,
      }));
      assert.ok(whole <= visible, `${whole} pixels wide`);
    });
  }

  test('works with the keyboard alone', async () => {
    const index = readIndex();
    const { page } = await visit();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Skip to the cases');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter'); // the first card
    const card = cardOf(page, index.cases[0].id);
    assert.equal((await outcomeOf(card, OFFLINE)).kind, 'good');
    const slider = card.getByLabel('Clock');
    await slider.focus();
    await page.keyboard.press('End');
    await card.locator('[data-outcome=bad]', { hasText: 'BADCERT_EXPIRED' }).waitFor();
    await page.keyboard.press('Home');
    await card.locator('[data-outcome=bad]', { hasText: 'BADCERT_FUTURE' }).waitFor();
  });

  test('labels every button differently for screen readers', async () => {
    const { page } = await visit();
    const names = await page
      .locator('.case-actions button')
      .evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label') ?? button.textContent));
    assert.ok(names.length > 150);
    assert.equal(new Set(names).size, names.length);
  });

  test('announces the outcome to screen readers', async () => {
    const { page } = await visit('#wrong-host');
    const status = page.locator('pt-lab > [role=status]');
    await status.getByText('Not trusted: the certificate of wrong-host.pagetls.test is not for this name.').waitFor();
    await cardOf(page, 'wrong-host').getByRole('button', { name: 'other.pagetls.test' }).click();
    await status.getByText('Valid certificate for other.pagetls.test').waitFor();
  });
});
