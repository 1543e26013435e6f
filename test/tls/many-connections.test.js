/** Many connections in one wasm instance: correct data, no leaks, and no work while idle. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { connect, TrustStore } from '../../dist/index.js';
import { loadCore } from '../../dist/wasm.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';

/** Limit of the C heap per idle connection. */
const IDLE_BYTES = 5000;

const certificates = pki('good-rsa2048');
const core = await loadCore();
const options = {
  trust: await TrustStore.from(certificates.roots),
  servername: certificates.hostname,
  now: new Date(certificates.clock),
};

/**
 * @param {number} port
 * @param {string} text sent, and expected back
 */
async function echo(port, text) {
  const socket = connect({ hostname: '127.0.0.1', port }, options);
  await socket.write(text);
  let got = '';
  while (got.length < text.length) {
    got += new TextDecoder().decode((await socket.read()) ?? assert.fail('it ended early'));
  }
  assert.equal(got, text);
  await socket.close();
}

test('200 concurrent connections all echo correctly', async (t) => {
  const server = await startNodeTls(certificates);
  t.after(() => server.close());
  const all = () =>
    Promise.all(Array.from({ length: 200 }, (_, i) => echo(server.port, `connection ${i} `.repeat(500 + i))));
  await all(); // allocates PSA Crypto's key slots, which stay allocated
  const heap = core.heapInUse;
  await all();
  assert.equal(core.heapInUse, heap);
});

test('2,000 sequential connections: neither the C heap nor wasm memory grows', async (t) => {
  const server = await startNodeTls(certificates);
  t.after(() => server.close());
  for (let i = 0; i < 20; i++) {
    await echo(server.port, `warm-up ${i}`);
  }
  const heap = core.heapInUse;
  const memory = core.memory.buffer.byteLength;
  for (let i = 0; i < 2000; i++) {
    await echo(server.port, `number ${i}`);
  }
  assert.equal(core.heapInUse, heap);
  assert.equal(core.memory.buffer.byteLength, memory);
});

for (const [version, cipher] of /** @type {const} */ ([
  ['TLSv1.3', 'TLS_CHACHA20_POLY1305_SHA256'],
  ['TLSv1.3', 'TLS_AES_128_GCM_SHA256'],
  ['TLSv1.3', 'TLS_AES_256_GCM_SHA384'],
  ['TLSv1.2', 'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256'],
  ['TLSv1.2', 'TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
])) {
  test(`40 idle connections use at most 5 kB each, and echo correctly when active: ${version}, ${cipher}`, async (t) => {
    const server = await startNodeTls(certificates);
    t.after(() => server.close());
    const chosen = { ...options, minVersion: version, maxVersion: version, ciphers: [cipher], timeout: 0 };
    const before = core.heapInUse;
    const sockets = Array.from({ length: 40 }, () => connect({ hostname: '127.0.0.1', port: server.port }, chosen));
    await Promise.all(sockets.map((socket) => socket.opened));
    const opened = core.heapInUse - before;
    assert.ok(opened < sockets.length * IDLE_BYTES, `${opened} bytes`);
    /** Texts of all lengths: several records, one, and a few bytes. @param {number} round @param {number} i */
    const textOf = (round, i) => `${round}, ${i}; `.repeat(1 + ((round * 7919 + i * 104729) % 5000));
    for (let round = 0; round < 8; round++) {
      const busy = sockets.filter((_, i) => (i + round) % 3 !== 0);
      await Promise.all(
        busy.map(async (socket, i) => {
          const text = textOf(round, i);
          await socket.write(text);
          let got = '';
          while (got.length < text.length) {
            got += new TextDecoder().decode((await socket.read()) ?? assert.fail('it ended early'));
          }
          assert.ok(got === text, 'the echo differs');
        }),
      );
      const idle = core.heapInUse - before;
      assert.ok(idle < sockets.length * IDLE_BYTES, `round ${round}: ${idle} bytes`);
    }
    await Promise.all(sockets.map((socket) => socket.close()));
    assert.equal(core.heapInUse, before);
  });
}

test('an idle connection sets no timer and does not call the core', async (t) => {
  const server = await startNodeTls(certificates);
  t.after(() => server.close());
  const sockets = Array.from({ length: 20 }, () =>
    connect({ hostname: '127.0.0.1', port: server.port }, { ...options, timeout: 0 }),
  );
  await Promise.all(sockets.map((socket) => socket.opened));
  await Promise.all(sockets.map((socket) => socket.write('x')));
  await Promise.all(sockets.map((socket) => socket.read()));

  let calls = 0;
  const pump = core.call.pagetls_connection_pump;
  core.call.pagetls_connection_pump = (...args) => {
    calls++;
    return pump(...args);
  };
  let timers = 0;
  const { setTimeout: realTimeout, setInterval: realInterval } = globalThis;
  const counting =
    (/** @type {typeof realTimeout} */ real) =>
    (/** @type {Parameters<typeof realTimeout>} */ ...args) => {
      timers++;
      return real(...args);
    };
  Object.assign(globalThis, {
    setTimeout: counting(realTimeout),
    setInterval: counting(/** @type {typeof realTimeout} */ (/** @type {unknown} */ (realInterval))),
  });
  const cpu = process.cpuUsage();
  await wait(500);
  const { user, system } = process.cpuUsage(cpu);
  Object.assign(globalThis, { setTimeout: realTimeout, setInterval: realInterval });
  core.call.pagetls_connection_pump = pump;

  assert.equal(calls, 0, 'the core was not called');
  assert.equal(timers, 0, 'no timer was set');
  assert.ok((user + system) / 1000 < 100, `${(user + system) / 1000} ms of CPU in 500 ms`);
  await Promise.all(sockets.map((socket) => socket.close()));
});
