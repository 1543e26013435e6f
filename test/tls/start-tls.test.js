/** startTls(): TLS over the streams of whatever is open. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { Duplex } from 'node:stream';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createContext, runInContext } from 'node:vm';
import { connect, startTls, tcp, TLSError, TLSSocket, TrustStore, websockify } from '../../dist/index.js';
import { startBridge } from '../helpers/bridge.js';
import { closeAfterEach } from '../helpers/cleanup.js';
import { pki } from '../helpers/pki.js';
import { startStarttlsServer } from '../helpers/plaintext-server.js';
import { startNodeTls } from '../helpers/servers.js';

const certificates = pki('good-p256');
const trust = await TrustStore.from(certificates.roots);
const base = { trust, servername: certificates.hostname, now: new Date(certificates.clock) };
const closeLater = await closeAfterEach(certificates, base);
const decoder = new TextDecoder();

/** @typedef {{readable: ReadableStream<any>, writable: WritableStream<any>}} Pair */

/** @param {Parameters<typeof startNodeTls>[2]} [onConnection] */
const startServer = async (onConnection) => closeLater(await startNodeTls(certificates, {}, onConnection));

/** A real TCP connection as a pair. @param {number} port @returns {Promise<Pair & {socket: import('node:net').Socket}>} */
async function tcpPair(port) {
  const socket = connectTcp({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  return { .../** @type {any} */ (Duplex.toWeb(socket)), socket };
}

/** The same streams with other chunks. @param {Pair} pair @param {(bytes: Uint8Array) => unknown} convert @returns {Pair} */
const converted = ({ readable, writable }, convert) => ({
  readable: readable.pipeThrough(
    new TransformStream({ transform: (bytes, controller) => controller.enqueue(convert(bytes)) }),
  ),
  writable,
});

/** @param {import('../../dist/index.js').TLSSocket} socket */
async function talk(socket) {
  await socket.opened;
  const sent = Uint8Array.from({ length: 300_000 }, (_, i) => i * 7);
  const written = socket.write(sent);
  const parts = [];
  for (let length = 0; length < sent.length;) {
    const bytes = (await socket.read()) ?? assert.fail('ended');
    parts.push(bytes);
    length += bytes.length;
  }
  await written;
  assert.deepEqual(Buffer.concat(parts), Buffer.from(sent));
  await socket.close();
}

/** Streams of another realm: nothing of them is an instance of a class here. @param {Pair} pair @returns {Pair} */
function ofAnotherRealm(pair) {
  const context = createContext({ pair });
  return runInContext(
    `({
      readable: {
        locked: false,
        getReader() {
          const reader = pair.readable.getReader();
          return {
            async read() {
              const { value, done } = await reader.read();
              return { done, value: value && new Uint8Array(Array.from(value)) };
            },
            cancel: (reason) => reader.cancel(reason),
            get closed() { return reader.closed; },
          };
        },
      },
      writable: {
        locked: false,
        getWriter() {
          const writer = pair.writable.getWriter();
          return {
            write: (chunk) => writer.write(new Uint8Array(chunk)),
            close: () => writer.close(),
            abort: (reason) => writer.abort(reason),
            get ready() { return writer.ready; },
            get closed() { return writer.closed; },
          };
        },
      },
    })`,
    context,
  );
}

describe('startTls() over', () => {
  /** @type {Record<string, (port: number) => any>} */
  const shapes = {
    'Duplex.toWeb() of Node': async (port) => Duplex.toWeb((await tcpPair(port)).socket),
    'ArrayBuffers, as of a WebSocketStream': async (port) =>
      converted(await tcpPair(port), (bytes) => new Uint8Array(bytes).buffer),
    'views of other kinds': async (port) => {
      let count = 0;
      return converted(await tcpPair(port), (bytes) => {
        const copy = Buffer.alloc(bytes.length + 3);
        copy.set(bytes, 3);
        return count++ % 2 ? new DataView(copy.buffer, copy.byteOffset + 3, bytes.length) : copy.subarray(3);
      });
    },
    'ArrayBuffers of another realm': async (port) => {
      const make = runInContext('(list) => new Uint8Array(list).buffer', createContext());
      return converted(await tcpPair(port), (bytes) => make([...bytes]));
    },
    'streams of another realm': async (port) => ofAnotherRealm(await tcpPair(port)),
    'a byte stream': async (port) => {
      const { readable, writable } = await tcpPair(port);
      const reader = readable.getReader();
      return {
        readable: new ReadableStream({
          type: 'bytes',
          async pull(controller) {
            const { value, done } = await reader.read();
            if (done) {
              controller.close();
              controller.byobRequest?.respond(0);
            } else {
              controller.enqueue(new Uint8Array(value));
            }
          },
        }),
        writable,
      };
    },
    'chunks of one byte, and empty ones': async (port) => {
      const { readable, writable } = await tcpPair(port);
      const split = new TransformStream({
        transform(bytes, controller) {
          for (const byte of bytes.subarray(0, 2000)) controller.enqueue(Uint8Array.of(byte));
          controller.enqueue(new Uint8Array());
          if (bytes.length > 2000) controller.enqueue(bytes.subarray(2000));
        },
      });
      return { readable: readable.pipeThrough(split), writable };
    },
    'what tcp() gives': (port) => tcp()({ hostname: '127.0.0.1', port }, { signal: new AbortController().signal }),
    'a plaintext Socket': (port) => connect({ hostname: '127.0.0.1', port }, { secureTransport: 'off' }),
    'the connection of Deno': async (port) => {
      const pair = await tcpPair(port);
      return new (class TcpConn {
        rid = 5;
        closed = 0;
        get readable() {
          return pair.readable;
        }
        get writable() {
          return pair.writable;
        }
        get localAddr() {
          return { transport: 'tcp', hostname: '127.0.0.1', port: 1 };
        }
        close() {
          if (pair.socket.destroyed) throw new Error('BadResource');
          pair.socket.destroy();
        }
      })();
    },
    'the socket of Cloudflare Workers': async (port) => {
      const pair = await tcpPair(port);
      return new (class {
        readable = pair.readable;
        writable = pair.writable;
        opened = delay(20).then(() => ({ remoteAddress: 'a.example:443', localAddress: null }));
        closed = once(pair.socket, 'close').then(() => {});
        upgraded = false;
        secureTransport = 'starttls';
        startTls() {
          return assert.fail('called');
        }
        async close() {
          pair.socket.destroy();
        }
      })();
    },
    'a TCPSocket of Direct Sockets': async (port) => {
      const pair = await tcpPair(port);
      return new (class TCPSocket {
        opened = delay(20).then(() => ({
          ...{ readable: pair.readable, writable: pair.writable },
          ...{ remoteAddress: '127.0.0.1', remotePort: port, localAddress: '127.0.0.1', localPort: 5 },
        }));
        closed = once(pair.socket, 'close').then(() => {});
        async close() {
          if (pair.readable.locked) throw new TypeError('locked');
        }
      })();
    },
  };
  for (const [name, make] of Object.entries(shapes)) {
    test(name, async () => {
      const server = await startServer();
      const socket = startTls(await make(server.port), base);
      assert.ok(socket instanceof TLSSocket);
      await talk(socket);
      await socket.closed;
    });
  }

  test('a socket that tells its addresses, which opened tells too', async () => {
    /** @type {[Record<string, unknown>, (string | null)[]][]} */
    const infos = [
      [{ remoteAddress: 'a.example:443', localAddress: null }, ['a.example:443', null]],
      [
        { remoteAddress: '::1', remotePort: 443, localAddress: '127.0.0.1', localPort: 5 },
        ['[::1]:443', '127.0.0.1:5'],
      ],
      [{ remoteAddress: 5 }, [null, null]],
    ];
    for (const [info, expected] of infos) {
      const server = await startServer();
      const socket = startTls({ ...(await tcpPair(server.port)), opened: Promise.resolve(info) }, base);
      const { remoteAddress, localAddress } = await socket.opened;
      assert.deepEqual([remoteAddress, localAddress], expected);
      await socket.close();
    }
  });

  test('a TLS connection, and the inner one is verified by its own name', async () => {
    const server = await startServer((outer) => {
      const inner = pki('good-rsa2048');
      import('node:tls').then((tls) => {
        const socket = new tls.TLSSocket(outer, { isServer: true, cert: inner.chain, key: inner.key });
        socket.on('error', () => {}).pipe(socket);
      });
    });
    const outer = closeLater(connect({ hostname: '127.0.0.1', port: server.port }, base));
    await outer.opened;
    const inner = pki('good-rsa2048');
    const options = {
      servername: inner.hostname,
      trust: await TrustStore.from(inner.roots),
      now: new Date(inner.clock),
    };
    await talk(startTls(outer, options));
    options.trust[Symbol.dispose]();
  });

  test('the streams of a bridge', async () => {
    const server = await startServer();
    const bridge = closeLater(await startBridge({ allowTargets: [`127.0.0.1:${server.port}`] }));
    const { signal } = new AbortController();
    const { readable, writable } = await websockify(bridge.url)(
      { hostname: '127.0.0.1', port: server.port },
      { signal },
    );
    await talk(startTls({ readable, writable }, base));
  });
});

describe('startTls() rejects', () => {
  const pair = () => ({ readable: new ReadableStream(), writable: new WritableStream() });

  test('streams without a name to verify, unless verifyHostname is false', async () => {
    for (const options of /** @type {any[]} */ ([undefined, {}, { trust }, { trust, rejectUnauthorized: false }])) {
      assert.throws(() => startTls(pair(), options), { code: 'ERR_TLS_INVALID_OPTION', message: /servername/ });
    }
    const withCheck = /** @type {any} */ ({ trust, verifyHostname: false, checkServerIdentity: () => undefined });
    assert.throws(() => startTls(pair(), withCheck), { code: 'ERR_TLS_INVALID_OPTION', message: /servername/ });
    const server = await startServer();
    const { servername: _, ...rest } = base;
    const socket = startTls(await tcpPair(server.port), { ...rest, verifyHostname: false });
    const { servername, verification } = await socket.opened;
    assert.deepEqual([servername, verification.ok], [null, true]);
    await socket.close();
  });

  test('a certificate without hostname, which is the name unless there is servername', async () => {
    const { servername, ...rest } = base;
    for (const names of [
      { hostname: servername },
      { hostname: 'other.example', servername },
      { hostname: '127.0.0.1' },
    ]) {
      const server = await startServer();
      const socket = startTls(await tcpPair(server.port), { ...rest, ...names });
      const info = await socket.opened;
      assert.equal(info.servername, names.hostname === '127.0.0.1' ? null : servername);
      assert.equal(info.remoteAddress, null);
      await socket.close();
    }
    const server = await startServer();
    const socket = startTls(await tcpPair(server.port), { ...rest, hostname: 'other.example' });
    await assert.rejects(socket.opened, { code: 'ERR_TLS_CERT_VERIFY_FAILED' });
    assert.throws(() => startTls(pair(), { ...rest, hostname: 'a b' }), { code: 'ERR_TLS_INVALID_ADDRESS' });
  });

  test('a certificate for another name', async () => {
    const server = await startServer();
    const socket = startTls(await tcpPair(server.port), { ...base, servername: 'other.example' });
    await assert.rejects(socket.opened, { code: 'ERR_TLS_CERT_VERIFY_FAILED' });
  });

  test('what has no streams, and says what to do', async () => {
    /** @type {[any, RegExp][]} */
    const wrong = [
      [undefined, /undefined has no streams/],
      [null, /null/],
      ['x', /"x"/],
      [{}, /readable is undefined/],
      [{ readable: new ReadableStream() }, /writable is undefined/],
      [{ readable: {}, writable: new WritableStream() }, /readable is an object/],
      [Promise.resolve(pair()), /await it/],
      [new Duplex({ read() {}, write() {} }), /Duplex\.toWeb\(\)/],
    ];
    for (const [streams, message] of wrong) {
      assert.throws(() => startTls(streams, base), { code: 'ERR_TLS_INVALID_OPTION', message });
    }
    const socket = startTls({ opened: Promise.resolve({ readable: 5 }) }, base);
    await assert.rejects(socket.opened, { code: 'ERR_TLS_TRANSPORT', message: /opened/ });
  });

  test('streams that somebody uses', () => {
    const used = pair();
    used.readable.getReader();
    assert.throws(() => startTls(used, base), { code: 'ERR_TLS_TRANSPORT', message: /in use/ });
  });

  test('chunks that are not bytes', async () => {
    for (const [convert, name] of /** @type {[(bytes: Uint8Array) => unknown, RegExp][]} */ ([
      [(bytes) => decoder.decode(bytes), /gave "/],
      [(bytes) => [...bytes], /gave an object \(Array\)/],
      [() => null, /gave null/],
      [() => undefined, /gave undefined/],
      [() => 5, /gave number 5/],
    ])) {
      const server = await startServer();
      const socket = startTls(converted(await tcpPair(server.port), convert), base);
      await assert.rejects(socket.opened, { code: 'ERR_TLS_TRANSPORT', message: name });
    }
  });

  test('plaintext that was left in the streams', async () => {
    const server = closeLater(await startStarttlsServer(certificates, { injected: '250 injected\r\n' }));
    const streams = await tcpPair(server.port);
    const reader = streams.readable.getReader();
    const writer = streams.writable.getWriter();
    await reader.read();
    await writer.write(new TextEncoder().encode('STARTTLS\r\n'));
    let text = '';
    while (!text.includes('go ahead')) text += decoder.decode((await reader.read()).value);
    reader.releaseLock();
    writer.releaseLock();
    // Here both came in one chunk, so the application has to notice. It did not look at what follows; more arrives.
    const early = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(text.slice(text.indexOf('\n') + 1) || '250 injected\r\n'));
      },
    });
    const socket = startTls({ readable: early, writable: streams.writable }, base);
    await assert.rejects(socket.opened, { code: 'ERR_TLS_PLAINTEXT_LEFT' });
    streams.socket.destroy();
  });

  test('options that are not understood', () => {
    for (const name of ['bridge', 'transport', 'secureTransport', 'starttls', 'serverName']) {
      const options = /** @type {any} */ ({ ...base, [name]: 'x' });
      assert.throws(() => startTls(pair(), options), { code: 'ERR_TLS_INVALID_OPTION', message: new RegExp(name) });
    }
  });
});

describe('the end of startTls()', () => {
  test('when opened never settles, is that of timeout or signal, and closes what it waits for', async () => {
    for (const end of ['timeout', 'signal']) {
      let closed = 0;
      /** @type {(value: unknown) => void} */
      let open = () => {};
      const given = { opened: new Promise((resolve) => (open = resolve)), close: () => closed++ };
      const controller = new AbortController();
      const socket = startTls(given, { ...base, timeout: 50, signal: controller.signal });
      if (end === 'signal') setTimeout(() => controller.abort(), 5);
      await assert.rejects(socket.opened, { code: end === 'signal' ? 'ERR_TLS_ABORTED' : 'ERR_TLS_TIMEOUT' });
      open({ readable: new ReadableStream(), writable: new WritableStream() });
      while (closed === 0) await delay(1);
    }
  });

  test('when opened rejects, is that error', async () => {
    const reason = new Error('no route');
    const socket = startTls({ opened: Promise.reject(reason), close() {} }, base);
    const error = await socket.opened.catch((caught) => caught);
    assert.ok(error instanceof TLSError);
    assert.deepEqual([error.code, error.cause], ['ERR_TLS_TRANSPORT', reason]);
  });

  test('after a failure, the streams are cancelled and closed', async () => {
    const server = await startServer();
    const streams = await tcpPair(server.port);
    const closed = new Promise((resolve) => streams.socket.on('error', () => {}).once('close', resolve));
    const socket = startTls(streams, { ...base, servername: 'other.example' });
    await assert.rejects(socket.opened);
    await closed;
  });

  test('a truncation is an error here too', async () => {
    const server = await startServer((socket) => socket.write('half'));
    const streams = await tcpPair(server.port);
    const socket = startTls(streams, base);
    assert.equal(decoder.decode((await socket.read()) ?? undefined), 'half');
    streams.socket.destroy();
    await assert.rejects(socket.read(), { code: 'ERR_TLS_TRUNCATED' });
  });
});
