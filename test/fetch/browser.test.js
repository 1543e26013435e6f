/** fetch() in a window and a worker of Chromium, through the real bridge, to Node's HTTPS server and nginx. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { inProject } from '../../scripts/run.js';
import { startInspector } from '../../scripts/start.js';
import { startFetchServer, TEXT } from '../helpers/fetch-server.js';
import { certificates, urlOf } from '../helpers/fetch.js';
import { callIn, newPage, startChromium } from '../helpers/page.js';
import { startNginx } from '../helpers/servers.js';

/** @typedef {import('../fixtures/fetch.js').Endpoint} Endpoint */

const LARGE_BYTES = 4_000_000;

/** @type {Awaited<ReturnType<typeof startChromium>>} */
let browser;
/** @type {import('../../scripts/start.js').Inspector} */
let inspector;
/** @type {Awaited<ReturnType<typeof startFetchServer>>} */
let server;
/** @type {Awaited<ReturnType<typeof startNginx>>} */
let nginx;
/** @type {Endpoint} */
let endpoint;
/** @type {Awaited<ReturnType<typeof newPage>> | undefined} */
let open;

before(async () => {
  browser = await startChromium();
  server = await startFetchServer();
  nginx = await startNginx(certificates, {
    files: { large: Buffer.alloc(LARGE_BYTES, 'not read') },
    directives: [
      'client_max_body_size 20m;',
      'location /put/ { dav_methods PUT; create_full_put_path on; }',
      'location = /small { client_max_body_size 1k; dav_methods PUT; }',
      'location = /number { return 200 $connection; }',
    ],
  });
  inspector = await startInspector({
    port: 0,
    allowTargets: [server, nginx].map(({ port }) => `127.0.0.1:${port}`),
    folders: { '/test/fixtures/': inProject('test/fixtures'), '/dist/': inProject('dist') },
  });
  const { hostname, clock, roots } = certificates;
  const [url, nginxUrl] = [server, nginx].map((one) => urlOf(one, ''));
  endpoint = { bridge: `${inspector.bridge.url}/`, hostname, clock, roots, url, nginx: nginxUrl };
});
after(async () => {
  await browser?.close();
  await inspector?.close();
  await server?.close();
  await nginx?.close();
});
afterEach(async () => {
  await open?.close();
  open = undefined;
});

test(
  'collecting garbage frees the connection of a response that nobody can read, and no other',
  { timeout: 60_000 },
  async () => {
    open = await newPage(browser);
    const { page } = open;
    await page.goto(`${inspector.url}test/fixtures/blank.html`);
    const session = await page.context().newCDPSession(page);
    let over = false;
    const result = callIn(page, 'window', 'fetch.js', 'call', 'garbage', endpoint).finally(() => (over = true));
    while (!over) {
      await session.send('HeapProfiler.collectGarbage');
      await delay(20);
    }
    const { statuses, received, aborted } = await result;
    assert.deepEqual(statuses, [200, 200, 200]);
    assert.equal(received, LARGE_BYTES);
    assert.equal(aborted.name, 'AbortError');
  },
);

for (const place of /** @type {const} */ (['window', 'worker'])) {
  /** @param {string} name */
  const call = async (name) => {
    open = await newPage(browser);
    await open.page.goto(`${inspector.url}test/fixtures/blank.html`);
    const result = await callIn(open.page, place, 'fetch.js', 'call', name, endpoint);
    assert.deepEqual(open.complaints, [], 'the browser itself requests nothing of these servers');
    return result;
  };

  describe(`fetch() in a ${place}`, () => {
    test('returns a Response with its address, and Set-Cookie', async () => {
      const address = `${endpoint.url}/cookies`;
      assert.deepEqual(await call('response'), {
        isResponse: true,
        ...{ status: 200, statusText: 'OK', ok: true, redirected: false, type: 'basic', url: address, cloned: address },
        cookies: ['a=1; Path=/', 'b=2, 3; HttpOnly'],
        list: 'a, b',
        bodies: ['ok', 'ok'],
      });
    });

    test('sends the headers of the caller, also those that a page may not set, and few others', async () => {
      const { headers } = await call('request');
      const { host, 'accept-encoding': encodings, ...others } = headers;
      assert.equal(host, `127.0.0.1:${server.port}`);
      assert.match(encodings, /^gzip, deflate/);
      assert.deepEqual(others, {
        ...{ connection: 'keep-alive', accept: '*/*', 'user-agent': 'pagetls' },
        ...{ cookie: 'a=1', origin: 'https://other.example', referer: 'https://other.example/', 'x-own': '1' },
      });
    });

    test('accepts a Request', async () => {
      const { method, headers, body } = await call('asRequest');
      assert.deepEqual([method, headers['x-own'], headers['content-length'], body], ['POST', '1', '4', 'text']);
    });

    test('sends bodies of every kind', async () => {
      const [text, parameters, blob, form, stream] = await call('bodies');
      assert.deepEqual(text, ['text/plain;charset=UTF-8', '4', 'text']);
      assert.deepEqual(parameters, ['application/x-www-form-urlencoded;charset=UTF-8', '3', 'a=b']);
      assert.deepEqual(blob, ['a/b', '4', 'blob']);
      const [, boundary] = /^multipart\/form-data; boundary=(.+)$/.exec(form[0]) ?? [];
      assert.ok(form[2].startsWith(`--${boundary}\r\n`) && form[2].includes('filename="a.txt"'));
      assert.equal(form[1], String(form[2].length));
      assert.deepEqual(stream, [null, 'chunked', 'a stream']);
    });

    test('decodes', async () => {
      const { lengths, cut } = await call('encodings');
      assert.deepEqual(lengths, [TEXT.length, TEXT.length, TEXT.length, 0]);
      assert.deepEqual([cut.isTypeError, cut.code], [true, 'ERR_TLS_HTTP_PROTOCOL']);
    });

    test('follows redirects, shows them, or rejects them', async () => {
      const { error, ...others } = await call('redirects');
      assert.deepEqual(others, {
        ...{ method: 'POST', body: 'x', url: `${endpoint.url}/request`, redirected: true },
        manual: [302, '/request'],
      });
      assert.deepEqual([error.isTypeError, error.code], [true, 'ERR_TLS_HTTP_REDIRECT']);
    });

    test('returns no body where there is none', async () => {
      assert.deepEqual(await call('withoutBody'), [null, null, 204, 404, false]);
    });

    test('streams in both directions at once', async () => {
      assert.deepEqual(await call('echo'), ['a', 'b', 'c', 'd', true]);
    });

    test('ends with its signal', async () => {
      const names = (await call('abort')).map((/** @type {{name: string}} */ { name }) => name);
      assert.deepEqual(names, ['AbortError', 'TimeoutError', 'AbortError']);
    });

    test('rejects with a TypeError whose cause has a code', async () => {
      const { user, ...others } = await call('errors');
      assert.equal(user.isTypeError, true);
      const codes = Object.fromEntries(
        Object.entries(others).map(([name, error]) => [name, error.isTypeError && error.code]),
      );
      assert.deepEqual(codes, {
        http: 'ERR_TLS_HTTP_REQUEST',
        integrity: 'ERR_TLS_HTTP_REQUEST',
        untrusted: 'ERR_TLS_CERT_VERIFY_FAILED',
        cut: codes.cut,
      });
      // The bridge can say that the server reset the connection.
      assert.match(String(codes.cut), /^ERR_TLS_(?:TRUNCATED|CONNECTION_RESET)$/);
      assert.match(others.http.message, /https: URLs only/);
    });

    test('transfers 10 MB in both directions', { timeout: 60_000 }, async () => {
      const { statuses, same } = await call('large');
      assert.ok(
        statuses.every((/** @type {number} */ status) => [201, 204].includes(status)),
        String(statuses),
      );
      assert.equal(same, true);
    });

    test('reads an answer that comes before the upload ends', { timeout: 60_000 }, async () => {
      assert.deepEqual(await call('early'), Array.from({ length: 5 }, () => [413, true]).flat());
    });

    test('uses a connection again', async () => {
      assert.equal(await call('reuse'), 1);
    });
  });
}
