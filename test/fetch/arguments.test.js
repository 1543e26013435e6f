/** What fetch() of the package does not send: its arguments, and where redirects may lead. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createFetch } from '../../dist/fetch/index.js';
import { startFetchServer } from '../helpers/fetch-server.js';
import { pki } from '../helpers/pki.js';
import { failureOf, streamOf, trustingFetch, urlOf } from '../helpers/fetch.js';

/** @type {import('../helpers/fetch.js').Fetch} */
let fetch;
/** @type {Awaited<ReturnType<typeof startFetchServer>>} */
let server;
/** @type {Awaited<ReturnType<typeof startFetchServer>>} */
let other;
/** Requests that have arrived at one of them. */
let requests = 0;

before(async () => {
  server = await startFetchServer();
  other = await startFetchServer();
  for (const one of [server, other]) one.server.prependListener('request', () => void requests++);
  fetch = await trustingFetch();
});
after(async () => {
  await fetch?.close();
  await server?.close();
  await other?.close();
});

/**
 * @param {Parameters<typeof globalThis.fetch>} call
 * @param {RegExp} message
 * @param {string} [code] of the cause; without one, the platform rejects it
 */
async function rejects(call, message, code = 'ERR_TLS_HTTP_REQUEST') {
  const before = requests;
  const failed = await failureOf(fetch(...call));
  assert.ok(failed.error instanceof TypeError, String(failed.error));
  assert.match(failed.error.message, message);
  assert.equal(failed.code, code || undefined);
  assert.equal(requests, before, 'nothing was sent');
}

describe('an address', () => {
  test('has to be https:, and an error says so', async () => {
    await rejects(['http://127.0.0.1/'], /https: URLs only, because it speaks TLS, and "http:" is another scheme/);
    for (const url of ['data:,x', 'ftp://a.example/', 'ws://a.example/', 'file:///etc/hostname', 'blob:null/1']) {
      await rejects([url], /https: URLs only/);
    }
  });
  test('may not have a user name or password', async () => {
    for (const user of ['user@', 'user:password@', ':password@']) {
      await rejects([`https://${user}127.0.0.1:${server.port}/`], /credentials/, '');
    }
  });
  test('has to be a URL', () => rejects(['/relative'], /URL/, 'ERR_INVALID_URL'));
  test('may not have a port of another protocol', async () => {
    for (const port of [22, 25, 465, 636, 993, 6667, 10080]) {
      await rejects([`https://127.0.0.1:${port}/`], new RegExp(`Port ${port} is blocked`));
    }
  });
});

describe('an option', () => {
  const url = () => urlOf(server, '/request');
  test('that the platform rejects is rejected', async () => {
    await rejects([url(), { method: 'CONNECT' }], /CONNECT/, '');
    await rejects([url(), { method: 'TRACE' }], /TRACE/, '');
    await rejects([url(), { method: 'a b' }], /method/, '');
    await rejects([url(), { body: 'x' }], /body/, '');
    await rejects([url(), { method: 'HEAD', body: 'x' }], /body/, '');
    await rejects([url(), { headers: { 'a b': 'x' } }], /header/i, '');
    await rejects([url(), { headers: { a: 'x\r\ny: z' } }], /header|invalid/i, '');
    await rejects([url(), { headers: { a: '\u20ac' } }], /./, '');
    await rejects([url(), /** @type {any} */ ({ redirect: 'maybe' })], /./, '');
    await rejects([url(), /** @type {any} */ ({ signal: 'x' })], /signal/i, '');
  });
  test('for a stream is duplex', async () => {
    await rejects([url(), { method: 'POST', body: streamOf([]) }], /duplex: 'half'/, '');
  });
  test('for a stream that is locked is an error', async () => {
    const body = streamOf([]);
    body.getReader();
    await rejects([url(), /** @type {any} */ ({ method: 'POST', body, duplex: 'half' })], /locked/, '');
  });
  test('integrity is not ignored', () => rejects([url(), { integrity: 'sha256-AAAA' }], /integrity is not supported/));
  test('cache can forbid caches between here and the server, and nothing can come from one', async () => {
    const headersOf = async (/** @type {RequestInit} */ init) => {
      const { headers } = await (await fetch(url(), init)).json();
      return [headers['cache-control'], headers.pragma];
    };
    assert.deepEqual(await headersOf({}), [undefined, undefined]);
    assert.deepEqual(await headersOf({ cache: 'no-store' }), ['no-cache', 'no-cache']);
    assert.deepEqual(await headersOf({ cache: 'reload' }), ['no-cache', 'no-cache']);
    assert.deepEqual(await headersOf({ cache: 'no-cache' }), ['max-age=0', undefined]);
    const own = { cache: /** @type {const} */ ('no-cache'), headers: { 'Cache-Control': 'max-age=9' } };
    assert.deepEqual(await headersOf(own), ['max-age=9', undefined]);
    await rejects([url(), { cache: 'only-if-cached', mode: 'same-origin' }], /no cache/);
  });
});

describe('a header of ours', () => {
  const url = () => urlOf(server, '/request');
  /** @type {[string, string, RequestInit, RegExp][]} */
  const rejected = [
    ['Host', 'other.example', {}, /header host is "other\.example", but the URL says "127\.0\.0\.1:\d+"/],
    ['Connection', 'upgrade', {}, /only close and keep-alive/],
    ['Content-Length', '3', { method: 'POST', body: 'four' }, /content-length is "3", but the body has 4 bytes/],
    ['Content-Length', '1', {}, /the body has 0 bytes/],
    ['Content-Length', '4, 4', { method: 'POST', body: 'four' }, /content-length/],
    ['Transfer-Encoding', 'chunked', { method: 'POST', body: 'four' }, /transfer-encoding cannot be set/],
    ['Transfer-Encoding', 'gzip', { method: 'POST', body: 'four' }, /transfer-encoding cannot be set/],
    ['Expect', '100-continue', { method: 'POST', body: 'four' }, /expect cannot be set/],
    ['TE', 'trailers', {}, /te cannot be set/],
    ['Trailer', 'x', {}, /trailer cannot be set/],
    ['Upgrade', 'h2c', {}, /upgrade cannot be set/],
    ['Keep-Alive', 'timeout=5', {}, /keep-alive cannot be set/],
    ['Proxy-Connection', 'keep-alive', {}, /proxy-connection cannot be set/],
    ['X-Control', 'a\x01b', {}, /"x-control" has a control character/],
  ];
  for (const [name, value, init, message] of rejected) {
    test(`cannot be ${name}: ${JSON.stringify(value)}`, () =>
      rejects([url(), { ...init, headers: { [name]: value } }], message));
  }
  for (const [name, value, init] of /** @type {[string, () => string, RequestInit][]} */ ([
    ['Host', () => `127.0.0.1:${server.port}`, {}],
    ['Connection', () => 'keep-alive', {}],
    ['Content-Length', () => '4', { method: 'POST', body: 'four' }],
  ])) {
    test(`can be what it is anyway: ${name}`, async () => {
      const { headers, body } = await (await fetch(url(), { ...init, headers: { [name]: value() } })).json();
      assert.equal(headers[name.toLowerCase()], value());
      assert.equal(body, init.body ?? '');
    });
  }
});

describe('a redirect', () => {
  /** @param {string} to @param {number} [code] */
  const via = (to, code = 302) => urlOf(server, `/redirect?code=${code}&to=${encodeURIComponent(to)}`);

  test('to another origin does not take secrets there', async () => {
    const headers = { Authorization: 'secret', Cookie: 'secret', 'Proxy-Authorization': 'secret', 'X-Own': 'kept' };
    const init = { method: 'POST', body: 'body', headers };
    const there = await (await fetch(via(urlOf(other, '/request'), 307), init)).json();
    assert.equal(there.headers.host, `127.0.0.1:${other.port}`);
    assert.equal(there.headers['x-own'], 'kept');
    assert.equal(there.body, 'body');
    assert.ok(!JSON.stringify(there).includes('secret'));
    const here = await (await fetch(via('/request', 307), init)).json();
    assert.equal(here.headers.authorization, 'secret');
  });

  test('away and back does not bring them back', async () => {
    const back = urlOf(other, `/redirect?to=${encodeURIComponent(urlOf(server, '/request'))}`);
    const { headers } = await (await fetch(via(back), { headers: { Authorization: 'secret' } })).json();
    assert.equal(headers.authorization, undefined);
  });

  test('that drops the body drops its headers', async () => {
    const init = {
      method: 'POST',
      body: 'x',
      headers: { 'Content-Type': 'a/b', 'Content-Language': 'en', 'X-Own': '1' },
    };
    const { method, headers } = await (await fetch(via('/request', 303), init)).json();
    assert.equal(method, 'GET');
    assert.deepEqual(
      Object.keys(headers).filter((name) => /^content-|^x-/.test(name)),
      ['x-own'],
    );
  });

  test('keeps the fragment of the request unless it has its own, and neither is in the address', async () => {
    const response = await fetch(`${via('/request#theirs')}#ours`);
    assert.equal(response.url, urlOf(server, '/request'));
    await response.body?.cancel();
  });

  test('can be relative, and have UTF-8', async () => {
    const to = Buffer.from('request?ü', 'utf8').toString('latin1');
    const { url } = await (await fetch(via(to))).json();
    assert.equal(url, '/request?%C3%BC');
  });

  test('without Location is the response', async () => {
    const response = await fetch(urlOf(server, '/status?code=302&body=text'));
    assert.deepEqual([response.status, response.redirected, await response.text()], [302, false, 'text']);
  });

  test("is the response with redirect: 'manual'", async () => {
    const response = await fetch(via('/request'), { redirect: 'manual' });
    assert.deepEqual([response.status, response.headers.get('location')], [302, '/request']);
    assert.deepEqual([response.type, response.redirected, await response.text()], ['basic', false, 'moved']);
  });

  /** @type {[string, () => [string, RequestInit?], RegExp][]} */
  const errors = [
    ["with redirect: 'error'", () => [via('/request'), { redirect: 'error' }], /redirect is 'error'/],
    ['to http:', () => [via('http://127.0.0.1/')], /redirects to "http:\/\/127\.0\.0\.1\/".* https: URLs only/],
    ['to data:', () => [via('data:,x')], /https: URLs only/],
    ['to javascript:', () => [via('javascript:alert(1)')], /https: URLs only/],
    ['with a user name', () => [via(urlOf(other).replace('//', '//user@'))], /user name or password/],
    ['to a blocked port', () => [via('https://127.0.0.1:25/')], /Port 25 is blocked/],
    ['to no URL', () => [via('https://[')], /It is not a URL/],
    ['to itself', () => [urlOf(server, '/redirect?to=')], /more than 20 times/],
    [
      'of a stream',
      () => [
        via('/request', 307),
        /** @type {any} */ ({ method: 'POST', body: streamOf([Uint8Array.of(65)]), duplex: 'half' }),
      ],
      /a stream cannot be sent again/,
    ],
  ];
  for (const [name, call, message] of errors) {
    test(`${name} is an error`, async () => {
      const { error, code } = await failureOf(fetch(...call()));
      assert.ok(error instanceof TypeError);
      assert.equal(code, 'ERR_TLS_HTTP_REDIRECT');
      assert.match(error.message, message);
    });
  }

  test('of a stream with 303 is followed', async () => {
    const init = /** @type {any} */ ({ method: 'POST', body: streamOf([Uint8Array.of(65)]), duplex: 'half' });
    assert.equal((await (await fetch(via('/request', 303), init)).json()).method, 'GET');
  });

  test('of 20 in a row is followed, and not the one after', async () => {
    assert.equal((await fetch(urlOf(server, '/hops?left=20'))).redirected, true);
    assert.equal((await failureOf(fetch(urlOf(server, '/hops?left=21')))).code, 'ERR_TLS_HTTP_REDIRECT');
  });
});

describe('createFetch()', () => {
  test('rejects options of connect() that are not its own', () => {
    for (const name of ['ALPNProtocols', 'allowHalfOpen', 'signal', 'starttls']) {
      assert.throws(() => createFetch({ [name]: undefined }), { code: 'ERR_TLS_INVALID_OPTION' }, name);
    }
  });
  test('rejects values at once', () => {
    for (const options of [
      { maxConnections: 0 },
      { maxConnections: 1.5 },
      { maxConnections: 1001 },
      { idleTimeout: -1 },
      { idleTimeout: '1' },
      { servername: 'a b' },
      { bridge: 'ws://a.example', transport: async () => {} },
      { trust: 'pem' },
    ]) {
      assert.throws(() => createFetch(/** @type {any} */ (options)), { name: 'TLSError' }, JSON.stringify(options));
    }
  });
  test('passes on every value that connect() reads', async () => {
    const client = pki('client').clients?.credentials.good;
    const fetch = await trustingFetch({
      groups: ['P-384'],
      signatureAlgorithms: ['ecdsa_secp256r1_sha256', 'rsa_pss_rsae_sha256'],
      cert: [client?.chain ?? ''],
      key: [{ pem: client?.key ?? '' }],
    });
    assert.equal((await fetch(urlOf(server, '/request'))).status, 200);
    await fetch.close();
  });
  test('reports a chain that is not trusted as the cause', async () => {
    const untrusting = createFetch();
    const { error } = await failureOf(untrusting(urlOf(server)));
    assert.equal(error.cause.code, 'ERR_TLS_CERT_VERIFY_FAILED');
    assert.ok(error.cause.verification.problems.length > 0);
    await untrusting.close();
  });
});
