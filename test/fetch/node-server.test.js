/** fetch() with Node's HTTPS server: requests as they arrive, bodies of every kind, streams, encodings, aborting. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { after, before, describe, test } from 'node:test';
import { startFetchServer, TEXT } from '../helpers/fetch-server.js';
import { failureOf, startHttps, streamOf, trustingFetch, urlOf } from '../helpers/fetch.js';

/** @typedef {RequestInit & {duplex?: 'half'}} Init */

/** @type {import('../helpers/fetch.js').Fetch} */
let fetch;
/** @type {Awaited<ReturnType<typeof startFetchServer>>} */
let server;

before(async () => {
  server = await startFetchServer();
  fetch = await trustingFetch();
});
after(async () => {
  await fetch?.close();
  await server?.close();
});

/** @param {string} path @param {Init} [init] */
const get = (path, init) => fetch(urlOf(server, path), init);
const encoder = new TextEncoder();

/** Its connection has ended. @param {import('node:http').IncomingMessage} request */
const closeOf = (request) => new Promise((resolve) => request.once('close', resolve));

/** What arrived at the server. @param {Init} [init] @returns {Promise<any>} */
const sent = async (init) => (await get('/request', init)).json();

describe('a request', () => {
  test('without options is a GET with few headers', async () => {
    const { method, url, headers, names } = await sent();
    assert.deepEqual([method, url], ['GET', '/request']);
    const { 'accept-encoding': encodings, ...others } = headers;
    const host = `127.0.0.1:${server.port}`;
    assert.deepEqual(others, { host, connection: 'keep-alive', accept: '*/*', 'user-agent': 'pagetls' });
    assert.match(encodings, /^gzip, deflate(?:, br)?$/);
    assert.equal(names, Object.keys(headers).length);
  });

  test('has the query and no fragment, and names beyond ASCII encoded', async () => {
    const { url } = await (await get('/request?a=b c&ü#part')).json();
    assert.equal(url, '/request?a=b%20c&%C3%BC');
  });

  test('has the headers of the caller, also those that a page may not set', async () => {
    const given = {
      Cookie: 'a=1',
      Origin: 'https://other.example',
      Referer: 'https://other.example/page',
      'User-Agent': 'me',
      Accept: 'text/html',
      'Accept-Encoding': 'identity',
      'X-Latin': 'caf\xe9',
      DNT: '1',
    };
    const { headers } = await sent({ headers: given });
    for (const [name, value] of Object.entries(given)) assert.equal(headers[name.toLowerCase()], value, name);
  });

  test('joins the values of a header that is given twice', async () => {
    const headers = new Headers([
      ['X-A', '1'],
      ['X-A', '2'],
    ]);
    assert.equal((await sent({ headers })).headers['x-a'], '1, 2');
  });

  for (const method of ['get', 'POST', 'put', 'delete', 'OPTIONS', 'PATCH', 'PROPFIND']) {
    test(`has the method ${method}`, async () => {
      const expected = ['get', 'put', 'delete'].includes(method) ? method.toUpperCase() : method;
      assert.equal((await sent({ method })).method, expected);
    });
  }

  test('can have null for options', async () => {
    assert.equal((await fetch(urlOf(server, '/request'), /** @type {any} */ (null))).status, 200);
  });

  test('can be a Request', async () => {
    const request = new Request(urlOf(server, '/request'), {
      method: 'POST',
      headers: { 'X-From': 'Request' },
      body: 'text',
    });
    const { method, headers, body } = await (await fetch(request)).json();
    assert.deepEqual([method, body], ['POST', 'text']);
    assert.equal(headers['x-from'], 'Request');
    assert.equal(headers['content-length'], '4', 'a body that is there at once has a length');
    assert.equal(headers['content-type'], 'text/plain;charset=UTF-8');
    assert.equal(request.bodyUsed, true);
  });

  test('can be a Request that streams', async () => {
    const body = streamOf(['a', 'bc'].map((part) => encoder.encode(part)));
    const request = new Request(
      urlOf(server, '/request'),
      /** @type {Init} */ ({ method: 'POST', body, duplex: 'half' }),
    );
    const arrived = await (await fetch(request)).json();
    assert.equal(arrived.body, 'abc');
  });

  test('can be a Request whose body replaces, and headers too', async () => {
    const request = new Request(urlOf(server, '/request'), { method: 'POST', headers: { A: '1' }, body: 'one' });
    const { headers, body } = await (await fetch(request, { body: 'two', headers: { B: '2' } })).json();
    assert.deepEqual([body, headers.a, headers.b], ['two', undefined, '2']);
    assert.equal(request.bodyUsed, false);
  });
});

describe('a body', () => {
  const form = new URLSearchParams({ a: '1 2', ü: 'ß' });
  /** @type {Record<string, [body: () => BodyInit, text: string, type: string | undefined, length: string | undefined]>} */
  const bodies = {
    text: [() => 'täxt', 't\xc3\xa4xt', 'text/plain;charset=UTF-8', '5'],
    'no text': [() => '', '', 'text/plain;charset=UTF-8', '0'],
    URLSearchParams: [() => form, 'a=1+2&%C3%BC=%C3%9F', 'application/x-www-form-urlencoded;charset=UTF-8', '19'],
    'an ArrayBuffer': [() => Uint8Array.of(0, 255, 65).buffer, '\0\xffA', undefined, '3'],
    'a view': [() => new DataView(Uint8Array.of(1, 2, 3, 4).buffer, 1, 2), '\x02\x03', undefined, '2'],
    'a Blob': [() => new Blob(['blob'], { type: 'text/x-blob' }), 'blob', 'text/x-blob', '4'],
    'a Blob without type': [() => new Blob(['blob']), 'blob', undefined, '4'],
    'a stream': [() => streamOf([encoder.encode('one'), encoder.encode('two')]), 'onetwo', undefined, undefined],
    'an empty stream': [() => streamOf([]), '', undefined, undefined],
  };
  for (const [name, [body, text, type, length]] of Object.entries(bodies)) {
    test(`can be ${name}`, async () => {
      const arrived = await sent({ method: 'POST', body: body(), duplex: 'half' });
      assert.equal(arrived.body, text);
      assert.equal(arrived.headers['content-type'], type);
      assert.equal(arrived.headers['content-length'], length);
      assert.equal(arrived.headers['transfer-encoding'], length === undefined ? 'chunked' : undefined);
    });
  }

  test('can be FormData with a file', async () => {
    const data = new FormData();
    data.set('field', 'välue');
    data.set('file', new File(['content'], 'a.txt', { type: 'text/plain' }));
    const { headers, body } = await sent({ method: 'POST', body: data });
    const [, boundary] = /^multipart\/form-data; boundary=(.+)$/.exec(headers['content-type']) ?? [];
    assert.ok(boundary);
    assert.equal(headers['content-length'], String(body.length));
    const back = await new Response(Buffer.from(body, 'latin1'), { headers }).formData();
    assert.equal(back.get('field'), 'välue');
    const file = /** @type {File} */ (back.get('file'));
    assert.deepEqual([file.name, await file.text()], ['a.txt', 'content']);
  });

  test('has the type that the caller gives', async () => {
    const { headers } = await sent({ method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } });
    assert.equal(headers['content-type'], 'application/json');
  });

  test('that is missing has length 0 with POST and PUT, and none otherwise', async () => {
    for (const [method, length] of [
      ['POST', '0'],
      ['PUT', '0'],
      ['DELETE', undefined],
      ['GET', undefined],
    ]) {
      assert.equal((await sent({ method })).headers['content-length'], length, method);
    }
  });

  test('of a stream has the length that the caller gives, and no other', async () => {
    const stream = () => streamOf(['ab', 'cd'].map((part) => encoder.encode(part)));
    const init = /** @type {Init} */ ({ method: 'POST', duplex: 'half' });
    const right = await sent({ ...init, body: stream(), headers: { 'Content-Length': '4' } });
    assert.deepEqual([right.body, right.headers['content-length']], ['abcd', '4']);
    for (const [length, found] of [
      ['3', 'more'],
      ['5', 'less'],
    ]) {
      const { error, code } = await failureOf(sent({ ...init, body: stream(), headers: { 'Content-Length': length } }));
      assert.ok(error instanceof TypeError);
      assert.equal(code, 'ERR_TLS_HTTP_REQUEST');
      assert.match(error.message, new RegExp(`Content-Length says ${length} bytes, and the body has ${found}`));
    }
  });

  test('whose stream fails is the error, and ends the connection', async () => {
    const cause = new Error('out of paper');
    const body = streamOf(
      (async function* () {
        yield encoder.encode('some');
        throw cause;
      })(),
    );
    const aborted = once(server.server, 'request').then(([request]) => closeOf(request));
    const { error } = await failureOf(get('/echo', { method: 'POST', body, duplex: 'half' }));
    assert.ok(error instanceof TypeError);
    assert.equal(error.cause, cause);
    await aborted;
  });

  test('whose chunks are no bytes is an error', async () => {
    const body = streamOf(/** @type {any} */ (['text']));
    const { error } = await failureOf(get('/echo', { method: 'POST', body, duplex: 'half' }));
    assert.ok(error instanceof TypeError);
    assert.match(error.message, /Uint8Array/);
  });

  test('streams in both directions at once', async () => {
    let sender = /** @type {ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | any} */ (undefined);
    const body = new ReadableStream({ start: (controller) => void (sender = controller) });
    const answering = get('/echo', { method: 'POST', body, duplex: 'half' });
    const send = (/** @type {string} */ text) => sender.enqueue(encoder.encode(text));
    send('a');
    const reader = /** @type {ReadableStream<Uint8Array>} */ ((await answering).body).getReader();
    for (const text of ['a', 'b', 'c']) {
      const { value } = await reader.read();
      assert.equal(new TextDecoder().decode(value), text);
      send(String.fromCharCode(text.charCodeAt(0) + 1));
    }
    sender.close();
    assert.equal(new TextDecoder().decode((await reader.read()).value), 'd');
    assert.equal((await reader.read()).done, true);
  });
});

describe('a response', () => {
  test('comes after interim answers', async () => {
    const response = await get('/interim');
    assert.deepEqual([response.status, response.headers.get('link'), await response.text()], [200, null, 'final']);
  });

  test('with trailers ends after them, and the connection is used again', async () => {
    const before = server.connections();
    for (let request = 0; request < 3; request++) assert.equal(await (await get('/trailers')).text(), 'body');
    assert.ok(server.connections() - before <= 1);
  });

  test('arrives in parts as they are sent', async () => {
    const response = await get('/slow?parts=20');
    let text = '';
    let parts = 0;
    for await (const part of /** @type {any} */ (response.body)) {
      text += new TextDecoder().decode(part);
      parts++;
    }
    assert.equal(text, Array.from({ length: 20 }, (_, part) => `${part};`).join(''));
    assert.ok(parts > 1, `${parts} parts`);
  });

  test('has a byte stream, for readers with their own buffer', async () => {
    const { body } = await get('/slow?parts=3');
    const reader = /** @type {ReadableStream<Uint8Array>} */ (body).getReader({ mode: 'byob' });
    let text = '';
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(1));
      if (done) break;
      text += new TextDecoder().decode(value);
    }
    assert.equal(text, '0;1;2;');
  });

  test('has Set-Cookie, apart', async () => {
    const { headers } = await get('/cookies');
    assert.deepEqual(headers.getSetCookie(), ['a=1; Path=/', 'b=2, 3; HttpOnly']);
    assert.equal(headers.get('x-list'), 'a, b');
  });

  test('of any status from 200 to 599 is no error', async () => {
    for (const code of [200, 201, 299, 400, 404, 500, 599]) {
      const response = await get(`/status?code=${code}&reason=Some+reason&body=text`);
      assert.deepEqual([response.status, response.statusText, response.ok], [code, 'Some reason', code < 300]);
      assert.equal(await response.text(), 'text');
    }
    const reset = await get('/status?code=205&body=text');
    assert.deepEqual([reset.status, reset.body], [205, null]);
    assert.equal(await (await get('/status?code=200&body=next')).text(), 'next');
  });

  test('that ends with the connection is whole with close_notify, and an error without', async () => {
    assert.equal(await (await get('/until-close')).text(), TEXT);
    const { error, code } = await failureOf((await get('/cut')).text());
    assert.ok(error instanceof TypeError);
    assert.equal(code, 'ERR_TLS_TRUNCATED');
  });

  test('that is cut is an error', async () => {
    const { code } = await failureOf((await get('/cut?length=1')).text());
    assert.equal(code, 'ERR_TLS_TRUNCATED');
  });
});

describe('Content-Encoding', () => {
  for (const coding of ['gzip', 'x-gzip', 'deflate', 'deflate, gzip', 'identity']) {
    test(`${coding} is decoded`, async () => {
      const response = await get(`/encoded?coding=${encodeURIComponent(coding)}`);
      assert.equal(response.headers.get('content-encoding'), coding);
      assert.equal(await response.text(), TEXT);
    });
  }
  test('deflate without the format of zlib is decoded', async () => {
    assert.equal(await (await get('/deflate-raw')).text(), TEXT);
  });
  test('of an empty body, and of the answer to HEAD, is no error', async () => {
    assert.equal(await (await get('/encoded?coding=gzip&empty=1')).text(), '');
    assert.equal((await get('/encoded?coding=gzip', { method: 'HEAD' })).body, null);
  });
  test('that was not offered is left as it is', async () => {
    const offered = (await sent()).headers['accept-encoding'].includes('br');
    const response = await get('/encoded?coding=br');
    assert.equal((await response.text()) === TEXT, offered);
    assert.equal(response.headers.get('content-encoding'), 'br');
  });
  for (const [name, path] of [
    ['that ends too early', '/encoded?coding=gzip&cut=1'],
    ['that is something else', '/not-gzip'],
  ]) {
    test(`${name} is an error`, async () => {
      const { error, code } = await failureOf((await get(path)).text());
      assert.ok(error instanceof TypeError);
      assert.equal(code, 'ERR_TLS_HTTP_PROTOCOL');
      assert.match(error.message, /not valid gzip/);
    });
  }
});

describe('a signal', () => {
  test('that is aborted already ends fetch() with its reason', async () => {
    const reason = new Error('mine');
    const { error } = await failureOf(get('/request', { signal: AbortSignal.abort(reason) }));
    assert.equal(error, reason);
  });

  /** @type {Record<string, () => Promise<unknown>>} */
  const moments = {
    'before the answer': () => once(server.server, 'request'),
    'while connecting': async () => {},
  };
  for (const [when, moment] of Object.entries(moments)) {
    test(`ends fetch() ${when}`, async () => {
      const controller = new AbortController();
      const reached = moment();
      const failing = failureOf(get('/never', { signal: controller.signal }));
      await reached;
      controller.abort();
      const { error } = await failing;
      assert.ok(error instanceof DOMException);
      assert.equal(error.name, 'AbortError');
    });
  }

  test('of a timeout is a TimeoutError', async () => {
    const { error } = await failureOf(get('/never', { signal: AbortSignal.timeout(50) }));
    assert.equal(error.name, 'TimeoutError');
  });

  test('ends a body that is being read, and the connection', async () => {
    const controller = new AbortController();
    const requested = once(server.server, 'request');
    const response = await get('/begin', { signal: controller.signal });
    const [request] = await requested;
    const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
    assert.equal(new TextDecoder().decode((await reader.read()).value), 'begun');
    const failing = failureOf(reader.read());
    const closed = closeOf(request);
    controller.abort();
    assert.equal((await failing).error.name, 'AbortError');
    assert.equal((await failureOf(reader.closed)).error.name, 'AbortError');
    await closed;
  });

  test('ends a body that nobody reads', async () => {
    const controller = new AbortController();
    const response = await get('/begin', { signal: controller.signal });
    controller.abort();
    assert.equal((await failureOf(response.text())).error.name, 'AbortError');
  });

  test('ends a body that is complete but not read, as the standard says', async () => {
    const controller = new AbortController();
    const response = await get('/status?code=200&body=text', { signal: controller.signal });
    controller.abort();
    assert.equal((await failureOf(response.text())).error.name, 'AbortError');
  });

  test('cancels the stream of an upload', async () => {
    const controller = new AbortController();
    /** @type {(reason: unknown) => void} */
    let tell = () => {};
    const cancelled = new Promise((resolve) => {
      tell = resolve;
    });
    const body = new ReadableStream({
      start: (stream) => stream.enqueue(encoder.encode('first')),
      cancel: (reason) => tell(reason),
    });
    const requested = once(server.server, 'request');
    const failing = failureOf(get('/never', { method: 'POST', body, duplex: 'half', signal: controller.signal }));
    await requested;
    controller.abort(new Error('enough'));
    assert.equal((await failing).error.message, 'enough');
    assert.equal(/** @type {Error} */ (await cancelled).message, 'enough');
  });

  test('has no effect after the end', async () => {
    const controller = new AbortController();
    const response = await get('/status?code=200&body=text', { signal: controller.signal });
    assert.equal(await response.text(), 'text');
    controller.abort();
    assert.equal(await (await get('/status?code=200&body=next')).text(), 'next');
  });

  test('of a Request counts, unless another one is given', async () => {
    const request = () => new Request(urlOf(server, '/request'), { signal: AbortSignal.abort(new Error('old')) });
    assert.equal((await failureOf(fetch(request()))).error.message, 'old');
    assert.equal((await fetch(request(), { signal: new AbortController().signal })).status, 200);
  });
});

test('a server can be at an IPv6 address', async (t) => {
  if (
    !Object.values(networkInterfaces())
      .flat()
      .some((one) => one?.address === '::1')
  ) {
    t.skip('this machine has no IPv6');
    return;
  }
  const six = await startHttps((request, response) => void response.end(request.headers.host), {}, '::1');
  t.after(() => six.close());
  assert.equal(await (await fetch(`https://[::1]:${six.port}/`)).text(), `[::1]:${six.port}`);
});

test('cancelling a body ends its connection, and the next request has another one', async () => {
  const requested = once(server.server, 'request');
  const response = await get('/begin');
  const [request] = await requested;
  const closed = closeOf(request);
  await response.body?.cancel();
  await closed;
  assert.equal((await get('/request')).status, 200);
});
