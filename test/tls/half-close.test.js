/**
 * Half-closed connections (RFC 8446, section 6.1): `writable.close()` leaves the answer to come, and with `allowHalfOpen`
 * the server's close_notify leaves writing open.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, TrustStore } from '../../dist/index.js';
import { startBridge } from '../helpers/bridge.js';
import { closeAfterEach } from '../helpers/cleanup.js';
import { pki } from '../helpers/pki.js';
import { startRelay } from '../helpers/relay.js';
import { startNodeTls, startOpenssl } from '../helpers/servers.js';
import { blocks, endWith, sequenceHash } from '../helpers/transfer.js';

/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../../dist/index.js').TLSSocket} TLSSocket */

const TOTAL_BYTES = 3 * 1024 * 1024; // more than all queues and kernel buffers on loopback hold
const certificates = pki('good-p256');
const trust = await TrustStore.from(certificates.roots);
/** @type {ConnectOptions} */
const base = { trust, servername: certificates.hostname, now: new Date(certificates.clock), timeout: 20_000 };

const closeLater = await closeAfterEach(certificates, base);

/** @param {number} port @param {ConnectOptions} [options] */
function openHalf(port, options) {
  return connect({ hostname: '127.0.0.1', port }, { ...base, allowHalfOpen: true, ...options });
}

/** @param {TLSSocket} socket */
async function readAll(socket) {
  const hash = createHash('sha256');
  let length = 0;
  for (let bytes = await socket.read(); bytes !== null; bytes = await socket.read()) {
    hash.update(bytes);
    length += bytes.length;
  }
  return { length, sha256: hash.digest('hex') };
}

/** @param {TLSSocket} socket */
async function writeAll(socket) {
  for (const block of blocks(TOTAL_BYTES)) {
    await socket.write(block);
  }
}

/** A Node server that keeps its direction open. @param {(socket: import('node:tls').TLSSocket) => void} onConnection */
async function startHalfOpenNode(onConnection) {
  return closeLater(await startNodeTls(certificates, { allowHalfOpen: true }, onConnection));
}

/** Resolves at the client's close_notify, where `for await` would destroy the socket. @param {import('node:tls').TLSSocket} socket */
async function nodeReadAll(socket) {
  const hash = createHash('sha256');
  let length = 0;
  socket.on('data', (chunk) => {
    hash.update(chunk);
    length += chunk.length;
  });
  await once(socket, 'end');
  return { length, sha256: hash.digest('hex') };
}

/** More than the kernel buffers of a connection hold: it is sent completely only if the client reads. */
const JUNK = Buffer.alloc(16 * 1024 * 1024, 0x17);

/**
 * Forwards everything except the server's FIN: instead of it, sends bytes that are not records.
 * @param {number} target
 */
async function startJunkRelay(target) {
  /** @type {(value?: unknown) => void} */
  let resolveSent = () => {};
  const junkSent = new Promise((resolve) => (resolveSent = resolve));
  const relay = createServer({ allowHalfOpen: true }, (client) => {
    const server = connectTcp({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    client.on('error', () => {}).pipe(server);
    server.on('error', () => {}).on('data', (chunk) => client.write(chunk));
    server.on('end', () => client.write(JUNK, resolveSent));
    server.on('close', () => client.destroy());
  }).listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (relay.address());
  return { port, junkSent, close: () => new Promise((resolve) => relay.close(resolve)) };
}

const VERSIONS = /** @type {const} */ (['TLSv1.2', 'TLSv1.3']);

for (const version of VERSIONS) {
  const options = { minVersion: version, maxVersion: version };

  describe(`half-closed, ${version}, with Node`, () => {
    test('delivers every byte written after the server’s close_notify', async () => {
      /** @type {Promise<{length: number, sha256: string}> | undefined} */
      let received;
      const server = await startHalfOpenNode((socket) => {
        endWith(socket, 'bye');
        received = nodeReadAll(socket);
      });
      const socket = openHalf(server.port, options);
      assert.equal(new TextDecoder().decode((await socket.read()) ?? undefined), 'bye');
      assert.equal(await socket.read(), null);
      await writeAll(socket);
      assert.equal(await socket.read(), null);
      await socket.writable.close();
      await socket.closed;
      assert.deepEqual(await received, { length: TOTAL_BYTES, sha256: sequenceHash(TOTAL_BYTES) });
      await assert.rejects(socket.write('x'), { code: 'ERR_TLS_CLOSED' });
      assert.equal(await socket.read(), null);
    });

    test('reads every byte between our close_notify and the server’s, then closes', async () => {
      const server = await startHalfOpenNode(async (socket) => {
        const { length } = await nodeReadAll(socket);
        for (const block of blocks(TOTAL_BYTES)) {
          await new Promise((resolve) => socket.write(block, resolve));
        }
        endWith(socket, String(length));
      });
      const socket = openHalf(server.port, options);
      await socket.write('question');
      await socket.writable.close();
      await assert.rejects(socket.write('more'), { code: 'ERR_TLS_CLOSED' });
      const hash = createHash('sha256');
      for (const block of blocks(TOTAL_BYTES)) hash.update(block);
      const sha256 = hash.update('8').digest('hex');
      assert.deepEqual(await readAll(socket), { length: TOTAL_BYTES + 1, sha256 });
      await socket.closed;
    });

    test('close() ends the remaining direction', async () => {
      const server = await startHalfOpenNode((socket) => {
        socket.resume();
        socket.on('data', () => endWith(socket, 'bye'));
      });
      const first = openHalf(server.port, options);
      await first.write('x');
      await first.read();
      assert.equal(await first.read(), null);
      await first.close();
      await first.closed;
      const second = openHalf(server.port, options);
      await second.opened;
      await second.writable.close();
      await second.close();
      await second.closed;
    });

    test('fails with ERR_TLS_TRUNCATED if the transport ends after our close_notify but before the server’s', async () => {
      const server = await startHalfOpenNode((socket) => {
        socket.on('error', () => {});
        socket.on('end', () => socket.write('half of a mess'));
        socket.resume();
      });
      /** @type {import('node:net').Socket | undefined} */
      let wire;
      const relay = closeLater(
        await startRelay(server.port, {
          fromServer(chunk, { client }) {
            wire = client;
            return chunk;
          },
        }),
      );
      const socket = openHalf(relay.port, options);
      await socket.opened;
      await socket.writable.close();
      assert.equal(new TextDecoder().decode((await socket.read()) ?? undefined), 'half of a mess');
      wire?.end();
      await assert.rejects(socket.read(), { code: 'ERR_TLS_TRUNCATED' });
      await assert.rejects(socket.closed, { code: 'ERR_TLS_TRUNCATED' });
    });

    test('ignores data after the server’s close_notify', async () => {
      /** @type {Promise<{length: number, sha256: string}> | undefined} */
      let received;
      const server = await startHalfOpenNode((socket) => {
        socket.end();
        received = nodeReadAll(socket);
      });
      const relay = closeLater(await startJunkRelay(server.port));
      const socket = openHalf(relay.port, options);
      assert.equal(await socket.read(), null);
      await relay.junkSent;
      await writeAll(socket);
      assert.equal(await socket.read(), null);
      await socket.writable.close();
      await socket.closed;
      assert.deepEqual(await received, { length: TOTAL_BYTES, sha256: sequenceHash(TOTAL_BYTES) });
    });

    test('without allowHalfOpen, the server’s close_notify closes the connection for writing too', async () => {
      const server = await startHalfOpenNode((socket) => {
        endWith(socket, 'bye');
        socket.resume();
      });
      const socket = connect({ hostname: '127.0.0.1', port: server.port }, { ...base, ...options });
      await socket.closed;
      assert.equal(new TextDecoder().decode((await socket.read()) ?? undefined), 'bye');
      assert.equal(await socket.read(), null);
      await assert.rejects(socket.write('x'), { code: 'ERR_TLS_CLOSED' });
    });
  });
}

describe('half-closed, with OpenSSL', () => {
  /** @type {import('node:child_process').ChildProcess} */
  let child;
  /** @type {AsyncIterator<string>} */
  let lines;
  let port = 0;

  before(async () => {
    child = spawn(
      'python3',
      [new URL('half_close_server.py', import.meta.url).pathname, certificates.files.chain, certificates.files.key],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    lines = createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stdout) })[
      Symbol.asyncIterator
    ]();
    port = Number((await lines.next()).value);
  });
  after(async () => {
    child.kill();
    await once(child, 'exit');
  });

  for (const version of VERSIONS) {
    const options = { minVersion: version, maxVersion: version };

    test(`${version}: delivers every byte written after the server’s close_notify`, async () => {
      const socket = openHalf(port, options);
      await socket.write('server 0\n');
      assert.equal(new TextDecoder().decode((await socket.read()) ?? undefined), 'bye');
      assert.equal(await socket.read(), null);
      await writeAll(socket);
      await socket.close();
      assert.deepEqual(JSON.parse((await lines.next()).value), {
        bytes: TOTAL_BYTES,
        sha256: sequenceHash(TOTAL_BYTES),
      });
    });

    test(`${version}: over the bridge, delivers every byte written after the server’s close_notify`, async () => {
      const bridge = closeLater(await startBridge({ allowTargets: [`127.0.0.1:${port}`] }));
      const socket = openHalf(port, { ...options, bridge: bridge.url });
      await socket.write('server 0\n');
      const source = new ReadableStream({
        start(controller) {
          for (const block of blocks(TOTAL_BYTES)) controller.enqueue(block);
          controller.close();
        },
      });
      assert.equal(await new Response(socket.readable).text(), 'bye');
      await source.pipeTo(socket.writable);
      await socket.closed;
      assert.deepEqual(JSON.parse((await lines.next()).value), {
        bytes: TOTAL_BYTES,
        sha256: sequenceHash(TOTAL_BYTES),
      });
    });

    test(`${version}: reads every byte between our close_notify and the server’s`, async () => {
      const socket = openHalf(port, options);
      await socket.write(`client ${TOTAL_BYTES}\n`);
      await socket.write('question');
      await socket.writable.close();
      const sha256 = createHash('sha256')
        .update(
          Buffer.alloc(
            TOTAL_BYTES,
            Uint8Array.from({ length: 256 }, (_, i) => i),
          ),
        )
        .digest('hex');
      assert.deepEqual(await readAll(socket), { length: TOTAL_BYTES, sha256 });
      await socket.closed;
      const received = JSON.parse((await lines.next()).value);
      assert.deepEqual(received, { bytes: 8, sha256: createHash('sha256').update('question').digest('hex') });
    });

    test(`${version}: s_server answers a request immediately followed by close_notify`, async () => {
      const server = closeLater(await startOpenssl(certificates, { mode: 'www' }));
      const socket = openHalf(server.port, options);
      socket.write('GET / HTTP/1.0\r\n\r\n');
      await socket.writable.close();
      let answer = '';
      for (let bytes = await socket.read(); bytes !== null; bytes = await socket.read()) {
        answer += new TextDecoder().decode(bytes);
      }
      assert.match(answer, /^HTTP\/1\.0 200 ok[^]*<\/pre><\/BODY><\/HTML>/i);
      await socket.closed;
    });
  }
});

describe('writable.close()', () => {
  for (const path of /** @type {const} */ (['TCP', 'the bridge'])) {
    /** @param {number} port @returns {Promise<ConnectOptions>} */
    const options = async (port) =>
      path === 'TCP' ? {} : { bridge: closeLater(await startBridge({ allowTargets: [`127.0.0.1:${port}`] })).url };

    test(`over ${path}: pipeTo() sends the request, and the whole answer comes, although it is late and slow`, async () => {
      const server = await startHalfOpenNode(async (socket) => {
        const { length } = await nodeReadAll(socket);
        for (let i = 0; i < 4; i++) {
          await delay(250);
          socket.write(`${length} `);
        }
        socket.end();
      });
      const socket = connect(
        { hostname: '127.0.0.1', port: server.port },
        { ...base, ...(await options(server.port)), closeTimeout: 500 },
      );
      const source = new ReadableStream({
        start(controller) {
          for (const block of blocks(TOTAL_BYTES)) controller.enqueue(block);
          controller.close();
        },
      });
      await source.pipeTo(socket.writable);
      let answer = '';
      const sink = new WritableStream({
        write(chunk) {
          answer += new TextDecoder().decode(chunk);
        },
      });
      await socket.readable.pipeTo(sink);
      assert.equal(answer, `${TOTAL_BYTES} `.repeat(4));
      await socket.closed;
    });

    test(`over ${path}: fails when the server sends nothing for closeTimeout`, async () => {
      const server = await startHalfOpenNode((socket) => {
        socket.on('error', () => {});
        socket.on('data', () => socket.write('part of it'));
      });
      const socket = connect(
        { hostname: '127.0.0.1', port: server.port },
        { ...base, ...(await options(server.port)), closeTimeout: 200 },
      );
      await socket.write('question');
      await socket.writable.close();
      assert.equal(new TextDecoder().decode((await socket.read()) ?? undefined), 'part of it');
      await assert.rejects(socket.read(), { code: 'ERR_TLS_TIMEOUT', message: /nothing for 200 ms/ });
      await assert.rejects(socket.closed, { code: 'ERR_TLS_TIMEOUT' });
    });
  }

  test('does not count the time that the application takes to read', async () => {
    const server = await startHalfOpenNode(async (socket) => {
      await nodeReadAll(socket);
      for (const block of blocks(TOTAL_BYTES)) {
        await new Promise((resolve) => socket.write(block, resolve));
      }
      socket.end();
    });
    const socket = connect({ hostname: '127.0.0.1', port: server.port }, { ...base, closeTimeout: 500 });
    await socket.opened;
    await socket.writable.close();
    await socket.read();
    await delay(1200);
    const first = (await socket.read())?.length ?? 0;
    assert.ok(first > 0);
    await readAll(socket);
    await socket.closed;
  });
});
