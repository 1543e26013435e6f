/** Transfers of all sizes in Node; test/transports/browser.test.js does the same in a page. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { connect, TrustStore } from '../../dist/index.js';
import { startBridge } from '../helpers/bridge.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';
import { blocks, download, endWith, sequence, startTransferServer, upload } from '../helpers/transfer.js';

const MB = 1024 * 1024;
const SIZES = [0, 1, 16383, 16384, 16385, MB, 100 * MB];

const certificates = pki('good-p256');
/** @type {import('../../dist/index.js').ConnectOptions} */
const base = {
  trust: await TrustStore.from(certificates.roots),
  servername: certificates.hostname,
  now: new Date(certificates.clock),
};

for (const transport of ['tcp', 'websockify']) {
  describe(`over ${transport}`, () => {
    /** @type {Awaited<ReturnType<typeof startTransferServer>>} */
    let server;
    /** @type {Awaited<ReturnType<typeof startBridge>> | undefined} */
    let bridge;
    /** @type {import('../../dist/index.js').ConnectOptions} */
    let options;

    before(async () => {
      server = await startTransferServer(certificates);
      if (transport === 'websockify') {
        bridge = await startBridge({ allowTargets: [`127.0.0.1:${server.port}`] });
      }
      options = { ...base, bridge: bridge?.url };
    });

    after(async () => {
      await bridge?.close();
      await server.close();
    });

    for (const size of SIZES) {
      test(`${size} bytes down`, () => download(server.port, options, size));
      test(`${size} bytes up in one write`, () => upload(server.port, options, size, Math.max(size, 4)));
    }
    test('1 MB up in writes of 1000 bytes', () => upload(server.port, options, MB, 1000));
    test('100 MB up in writes of 64 KB', () => upload(server.port, options, 100 * MB, 64 * 1024));
    test('100 MB down, TLS 1.2 with AES-GCM', () =>
      download(
        server.port,
        { ...options, maxVersion: 'TLSv1.2', ciphers: ['TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256'] },
        100 * MB,
      ));
  });
}

describe('the web streams', () => {
  test('transfer data in both directions, and closing writable closes the connection', async () => {
    const server = await startNodeTls(certificates);
    const socket = connect({ hostname: '127.0.0.1', port: server.port }, base);
    const total = 3 * MB;
    const sending = Readable.toWeb(Readable.from(blocks(total, 50000))).pipeTo(socket.writable, { preventClose: true });
    const reader = socket.readable.getReader();
    let received = 0;
    while (received < total) {
      const { value, done } = await reader.read();
      assert.equal(done, false);
      assert.deepEqual(
        Buffer.compare(
          /** @type {Uint8Array} */ (value),
          sequence(0, total).subarray(received, received + value.length),
        ),
        0,
      );
      received += value.length;
    }
    await sending;
    await socket.writable.close();
    await socket.closed;
    await server.close();
  });

  test('fill the buffer of a BYOB reader, and keep the rest for the next read', async () => {
    const server = await startNodeTls(certificates, {}, (socket) => endWith(socket, '0123456789'));
    const socket = connect({ hostname: '127.0.0.1', port: server.port }, base);
    const reader = socket.readable.getReader({ mode: 'byob' });
    let text = '';
    for (;;) {
      const { value, done } = await reader.read(new Uint8Array(3));
      if (done) {
        break;
      }
      assert.ok(value.length <= 3);
      text += new TextDecoder().decode(value);
    }
    assert.equal(text, '0123456789');
    await socket.closed;
    await server.close();
  });

  test('make read() reject while a reader locks the stream', async () => {
    const server = await startNodeTls(certificates);
    const socket = connect({ hostname: '127.0.0.1', port: server.port }, base);
    const reader = socket.readable.getReader();
    await assert.rejects(socket.read(), TypeError);
    reader.releaseLock();
    await socket.write('again');
    assert.equal(new TextDecoder().decode((await socket.read()) ?? undefined), 'again');
    await socket.close();
    await server.close();
  });

  test('keep the order of writes that are not awaited and of concurrent reads', async () => {
    const server = await startNodeTls(certificates);
    const socket = connect({ hostname: '127.0.0.1', port: server.port }, base);
    const reads = [socket.read(), socket.read()];
    for (let i = 0; i < 100; i++) {
      socket.write(`${i},`);
    }
    let text = '';
    const expected = Array.from({ length: 100 }, (_, i) => `${i},`).join('');
    for (const read of reads) {
      text += new TextDecoder().decode((await read) ?? undefined);
    }
    while (text.length < expected.length) {
      text += new TextDecoder().decode((await socket.read()) ?? undefined);
    }
    assert.equal(text, expected);
    await socket.close();
    await server.close();
  });
});
