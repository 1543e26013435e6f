/** pg, unmodified, bundled with pagetls in the stead of net and tls, against PostgreSQL: in Node over TCP, in Chromium over the bridge. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inProject } from '../../scripts/run.js';
import { startInspector } from '../../scripts/start.js';
import { bundle, bundleWithVite } from '../helpers/bundle.js';
import { newPage, startChromium } from '../helpers/page.js';
import { pki } from '../helpers/pki.js';
import { SERVERS } from '../helpers/plaintext-first.js';

/** @typedef {Parameters<typeof import('../fixtures/bundle/postgres.js').query>} Query */
/** @typedef {(...values: Query) => ReturnType<typeof import('../fixtures/bundle/postgres.js').query>} Run */

const good = pki('good-p256');
const other = pki('good-rsa2048');
const now = new Date(good.clock);
const SQL = "SELECT 1 AS one, repeat('x', 1000000) AS much, ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
const { skip, start } = SERVERS.PostgreSQL;

/** @param {Run} run @param {number} port @param {Query[0]} way */
async function checkQueries(run, port, way) {
  const common = { host: '127.0.0.1', port, user: 'postgres' };
  const ask = (/** @type {Query[1]} */ config) => run({ ...way, now }, { ...common, ...config }, SQL);

  const ssl = { ca: good.roots, servername: good.hostname };
  const { rows, errors, message } = await ask({ ssl });
  assert.equal(message, undefined);
  assert.deepEqual(errors, []);
  assert.equal(rows?.length, 1);
  const [{ one, much, ssl: secure, version }] = rows;
  assert.deepEqual([one, much.length, secure, version], [1, 1_000_000, true, 'TLSv1.3']);

  // Without TLS.
  assert.equal((await ask({})).rows?.[0].ssl, false);

  const untrusted = await ask({ ssl: { ...ssl, ca: other.roots } });
  assert.equal(untrusted.code, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', untrusted.message);
  const otherName = await ask({ ssl: { ...ssl, servername: 'else.example' } });
  assert.equal(otherName.code, 'ERR_TLS_CERT_ALTNAME_INVALID', otherName.message);
  // libpq's verify-ca.
  const anyName = await ask({ ssl: { ...ssl, servername: 'else.example' }, acceptAnyName: true });
  assert.equal(anyName.rows?.[0].ssl, true, anyName.message);
  const anyNameUntrusted = await ask({ ssl: { ca: other.roots }, acceptAnyName: true });
  assert.equal(anyNameUntrusted.code, 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY');
  const refused = await ask({ port: 1 });
  assert.equal(refused.code, 'ECONNREFUSED', refused.message);
}

describe('pg with net and tls of pagetls', { skip, timeout: 120_000 }, () => {
  /** @type {Awaited<ReturnType<typeof start>>} */
  let server;
  before(async () => {
    server = await start(good);
  });
  after(() => server?.close());

  test('queries PostgreSQL in Node, over TCP', async (t) => {
    const bundled = await bundle('postgres', 'node');
    t.after(bundled.close);
    assert.deepEqual(bundled.warnings, []);
    const { query } = await import(pathToFileURL(join(bundled.directory, bundled.file)).href);
    await checkQueries(query, server.ports.postgres, {});
    const config = { host: '127.0.0.1', port: server.ports.postgres, user: 'postgres' };
    for (let i = 0; i < 20; i++) {
      const ssl = { ca: good.roots, servername: good.hostname };
      assert.deepEqual(await query({ now }, { ...config, ssl }, 'SELECT 1 AS one'), { rows: [{ one: 1 }], errors: [] });
    }
  });

  test('queries PostgreSQL in Chromium, over the bridge', async (t) => {
    const bundled = await bundle('postgres', 'browser');
    t.after(bundled.close);
    assert.deepEqual(bundled.warnings, []);
    const inspector = await startInspector({
      port: 0,
      allowTargets: [`127.0.0.1:${server.ports.postgres}`],
      folders: { '/bundle/': bundled.directory, '/test/fixtures/': inProject('test/fixtures') },
    });
    t.after(() => inspector.close());
    const browser = await startChromium();
    t.after(() => browser.close());
    const { page, complaints } = await newPage(browser);
    await page.goto(`${inspector.url}test/fixtures/blank.html`);
    /** @type {Run} */
    const run = (...values) =>
      page.evaluate(
        async ({ file, values }) => {
          const { query } = await import(file);
          return query(...values);
        },
        { file: `${inspector.url}bundle/${bundled.file}`, values },
      );
    await checkQueries(run, server.ports.postgres, { bridge: `${inspector.bridge.url}/` });
    assert.match(
      String((await run({}, { host: 'db.example', user: 'postgres' }, SQL)).message),
      /A web page has no TCP: first call configure/,
    );
    const roots = await page.evaluate(
      async (file) => (await import(file)).roots(),
      `${inspector.url}bundle/${bundled.file}`,
    );
    assert.deepEqual({ ...roots, after: roots.after > 100 }, { before: 'ERR_TLS_LOAD', after: true, isArray: true });
    assert.deepEqual(complaints, []);
  });
});

test('a bundle with the package ws, which would dial the bridge by the drop-ins, is told to leave it out', async (t) => {
  const bundled = await bundle('postgres', 'node', { external: ['pg-native', 'bufferutil', 'utf-8-validate'] });
  t.after(bundled.close);
  const { query } = await import(pathToFileURL(join(bundled.directory, bundled.file)).href);
  for (const bridge of ['ws://127.0.0.1:1/', 'wss://127.0.0.1:1/']) {
    const { message } = await query({ bridge }, { host: '127.0.0.1', port: 1, user: 'postgres' }, 'SELECT 1');
    assert.match(message, /leave ws out of the bundle/);
  }
});

test('Vite bundles pg with net and tls of pagetls, and leaves no module of Node to load', async (t) => {
  const { directory, warnings, close } = await bundleWithVite('postgres');
  t.after(close);
  assert.deepEqual(warnings, []);
  const scripts = readdirSync(directory).filter((name) => name.endsWith('.js'));
  assert.ok(scripts.includes('postgres.js'));
  const text = scripts.map((name) => readFileSync(join(directory, name), 'utf8')).join('\n');
  assert.doesNotMatch(text, /(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*["'`](?:node:|net["'`]|tls["'`]|fs["'`])/);
  assert.match(text, /A web page has no TCP: first call configure/);
});

test('pagetls/node can be bundled for pages: only its Agent is not for them', async (t) => {
  const bundled = await bundle('node', 'browser');
  t.after(bundled.close);
  assert.deepEqual(bundled.warnings, []);
  const file = join(bundled.directory, 'node.mjs');
  renameSync(join(bundled.directory, bundled.file), file);
  /** @type {typeof import('../../dist/node/index.js')} */
  const { Agent, connector, toDuplex } = await import(pathToFileURL(file).href);
  assert.deepEqual([typeof connector, typeof toDuplex], ['function', 'function']);
  assert.throws(() => new Agent(), { code: 'ERR_TLS_INVALID_OPTION', message: /Use pagetls\/fetch/ });
});
