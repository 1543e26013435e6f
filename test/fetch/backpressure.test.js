/** fetch() and 256 MB: a reader that pauses stops the server, a server that pauses stops the stream that is uploaded. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { MB, memoryInUse, settled } from '../helpers/backpressure.js';
import { startBridge } from '../helpers/bridge.js';
import { startHttps, streamOf, trustingFetch, urlOf } from '../helpers/fetch.js';
import { blocks, sequence } from '../helpers/transfer.js';

const TOTAL = 256 * MB;

/** Zeros that gzip makes a thousand times smaller: what is read of them expands a thousand times. */
const BOMB = gzipSync(Buffer.alloc(64 * MB));

async function startServer() {
  let accepted = 0;
  let received = 0;
  const block = sequence(0, MB); // reused: the test measures the memory of this process
  const server = await startHttps(async (request, response) => {
    if (request.url === '/pause') {
      request.pause();
      return;
    }
    if (request.url === '/count') {
      for await (const bytes of request) received += bytes.length;
      response.end(String(received));
      return;
    }
    if (request.url === '/bomb') {
      response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': BOMB.length });
      response.end(BOMB);
      return;
    }
    if (request.url === '/length') response.setHeader('Content-Length', TOTAL);
    for (; accepted < TOTAL && !response.destroyed; accepted += block.length) {
      await new Promise((resolve) => response.write(block, resolve));
    }
    response.end();
  });
  return { ...server, accepted: () => accepted };
}

/** @param {import('node:test').TestContext} t @param {string} transport */
async function open(t, transport) {
  const server = await startServer();
  t.after(() => server.close());
  const target = `127.0.0.1:${server.port}`;
  const bridge = transport === 'websockify' ? await startBridge({ allowTargets: [target] }) : undefined;
  t.after(() => bridge?.close());
  const fetch = await trustingFetch({ bridge: bridge?.url });
  t.after(() => fetch.close());
  return { server, fetch };
}

for (const transport of ['tcp', 'websockify']) {
  describe(`256 MB over ${transport}`, () => {
    for (const path of ['/length', '/chunked']) {
      test(`from ${path} to a reader that pauses stop the server, and all arrive when it reads`, async (t) => {
        const { server, fetch } = await open(t, transport);
        const response = await fetch(urlOf(server, path));
        const before = memoryInUse();
        const accepted = await settled(server.accepted);
        const growth = memoryInUse() - before;
        t.diagnostic(`${accepted / MB} MB left the server; memory grew by ${growth.toFixed(1)} MB`);
        assert.ok(accepted < 64 * MB, `${accepted / MB} MB left the server`);
        assert.ok(growth < 8, `memory has grown by ${growth.toFixed(1)} MB`);
        let received = 0;
        for await (const bytes of /** @type {any} */ (response.body)) received += bytes.length;
        assert.equal(received, TOTAL);
      });
    }

    test('as a stream stop at a server that pauses', async (t) => {
      const { server, fetch } = await open(t, transport);
      let read = 0;
      const body = streamOf(
        (function* () {
          for (const block of blocks(TOTAL, MB)) {
            read += block.length;
            yield block;
          }
        })(),
      );
      const init = /** @type {RequestInit} */ ({ method: 'POST', body, duplex: 'half' });
      const uploading = fetch(urlOf(server, '/pause'), init).catch(() => {});
      const stalled = await settled(() => read);
      assert.ok(stalled < 64 * MB, `${stalled / MB} MB were read`);
      await fetch.close();
      await uploading;
    });
  });
}

test('256 MB as a stream arrive', async (t) => {
  const { server, fetch } = await open(t, 'tcp');
  const before = memoryInUse();
  let growth = 0;
  const body = streamOf(
    (function* () {
      let count = 0;
      for (const block of blocks(TOTAL, MB)) {
        if (++count % 32 === 0) growth = Math.max(growth, memoryInUse() - before);
        yield block;
      }
    })(),
  );
  const init = /** @type {RequestInit} */ ({ method: 'POST', body, duplex: 'half' });
  assert.equal(await (await fetch(urlOf(server, '/count'), init)).text(), String(TOTAL));
  t.diagnostic(`memory grew by ${growth.toFixed(1)} MB`);
  assert.ok(growth < 8, `memory has grown by ${growth.toFixed(1)} MB`);
});

test('an answer that expands a thousand times expands as it is read', async (t) => {
  const { server, fetch } = await open(t, 'tcp');
  const before = memoryInUse();
  const response = await fetch(urlOf(server, '/bomb'));
  await settled(memoryInUse);
  const growth = memoryInUse() - before;
  assert.ok(growth < 8, `memory has grown by ${growth.toFixed(1)} MB of 64`);
  let received = 0;
  for await (const bytes of /** @type {any} */ (response.body)) received += bytes.length;
  assert.equal(received, 64 * MB);
});
