/** The client of a bridge: close codes, timeouts, retries and tokens. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { connect, TrustStore, websockify } from '../../dist/index.js';
import { WEBSOCKET_CLOSE_TIMEOUT_MS } from '../../dist/limits.js';
import { CLOSE_CODES, RETRIED_CLOSE_CODES } from '../../dist/transports/websockify.js';
import { inProject } from '../../scripts/run.js';
import { startBridge } from '../helpers/bridge.js';
import { rejection } from '../helpers/client.js';
import { relayTo, startScriptedBridge } from '../helpers/scripted-bridge.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';
import { endWith } from '../helpers/transfer.js';

/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../../dist/transports/websockify.js').WebsockifyOptions} WebsockifyOptions */

const good = pki('good-p256');
const trust = await TrustStore.from(good.roots);
/** @type {ConnectOptions} */
const base = { trust, servername: good.hostname, now: new Date(good.clock), timeout: 0 };
const SERVER = { hostname: 'server.test', port: 443 };

/** @type {{close(): Promise<void>}[]} */
const running = [];
afterEach(async () => {
  for (const item of running.splice(0).reverse()) {
    await item.close();
  }
});

/** @param {Parameters<typeof startScriptedBridge>[0]} script */
async function scriptBridge(script) {
  const bridge = await startScriptedBridge(script);
  running.push(bridge);
  return bridge;
}

/** @param {Parameters<typeof startNodeTls>[2]} [onConnection] */
async function startServer(onConnection) {
  const server = await startNodeTls(good, {}, onConnection);
  running.push(server);
  return server;
}

/** @param {{url: string}} bridge @param {WebsockifyOptions} [options] @param {ConnectOptions} [more] */
function dial(bridge, options, more) {
  return connect(SERVER, { ...base, transport: websockify(bridge.url, options), ...more });
}

/** The transport without TLS. @param {{url: string}} bridge @param {WebsockifyOptions} [options] @param {AbortSignal} [signal] */
async function openStreams(bridge, options, signal = new AbortController().signal) {
  const { readable, writable, close } = await websockify(bridge.url, options)(SERVER, { signal });
  return { reader: readable.getReader(), writer: writable.getWriter(), close };
}

/** Closes a WebSocket with a code, even one that a close frame cannot carry. @param {import('ws').WebSocket} ws @param {number} code @param {string} [reason] */
function endAs(ws, code, reason) {
  if (code === 1006) ws.terminate();
  else if (code === 1005) ws.close();
  else ws.close(code, reason);
}

describe('close codes', () => {
  test('include all close codes of the bridge', () => {
    const source = readFileSync(inProject('bridge/pagetls_bridge/close_codes.py'), 'utf8');
    const ofBridge = [...source.matchAll(/^[A-Z_]+ = (\d{4})$/gm)].map(([, code]) => code);
    assert.ok(ofBridge.length >= 12);
    assert.deepEqual(
      ofBridge.filter((code) => !Object.hasOwn(CLOSE_CODES, code)),
      [],
    );
    const others = Object.keys(CLOSE_CODES).filter((code) => !ofBridge.includes(code));
    assert.deepEqual(others, ['1005', '1006', '1011'], 'no status, no close frame, and the code of websockify itself');
  });

  for (const [code, expected] of [...Object.entries(CLOSE_CODES), ['4999', 'ERR_TLS_BRIDGE_UNREACHABLE']]) {
    const number = Number(code);
    test(`${number} in answer to the ClientHello is ${expected ?? 'closed cleanly'}`, async () => {
      const bridge = await scriptBridge((ws) => ws.once('message', () => endAs(ws, number, 'the reason')));
      const error = await rejection(dial(bridge, { retries: 0 }).opened);
      assert.equal(error.code, expected ?? 'ERR_TLS_HANDSHAKE_CLOSED', error.message);
      if (expected !== null) {
        assert.match(error.message, number === 1006 ? /close code 1006/ : new RegExp(`${number}, the reason`));
      }
    });
  }

  for (const [host, fault] of [
    ['a_b.example', 'an underscore'],
    ['www.example.', 'a final dot'],
    ['-x.example', 'a label that begins or ends with a hyphen'],
  ]) {
    test(`4400 names ${fault} in the host instead of the token`, async () => {
      const bridge = await scriptBridge((ws) => ws.once('message', () => ws.close(4400, 'bad token: not host:port')));
      const error = await rejection(dial(bridge, { token: () => `${host}:443` }).opened);
      assert.equal(
        error.message,
        `The bridge does not accept the host name "${host}", which has ${fault}: close code 4400, bad token: not host:port.`,
      );
    });
  }

  test('after the handshake are the cause of ERR_TLS_TRUNCATED', async () => {
    const server = await startServer((socket) => socket.write('half'));
    /** @type {import('ws').WebSocket | undefined} */
    let wire;
    const bridge = await scriptBridge((ws) => {
      wire = ws;
      relayTo(ws, server.port);
    });
    const socket = dial(bridge);
    assert.equal(String(Buffer.from((await socket.read()) ?? [])), 'half');
    const waiting = rejection(socket.read());
    wire?.close(4410, 'life limit');
    const error = await waiting;
    assert.equal(error.code, 'ERR_TLS_TRUNCATED');
    assert.equal(error.cause.code, 'ERR_TLS_BRIDGE_LIMIT');
    assert.match(error.cause.message, /4410, life limit/);
    assert.equal(bridge.tokens.length, 1);
  });

  test('come with the reason of the bridge, sanitized', async () => {
    const bridge = await scriptBridge((ws) => ws.close(4403, `no\u001b[2J\n\u202e${'x'.repeat(110)}`));
    const { message } = await rejection(dial(bridge).opened);
    assert.match(message, /4403, no\ufffd\[2J\ufffd\ufffdx{110}\.$/);
  });

  test('a text frame is ERR_TLS_BRIDGE_FAILED', async () => {
    const bridge = await scriptBridge((ws) => ws.once('message', () => ws.send('hello')));
    assert.equal((await rejection(dial(bridge).opened)).code, 'ERR_TLS_BRIDGE_FAILED');
  });
});

describe('timeouts', () => {
  /** Accepts TCP connections and sends nothing. */
  async function startSilentServer() {
    const server = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    running.push({ close: promisify((done) => server.close(() => done(null, undefined))) });
    return { server, url: `ws://127.0.0.1:${port}` };
  }

  test('connectTimeout aborts the WebSocket handshake and closes the connection', async () => {
    const mute = await startSilentServer();
    const closed = once(mute.server, 'connection').then(([socket]) => once(socket, 'close'));
    const error = await rejection(dial(mute, { connectTimeout: 50 }).opened);
    assert.equal(error.code, 'ERR_TLS_CONNECT_TIMEOUT');
    assert.match(error.message, /bridge.*connectTimeout, 50 ms/);
    await closed;
  });

  test('firstByteTimeout ends the wait for the answer to the ClientHello and sends close code 1000', async () => {
    /** @type {Promise<unknown[]>} */
    let closed = Promise.resolve([]);
    const bridge = await scriptBridge((ws) => {
      closed = once(ws, 'close');
    });
    const error = await rejection(dial(bridge, { firstByteTimeout: 50 }).opened);
    assert.equal(error.code, 'ERR_TLS_CONNECT_TIMEOUT');
    assert.match(error.message, /server.*firstByteTimeout, 50 ms/);
    assert.equal((await closed)[0], 1000);
    assert.equal(bridge.tokens.length, 1, 'no retry');
  });

  test('settle a connection without a timeout whose transport ignores the signal', async () => {
    const [mute, silent] = [await startSilentServer(), await scriptBridge(() => {})];
    for (const { url } of [mute, silent]) {
      const transport = websockify(url, { connectTimeout: 50, firstByteTimeout: 50 });
      const socket = connect(SERVER, {
        ...base,
        transport: (address) => transport(address, { signal: new AbortController().signal }),
      });
      assert.equal((await rejection(socket.opened)).code, 'ERR_TLS_CONNECT_TIMEOUT');
      assert.equal((await rejection(socket.closed)).code, 'ERR_TLS_CONNECT_TIMEOUT');
    }
  });

  test('are 10 and 45 seconds by default, and are cleared when the event arrives', async (t) => {
    const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } = globalThis;
    /** Active timers and their delays. @type {Map<unknown, number>} */
    const timers = new Map();
    let shortenedDelay = 10_000;
    t.mock.method(globalThis, 'setTimeout', (/** @type {() => void} */ action, /** @type {number} */ length) => {
      const timer = realSetTimeout(action, length === shortenedDelay ? 20 : length);
      timers.set(timer, length);
      return timer;
    });
    t.mock.method(globalThis, 'clearTimeout', (/** @type {NodeJS.Timeout | undefined} */ timer) => {
      timers.delete(timer);
      realClearTimeout(timer);
    });
    const limits = () => [...timers.values()].filter((length) => length === 10_000 || length === 45_000);

    assert.match((await rejection(openStreams(await startSilentServer()))).message, /connectTimeout, 10000 ms/);
    shortenedDelay = 45_000;
    const bridge = await scriptBridge((ws, number) => number === 2 && ws.once('message', () => ws.send(Buffer.of(1))));
    const silent = await openStreams(bridge);
    await silent.writer.write(Buffer.of(0));
    assert.match((await rejection(silent.reader.read())).message, /firstByteTimeout, 45000 ms/);

    shortenedDelay = 0;
    timers.clear();
    const { reader, writer, close } = await openStreams(bridge);
    assert.deepEqual(limits(), []);
    await writer.write(Buffer.of(0));
    assert.deepEqual(limits(), [45_000]);
    await reader.read();
    assert.deepEqual(limits(), []);
    await writer.write(Buffer.of(0));
    assert.deepEqual(limits(), []);
    await close?.();
  });
});

describe('retries', () => {
  for (const code of [...RETRIED_CLOSE_CODES, 4403]) {
    const again = RETRIED_CLOSE_CODES.includes(code);
    test(`after ${code}: ${again ? 'send the same ClientHello over a new WebSocket' : 'none'}`, async () => {
      const server = await startServer((socket) => endWith(socket, 'welcome'));
      /** @type {Buffer[]} */
      const hellos = [];
      const bridge = await scriptBridge((ws, number) => {
        ws.once('message', (data) => hellos.push(/** @type {Buffer} */ (data)));
        if (number === 1) ws.once('message', () => endAs(ws, code));
        else relayTo(ws, server.port);
      });
      const socket = connect(SERVER, { ...base, bridge: bridge.url });
      if (again) {
        assert.equal(String(Buffer.from((await socket.read()) ?? [])), 'welcome');
        await socket.closed;
        assert.equal(hellos.length, 2);
        assert.deepEqual(hellos[0], hellos[1]);
      } else {
        assert.equal((await rejection(socket.opened)).code, CLOSE_CODES[code]);
      }
      assert.equal(bridge.tokens.length, again ? 2 : 1);
    });
  }

  test('none after any other code or a clean end', async () => {
    const others = Object.keys(CLOSE_CODES).filter((code) => !RETRIED_CLOSE_CODES.includes(Number(code)));
    assert.ok(others.length > 12);
    for (const code of others) {
      const bridge = await scriptBridge((ws) => ws.once('message', () => endAs(ws, Number(code))));
      await rejection(dial(bridge, { retries: 5 }).opened);
      assert.equal(bridge.tokens.length, 1, code);
    }
  });

  for (const retries of [0, 1, 2]) {
    test(`retries: ${retries} makes ${retries + 1} attempts, each with a new token`, async () => {
      const bridge = await scriptBridge((ws) => ws.close(4429, 'full'));
      let asked = 0;
      const error = await rejection(dial(bridge, { retries, token: () => `token ${++asked}` }).opened);
      assert.equal(error.code, 'ERR_TLS_BRIDGE_BUSY');
      assert.deepEqual(
        bridge.tokens,
        Array.from({ length: retries + 1 }, (_, number) => `token ${number + 1}`),
      );
    });
  }

  test('one when the WebSocket does not open; the last error has the reason but not the token', async () => {
    const server = await startServer((socket) => endWith(socket, 'welcome'));
    const bridge = await scriptBridge((ws) => relayTo(ws, server.port));
    let upgrades = 0;
    bridge.server.options.verifyClient = (/** @type {unknown} */ _info, /** @type {Function} */ answer) => {
      answer(++upgrades > 1, 503);
    };
    const socket = dial(bridge);
    await socket.opened;
    await socket.close();
    assert.equal(upgrades, 2);
    const error = await rejection(((upgrades = -9), dial(bridge, { retries: 0, token: 'secret' }).opened));
    assert.equal(error.code, 'ERR_TLS_BRIDGE_UNREACHABLE');
    assert.match(error.message, /503/);
    assert.doesNotMatch(error.message, /secret/);
  });

  test('one when the bridge has reached the server and then stops: the empty message does not count as a byte', async () => {
    const server = await startServer((socket) => endWith(socket, 'welcome'));
    const bridge = await scriptBridge((ws, number) => {
      ws.send(Buffer.alloc(0));
      if (number === 1) ws.once('message', () => endAs(ws, 1001));
      else relayTo(ws, server.port);
    });
    const socket = connect(SERVER, { ...base, bridge: bridge.url });
    const { timing } = await socket.opened;
    assert.ok(timing.dialled !== null && timing.dialled > 100, 'of the second attempt, after the delay');
    assert.equal(String(Buffer.from((await socket.read()) ?? [])), 'welcome');
    await socket.closed;
    assert.equal(bridge.tokens.length, 2);
  });

  test('none after the first byte', async () => {
    const bridge = await scriptBridge((ws) => ws.once('message', () => ws.send(Buffer.of(22), () => ws.terminate())));
    const error = await rejection(dial(bridge, { retries: 5 }).opened);
    assert.equal(error.code, 'ERR_TLS_BRIDGE_UNREACHABLE');
    assert.equal(bridge.tokens.length, 1);
  });

  for (const [bytes, attempts] of [
    [65_536, 2],
    [65_537, 1],
  ]) {
    test(`${attempts - 1} when ${bytes} bytes have been sent`, async () => {
      let came = 0;
      /** @type {Buffer[]} */
      const second = [];
      const bridge = await scriptBridge((ws, number) => {
        ws.on('message', (data) => {
          if (number === 2) {
            second.push(/** @type {Buffer} */ (data));
            ws.close(4502);
          } else if ((came += /** @type {Buffer} */ (data).length) === bytes) {
            ws.close(4500);
          }
        });
      });
      const { reader, writer } = await openStreams(bridge, { retries: 5 });
      const sent = Buffer.alloc(bytes, 'pagetls');
      const copy = Uint8Array.from(sent);
      await writer.write(sent);
      sent.fill(0); // the caller may reuse the buffer
      const { code } = await rejection(reader.read());
      assert.equal(code, attempts === 2 ? 'ERR_TLS_CONNECT_REFUSED' : 'ERR_TLS_BRIDGE_FAILED');
      assert.equal(bridge.tokens.length, attempts);
      if (attempts === 2) assert.deepEqual(Uint8Array.from(Buffer.concat(second)), copy);
    });
  }

  test('none once we have closed', async () => {
    const bridge = await scriptBridge((ws) => ws.once('message', () => ws.close(4500)));
    const { reader, writer } = await openStreams(bridge);
    await writer.write(Buffer.of(0));
    await writer.close().catch(() => {});
    const { done } = await reader.read().catch(() => ({ done: true }));
    assert.equal(done, true);
    assert.equal(bridge.tokens.length, 1);
  });

  test('send data written meanwhile once, and in order', async () => {
    /** @type {Buffer[]} */
    const second = [];
    const bridge = await scriptBridge((ws, number) => {
      ws.on('message', (data) => {
        if (number === 1) ws.close(1001);
        else if (second.push(/** @type {Buffer} */ (data)) === 3) ws.send('done');
      });
    });
    const { reader, writer, close } = await openStreams(bridge);
    const over = once(bridge.server, 'connection').then(([ws]) => once(ws, 'close'));
    for (const text of ['a', 'b']) await writer.write(Buffer.from(text));
    await Promise.race([over, new Promise(setImmediate)]);
    await writer.write(Buffer.from('c'));
    await rejection(reader.read()); // 'done' is a text frame: it follows the third message
    assert.equal(Buffer.concat(second).toString(), 'abc');
    await close?.();
  });
});

describe('tokens', () => {
  test('are host:port, or the value or function passed', async () => {
    const bridge = await scriptBridge((ws) => ws.close(4502));
    for (const token of [undefined, 'a b&c', async (/** @type {object} */ where) => JSON.stringify(where)]) {
      await rejection(dial(bridge, { token }).opened);
    }
    await rejection(connect('[::1]:8443', { ...base, bridge: `${bridge.url}/path?token=old&x=y` }).opened);
    assert.deepEqual(bridge.tokens, ['server.test:443', 'a b&c', JSON.stringify(SERVER), '[::1]:8443']);
  });

  const failure = new Error('not logged in');
  /** @type {[string, any, RegExp, Error?][]} */
  const invalidTokens = [
    ['throws', () => assert.fail(failure), /failed/, failure],
    ['rejects', () => Promise.reject(failure), /failed/, failure],
    ['returns no string', async () => ({ token: 'x' }), /non-empty string/],
    ['returns an empty string', () => '', /non-empty string/],
    ['never settles', () => new Promise(() => {}), /connectTimeout, 50 ms/],
  ];
  for (const [name, token, message, cause] of invalidTokens) {
    test(`a function that ${name} is ERR_TLS_BRIDGE_TOKEN, and nothing is dialled`, async () => {
      const bridge = await scriptBridge(() => assert.fail('dialled'));
      const error = await rejection(dial(bridge, { token, connectTimeout: 50 }).opened);
      assert.equal(error.code, 'ERR_TLS_BRIDGE_TOKEN', error.message);
      assert.match(error.message, message);
      assert.equal(error.cause, cause);
    });
  }

  test('a pending token function sees the abort of the connection', async () => {
    const controller = new AbortController();
    const bridge = await scriptBridge(() => assert.fail('dialled'));
    /** @type {AbortSignal | undefined} */
    let givenSignal;
    const socket = dial(
      bridge,
      {
        token(_address, { signal }) {
          givenSignal = signal;
          queueMicrotask(() => controller.abort());
          return new Promise(() => {});
        },
      },
      { signal: controller.signal },
    );
    assert.equal((await rejection(socket.opened)).code, 'ERR_TLS_ABORTED');
    assert.equal(givenSignal?.aborted, true);
  });

  test('a token that arrives too late is not used', async () => {
    const bridge = await scriptBridge((ws) => ws.close(4502));
    /** @type {(token: string) => void} */
    let give = () => {};
    const token = () => new Promise((/** @type {(token: string) => void} */ resolve) => (give = resolve));
    await rejection(dial(bridge, { token, connectTimeout: 20 }).opened);
    give('late');
    await new Promise(setImmediate);
    await rejection(dial(bridge, { token: 'another' }).opened);
    assert.deepEqual(bridge.tokens, ['another']);
  });
});

describe('closing', () => {
  /** Closes the writer while the bridge closes with this code. @param {number} code */
  async function closedWith(code) {
    const bridge = await scriptBridge((ws) =>
      ws.once('message', () => (code === 1006 ? ws.terminate() : ws.close(code, 'reason'))),
    );
    const { writer } = await openStreams(bridge, { retries: 0 });
    await writer.write(Buffer.of(0));
    await writer.close();
  }

  test('succeeds when the bridge answers with 1000', () => closedWith(1000));

  for (const code of [1001, 1006, 4001, 4408]) {
    test(`fails when the bridge closes with ${code}: not all bytes have arrived`, async () => {
      const error = await rejection(closedWith(code));
      assert.equal(error.code, CLOSE_CODES[code]);
    });
  }
});

describe('aborting', () => {
  /** @type {[string, (streams: Awaited<ReturnType<typeof openStreams>>, controller: AbortController) => unknown][]} */
  const ways = [
    ['the signal', (_streams, controller) => controller.abort(new Error('enough'))],
    ["the writer's abort()", ({ writer }) => writer.abort(new Error('enough'))],
    ['close()', ({ close }) => close?.()],
    ['the bridge', () => {}],
  ];
  for (const [name, giveUp] of ways) {
    test(`${name} immediately ends a write that is blocked by the bridge`, async (t) => {
      const { setTimeout: realSetTimeout } = globalThis;
      /** Timeouts for the answer to our close frame. @type {(() => void)[]} */
      const closeTimeouts = [];
      t.mock.method(globalThis, 'setTimeout', (/** @type {() => void} */ action, /** @type {number} */ length) =>
        length === WEBSOCKET_CLOSE_TIMEOUT_MS ? closeTimeouts.push(action) : realSetTimeout(action, length),
      );
      const controller = new AbortController();
      const bridge = await scriptBridge((ws) => ws.pause());
      const [streams, [wire]] = await Promise.all([
        openStreams(bridge, { firstByteTimeout: 0 }, controller.signal),
        once(bridge.server, 'connection'),
      ]);
      const writing = rejection(streams.writer.write(new Uint8Array(64 * 1024 * 1024)));
      await new Promise(setImmediate);
      if (name === 'the bridge') wire.terminate();
      giveUp(streams, controller);
      await writing;
      await rejection(streams.writer.closed);
      assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
      let gone = false;
      const closing = Promise.resolve(streams.close?.()).then(() => {
        gone = true;
      });
      await new Promise(setImmediate);
      assert.equal(gone, name === 'the bridge');
      for (const action of closeTimeouts) action();
      await closing;
    });
  }

  test('still sends the alert to the server', async () => {
    const server = await startServer();
    const bridge = await startBridge({ allowTargets: [`127.0.0.1:${server.port}`] });
    running.push(bridge);
    const others = await TrustStore.from(pki('good-rsa2048').roots);
    const clientError = once(server.server, 'tlsClientError');
    const options = { ...base, trust: others, bridge: bridge.url };
    await rejection(connect({ hostname: '127.0.0.1', port: server.port }, options).opened);
    assert.match(String((await clientError)[0]), /unknown ca/i);
  });

  test('leaves no timer or socket that keeps the process alive', async () => {
    const server = await startServer((socket) => endWith(socket, 'bye'));
    const mute = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    running.push({ close: promisify((done) => mute.close(() => done(null, undefined))) });
    const { port } = /** @type {import('node:net').AddressInfo} */ (mute.address());
    const bridge = await scriptBridge((ws) => {
      const token = new URL(/** @type {string} */ (bridge.tokens.at(-1)), 'x:/').pathname.slice(1);
      if (token === 'works') relayTo(ws, server.port);
      else if (token === 'busy') ws.close(4429);
      else if (token === 'rejects') ws.once('message', () => ws.close(4403));
    });
    const script = inProject('test/fixtures/bridge-client.js');
    const { stdout } = await promisify(execFile)(process.execPath, [script, bridge.url, `ws://127.0.0.1:${port}`], {
      timeout: 60_000,
    });
    assert.deepEqual(JSON.parse(stdout), {
      works: 'bye',
      rejects: 'ERR_TLS_BRIDGE_REFUSED',
      busy: 'ERR_TLS_ABORTED',
      silent: 'ERR_TLS_ABORTED',
      mute: 'ERR_TLS_ABORTED',
      leftOver: [],
    });
  });
});

test('bulk data is sent in frames of 16 to 64 KB', async () => {
  const server = await startServer((socket) => socket.resume());
  /** @type {number[]} */
  const sizes = [];
  const bridge = await scriptBridge((ws) => {
    ws.on('message', (data) => sizes.push(/** @type {Buffer} */ (data).length));
    relayTo(ws, server.port);
  });
  const socket = dial(bridge);
  await socket.opened;
  const handshake = sizes.length;
  await socket.write(new Uint8Array(4_000_000));
  await socket.close();
  const bulk = sizes.slice(handshake).filter((size) => size > 100); // not Finished and close_notify
  assert.ok(bulk.length <= 64 && bulk.length > 60, String(bulk));
  for (const size of bulk.slice(0, -1)) assert.ok(size >= 16_384 && size <= 65_536, String(size));
});
