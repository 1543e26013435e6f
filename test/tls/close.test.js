/** Every way a connection can end: the error names it, pending calls settle, and the C heap has no leak. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { connect, streams, TLSError, TrustStore } from '../../dist/index.js';
import { startBridge } from '../helpers/bridge.js';
import { closeAfterEach } from '../helpers/cleanup.js';
import { pki } from '../helpers/pki.js';
import { startRelay } from '../helpers/relay.js';
import { startNodeTls, startOpenssl } from '../helpers/servers.js';
import { endWith } from '../helpers/transfer.js';

/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../../dist/index.js').ErrorCode} ErrorCode */

const certificates = pki('good-p256');
const trust = await TrustStore.from(certificates.roots);
/** @type {ConnectOptions} */
const base = { trust, servername: certificates.hostname, now: new Date(certificates.clock), timeout: 20_000 };

const closeLater = await closeAfterEach(certificates, base);

/** @param {(socket: import('node:tls').TLSSocket) => void} [onConnection] */
async function startServer(onConnection) {
  return closeLater(await startNodeTls(certificates, {}, onConnection));
}

/** @param {number} port @param {ConnectOptions} [options] */
function open(port, options) {
  return connect({ hostname: '127.0.0.1', port }, { ...base, ...options });
}

/** @param {Promise<unknown>} promise @param {ErrorCode} code @returns {Promise<TLSError>} */
async function assertRejects(promise, code) {
  /** @type {unknown} */
  let error;
  try {
    await promise;
  } catch (caught) {
    error = caught;
  }
  assert.ok(error instanceof TLSError, `expected ${code}, got ${String(error)}`);
  assert.equal(error.code, code, error.message);
  return error;
}

describe('an open connection', () => {
  test('read() returns null after close_notify, repeatedly, and closed resolves', async () => {
    const server = await startServer((socket) => endWith(socket, 'bye'));
    const socket = open(server.port);
    assert.equal(new TextDecoder().decode((await socket.read()) ?? undefined), 'bye');
    assert.equal(await socket.read(), null);
    assert.equal(await socket.read(), null);
    await socket.closed;
  });

  test('bytes before close_notify can be read after the connection has closed', async () => {
    const server = await startServer((socket) => endWith(socket, 'late'));
    const socket = open(server.port);
    await socket.closed;
    assert.equal(new TextDecoder().decode((await socket.read()) ?? undefined), 'late');
    assert.equal(await socket.read(), null);
  });

  test('close() sends close_notify: the server sees a clean end', async () => {
    /** @type {(socket: import('node:tls').TLSSocket) => void} */
    let closeServer = () => {};
    const ended = new Promise((resolve) => {
      closeServer = (socket) => socket.on('end', () => resolve('end')).resume();
    });
    const server = await startServer((socket) => closeServer(socket));
    const socket = open(server.port);
    await socket.write('some');
    await socket.close();
    await socket.closed;
    await assertRejects(socket.read(), 'ERR_TLS_CLOSED');
    await assertRejects(socket.write('x'), 'ERR_TLS_CLOSED');
    assert.equal(await ended, 'end');
  });

  for (const path of /** @type {const} */ (['TCP', 'the bridge'])) {
    test(`over ${path}, close() ends pending reads with null at once, though the server does not close`, async () => {
      const server = await startServer((socket) => socket.on('error', () => {}).pause());
      const bridge = path === 'TCP' ? undefined : await startBridge({ allowTargets: [`127.0.0.1:${server.port}`] });
      const socket = open(server.port, { bridge: bridge?.url, closeTimeout: 5000 });
      await socket.opened;
      const pending = [socket.read(), socket.read()];
      const closed = socket.close();
      let done = false;
      closed.then(() => (done = true));
      assert.deepEqual(await Promise.all(pending), [null, null]);
      assert.equal(done, false);
      await closed;

      const other = open(server.port, { bridge: bridge?.url });
      const reader = other.readable.getReader();
      await other.opened;
      const read = reader.read();
      await other.close();
      assert.deepEqual(await read, { value: undefined, done: true });
      await reader.closed;
      await bridge?.close();
    });
  }

  test('close() ends a read that waits for the handshake with null', async () => {
    const server = await startServer();
    const socket = open(server.port);
    const pending = socket.read();
    await socket.close();
    assert.equal(await pending, null);
    await assertRejects(socket.opened, 'ERR_TLS_CLOSED');
  });

  test('a write after the server’s close_notify says that the server has closed', async () => {
    const server = await startServer((socket) => socket.end());
    const socket = open(server.port);
    await socket.closed;
    assert.match((await assertRejects(socket.write('x'), 'ERR_TLS_CLOSED')).message, /The server has closed/);
  });

  for (const method of /** @type {const} */ (['end', 'resetAndDestroy'])) {
    const name = method === 'end' ? 'FIN' : 'RST';
    test(`a TCP ${name} without close_notify is ERR_TLS_TRUNCATED, after the bytes received`, async () => {
      const server = await startServer((socket) => socket.write('half of a mess'));
      /** @type {import('node:net').Socket | undefined} */
      let wire;
      const cutter = closeLater(
        await startRelay(server.port, {
          fromServer(chunk, { client }) {
            wire = client;
            return chunk;
          },
        }),
      );
      const socket = open(cutter.port);
      assert.equal(new TextDecoder().decode((await socket.read()) ?? undefined), 'half of a mess');
      const pending = assertRejects(socket.read(), 'ERR_TLS_TRUNCATED');
      wire?.[method]();
      await pending;
      await assertRejects(socket.closed, 'ERR_TLS_TRUNCATED');
      await assertRejects(socket.read(), 'ERR_TLS_TRUNCATED');
      await assertRejects(socket.write('x'), 'ERR_TLS_TRUNCATED');
    });
  }

  test('a record changed in transit is ERR_TLS_BAD_RECORD', async () => {
    const server = await startServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => socket.write('to be corrupted'));
    });
    let corrupt = false;
    const relay = closeLater(
      await startRelay(server.port, {
        fromServer(chunk) {
          if (corrupt) {
            chunk[chunk.length - 1] ^= 1;
          }
          return chunk;
        },
      }),
    );
    const socket = open(relay.port, { maxVersion: 'TLSv1.2' });
    await socket.opened;
    corrupt = true;
    await socket.write('go');
    await assertRejects(socket.read(), 'ERR_TLS_BAD_RECORD');
    await assertRejects(socket.closed, 'ERR_TLS_BAD_RECORD');
  });

  test('a fatal alert is ERR_TLS_ALERT with its number', async () => {
    const server = closeLater(
      await startOpenssl(certificates, { args: ['-Verify', '1', '-verify_return_error', '-tls1_3'] }),
    );
    const socket = open(server.port);
    await socket.opened;
    const error = await assertRejects(socket.read(), 'ERR_TLS_ALERT');
    assert.equal(error.alert, 116);
    assert.match(error.message, /certificate_required/);
  });

  test('Symbol.asyncDispose closes it', async () => {
    const server = await startServer();
    const socket = open(server.port);
    await socket.opened;
    await socket[Symbol.asyncDispose]();
    await socket.closed;
  });
});

describe('a connection that does not open', () => {
  test('a closed port: ERR_TLS_CONNECT_REFUSED', async () => {
    const socket = open(1);
    await assertRejects(socket.opened, 'ERR_TLS_CONNECT_REFUSED');
    await assertRejects(socket.closed, 'ERR_TLS_CONNECT_REFUSED');
    await assertRejects(socket.read(), 'ERR_TLS_CONNECT_REFUSED');
    await assertRejects(socket.write('x'), 'ERR_TLS_CONNECT_REFUSED');
  });

  test('a host without an address: ERR_TLS_HOST_NOT_FOUND', async () => {
    await assertRejects(connect('does-not-exist.invalid', base).opened, 'ERR_TLS_HOST_NOT_FOUND');
  });

  test('a server that is not TLS: ERR_TLS_NOT_TLS', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const error = await open(port).opened.catch((caught) => caught);
    assert.equal(error.code, 'ERR_TLS_NOT_TLS');
    assert.match(error.message, /looks like HTTP, and sent "HTTP\/1\.1 400 Bad Request/);
    server.close();
  });

  for (const method of /** @type {const} */ (['end', 'resetAndDestroy'])) {
    test(`${method}() during the handshake: ERR_TLS_HANDSHAKE_CLOSED`, async () => {
      const server = await startServer();
      const relay = closeLater(
        await startRelay(server.port, {
          fromServer(chunk, { client }) {
            client.write(chunk.subarray(0, 100), () => client[method]());
            return null;
          },
        }),
      );
      await assertRejects(open(relay.port).opened, 'ERR_TLS_HANDSHAKE_CLOSED');
    });
  }

  test('a silent server: ERR_TLS_TIMEOUT', async () => {
    const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const socket = open(port, { timeout: 50 });
    await assertRejects(socket.opened, 'ERR_TLS_TIMEOUT');
    await assertRejects(socket.closed, 'ERR_TLS_TIMEOUT');
    server.close();
  });

  test('an untrusted chain: ERR_TLS_CERT_VERIFY_FAILED, and the server receives an alert', async () => {
    const server = await startServer();
    const others = await TrustStore.from(pki('good-rsa2048').roots);
    const error = await assertRejects(open(server.port, { trust: others }).opened, 'ERR_TLS_CERT_VERIFY_FAILED');
    others[Symbol.dispose]();
    assert.deepEqual(error.verification?.flags, ['BADCERT_NOT_TRUSTED']);
    assert.equal(error.verification?.sent.length, 2);
    while (!/alert unknown ca/.test(server.stderr())) {
      await once(server.server, 'tlsClientError');
    }
  });

  test('checkServerIdentity can reject a valid chain', async () => {
    const server = await startServer();
    const rejection = new Error('unexpected server');
    const error = await assertRejects(
      open(server.port, { checkServerIdentity: () => rejection }).opened,
      'ERR_TLS_SERVER_IDENTITY',
    );
    assert.equal(error.cause, rejection);
  });
});

describe('a callback that ends the connection', () => {
  const ways = /** @type {Record<string, (end: () => void) => ConnectOptions>} */ ({
    keylog: (end) => ({ keylog: end }),
    checkServerIdentity: (end) => ({ checkServerIdentity: () => void end() }),
  });
  for (const [name, option] of Object.entries(ways)) {
    test(`${name} that calls close(): ERR_TLS_CLOSED`, async () => {
      const server = await startServer();
      const socket = open(
        server.port,
        option(() => void socket.close().catch(() => {})),
      );
      await assertRejects(socket.opened, 'ERR_TLS_CLOSED');
      await assertRejects(socket.closed, 'ERR_TLS_CLOSED');
      await assertRejects(socket.read(), 'ERR_TLS_CLOSED');
    });

    test(`${name} that aborts the AbortSignal: ERR_TLS_ABORTED`, async () => {
      const server = await startServer();
      const controller = new AbortController();
      const socket = open(server.port, { signal: controller.signal, ...option(() => controller.abort()) });
      await assertRejects(socket.opened, 'ERR_TLS_ABORTED');
      await assertRejects(socket.closed, 'ERR_TLS_ABORTED');
      assert.equal(socket.authorized, false);
    });
  }
});

describe('an AbortSignal', () => {
  test('that is already aborted rejects at once', async () => {
    const error = await assertRejects(open(1, { signal: AbortSignal.abort('why not') }).opened, 'ERR_TLS_ABORTED');
    assert.equal(error.cause, 'why not');
  });

  test('ends the opening of the transport', async () => {
    const controller = new AbortController();
    /** @type {AbortSignal | undefined} */
    let seen;
    const socket = connect('good.example', {
      ...base,
      signal: controller.signal,
      transport: (_address, { signal }) => {
        seen = signal;
        controller.abort();
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        });
      },
    });
    await assertRejects(socket.opened, 'ERR_TLS_ABORTED');
    assert.equal(seen?.aborted, true);
  });

  test('ends the handshake', async () => {
    const controller = new AbortController();
    const server = await startServer();
    const relay = closeLater(
      await startRelay(server.port, {
        fromServer() {
          controller.abort();
          return null;
        },
      }),
    );
    await assertRejects(open(relay.port, { signal: controller.signal }).opened, 'ERR_TLS_ABORTED');
  });

  test('ends a pending read, write and close', async () => {
    const controller = new AbortController();
    const server = await startServer((socket) => {
      socket.on('error', () => {});
      socket.pause();
    });
    const socket = open(server.port, { signal: controller.signal });
    await socket.opened;
    const pending = [
      assertRejects(socket.read(), 'ERR_TLS_ABORTED'),
      assertRejects(socket.write(new Uint8Array(64 * 1024 * 1024)), 'ERR_TLS_ABORTED'),
      assertRejects(socket.close(), 'ERR_TLS_ABORTED'),
    ];
    controller.abort();
    await Promise.all(pending);
    await assertRejects(socket.closed, 'ERR_TLS_ABORTED');
  });
});

describe('closing', () => {
  test('a connection that is not open yet rejects opened', async () => {
    const server = await startServer();
    const socket = open(server.port);
    await socket.close();
    await assertRejects(socket.opened, 'ERR_TLS_CLOSED');
  });

  test('times out if the server does not read', async () => {
    const server = await startServer((socket) => {
      socket.on('error', () => {});
      socket.pause();
    });
    const socket = open(server.port, { closeTimeout: 100 });
    await socket.opened;
    socket.write(new Uint8Array(64 * 1024 * 1024)).catch(() => {});
    await assertRejects(socket.close(), 'ERR_TLS_TIMEOUT');
  });

  test('a failing transport is the cause of the error', async () => {
    const broken = new Error('cable cut');
    const socket = connect('good.example', {
      ...base,
      transport: streams({
        readable: new ReadableStream({ start: (controller) => controller.error(broken) }),
        writable: new WritableStream(),
      }),
    });
    const error = await assertRejects(socket.opened, 'ERR_TLS_HANDSHAKE_CLOSED');
    assert.equal(error.cause, broken);
  });
});

describe('through a bridge', () => {
  /** @type {Awaited<ReturnType<typeof startBridge>>} */
  let bridge;
  before(async () => {
    bridge = await startBridge({ allowTargets: ['127.0.0.1:1'] });
  });
  after(() => bridge.close());

  test('that does not exist: ERR_TLS_BRIDGE_UNREACHABLE', async () => {
    await assertRejects(
      connect('127.0.0.1:1', { ...base, bridge: 'ws://127.0.0.1:1' }).opened,
      'ERR_TLS_BRIDGE_UNREACHABLE',
    );
  });
  test('to a closed port: ERR_TLS_CONNECT_REFUSED', async () => {
    await assertRejects(connect('127.0.0.1:1', { ...base, bridge: bridge.url }).opened, 'ERR_TLS_CONNECT_REFUSED');
  });
  test('to a target that its policy does not allow: ERR_TLS_BRIDGE_REFUSED', async () => {
    const error = await assertRejects(
      connect('127.0.0.1:22', { ...base, bridge: bridge.url }).opened,
      'ERR_TLS_BRIDGE_REFUSED',
    );
    assert.match(error.message, /4403/);
  });
  test('to a name without an address: ERR_TLS_HOST_NOT_FOUND', async () => {
    await assertRejects(
      connect('nowhere.invalid:443', { ...base, bridge: bridge.url }).opened,
      'ERR_TLS_HOST_NOT_FOUND',
    );
  });
  test('that stops during a connection: ERR_TLS_TRUNCATED', async () => {
    const server = await startServer((socket) => socket.write('first'));
    const stoppingBridge = await startBridge({ allowTargets: [`127.0.0.1:${server.port}`] });
    const socket = open(server.port, { bridge: stoppingBridge.url });
    assert.equal(new TextDecoder().decode((await socket.read()) ?? undefined), 'first');
    const pending = assertRejects(socket.read(), 'ERR_TLS_TRUNCATED');
    await stoppingBridge.close();
    await pending;
  });
});
