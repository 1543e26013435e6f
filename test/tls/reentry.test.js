/**
 * Re-entry: the core calls its host, where other code can run: a patched `crypto` or, in some hosts, microtasks. That code
 * cannot enter the core: asynchronous calls are deferred, synchronous ones throw, and neither the data of connections nor
 * the C heap is corrupted.
 */
import assert from 'node:assert/strict';
import nodeCrypto, { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import v8 from 'node:v8';
import { connect, parseCertificate, readDocuments, TLSError, TrustStore, verifyChain } from '../../dist/index.js';
import { streamsOf } from '../../dist/transports/channel.js';
import { loadCore } from '../../dist/wasm.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';
import { blocks, sequenceHash, startTransferServer } from '../helpers/transfer.js';

/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../../dist/index.js').TLSSocket} TLSSocket */
/** @typedef {import('../../dist/transports/channel.js').Receiver} Receiver */
/** @typedef {'random' | 'now' | 'aead'} HostCall */

const MB = 1024 * 1024;
const REENTRANT_CALL = { name: 'TLSError', code: 'ERR_TLS_REENTRANT_CALL' };

/* --- a host that runs other code ---------------------------------------------------------- */

/** Runs inside each host call. @type {(kind: HostCall) => void} */
let duringHostCall = () => {};
/** Number of host calls since the last reset. @type {Record<HostCall, number>} */
let calls = { random: 0, now: 0, aead: 0 };

/** @param {HostCall} kind */
function onHostCall(kind) {
  if (loaded && core.busy) {
    calls[kind]++;
    duringHostCall(kind);
  }
}

let loaded = false;
const real = { getRandomValues: crypto.getRandomValues, now: Date.now, getBuiltinModule: process.getBuiltinModule };

crypto.getRandomValues = (array) => {
  onHostCall('random');
  real.getRandomValues.call(crypto, array);
  return array;
};
Date.now = () => {
  onHostCall('now');
  return real.now();
};
/** @param {'createCipheriv' | 'createDecipheriv'} kind */
const make =
  (kind) =>
  (/** @type {unknown[]} */ ...args) => {
    onHostCall('aead');
    return /** @type {(...args: unknown[]) => unknown} */ (/** @type {unknown} */ (nodeCrypto[kind]))(...args);
  };
process.getBuiltinModule = /** @type {typeof real.getBuiltinModule} */ (
  /** @type {unknown} */ (
    () => ({ createCipheriv: make('createCipheriv'), createDecipheriv: make('createDecipheriv') })
  )
);
const core = await loadCore();
loaded = true;
process.getBuiltinModule = real.getBuiltinModule;

after(() => {
  crypto.getRandomValues = real.getRandomValues;
  Date.now = real.now;
});

/* --- connections ---------------------------------------------------------------------------- */

const certificates = pki('good-p256');
const trust = await TrustStore.from(certificates.roots);
/** @type {ConnectOptions} The host encrypts long records of this suite. */
const base = {
  trust,
  servername: certificates.hostname,
  now: new Date(certificates.clock),
  ciphers: ['TLS_AES_128_GCM_SHA256'],
  timeout: 20_000,
};
/** @type {Awaited<ReturnType<typeof startTransferServer>>} */
let server;
/** @type {Awaited<ReturnType<typeof startNodeTls>>} */
let echo;
let heap = 0;

before(async () => {
  server = await startTransferServer(certificates);
  echo = await startNodeTls(certificates);
  // Warm-up: PSA Crypto's key slots stay allocated, and the host only takes over after a number of long records.
  await Promise.all(Array.from({ length: 6 }, () => new Download(open(server.port), MB).finish()));
});
after(() => Promise.all([server.close(), echo.close()]));
beforeEach(() => {
  heap = core.heapInUse;
  calls = { random: 0, now: 0, aead: 0 };
});
afterEach(() => {
  duringHostCall = () => {};
  assert.equal(core.busy, false);
  assert.equal(core.heapInUse, heap, 'the C heap has its previous size');
});

/** @param {number} port @param {ConnectOptions} [options] */
const open = (port, options) => connect({ hostname: '127.0.0.1', port }, { ...base, ...options });

/** Reads `total` bytes, with several reads pending, and compares them. */
class Download {
  #hash = createHash('sha256');
  #length = 0;
  #pending = 0;
  /** @type {Promise<boolean>} whether there is more */
  #last = Promise.resolve(true);

  /** @param {TLSSocket} socket @param {number} total */
  constructor(socket, total) {
    this.socket = socket;
    this.total = total;
    socket.write(`down ${total}\n`).catch(() => {});
  }

  /** Starts one more read, unless three are pending. */
  readMore() {
    if (this.#pending < 3) {
      this.#pending++;
      const reading = this.socket.read();
      reading.catch(() => {});
      this.#last = this.#last.then(async (more) => {
        const bytes = await reading;
        this.#pending--;
        assert.ok(more || bytes === null, 'no bytes after the end');
        this.#hash.update(bytes ?? new Uint8Array());
        this.#length += bytes?.length ?? 0;
        return bytes !== null;
      });
      this.#last.catch(() => {});
    }
    return this.#last;
  }

  async finish() {
    while (await this.readMore());
    await this.socket.closed;
    assert.equal(this.#length, this.total);
    assert.equal(this.#hash.digest('hex'), sequenceHash(this.total));
  }
}

/** Writes `total` bytes in blocks and compares the server's hash. */
class Upload {
  /** @type {Promise<void>[]} */
  #writes = [];

  /** @param {TLSSocket} socket @param {number} total */
  constructor(socket, total) {
    this.socket = socket;
    this.total = total;
    this.#writes.push(socket.write(`up ${total}\n`));
    this.blocks = blocks(total);
  }

  write() {
    const { value } = this.blocks.next();
    if (value) {
      this.#writes.push(this.socket.write(value));
    }
    return value !== undefined;
  }

  async finish() {
    while (this.write());
    await Promise.all(this.#writes);
    let answer = '';
    for (let bytes = await this.socket.read(); bytes !== null; bytes = await this.socket.read()) {
      answer += new TextDecoder().decode(bytes);
    }
    await this.socket.closed;
    assert.equal(answer, `${sequenceHash(this.total)} 0`);
  }
}

/** A transport whose bytes arrive when `deliver` is called, or else in a later turn of the event loop. */
function manualTransport() {
  /** @type {Uint8Array[]} */
  const arrived = [];
  /** @type {Receiver | undefined} */
  let receiver;
  let paused = false;
  let ended = false;
  function deliver() {
    if (!receiver || paused) {
      return false;
    }
    const chunk = arrived.shift();
    if (chunk) {
      receiver.receive(chunk);
    } else if (ended) {
      receiver.ended();
      receiver = undefined;
    }
    return chunk !== undefined;
  }
  /** @type {import('../../dist/index.js').Transport} */
  const transport = async ({ port }) => {
    const tcp = connectTcp({ port, host: '127.0.0.1', allowHalfOpen: true });
    await once(tcp, 'connect');
    const later = () => setImmediate(() => void (deliver() && later()));
    tcp.on('data', (chunk) => {
      arrived.push(chunk);
      later();
    });
    tcp.on('end', () => {
      ended = true;
      later();
    });
    return streamsOf({
      start(to) {
        receiver = to;
        later();
      },
      pause() {
        paused = true;
      },
      resume() {
        paused = false;
        later();
      },
      send: (bytes) => new Promise((resolve) => tcp.write(bytes, () => resolve())),
      end: () => new Promise((resolve) => void tcp.end(() => resolve())),
      discard() {
        receiver = undefined;
      },
      abort: () => void tcp.destroy(),
      close: () => void tcp.destroy(),
    });
  };
  return { transport, deliver };
}

/* --- the tests -------------------------------------------------------------------------------- */

describe('code that runs during a host call', () => {
  test('gets an error from synchronous calls, and asynchronous ones complete later', async () => {
    const socket = open(echo.port);
    await socket.opened;
    /** @type {Record<string, () => unknown>} */
    const synchronousCalls = {
      exportKeyingMaterial: () => socket.exportKeyingMaterial(32, 'EXPORTER-test'),
      'a trust store’s size': () => trust.size,
      'adding to a trust store': () => trust.add(certificates.roots),
      'disposing of a trust store': () => trust[Symbol.dispose](),
      'the core': () => core.call.pagetls_connection_new(),
    };
    const expected = { key: socket.exportKeyingMaterial(32, 'EXPORTER-test'), size: trust.size };
    /** @type {Record<HostCall, number>} */
    const rejected = { random: 0, now: 0, aead: 0 };
    /** @type {Promise<unknown>[]} */
    const pending = [];
    calls = { random: 0, now: 0, aead: 0 };
    duringHostCall = (kind) => {
      for (const [name, call] of Object.entries(synchronousCalls)) {
        assert.throws(call, REENTRANT_CALL, name);
      }
      if (rejected[kind]++ === 0) {
        pending.push(
          parseCertificate(certificates.chain).then(({ subject }) => assert.ok(subject.text)),
          TrustStore.from(certificates.roots).then((store) => store[Symbol.dispose]()),
          open(echo.port).close(),
        );
      }
    };
    await new Download(open(server.port), 4 * MB).finish();
    await verifyChain(certificates.chain, { trust });
    await Promise.all(pending);
    assert.deepEqual(rejected, calls);
    assert.ok(calls.random > 0 && calls.now > 0 && calls.aead > 100, JSON.stringify(calls));
    duringHostCall = () => {};
    assert.deepEqual(
      { key: socket.exportKeyingMaterial(32, 'EXPORTER-test'), size: trust.size },
      expected,
      'nothing has changed',
    );
    await socket.close();
  });

  test('that does not catch the error makes the host call fail with it as the cause', async () => {
    duringHostCall = (kind) => {
      if (kind === 'random') core.call.pagetls_alloc(8);
    };
    const socket = open(echo.port);
    await assert.rejects(socket.opened, ({ code, cause }) => {
      assert.equal(code, 'ERR_TLS_RANDOM');
      assert.ok(cause instanceof TLSError);
      assert.equal(cause.code, REENTRANT_CALL.code);
      return true;
    });
  });

  test('can read, write, feed and open connections without corrupting any', async () => {
    const manual = manualTransport();
    const down = [
      new Download(open(server.port), 12 * MB),
      new Download(open(server.port), 8 * MB),
      new Download(open(server.port, { transport: manual.transport }), 8 * MB),
    ];
    const up = new Upload(open(server.port), 8 * MB);
    let delivered = 0;
    let opened = 0;
    /** @type {Promise<void>[]} */
    const more = [];
    duringHostCall = (kind) => {
      delivered += manual.deliver() ? 1 : 0;
      down.forEach((one) => one.readMore());
      up.write();
      if (kind === 'random' && opened < 5) {
        opened++;
        more.push(new Download(open(server.port), MB).finish());
      }
    };
    await Promise.all([...down.map((one) => one.finish()), up.finish()]);
    await Promise.all(more);
    assert.ok(delivered > 20, `${delivered} chunks were delivered during a host call`);
    assert.ok(calls.aead > 1000, `${calls.aead} records went through the host`);
  });

  test('may be microtasks, which some hosts run there: no corruption and no leak', async () => {
    v8.setFlagsFromString('--allow-natives-syntax');
    const runMicrotasks = new Function('%PerformMicrotaskCheckpoint()');
    let ran = 0;
    /** @type {Promise<void>[]} */
    const others = [];
    duringHostCall = () => {
      queueMicrotask(() => (ran += core.busy ? 1 : 0));
      if (ran > 50 && others.length < 20) others.push(useStores());
      runMicrotasks();
    };
    async function useStores() {
      const store = await TrustStore.from(certificates.roots);
      const { ok } = await verifyChain(certificates.chain, { trust: store, now: new Date(certificates.clock) });
      assert.equal(ok, true);
      assert.ok((await parseCertificate(certificates.chain)).subject.text);
      assert.equal((await readDocuments(certificates.chain)).length, 2);
      store[Symbol.dispose]();
      const mozilla = await TrustStore.mozilla();
      const system = await TrustStore.system(certificates.roots);
      assert.deepEqual([mozilla.size > 100, system.size], [true, 1]);
      mozilla[Symbol.dispose]();
      system[Symbol.dispose]();
    }
    await Promise.all([
      ...Array.from({ length: 4 }, (_, i) => new Download(open(server.port), (i + 2) * MB).finish()),
      new Upload(open(server.port), 6 * MB).finish(),
      ...Array.from({ length: 10 }, async () => {
        const socket = open(echo.port);
        await socket.write('there and back');
        assert.equal(new TextDecoder().decode((await socket.read()) ?? undefined), 'there and back');
        await socket.close();
      }),
    ]);
    await Promise.all(others);
    assert.equal(others.length, 20);
    assert.ok(ran > 100, `microtasks ran during ${ran} host calls`);
  });

  const ends = /** @type {Record<string, (socket: TLSSocket, controller: AbortController) => void>} */ ({
    ERR_TLS_CLOSED: (socket) => void socket.close(),
    ERR_TLS_ABORTED: (_, controller) => controller.abort(),
  });
  for (const [code, end] of Object.entries(ends)) {
    test(`can end its own connection while it opens: ${code}`, async () => {
      const controller = new AbortController();
      const socket = open(echo.port, { signal: controller.signal });
      duringHostCall = () => end(socket, controller);
      await assert.rejects(socket.closed, { code });
      await assert.rejects(socket.read(), { code });
      assert.ok(calls.random > 0);
    });

    test(`can end an active connection, its own or another: ${code}`, async () => {
      const controller = new AbortController();
      const sockets = [1, 2].map(() => open(server.port, { signal: controller.signal }));
      await Promise.all(sockets.map((socket) => socket.write(`down ${8 * MB}\n`)));
      await Promise.all(sockets.map((socket) => socket.read()));
      calls.aead = 0;
      duringHostCall = () => {
        if (calls.aead === 10) sockets.forEach((socket) => end(socket, controller));
      };
      const outcomes = sockets.map((socket) =>
        socket.closed.then(
          () => 'ERR_TLS_CLOSED',
          (error) => error.code,
        ),
      );
      await Promise.all(
        sockets.map(async (socket) => {
          try {
            while (await socket.read());
          } catch (error) {
            assert.equal(/** @type {TLSError} */ (error).code, code);
          }
        }),
      );
      assert.deepEqual(await Promise.all(outcomes), [code, code]);
    });
  }

  test('a clock that throws makes every chain invalid, without other effects', async () => {
    duringHostCall = (kind) => {
      if (kind === 'now') throw new Error('no clock');
    };
    const { ok } = await verifyChain(certificates.chain, { trust, hostname: certificates.hostname });
    assert.equal(ok, false);
    assert.ok(calls.now > 0);
    await new Download(open(server.port), MB).finish();
  });
});
