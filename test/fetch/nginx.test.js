/** fetch() with a real nginx: keep-alive, encodings, large bodies, redirects, early answers. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { certificates, streamOf, trustingFetch, urlOf } from '../helpers/fetch.js';
import { startNginx } from '../helpers/servers.js';
import { blocks, sequence, sequenceHash } from '../helpers/transfer.js';

/** @typedef {import('../helpers/fetch.js').Fetch} Fetch */

const LARGE_BYTES = 10_000_000;
const TEXT = 'A text that is worth compressing. '.repeat(1000);

/** @type {Fetch} */
let fetch;
/** @type {Awaited<ReturnType<typeof startNginx>>} */
let server;

before(async () => {
  server = await startNginx(certificates, {
    files: { large: sequence(0, LARGE_BYTES), text: TEXT, 'stored.gz': gzipSync(TEXT), empty: '' },
    directives: [
      'client_max_body_size 20m;',
      'location /put/ { dav_methods PUT DELETE; create_full_put_path on; }',
      'location = /small { client_max_body_size 1k; dav_methods PUT; }',
      'location = /compressed { gzip on; gzip_types *; rewrite ^ /text break; }',
      'location = /number { return 200 $connection:$connection_requests; }',
      'location = /closes { keepalive_timeout 0; return 200 $connection; }',
      'location = /brief { keepalive_timeout 1s; return 200 $connection; }',
      'location = /third { keepalive_requests 3; return 200 $connection; }',
      'location = /none { return 204; }',
      ...[301, 302, 303, 307, 308].map((status) => `location = /${status} { return ${status} /method; }`),
      'location = /method { return 200 $request_method:$content_length:$content_type; }',
      'location = /loop { return 302 /loop; }',
      'location = /large-chunked { gzip on; gzip_types *; gzip_comp_level 1; rewrite ^ /large break; }',
    ],
  });
  fetch = await trustingFetch();
});
after(async () => {
  await fetch?.close();
  await server?.close();
});

/** @param {string} path @param {RequestInit} [init] */
const get = (path, init) => fetch(urlOf(server, path), init);

/** @param {ReadableStream<Uint8Array> | null} body */
async function hashOf(body) {
  const hash = createHash('sha256');
  for await (const chunk of body ?? []) hash.update(chunk);
  return hash.digest('hex');
}

describe('a response', () => {
  test('is a Response with status, headers, address and body', async () => {
    const response = await get('/text?a=1#part');
    assert.ok(response instanceof Response);
    assert.equal(response.status, 200);
    assert.equal(response.statusText, 'OK');
    assert.equal(response.ok, true);
    assert.equal(response.url, urlOf(server, '/text?a=1'));
    assert.equal(response.redirected, false);
    assert.equal(response.type, 'basic');
    assert.equal(response.headers.get('content-length'), String(TEXT.length));
    assert.equal(response.bodyUsed, false);
    assert.equal(await response.text(), TEXT);
    assert.equal(response.bodyUsed, true);
  });

  test('can be the source of another, and its methods can be replaced', async () => {
    const response = await get('/text');
    const copy = new Response(response.body, response);
    assert.deepEqual([copy.status, copy.headers.get('content-length')], [200, String(TEXT.length)]);
    assert.equal(await copy.text(), TEXT);
    const patched = await get('/text');
    patched.json = async () => 'patched';
    assert.equal(await patched.json(), 'patched');
    assert.throws(() => Object.assign(patched, { url: 'x' }), TypeError);
  });

  test('can be cloned, with its address and headers', async () => {
    const response = await get('/text');
    const clone = response.clone();
    clone.headers.set('X-Clone', '1');
    assert.equal(response.headers.has('X-Clone'), false);
    assert.equal(clone.url, response.url);
    assert.deepEqual(await Promise.all([response.text(), clone.text()]), [TEXT, TEXT]);
  });

  test('to HEAD, with 204 and with 304 has no body', async () => {
    const head = await get('/text', { method: 'HEAD' });
    assert.equal(head.headers.get('content-length'), String(TEXT.length));
    assert.equal(head.body, null);
    const none = await get('/none');
    assert.deepEqual([none.status, none.body], [204, null]);
    const etag = head.headers.get('etag') ?? '';
    const unchanged = await get('/text', { headers: { 'If-None-Match': etag } });
    assert.deepEqual([unchanged.status, unchanged.body], [304, null]);
    assert.equal(await (await get('/empty')).text(), '');
  });

  test('that is encoded is decoded', async () => {
    const response = await get('/compressed');
    assert.equal(response.headers.get('content-encoding'), 'gzip');
    assert.equal(response.headers.get('transfer-encoding'), 'chunked');
    assert.equal(await response.text(), TEXT);
  });

  test('is not encoded for a range, or if the caller does not want it', async () => {
    const part = await get('/compressed', { headers: { Range: 'bytes=2-5' } });
    assert.deepEqual([part.status, part.headers.get('content-encoding')], [206, null]);
    assert.equal(await part.text(), TEXT.slice(2, 6));
    const plain = await get('/compressed', { headers: { 'Accept-Encoding': 'identity' } });
    assert.equal(plain.headers.get('content-encoding'), null);
    await plain.body?.cancel();
  });
});

describe(`${LARGE_BYTES} bytes`, () => {
  for (const path of ['/large', '/large-chunked']) {
    test(`arrive from ${path}`, async () => {
      assert.equal(await hashOf((await get(path)).body), sequenceHash(LARGE_BYTES));
    });
  }

  /** @type {Record<string, () => RequestInit & {duplex?: 'half'}>} */
  const bodies = {
    bytes: () => ({ body: /** @type {BodyInit} */ (sequence(0, LARGE_BYTES)) }),
    'a Blob': () => ({ body: new Blob([/** @type {BlobPart} */ (sequence(0, LARGE_BYTES))]) }),
    'a stream': () => ({ body: streamOf(blocks(LARGE_BYTES)), duplex: 'half' }),
    'a stream with a length': () => ({
      body: streamOf(blocks(LARGE_BYTES)),
      duplex: 'half',
      headers: { 'Content-Length': String(LARGE_BYTES) },
    }),
  };
  for (const [name, init] of Object.entries(bodies)) {
    test(`reach the server as ${name}`, async () => {
      const path = `/put/${name.replaceAll(' ', '-')}`;
      const stored = await get(path, { method: 'PUT', ...init() });
      assert.ok([201, 204].includes(stored.status), String(stored.status));
      assert.equal(await hashOf((await get(path)).body), sequenceHash(LARGE_BYTES));
    });
  }
});

describe('an upload that is too large', () => {
  for (const [name, init] of /** @type {const} */ ([
    ['bytes', () => ({ body: /** @type {BodyInit} */ (sequence(0, LARGE_BYTES)) })],
    ['a stream', () => ({ body: streamOf(blocks(LARGE_BYTES)), duplex: 'half' })],
  ])) {
    test(`is answered with 413 before all of it is sent, as ${name}`, async () => {
      for (let attempt = 0; attempt < 10; attempt++) {
        const response = await get('/small', { method: 'PUT', ...init() });
        assert.equal(response.status, 413);
        assert.match(await response.text(), /413 Request Entity Too Large/);
      }
    });
  }
});

describe('a redirect', () => {
  const post = { method: 'POST', body: 'abc', headers: { 'Content-Type': 'text/x-test' } };
  for (const [status, method, sent, expected] of /** @type {const} */ ([
    [301, 'POST', post, 'GET::'],
    [302, 'POST', post, 'GET::'],
    [303, 'POST', post, 'GET::'],
    [307, 'POST', post, 'POST:3:text/x-test'],
    [308, 'POST', post, 'POST:3:text/x-test'],
    [301, 'PUT', { ...post, method: 'PUT' }, 'PUT:3:text/x-test'],
    [303, 'PUT', { ...post, method: 'PUT' }, 'GET::'],
    [302, 'GET', {}, 'GET::'],
  ])) {
    test(`with ${status} of ${method} leads to ${expected}`, async () => {
      const response = await get(`/${status}`, sent);
      assert.equal(await response.text(), expected);
      assert.equal(response.redirected, true);
      assert.equal(response.url, urlOf(server, '/method'));
    });
  }
  test('of HEAD stays HEAD', async () => {
    const response = await get('/303', { method: 'HEAD' });
    assert.deepEqual([response.status, response.body], [200, null]);
  });
});

describe('a connection', () => {
  test('carries one request after another', async () => {
    const [connection, first] = (await (await get('/number')).text()).split(':');
    for (let more = 1; more <= 5; more++) {
      assert.equal(await (await get('/number')).text(), `${connection}:${Number(first) + more}`);
    }
  });

  test('that the server closes after an answer is not used again', async () => {
    const numbers = [];
    for (let request = 0; request < 3; request++) numbers.push(await (await get('/closes')).text());
    assert.equal(new Set(numbers).size, 3);
  });

  test('that the server closes after some requests is not missed', async () => {
    const numbers = [];
    for (let request = 0; request < 9; request++) numbers.push(await (await get('/third')).text());
    assert.equal(new Set(numbers).size >= 3, true);
  });

  test('that the server closed while idle is replaced', async () => {
    const one = await (await get('/brief')).text();
    // On a busy machine nginx may be late.
    for (let idle = 1200; ; idle *= 2) {
      await delay(idle);
      if ((await (await get('/brief')).text()) !== one) break;
      assert.ok(idle < 15_000, 'nginx closes it after a second');
    }
  });
});
