// A running bridge on loopback: what it relays, what it rejects, and how it stops.
import assert from 'node:assert/strict';
import { spawn, execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { on, once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';
import {
  childrenOf,
  closeFrame,
  closeEvent,
  dial,
  isAlive,
  nextMessage,
  rawDial,
  rejectedUpgradeStatus,
  startTarget,
  statusOf,
  until,
} from '../helpers/bridge-clients.js';
import { bridgePython, startBridge } from '../helpers/bridge.js';

const bridgeFolder = fileURLToPath(new URL('../../bridge/', import.meta.url));
const megabyte = 1_000_000;
const frameBytes = 64 * 1024;

/** @param {...Uint8Array} parts */
const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');

/** Queues everything in frames of 64 KiB. @param {WebSocket} ws @param {Buffer} bytes */
function sendAll(ws, bytes) {
  for (let at = 0; at < bytes.length; at += frameBytes) ws.send(bytes.subarray(at, at + frameBytes));
}

test('the Python code passes mypy', async () => {
  await promisify(execFile)('mypy', ['.'], { cwd: bridgeFolder });
});

test('the Python unit tests pass', async () => {
  await promisify(execFile)(bridgePython(), ['-B', '-m', 'unittest', 'discover', '-s', bridgeFolder]);
});

describe('a bridge to targets on loopback', { timeout: 120_000 }, () => {
  const payload = randomBytes(20 * megabyte);
  const payloadHash = sha256(payload);
  /** @type {Awaited<ReturnType<typeof startBridge>>} */
  let bridge;
  /** @type {Record<string, Awaited<ReturnType<typeof startTarget>>>} */
  const targets = {};
  /** Resolved with the hash of what the sink received, one per connection, in order. @type {((hash: string) => void)[]} */
  const sinkWaiters = [];
  /** @type {net.Socket[]} */
  const heldSockets = [];

  before(async () => {
    targets.echo = await startTarget((socket) => socket.pipe(socket), { allowHalfOpen: true });
    targets.source = await startTarget((socket) => socket.end(payload));
    targets.sink = await startTarget((socket) => {
      const hash = createHash('sha256');
      socket.on('data', (chunk) => hash.update(chunk)).on('end', () => sinkWaiters.shift()?.(hash.digest('hex')));
    });
    targets.resetter = await startTarget((socket) => socket.once('data', () => socket.resetAndDestroy()));
    targets.lastWords = await startTarget((socket) =>
      socket.once('data', () => socket.write(payload.subarray(0, megabyte), () => socket.resetAndDestroy())),
    );
    targets.holder = await startTarget((socket) => heldSockets.push(socket), { pauseOnConnect: true });
    const closed = await startTarget(() => {});
    await closed.close();
    targets.closed = closed;
    bridge = await startBridge({
      origins: ['http://localhost:8080'],
      allowTargets: Object.values(targets).map((target) => target.token),
      args: ['--max-per-address', '0'],
    });
  });

  after(async () => {
    await bridge.close();
    delete targets.closed;
    for (const target of Object.values(targets)) await target.close();
  });

  test('delivers every byte of a 20 MB download before it closes with 1000, ten times', async (t) => {
    const start = performance.now();
    for (let run = 0; run < 10; run++) {
      const ws = dial(bridge, targets.source.token);
      const hash = createHash('sha256');
      ws.on('message', (data) => hash.update(/** @type {Buffer} */ (data)));
      assert.deepEqual(await closeEvent(ws), { code: 1000, reason: 'the target ended its stream' });
      assert.equal(hash.digest('hex'), payloadHash);
    }
    t.diagnostic(`${(200_000 / (performance.now() - start)).toFixed(0)} MB/s down, hashing included`);
  });

  test('delivers every byte of a 20 MB upload although the client closes at once, ten times', async (t) => {
    const start = performance.now();
    for (let run = 0; run < 10; run++) {
      const arrived = new Promise((resolve) => sinkWaiters.push(resolve));
      const ws = dial(bridge, targets.sink.token);
      await once(ws, 'open');
      sendAll(ws, payload);
      ws.close(1000);
      assert.equal(await arrived, payloadHash);
      if (ws.readyState !== WebSocket.CLOSED) assert.equal((await closeEvent(ws)).code, 1000);
    }
    t.diagnostic(`${(200_000 / (performance.now() - start)).toFixed(0)} MB/s up, masking and hashing included`);
  });

  test('delivers what the client sent before it disconnected without a close frame', async () => {
    const arrived = new Promise((resolve) => sinkWaiters.push(resolve));
    const { socket, ended } = await rawDial(bridge, targets.sink.token);
    socket.resume().end(Buffer.from('8284000000000a0b0c0d', 'hex'));
    await ended;
    assert.equal(await arrived, sha256(Buffer.from('0a0b0c0d', 'hex')));
  });

  test('relays both directions at once, in frames of odd sizes', async () => {
    const ws = dial(bridge, targets.echo.token);
    const hash = createHash('sha256');
    let received = 0;
    const bytes = payload.subarray(0, 3 * megabyte);
    const all = new Promise((resolve) =>
      ws.on('message', (data) => {
        hash.update(/** @type {Buffer} */ (data));
        received += /** @type {Buffer} */ (data).length;
        if (received >= bytes.length) resolve(undefined);
      }),
    );
    await once(ws, 'open');
    for (let at = 0, size = 1; at < bytes.length; at += size, size = Math.min(size * 3 + 1, megabyte)) {
      ws.send(bytes.subarray(at, at + size));
    }
    await all;
    assert.equal(received, bytes.length);
    assert.equal(hash.digest('hex'), sha256(bytes));
    ws.close(1000);
    assert.equal((await closeEvent(ws)).code, 1000);
  });

  const rejections = /** @type {[string, () => string, number, string][]} */ ([
    ['no token', () => '', 4400, 'bad token: the URL must have exactly one token parameter'],
    [
      'two tokens',
      () => `token=${targets.echo.token}&token=${targets.echo.token}`,
      4400,
      'bad token: the URL must have exactly one token parameter',
    ],
    ['a token that is not host:port', () => 'token=127.1:443', 4400, 'bad token: the token is not host:port'],
    ['a token with a line break', () => 'token=example.org%0a:443', 4400, 'bad token: the token is not host:port'],
    ['a port that is not allowed', () => 'token=example.org:22', 4403, 'rejected: port 22 is not allowed'],
    ['a private address', () => 'token=10.0.0.1:443', 4403, 'rejected: the host has a non-public address'],
    [
      'an IPv4-mapped loopback address',
      () => 'token=[::ffff:127.0.0.1]:443',
      4403,
      'rejected: the host has a non-public address',
    ],
    ['a name without an address', () => 'token=name.invalid:443', 4404, 'not resolved: the host name has no address'],
    [
      'a target that refuses the connection',
      () => `token=${targets.closed.token}`,
      4502,
      'unreachable: the target refused the connection',
    ],
  ]);
  for (const [name, query, code, reason] of rejections) {
    test(`closes with ${code} for ${name}`, async () => {
      const ws = new WebSocket(`${bridge.url}/?${query()}`);
      // A client may send before it learns of the rejection.
      ws.on('open', () => ws.send(payload.subarray(0, 1000)));
      assert.deepEqual(await closeEvent(ws), { code, reason });
    });
  }

  /** @param {(token: string) => Promise<void>} use gets a target that never answers */
  async function withSilentTarget(use) {
    // A listener whose backlog is full: the kernel drops further SYNs.
    const silent = spawn(
      bridgePython(),
      [
        '-c',
        [
          'import socket, sys',
          'listener = socket.create_server(("127.0.0.1", 0), backlog=0)',
          'clients = [socket.socket() for _ in range(4)]',
          'for client in clients:',
          '    client.setblocking(False)',
          '    client.connect_ex(listener.getsockname())',
          'print(listener.getsockname()[1], flush=True)',
          'sys.stdin.read()',
        ].join('\n'),
      ],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    );
    try {
      const [line] = await once(silent.stdout, 'data');
      await use(`127.0.0.1:${String(line).trim()}`);
    } finally {
      silent.stdin.end();
      await once(silent, 'exit');
    }
  }

  test('closes with 4504 for a target that does not answer in time', async () => {
    await withSilentTarget(async (token) => {
      const hasty = await startBridge({ allowTargets: [token], args: ['--dial-timeout', '0.1'] });
      try {
        assert.deepEqual(await closeEvent(dial(hasty, token)), {
          code: 4504,
          reason: 'timeout: the target did not answer in time',
        });
      } finally {
        await hasty.close();
      }
    });
  });

  test('closes with 1001 when it is stopped during a dial, although the client is sending', async () => {
    await withSilentTarget(async (token) => {
      const dialling = await startBridge({ allowTargets: [token] });
      try {
        const clients = Array.from({ length: 8 }, () => dial(dialling, token));
        const ends = Promise.all(clients.map(closeEvent));
        await Promise.all(clients.map((ws) => once(ws, 'open')));
        for (const ws of clients) for (let i = 0; i < 16; i++) ws.send(payload.subarray(0, frameBytes), () => {});
        process.kill(dialling.pid, 'SIGTERM');
        for (const end of await ends) assert.deepEqual(end, { code: 1001, reason: 'the bridge is stopping' });
      } finally {
        await dialling.close();
      }
    });
  });

  test('sends an empty message once the target is connected, before any of its bytes', async () => {
    const ws = dial(bridge, targets.source.token);
    /** @type {number[]} */
    const lengths = [];
    for await (const [data] of on(ws, 'message')) if (lengths.push(data.length) === 2) break;
    assert.equal(lengths[0], 0);
    assert.ok(lengths[1] > 0);
    ws.close(1000);
    await closeEvent(ws);
    const [code, messages] = await new Promise((resolve) => {
      const rejected = dial(bridge, '127.0.0.1:1');
      let count = 0;
      rejected.on('message', () => count++).on('close', (number) => resolve([number, count]));
    });
    assert.deepEqual([code, messages], [4403, 0]);
  });

  test('closes with 4001 when the target resets', async () => {
    const ws = dial(bridge, targets.resetter.token);
    ws.on('open', () => ws.send('x', { binary: true }));
    assert.deepEqual(await closeEvent(ws), { code: 4001, reason: 'reset by the target' });
  });

  test('never reports a reset as a clean end, whatever came before it', async () => {
    const ws = dial(bridge, targets.lastWords.token);
    ws.on('open', () => ws.send('x', { binary: true }));
    assert.equal((await closeEvent(ws)).code, 4001);
  });

  test('answers 403 to an Origin that is not allowed, and to a missing one unless allowed', async () => {
    const { token } = targets.echo;
    assert.equal(await rejectedUpgradeStatus(dial(bridge, token, { origin: 'http://localhost:8081' })), 403);
    assert.equal(await rejectedUpgradeStatus(dial(bridge, token, { origin: 'null' })), 403);
    const listed = dial(bridge, token, { origin: 'http://localhost:8080' });
    await once(listed, 'open');
    listed.close(1000);
    assert.equal((await closeEvent(listed)).code, 1000);
    const strict = await startBridge({ allowMissingOrigin: false, allowTargets: [token] });
    try {
      assert.equal(await rejectedUpgradeStatus(dial(strict, token)), 403);
    } finally {
      await strict.close();
    }
  });

  test('serves only WebSockets', async () => {
    for (const path of ['/', '/README.md', '//example.org/']) {
      const response = await fetch(`http://127.0.0.1:${bridge.port}${path}`);
      assert.equal(response.status, 405);
      await response.text();
    }
  });

  test('closes with 1003 for a text frame', async () => {
    const ws = dial(bridge, targets.echo.token);
    ws.on('open', () => ws.send('text'));
    assert.deepEqual(await closeEvent(ws), { code: 1003, reason: 'text frames are not relayed' });
  });

  for (const [name, frame, code] of /** @type {[string, string, number][]} */ ([
    ['an unmasked frame', '820161', 1002],
    ['a frame of 1 MiB and a byte', '82ff000000000010000100000000', 1009],
  ])) {
    test(`closes with ${code} for ${name}`, async () => {
      const { socket, ended, frames } = await rawDial(bridge, targets.echo.token);
      socket.write(Buffer.from(frame, 'hex'));
      await once(socket, 'end');
      socket.end();
      await ended;
      assert.equal(closeFrame(frames())?.code, code);
    });
  }

  test('relays a fragmented message that arrives byte by byte, and answers a ping inside it', async () => {
    const { socket, ended, frames } = await rawDial(bridge, targets.echo.token);
    const wire = Buffer.from('0282ff00ff00' + '9e62' + '8981ff00ff00' + '8f' + '8081ff00ff00' + '9c', 'hex');
    for (const byte of wire) {
      socket.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    /** The payloads of all frames so far with this opcode, joined. @param {number} opcode */
    const payloads = (opcode) => {
      let text = '';
      for (let at = 0, all = frames(); at + 2 <= all.length; at += 2 + all[at + 1]) {
        if (all[at] === (0x80 | opcode)) text += all.toString('latin1', at + 2, at + 2 + all[at + 1]);
      }
      return text;
    };
    await until(() => payloads(2) === 'abc' && payloads(10) === 'p');
    socket.write(Buffer.from('888200000000' + '03e8', 'hex'));
    await ended;
    assert.equal(payloads(8), '\x03\xe8');
  });

  test('queues a bounded number of bytes for a target that does not read', async (t) => {
    const ws = dial(bridge, targets.holder.token);
    const before = new Set(childrenOf(bridge.pid));
    await once(ws, 'open');
    await until(() => heldSockets.length > 0);
    const [child] = childrenOf(bridge.pid).filter((pid) => !before.has(pid));
    const [target] = heldSockets.splice(0);
    const size = 64 * megabyte;
    let allSent = false;
    const block = payload.subarray(0, megabyte);
    for (let sent = 0; sent < size; sent += megabyte) ws.send(block);
    ws.send(new Uint8Array(1), () => {
      allSent = true;
    });
    // Until it stops reading: the amount left is the same ten times in a row.
    for (let same = 0, last = -1; same < 10 && !allSent; last = ws.bufferedAmount) {
      await delay(20);
      same = ws.bufferedAmount === last ? same + 1 : 0;
    }
    assert.equal(allSent, false);
    let received = 0;
    target.on('data', (chunk) => {
      received += chunk.length;
    });
    target.resume();
    await until(() => received === size + 1);
    const peak = statusOf(child, 'VmHWM');
    t.diagnostic(`peak memory of the process: ${peak} KiB`);
    assert.ok(peak < 40_000, `${peak} KiB`);
    ws.close(1000);
    assert.equal((await closeEvent(ws)).code, 1000);
  });

  test('queues a bounded number of bytes for a client that does not read', async () => {
    const ws = dial(bridge, targets.holder.token);
    const before = new Set(childrenOf(bridge.pid));
    await once(ws, 'open');
    await until(() => heldSockets.length > 0);
    const [child] = childrenOf(bridge.pid).filter((pid) => !before.has(pid));
    const [target] = heldSockets.splice(0);
    ws.pause();
    let received = 0;
    ws.on('message', (data) => {
      received += /** @type {Buffer} */ (data).length;
    });
    const size = 64 * megabyte;
    for (let sent = 0; sent < size; sent += megabyte) target.write(payload.subarray(0, megabyte));
    target.end();
    for (let same = 0, last = -1; same < 10; last = target.writableLength) {
      await delay(20);
      same = target.writableLength === last ? same + 1 : 0;
    }
    assert.ok(target.writableLength > 0);
    assert.ok(statusOf(child, 'VmHWM') < 40_000);
    ws.resume();
    assert.equal((await closeEvent(ws)).code, 1000);
    assert.equal(received, size);
  });

  test('does not wake up on an idle connection', async () => {
    const ws = dial(bridge, targets.echo.token);
    const before = new Set(childrenOf(bridge.pid));
    ws.on('open', () => ws.send(new Uint8Array(1)));
    await nextMessage(ws);
    const [child] = childrenOf(bridge.pid).filter((pid) => !before.has(pid));
    await until(() => /^State:\s+S/m.test(readFileSync(`/proc/${child}/status`, 'utf8')));
    const switches = statusOf(child, 'voluntary_ctxt_switches');
    await delay(300); // a longer wait would only detect more wake-ups; the right number is always 0
    assert.equal(statusOf(child, 'voluntary_ctxt_switches'), switches);
    ws.close(1000);
    await closeEvent(ws);
  });

  test('handles 200 connections at once', async (t) => {
    const start = performance.now();
    const sockets = Array.from({ length: 200 }, () => dial(bridge, targets.echo.token));
    await Promise.all(
      sockets.map(async (ws, index) => {
        ws.on('open', () => ws.send(Buffer.from(String(index))));
        const data = await nextMessage(ws);
        assert.equal(String(data), String(index));
      }),
    );
    t.diagnostic(`${(performance.now() - start).toFixed(0)} ms until all had their echo`);
    await Promise.all(
      sockets.map((ws) => {
        ws.close(1000);
        return closeEvent(ws);
      }),
    );
  });

  test('writes one line of JSON for each connection', async () => {
    const secret = 'token=' + encodeURIComponent('s3cret"}\n{"code": 0');
    const complete = () => bridge.stderr().split('\n').slice(0, -1);
    // The processes of earlier connections may still be writing their lines, before or after this one's.
    const rejected = () => complete().filter((line) => JSON.parse(line).code === 4400).length;
    const before = rejected();
    await closeEvent(new WebSocket(`${bridge.url}/?${secret}`));
    const opened = 200;
    await until(
      () => complete().filter((line) => line.includes(targets.echo.token)).length >= opened && rejected() > before,
    );
    const lines = complete().map((line) => JSON.parse(line));
    for (const line of lines) assert.equal(typeof line.code, 'number');
    assert.doesNotMatch(bridge.stderr(), /s3cret/);
    assert.ok(
      lines.some(
        (line) =>
          line.code === 1000 &&
          line.down === payload.length &&
          line.target === targets.source.token &&
          line.address === '127.0.0.1',
      ),
    );
    assert.ok(lines.some((line) => line.code === 403 && line.origin === 'http://localhost:8081'));
  });
});

describe('stopping a bridge', { timeout: 30_000 }, () => {
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGINT', 'SIGKILL'])) {
    test(`${signal} stops it and its children`, async () => {
      const target = await startTarget((socket) => socket.pipe(socket));
      const bridge = await startBridge({ allowTargets: [target.token] });
      try {
        const sockets = [1, 2, 3].map(() => dial(bridge, target.token));
        await Promise.all(
          sockets.map(async (ws) => {
            ws.on('open', () => ws.send(new Uint8Array(1)));
            await nextMessage(ws);
          }),
        );
        const children = childrenOf(bridge.pid);
        assert.equal(children.length, 3);
        const ends = Promise.all(sockets.map(closeEvent));
        process.kill(bridge.pid, signal);
        for (const { code } of await ends) assert.equal(code, signal === 'SIGKILL' ? 1006 : 1001);
        await until(() => ![bridge.pid, ...children].some(isAlive));
      } finally {
        await bridge.close();
        await target.close();
      }
    });
  }

  test('a child inherits no socket and no pipe from its parent', async () => {
    const target = await startTarget((socket) => socket.pipe(socket));
    const bridge = await startBridge({ allowTargets: [target.token] });
    /** @param {number} pid @returns {string[]} */
    const openFiles = (pid) => {
      const numbers = readdirSync(`/proc/${pid}/fd`).filter((number) => Number(number) > 2);
      const files = numbers.map((number) => readlinkSync(`/proc/${pid}/fd/${number}`));
      return [...new Set(files.filter((file) => /^(socket|pipe):/.test(file)))];
    };
    try {
      for (let i = 0; i < 3; i++) {
        const ws = dial(bridge, target.token);
        ws.on('open', () => ws.send(new Uint8Array(1)));
        await nextMessage(ws);
      }
      const children = childrenOf(bridge.pid);
      assert.equal(children.length, 3);
      const all = [bridge.pid, ...children].flatMap(openFiles);
      assert.ok(all.length >= 1 + 3 * 2);
      assert.deepEqual([...new Set(all)], all);
    } finally {
      await bridge.close();
      await target.close();
    }
  });

  test('frees its port', async () => {
    const bridge = await startBridge();
    await bridge.close();
    const probe = net.connect(bridge.port, '127.0.0.1');
    const [error] = await once(probe, 'error');
    assert.equal(error.code, 'ECONNREFUSED');
  });
});

describe('the command line', { timeout: 30_000 }, () => {
  /** @param {string[]} args */
  async function run(...args) {
    const child = spawn(bridgePython(), args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += chunk;
    });
    const [status] = await once(child, 'close');
    return { status, text };
  }
  const launcher = bridgeFolder + 'launcher.py';

  test('does not listen beyond loopback without origins and hosts', async () => {
    for (const extra of [[], ['--origin', 'http://localhost:8080'], ['--host', 'example.org']]) {
      for (const address of ['0.0.0.0:0', '[::]:0']) {
        const { status, text } = await run(launcher, '--listen', address, ...extra);
        assert.equal(status, 2);
        assert.match(text, /^Listening beyond loopback needs --origin and either --host or --key-file: .*\.\n$/);
      }
    }
  });

  test('rejects invalid options', async () => {
    for (const extra of [
      ['--allow-target', '127.0.0.1:*'],
      ['--allow-target', 'localhost'],
      ['--origin', '*'],
      ['--host', '*'],
      ['--port', '0'],
      ['--listen', 'example.org:1'],
      ['--dial-timeout', '0'],
      ['--dial-timeout', 'nan'],
      ['--stall-timeout', '-1'],
      ['--idle-timeout', 'inf'],
      ['--max-life', '1e9'],
      ['--max-connections', '0'],
      ['--max-per-address', '-1'],
      ['--trust-forwarded-for', 'localhost'],
      ['--parent-pid', '0'],
    ]) {
      const { status, text } = await run(launcher, ...extra);
      assert.equal(status, 2, extra.join(' '));
      assert.match(text, /error: argument --/);
    }
  });

  test('rejects a key file that others can read, and a missing one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pagetls-keys-'));
    const file = join(folder, 'keys');
    try {
      writeFileSync(file, `a ${randomBytes(32).toString('base64url')}\n`, { mode: 0o644 });
      chmodSync(file, 0o644);
      const open = await run(launcher, '--key-file', file);
      assert.deepEqual(open, {
        status: 2,
        text: 'The key file cannot be used: other users can read or change it, so run chmod 600 on it.\n',
      });
      const missing = await run(launcher, '--key-file', `${file}.missing`);
      assert.equal(missing.status, 2);
      assert.match(missing.text, /^The key file cannot be used: No such file.*\.\n$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('reports which interpreter lacks websockify and which package provides it', async () => {
    const { status, text } = await run('-S', '-E', launcher);
    assert.equal(status, 1);
    assert.match(text, /^The bridge needs websockify, which \S+ cannot import: .*python3-websockify.*\.\n$/);
  });

  test('reports in one sentence that an address is in use', async () => {
    const bridge = await startBridge();
    try {
      const { status, text } = await run(launcher, '--listen', `127.0.0.1:${bridge.port}`);
      assert.equal(status, 1);
      assert.match(text, /^Cannot listen on 127\.0\.0\.1 port \d+: .*\.\n$/);
    } finally {
      await bridge.close();
    }
  });
});
