/** Backpressure: the sender stops while nobody reads, and memory stays bounded. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connect, TrustStore } from '../../dist/index.js';
import { MB, memoryInUse, settled } from '../helpers/backpressure.js';
import { startBridge } from '../helpers/bridge.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';
import { blocks, sequence } from '../helpers/transfer.js';

const TOTAL = 256 * MB;
const certificates = pki('good-p256');
const base = {
  trust: await TrustStore.from(certificates.roots),
  servername: certificates.hostname,
  now: new Date(certificates.clock),
};

/**
 * A server that sends TOTAL bytes as fast as possible.
 * @returns {Promise<{port: number, accepted: () => number, close: () => Promise<void>}>} `accepted`: bytes that its
 *   socket has passed to the kernel
 */
async function startFirehose() {
  let accepted = 0;
  const block = sequence(0, MB); // reused: the test measures the memory of this process
  const server = await startNodeTls(certificates, {}, async (socket) => {
    socket.on('error', () => {});
    while (accepted < TOTAL) {
      await new Promise((resolve) => socket.write(block, resolve));
      if (socket.destroyed) {
        return;
      }
      accepted += block.length;
    }
    socket.end();
  });
  return { port: server.port, accepted: () => accepted, close: server.close };
}

for (const transport of ['tcp', 'websockify']) {
  describe(`a client that does not read 256 MB, over ${transport}`, () => {
    test('stops the server, stays under 8 MB, and delivers every byte when it reads', async (t) => {
      const server = await startFirehose();
      t.after(() => server.close());
      const bridge =
        transport === 'websockify' ? await startBridge({ allowTargets: [`127.0.0.1:${server.port}`] }) : undefined;
      t.after(() => bridge?.close());
      const socket = connect({ hostname: '127.0.0.1', port: server.port }, { ...base, bridge: bridge?.url });
      await socket.opened;
      const before = memoryInUse();
      const accepted = await settled(server.accepted);
      const growth = memoryInUse() - before;
      assert.ok(
        accepted < 64 * MB,
        `${accepted / MB} MB left the server: only the buffers of kernel and bridge may fill`,
      );
      assert.ok(growth < 8, `memory has grown by ${growth.toFixed(1)} MB`);

      let received = 0;
      for (let bytes = await socket.read(); bytes !== null; bytes = await socket.read()) {
        received += bytes.length;
      }
      assert.equal(received, TOTAL);
    });
  });
}

test('a server that does not read stops the writer', async (t) => {
  const server = await startNodeTls(certificates, {}, (socket) => {
    socket.on('error', () => {});
    socket.pause();
  });
  t.after(() => server.close().catch(() => {}));
  const socket = connect({ hostname: '127.0.0.1', port: server.port }, base);
  await socket.opened;
  let written = 0;
  const stop = new AbortController();
  const writing = (async () => {
    for (const block of blocks(TOTAL, MB)) {
      await socket.write(block);
      written += block.length;
    }
  })().catch(() => stop.abort());
  const stalled = await settled(() => written);
  assert.ok(stalled < 64 * MB, `${stalled / MB} MB were accepted`);
  await server.close();
  await writing;
  assert.equal(stop.signal.aborted, true, 'the pending write was rejected');
});
