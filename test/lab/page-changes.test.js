/** Changes in the lab's page and their effect: the settings of a case, tampering with a byte, the URL. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { cardOf, flagsIn, labPages, LIVE, OFFLINE, outcomeOf, REVERIFIED } from '../helpers/lab-page.js';

/** @typedef {import('playwright-core').Locator} Locator */

const { visit } = labPages();

describe('the settings of a case', () => {
  const days = (/** @type {string} */ date) => String(Date.parse(date) / 86_400_000);

  test('change the clock by slider, date and key, update the URL, and can be reset', async () => {
    const { page, complaints } = await visit('#expired');
    const card = cardOf(page, 'expired');
    await outcomeOf(card, OFFLINE);
    const slider = card.getByLabel('Clock');
    await slider.fill(days('2021-06-01'));
    await card.locator('[data-outcome=good]').waitFor();
    assert.match(await card.locator('.opinions').innerText(), /not for your changes/);
    assert.match(String(await slider.getAttribute('aria-valuetext')), /^1 Jun 2021$/);
    await page.waitForURL(/#expired\?at=2021-06-01T12%3A00%3A00Z$/);
    await slider.fill(days('2021-12-31'));
    await slider.press('ArrowRight');
    await card.locator('[data-outcome=bad]', { hasText: 'valid until 2021-12-31' }).waitFor();
    await card.getByLabel('Day').fill('2019-05-05');
    await card.locator('[data-outcome=bad]', { hasText: 'BADCERT_FUTURE' }).waitFor();
    await card.getByRole('button', { name: 'Reset' }).click();
    await card.locator('[data-outcome=bad]', { hasText: 'BADCERT_EXPIRED' }).waitFor();
    await page.waitForURL(/#expired$/);
    assert.ok(await card.getByRole('button', { name: 'Reset' }).isDisabled());
    assert.deepEqual(complaints, []);
  });

  test('follow a drag across the whole slider without flooding the history', async () => {
    const { page, complaints } = await visit('#expired');
    const card = cardOf(page, 'expired');
    await outcomeOf(card, OFFLINE);
    const kinds = await card.getByLabel('Clock').evaluate(async (element) => {
      const slider = /** @type {HTMLInputElement} */ (element);
      const seen = new Set();
      for (let at = Number(slider.min); at <= Number(slider.max); at += 120) {
        slider.value = String(at);
        slider.dispatchEvent(new Event('input'));
        await new Promise((resolve) => {
          requestAnimationFrame(resolve);
        });
        seen.add(document.querySelector('[data-case=expired] [data-outcome]')?.getAttribute('data-outcome'));
      }
      return [...seen].sort();
    });
    assert.deepEqual(kinds, ['bad', 'good']);
    assert.deepEqual(complaints, []);
  });

  test('change the host name, typed or picked from the certificate', async () => {
    const { page, complaints } = await visit('#wrong-host');
    const card = cardOf(page, 'wrong-host');
    await outcomeOf(card, OFFLINE);
    await card.getByRole('button', { name: 'other.pagetls.test' }).click();
    await card.locator('[data-outcome=good]', { hasText: 'Valid certificate for other.pagetls.test' }).waitFor();
    const field = card.getByLabel('Host name', { exact: true });
    await field.fill('no such name');
    await card.getByText('is not a host name').waitFor();
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    await field.fill('another.test');
    await card.locator('[data-outcome=bad]', { hasText: 'another.test' }).waitFor();
    assert.equal(await field.getAttribute('aria-invalid'), 'false');
    assert.deepEqual(complaints, []);
  });

  test('change trust anchors, revocation and rules', async () => {
    const { page, complaints } = await visit('#good-p256');
    const good = cardOf(page, 'good-p256');
    for (const untrusting of ['Nothing', 'Mozilla’s root list']) {
      await good.getByLabel(untrusting).check();
      await good.locator('[data-outcome=bad]', { hasText: 'BADCERT_NOT_TRUSTED' }).waitFor();
      await good.getByLabel('The case’s own root').check();
      await good.locator('[data-outcome=good]').waitFor();
    }
    assert.equal(await good.getByLabel('the case’s CRLs').count(), 0);
    const revoked = cardOf(page, 'revoked');
    await revoked.getByRole('button', { name: 'Check offline' }).click();
    await revoked.getByLabel('the case’s CRLs').uncheck();
    await revoked.locator('[data-outcome=good]').waitFor();
    const kind = cardOf(page, 'key-kind');
    await kind.getByRole('button', { name: 'Check offline' }).click();
    await kind.getByLabel('RFC 5280 only').check();
    await kind.locator('[data-outcome=good]').waitFor();
    assert.deepEqual(complaints, []);
  });

  test('of the rules turn warnings into problems, and back', async () => {
    const { page, complaints } = await visit('#private-ca');
    const card = cardOf(page, 'private-ca');
    const valid = 'Valid certificate for private-ca.pagetls.test (rules for private CAs, 4 warnings)';
    await card.locator('[data-outcome=good]', { hasText: valid }).waitFor();
    await card.locator('.warnings summary', { hasText: '4 warnings' }).click();
    assert.equal(await card.locator('.warnings li').count(), 4);
    await card.getByLabel('Web PKI').check();
    await card.locator('[data-outcome=bad]', { hasText: 'Not trusted (Web PKI rules): ' }).waitFor();
    assert.equal(await card.locator('.short-problems > li').count(), 4);
    assert.equal(await card.locator('.warnings').count(), 0);
    await card.getByLabel('automatic').check();
    await card.locator('[data-outcome=good]', { hasText: valid }).waitFor();
    assert.deepEqual(complaints, []);
  });

  test('apply to a chain from a live connection without connecting again', async () => {
    const { page } = await visit('#expired');
    const card = cardOf(page, 'expired');
    let sockets = 0;
    page.on('websocket', () => sockets++);
    await card.getByRole('button', { name: /^Connect:/ }).click();
    await outcomeOf(card, LIVE);
    await card.getByLabel('Clock').fill(days('2021-06-01'));
    assert.equal((await outcomeOf(card, REVERIFIED)).kind, 'good');
    assert.equal(sockets, 1);
    await card.getByRole('button', { name: 'Check offline' }).click();
    assert.equal((await outcomeOf(card, OFFLINE)).kind, 'good');
    await card.getByRole('button', { name: /^Connect:/ }).click();
    assert.equal((await outcomeOf(card, LIVE)).kind, 'good', 'with the changed settings');
  });
});

describe('a byte changed in transit', () => {
  /** @param {Locator} card @param {string} record */
  async function choose(card, record) {
    const select = card.getByLabel('Record', { exact: true });
    const value = await select.locator('option', { hasText: record }).first().getAttribute('value');
    await select.selectOption(value);
  }

  /** @param {Locator} card @param {RegExp} expected */
  async function outcomeOf(card, expected) {
    await card.getByRole('button', { name: 'Connect again' }).click();
    await card.locator('[data-tamper]', { hasText: expected }).waitFor();
    return card.locator('[data-tamper]').innerText();
  }

  /** A card with a recorded connection. */
  async function recorded() {
    const { page, complaints } = await visit('#good-p256');
    const card = cardOf(page, 'good-p256');
    await card.getByText('Tamper with a byte').click();
    await card.getByRole('button', { name: 'Connect to record bytes' }).click();
    await card.getByLabel(/^Byte /).waitFor();
    return { card, complaints };
  }

  test('is detected in every record, and the page explains why the bridge need not be trusted', async () => {
    const { card, complaints } = await recorded();
    for (const [record, why] of /** @type {const} */ ([
      ['ServerHello', /not encrypted[^]*hash of all handshake messages that they sent and received/],
      ['Certificate,', /ERR_TLS_BAD_RECORD[^]*so this page discarded the record unread/],
      ['Application data', /The handshake was complete by then/],
    ])) {
      await choose(card, record);
      const text = await outcomeOf(card, why);
      assert.match(text, /This page detected the change and ended the connection: ERR_TLS_/);
      assert.match(text, /It cannot read the data, and any change to it makes the connection fail/);
    }
    await card.getByLabel('From this page to the server').check();
    await choose(card, 'ClientHello');
    await outcomeOf(card, /not encrypted/);
    await choose(card, 'Finished');
    assert.match(
      await outcomeOf(card, /the server discarded the record unread/),
      /The server detected the change[^]*bad_record_mac/,
    );
    assert.equal(await card.locator('[data-outcome]').getAttribute('data-outcome'), 'good', 'the outcome is unchanged');
    assert.deepEqual(complaints, []);
  });

  test('goes undetected where it belongs to no message, and the page says so', async () => {
    const { card } = await recorded();
    await card.getByLabel(/^Byte /).fill('2');
    assert.match(
      await card.locator('.byte-location').innerText(),
      /ServerHello.*byte 3 of \d+, part of the record’s version/,
    );
    assert.match(await outcomeOf(card, /Nothing failed/), /belongs to no message/);
  });

  test('can have any bit flipped, in either direction', async () => {
    const { card } = await recorded();
    await choose(card, 'Certificate,');
    const value = card.locator('.tamper .control-value');
    const [, from] = /0x(..) becomes/.exec(await value.innerText()) ?? [];
    await card.getByLabel('Bit').selectOption('7');
    const [, to] = /becomes 0x(..)/.exec(await value.innerText()) ?? [];
    assert.equal(parseInt(from, 16) ^ parseInt(to, 16), 0x80);
    await card.getByLabel('From this page to the server').check();
    assert.match(await card.locator('.byte-location').innerText(), /ClientHello.*byte 1 of/);
  });
});

describe('links', () => {
  test('open their card with its settings, and focus its heading', async () => {
    const { page } = await visit('#expired?at=2021-06-01T12:00:00Z');
    const card = cardOf(page, 'expired');
    assert.equal((await outcomeOf(card, OFFLINE)).kind, 'good');
    await page.waitForFunction(() => document.activeElement?.closest('h3') !== null);
    assert.equal(
      await page.evaluate(() => document.activeElement?.closest('[data-case]')?.getAttribute('data-case')),
      'expired',
    );
    assert.ok(await card.locator('h3').isVisible());
    const box = await card.locator('h3').boundingBox();
    assert.ok(box && box.y >= 0 && box.y < 900, 'it is in view');
    assert.equal(await page.locator('.case-open').count(), 1);
  });

  test('work while the page is open, even for a case that the filter hides', async () => {
    const { page } = await visit('#expired');
    await outcomeOf(cardOf(page, 'expired'), OFFLINE);
    await page.getByLabel('Search').fill('expired');
    await page.evaluate(() => {
      location.hash = '#weak-key';
    });
    assert.deepEqual(flagsIn((await outcomeOf(cardOf(page, 'weak-key'), OFFLINE)).codes), ['BADCERT_BAD_KEY']);
    assert.equal(await page.getByLabel('Search').inputValue(), '');
  });

  test('follow the open card, and end when it is closed', async () => {
    const { page } = await visit();
    const heading = cardOf(page, 'revoked').locator('h3 button');
    await heading.click();
    await page.waitForURL(/#revoked$/);
    assert.equal(await heading.getAttribute('aria-expanded'), 'true');
    await heading.click();
    await page.waitForURL(/lab\.html$/);
    assert.ok(await cardOf(page, 'revoked').locator('.case-body').isHidden());
  });

  test('lead to the inspector', async () => {
    const { page } = await visit();
    const link = (/** @type {string} */ id) =>
      cardOf(page, id).getByRole('link', { name: 'Open in the inspector' }).getAttribute('href');
    assert.equal(await link('expired'), 'index.html#expired.pagetls.test');
    assert.equal(await link('wrong-ip'), 'index.html#wrong-ip.pagetls.test');
  });
});
