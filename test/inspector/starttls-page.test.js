/** The inspector in Chromium: a server of a protocol that begins without TLS. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { inspectorPages } from '../helpers/inspector-pages.js';
import { pki } from '../helpers/pki.js';
import { startScripted } from '../helpers/starttls-server.js';

/** @typedef {import('../helpers/starttls-server.js').Step} Step */

/** @param {string} last @returns {Step[]} */
const smtp = (last) => [
  { say: '220 mail.example ESMTP\r\n' },
  { hear: 'EHLO [127.0.0.1]\r\n' },
  { say: '250-mail.example\r\n250 STARTTLS\r\n' },
  { hear: 'STARTTLS\r\n' },
  { say: last },
];
/** @type {Step[]} */
const POSTGRES = [{ hear: '\0\0\0\x08\x04\xd2\x16\x2f' }, { say: 'S' }];

/** @type {Awaited<ReturnType<typeof startScripted>>[]} */
let servers = [];

const { visit } = inspectorPages(async () => {
  const good = pki('good-p256');
  const dialogues = [
    smtp('220 go ahead\r\n'),
    smtp(Buffer.from('454 4.7.0 no \x1b[1mTLS\u202e today\r\n').toString('latin1')),
    POSTGRES,
  ];
  servers = await Promise.all(dialogues.map((steps) => startScripted(good, steps)));
  return { allowTargets: servers.map(({ port }) => `127.0.0.1:${port}`) };
});
after(() => Promise.all(servers.map((server) => server.close())));

describe('the inspector, with a protocol before TLS', () => {
  test('starts TLS in it, and shows what was said before', async () => {
    const { page, complaints } = await visit('');
    await page.getByText('Check a file, or change the connection').click();
    await page.getByLabel('Server', { exact: true }).fill(`127.0.0.1:${servers[0].port}`);
    await page.getByLabel('Protocol before TLS').selectOption('smtp');
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.locator('[data-outcome="bad"] h2', { hasText: 'Not trusted' }).waitFor(); // Mozilla's list
    assert.equal(new URL(page.url()).hash, `#127.0.0.1:${servers[0].port}&starttls=smtp`);
    await page.locator('.plaintext').first().waitFor();
    assert.deepEqual(await page.locator('.plaintext').allInnerTexts(), [
      '220 mail.example ESMTP',
      'EHLO [127.0.0.1]',
      '250-mail.example\n250 STARTTLS',
      'STARTTLS',
      '220 go ahead',
    ]);
    const connection = await page.locator('.connection').innerText();
    for (const part of ['Before TLS', 'SMTP', 'Starting TLS in the protocol before it', 'TLS 1.3']) {
      assert.ok(connection.includes(part), part);
    }
    assert.deepEqual(complaints, []);
  });

  test('follows a link, and shows octets that are no text in hexadecimal', async () => {
    const { page } = await visit(`#127.0.0.1:${servers[2].port}&starttls=postgres`);
    await page.locator('[data-outcome="bad"]').waitFor();
    assert.equal(await page.locator('#starttls').inputValue(), 'postgres');
    await page.locator('.plaintext').first().waitFor();
    assert.deepEqual(await page.locator('.plaintext').allInnerTexts(), ['00 00 00 08 04 d2 16 2f', 'S']);
  });

  test('shows what a server said that does not start TLS, with nothing invisible', async () => {
    const { page } = await visit(`#127.0.0.1:${servers[1].port}&starttls=smtp`);
    const outcome = page.locator('[data-outcome="error"]');
    await outcome.waitFor();
    assert.match(
      await outcome.innerText(),
      /does not start TLS[^]*to STARTTLS it answered "454 4\.7\.0 no \\u001b\[1mTLS/,
    );
    assert.equal(await page.locator('.plaintext').last().innerText(), '454 4.7.0 no ‹U+001B›[1mTLS‹U+202E› today');
  });

  test('suggests one for the port that is typed, until the user chooses', async () => {
    const { page } = await visit('');
    const server = page.getByLabel('Server', { exact: true });
    const protocol = page.locator('#starttls');
    for (const [address, expected] of [
      ['mail.example:587', 'smtp'],
      ['db.example:5432', 'postgres'],
      ['example.org', ''],
    ]) {
      await server.fill(address);
      assert.equal(await protocol.inputValue(), expected);
    }
    await page.getByText('Check a file, or change the connection').click();
    await protocol.selectOption('imap');
    await server.fill('mail.example:587');
    assert.equal(await protocol.inputValue(), 'imap');
  });
});
