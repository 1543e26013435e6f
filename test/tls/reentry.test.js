/**
 * While the core is in the middle of a call it may call its host, and there any code may run: a patched `crypto`, or, in
 * some hosts, microtasks. That code cannot get into the core: what can wait is done afterwards, all else is refused, and
 * neither the bytes of a connection nor the C heap suffer.
 */
import assert from 'node:assert/strict';
import nodeCrypto, { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import v8 from 'node:v8';
import { connect, parseCertificate, TLSError, TrustStore, verifyChain } from '../../dist/index.js';
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
const REFUSED = { name: 'TLSError', code: 'ERR_TLS_REENTRANT_CALL' };

/* --- a host that runs other code ---------------------------------------------------------- */

/** What runs inside of each host call. @type {(kind: HostCall) => void} */
let inside = () => {};
/** How often each host call was made, since it was counted. @type {Record<HostCall, number>} */
let calls = { random: 0, now: 0, aead: 0 };

/** @param {HostCall} kind */
function called(kind) {
  if (loaded && core.busy) {
    calls[kind]++;
    inside(kind);
  }
}

let loaded = false;
const real = { getRandomValues: crypto.getRandomValues, now: Date.now, getBuiltinModule: process.getBuiltinModule };

crypto.getRandomValues = (array) => {
  called('random');
  real.getRandomValues.call(crypto, array);
  return array;
};
Date.now = () => {
  called('now');
  return real.now();
};
/** @param {'createCipheriv' | 'createDecipheriv'} kind */
const make =
  (kind) =>
  (/** @type {unknown[]} */ ...args) => {
    called('aead');
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
/** @type {ConnectOptions} Long records of this suite go through the host. */
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
  // PSA Crypto's key slots stay, as many as are ever needed at once; and the first long records stay with our own code.
  await Promise.all(Array.from({ length: 6 }, () => new Download(open(server.port), MB).finish()));
});
after(() => Promise.all([server.close(), echo.close()]));
beforeEach(() => {
  heap = core.heapInUse;
  calls = { random: 0, now: 0, aead: 0 };
});
afterEach(() => {
  inside = () => {};
  assert.equal(core.busy, false);
  assert.equal(core.heapInUse, heap, 'the C heap is back where it was');
});

/** @param {number} port @param {ConnectOptions} [options] */
const open = (port, options) => connect({ hostname: '127.0.0.1', port }, { ...base, ...options });

/** Reads `total` bytes, in whatever order reads are asked for, and compares them. */
class Download {
  #hash = createHash('sha256');
  #length = 0;
  #waiting = 0;
  /** @type {Promise<boolean>} whether there is more */
  #last = Promise.resolve(true);

  /** @param {TLSSocket} socket @param {number} total */
  constructor(socket, total) {
    this.socket = socket;
    this.total = total;
    socket.write(`down ${total}\n`).catch(() => {});
  }

  /** Asks for one more piece, unless several are waited for already. */
  ask() {
    if (this.#waiting < 3) {
      this.#waiting++;
      const piece = this.socket.read();
      piece.catch(() => {});
      this.#last = this.#last.then(async (more) => {
        const bytes = await piece;
        this.#waiting--;
        assert.ok(more || bytes === null, 'nothing comes after the end');
        this.#hash.update(bytes ?? new Uint8Array());
        this.#length += bytes?.length ?? 0;
        return bytes !== null;
      });
      this.#last.catch(() => {});
    }
    return this.#last;
  }

  async finish() {
    while (await this.ask());
    await this.socket.closed;
    assert.equal(this.#length, this.total);
    assert.equal(this.#hash.digest('hex'), sequenceHash(this.total));
  }
}

/** Writes `total` bytes piece by piece and compares what the server got. */
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

/** A transport whose bytes arrive when `deliver` is called, and otherwise in a later turn of the event loop. */
function byHand() {
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

describe('code that runs inside of a host call', () => {
  test('is refused by whatever cannot wait, and what it asked of the host is done all the same', async () => {
    const socket = open(echo.port);
    await socket.opened;
    /** @type {Record<string, () => unknown>} */
    const ways = {
      exportKeyingMaterial: () => socket.exportKeyingMaterial(32, 'EXPORTER-test'),
      'a trust store’s size': () => trust.size,
      'adding to a trust store': () => trust.add(certificates.roots),
      'disposing of a trust store': () => trust[Symbol.dispose](),
      'the core itself': () => core.call.pagetls_connection_new(),
    };
    const expected = { key: socket.exportKeyingMaterial(32, 'EXPORTER-test'), size: trust.size };
    /** @type {Record<HostCall, number>} */
    const refused = { random: 0, now: 0, aead: 0 };
    /** @type {Promise<unknown>[]} */
    const waiting = [];
    calls = { random: 0, now: 0, aead: 0 };
    inside = (kind) => {
      for (const [name, way] of Object.entries(ways)) {
        assert.throws(way, REFUSED, name);
      }
      if (refused[kind]++ === 0) {
        waiting.push(
          parseCertificate(certificates.chain).then(({ subject }) => assert.ok(subject.text)),
          TrustStore.from(certificates.roots).then((store) => store[Symbol.dispose]()),
          open(echo.port).close(),
        );
      }
    };
    await new Download(open(server.port), 4 * MB).finish();
    await verifyChain(certificates.chain, { trust });
    await Promise.all(waiting);
    assert.deepEqual(refused, calls);
    assert.ok(calls.random > 0 && calls.now > 0 && calls.aead > 100, JSON.stringify(calls));
    inside = () => {};
    assert.deepEqual(
      { key: socket.exportKeyingMaterial(32, 'EXPORTER-test'), size: trust.size },
      expected,
      'nothing has changed',
    );
    await socket.close();
  });

  test('does not learn of it unless it looks: an error that passes through the host is the host’s', async () => {
    inside = (kind) => {
      if (kind === 'random') core.call.pagetls_alloc(8);
    };
    const socket = open(echo.port);
    await assert.rejects(socket.opened, ({ code, cause }) => {
      assert.equal(code, 'ERR_TLS_RANDOM');
      assert.ok(cause instanceof TLSError);
      assert.equal(cause.code, REFUSED.code);
      return true;
    });
  });

  test('reads, writes, feeds and opens connections, and every byte of all of them is right', async () => {
    const hand = byHand();
    const down = [
      new Download(open(server.port), 12 * MB),
      new Download(open(server.port), 8 * MB),
      new Download(open(server.port, { transport: hand.transport }), 8 * MB),
    ];
    const up = new Upload(open(server.port), 8 * MB);
    let delivered = 0;
    let opened = 0;
    /** @type {Promise<void>[]} */
    const more = [];
    inside = (kind) => {
      delivered += hand.deliver() ? 1 : 0;
      down.forEach((one) => one.ask());
      up.write();
      if (kind === 'random' && opened < 5) {
        opened++;
        more.push(new Download(open(server.port), MB).finish());
      }
    };
    await Promise.all([...down.map((one) => one.finish()), up.finish()]);
    await Promise.all(more);
    assert.ok(delivered > 20, `${delivered} pieces were delivered inside of a host call`);
    assert.ok(calls.aead > 1000, `${calls.aead} records went through the host`);
  });

  test('as microtasks, which some hosts run there: every byte is right, and every heap block comes back', async () => {
    v8.setFlagsFromString('--allow-natives-syntax');
    const runMicrotasks = new Function('%PerformMicrotaskCheckpoint()');
    let ran = 0;
    inside = () => {
      queueMicrotask(() => (ran += core.busy ? 1 : 0));
      runMicrotasks();
    };
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
    assert.ok(ran > 100, `microtasks ran inside of ${ran} host calls`);
  });

  const ends = /** @type {Record<string, (socket: TLSSocket, controller: AbortController) => void>} */ ({
    ERR_TLS_CLOSED: (socket) => void socket.close(),
    ERR_TLS_ABORTED: (_, controller) => controller.abort(),
  });
  for (const [code, end] of Object.entries(ends)) {
    test(`ends its own connection, which opens: ${code}`, async () => {
      const controller = new AbortController();
      const socket = open(echo.port, { signal: controller.signal });
      inside = () => end(socket, controller);
      await assert.rejects(socket.closed, { code });
      await assert.rejects(socket.read(), { code });
      assert.ok(calls.random > 0);
    });

    test(`ends a connection that moves bytes, another’s or its own: ${code}`, async () => {
      const controller = new AbortController();
      const sockets = [1, 2].map(() => open(server.port, { signal: controller.signal }));
      await Promise.all(sockets.map((socket) => socket.write(`down ${8 * MB}\n`)));
      await Promise.all(sockets.map((socket) => socket.read()));
      calls.aead = 0;
      inside = () => {
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

  test('a clock that throws is no way into the core: nothing is valid then, and all goes on', async () => {
    inside = (kind) => {
      if (kind === 'now') throw new Error('no clock');
    };
    const { ok } = await verifyChain(certificates.chain, { trust, hostname: certificates.hostname });
    assert.equal(ok, false);
    assert.ok(calls.now > 0);
    await new Download(open(server.port), MB).finish();
  });
});
