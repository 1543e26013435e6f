/** fetch() with a real HAProxy: early hints, idle connections that it closes with an answer, chunks in both directions. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { get } from 'node:https';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '../../scripts/run.js';
import { certificates, streamOf, trustingFetch, urlOf } from '../helpers/fetch.js';
import { directoryOf, start, startOnFreePort } from '../helpers/servers.js';
import { blocks, sequenceHash } from '../helpers/transfer.js';

const UPLOAD_BYTES = 10_000_000;

/** @type {import('../helpers/fetch.js').Fetch} */
let fetch;
/** @type {import('../helpers/servers.js').Server} */
let server;
/** @type {import('node:http').Server} */
let backend;

before(async () => {
  backend = createServer(async (request, response) => {
    const hash = createHash('sha256');
    for await (const bytes of request) hash.update(bytes);
    response.writeHead(200, { Trailer: 'X-Hash', 'X-Coding': request.headers['transfer-encoding'] ?? 'none' });
    response.write(hash.digest('hex'));
    response.addTrailers({ 'X-Hash': 'sha256' });
    response.end();
  }).listen(0, '127.0.0.1');
  await once(backend, 'listening');
  const { port: behind } = /** @type {import('node:net').AddressInfo} */ (backend.address());
  server = await startOnFreePort(async (port) => {
    const configuration = [
      ...['defaults', 'mode http', 'timeout connect 5s', 'timeout client 5s', 'timeout server 5s'],
      ...['timeout http-keep-alive 300ms', 'timeout http-request 300ms'],
      ...['frontend tls', `bind 127.0.0.1:${port} ssl crt server.pem`],
      'http-request early-hint Link "</style.css>; rel=preload" if { path /hints }',
      'http-request redirect code 308 location /hints if { path /moved }',
      'http-request deny deny_status 429 if { path /deny }',
      ...['default_backend node', 'backend node', `server node 127.0.0.1:${behind}`, ''],
    ];
    const directory = await directoryOf({
      'haproxy.cfg': configuration.join('\n'),
      'server.pem': certificates.chain + certificates.key,
    });
    return start(findProgram('haproxy') ?? 'haproxy', ['-db', '-f', 'haproxy.cfg'], directory);
  });
  fetch = await trustingFetch();
});
after(async () => {
  await fetch?.close();
  await server?.close();
  backend?.close();
});

describe('HAProxy', () => {
  test('sends early hints before the answer', async () => {
    const request = get({ host: '127.0.0.1', port: server.port, path: '/hints', rejectUnauthorized: false });
    const [{ statusCode }] = await once(request, 'information');
    assert.equal(statusCode, 103);
    request.on('error', () => {}).destroy();
    const response = await fetch(urlOf(server, '/hints'));
    assert.deepEqual([response.status, response.headers.get('link')], [200, null]);
    assert.equal(await response.text(), sequenceHash(0));
  });

  test('redirects and denies', async () => {
    const response = await fetch(urlOf(server, '/moved'));
    assert.deepEqual([response.status, response.redirected, response.url], [200, true, urlOf(server, '/hints')]);
    assert.equal((await fetch(urlOf(server, '/deny'), { method: 'POST', body: 'x' })).status, 429);
  });

  test(`forwards ${UPLOAD_BYTES} bytes in chunks, and trailers`, async () => {
    const body = streamOf(blocks(UPLOAD_BYTES));
    const init = /** @type {RequestInit} */ ({ method: 'POST', body, duplex: 'half' });
    const response = await fetch(urlOf(server, '/'), init);
    assert.equal(response.headers.get('x-coding'), 'chunked');
    assert.equal(await response.text(), sequenceHash(UPLOAD_BYTES));
  });

  test('closes idle connections, and no request fails', async () => {
    for (let request = 0; request < 8; request++) {
      assert.equal((await fetch(urlOf(server, '/'))).status, 200);
      await delay(295 + 2 * request); // just when HAProxy closes it
    }
  });
});
