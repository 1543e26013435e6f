/** The same calls of our fetch() and of Node's, to the same server: outcomes are the same, but for the differences listed here. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startFetchServer, TEXT } from '../helpers/fetch-server.js';
import { streamOf, trustingFetch, urlOf } from '../helpers/fetch.js';

/** @typedef {(url: (path: string) => string) => [input: string | URL | Request, init?: any]} Call */

/** The server's certificate is of the test PKI: Node's fetch() takes no CA. Only this process is concerned. */
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
process.removeAllListeners('warning');
process.on('warning', () => {});

const bytes = (/** @type {string} */ text) => new TextEncoder().encode(text);
const form = () => {
  const data = new FormData();
  data.set('a', '1');
  data.set('file', new File(['content'], 'a.txt', { type: 'text/plain' }));
  return data;
};

/** @type {Record<string, Call>} */
const CALLS = {
  // Requests
  GET: (url) => [url('/request')],
  'a URL object with query and fragment': (url) => [new URL(url('/request?a=b&c=%20#part'))],
  'dots in a path': (url) => [url('/a/../request/./')],
  'lower-case methods': (url) => [url('/request'), { method: 'post' }],
  'patch in lower case': (url) => [url('/request'), { method: 'patch' }],
  'a method of its own': (url) => [url('/request'), { method: 'PROPFIND' }],
  HEAD: (url) => [url('/request'), { method: 'HEAD' }],
  OPTIONS: (url) => [url('/request'), { method: 'OPTIONS' }],
  'DELETE without body': (url) => [url('/request'), { method: 'DELETE' }],
  'DELETE with body': (url) => [url('/request'), { method: 'DELETE', body: 'x' }],
  'POST without body': (url) => [url('/request'), { method: 'POST' }],
  'PUT without body': (url) => [url('/request'), { method: 'PUT' }],
  text: (url) => [url('/request'), { method: 'POST', body: 'täxt' }],
  bytes: (url) => [url('/request'), { method: 'POST', body: bytes('bytes') }],
  'a Blob with type': (url) => [url('/request'), { method: 'POST', body: new Blob(['b'], { type: 'a/b' }) }],
  'a Blob without type': (url) => [url('/request'), { method: 'POST', body: new Blob(['b']) }],
  URLSearchParams: (url) => [url('/request'), { method: 'POST', body: new URLSearchParams('a=1&b=2') }],
  FormData: (url) => [url('/request'), { method: 'POST', body: form() }],
  'a stream': (url) => [url('/request'), { method: 'POST', body: streamOf([bytes('ab'), bytes('c')]), duplex: 'half' }],
  'a stream without duplex': (url) => [url('/request'), { method: 'POST', body: streamOf([]) }],
  'a number as body': (url) => [url('/request'), { method: 'POST', body: 12 }],
  'a Request': (url) => [new Request(url('/request'), { method: 'POST', body: 'x', headers: { a: 'b' } })],
  'a Request and init': (url) => [
    new Request(url('/request'), { method: 'POST', body: 'x' }),
    { method: 'PUT', body: 'y' },
  ],
  'headers as a list': (url) => [url('/request'), { headers: [['a', '1'], ['a', '2']] }], // prettier-ignore
  'headers as an object': (url) => [url('/request'), { headers: { A: ' 1 ', B: '' } }],
  'Content-Type of the caller': (url) => [
    url('/request'),
    { method: 'POST', body: '{}', headers: { 'Content-Type': 'a/b' } },
  ],
  'Cookie and Origin': (url) => [url('/request'), { headers: { Cookie: 'a=1', Origin: 'https://a.example' } }],
  'Accept and User-Agent': (url) => [url('/request'), { headers: { Accept: 'a/b', 'User-Agent': 'me' } }],
  Range: (url) => [url('/request'), { headers: { Range: 'bytes=0-1' } }],
  'cache: no-store': (url) => [url('/request'), { cache: 'no-store' }],
  'cache: no-cache': (url) => [url('/request'), { cache: 'no-cache' }],
  'Connection: close': (url) => [url('/request'), { headers: { Connection: 'close' } }],
  'Host of another': (url) => [url('/request'), { headers: { Host: 'other.example' } }],
  'a wrong Content-Length': (url) => [
    url('/request'),
    { method: 'POST', body: 'x', headers: { 'Content-Length': '2' } },
  ],
  Expect: (url) => [url('/request'), { method: 'POST', body: 'x', headers: { Expect: '100-continue' } }],
  'a body with GET': (url) => [url('/request'), { body: 'x' }],
  CONNECT: (url) => [url('/request'), { method: 'CONNECT' }],
  TRACE: (url) => [url('/request'), { method: 'TRACE' }],
  'a user name': (url) => [url('/request').replace('//', '//user:password@')],
  'a blocked port': () => ['https://127.0.0.1:25/'],
  'a relative URL': () => ['/request'],
  'ftp:': () => ['ftp://127.0.0.1/'],
  'data:': () => ['data:text/plain,text'],
  'only-if-cached': (url) => [url('/request'), { cache: 'only-if-cached', mode: 'same-origin' }],
  // Responses
  404: (url) => [url('/missing')],
  204: (url) => [url('/status?code=204')],
  205: (url) => [url('/status?code=205')],
  304: (url) => [url('/status?code=304')],
  '299 with a reason': (url) => [url('/status?code=299&reason=Odd&body=x')],
  'no body': (url) => [url('/status?code=200')],
  'Set-Cookie': (url) => [url('/cookies')],
  'interim answers': (url) => [url('/interim')],
  trailers: (url) => [url('/trailers')],
  'until the connection ends': (url) => [url('/until-close')],
  'until the connection ends, without close_notify': (url) => [url('/cut')],
  'a body that is cut': (url) => [url('/cut?length=1')],
  gzip: (url) => [url('/encoded?coding=gzip')],
  'x-gzip': (url) => [url('/encoded?coding=x-gzip')],
  deflate: (url) => [url('/encoded?coding=deflate')],
  'deflate without zlib': (url) => [url('/deflate-raw')],
  'deflate and gzip': (url) => [url('/encoded?coding=deflate%2C%20gzip')],
  'gzip of nothing': (url) => [url('/encoded?coding=gzip&empty=1')],
  'gzip that is cut': (url) => [url('/encoded?coding=gzip&cut=1')],
  'gzip that is none': (url) => [url('/not-gzip')],
  'HEAD of gzip': (url) => [url('/encoded?coding=gzip'), { method: 'HEAD' }],
  // Redirects
  ...Object.fromEntries(
    [301, 302, 303, 307, 308].flatMap((code) =>
      ['GET', 'HEAD', 'POST', 'PUT'].map((method) => [
        `${code} of ${method}`,
        (/** @type {(path: string) => string} */ url) => [
          url(`/redirect?code=${code}`),
          method === 'GET' || method === 'HEAD' ? { method } : { method, body: 'x', headers: { 'X-Own': '1' } },
        ],
      ]),
    ),
  ),
  '307 of a stream': (url) => [
    url('/redirect?code=307'),
    { method: 'POST', body: streamOf([bytes('x')]), duplex: 'half' },
  ],
  '303 of a stream': (url) => [
    url('/redirect?code=303'),
    { method: 'POST', body: streamOf([bytes('x')]), duplex: 'half' },
  ],
  'a redirect without location': (url) => [url('/status?code=302&body=x')],
  'a redirect with a fragment': (url) => [`${url('/redirect?to=/request%23theirs')}#ours`],
  'a redirect to http:': (url) => [url('/redirect?to=http://127.0.0.1:1/')],
  'a redirect to data:': (url) => [url('/redirect?to=data:,x')],
  'a redirect with a user name': (url) => [
    url('/redirect?to=').concat(encodeURIComponent(url('/request').replace('//', '//u:p@'))),
  ],
  '20 redirects': (url) => [url('/hops?left=20')],
  '21 redirects': (url) => [url('/hops?left=21')],
  'redirect: manual': (url) => [url('/redirect'), { redirect: 'manual' }],
  'redirect: error': (url) => [url('/redirect'), { redirect: 'error' }],
  'redirect: error without location': (url) => [url('/status?code=302'), { redirect: 'error' }],
  // Signals
  'an aborted signal': (url) => [url('/request'), { signal: AbortSignal.abort() }],
  'an aborted signal with a reason': (url) => [url('/request'), { signal: AbortSignal.abort(new RangeError('mine')) }],
  'a timeout': (url) => [url('/never'), { signal: AbortSignal.timeout(50) }],
  'a timeout in the body': (url) => [url('/begin'), { signal: AbortSignal.timeout(1000) }],
};

/** Headers of requests that differ always: [ours, Node's]. */
const REQUEST_HEADERS = {
  'user-agent': ['pagetls', 'node'],
  'accept-language': [undefined, '*'],
  'sec-fetch-mode': [undefined, 'cors'],
};

/** Headers of responses that are about the connection, or the length of what `/request` reports. */
const VARYING = ['date', 'connection', 'keep-alive', 'content-length'];

/** The differences: why they are there. @type {Record<string, string>} */
const DIFFERENCES = {
  'patch in lower case':
    "Node's server rejects it and ends without close_notify: the answer may be cut, which is an error",
  'a method of its own': 'Content-Length: 0 without a body is for POST and PUT only, as the standard says',
  'Host of another': 'Node ignores a Host of the caller; here one that differs is an error',
  'data:': 'only https: is supported',
  'only-if-cached': 'there is no cache, so this cannot be answered; Node ignores it',
  'interim answers': 'Node fails at an unasked 100; RFC 9110, section 15.2, says to ignore it',
  'until the connection ends, without close_notify':
    'Node takes the end of TCP for the end of the body: an attacker can cut it',
  'gzip that is cut': 'Node returns what it could decode',
};

/** @type {Awaited<ReturnType<typeof startFetchServer>>} */
let server;
/** @type {import('../helpers/fetch.js').Fetch} */
let ours;
before(async () => {
  server = await startFetchServer();
  ours = await trustingFetch();
});
after(async () => {
  await ours?.close();
  await server?.close();
});

/** @param {unknown} error */
const kindOf = (error) =>
  error instanceof DOMException ? error.name : error instanceof Error ? error.constructor.name : typeof error;

/**
 * What the caller sees, as data.
 * @param {typeof globalThis.fetch} fetch
 * @param {Call} call
 * @param {0 | 1} side
 */
async function outcomeOf(fetch, call, side) {
  let response;
  try {
    response = await fetch(...call((path) => urlOf(server, path)));
  } catch (error) {
    return { rejects: kindOf(error) };
  }
  const { status, statusText, ok, redirected, type, url } = response;
  const headers = [...response.headers].filter(([name]) => !VARYING.includes(name));
  /** @type {Record<string, unknown>} */
  const outcome = { status, statusText, ok, redirected, type, url, headers, hasBody: response.body !== null };
  try {
    outcome.body = await response.text();
  } catch (error) {
    return { ...outcome, bodyRejects: kindOf(error) };
  }
  if (new URL(url).pathname === '/request' && outcome.body !== '') outcome.body = requestOf(String(outcome.body), side);
  return { ...outcome, bodyUsed: response.bodyUsed };
}

/** The request as it arrived, without what always differs. @param {string} json @param {0 | 1} side */
function requestOf(json, side) {
  const { names: _, ...request } = JSON.parse(json);
  const { 'accept-encoding': encodings, ...headers } = request.headers;
  for (const [name, values] of Object.entries(REQUEST_HEADERS)) {
    if (headers[name] === values[side]) delete headers[name];
  }
  const type = /boundary=(.+)$/.exec(headers['content-type'] ?? '')?.[1];
  const text = JSON.stringify({
    ...request,
    headers: Object.entries(headers).sort(),
    identity: encodings === 'identity',
  });
  // Boundaries are random, and those of the same length are what we compare.
  return type === undefined ? text : text.replaceAll(type, 'x'.repeat(type.length));
}

describe("ours and Node's fetch()", () => {
  for (const [name, call] of Object.entries(CALLS)) {
    test(`${name}: ${name in DIFFERENCES ? 'differ' : 'are the same'}`, async (t) => {
      const [one, two] = [await outcomeOf(ours, call, 0), await outcomeOf(globalThis.fetch, call, 1)];
      if (name in DIFFERENCES) {
        t.diagnostic(DIFFERENCES[name]);
        assert.notDeepEqual(one, two, 'a difference that is not there any more');
      } else {
        assert.deepEqual(one, two);
      }
    });
  }
  test('list only differences of calls that are made', () => {
    for (const name of Object.keys(DIFFERENCES)) assert.ok(name in CALLS, name);
  });
  test('decode what they offer', async () => {
    assert.equal(await (await ours(urlOf(server, '/encoded?coding=gzip'))).text(), TEXT);
  });
});
