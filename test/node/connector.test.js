/** connector() for undici, against nginx and Node's own server. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { Agent, Client, fetch, getGlobalDispatcher, Pool, setGlobalDispatcher } from 'undici';
import { TrustStore } from '../../dist/index.js';
import { connector } from '../../dist/node/index.js';
import { errorOf, unhandledErrors } from '../helpers/errors.js';
import { LARGE, startHttps } from '../helpers/https-server.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';

/** @typedef {import('../../dist/node/index.js').ClientOptions} ClientOptions */
/** @typedef {import('undici').Dispatcher} Dispatcher */

const good = pki('good-p256');
const trust = await TrustStore.from(good.roots);
const now = new Date(good.clock);

/** @type {Awaited<ReturnType<typeof startHttps>>} */
let server;
/** @type {string} */
let origin;
before(async () => {
  server = await startHttps(good);
  origin = `https://127.0.0.1:${server.port}`;
});
after(() => server.close());

const stray = unhandledErrors();
after(() => assert.deepEqual(stray, []));

/** @param {ClientOptions} [options] */
const connectorFor = (options) => /** @type {any} */ (connector({ trust, now, servername: good.hostname, ...options }));

/** @param {import('node:test').TestContext} t @param {string} [url] @param {Client.Options} [options] */
function clientFor(t, url = origin, options) {
  const client = new Client(url, { connect: connectorFor(), ...options });
  t.after(() => client.destroy());
  return client;
}

/** @param {Dispatcher} dispatcher @param {string} path @param {object} [options] */
async function request(dispatcher, path, options) {
  const { statusCode, body } = await dispatcher.request({ path, method: 'GET', ...options });
  return { status: statusCode, body: Buffer.from(await body.arrayBuffer()) };
}

describe('connector', () => {
  test('a hundred requests in a row go over one connection of a Client', async (t) => {
    const client = clientFor(t);
    const connections = new Set();
    for (let i = 1; i <= 100; i++) {
      const [connection, count] = String((await request(client, '/connection')).body).split(' ');
      connections.add(connection);
      assert.equal(Number(count), i);
    }
    assert.equal(connections.size, 1);
  });
  test('without keep-alive each request has its own connection, and twenty Clients close cleanly', async (t) => {
    const connections = new Set();
    for (let i = 0; i < 20; i++) {
      const client = clientFor(t, origin);
      const { body } = await request(client, '/connection', { reset: true });
      connections.add(String(body).split(' ')[0]);
      await client.close();
    }
    assert.equal(connections.size, 20);
  });
  test('pipelined requests', async (t) => {
    const client = clientFor(t, origin, { pipelining: 10 });
    const all = await Promise.all(Array.from({ length: 100 }, () => request(client, '/connection')));
    assert.equal(new Set(all.map(({ body }) => String(body).split(' ')[0])).size, 1);
  });
  test('200 parallel requests over a Pool of 8', async (t) => {
    const pool = new Pool(origin, { connect: connectorFor(), connections: 8 });
    t.after(() => pool.destroy());
    const all = await Promise.all(Array.from({ length: 200 }, () => request(pool, '/connection')));
    assert.ok(all.every(({ status }) => status === 200));
    assert.equal(new Set(all.map(({ body }) => String(body).split(' ')[0])).size, 8);
  });
  test('10 MB in both directions', async (t) => {
    const client = clientFor(t);
    const put = { method: 'PUT', body: LARGE };
    assert.equal((await request(client, '/put/undici', put)).status, 201);
    assert.ok((await request(client, '/put/undici')).body.equals(LARGE));
    const pool = new Pool(origin, { connect: connectorFor(), connections: 4 });
    t.after(() => pool.destroy());
    const four = await Promise.all(Array.from({ length: 4 }, () => request(pool, '/large')));
    assert.ok(four.every(({ body }) => body.equals(LARGE)));
  });
  test('fetch() with a global dispatcher', async (t) => {
    const earlier = getGlobalDispatcher();
    const agent = new Agent({ connect: connectorFor() });
    setGlobalDispatcher(agent);
    t.after(async () => {
      setGlobalDispatcher(earlier);
      await agent.close();
    });
    for (const use of [fetch, globalThis.fetch]) {
      const response = await use(`${origin}/small`);
      assert.deepEqual([response.status, await response.text()], [200, 'hello']);
    }
    const stream = new ReadableStream({
      start(controller) {
        for (let at = 0; at < LARGE.length; at += 65_536) controller.enqueue(LARGE.subarray(at, at + 65_536));
        controller.close();
      },
    });
    const put = await fetch(`${origin}/put/fetch`, { method: 'PUT', body: stream, duplex: 'half' });
    assert.equal(put.status, 201);
    const got = await fetch(`${origin}/put/fetch`);
    assert.ok(Buffer.from(await got.arrayBuffer()).equals(LARGE));
  });
  test('a server that ends idle connections is no error', async (t) => {
    const short = await startHttps(good, { keepAliveTimeout: '1s' });
    t.after(() => short.close());
    const client = clientFor(t, `https://127.0.0.1:${short.port}`, { keepAliveTimeout: 60_000 });
    for (let i = 0; i < 3; i++) {
      const gone = once(client, 'disconnect');
      assert.equal((await request(client, '/small')).status, 200);
      await gone;
    }
  });
  test('a server that ends the connection after some requests is no error', async (t) => {
    const few = await startHttps(good, { requests: 3 });
    t.after(() => few.close());
    const client = clientFor(t, `https://127.0.0.1:${few.port}`);
    for (let i = 0; i < 20; i++) {
      assert.equal((await request(client, '/small')).status, 200);
    }
  });
  test('aborted requests end', async (t) => {
    const client = clientFor(t);
    for (let i = 0; i < 20; i++) {
      const controller = new AbortController();
      const { body } = await client.request({ path: '/slow', method: 'GET', signal: controller.signal });
      const failed = errorOf(body.arrayBuffer());
      controller.abort();
      assert.equal((await failed).name, 'AbortError');
    }
    assert.equal((await request(client, '/small')).status, 200);
  });
});

describe('connector rejects', () => {
  test('a chain that is not valid', async (t) => {
    const other = await TrustStore.from(pki('good-rsa2048').roots);
    const client = clientFor(t, origin, { connect: connectorFor({ trust: other }) });
    const error = await errorOf(request(client, '/small'));
    assert.equal(error.code, 'ERR_TLS_CERT_VERIFY_FAILED');
  });
  test('plaintext, and proxies', async (t) => {
    const client = clientFor(t, `http://127.0.0.1:${server.port}`);
    assert.match((await errorOf(request(client, '/small'))).message, /https: only/);
    const target = { protocol: 'https:', hostname: 'a.example', port: '443', httpSocket: {} };
    const error = await new Promise((resolve) => connectorFor()(target, resolve));
    assert.match(error.message, /proxy/);
  });
  test('options that it does not know', () => {
    for (const options of [
      { ca: good.roots },
      { allowHalfOpen: true },
      { secureTransport: 'off' },
      { maxCachedSessions: 1 },
    ]) {
      assert.throws(() => connector(/** @type {any} */ (options)), { code: 'ERR_TLS_INVALID_OPTION' });
    }
  });
  for (const [name, cut] of /** @type {[string, (raw: import('node:net').Socket) => void][]} */ ([
    ['cut off', (raw) => raw.end()],
    ['reset', (raw) => raw.resetAndDestroy()],
  ])) {
    test(`a body without length that is ${name}`, async (t) => {
      const cutting = await startNodeTls(good, {}, (socket) => {
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nonly a part', () =>
            setTimeout(() => cut(/** @type {any} */ (socket)._parent), 50),
          );
        });
      });
      t.after(() => cutting.close());
      const client = clientFor(t, `https://127.0.0.1:${cutting.port}`);
      const error = await errorOf(request(client, '/'));
      assert.match(`${error.code} ${error.cause?.code}`, /ERR_TLS_/);
    });
  }
});
