/** The example sql-console in Chromium, as `npm start` serves it, with its PostgreSQL. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { certificates } from '../helpers/fetch.js';
import { inspectorPages } from '../helpers/inspector-pages.js';
import { testLayouts } from './layouts.js';

const site = inspectorPages({ examples: true });

/** @param {import('playwright-core').BrowserContextOptions} [options] */
async function openConsole(options) {
  const { page, complaints } = await site.visit('examples/', options);
  await page.getByRole('link', { name: 'SQL console' }).click();
  await page.locator('button:enabled').waitFor(); // the page has its configuration
  /** Runs a statement, and reads what the page shows then. @param {string} sql @param {() => Promise<void>} [submit] */
  const run = async (sql, submit = () => page.getByRole('button', { name: 'Run' }).click()) => {
    await page.locator('#summary').evaluate((title) => (title.textContent = ''));
    await page.getByLabel('SQL').fill(sql);
    await submit();
    await page.locator('#summary:not(:empty)').waitFor();
    await page.locator('button:enabled').waitFor();
    const [summary, note, rows] = await Promise.all([
      page.locator('#summary').textContent(),
      page.locator('#note').textContent(),
      page
        .locator('tr')
        .evaluateAll((all) => all.map((row) => [...row.children].map(({ textContent }) => textContent))),
    ]);
    return { summary, note: note ?? '', rows };
  };
  return { page, complaints, run };
}

describe('the SQL console', () => {
  test('shows rows as PostgreSQL writes them, over TLS, bound to the certificate', async () => {
    const { run, complaints } = await openConsole();
    const orders = await run('SELECT * FROM orders ORDER BY id');
    assert.equal(orders.summary, '3 rows');
    assert.match(orders.note, /^TLSv1\.3, TLS_/);
    assert.deepEqual(orders.rows, [
      ['id', 'item', 'price', 'sent'],
      ['1', 'A letter', '1.10', '2026-01-05'],
      ['2', 'A secret', '950.00', 'NULL'],
      ['3', 'Käse & <Brot>', '7.35', 'NULL'],
    ]);
    const { rows } = await run('SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    assert.deepEqual(rows[1], ['t', 'TLSv1.3']);
    assert.deepEqual(complaints, []);
  });

  test('goes on in one session: transactions, writes, and errors of the server', async () => {
    const { page, run, complaints } = await openConsole();
    assert.equal((await run('BEGIN')).summary, 'BEGIN');
    assert.equal((await run("INSERT INTO orders VALUES (4, 'x', 1, NULL), (5, 'y', 2, NULL)")).summary, 'INSERT 2');
    assert.equal((await run('SELECT count(*) FROM orders')).rows[1][0], '5');
    const wrong = await run('SELECT * FROM orderz');
    assert.equal(wrong.summary, 'It failed');
    assert.match(wrong.note, /^ERROR 42P01: relation "orderz" does not exist\nAt character 15\.$/);
    assert.equal(await page.locator('table').isVisible(), false);
    assert.match((await run('SELECT 1')).note, /current transaction is aborted/);
    assert.equal((await run('ROLLBACK')).summary, 'ROLLBACK');
    assert.equal((await run('SELECT count(*) FROM orders')).rows[1][0], '3');
    for (const sql of [
      'SELECT 1; SELECT 2',
      'COPY orders FROM STDIN',
      'DO $$ BEGIN RAISE EXCEPTION $x$no$x$; END $$',
    ]) {
      assert.equal((await run(sql)).summary, 'It failed', sql);
    }
    for (const sql of ['COPY orders TO STDOUT', '-- nothing', 'SELECT']) {
      assert.notEqual((await run(sql)).summary, 'It failed', sql);
    }
    assert.deepEqual((await run('SELECT 1 AS one')).rows, [['one'], ['1']]);
    assert.deepEqual(complaints, []);
  });

  test('asks for no more rows than it shows, and shows long values shortened', async () => {
    const { run, complaints } = await openConsole();
    const started = Date.now();
    const many = await run("SELECT n, repeat('ü', 100000) FROM generate_series(1, 1000000000) AS n WHERE n > 0");
    assert.equal(many.summary, 'It failed'); // generate_series() makes them all before the first: the time is up
    assert.match(many.note, /statement timeout/);
    assert.ok(Date.now() - started < 60_000);
    const endless = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)';
    const first = await run(`${endless} SELECT i, repeat('ü', 1000) AS long FROM n`);
    assert.equal(first.summary, 'The first 200 rows');
    assert.equal(first.rows.length, 201);
    assert.deepEqual(first.rows[200], ['200', `${'ü'.repeat(500)}…`]);
    for (const sql of ["SELECT repeat('x', 100000000)", "COPY (SELECT repeat('x', 100000000)) TO STDOUT"]) {
      const { summary, note } = await run(sql);
      assert.equal(summary, 'It failed');
      assert.match(note, /longer than 20 MB/);
    }
    assert.equal((await run('SELECT generate_series(1, 200)')).summary, '200 rows');
    assert.equal((await run('SELECT generate_series(1, 201)')).summary, 'The first 200 rows');
    assert.deepEqual(complaints, []);
  });

  test('shows what comes from the server as text', async () => {
    const { page, run, complaints } = await openConsole();
    const html = '<img src=x onerror="document.title=1"><b>x</b>';
    const { rows } = await run(`SELECT '${html}' AS "<i>name</i>"`);
    assert.deepEqual(rows, [['<i>name</i>'], [html]]);
    assert.match((await run(`SELECT "${html.replaceAll('"', '""')}"`)).note, /<b>x<\/b>/);
    assert.equal(await page.locator('section img, section b, section i').count(), 0);
    assert.deepEqual(complaints, []);
  });

  test('says what is wrong with a CA, a password or a server, and connects again when it is mended', async () => {
    const { page, run, complaints } = await openConsole();
    await page.locator('summary').click();
    const ca = page.getByLabel('The CA’s certificate');
    const password = page.getByLabel('Password');
    const [ownCa, ownPassword] = [await ca.inputValue(), await password.inputValue()];
    await ca.fill(certificates.roots);
    const untrusted = await run('SELECT 1');
    assert.equal(untrusted.summary, 'It failed');
    assert.match(untrusted.note, /trust anchor/);
    await ca.fill(ownCa);
    await password.fill('wrong');
    assert.match((await run('SELECT 1')).note, /28P01: password authentication failed for user "alice"/);
    await password.fill(ownPassword);
    assert.equal((await run('SELECT 1')).summary, '1 row');
    await run('SELECT pg_terminate_backend(pg_backend_pid())');
    assert.equal((await run('SELECT 1')).summary, '1 row');
    await page.getByLabel('Server').fill('127.0.0.1:1');
    assert.equal((await run('SELECT 1')).summary, 'It failed');
    assert.deepEqual(complaints, []);
  });

  testLayouts('is accessible by keyboard and fits', 'sql', async (options) => {
    const opened = await openConsole(options);
    await opened.page.locator('summary').press('Enter');
    const { summary } = await opened.run(
      "SELECT id, item, price, sent, 'https://a.example/' || repeat('x', 60) AS link FROM orders",
      () => opened.page.getByLabel('SQL').press('Control+Enter'),
    );
    assert.equal(summary, '3 rows');
    return opened;
  });
});
