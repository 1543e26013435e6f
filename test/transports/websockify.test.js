/** The client's side of a bridge: close codes, time limits, other tries and tokens. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { connect, TrustStore, websockify } from '../../dist/index.js';
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
async function playBridge(script) {
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

/** The transport alone. @param {{url: string}} bridge @param {WebsockifyOptions} [options] @param {AbortSignal} [signal] */
async function openStreams(bridge, options, signal = new AbortController().signal) {
  const { readable, writable, close } = await websockify(bridge.url, options)(SERVER, { signal });
  return { reader: readable.getReader(), writer: writable.getWriter(), close };
}

/** Ends a WebSocket with a code, also with those that no close frame can hold. @param {import('ws').WebSocket} ws @param {number} code @param {string} [reason] */
function endAs(ws, code, reason) {
  if (code === 1006) ws.terminate();
  else if (code === 1005) ws.close();
  else ws.close(code, reason);
}

describe('the close codes', () => {
  test("are all of the bridge's", () => {
    const source = readFileSync(inProject('bridge/close_codes.py'), 'utf8');
    const ofBridge = [...source.matchAll(/^[A-Z_]+ = (\d{4})$/gm)].map(([, code]) => code);
    assert.ok(ofBridge.length >= 12);
    assert.deepEqual(
      ofBridge.filter((code) => !Object.hasOwn(CLOSE_CODES, code)),
      [],
    );
    const others = Object.keys(CLOSE_CODES).filter((code) => !ofBridge.includes(code));
    assert.deepEqual(others, ['1005', '1006', '1011'], 'no frame, no word, and what websockify itself says');
  });

  for (const [code, expected] of [...Object.entries(CLOSE_CODES), ['4999', 'ERR_TLS_BRIDGE_UNREACHABLE']]) {
    const number = Number(code);
    test(`${number} in answer to the ClientHello is ${expected ?? 'a clean end'}`, async () => {
      const bridge = await playBridge((ws) => ws.once('message', () => endAs(ws, number, 'in its words')));
      const error = await rejection(dial(bridge, { retries: 0 }).opened);
      assert.equal(error.code, expected ?? 'ERR_TLS_HANDSHAKE_CLOSED', error.message);
      if (expected !== null) {
        assert.match(error.message, number === 1006 ? /close code 1006/ : new RegExp(`${number}, in its words`));
      }
    });
  }

  test('are told after the handshake as the cause of ERR_TLS_TRUNCATED', async () => {
    const server = await startServer((socket) => socket.write('half'));
    /** @type {import('ws').WebSocket | undefined} */
    let wire;
    const bridge = await playBridge((ws) => {
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

  test('come with what the bridge says, made printable', async () => {
    const bridge = await playBridge((ws) => ws.close(4403, `no\u001b[2J\n\u202e${'x'.repeat(110)}`));
    const { message } = await rejection(dial(bridge).opened);
    assert.match(message, /4403, no\ufffd\[2J\ufffd\ufffdx{110}\.$/);
  });

  test('text for bytes is ERR_TLS_BRIDGE_FAILED', async () => {
    const bridge = await playBridge((ws) => ws.once('message', () => ws.send('hello')));
    assert.equal((await rejection(dial(bridge).opened)).code, 'ERR_TLS_BRIDGE_FAILED');
  });
});

describe('time limits', () => {
  /** Takes TCP connections and says nothing. */
  async function startMute() {
    const server = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    running.push({ close: promisify((done) => server.close(() => done(null, undefined))) });
    return { server, url: `ws://127.0.0.1:${port}` };
  }

  test('connectTimeout ends the opening of the WebSocket, and leaves no connection behind', async () => {
    const mute = await startMute();
    const closed = once(mute.server, 'connection').then(([socket]) => once(socket, 'close'));
    const error = await rejection(dial(mute, { connectTimeout: 50 }).opened);
    assert.equal(error.code, 'ERR_TLS_CONNECT_TIMEOUT');
    assert.match(error.message, /bridge.*connectTimeout, 50 ms/);
    await closed;
  });

  test('firstByteTimeout ends the wait for the answer to the ClientHello, with close code 1000', async () => {
    /** @type {Promise<unknown[]>} */
    let closed = Promise.resolve([]);
    const bridge = await playBridge((ws) => {
      closed = once(ws, 'close');
    });
    const error = await rejection(dial(bridge, { firstByteTimeout: 50 }).opened);
    assert.equal(error.code, 'ERR_TLS_CONNECT_TIMEOUT');
    assert.match(error.message, /server.*firstByteTimeout, 50 ms/);
    assert.equal((await closed)[0], 1000);
    assert.equal(bridge.tokens.length, 1, 'no other try');
  });

  test('settle a connection without a timeout whose transport is not told when to stop', async () => {
    const [mute, silent] = [await startMute(), await playBridge(() => {})];
    for (const { url } of [mute, silent]) {
      const transport = websockify(url, { connectTimeout: 50, firstByteTimeout: 50 });
      const deaf = connect(SERVER, {
        ...base,
        transport: (address) => transport(address, { signal: new AbortController().signal }),
      });
      assert.equal((await rejection(deaf.opened)).code, 'ERR_TLS_CONNECT_TIMEOUT');
      assert.equal((await rejection(deaf.closed)).code, 'ERR_TLS_CONNECT_TIMEOUT');
    }
  });

  test('are 10 and 45 seconds, and over when that has come which they wait for', async (t) => {
    const { setTimeout: later, clearTimeout: never } = globalThis;
    /** Those that run, each with its length. @type {Map<unknown, number>} */
    const timers = new Map();
    let hurried = 10_000;
    t.mock.method(globalThis, 'setTimeout', (/** @type {() => void} */ action, /** @type {number} */ length) => {
      const timer = later(action, length === hurried ? 20 : length);
      timers.set(timer, length);
      return timer;
    });
    t.mock.method(globalThis, 'clearTimeout', (/** @type {NodeJS.Timeout | undefined} */ timer) => {
      timers.delete(timer);
      never(timer);
    });
    const limits = () => [...timers.values()].filter((length) => length === 10_000 || length === 45_000);

    assert.match((await rejection(openStreams(await startMute()))).message, /connectTimeout, 10000 ms/);
    hurried = 45_000;
    const bridge = await playBridge((ws, number) => number === 2 && ws.once('message', () => ws.send(Buffer.of(1))));
    const silent = await openStreams(bridge);
    await silent.writer.write(Buffer.of(0));
    assert.match((await rejection(silent.reader.read())).message, /firstByteTimeout, 45000 ms/);

    hurried = 0;
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

describe('other tries', () => {
  for (const code of [...RETRIED_CLOSE_CODES, 4403]) {
    const again = RETRIED_CLOSE_CODES.includes(code);
    test(`after ${code}: ${again ? 'the same ClientHello goes over another WebSocket' : 'none'}`, async () => {
      const server = await startServer((socket) => endWith(socket, 'welcome'));
      /** @type {Buffer[]} */
      const hellos = [];
      const bridge = await playBridge((ws, number) => {
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

  test('none after any other code, nor by a clean end', async () => {
    const others = Object.keys(CLOSE_CODES).filter((code) => !RETRIED_CLOSE_CODES.includes(Number(code)));
    assert.ok(others.length > 12);
    for (const code of others) {
      const bridge = await playBridge((ws) => ws.once('message', () => endAs(ws, Number(code))));
      await rejection(dial(bridge, { retries: 5 }).opened);
      assert.equal(bridge.tokens.length, 1, code);
    }
  });

  for (const retries of [0, 1, 2]) {
    test(`retries: ${retries} makes ${retries + 1} in all, each with a token of its own`, async () => {
      const bridge = await playBridge((ws) => ws.close(4429, 'full'));
      let asked = 0;
      const error = await rejection(dial(bridge, { retries, token: () => `token ${++asked}` }).opened);
      assert.equal(error.code, 'ERR_TLS_BRIDGE_BUSY');
      assert.deepEqual(
        bridge.tokens,
        Array.from({ length: retries + 1 }, (_, number) => `token ${number + 1}`),
      );
    });
  }

  test('one when the WebSocket does not open; the error of the last says why, without the token', async () => {
    const server = await startServer((socket) => endWith(socket, 'welcome'));
    const bridge = await playBridge((ws) => relayTo(ws, server.port));
    let refused = 0;
    bridge.server.options.verifyClient = (/** @type {unknown} */ _info, /** @type {Function} */ answer) => {
      answer(++refused > 1, 503);
    };
    const socket = dial(bridge);
    await socket.opened;
    await socket.close();
    assert.equal(refused, 2);
    const error = await rejection(((refused = -9), dial(bridge, { retries: 0, token: 'secret' }).opened));
    assert.equal(error.code, 'ERR_TLS_BRIDGE_UNREACHABLE');
    assert.match(error.message, /503/);
    assert.doesNotMatch(error.message, /secret/);
  });

  test('one when the bridge has reached the server and then stops: an empty message is no byte', async () => {
    const server = await startServer((socket) => endWith(socket, 'welcome'));
    const bridge = await playBridge((ws, number) => {
      ws.send(Buffer.alloc(0));
      if (number === 1) ws.once('message', () => endAs(ws, 1001));
      else relayTo(ws, server.port);
    });
    const socket = connect(SERVER, { ...base, bridge: bridge.url });
    const { timing } = await socket.opened;
    assert.ok(timing.dialled !== null && timing.dialled > 100, 'of the second try, after the pause');
    assert.equal(String(Buffer.from((await socket.read()) ?? [])), 'welcome');
    await socket.closed;
    assert.equal(bridge.tokens.length, 2);
  });

  test('none after the first byte', async () => {
    const bridge = await playBridge((ws) => ws.once('message', () => ws.send(Buffer.of(22), () => ws.terminate())));
    const error = await rejection(dial(bridge, { retries: 5 }).opened);
    assert.equal(error.code, 'ERR_TLS_BRIDGE_UNREACHABLE');
    assert.equal(bridge.tokens.length, 1);
  });

  for (const [bytes, tries] of [
    [65_536, 2],
    [65_537, 1],
  ]) {
    test(`${tries - 1} when ${bytes} bytes have been sent`, async () => {
      let came = 0;
      /** @type {Buffer[]} */
      const second = [];
      const bridge = await playBridge((ws, number) => {
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
      sent.fill(0); // it is the caller's again
      const { code } = await rejection(reader.read());
      assert.equal(code, tries === 2 ? 'ERR_TLS_CONNECT_REFUSED' : 'ERR_TLS_BRIDGE_FAILED');
      assert.equal(bridge.tokens.length, tries);
      if (tries === 2) assert.deepEqual(Uint8Array.from(Buffer.concat(second)), copy);
    });
  }

  test('none once we have closed', async () => {
    const bridge = await playBridge((ws) => ws.once('message', () => ws.close(4500)));
    const { reader, writer } = await openStreams(bridge);
    await writer.write(Buffer.of(0));
    await writer.close().catch(() => {});
    const { done } = await reader.read().catch(() => ({ done: true }));
    assert.equal(done, true);
    assert.equal(bridge.tokens.length, 1);
  });

  test('what is written meanwhile goes once, and in order', async () => {
    /** @type {Buffer[]} */
    const second = [];
    const bridge = await playBridge((ws, number) => {
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
    await rejection(reader.read()); // 'done' is text: it has come after the third
    assert.equal(Buffer.concat(second).toString(), 'abc');
    await close?.();
  });
});

describe('tokens', () => {
  test('are host:port, or what one gives', async () => {
    const bridge = await playBridge((ws) => ws.close(4502));
    for (const token of [undefined, 'a b&c', async (/** @type {object} */ where) => JSON.stringify(where)]) {
      await rejection(dial(bridge, { token }).opened);
    }
    await rejection(connect('[::1]:8443', { ...base, bridge: `${bridge.url}/path?token=old&x=y` }).opened);
    assert.deepEqual(bridge.tokens, ['server.test:443', 'a b&c', JSON.stringify(SERVER), '[::1]:8443']);
  });

  const failure = new Error('not logged in');
  /** @type {[string, any, RegExp, Error?][]} */
  const bad = [
    ['throws', () => assert.fail(failure), /failed/, failure],
    ['rejects', () => Promise.reject(failure), /failed/, failure],
    ['gives no string', async () => ({ token: 'x' }), /non-empty string/],
    ['gives an empty one', () => '', /non-empty string/],
    ['never answers', () => new Promise(() => {}), /connectTimeout, 50 ms/],
  ];
  for (const [name, token, message, cause] of bad) {
    test(`a function that ${name} is ERR_TLS_BRIDGE_TOKEN, and nothing is dialled`, async () => {
      const bridge = await playBridge(() => assert.fail('dialled'));
      const error = await rejection(dial(bridge, { token, connectTimeout: 50 }).opened);
      assert.equal(error.code, 'ERR_TLS_BRIDGE_TOKEN', error.message);
      assert.match(error.message, message);
      assert.equal(error.cause, cause);
    });
  }

  test('a function that hangs is told when the connection is given up', async () => {
    const controller = new AbortController();
    const bridge = await playBridge(() => assert.fail('dialled'));
    /** @type {AbortSignal | undefined} */
    let told;
    const socket = dial(
      bridge,
      {
        token(_address, { signal }) {
          told = signal;
          queueMicrotask(() => controller.abort());
          return new Promise(() => {});
        },
      },
      { signal: controller.signal },
    );
    assert.equal((await rejection(socket.opened)).code, 'ERR_TLS_ABORTED');
    assert.equal(told?.aborted, true);
  });

  test('a token that comes too late is not used', async () => {
    const bridge = await playBridge((ws) => ws.close(4502));
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
  /** How close() ends when the bridge ends it like this. @param {number} code */
  async function closedWith(code) {
    const bridge = await playBridge((ws) =>
      ws.once('message', () => (code === 1006 ? ws.terminate() : ws.close(code, 'as told'))),
    );
    const { writer } = await openStreams(bridge, { retries: 0 });
    await writer.write(Buffer.of(0));
    await writer.close();
  }

  test('is good when the bridge answers with 1000', () => closedWith(1000));

  for (const code of [1001, 1006, 4001, 4408]) {
    test(`fails when the bridge says ${code}: not every byte has arrived`, async () => {
      const error = await rejection(closedWith(code));
      assert.equal(error.code, CLOSE_CODES[code]);
    });
  }
});

describe('giving up', () => {
  /** @type {[string, (streams: Awaited<ReturnType<typeof openStreams>>, controller: AbortController) => unknown][]} */
  const ways = [
    ['the signal', (_streams, controller) => controller.abort(new Error('enough'))],
    ["the writer's abort()", ({ writer }) => writer.abort(new Error('enough'))],
    ['close()', ({ close }) => close?.()],
    ['the bridge', () => {}],
  ];
  for (const [name, giveUp] of ways) {
    test(`${name} ends a write that waits for a bridge that takes nothing, at once`, async (t) => {
      const { setTimeout: later } = globalThis;
      /** What ends the wait for the answer to our close frame. @type {(() => void)[]} */
      const lingering = [];
      t.mock.method(globalThis, 'setTimeout', (/** @type {() => void} */ action, /** @type {number} */ length) =>
        length === 1000 ? lingering.push(action) : later(action, length),
      );
      const controller = new AbortController();
      const bridge = await playBridge((ws) => ws.pause());
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
      for (const action of lingering) action();
      await closing;
    });
  }

  test('an alert to the server still leaves', async () => {
    const server = await startServer();
    const bridge = await startBridge({ allowTargets: [`127.0.0.1:${server.port}`] });
    running.push(bridge);
    const others = await TrustStore.from(pki('good-rsa2048').roots);
    const told = once(server.server, 'tlsClientError');
    const options = { ...base, trust: others, bridge: bridge.url };
    await rejection(connect({ hostname: '127.0.0.1', port: server.port }, options).opened);
    assert.match(String((await told)[0]), /unknown ca/i);
  });

  test('nothing keeps the process: not a timer, however long, nor a socket', async () => {
    const server = await startServer((socket) => endWith(socket, 'bye'));
    const mute = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    running.push({ close: promisify((done) => mute.close(() => done(null, undefined))) });
    const { port } = /** @type {import('node:net').AddressInfo} */ (mute.address());
    const bridge = await playBridge((ws) => {
      const token = new URL(/** @type {string} */ (bridge.tokens.at(-1)), 'x:/').pathname.slice(1);
      if (token === 'works') relayTo(ws, server.port);
      else if (token === 'busy') ws.close(4429);
      else if (token === 'refuses') ws.once('message', () => ws.close(4403));
    });
    const script = inProject('test/fixtures/bridge-client.js');
    const { stdout } = await promisify(execFile)(process.execPath, [script, bridge.url, `ws://127.0.0.1:${port}`], {
      timeout: 60_000,
    });
    assert.deepEqual(JSON.parse(stdout), {
      works: 'bye',
      refuses: 'ERR_TLS_BRIDGE_REFUSED',
      busy: 'ERR_TLS_ABORTED',
      silent: 'ERR_TLS_ABORTED',
      mute: 'ERR_TLS_ABORTED',
      leftOver: [],
    });
  });
});

test('a bulk of bytes goes in frames of 16 to 64 KB', async () => {
  const server = await startServer((socket) => socket.resume());
  /** @type {number[]} */
  const sizes = [];
  const bridge = await playBridge((ws) => {
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
