/** What one changes in the lab's page, and the outcome that follows: sliders, switches, a byte on the way, the address. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AGAIN, cardOf, flagsIn, HERE, labPages, LIVE, outcomeOf } from '../helpers/lab-page.js';

/** @typedef {import('playwright-core').Locator} Locator */

const { visit } = labPages();

describe('what one changes', () => {
  const days = (/** @type {string} */ date) => String(Date.parse(date) / 86_400_000);

  test('the clock, by its slider, its date and its keys: at once, in the address, and back', async () => {
    const { page, complaints } = await visit('#expired');
    const card = cardOf(page, 'expired');
    await outcomeOf(card, HERE);
    const slider = card.getByLabel('Clock');
    await slider.fill(days('2021-06-01'));
    await card.locator('[data-outcome=good]').waitFor();
    assert.match(await card.locator('.opinions').innerText(), /not what you have set since/);
    assert.match(String(await slider.getAttribute('aria-valuetext')), /^1 Jun 2021$/);
    await page.waitForURL(/#expired\?at=2021-06-01T12%3A00%3A00Z$/);
    await slider.fill(days('2021-12-31'));
    await slider.press('ArrowRight');
    await card.locator('[data-outcome=bad]', { hasText: 'valid until 2021-12-31' }).waitFor();
    await card.getByLabel('Day').fill('2019-05-05');
    await card.locator('[data-outcome=bad]', { hasText: 'BADCERT_FUTURE' }).waitFor();
    await card.getByRole('button', { name: 'Back to the case' }).click();
    await card.locator('[data-outcome=bad]', { hasText: 'BADCERT_EXPIRED' }).waitFor();
    await page.waitForURL(/#expired$/);
    assert.ok(await card.getByRole('button', { name: 'Back to the case' }).isDisabled());
    assert.deepEqual(complaints, []);
  });

  test('a drag over the whole time is followed, and does not flood the history', async () => {
    const { page, complaints } = await visit('#expired');
    const card = cardOf(page, 'expired');
    await outcomeOf(card, HERE);
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

  test('the host name, by hand and from the certificate', async () => {
    const { page, complaints } = await visit('#wrong-host');
    const card = cardOf(page, 'wrong-host');
    await outcomeOf(card, HERE);
    await card.getByRole('button', { name: 'other.pagetls.test' }).click();
    await card.locator('[data-outcome=good]', { hasText: 'this is other.pagetls.test' }).waitFor();
    const field = card.getByLabel('Host name asked for');
    await field.fill('no such name');
    await card.getByText('is not a host name').waitFor();
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    await field.fill('another.test');
    await card.locator('[data-outcome=bad]', { hasText: 'another.test' }).waitFor();
    assert.equal(await field.getAttribute('aria-invalid'), 'false');
    assert.deepEqual(complaints, []);
  });

  test('whom to trust, revocation, and the rules', async () => {
    const { page, complaints } = await visit('#good-p256');
    const good = cardOf(page, 'good-p256');
    for (const nobody of ['Nobody', 'Mozilla’s list']) {
      await good.getByLabel(nobody).check();
      await good.locator('[data-outcome=bad]', { hasText: 'BADCERT_NOT_TRUSTED' }).waitFor();
      await good.getByLabel('The case’s own root').check();
      await good.locator('[data-outcome=good]').waitFor();
    }
    assert.equal(await good.getByLabel('revocation lists').count(), 0);
    const revoked = cardOf(page, 'revoked');
    await revoked.getByRole('button', { name: 'Judge here' }).click();
    await revoked.getByLabel('revocation lists').uncheck();
    await revoked.locator('[data-outcome=good]').waitFor();
    const kind = cardOf(page, 'key-kind');
    await kind.getByRole('button', { name: 'Judge here' }).click();
    await kind.getByLabel('rfc5280').check();
    await kind.locator('[data-outcome=good]').waitFor();
    assert.deepEqual(complaints, []);
  });

  test('of a chain that came live is judged again without a new connection', async () => {
    const { page } = await visit('#expired');
    const card = cardOf(page, 'expired');
    let sockets = 0;
    page.on('websocket', () => sockets++);
    await card.getByRole('button', { name: 'Connect and see' }).click();
    await outcomeOf(card, LIVE);
    await card.getByLabel('Clock').fill(days('2021-06-01'));
    assert.equal((await outcomeOf(card, AGAIN)).kind, 'good');
    assert.equal(sockets, 1);
    await card.getByRole('button', { name: 'Judge here' }).click();
    assert.equal((await outcomeOf(card, HERE)).kind, 'good');
    await card.getByRole('button', { name: 'Connect and see' }).click();
    assert.equal((await outcomeOf(card, LIVE)).kind, 'good', 'by what was set');
  });
});

describe('a byte that is changed on the way', () => {
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

  /** A card with a connection to choose from. */
  async function recorded() {
    const { page, complaints } = await visit('#good-p256');
    const card = cardOf(page, 'good-p256');
    await card.getByText('Change a byte on the way').click();
    await card.getByRole('button', { name: 'Connect, to have bytes' }).click();
    await card.getByLabel(/^Byte /).waitFor();
    return { card, complaints };
  }

  test('is noticed, whatever the record, and it is said why the bridge need not be trusted', async () => {
    const { card, complaints } = await recorded();
    for (const [record, why] of /** @type {const} */ ([
      ['ServerHello', /which goes in clear[^]*digest of all that they have sent and seen/],
      ['encrypted record 2', /ERR_TLS_BAD_RECORD[^]*this page computed was another one/],
      ['encrypted record 7', /The handshake was done by then/],
    ])) {
      await choose(card, record);
      const text = await outcomeOf(card, why);
      assert.match(text, /This page noticed, and ended the connection: ERR_TLS_/);
      assert.match(text, /It cannot read, and whatever it changes makes the connection fail/);
    }
    await card.getByLabel('From this page to the server').check();
    await choose(card, 'ClientHello');
    await outcomeOf(card, /which goes in clear/);
    await choose(card, 'encrypted record 1');
    assert.match(await outcomeOf(card, /the server computed/), /The server noticed[^]*bad_record_mac/);
    assert.equal(await card.locator('[data-outcome]').getAttribute('data-outcome'), 'good', 'the outcome stays');
    assert.deepEqual(complaints, []);
  });

  test('is not noticed where it is no part of any message, and that is said too', async () => {
    const { card } = await recorded();
    await card.getByLabel(/^Byte /).fill('2');
    assert.match(await card.locator('.place').innerText(), /ServerHello.*byte 3 of \d+, its version/);
    assert.match(await outcomeOf(card, /Nothing failed/), /belongs to no message/);
  });

  test('can be any bit, and its direction is kept apart', async () => {
    const { card } = await recorded();
    await choose(card, 'encrypted record 2');
    const value = card.locator('.tamper .control-value');
    const [, from] = /0x(..) becomes/.exec(await value.innerText()) ?? [];
    await card.getByLabel('Bit').selectOption('7');
    const [, to] = /becomes 0x(..)/.exec(await value.innerText()) ?? [];
    assert.equal(parseInt(from, 16) ^ parseInt(to, 16), 0x80);
    await card.getByLabel('From this page to the server').check();
    assert.match(await card.locator('.place').innerText(), /ClientHello.*byte 1 of/);
  });
});

describe('addresses', () => {
  test('open their card, with what was changed, and its heading has the focus', async () => {
    const { page } = await visit('#expired?at=2021-06-01T12:00:00Z');
    const card = cardOf(page, 'expired');
    assert.equal((await outcomeOf(card, HERE)).kind, 'good');
    await page.waitForFunction(() => document.activeElement?.closest('h3') !== null);
    assert.equal(
      await page.evaluate(() => document.activeElement?.closest('[data-case]')?.getAttribute('data-case')),
      'expired',
    );
    assert.ok(await card.locator('h3').isVisible());
    const box = await card.locator('h3').boundingBox();
    assert.ok(box && box.y >= 0 && box.y < 900, 'it is in sight');
    assert.equal(await page.locator('.case-open').count(), 1);
  });

  test('can be followed while the page is open, also past a filter', async () => {
    const { page } = await visit('#expired');
    await outcomeOf(cardOf(page, 'expired'), HERE);
    await page.getByLabel('Search').fill('expired');
    await page.evaluate(() => {
      location.hash = '#weak-key';
    });
    assert.deepEqual(flagsIn((await outcomeOf(cardOf(page, 'weak-key'), HERE)).codes), ['BADCERT_BAD_KEY']);
    assert.equal(await page.getByLabel('Search').inputValue(), '');
  });

  test('are those of what is open, and none when it is closed', async () => {
    const { page } = await visit();
    const heading = cardOf(page, 'revoked').locator('h3 button');
    await heading.click();
    await page.waitForURL(/#revoked$/);
    assert.equal(await heading.getAttribute('aria-expanded'), 'true');
    await heading.click();
    await page.waitForURL(/lab\.html$/);
    assert.ok(await cardOf(page, 'revoked').locator('.case-body').isHidden());
  });

  test('lead on to the inspector', async () => {
    const { page } = await visit();
    const link = (/** @type {string} */ id) =>
      cardOf(page, id).getByRole('link', { name: 'Open in the inspector' }).getAttribute('href');
    assert.equal(await link('expired'), 'index.html#expired.pagetls.test');
    assert.equal(await link('wrong-ip'), 'index.html#wrong-ip.pagetls.test');
  });
});
