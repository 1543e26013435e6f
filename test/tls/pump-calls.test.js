/** The core is pumped only when input has arrived or a queue has space again. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { connect, TrustStore } from '../../dist/index.js';
import { APP_IN, NET_IN } from '../../dist/engine.js';
import { loadCore } from '../../dist/wasm.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';
import { sequence } from '../helpers/transfer.js';

const QUEUE_BYTES = 65_536;
const certificates = pki('good-p256');
const core = await loadCore();
const base = {
  trust: await TrustStore.from(certificates.roots),
  servername: certificates.hostname,
  now: new Date(certificates.clock),
};

/** Since resetCounters(): calls of the pump, calls that left APP_IN full, and chunks from the network. */
let pumps = 0;
let full = 0;
let arrivals = 0;
/** Bytes in APP_IN. */
let readable = 0;
const { pagetls_connection_pump: pump, pagetls_connection_commit: commit } = core.call;

beforeEach(() => {
  core.call.pagetls_connection_pump = (pointer) => {
    pumps++;
    const state = pump(pointer);
    readable = core.call.pagetls_connection_pending(pointer, APP_IN);
    full += readable === QUEUE_BYTES ? 1 : 0;
    return state;
  };
  core.call.pagetls_connection_commit = (pointer, queue, length) => {
    arrivals += queue === NET_IN ? 1 : 0;
    return commit(pointer, queue, length);
  };
});
afterEach(() => Object.assign(core.call, { pagetls_connection_pump: pump, pagetls_connection_commit: commit }));

function resetCounters() {
  pumps = full = arrivals = 0;
}

/** @param {import('node:test').TestContext} t @param {(socket: import('node:tls').TLSSocket) => void} [onConnection] */
async function open(t, onConnection) {
  const server = await startNodeTls(certificates, {}, onConnection);
  t.after(() => server.close());
  const socket = connect({ hostname: '127.0.0.1', port: server.port }, base);
  await socket.opened;
  return socket;
}

/** Waits until this many bytes are in APP_IN. @param {number} bytes */
async function arrived(bytes) {
  while (readable < bytes) await nextTurn();
}

test('reading bytes that have already arrived does not pump', async (t) => {
  const socket = await open(t, (peer) => void peer.write(sequence(0, 20_000)));
  await arrived(20_000);
  const reader = /** @type {ReadableStream<Uint8Array>} */ (socket.readable).getReader({ mode: 'byob' });
  resetCounters();
  const got = [];
  for (let i = 0; i < 200; i++) {
    const { value } = await reader.read(new Uint8Array(100));
    got.push(value ?? new Uint8Array());
  }
  assert.deepEqual(new Uint8Array(Buffer.concat(got)), sequence(0, 20_000));
  assert.equal(pumps, 0);
  await reader.cancel();
  await socket.closed;
});

test('a round trip pumps once per write and once per chunk received', async (t) => {
  const socket = await open(t);
  await socket.write('the first');
  await socket.read();
  resetCounters();
  for (let i = 0; i < 100; i++) {
    await socket.write('hello');
    for (let length = 0; length < 5;) length += (await socket.read())?.length ?? 5;
  }
  assert.ok(arrivals >= 100);
  assert.equal(pumps, 100 + arrivals);
  await socket.close();
});

test('a download pumps once per chunk, and once more each time APP_IN was full', async (t) => {
  const total = 20 * 1024 * 1024;
  const socket = await open(t, (peer) => {
    peer.on('error', () => {});
    peer.once('data', () => peer.write(sequence(0, total)));
  });
  resetCounters();
  await socket.write('go');
  const hash = createHash('sha256');
  for (let length = 0; length < total;) {
    const bytes = (await socket.read()) ?? assert.fail('it ended early');
    hash.update(bytes);
    length += bytes.length;
  }
  assert.equal(hash.digest('hex'), createHash('sha256').update(sequence(0, total)).digest('hex'));
  assert.ok(pumps <= 1 + arrivals + full, `${pumps} pumps, ${arrivals} chunks, ${full} times full`);
  await socket.close();
});

for (const [name, sizes] of Object.entries({
  'in the middle of a record': Array(5).fill(16_000),
  'at the end of a record': Array(5).fill(16_384),
  'with many records pending': Array(60).fill(9_999),
})) {
  for (const limit of [Infinity, 30_000, 777]) {
    test(`APP_IN, filled ${name}, is refilled when ${limit === Infinity ? 'all' : limit} bytes are read`, async (t) => {
      const total = sizes.reduce((sum, size) => sum + size, 0);
      const all = sequence(0, total);
      const socket = await open(t, (peer) => {
        peer.on('error', () => {});
        let at = 0;
        for (const size of sizes) peer.write(all.subarray(at, (at += size)));
      });
      await arrived(QUEUE_BYTES);
      const got = [];
      if (limit === Infinity) {
        for (let length = 0; length < total;) {
          const bytes = (await socket.read()) ?? assert.fail('it ended early');
          got.push(bytes);
          length += bytes.length;
        }
      } else {
        const reader = /** @type {ReadableStream<Uint8Array>} */ (socket.readable).getReader({ mode: 'byob' });
        for (let length = 0; length < total;) {
          const { value } = await reader.read(new Uint8Array(limit));
          const bytes = value ?? assert.fail('it ended early');
          got.push(bytes);
          length += bytes.length;
        }
        reader.releaseLock();
      }
      assert.ok(Buffer.concat(got).equals(all));
      await socket.close();
    });
  }
}
