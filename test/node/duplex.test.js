/** What toDuplex() has besides what duplex-conformance.test.js compares with Node's sockets. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { after, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { connect, TLSError, TLSSocket } from '../../dist/index.js';
import { toDuplex } from '../../dist/node/index.js';
import { startBridge } from '../helpers/bridge.js';
import { closeDialled, dial } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { freePort, startNodeTls } from '../helpers/servers.js';

/** @typedef {import('node:test').TestContext} TestContext */
/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */

const good = pki('good-p256');
const rsa = pki('good-rsa2048');

after(closeDialled);

/**
 * @param {TestContext} t
 * @param {(socket: tls.TLSSocket) => void} [serve] echoes by default
 * @param {import('node:tls').TlsOptions} [options]
 * @param {import('../helpers/pki.js').Case} [identity]
 */
async function serverFor(t, serve, options, identity = good) {
  const server = await startNodeTls(identity, options, serve);
  t.after(() => server.close());
  return server;
}

describe('a Duplex', () => {
  test('of an open socket emits secureConnect, and connect when connect() is called', async (t) => {
    const server = await serverFor(t);
    const socket = await dial(good, server);
    await socket.opened;
    const duplex = toDuplex(socket);
    await once(duplex, 'secureConnect');
    assert.equal(duplex.connecting, false);
    let called = 0;
    assert.equal(
      duplex.connect(1, 'ignored.example', () => called++),
      duplex,
    );
    await once(duplex, 'ready');
    assert.equal(called, 1);
    assert.equal(duplex.socket, socket);
    duplex.destroy();
  });
  test('waits in connect() for a socket that is opening, whatever the address', async (t) => {
    const server = await serverFor(t);
    const duplex = toDuplex(await dial(good, server)).connect(5432, 'ignored.example');
    assert.equal(duplex.connecting, true);
    await once(duplex, 'connect');
    duplex.end('x');
    const [chunk] = await once(duplex, 'data');
    assert.equal(String(chunk), 'x');
    await once(duplex, 'close');
  });
  test('takes a connection over: the peer ends reading only, whatever connect() was told', async (t) => {
    const server = await serverFor(
      t,
      (socket) => {
        socket.write('bye', () => setImmediate(() => socket.end()));
      },
      { allowHalfOpen: true },
    );
    for (const allowHalfOpen of [true, false]) {
      const duplex = toDuplex(await dial(good, server, { allowHalfOpen }));
      // What is written when the server ends must be sent, not dropped.
      /** @type {unknown[]} */
      const errors = [];
      duplex.on('error', (error) => errors.push(error));
      duplex.resume();
      await once(duplex, 'end');
      await once(duplex, 'close');
      assert.deepEqual(errors, []);
    }
  });
  test('has errors with the code of Node and the TLSError as cause', async () => {
    const port = await freePort();
    const duplex = toDuplex(connect({ hostname: '127.0.0.1', port }, { timeout: 5000 }));
    const [error] = await once(duplex, 'error');
    assert.equal(error.code, 'ECONNREFUSED');
    assert.equal(error.syscall, 'connect');
    assert.ok(error.cause instanceof TLSError);
    assert.equal(error.cause.code, 'ERR_TLS_CONNECT_REFUSED');
    const nowhere = toDuplex(connect('nowhere.invalid:443'));
    assert.match((await once(nowhere, 'error'))[0].code, /^(ENOTFOUND|EAI_AGAIN)$/);
  });
  test('ends with the signal and the timeout of connect()', async (t) => {
    const server = await serverFor(t);
    const controller = new AbortController();
    const duplex = toDuplex(await dial(good, server, { signal: controller.signal }));
    await once(duplex, 'secureConnect');
    duplex.pause();
    controller.abort();
    const [aborted] = await once(duplex, 'error');
    assert.equal(aborted.code, 'ERR_TLS_ABORTED');
    const transport = () => new Promise(() => {});
    const [late] = await once(toDuplex(connect('a.example', { transport, timeout: 20 })), 'error');
    assert.deepEqual([late.code, late.cause.code], ['ETIMEDOUT', 'ERR_TLS_TIMEOUT']);
  });
  test('fails if the server sends nothing for closeTimeout after our end()', async (t) => {
    const server = await serverFor(t, (socket) => void socket.resume(), { allowHalfOpen: true });
    const duplex = toDuplex(await dial(good, server, { closeTimeout: 50 }));
    duplex.resume().end('x');
    const [error] = await once(duplex, 'error');
    assert.equal(error.code, 'ERR_TLS_TIMEOUT');
  });
  test('goes through a bridge, where addresses are not known and setters do nothing', async (t) => {
    const server = await serverFor(t);
    const bridge = await startBridge({ allowMissingOrigin: true, allowTargets: [`127.0.0.1:${server.port}`] });
    t.after(() => bridge.close());
    const duplex = toDuplex(await dial(good, server, { bridge: bridge.url }));
    await once(duplex, 'secureConnect');
    assert.equal(duplex.setNoDelay().setKeepAlive(true).ref().unref(), duplex);
    assert.deepEqual([duplex.remoteAddress, duplex.localPort, duplex.address()], [undefined, undefined, {}]);
    duplex.end('through');
    let text = '';
    duplex.on('data', (chunk) => (text += chunk));
    await once(duplex, 'close');
    assert.equal(text, 'through');
  });
  test('exports keying material as the socket does', async (t) => {
    const server = await serverFor(t);
    const socket = await dial(good, server);
    const duplex = toDuplex(socket);
    assert.throws(() => duplex.exportKeyingMaterial(32, 'x'), { code: 'ERR_TLS_CLOSED' });
    await once(duplex, 'secureConnect');
    const material = duplex.exportKeyingMaterial(32, 'x', Buffer.from('context'));
    assert.ok(Buffer.isBuffer(material));
    assert.deepEqual([...material], [...socket.exportKeyingMaterial(32, 'x', Buffer.from('context'))]);
    duplex.destroy();
  });
  test('rejects what is no socket', () => {
    for (const socket of [undefined, null, {}, new Promise(() => {}), TLSSocket]) {
      assert.throws(() => toDuplex(/** @type {any} */ (socket)), { code: 'ERR_TLS_INVALID_OPTION' });
    }
  });
  test('holds little of 256 MB that a slow reader does not read', { timeout: 120_000 }, async (t) => {
    const total = 256 * 1024 * 1024;
    const block = Buffer.alloc(1024 * 1024);
    let sent = 0;
    const server = await serverFor(t, async (socket) => {
      while (sent < total) {
        sent += block.length;
        if (!socket.write(block)) await once(socket, 'drain');
      }
      setImmediate(() => socket.end());
    });
    const duplex = toDuplex(await dial(good, server));
    let got = 0;
    let ahead = 0;
    for await (const chunk of duplex) {
      const before = got;
      got += chunk.length;
      ahead = Math.max(ahead, sent - got);
      if (Math.floor(got / (32 * block.length)) > Math.floor(before / (32 * block.length))) {
        await delay(50);
        ahead = Math.max(ahead, sent - got);
      }
    }
    assert.equal(got, total);
    assert.ok(ahead < 24 * 1024 * 1024, `${ahead} bytes between them`); // mostly in the buffers of the operating system
  });
});

/** Methods of Node's that belong to OpenSSL or to servers, or that Mbed TLS has no answer for. */
const MISSING = [
  ...['autoSelectFamilyAttemptedAddresses', 'enableTrace', 'getSharedSigalgs', 'getX509Certificate', 'renegotiate'],
  ...['setKeyCert', 'setServername', 'setSession'],
];

describe('the names that Node has', () => {
  const SUITES = {
    'TLSv1.3': ['TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384'],
    'TLSv1.2': [
      ...['TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256'],
      ...['TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384'],
    ],
  };
  for (const [version, suites] of Object.entries(SUITES)) {
    for (const suite of suites) {
      test(`of the cipher suite ${suite}`, async (t) => {
        const server = await serverFor(t, undefined, undefined, rsa);
        const accepting = once(server.server, 'secureConnection');
        const versions = /** @type {ConnectOptions} */ ({ minVersion: version, maxVersion: version });
        const duplex = toDuplex(await dial(rsa, server, { ...versions, ciphers: [suite] }));
        await once(duplex, 'secureConnect');
        const [theirs] = await accepting;
        assert.deepEqual(duplex.getCipher(), theirs.getCipher());
        assert.equal(duplex.getProtocol(), theirs.getProtocol());
        duplex.destroy();
      });
    }
  }
  for (const [group, curve] of /** @type {const} */ ([
    ['X25519', 'X25519'],
    ['P-256', 'prime256v1'],
    ['P-384', 'secp384r1'],
    ['P-521', 'secp521r1'],
  ])) {
    test(`of the group ${group}`, async (t) => {
      const server = await serverFor(t, undefined, { ecdhCurve: curve });
      const node = tls.connect({ host: '127.0.0.1', port: server.port, ca: good.roots, servername: good.hostname });
      await once(node, 'secureConnect');
      const duplex = toDuplex(await dial(good, server, { groups: [group] }));
      await once(duplex, 'secureConnect');
      assert.deepEqual(duplex.getEphemeralKeyInfo(), node.getEphemeralKeyInfo());
      node.destroy();
      duplex.destroy();
    });
  }
  test('of its methods, except for those that are listed', async (t) => {
    const server = await serverFor(t);
    const node = tls.connect({ host: '127.0.0.1', port: server.port, ca: good.roots, servername: good.hostname });
    await once(node, 'secureConnect');
    const duplex = toDuplex(await dial(good, server));
    const names = [
      ...Object.getOwnPropertyNames(tls.TLSSocket.prototype),
      ...Object.getOwnPropertyNames(Object.getPrototypeOf(tls.TLSSocket.prototype)),
    ].filter((name) => !name.startsWith('_') && name !== 'constructor');
    assert.ok(names.includes('setKeepAlive') && names.includes('getCipher'));
    const missing = names.filter((name) => !(name in duplex));
    assert.deepEqual(
      missing.filter((name) => !MISSING.includes(name)),
      [],
    );
    assert.deepEqual(
      MISSING.filter((name) => name in duplex),
      [],
    );
    node.destroy();
    duplex.destroy();
  });
});

test('an error of a listener is an uncaught exception, not a rejection', async (t) => {
  const server = await serverFor(t);
  const program = `
    import { connect, TrustStore } from '${new URL('../../dist/index.js', import.meta.url)}';
    import { toDuplex } from '${new URL('../../dist/node/index.js', import.meta.url)}';
    process.on('uncaughtException', (error, origin) => console.log(origin, error.message));
    const trust = await TrustStore.from(${JSON.stringify(good.roots)});
    const options = { trust, servername: '${good.hostname}', now: new Date('${good.clock}') };
    const duplex = toDuplex(connect({ hostname: '127.0.0.1', port: ${server.port} }, options));
    duplex.once('connect', () => { throw new Error('in connect'); });
    duplex.once('secureConnect', () => { throw new Error('in secureConnect'); });
    duplex.once('data', () => { duplex.end(); throw new Error('in data'); });
    duplex.write('x', () => { throw new Error('in a callback'); });`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
  assert.deepEqual(stdout.trim().split('\n').sort(), [
    'uncaughtException in a callback',
    'uncaughtException in connect',
    'uncaughtException in data',
    'uncaughtException in secureConnect',
  ]);
});
