/**
 * The WinterTC Sockets API (draft of June 2025): a test for each sentence that binds an implementation, over TCP and through
 * the bridge. API.md lists the differences.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, Socket, TLSError, TLSSocket, TrustStore } from '../../dist/index.js';
import { startBridge } from '../helpers/bridge.js';
import { closeAfterEach } from '../helpers/cleanup.js';
import { pki } from '../helpers/pki.js';
import { freePort, startNodeTls } from '../helpers/servers.js';
import { startStarttlsServer } from '../helpers/plaintext-server.js';
import { endWith } from '../helpers/transfer.js';

/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../../dist/index.js').PlainConnectOptions} PlainConnectOptions */
/** @typedef {Omit<PlainConnectOptions, 'secureTransport'>} Options */

const certificates = pki('good-p256');
const trust = await TrustStore.from(certificates.roots);
const base = { trust, servername: certificates.hostname, now: new Date(certificates.clock) };
const closeLater = await closeAfterEach(certificates, base);
const decoder = new TextDecoder();

/** @param {Parameters<typeof startStarttlsServer>[1]} [options] */
const startServer = async (options) => closeLater(await startStarttlsServer(certificates, options));

/** A server that accepts connections, and says nothing. */
async function startSilentServer() {
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket
      .on('error', () => {})
      .on('close', () => sockets.delete(socket))
      .resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: /** @type {import('node:net').AddressInfo} */ (server.address()).port,
    sockets,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** @param {number} port */
const at = (port) => ({ hostname: '127.0.0.1', port });

/** Reads to the end of a line. @param {{read: () => Promise<Uint8Array | null>}} socket */
async function readLine(socket) {
  let text = '';
  while (!text.endsWith('\n')) {
    const bytes = await socket.read();
    if (bytes === null) return text;
    text += decoder.decode(bytes);
  }
  return text;
}

/** @param {Promise<unknown>} promise */
const settled = (promise) =>
  promise.then(
    (value) => ({ value, error: undefined }),
    (error) => ({ value: undefined, error }),
  );

for (const path of /** @type {const} */ (['TCP', 'the bridge'])) {
  /** @param {number} port @returns {Promise<Options>} */
  const route = async (port) =>
    path === 'TCP' ? {} : { bridge: closeLater(await startBridge({ allowTargets: [`127.0.0.1:${port}`] })).url };

  /** @param {{port: number}} server @param {Options} [options] */
  async function openPlain(server, options) {
    const all = /** @type {const} */ ({
      secureTransport: 'starttls',
      ...base,
      ...(await route(server.port)),
      ...options,
    });
    const socket = connect(at(server.port), all);
    closeLater({ close: () => settled(socket.close()) });
    return socket;
  }

  describe(`over ${path}: a socket`, () => {
    test('is returned at once, with its attributes, in a pending state', async () => {
      const server = await startServer();
      const socket = await openPlain(server);
      assert.ok(socket instanceof Socket && !(socket instanceof TLSSocket));
      assert.ok(socket.readable instanceof ReadableStream);
      assert.ok(socket.writable instanceof WritableStream);
      assert.ok(socket.opened instanceof Promise);
      assert.ok(socket.closed instanceof Promise);
      assert.equal(socket.opened, socket.opened);
      assert.equal(socket.readable, socket.readable);
      assert.equal(socket.upgraded, false);
      assert.equal(socket.secureTransport, 'starttls');
      await socket.opened;
    });

    test('can be used before it is open: what is written then is sent when it is', async () => {
      const server = await startServer();
      const socket = await openPlain(server);
      const writer = socket.writable.getWriter();
      const written = writer.write(new TextEncoder().encode('early\r\n'));
      const reader = socket.readable.getReader();
      let text = '';
      while (!text.endsWith('early\r\n')) text += decoder.decode((await reader.read()).value);
      assert.equal(text, '220 hello\r\nearly\r\n');
      await written;
    });

    test('gives its readable what the server sends, and sends what its writable gets', async () => {
      const server = await startServer();
      const socket = await openPlain(server);
      const writer = socket.writable.getWriter();
      await writer.write(new TextEncoder().encode('COUNT 1000000\r\n'));
      const reader = socket.readable.getReader();
      let bytes = 0;
      while (bytes < 1_000_011) bytes += (await reader.read()).value?.length ?? 0;
      assert.equal(bytes, 1_000_011);
      assert.deepEqual(server.lines, ['COUNT 1000000']);
    });

    test('resolves opened with where it is connected to, and alpn null', async () => {
      const server = await startServer();
      const socket = await openPlain(server);
      const info = await socket.opened;
      assert.equal(info.remoteAddress, `127.0.0.1:${server.port}`);
      assert.equal(info.alpn, null);
      if (path === 'TCP') {
        const [{ remotePort }] = server.sockets;
        assert.equal(info.localAddress, `127.0.0.1:${remotePort}`);
      } else {
        assert.equal(info.localAddress, null);
      }
    });

    test('rejects closed, and opened if it is pending, if the connection fails; readable and writable get the error', async () => {
      const port = await freePort();
      const socket = await openPlain({ port });
      const reader = socket.readable.getReader();
      const writer = socket.writable.getWriter();
      const write = settled(writer.write(new Uint8Array(1)));
      const errors = await Promise.all([socket.closed, reader.closed, writer.closed].map(settled));
      for (const { error } of errors) assert.equal(error?.code, 'ERR_TLS_CONNECT_REFUSED');
      assert.equal((await write).error?.code, path === 'TCP' ? 'ERR_TLS_CONNECT_REFUSED' : undefined);
      if (path === 'TCP') await assert.rejects(socket.opened, { code: 'ERR_TLS_CONNECT_REFUSED' });
    });

    test('leaves no unhandled rejection of opened and closed', async () => {
      const port = await freePort();
      /** @type {unknown[]} */
      const unhandled = [];
      const note = (/** @type {unknown} */ reason) => unhandled.push(reason);
      process.on('unhandledRejection', note);
      const socket = await openPlain({ port });
      socket.readable;
      socket.writable;
      await settled(socket.closed);
      await delay(10);
      process.off('unhandledRejection', note);
      assert.deepEqual(unhandled, []);
    });

    test('close() closes the connection and returns the promise closed, which resolves', async () => {
      const server = await startServer();
      const socket = await openPlain(server);
      await socket.opened;
      const result = socket.close();
      assert.equal(result, socket.closed);
      assert.equal(await result, undefined);
      while (server.sockets.size > 0 && server.ended() === 0) await delay(5);
      assert.equal(socket.close(), socket.closed);
    });

    test('close() cancels readable and aborts writable, with the reason', async () => {
      const server = await startServer({ greeting: null });
      const socket = await openPlain(server);
      const reader = socket.readable.getReader();
      const writer = socket.writable.getWriter();
      await socket.opened;
      const pending = reader.read();
      const reason = new Error('enough');
      const closed = socket.close(reason);
      assert.deepEqual(await pending, { value: undefined, done: true });
      assert.equal(await reader.closed, undefined);
      await assert.rejects(writer.closed, reason);
      await assert.rejects(writer.write(new Uint8Array(1)), reason);
      await closed;
    });

    test('close() while opened is pending rejects it with the reason; closed resolves', async () => {
      const server = await startServer();
      const socket = await openPlain(server);
      const reason = new Error('too slow');
      assert.equal(socket.close(reason), socket.closed);
      await assert.rejects(socket.opened, reason);
      assert.equal(await socket.closed, undefined);
    });

    test('close() without a reason while opened is pending rejects it with ERR_TLS_CLOSED', async () => {
      const server = await startServer();
      const socket = await openPlain(server);
      await socket.close();
      await assert.rejects(socket.opened, { code: 'ERR_TLS_CLOSED' });
    });

    test('with allowHalfOpen false, the default, closes itself and its writable at the server’s FIN', async () => {
      for (const allowHalfOpen of [undefined, false]) {
        const server = await startServer();
        const socket = await openPlain(server, { allowHalfOpen });
        await socket.write('FIN\r\n');
        let text = '';
        for await (const bytes of /** @type {any} */ (socket.readable)) text += decoder.decode(bytes);
        assert.equal(text, '220 hello\r\nbye\r\n');
        assert.equal(await socket.closed, undefined);
        await assert.rejects(socket.write('x'), { code: 'ERR_TLS_CLOSED' });
        await assert.doesNotReject(socket.writable.getWriter().closed);
      }
    });

    test('with allowHalfOpen true, readable ends at the server’s FIN and the socket stays', async () => {
      const server = await startServer();
      const socket = await openPlain(server, { allowHalfOpen: true });
      await socket.write('FIN\r\n');
      const reader = socket.readable.getReader();
      let text = '';
      for (let part = await reader.read(); !part.done; part = await reader.read()) text += decoder.decode(part.value);
      assert.equal(text, '220 hello\r\nbye\r\n');
      let closed = false;
      socket.closed.then(() => (closed = true));
      if (path === 'TCP') {
        await socket.write('after the end\r\n');
        while (!server.lines.includes('after the end')) await delay(5);
      }
      await delay(20);
      assert.equal(closed, false);
      await settled(socket.close());
    });

    test('resolves closed at the server’s RST, and reading says that it was one', async () => {
      const server = await startServer();
      const socket = await openPlain(server);
      assert.equal(await readLine(socket), '220 hello\r\n');
      await socket.write('RST\r\n');
      await assert.rejects(socket.read(), { code: 'ERR_TLS_CONNECTION_RESET' });
      assert.equal(await socket.closed, undefined);
    });

    test('applies backpressure to the server while nobody reads, and loses nothing', async () => {
      const server = await startServer({ greeting: null });
      const socket = await openPlain(server);
      const total = 100 << 20;
      await socket.write('FLOOD 100\r\n');
      for (let before = -1; before !== server.flooded() || before <= 0;) {
        before = server.flooded();
        await delay(100);
      }
      assert.ok(server.flooded() < 50 << 20, `${server.flooded()} bytes were accepted`);
      let length = 0;
      while (length < total) length += (await socket.read())?.length ?? assert.fail('ended');
      assert.equal(length, total);
    });

    test('does not resolve closed when readable is cancelled and writable is closed', async () => {
      const server = await startServer();
      const socket = await openPlain(server);
      await readLine(socket);
      const writer = socket.writable.getWriter();
      await writer.write('STAY\r\n');
      await socket.readable.cancel();
      await writer.close();
      let closed = false;
      socket.closed.then(() => (closed = true));
      await delay(50);
      assert.equal(closed, false);
      await socket.close();
    });
  });

  describe(`over ${path}: startTls()`, () => {
    test('sets upgraded, closes the old socket, and returns a new one with TLS over the same connection', async () => {
      const server = await startServer();
      const socket = await openPlain(server);
      assert.equal(await readLine(socket), '220 hello\r\n');
      await socket.write('STARTTLS\r\n');
      assert.equal(await readLine(socket), '220 go ahead\r\n');
      const secure = closeLater(socket.startTls());
      assert.equal(socket.upgraded, true);
      assert.ok(secure instanceof TLSSocket && secure instanceof Socket);
      assert.equal(secure.upgraded, false);
      assert.equal(secure.secureTransport, 'on');
      const info = await secure.opened;
      assert.equal(await socket.closed, undefined);
      assert.equal(info.verification.ok, true);
      assert.equal(info.remoteAddress, `127.0.0.1:${server.port}`);
      assert.equal(server.sockets.size, 1);
      await secure.write('over TLS\n');
      assert.equal(await readLine(secure), 'over TLS\n');
      assert.deepEqual(server.lines, ['STARTTLS']);
    });

    test('ends the readers and writers of the old socket; its methods say so', async () => {
      const server = await startServer();
      const socket = await openPlain(server);
      const reader = socket.readable.getReader();
      const writer = socket.writable.getWriter();
      await reader.read();
      await writer.write('STARTTLS\r\n');
      await reader.read();
      const pending = reader.read();
      const secure = closeLater(socket.startTls());
      assert.deepEqual(await pending, { value: undefined, done: true });
      assert.equal((await reader.read()).done, true);
      reader.releaseLock();
      await assert.rejects(socket.read(), { code: 'ERR_TLS_CLOSED', message: /upgraded/ });
      await assert.rejects(socket.write('x'), { code: 'ERR_TLS_CLOSED', message: /upgraded/ });
      await assert.rejects(writer.closed, { code: 'ERR_TLS_CLOSED', message: /upgraded/ });
      await assert.rejects(writer.write('x'), { code: 'ERR_TLS_CLOSED' });
      await secure.opened;
      socket.close(); // changes nothing
      await writer.abort().catch(() => {});
      await secure.write('still there\n');
      assert.equal(await readLine(secure), 'still there\n');
      assert.deepEqual(server.lines, ['STARTTLS']);
    });

    test('sends first what was written before, in order, and nothing that is written later', async () => {
      const server = await startServer({ greeting: null });
      const socket = await openPlain(server);
      const writer = socket.writable.getWriter();
      const written = ['one\r\n', 'two\r\n', 'three\r\n'].map((line) => writer.write(new TextEncoder().encode(line)));
      const secure = socket.startTls();
      const late = settled(writer.write('late\r\n'));
      await Promise.all(written);
      await settled(secure.opened); // the server does not answer with TLS to that
      assert.equal((await late).error?.code, 'ERR_TLS_CLOSED');
      assert.deepEqual(server.lines.slice(0, 3), ['one', 'two', 'three']);
      assert.ok(!server.lines.includes('late'));
    });

    test('before opened waits for it', async () => {
      const server = closeLater(await startNodeTls(certificates));
      const socket = await openPlain(server);
      const secure = closeLater(socket.startTls());
      await secure.opened;
      await socket.opened;
      await secure.write('at once\n');
      assert.equal(await readLine(secure), 'at once\n');
    });

    test('before opened fails like it', async () => {
      const socket = await openPlain({ port: await freePort() });
      const secure = socket.startTls();
      const { error } = await settled(secure.opened);
      assert.equal(error?.code, 'ERR_TLS_CONNECT_REFUSED');
    });

    test('rejects plaintext that came with the answer and was not read', async () => {
      for (const way of ['read()', 'a BYOB reader', 'a reader that gave up']) {
        const server = await startServer({ injected: '250 injected\r\n' });
        const socket = await openPlain(server);
        await readLine(socket);
        if (way === 'read()') {
          await socket.write('STARTTLS\r\n');
          await delay(50);
        } else if (way === 'a BYOB reader') {
          const reader = /** @type {ReadableStream} */ (socket.readable).getReader({ mode: 'byob' });
          await socket.write('STARTTLS\r\n');
          await delay(50);
          const { value } = await reader.read(new Uint8Array(14));
          assert.equal(decoder.decode(value), '220 go ahead\r\n');
        } else {
          const reader = socket.readable.getReader();
          const pending = settled(reader.read());
          reader.releaseLock();
          await pending;
          await socket.write('STARTTLS\r\n');
          await delay(50);
        }
        const secure = socket.startTls();
        await assert.rejects(secure.opened, { code: 'ERR_TLS_PLAINTEXT_LEFT' }, way);
        await assert.rejects(socket.closed, { code: 'ERR_TLS_PLAINTEXT_LEFT' });
        while (server.sockets.size > 0) await delay(5);
      }
    });

    test('throws on a socket with TLS, with secureTransport off, and a second time', async () => {
      const server = await startServer();
      const tlsServer = closeLater(await startNodeTls(certificates));
      const secure = closeLater(connect(at(tlsServer.port), { ...base, ...(await route(tlsServer.port)) }));
      assert.throws(() => secure.startTls(), { code: 'ERR_TLS_UPGRADE', message: /TLS already/ });
      await secure.opened;
      assert.throws(() => secure.startTls(), { code: 'ERR_TLS_UPGRADE' });
      const off = closeLater(connect(at(server.port), { ...(await route(server.port)), secureTransport: 'off' }));
      assert.equal(off.secureTransport, 'off');
      assert.throws(() => off.startTls(), { code: 'ERR_TLS_UPGRADE', message: /'off'/ });
      assert.equal(await readLine(off), '220 hello\r\n');
      assert.equal(off.upgraded, false);
      const socket = await openPlain(server);
      const upgraded = socket.startTls();
      assert.throws(() => socket.startTls(), { code: 'ERR_TLS_UPGRADE' });
      await settled(upgraded.close());
    });

    test('is bounded by timeout, signal and close(), which end the connection', async () => {
      for (const end of /** @type {const} */ (['timeout', 'signal', 'close'])) {
        const server = closeLater(await startSilentServer());
        const socket = await openPlain(server);
        const controller = new AbortController();
        const secure = socket.startTls({ signal: controller.signal, timeout: end === 'timeout' ? 50 : 20_000 });
        await delay(20);
        if (end === 'signal') controller.abort();
        if (end === 'close') await secure.close();
        const code = { timeout: 'ERR_TLS_TIMEOUT', signal: 'ERR_TLS_ABORTED', close: 'ERR_TLS_CLOSED' }[end];
        await assert.rejects(secure.opened, { code });
        while (server.sockets.size > 0) await delay(5);
      }
    });
  });
}

describe('connect()', () => {
  const nowhere = /** @type {any} */ ({ transport: async () => assert.fail('dialled') });

  test('throws for an address that is formatted incorrectly', () => {
    for (const address of ['', 'a.example:', 'a.example:0', 'a.example:65536', 'http://a.example']) {
      for (const secureTransport of /** @type {const} */ (['off', 'starttls'])) {
        assert.throws(() => connect(address, { secureTransport, ...nowhere }), { code: 'ERR_TLS_INVALID_ADDRESS' });
      }
    }
  });

  test('knows three values of secureTransport, and is for TLS by default', async () => {
    for (const secureTransport of /** @type {any[]} */ (['ON', 'tls', true, null])) {
      assert.throws(() => connect('a.example', { ...nowhere, secureTransport }), { code: 'ERR_TLS_INVALID_OPTION' });
    }
    const transport = async () => Promise.reject(new Error('unreachable'));
    const socket = connect('a.example', { transport, trust });
    assert.ok(socket instanceof TLSSocket);
    assert.equal(socket.secureTransport, 'on');
    await settled(socket.opened);
  });

  test('takes options of TLS only with secureTransport on or starttls', () => {
    /** @type {any[]} */
    const options = [{ alpn: ['x'] }, { sni: 'a.example' }, { ALPNProtocols: ['x'] }, { trust }, { verify: () => {} }];
    for (const option of options) {
      assert.throws(() => connect('a.example', { ...nowhere, secureTransport: 'off', ...option }), {
        code: 'ERR_TLS_INVALID_OPTION',
        message: new RegExp(Object.keys(option)[0]),
      });
    }
  });

  test('rejects options for TLS that only startTls() would need', () => {
    const wrong = { ...nowhere, secureTransport: 'starttls', servername: 'http://a.example' };
    assert.throws(() => connect('a.example', wrong), { code: 'ERR_TLS_INVALID_ADDRESS' });
  });

  test('sends alpn, and opened tells which protocol the server agreed to, or null', async () => {
    const server = closeLater(await startNodeTls(certificates, { ALPNProtocols: ['two'] }));
    for (const alpn of [['one', 'two'], undefined, []]) {
      const socket = closeLater(connect(at(server.port), { ...base, alpn }));
      assert.equal((await socket.opened).alpn, alpn?.length ? 'two' : null);
    }
  });

  test('sends sni, and requires a certificate with that name', async () => {
    /** @type {(string | false | null)[]} */
    const names = [];
    const server = closeLater(
      await startNodeTls(certificates, {}, (socket) => {
        names.push(/** @type {any} */ (socket).servername);
        socket.pipe(socket);
      }),
    );
    const { servername, ...rest } = base;
    const socket = closeLater(connect(at(server.port), { ...rest, sni: servername }));
    assert.equal((await socket.opened).servername, servername);
    await socket.write('x');
    await socket.read();
    assert.deepEqual(names, [servername]);
    const other = connect(at(server.port), { ...rest, sni: 'other.example' });
    await assert.rejects(other.opened, { code: 'ERR_TLS_CERT_VERIFY_FAILED' });
  });

  test('does not take an option by both of its names', () => {
    for (const both of [
      { sni: 'a.example', servername: 'a.example' },
      { alpn: ['x'], ALPNProtocols: ['x'] },
    ]) {
      assert.throws(() => connect('a.example', { ...nowhere, ...both }), { code: 'ERR_TLS_INVALID_OPTION' });
    }
  });

  test('with TLS, resolves opened after the handshake, with addresses', async () => {
    const server = closeLater(await startNodeTls(certificates));
    const socket = closeLater(connect(at(server.port), base));
    const info = await socket.opened;
    assert.equal(info.remoteAddress, `127.0.0.1:${server.port}`);
    assert.match(info.localAddress ?? '', /^127\.0\.0\.1:\d+$/);
    assert.equal(socket.getProtocol(), info.protocol);
  });

  test('takes an address as text or as a dictionary', async () => {
    const server = await startServer();
    for (const address of [`127.0.0.1:${server.port}`, { hostname: '127.0.0.1', port: String(server.port) }]) {
      const socket = closeLater(connect(address, { secureTransport: 'off' }));
      assert.equal(await readLine(socket), '220 hello\r\n');
    }
  });

  test('alone makes sockets', () => {
    const NoArguments = /** @type {any} */ (Socket);
    assert.throws(() => new NoArguments(), { code: 'ERR_TLS_INVALID_OPTION', message: /connect\(\)/ });
  });

  test('to an address that the bridge blocks rejects closed', async () => {
    const server = await startServer();
    const bridge = closeLater(await startBridge({ allowTargets: ['127.0.0.1:1'] }));
    const socket = connect(at(server.port), { secureTransport: 'off', bridge: bridge.url });
    await assert.rejects(socket.closed, { code: 'ERR_TLS_BRIDGE_REFUSED' });
    await assert.rejects(socket.read(), { code: 'ERR_TLS_BRIDGE_REFUSED' });
  });

  test('raises only TLSErrors', async () => {
    const socket = connect(at(await freePort()), { secureTransport: 'off' });
    const { error } = await settled(socket.opened);
    assert.ok(error instanceof TLSError);
    await assert.rejects(socket.write('x'), TLSError);
    await assert.rejects(socket.read(), TLSError);
  });
});

describe('a socket with TLS', () => {
  test('close() cancels readable and aborts writable with the reason, and returns closed', async () => {
    const server = closeLater(await startNodeTls(certificates));
    const socket = closeLater(connect(at(server.port), base));
    const reader = socket.readable.getReader();
    const writer = socket.writable.getWriter();
    await socket.opened;
    const pending = reader.read();
    const reason = new Error('enough');
    assert.equal(socket.close(reason), socket.closed);
    assert.deepEqual(await pending, { value: undefined, done: true });
    await reader.closed;
    await assert.rejects(writer.closed, reason);
    await socket.closed;
  });

  test('close() while opened is pending rejects it with the reason', async () => {
    const server = closeLater(await startNodeTls(certificates));
    const socket = connect(at(server.port), base);
    const writer = socket.writable.getWriter();
    const reason = new Error('too slow');
    await socket.close(reason);
    await assert.rejects(socket.opened, reason);
    await assert.rejects(writer.closed, reason);
  });

  test('that fails gives readable and writable the error, after the bytes that arrived before', async () => {
    const server = closeLater(await startNodeTls(certificates, {}, (peer) => peer.write('half of it')));
    server.server.on('connection', (wire) => setTimeout(() => wire.destroy(), 100));
    const socket = connect(at(server.port), base);
    const writer = socket.writable.getWriter();
    await assert.rejects(socket.closed, { code: 'ERR_TLS_TRUNCATED' });
    await assert.rejects(writer.closed, { code: 'ERR_TLS_TRUNCATED' });
    const reader = socket.readable.getReader();
    assert.equal(decoder.decode((await reader.read()).value), 'half of it');
    await assert.rejects(reader.read(), { code: 'ERR_TLS_TRUNCATED' });
    const refused = connect(at(await freePort()), base);
    await assert.rejects(refused.readable.getReader().closed, { code: 'ERR_TLS_CONNECT_REFUSED' });
    await assert.rejects(refused.writable.getWriter().closed, { code: 'ERR_TLS_CONNECT_REFUSED' });
  });

  test('and allowHalfOpen false closes itself and its writable at the server’s end', async () => {
    const server = closeLater(await startNodeTls(certificates, {}, (peer) => endWith(peer, 'bye')));
    const socket = connect(at(server.port), base);
    let text = '';
    for await (const bytes of /** @type {any} */ (socket.readable)) text += decoder.decode(bytes);
    assert.equal(text, 'bye');
    assert.equal(await socket.closed, undefined);
    await assert.doesNotReject(socket.writable.getWriter().closed);
  });
});

describe('options of startTls()', () => {
  test('override those of connect(), which are its defaults', async () => {
    const server = await startServer();
    const other = await TrustStore.from(pki('good-rsa2048').roots);
    const socket = closeLater(
      connect(at(server.port), { ...base, secureTransport: 'starttls', servername: 'other.example', trust: other }),
    );
    await readLine(socket);
    await socket.write('STARTTLS\r\n');
    await readLine(socket);
    const secure = closeLater(socket.startTls({ servername: certificates.hostname, trust }));
    assert.equal((await secure.opened).verification.ok, true);
    other[Symbol.dispose]();
  });

  test('that are wrong throw, and leave the socket as it was', async () => {
    const server = await startServer();
    const socket = closeLater(connect(at(server.port), { ...base, secureTransport: 'starttls' }));
    for (const wrong of /** @type {any[]} */ ([
      { serverName: 'x' },
      { bridge: 'ws://x' },
      null,
      { servername: 'a:1' },
    ])) {
      assert.throws(() => socket.startTls(wrong), TLSError);
    }
    assert.equal(socket.upgraded, false);
    assert.equal(await readLine(socket), '220 hello\r\n');
  });
});
