// The limits on connections, time and memory; health checks and draining; status fetches.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';
import {
  childrenOf,
  closeEvent,
  dial,
  isAlive,
  nextMessage,
  rawDial,
  request,
  startTarget,
  statusOf,
  until,
} from '../helpers/bridge-clients.js';
import { startBridge, startBridgeWithFakeNetwork } from '../helpers/bridge.js';

const FULL = { code: 4429, reason: 'too many connections' };
const FULL_FOR_ADDRESS = { code: 4429, reason: 'too many connections from this address' };
/** Processes that only send 4429: MAX_REJECTING of bridge/pagetls_bridge/admission.py. */
const MAX_REJECTING = 16;

/** @type {Awaited<ReturnType<typeof startTarget>>} */
let echo;
/** A target that never reads. @type {Awaited<ReturnType<typeof startTarget>>} */
let deaf;
/** A target that never stops sending. @type {Awaited<ReturnType<typeof startTarget>>} */
let fountain;

before(async () => {
  echo = await startTarget((socket) => socket.pipe(socket));
  deaf = await startTarget(() => {}, { pauseOnConnect: true });
  const block = Buffer.alloc(1 << 20);
  fountain = await startTarget((socket) => {
    const pour = () => {
      while (!socket.destroyed && socket.write(block));
    };
    socket.on('drain', pour).resume();
    pour();
  });
});

after(async () => {
  for (const target of [echo, deaf, fountain]) await target.close();
});

/** @param {string[]} args @param {(bridge: Awaited<ReturnType<typeof startBridge>>) => Promise<void>} use */
async function withBridge(args, use) {
  const bridge = await startBridge({ allowTargets: [echo, deaf, fountain].map((target) => target.token), args });
  try {
    await use(bridge);
  } finally {
    await bridge.close();
  }
}

/** Opens a connection and waits for an echo. @param {{url: string}} bridge @param {import('ws').ClientOptions} [options] */
async function open(bridge, options) {
  const ws = dial(bridge, echo.token, options);
  ws.on('open', () => ws.send(Buffer.of(1)));
  const closed = closeEvent(ws).then(({ code, reason }) => Promise.reject(new Error(`closed with ${code}: ${reason}`)));
  closed.catch(() => {});
  await Promise.race([nextMessage(ws), closed]);
  return ws;
}

/** @param {WebSocket[]} sockets */
async function closeAll(sockets) {
  for (const ws of sockets) ws.close(1000);
  await Promise.all(sockets.map((ws) => ws.readyState === WebSocket.CLOSED || closeEvent(ws)));
}

/** @param {number} count @param {{url: string}} bridge @param {import('ws').ClientOptions} [options] */
const openMany = (count, bridge, options) => Promise.all(Array.from({ length: count }, () => open(bridge, options)));

describe('limits on connections', { timeout: 60_000 }, () => {
  test('one more than --max-connections gets 4429 until another one closes', async () => {
    await withBridge(['--max-connections', '4'], async (bridge) => {
      const sockets = await openMany(4, bridge);
      for (let i = 0; i < 3; i++) assert.deepEqual(await closeEvent(dial(bridge, echo.token)), FULL);
      await closeAll(sockets.splice(0, 1));
      await until(() => childrenOf(bridge.pid).length === 3);
      sockets.push(await open(bridge));
      assert.deepEqual(await closeEvent(dial(bridge, echo.token)), FULL);
      await closeAll(sockets);
    });
  });

  test('a hundred simultaneous connections beyond the limit start at most 16 processes', async () => {
    await withBridge(['--max-connections', '4', '--max-per-address', '0'], async (bridge) => {
      const sockets = await openMany(4, bridge);
      let maxChildren = 0;
      const ends = Array.from({ length: 100 }, async () => {
        const ws = dial(bridge, echo.token);
        ws.on('error', () => {}); // a reset, for those closed without a close frame
        const code = await new Promise((resolve) => ws.on('close', resolve));
        maxChildren = Math.max(maxChildren, childrenOf(bridge.pid).length);
        return code;
      });
      const codes = await Promise.all(ends);
      assert.ok(codes.every((code) => code === 4429 || code === 1006));
      assert.ok(codes.includes(4429));
      assert.ok(maxChildren <= 4 + MAX_REJECTING, `${maxChildren} processes`);
      await closeAll(sockets);
    });
  });

  test('one more than --max-per-address gets 4429, another address is accepted', async () => {
    await withBridge(['--max-per-address', '2'], async (bridge) => {
      const sockets = await openMany(2, bridge);
      assert.deepEqual(await closeEvent(dial(bridge, echo.token)), FULL_FOR_ADDRESS);
      const other = await open(bridge, { localAddress: '127.0.0.2' });
      await closeAll([...sockets, other]);
    });
  });

  test('X-Forwarded-For names the client, but only if a trusted proxy sends it', async () => {
    const args = ['--max-per-address', '2', '--trust-forwarded-for', '127.0.0.1'];
    await withBridge(args, async (bridge) => {
      /** @param {string} value */
      const forwardedFor = (value) => ({ headers: { 'x-forwarded-for': value } });
      const sockets = await openMany(2, bridge, forwardedFor('evil", 10.9.8.7,192.0.2.1'));
      assert.deepEqual(await closeEvent(dial(bridge, echo.token, forwardedFor('192.0.2.1'))), FULL_FOR_ADDRESS);
      sockets.push(...(await openMany(2, bridge, forwardedFor('2001:db8::1'))));
      assert.deepEqual(await closeEvent(dial(bridge, echo.token, forwardedFor('2001:db8::2'))), FULL_FOR_ADDRESS);
      // If the header does not parse, the proxy itself counts as the client.
      sockets.push(await open(bridge, forwardedFor('192.0.2.1, unknown')), await open(bridge));
      assert.deepEqual(await closeEvent(dial(bridge, echo.token, forwardedFor('1.2.3'))), FULL_FOR_ADDRESS);
      const stranger = { localAddress: '127.0.0.2', ...forwardedFor('192.0.2.9') };
      sockets.push(...(await openMany(2, bridge, stranger)));
      assert.deepEqual(await closeEvent(dial(bridge, echo.token, stranger)), FULL_FOR_ADDRESS);
      await closeAll(sockets);
      await until(() => bridge.stderr().split('\n').length > 12); // eight closed, four rejected
      const lines = bridge
        .stderr()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).client);
      assert.deepEqual([...new Set(lines)].sort(), [
        '127.0.0.1',
        '127.0.0.2',
        '192.0.2.1',
        '2001:db8::1',
        '2001:db8::2',
      ]);
    });
  });
});

describe('timeouts', { timeout: 60_000 }, () => {
  for (const [name, option, code, reason] of /** @type {[string, string, number, string][]} */ ([
    ['an idle connection', '--idle-timeout', 4408, 'idle: no bytes in either direction'],
    ['a connection past its lifetime', '--max-life', 4410, 'the connection reached its maximum lifetime'],
  ])) {
    test(`${name} ends with ${code}`, async () => {
      await withBridge([option, '0.5'], async (bridge) => {
        assert.deepEqual(await closeEvent(await open(bridge)), { code, reason });
        await until(() => childrenOf(bridge.pid).length === 0);
      });
    });
  }

  const maxGrowthKiB = 32 * 1024;
  const queuedBytes = 120 << 20;

  test('a request that times out while its process starts leaves only lines of JSON in the log', async () => {
    const bridge = await startBridge({ args: ['--request-timeout', '0.0005'] });
    for (let i = 0; i < 30; i++) {
      const socket = connect(bridge.port, '127.0.0.1').on('error', () => {});
      await once(socket.resume(), 'close');
    }
    await bridge.close();
    for (const line of bridge.stderr().split('\n').slice(0, -1)) assert.match(line, /^\{.*\}$/);
  });

  test('a target that does not read costs less than 32 MB, and the connection ends with 4408', async (t) => {
    await withBridge(['--stall-timeout', '1'], async (bridge) => {
      const idle = await open(bridge);
      const base = statusOf(childrenOf(bridge.pid)[0], 'VmRSS');
      await closeAll([idle]);
      await until(() => childrenOf(bridge.pid).length === 0);
      const ws = dial(bridge, deaf.token);
      await once(ws, 'open');
      const [child] = childrenOf(bridge.pid);
      const block = Buffer.alloc(1 << 20);
      for (let sent = 0; sent < queuedBytes; sent += block.length) ws.send(block);
      let peak = 0;
      const sampling = setInterval(() => isAlive(child) && (peak = Math.max(peak, statusOf(child, 'VmHWM') || 0)), 20);
      const began = performance.now();
      const end = await closeEvent(ws);
      clearInterval(sampling);
      assert.deepEqual(end, { code: 4408, reason: 'stalled: the target accepts no bytes' });
      assert.ok(peak > 0 && peak - base < maxGrowthKiB, `${peak} KiB, ${base} idle`);
      await until(() => !isAlive(child));
      t.diagnostic(`${peak - base} KiB above idle; ${((performance.now() - began) / 1000).toFixed(1)} s`);
    });
  });

  test('a client that does not read costs less than 32 MB, and the connection ends with 4408', async (t) => {
    await withBridge(['--stall-timeout', '1'], async (bridge) => {
      const client = await rawDial(bridge, fountain.token);
      const [child] = childrenOf(bridge.pid);
      client.socket.pause();
      const base = statusOf(child, 'VmRSS');
      let peak = 0;
      const began = performance.now();
      const sampling = setInterval(() => isAlive(child) && (peak = Math.max(peak, statusOf(child, 'VmHWM') || 0)), 20);
      await until(() => !isAlive(child));
      clearInterval(sampling);
      assert.ok(peak > 0 && peak - base < maxGrowthKiB, `${peak} KiB, ${base} at first`);
      t.diagnostic(`${peak - base} KiB above the start; ${((performance.now() - began) / 1000).toFixed(1)} s`);
      await until(() => bridge.stderr().includes('\n'));
      const line = JSON.parse(bridge.stderr());
      assert.deepEqual([line.code, line.reason], [4408, 'stalled: the client accepts no bytes']);
      client.socket.destroy();
      await client.ended;
    });
  });
});

describe('/healthz', { timeout: 30_000 }, () => {
  test('answers ok without an Origin, and is not logged', async () => {
    const bridge = await startBridge({ allowMissingOrigin: false });
    try {
      assert.deepEqual(await request(bridge), { status: 200, text: 'ok\n' });
      assert.deepEqual(await request(bridge, '/healthz', { method: 'HEAD' }), { status: 200, text: '' });
      for (const [path, method] of [
        ['/', 'GET'],
        ['/healthz/', 'GET'],
        ['/healthz', 'POST'],
        ['/healthz', 'DELETE'],
      ]) {
        assert.equal((await request(bridge, path, { method })).status, 405, `${method} ${path}`);
      }
      await until(() => childrenOf(bridge.pid).length === 0);
      const lines = () => bridge.stderr().split('\n').length - 1;
      await until(() => lines() >= 4);
      assert.equal(lines(), 4);
    } finally {
      await bridge.close();
    }
  });

  test('answers 503 at --max-connections', async () => {
    await withBridge(['--max-connections', '2'], async (bridge) => {
      const sockets = await openMany(2, bridge);
      assert.deepEqual(await request(bridge), { status: 503, text: 'full\n' });
      await closeAll(sockets.splice(0, 1));
      await until(() => childrenOf(bridge.pid).length === 1);
      assert.deepEqual(await request(bridge), { status: 200, text: 'ok\n' });
      await closeAll(sockets);
    });
  });
});

describe('--drain', { timeout: 30_000 }, () => {
  test('after SIGTERM connections continue, new ones get 1001, and the bridge stops after the last one', async () => {
    await withBridge(['--drain', '60'], async (bridge) => {
      const ws = await open(bridge);
      process.kill(bridge.pid, 'SIGTERM');
      while ((await request(bridge)).status !== 503);
      assert.deepEqual(await request(bridge), { status: 503, text: 'stopping\n' });
      assert.deepEqual(await closeEvent(dial(bridge, echo.token)), { code: 1001, reason: 'the bridge is stopping' });
      ws.send(Buffer.of(2));
      await nextMessage(ws);
      await closeAll([ws]);
      await bridge.ended;
    });
  });

  test('when it expires, or at a second SIGTERM, running connections get 1001', async () => {
    for (const [seconds, again] of /** @type {[string, boolean][]} */ ([
      ['0.2', false],
      ['60', true],
    ])) {
      await withBridge(['--drain', seconds], async (bridge) => {
        const ws = await open(bridge);
        const end = closeEvent(ws);
        process.kill(bridge.pid, 'SIGTERM');
        if (again) {
          while ((await request(bridge)).status !== 503);
          process.kill(bridge.pid, 'SIGTERM');
        }
        assert.equal((await end).code, 1001);
        await bridge.ended;
      });
    }
  });
});

describe('--status-fetches', { timeout: 30_000 }, () => {
  test('opens port 80 of public hosts, even those that --host does not allow, and of no others', async () => {
    const names = { 'ocsp.test.': [['93.184.215.14']], 'private.test.': [['10.0.0.1']] };
    const args = ['--status-fetches', '--host', 'example.org'];
    const bridge = await startBridgeWithFakeNetwork({ names }, { args });
    try {
      assert.equal((await closeEvent(dial(bridge, 'ocsp.test:80'))).code, 4502);
      for (const token of ['private.test:80', '127.0.0.1:80', '[::1]:80', 'ocsp.test:8080', 'ocsp.test:443']) {
        assert.equal((await closeEvent(dial(bridge, token))).code, 4403, token);
      }
      assert.deepEqual(bridge.dialled(), [['93.184.215.14']]);
    } finally {
      await bridge.close();
    }
  });

  test('relays a fetch, and rejects anything else', async () => {
    const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    let reached = '';
    const responder = await startTarget((socket) =>
      socket.on('data', (chunk) => {
        reached += chunk.toString('latin1');
        if (reached.endsWith('\r\n\r\n')) socket.end(answer);
      }),
    );
    const address = '93.184.215.14';
    const standsFor = { [address]: Number(responder.token.split(':')[1]) };
    const bridge = await startBridgeWithFakeNetwork({ standsFor }, { args: ['--status-fetches'] });
    /** @param {(string | Buffer)[]} parts */
    const fetchWith = async (...parts) => {
      reached = '';
      const ws = dial(bridge, `${address}:80`);
      /** @type {Buffer[]} */
      const got = [];
      ws.on('message', (data) => got.push(/** @type {Buffer} */ (data)));
      ws.on('open', () => parts.forEach((part) => ws.send(Buffer.from(part))));
      return { ...(await closeEvent(ws)), got: Buffer.concat(got) };
    };
    try {
      const fetched = await fetchWith('GET /a', '.crl HTTP/1.1\r\nHost: a\r\n', '\r\n');
      assert.equal(fetched.code, 1000);
      assert.deepEqual(fetched.got, answer);
      for (const first of [
        'SSH-2.0-x\r\n',
        '\x16\x03\x01',
        'GET http://10.0.0.1/ HTTP/1.1\r\n',
        'HEAD / HTTP/1.1\r\n',
      ]) {
        const reason = 'rejected: port 80 only allows HTTP GET and POST requests';
        assert.deepEqual(await fetchWith(first, '\r\n'), { code: 4403, reason, got: Buffer.alloc(0) });
        assert.equal(reached, '');
      }
      const long = await fetchWith('POST / HTTP/1.1\r\n', Buffer.alloc(16 * 1024));
      assert.deepEqual([long.code, long.reason], [4403, 'rejected: a status fetch may send at most 16 KiB']);
    } finally {
      await bridge.close();
      await responder.close();
    }
  });
});
