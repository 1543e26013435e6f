/** The inspector's page other than connecting: verifying again, files, links, history; accessibility and size. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { encodeCertificate } from '../../certs/certificate.js';
import { pem } from '../../certs/der.js';
import { subjectAltName } from '../../certs/extensions.js';
import { TrustStore } from '../../dist/index.js';
import { inProject } from '../../scripts/run.js';
import { axeViolations } from '../helpers/axe.js';
import { authority, keyOf } from '../helpers/chains.js';
import { inspectorPages } from '../helpers/inspector-pages.js';
import { pki } from '../helpers/pki.js';

/** @typedef {import('playwright-core').Page} Page */

const site = inspectorPages();
/** @param {string} [hash] @param {import('playwright-core').BrowserContextOptions} [options] */
const visit = (hash = '', options) => site.visit(hash, options);

/** Waits for an outcome of this kind. @param {Page} page @param {string} kind @param {string} [text] */
async function outcome(page, kind, text = '') {
  await page.locator(`[data-outcome="${kind}"]`, { hasText: text }).waitFor();
}

/** @param {Page} page */
async function openSettings(page) {
  await page.locator('.settings-box > summary').click();
}

describe('verifying again', () => {
  test('at another time updates the outcome and the link', async () => {
    const { page, complaints } = await visit('#expired.pagetls.test');
    await outcome(page, 'bad', 'has expired');
    await openSettings(page);
    await page.getByLabel('Time (UTC)', { exact: true }).fill('2020-06-01T00:00:00');
    await outcome(page, 'good');
    assert.match(page.url(), /#expired\.pagetls\.test&at=2020-06-01T00:00:00Z$/);
    await page.getByText('Verified again in this page').waitFor();
    await page.reload();
    await outcome(page, 'good');
    await openSettings(page); // closes them: they are open if a setting is not the default
    assert.ok(await page.getByLabel('Time (UTC)', { exact: true }).isHidden());
    await openSettings(page);
    await page.getByRole('button', { name: 'Use the lab’s clock' }).click();
    await outcome(page, 'bad', 'has expired');
    assert.match(page.url(), /#expired\.pagetls\.test$/);
    assert.ok(await page.getByLabel('Time (UTC)', { exact: true }).isVisible(), 'the settings stay open');
    assert.deepEqual(complaints, []);
  });

  test('while the connection is still closing keeps the new outcome', async () => {
    const { page } = await visit();
    await page.getByLabel('Server', { exact: true }).fill('expired.pagetls.test');
    await page.evaluate(async () => {
      const inspector = /** @type {import('../../inspector/src/view/inspector.js').Inspector} */ (
        document.querySelector('pt-inspector')
      );
      inspector.ask({ address: 'expired.pagetls.test' });
      while (!inspector.result) await new Promise((resolve) => setTimeout(resolve, 1));
      const { recording } = inspector.result;
      inspector.reverify({ now: new Date('2020-06-01T00:00:00Z') });
      // The second result of the same inspection has a new recording, with the end of the connection.
      while (inspector.result.recording === recording) await new Promise((resolve) => setTimeout(resolve, 5));
    });
    await outcome(page, 'good');
    await page.getByText('Verified again in this page').waitFor();
  });

  test('with the slider covers the time before, during and after the validity period', async () => {
    const { page } = await visit('#good-p256.pagetls.test');
    await outcome(page, 'good');
    await openSettings(page);
    const slider = page.getByRole('slider');
    const spans = page.locator('.settings .spans');
    assert.match(
      String(await spans.getAttribute('aria-label')),
      /^Leaf: 1 Jan 2024 to 31 Dec 2049; Intermediate: .*; Trust anchor: /,
    );
    assert.equal(await spans.locator('.span-good').count(), 3);
    await slider.fill('0');
    await outcome(page, 'bad', 'not yet valid');
    assert.equal(await spans.locator('rect').first().getAttribute('class'), 'span-bad');
    assert.equal(await slider.inputValue(), '0', 'the slider stays where it was set');
    await slider.fill('500');
    await outcome(page, 'good');
    await slider.fill('1000');
    await outcome(page, 'bad', 'has expired');
    assert.equal(await slider.inputValue(), '1000');
    await page.getByLabel('Time (UTC)', { exact: true }).fill('2090-01-01T00:00:00');
    await page.locator('.ends', { hasText: /20(9\d)$/ }).waitFor();
    assert.ok(Number(await slider.inputValue()) < 1000, 'the slider includes a time that was typed');
  });

  test('with another name and trust store updates the outcome, with all stores side by side', async () => {
    const { page } = await visit('#wrong-host.pagetls.test');
    await outcome(page, 'bad', 'not for this name');
    const store = (/** @type {string} */ name) => page.locator('.store', { hasText: name });
    await store('the lab’s root').locator('code', { hasText: 'BADCERT_CN_MISMATCH' }).waitFor();
    await store('Mozilla’s root list').getByText('1 more problem').waitFor();
    await store('this system').locator('code').waitFor();
    await openSettings(page);
    await page.getByLabel('Host name', { exact: true }).fill('other.pagetls.test');
    await page.keyboard.press('Tab');
    await outcome(page, 'good');
    await store('the lab’s root').getByText('✓ valid').waitFor();
    await store('Mozilla’s root list').getByRole('radio').check();
    await outcome(page, 'bad', 'trust anchor');
    assert.match(page.url(), /&name=other\.pagetls\.test&trust=mozilla$/);
  });

  test('names what was verified after an override is set and cleared, in sentence, title and link', async () => {
    const { page } = await visit('#wrong-host.pagetls.test', { permissions: ['clipboard-read', 'clipboard-write'] });
    await outcome(page, 'bad', 'Not trusted: the certificate of wrong-host.pagetls.test is not for this name.');
    await openSettings(page);
    const name = page.getByLabel('Host name', { exact: true });
    await name.fill('other.pagetls.test');
    await page.keyboard.press('Tab');
    await outcome(page, 'good', 'Valid certificate for other.pagetls.test (sent by wrong-host.pagetls.test)');
    assert.equal(await page.title(), '✓ other.pagetls.test at wrong-host.pagetls.test · pagetls');
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByText('Copied.').waitFor();
    const link = `${site.url}#wrong-host.pagetls.test`;
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${link}&name=other.pagetls.test`);
    await name.fill('');
    await page.keyboard.press('Tab');
    await outcome(page, 'bad', 'Not trusted: the certificate of wrong-host.pagetls.test is not for this name.');
    assert.equal(await page.title(), '✕ wrong-host.pagetls.test · pagetls');
    assert.equal(await name.inputValue(), 'wrong-host.pagetls.test');
    assert.equal(page.url(), link);
    await name.fill('not a name');
    await page.keyboard.press('Tab');
    await page.getByRole('alert').filter({ hasText: 'not a name' }).waitFor();
    assert.equal(page.url(), link, 'a name that cannot be verified is in no link');
  });

  test('with less strict and stricter rules updates the outcome', async () => {
    const { page } = await visit('#key-kind.pagetls.test');
    await outcome(page, 'bad');
    await openSettings(page);
    await page.getByLabel('Rules', { exact: true }).selectOption('rfc5280');
    await outcome(page, 'good');
    assert.match(page.url(), /&profile=rfc5280$/);
    await page.goto(`${site.url}#good-rsa2048.pagetls.test`);
    await outcome(page, 'good', 'good-rsa2048');
    await page.getByLabel('Rules', { exact: true }).selectOption('suiteb');
    await outcome(page, 'bad');
    assert.match(page.url(), /&profile=suiteb$/);
  });

  test('without the CRL of the lab case, or with an own one, updates the outcome', async () => {
    const { page } = await visit('#revoked.pagetls.test');
    await outcome(page, 'bad', 'revoked');
    await openSettings(page);
    await page.getByLabel('CRLs', { exact: true }).selectOption('none');
    await outcome(page, 'good');
    assert.match(page.url(), /#revoked\.pagetls\.test&crl=off$/);
    await page.reload();
    await outcome(page, 'good');
    await page.evaluate(() => {
      location.hash = '#revoked.pagetls.test';
    });
    await outcome(page, 'bad', 'revoked');
    await page.getByLabel('Your own CRLs').setInputFiles({
      name: 'list.crl',
      mimeType: 'application/pkix-crl',
      buffer: Buffer.from(pki('revoked').crl ?? ''),
    });
    await outcome(page, 'bad', 'revoked');
  });

  test('with own trust anchors updates the outcome', async () => {
    const { page } = await visit('#good-p256.pagetls.test&trust=mozilla');
    await outcome(page, 'bad', 'trust anchor');
    await openSettings(page);
    const choose = page.getByLabel('Your own trust anchors');
    const file = { name: 'roots.pem', mimeType: 'text/plain' };
    await choose.setInputFiles({ ...file, buffer: Buffer.from('nothing of the kind') });
    await page.locator('.criteria .field-error').waitFor();
    await choose.setInputFiles({ ...file, buffer: Buffer.from(pki('good-p256').roots) });
    await outcome(page, 'good');
    await page.getByRole('button', { name: 'Remove them' }).click();
    await outcome(page, 'good'); // by the lab's root again
  });
});

describe('a file of certificates', () => {
  test('is verified without a connection, whether chosen, pasted or dropped', async () => {
    const { page, complaints } = await visit();
    const { chain } = pki('expired');
    await page.locator('.more-options > summary').click();
    const file = { name: 'chain.pem', mimeType: 'application/x-pem-file', buffer: Buffer.from(chain) };
    await page.getByLabel('Certificate file').setInputFiles(file);
    await outcome(page, 'bad');
    assert.match(await page.title(), /chain\.pem/);
    assert.equal((await page.locator('.step').count()) > 1, true);
    await page.getByLabel('Or paste certificates').fill(`some words\n${pki('good-p256').chain}\nmore of them`);
    await page.getByRole('button', { name: 'Inspect' }).click();
    await page.locator('.step h3', { hasText: 'good-p256.pagetls.test' }).waitFor();
    assert.equal(await page.getByLabel('Or paste certificates').inputValue(), '');
    await page.evaluate((text) => {
      const data = new DataTransfer();
      data.items.add(new File([text], 'dropped.pem'));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
    }, pki('several').chain);
    await page.locator('.step h3', { hasText: 'other.pagetls.test' }).first().waitFor();
    assert.match(await page.title(), /dropped\.pem/);
    assert.deepEqual(complaints, []);
  });

  test('with only a CRL is kept for the next chain', async () => {
    const { page } = await visit();
    await page.locator('.more-options > summary').click();
    await page.getByLabel('Or paste certificates').fill(pki('revoked').crl ?? '');
    await page.getByRole('button', { name: 'Inspect' }).click();
    await page.getByText(/CRLs? loaded for the next chain\./).waitFor();
    await page.getByLabel('Or paste certificates').fill(pki('revoked').chain);
    await page.getByRole('button', { name: 'Inspect' }).click();
    await outcome(page, 'bad');
    assert.equal(await page.getByLabel('CRLs', { exact: true }).inputValue(), 'own');
  });

  test('can be DER; a private key and other text are rejected and not kept', async () => {
    const { page } = await visit();
    await page.locator('.more-options > summary').click();
    const der = execFileSync('openssl', ['x509', '-outform', 'DER'], { input: pki('good-rsa2048').leaf });
    await page.getByLabel('Certificate file').setInputFiles({ name: 'a.der', mimeType: '', buffer: der });
    await page.locator('.step h3', { hasText: 'good-rsa2048.pagetls.test' }).waitFor();
    const area = page.getByLabel('Or paste certificates');
    await area.fill(pki('good-rsa2048').key);
    await page.getByRole('button', { name: 'Inspect' }).click();
    await page.getByRole('alert').filter({ hasText: 'private key' }).waitFor();
    assert.equal(await area.inputValue(), '');
    await area.fill('hello');
    await page.getByRole('button', { name: 'Inspect' }).click();
    const rejection = page.getByRole('alert').filter({ hasText: 'pasted text' });
    await rejection.filter({ hasNotText: 'private key' }).waitFor();
  });
});

describe('what was skipped', () => {
  test('in files and trust stores is listed with the reason, in the page, in print and in the JSON', async () => {
    const good = pki('good-p256');
    const old = authority('Old', undefined, { key: keyOf('Old', 'secp256k1') });
    const { page, complaints } = await visit();
    await page.locator('.more-options > summary').click();
    await page.getByLabel('Certificate file').setInputFiles({
      ...{ name: 'server\u202e.pem', mimeType: '' },
      buffer: Buffer.from(good.key + good.chain),
    });
    const items = page.locator('.skipped li');
    await items
      .filter({ hasText: 'PEM block 1 (PRIVATE KEY) at line 1 is a private key, not a certificate.' })
      .waitFor();
    assert.match(await items.first().innerText(), /^CERTIFICATES server‹U\+202E›\.pem: .* It was not kept: /i);
    await openSettings(page);
    const roots = Buffer.from(pem('CERTIFICATE', old.der) + good.roots + good.leaf.replace('\n', '\n!'));
    await page.getByLabel('Your own trust anchors').setInputFiles({ name: 'roots.pem', mimeType: '', buffer: roots });
    await outcome(page, 'good', 'no host name was checked (your own roots, rules for private CAs)');
    await items.nth(2).waitFor();
    const texts = await items.allInnerTexts();
    assert.match(texts[1], /roots\.pem: PEM block 1 at line 1, O=Example, CN=Old, has a key .* secp256k1\.$/);
    assert.match(texts[2], /roots\.pem: PEM block 3 \(CERTIFICATE\) at line \d+ is not valid base64\./);
    await page.getByLabel('Your own CRLs').setInputFiles({
      ...{ name: 'a.crl', mimeType: '' },
      buffer: Buffer.from(`${pki('good-crl').crl}${good.leaf}`),
    });
    await items.filter({ hasText: 'a.crl: PEM block' }).filter({ hasText: 'is a certificate, not a CRL.' }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download JSON' }).click(),
    ]);
    const json = JSON.parse(readFileSync(await download.path(), 'utf8'));
    assert.deepEqual(
      json.skipped.map((/** @type {any} */ { source, file, reason }) => [source, file, reason]),
      [
        ['chain', 'server\u202e.pem', 'other'],
        ['trust', 'roots.pem', 'unsupported'],
        ['trust', 'roots.pem', 'damaged'],
        ['crls', 'a.crl', 'other'],
      ],
    );
    await page.emulateMedia({ media: 'print' });
    assert.equal(await items.count(), 4);
    for (let i = 0; i < 4; i++) assert.ok(await items.nth(i).isVisible());
    assert.deepEqual((await axeViolations(page)).length, 0);
    await page.emulateMedia({ media: 'screen' });
    // Another file has nothing of this one.
    await page.getByLabel('Or paste certificates').fill(good.chain);
    await page.getByRole('button', { name: 'Inspect' }).click();
    await page.locator('.outcome', { hasText: 'pasted text' }).waitFor();
    assert.equal(await items.filter({ hasText: 'PRIVATE KEY' }).count(), 0);
    assert.deepEqual(complaints, []);
  });

  test('in a damaged file is not passed over', async () => {
    const { page } = await visit();
    await page.locator('.more-options > summary').click();
    const text = pki('good-p256').chain.replace('\n', '\n!');
    await page.getByLabel('Or paste certificates').fill(text);
    await page.getByRole('button', { name: 'Inspect' }).click();
    await page
      .getByRole('alert')
      .filter({ hasText: 'PEM block 1 (CERTIFICATE) at line 1 is not valid base64.' })
      .waitFor();
    assert.equal(await page.locator('.step').count(), 0);
  });
});

test('the trust anchors are named with the version and date of Mozilla’s list', async () => {
  const { page } = await visit('#good-p256.pagetls.test');
  const { version, date } = await TrustStore.mozilla();
  const day = new Date(String(date)).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
  const store = page.locator('.store', { hasText: 'Mozilla’s root list' }).locator('small');
  await store.filter({ hasText: `anchors; version ${version} of ${day}` }).waitFor();
  const basis = page.locator('.outcome .basis');
  const time = 'Verified as of 15 June 2026 at 12:00:00 UTC';
  assert.equal(await basis.innerText(), `${time} with the lab’s root, by the Web PKI rules.`);
  await store.click();
  await basis.filter({ hasText: `${time} with Mozilla’s root list, version ${version} of ${day}, by ` }).waitFor();
  await page.emulateMedia({ media: 'print' });
  assert.ok(await basis.isVisible());
});

describe('a file', () => {
  test('loaded after a server is named without that server’s host', async () => {
    const { page } = await visit('#good-rsa2048.pagetls.test');
    await outcome(page, 'good');
    await openSettings(page);
    await page
      .getByLabel('Your own trust anchors')
      .setInputFiles({ name: 'roots.pem', mimeType: '', buffer: Buffer.from(pki('good-rsa2048').roots) });
    await page.locator('.store', { hasText: 'your own roots' }).getByText('✓ valid').waitFor();
    await page.locator('.more-options > summary').click();
    const area = page.getByLabel('Or paste certificates');
    await area.fill(pki('good-rsa2048').chain);
    await page.getByRole('button', { name: 'Inspect' }).click();
    await outcome(page, 'good', 'Valid certificate chain in pasted text; no host name was checked');
    assert.equal(await page.title(), '✓ pasted text · pagetls');
    // A verification of the first text that is not finished yet must not be shown for the second one.
    await page.evaluate(
      ([text]) => {
        const inspector = /** @type {import('../../inspector/src/view/inspector.js').Inspector} */ (
          document.querySelector('pt-inspector')
        );
        inspector.reverify({ servername: 'good-rsa2048.pagetls.test' });
        return inspector.readFile(text, 'pasted text');
      },
      [pki('expired').chain],
    );
    await outcome(page, 'bad', 'in pasted text has expired');
    assert.equal(await page.title(), '✕ good-rsa2048.pagetls.test in pasted text · pagetls');
    const entries = page.locator('.history li button');
    await entries.nth(1).click();
    await outcome(page, 'good', 'Valid certificate chain in pasted text; no host name was checked');
    assert.equal(await page.title(), '✓ pasted text · pagetls');
  });
});

test('names that nobody sees are shown, and all text of a certificate is isolated from the page', async () => {
  const hostile = 'evil\u202e.example\u200b\u3164\n<b>x</b>\u{e0061}\u00a0';
  const key = keyOf('Hostile');
  const name = /** @type {Record<string, string>[]} */ ([{ O: hostile }, { CN: hostile }]);
  const certificate = encodeCertificate({
    serial: 1n,
    issuer: name,
    subject: name,
    notBefore: '2026-01-01T00:00:00Z',
    notAfter: '2026-02-01T00:00:00Z',
    publicKey: key,
    signer: key,
    extensions: [subjectAltName([{ dns: 'evil.example' }, { dirName: name }])],
  });
  const { page, complaints } = await visit();
  await page.locator('.more-options > summary').click();
  await page.getByLabel('Or paste certificates').fill(pem('CERTIFICATE', certificate));
  await page.getByRole('button', { name: 'Inspect' }).click();
  await outcome(page, 'bad');
  await page.locator('.step pt-details summary').first().click();
  await page.locator('.certificate-section').first().waitFor();
  assert.deepEqual(
    await page.evaluate(() => {
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      const wrong = [];
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const text = node.textContent ?? '';
        if (/[\p{Cf}\u00a0\u3164]/u.test(text)) wrong.push(`raw: ${text}`);
        if (text.includes('evil') && !node.parentElement?.closest('bdi')) wrong.push(`not isolated: ${text}`);
      }
      return wrong;
    }),
    [],
  );
  const shown = 'evil‹U+202E›.example‹U+200B›‹U+3164›‹U+000A›<b>x</b>‹U+E0061›‹U+00A0›';
  assert.equal(await page.locator('.step h3').first().innerText(), shown);
  assert.ok((await page.locator('bdi', { hasText: shown }).count()) >= 6);
  assert.deepEqual(complaints, []);
});

describe('links and history', () => {
  test('do not connect to another bridge named in a link before Connect is pressed', async () => {
    const { page, complaints } = await visit('#expired.pagetls.test&bridge=ws://127.0.0.1:1/');
    await page.getByText('This link uses another bridge').waitFor();
    assert.equal(await page.locator('[data-outcome]').count(), 0);
    assert.equal(await page.getByLabel('Server', { exact: true }).inputValue(), 'expired.pagetls.test');
    assert.deepEqual(complaints, []);
  });

  test('restore an earlier result of this tab without a new connection', async () => {
    const { page } = await visit('#expired.pagetls.test');
    await outcome(page, 'bad');
    await page.goto(`${site.url}#good-p256.pagetls.test`);
    await outcome(page, 'good');
    const entries = page.locator('.history li button');
    assert.deepEqual(
      (await entries.locator('bdi:first-child').allInnerTexts()).filter((text) => /^\S+\.test$/.test(text)),
      ['good-p256.pagetls.test', 'expired.pagetls.test'],
    );
    await entries.nth(1).click();
    await outcome(page, 'bad', 'has expired');
    assert.match(page.url(), /#expired\.pagetls\.test$/);
    assert.equal(await entries.count(), 2, 'nothing was inspected again');
  });

  test('do not carry the name and options of one server over to the next', async () => {
    const { page } = await visit('#altered-data.pagetls.test&name=other.pagetls.test');
    await page.locator('[data-outcome]').waitFor();
    await page.getByLabel('Server', { exact: true }).fill('good-p256.pagetls.test');
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await outcome(page, 'good', 'Valid certificate for good-p256.pagetls.test');
    assert.match(page.url(), /#good-p256\.pagetls\.test$/);
    assert.equal(await page.locator('#get').isChecked(), false);
  });

  test('can copy a link to the result, except for a file', async () => {
    const { page } = await visit('#expired.pagetls.test&at=2020-06-01T00:00:00Z', {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await outcome(page, 'good');
    const copy = page.getByRole('button', { name: 'Copy link' });
    await copy.click();
    await page.getByText('Copied.').waitFor();
    assert.equal(
      await page.evaluate(() => navigator.clipboard.readText()),
      `${site.url}#expired.pagetls.test&at=2020-06-01T00:00:00Z`,
    );
    await page.locator('.more-options > summary').click();
    await page.getByLabel('Or paste certificates').fill(pki('expired').chain);
    await page.getByRole('button', { name: 'Inspect' }).click();
    await outcome(page, 'bad');
    assert.equal(await copy.count(), 0);
  });
});

describe('the keyboard', () => {
  test('moves the focus to a part of the result without changing the URL', async () => {
    const { page } = await visit('#expired.pagetls.test');
    await outcome(page, 'bad');
    await page.locator('.wire .flights').waitFor();
    const parts = page.getByRole('navigation', { name: 'Parts of the result' }).getByRole('button');
    const headings = await page.locator('#result h2:not(.outcome h2)').allInnerTexts();
    assert.deepEqual(
      (await parts.allInnerTexts()).map((text) => text.replace(' ↓', '')),
      headings,
    );
    await parts.filter({ hasText: 'On the wire' }).focus();
    await page.keyboard.press('Enter');
    const heading = page.locator('.wire h2');
    assert.ok(await heading.evaluate((element) => element === document.activeElement));
    const box = await heading.boundingBox();
    assert.ok(box && box.y >= 0 && box.y < 400, 'it is visible');
    assert.match(page.url(), /#expired\.pagetls\.test$/);
  });

  test('moves the focus to the Server field on “/”, except inside a field', async () => {
    const { page } = await visit('#good-p256.pagetls.test');
    await outcome(page, 'good');
    await page.locator('#result').focus();
    await page.keyboard.press('/');
    const field = page.getByLabel('Server', { exact: true });
    assert.ok(await field.evaluate((element) => element === document.activeElement));
    await page.keyboard.press('End');
    await page.keyboard.type('/');
    assert.equal(await field.inputValue(), 'good-p256.pagetls.test/');
  });
});

describe('GET /', () => {
  test('is sent if the chain is valid, and its answer is shown', async () => {
    const { page } = await visit('#good-p256.pagetls.test&get');
    await outcome(page, 'good');
    await page.locator('.connection').getByText('HTTP/1.1 200 OK').waitFor();
  });

  test('is not sent otherwise', async () => {
    const { page } = await visit('#expired.pagetls.test&get');
    await outcome(page, 'bad');
    await page.locator('.connection').waitFor();
    assert.equal(await page.locator('.connection').getByText('HTTP/1.1 200').count(), 0);
  });
});

describe('the form', () => {
  test('can be used before the configuration is loaded, and keeps its values', async () => {
    const { page } = await site.openPage();
    /** @type {() => void} */
    let release = () => {};
    const held = new Promise((/** @type {(value?: undefined) => void} */ resolve) => {
      release = resolve;
    });
    await page.route('**/config.json', async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(site.url);
    const bridge = page.getByLabel('Bridge', { exact: true });
    await page.getByLabel('Server', { exact: true }).waitFor();
    assert.ok(await bridge.isHidden(), 'the layout does not shift later');
    await page.locator('.more-options > summary').click();
    await bridge.fill('ws://127.0.0.1:2/');
    await page.getByLabel('Server', { exact: true }).fill('expired.pagetls.test');
    release();
    await page.locator('.starters').waitFor();
    assert.equal(await bridge.inputValue(), 'ws://127.0.0.1:2/');
    assert.equal(await page.getByLabel('Server', { exact: true }).inputValue(), 'expired.pagetls.test');
    assert.ok(await bridge.isVisible());
  });
});

describe('the page', () => {
  for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
    test(`has no axe violation in the ${colorScheme} theme, with everything open`, async () => {
      for (const [hash, ready] of [
        ['', '.starters'],
        ['#several.pagetls.test', '.flights'],
        ['#good-cross-signed.pagetls.test&get', '.connection-answer'],
        ['#hangs-up.pagetls.test', '[data-outcome="error"]'],
      ]) {
        const { page, close } = await visit(hash, { colorScheme, reducedMotion: 'reduce' });
        await page.locator(ready).waitFor();
        // Open details contain more details.
        for (let closed = 1; closed > 0;) {
          closed = await page.evaluate(async () => {
            const found = [...document.querySelectorAll('details:not([open])')];
            for (const one of found) /** @type {HTMLDetailsElement} */ (one).open = true;
            await new Promise((resolve) => setTimeout(resolve, 100));
            return found.length;
          });
        }
        assert.deepEqual(await axeViolations(page), [], hash);
        await close();
      }
    });
  }

  test('loads less than 100 KB of scripts and styles, brotli, before first paint', () => {
    const site = inProject('build/site');
    const html = readFileSync(join(site, 'index.html'), 'utf8');
    const first = [...html.matchAll(/(?:src|href)="(?:\.\/)?(assets\/[^"]+\.(?:js|css))"/g)].map(([, path]) => path);
    assert.ok(first.length >= 2, html);
    const size = first.reduce((sum, path) => sum + brotliCompressSync(readFileSync(join(site, path))).length, 0);
    assert.ok(size < 100_000, `${size} bytes`);
    assert.ok(readdirSync(join(site, 'assets')).some((name) => name.endsWith('.wasm')));
  });
});
