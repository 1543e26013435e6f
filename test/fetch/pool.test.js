/** Connections of fetch(): how many there are, how long they stay, and what happens when the server ends one. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { afterEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { collectGarbage } from '../helpers/backpressure.js';
import { startFetchServer } from '../helpers/fetch-server.js';
import { certificates, failureOf, startHttps, streamOf, trustingFetch, urlOf } from '../helpers/fetch.js';
import { startNodeTls } from '../helpers/servers.js';

/** @typedef {import('node:tls').TLSSocket} Peer */
/** @typedef {import('../helpers/fetch.js').FetchOptions} FetchOptions */

/** @type {(() => Promise<unknown>)[]} */
const closers = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** @param {FetchOptions} [options] */
async function client(options) {
  const fetch = await trustingFetch(options);
  closers.push(() => fetch.close());
  return fetch;
}

async function httpServer() {
  const server = await startFetchServer();
  closers.push(() => server.close());
  return server;
}

/**
 * A server that answers each request by hand.
 * @param {(peer: Peer, head: string, connection: number, request: number) => void} answer head of a request; the numbers begin with 1
 */
async function rawServer(answer) {
  /** @type {Peer[]} */
  const peers = [];
  /** @type {string[]} */
  const heads = [];
  const server = await startNodeTls(certificates, { noDelay: true }, (peer) => {
    const connection = peers.push(peer);
    let text = '';
    let requests = 0;
    peer.on('data', (bytes) => {
      text += bytes.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        const head = text.slice(0, end);
        text = text.slice(end + 4 + Number(/content-length: (\d+)/.exec(head)?.[1] ?? 0));
        heads.push(head);
        answer(peer, head, connection, ++requests);
      }
    });
  });
  closers.push(() => server.close());
  return { ...server, peers, heads };
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** Sends close_notify and FIN after what was written. @param {Peer} peer */
const endOf = (peer) => setImmediate(() => peer.end());

/** Leaves time for the end of a connection to arrive. */
async function settle() {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('the number of connections', () => {
  test('is at most maxConnections; other requests wait for their turn', async () => {
    const server = await httpServer();
    const fetch = await client({ maxConnections: 2 });
    const texts = await Promise.all(
      Array.from({ length: 20 }, async () => (await fetch(urlOf(server, '/slow?parts=2'))).text()),
    );
    assert.deepEqual(new Set(texts), new Set(['0;1;']));
    assert.equal(server.connections(), 2);
  });

  test('is limited for each origin', async () => {
    const [one, two] = [await httpServer(), await httpServer()];
    const fetch = await client({ maxConnections: 1 });
    const begun = await fetch(urlOf(one, '/begin'));
    assert.equal((await fetch(urlOf(two, '/request'))).status, 200);
    await begun.body?.cancel();
  });

  test('grows by one for each request at a time, and stays', async () => {
    const server = await httpServer();
    const fetch = await client({ maxConnections: 10 });
    for (let round = 0; round < 3; round++) {
      await Promise.all(Array.from({ length: 5 }, async () => (await fetch(urlOf(server, '/slow?parts=3'))).text()));
    }
    assert.equal(server.connections(), 5);
  });

  test('makes a request wait until a signal ends it, or a body is cancelled', async () => {
    const server = await httpServer();
    const fetch = await client({ maxConnections: 1 });
    const response = await fetch(urlOf(server, '/begin'));
    const controller = new AbortController();
    const given = failureOf(fetch(urlOf(server, '/request'), { signal: controller.signal }));
    const waiting = fetch(urlOf(server, '/request'));
    controller.abort();
    assert.equal((await given).error.name, 'AbortError');
    await response.body?.cancel();
    assert.equal((await waiting).status, 200);
  });

  test('is not taken up by connections that cannot be opened', async () => {
    const server = await httpServer();
    const { port } = server;
    await closers.pop()?.();
    const fetch = await client({ maxConnections: 1 });
    for (const { code } of await Promise.all([1, 2, 3].map(() => failureOf(fetch(urlOf({ port })))))) {
      assert.equal(code, 'ERR_TLS_CONNECT_REFUSED');
    }
  });

  test('is not taken up by a small body that nobody reads', async () => {
    const server = await httpServer();
    const fetch = await client({ maxConnections: 1 });
    const responses = [];
    for (let request = 0; request < 5; request++) responses.push(await fetch(urlOf(server, '/slow?parts=3')));
    for (const response of responses) assert.equal(await response.text(), '0;1;2;');
    assert.equal(server.connections(), 1);
  });
});

test('a response that nobody can read any more does not keep its connection', { timeout: 30_000 }, async () => {
  const large = Buffer.alloc(4_000_000, 'not all of it fits');
  for (const encoded of [false, true]) {
    const server = await startHttps((_, response) => {
      if (encoded) response.setHeader('Content-Encoding', 'gzip');
      response.end(encoded ? gzipSync(large, { level: 0 }) : large);
    });
    closers.push(() => server.close());
    const fetch = await client({ maxConnections: 1 });
    const { signal } = new AbortController(); // lives on
    const request = async () => void (await fetch(urlOf(server), { signal }));
    for (let round = 0; round < 3; round++) {
      let answered = false;
      const waiting = request().then(() => (answered = true));
      while (!answered) {
        collectGarbage();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await waiting;
    }
    assert.equal(server.connections(), 3);
  }
});

describe('an idle connection', () => {
  test('is closed with close_notify after idleTimeout', async () => {
    const server = await rawServer((peer) => peer.write(OK));
    const fetch = await client({ idleTimeout: 20 });
    await (await fetch(urlOf(server))).text();
    await once(server.peers[0], 'end'); // an end without close_notify would be an error
  });

  test('is not kept with idleTimeout: 0', async () => {
    const server = await httpServer();
    const fetch = await client({ idleTimeout: 0 });
    for (let request = 0; request < 3; request++) await (await fetch(urlOf(server, '/request'))).text();
    assert.equal(server.connections(), 3);
  });

  test('is not kept as long as the server says that it will not', async () => {
    const answer = OK.replace('Content', 'Keep-Alive: timeout=1, max=5\r\nContent');
    const server = await rawServer((peer) => peer.write(answer));
    const fetch = await client();
    for (let request = 0; request < 2; request++) await (await fetch(urlOf(server))).text();
    assert.equal(server.peers.length, 2);
  });

  for (const [how, act] of /** @type {const} */ ([
    ['closes it', (/** @type {Peer} */ peer) => endOf(peer)],
    ['resets it', (/** @type {Peer} */ peer) => peer.destroy()],
    ['sends an answer to nothing', (/** @type {Peer} */ peer) => peer.write(OK)],
  ])) {
    test(`is replaced if the server ${how}, for any method`, async () => {
      const server = await rawServer((peer) => peer.write(OK));
      const fetch = await client();
      assert.equal(await (await fetch(urlOf(server))).text(), 'ok');
      const [peer] = server.peers;
      act(peer);
      if (!peer.destroyed) await once(peer, 'close');
      await settle();
      assert.equal(await (await fetch(urlOf(server), { method: 'POST', body: 'x' })).text(), 'ok');
      assert.equal(server.peers.length, 2);
    });
  }

  test('that ends when the next request arrives does not fail a request that may be repeated', async () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']) {
      const server = await rawServer((peer, _, connection, request) => {
        if (connection === 1 && request === 2) endOf(peer);
        else peer.write(method === 'HEAD' ? OK.slice(0, -2) : OK);
      });
      const fetch = await client();
      const init = { method, body: method === 'PUT' ? 'body' : null };
      await (await fetch(urlOf(server), init)).text();
      assert.equal((await fetch(urlOf(server), init)).status, 200, method);
      assert.equal(server.peers.length, 2);
      assert.equal(server.heads.length, 3);
    }
  });

  for (const [what, init] of /** @type {[string, () => any][]} */ ([
    ['POST', () => ({ method: 'POST', body: 'x' })],
    ['PATCH', () => ({ method: 'PATCH', body: 'x' })],
    ['PUT of a stream', () => ({ method: 'PUT', body: streamOf([Uint8Array.of(65)]), duplex: 'half' })],
  ])) {
    test(`that ends when the next request arrives fails ${what}, which may not be repeated`, async () => {
      const server = await rawServer((peer, _, __, request) => (request === 1 ? peer.write(OK) : endOf(peer)));
      const fetch = await client();
      await (await fetch(urlOf(server))).text();
      const { code } = await failureOf(fetch(urlOf(server), init()));
      assert.equal(code, 'ERR_TLS_HTTP_INCOMPLETE');
      assert.equal(server.peers.length, 1);
    });
  }

  test('is replaced once only', async () => {
    let answers = 2;
    const server = await rawServer((peer) => (answers-- > 0 ? peer.write(OK) : endOf(peer)));
    const fetch = await client();
    await Promise.all([1, 2].map(async () => (await fetch(urlOf(server))).text()));
    const { code } = await failureOf(fetch(urlOf(server)));
    assert.equal(code, 'ERR_TLS_HTTP_INCOMPLETE');
    assert.equal(server.heads.length, 4, 'two answers and two attempts');
  });

  test('that ends in the middle of an answer fails the request', async () => {
    const server = await rawServer((peer, _, __, request) => {
      peer.write(request === 1 ? OK : 'HTTP/1.1 2');
      if (request > 1) endOf(peer);
    });
    const fetch = await client();
    await (await fetch(urlOf(server))).text();
    assert.equal((await failureOf(fetch(urlOf(server)))).code, 'ERR_TLS_HTTP_INCOMPLETE');
    assert.equal(server.peers.length, 1);
  });
});

describe('a connection is not used again', () => {
  /** @type {Record<string, string>} */
  const answers = {
    'that the server wants to close': OK.replace('Content', 'Connection: close\r\nContent'),
    'of HTTP/1.0': OK.replace('HTTP/1.1', 'HTTP/1.0'),
    'with bytes behind the answer': `${OK}more`,
    'with a second answer': `${OK}${OK}`,
    'of a 204 with a length': 'HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n',
  };
  for (const [name, answer] of Object.entries(answers)) {
    test(name, async () => {
      const server = await rawServer((peer) => peer.write(answer));
      const fetch = await client();
      for (let request = 0; request < 2; request++) {
        const response = await fetch(urlOf(server));
        assert.equal(await response.text(), response.status === 204 ? '' : 'ok');
      }
      assert.equal(server.peers.length, 2);
    });
  }

  test('if the caller wants to close it', async () => {
    const server = await rawServer((peer) => peer.write(OK));
    const fetch = await client();
    for (let request = 0; request < 2; request++) {
      await (await fetch(urlOf(server), { headers: { Connection: 'close' } })).text();
    }
    assert.equal(server.peers.length, 2);
    assert.match(server.heads[0], /^connection: close$/m);
  });

  test('after an answer that came before the whole request was sent', async () => {
    const server = await rawServer((peer) => peer.write(OK));
    const fetch = await client();
    let cancelled = false;
    const body = new ReadableStream({
      start: (stream) => stream.enqueue(Uint8Array.of(65)),
      cancel: () => void (cancelled = true),
    });
    const init = /** @type {RequestInit} */ ({ method: 'POST', body, duplex: 'half' });
    assert.equal(await (await fetch(urlOf(server), init)).text(), 'ok');
    assert.equal(await (await fetch(urlOf(server))).text(), 'ok');
    assert.equal(server.peers.length, 2);
    assert.equal(cancelled, true);
  });
});

describe('a server that violates HTTP', () => {
  /** @type {Record<string, [answer: string, code: string]>} */
  const answers = {
    'speaks another protocol': ['220 mail.example ESMTP\r\n', 'PROTOCOL'],
    'sends both lengths and chunks': [OK.replace('Content', 'Transfer-Encoding: chunked\r\nContent'), 'PROTOCOL'],
    'sends an endless head': [`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(70_000)}`, 'LIMIT'],
    'sends endless interim answers': ['HTTP/1.1 100 Continue\r\n\r\n'.repeat(40), 'LIMIT'],
    'sends six content codings': [OK.replace('Content', `Content-Encoding: ${'gzip,'.repeat(6)}\r\nContent`), 'LIMIT'],
  };
  for (const [name, [answer, code]] of Object.entries(answers)) {
    test(`and ${name} fails the request, and its connection ends`, async () => {
      const server = await rawServer((peer) => peer.write(answer));
      const fetch = await client();
      const failed = await failureOf(fetch(urlOf(server)));
      assert.ok(failed.error instanceof TypeError);
      assert.match(failed.error.message, /^Fetching from https:\/\/127\.0\.0\.1:\d+ failed: /);
      assert.equal(failed.code, `ERR_TLS_HTTP_${code}`);
      const [peer] = server.peers;
      if (!peer.destroyed) await once(peer, 'close');
    });
  }

  test('in a chunk fails the body', async () => {
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
    const server = await rawServer((peer) => peer.write(`${head}2\r\nok\r\nno\r\n`));
    const fetch = await client();
    const response = await fetch(urlOf(server)).catch((error) => error);
    // The violation can arrive together with the head.
    const { code } = response instanceof Response ? await failureOf(response.text()) : response.cause;
    assert.equal(code, 'ERR_TLS_HTTP_PROTOCOL');
  });
});

test('a million chunks of one byte arrive in few parts', { timeout: 30_000 }, async (t) => {
  const count = 1_000_000;
  const chunks = '1\r\nx\r\n'.repeat(count / 100);
  const server = await rawServer(async (peer) => {
    peer.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    for (let part = 0; part < 100; part++) await new Promise((resolve) => peer.write(chunks, resolve));
    peer.write('0\r\n\r\n');
  });
  const fetch = await client();
  const before = process.cpuUsage();
  const { body } = await fetch(urlOf(server));
  let length = 0;
  let reads = 0;
  for await (const bytes of /** @type {any} */ (body)) {
    length += bytes.length;
    reads++;
  }
  const { user } = process.cpuUsage(before);
  t.diagnostic(`${(user / 1000).toFixed(0)} ms, ${reads} reads`);
  assert.equal(length, count);
  assert.ok(reads < count / 10, `${reads} reads`);
});

describe('close()', () => {
  test('ends requests, bodies and waiting requests, and later ones are errors', async () => {
    const server = await httpServer();
    const fetch = await client({ maxConnections: 2 });
    const { body } = await fetch(urlOf(server, '/begin'));
    const requested = once(server.server, 'request');
    const failing = [failureOf(fetch(urlOf(server, '/never'))), failureOf(fetch(urlOf(server, '/request')))];
    await requested;
    const reader = /** @type {ReadableStream} */ (body).getReader();
    await reader.read();
    await fetch.close();
    failing.push(failureOf(reader.read()), failureOf(fetch(urlOf(server, '/request'))));
    for (const { error, code } of await Promise.all(failing)) {
      assert.ok(error instanceof TypeError);
      assert.equal(code, 'ERR_TLS_CLOSED');
      assert.match(error.message, /This fetch\(\) has been closed/);
    }
    await fetch.close();
  });

  test('is what `await using` calls', async () => {
    const server = await rawServer((peer) => peer.write(OK));
    const fetch = await trustingFetch();
    await (await fetch(urlOf(server))).text();
    const ended = once(server.peers[0], 'end');
    await fetch[Symbol.asyncDispose]();
    await ended;
  });
});
