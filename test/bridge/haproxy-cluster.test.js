/** Three launchers behind HAProxy with the configuration of bridge/deploy: what it accepts, and what happens when one dies. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { connect as connectTcp, createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { after, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bridgePython, startBridge } from '../../scripts/bridge.js';
import { findProgram, inProject } from '../../scripts/run.js';
import { nextMessage } from '../helpers/bridge-clients.js';
import { startHaproxy } from '../helpers/haproxy.js';
import { pki } from '../helpers/pki.js';

const ORIGIN = 'https://app.example';
const { chain, key, roots } = pki('good-p256');
const certificate = `${chain}\n${key}`;

/** An echo server. */
async function startEcho() {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1', 1024);
  await once(server, 'listening');
  return { port: /** @type {import('node:net').AddressInfo} */ (server.address()).port, server };
}

/** @type {Awaited<ReturnType<typeof startEcho>>} */
let echo;
before(async () => {
  echo = await startEcho();
});
after(() => {
  echo.server.close();
});

/**
 * @param {{ launchers?: number, connections?: number, rate?: number }} [options]
 */
async function startCluster({ launchers: count = 3, connections, rate } = {}) {
  const launchers = await Promise.all(
    Array.from({ length: count }, () =>
      startBridge({
        origins: [ORIGIN],
        allowTargets: [`127.0.0.1:${echo.port}`],
        args: ['--trust-forwarded-for', '127.0.0.1', '--max-per-address', '0'],
      }),
    ),
  );
  const closeLaunchers = () => Promise.all(launchers.map((launcher) => launcher.close()));
  const haproxy = await startHaproxy({
    ports: launchers.map(({ port }) => port),
    certificate,
    origins: [ORIGIN],
    connections,
    rate,
  }).catch(async (error) => {
    await closeLaunchers();
    throw error;
  });
  return {
    launchers,
    haproxy,
    async close() {
      await haproxy.close();
      await closeLaunchers();
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof startCluster>>} Cluster */

/** The certificate is also valid for localhost. */
const tlsOptions = { ca: roots, servername: 'localhost' };

/** @param {Cluster} cluster @param {Record<string, string>} [headers] @param {string} [token] */
function open({ haproxy }, headers, token = `127.0.0.1:${echo.port}`) {
  /** @type {import('ws').ClientOptions} */
  const options = { ...tlsOptions, perMessageDeflate: false, origin: ORIGIN, headers };
  const ws = new WebSocket(`${haproxy.url}/?token=${token}`, options);
  return ws.on('error', () => {});
}

/** @param {Cluster} cluster @returns {Promise<WebSocket>} that has echoed once */
async function dial(cluster) {
  const ws = open(cluster);
  await once(ws, 'open');
  await waitForEcho(ws);
  return ws;
}

/** @param {Cluster} cluster @returns {Promise<number[]>} connections of each launcher, as counted by HAProxy */
async function sessionsOf({ haproxy }) {
  const text = await (await fetch(haproxy.metrics)).text();
  const pattern = /^haproxy_server_current_sessions\{proxy="launchers",server="\w+"\} (\d+)/gm;
  return [...text.matchAll(pattern)].map(([, count]) => Number(count));
}

/** @param {WebSocket} ws */
async function waitForEcho(ws) {
  const answer = nextMessage(ws, { signal: AbortSignal.timeout(10_000) });
  ws.send('ping', { binary: true });
  assert.equal(String(await answer), 'ping');
}

/** Keeps 192 KB in flight, echoed forever. @param {WebSocket} ws that has echoed once */
function keepBusy(ws) {
  ws.on('message', (data) => ws.readyState === WebSocket.OPEN && ws.send(data));
  for (let i = 0; i < 3; i++) ws.send(Buffer.alloc(64 * 1024));
}

/**
 * The HTTP status of a request.
 * @param {Cluster} cluster
 * @param {string} path
 * @param {Record<string, string | string[]>} headers
 */
async function statusOf(cluster, path, headers) {
  const outgoing = request(`${cluster.haproxy.url.replace('wss', 'https')}${path}`, { ...tlsOptions, headers });
  outgoing.on('error', () => {}).end();
  const [response, socket] = await Promise.race([once(outgoing, 'response'), once(outgoing, 'upgrade')]);
  response.resume();
  socket?.destroy();
  outgoing.destroy();
  return response.statusCode;
}

const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  Origin: ORIGIN,
};

describe('HAProxy', { timeout: 60_000 }, () => {
  /** @type {Cluster} */
  let cluster;
  before(async () => {
    cluster = await startCluster();
  });
  after(() => cluster.close());

  test('accepts a WebSocket from an allowed origin', async () => {
    const ws = await dial(cluster);
    ws.close(1000);
    await once(ws, 'close');
  });

  test('rejects any other path, origin or kind of request', async () => {
    const path = `/?token=127.0.0.1:${echo.port}`;
    assert.equal(await statusOf(cluster, path, UPGRADE), 101);
    assert.equal(await statusOf(cluster, `/other${path}`, UPGRADE), 404);
    assert.equal(await statusOf(cluster, '/healthz', {}), 404);
    assert.equal(await statusOf(cluster, path, {}), 400);
    assert.equal(await statusOf(cluster, path, { ...UPGRADE, Origin: 'https://other.example' }), 403);
    assert.equal(await statusOf(cluster, path, { ...UPGRADE, Origin: `${ORIGIN}.evil.example` }), 403);
    assert.equal(await statusOf(cluster, path, { ...UPGRADE, Origin: [ORIGIN, ORIGIN] }), 403);
    const { Origin: _, ...without } = UPGRADE;
    assert.equal(await statusOf(cluster, path, without), 403);
  });

  test("replaces a client's X-Forwarded-For", async () => {
    const ws = open(cluster, { 'X-Forwarded-For': '192.0.2.1' });
    await once(ws, 'open');
    await waitForEcho(ws);
    ws.close(1000);
    await once(ws, 'close');
    const logs = () => cluster.launchers.map(({ stderr }) => stderr()).join('');
    while (!logs().includes('"client"')) await new Promise((resolve) => setImmediate(resolve));
    assert.ok(!logs().includes('192.0.2.1'));
  });

  test('relays the close code of a rejection, although the client is sending', async () => {
    for (let i = 0; i < 20; i++) {
      const ws = open(cluster, {}, '127.0.0.1:22');
      ws.on('open', () => {
        for (let sent = 0; sent < 16; sent++) ws.send(Buffer.alloc(64 * 1024), () => {});
      });
      const [code] = await once(ws, 'close');
      assert.equal(code, 4403);
    }
  });

  test('spreads connections over all launchers, and counts them', async () => {
    const total = async () => (await sessionsOf(cluster)).reduce((sum, count) => sum + count, 0);
    while ((await total()) > 0); // earlier ones may still be closing
    const sockets = await Promise.all(Array.from({ length: 30 }, () => dial(cluster)));
    const counts = await sessionsOf(cluster);
    assert.equal(counts.length, 3);
    for (const count of counts) assert.ok(count >= 8 && count <= 12, String(counts));
    for (const ws of sockets) ws.terminate();
    assert.equal((await fetch(cluster.haproxy.metrics.replace('/metrics', '/'))).status, 404);
  });

  test('logs no tokens', async () => {
    const ws = await dial(cluster);
    ws.terminate();
    await cluster.haproxy.seen(/ GET \/$/m);
    assert.ok(!cluster.haproxy.stdout().includes('token='));
  });

  test('closes a request with endless headers, and a silent connection', async () => {
    const silent = connectTcp(cluster.haproxy.port, '127.0.0.1').on('error', () => {});
    const socket = connectTls({ port: cluster.haproxy.port, host: '127.0.0.1', ...tlsOptions });
    await once(socket, 'secureConnect');
    socket.write('GET / HTTP/1.1\r\nHost: bridge\r\n');
    const timer = setInterval(() => socket.write('X: y\r\n'), 1000);
    socket.on('error', () => {}).resume();
    const started = performance.now();
    await Promise.all([once(socket, 'close'), once(silent.resume(), 'close')]);
    clearInterval(timer);
    assert.ok(performance.now() - started < 15_000);
  });
});

describe('the files of bridge/deploy', () => {
  const unit = inProject('bridge/deploy/pagetls-bridge@.service');

  test('haproxy.cfg and launchers.cfg are valid as they are', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'pagetls-deploy-'));
    try {
      await writeFile(join(directory, 'bridge.pem'), certificate);
      await writeFile(join(directory, 'origins'), `${ORIGIN}\n`);
      const settings = {
        BRIDGE_BIND: '127.0.0.1:8443',
        BRIDGE_CERT: join(directory, 'bridge.pem'),
        BRIDGE_ORIGINS: join(directory, 'origins'),
        BRIDGE_METRICS: '127.0.0.1:8404',
        BRIDGE_MAXCONN: '2000',
        BRIDGE_CONNECTIONS: '100',
        BRIDGE_RATE: '50',
      };
      const files = ['haproxy.cfg', 'launchers.cfg'].flatMap((name) => ['-f', inProject(`bridge/deploy/${name}`)]);
      const { status, stderr } = spawnSync(findProgram('haproxy') ?? 'haproxy', ['-c', '-V', ...files], {
        env: { ...process.env, ...settings },
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
      assert.doesNotMatch(stderr, /WARNING|ALERT/);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test('the unit and the container use only options that the launcher has', () => {
    const { stdout } = spawnSync(bridgePython(), [inProject('bridge/launcher.py'), '--help'], { encoding: 'utf8' });
    for (const file of [unit, inProject('bridge/deploy/Containerfile')]) {
      const [line] = /^(ExecStart|ENTRYPOINT).*launcher\.py.*$/m.exec(readFileSync(file, 'utf8')) ?? [''];
      const options = line.match(/--[a-z-]+/g) ?? [];
      assert.ok(options.length > 0, file);
      for (const option of options) assert.ok(stdout.includes(`${option} `), option);
    }
  });

  const analyze = findProgram('systemd-analyze');
  const skip = analyze === undefined && 'systemd-analyze is not installed';
  test('systemd accepts the unit, and rates its exposure at most 2.0', { skip }, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'pagetls-deploy-'));
    try {
      const instance = join(directory, 'pagetls-bridge@8081.service');
      await copyFile(unit, instance);
      const verified = spawnSync(String(analyze), ['verify', instance], { encoding: 'utf8' });
      assert.deepEqual([verified.status, verified.stderr], [0, '']);
      const rated = spawnSync(String(analyze), ['security', '--offline=yes', '--threshold=20', instance], {
        encoding: 'utf8',
      });
      assert.equal(rated.status, 0, rated.stdout);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});

describe('limits per client address', { timeout: 60_000 }, () => {
  test('open connections beyond BRIDGE_CONNECTIONS get 429', async (t) => {
    const cluster = await startCluster({ launchers: 1, connections: 5 });
    t.after(() => cluster.close());
    const sockets = [];
    for (let i = 0; i < 5; i++) sockets.push(await dial(cluster));
    assert.equal(await statusOf(cluster, `/?token=127.0.0.1:${echo.port}`, UPGRADE), 429);
    for (const ws of sockets) await waitForEcho(ws);
    for (const ws of sockets) ws.terminate();
  });

  for (const [name, limit] of /** @type {const} */ ([
    ['BRIDGE_CONNECTIONS', { connections: 5 }],
    ['BRIDGE_RATE', { rate: 5 }],
  ])) {
    test(`silent connections beyond twice ${name} are closed at once`, async (t) => {
      const cluster = await startCluster({ launchers: 1, ...limit });
      t.after(() => cluster.close());
      let closed = 0;
      const start = performance.now();
      const silent = Array.from({ length: 40 }, () =>
        connectTcp(cluster.haproxy.port, '127.0.0.1')
          .on('error', () => {})
          .on('close', () => closed++)
          .resume(),
      );
      while (closed < 28) await new Promise((resolve) => setImmediate(resolve));
      assert.ok(performance.now() - start < 5000); // before the timeout for silent connections
      for (const socket of silent) socket.destroy();
    });
  }

  test('new connections beyond BRIDGE_RATE in ten seconds get 429', async (t) => {
    const cluster = await startCluster({ launchers: 1, rate: 5 });
    t.after(() => cluster.close());
    for (let i = 0; i < 5; i++) (await dial(cluster)).terminate();
    // HAProxy estimates the rate from two periods of ten seconds; just after a period ends, it may count one fewer.
    const path = `/?token=127.0.0.1:${echo.port}`;
    const statuses = [await statusOf(cluster, path, UPGRADE), await statusOf(cluster, path, UPGRADE)];
    assert.equal(statuses[1], 429);
    assert.ok([101, 429].includes(statuses[0]));
  });
});

describe('when one of three launchers ends under load', { timeout: 60_000 }, () => {
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGTERM', 1001],
    ['SIGKILL', 1006],
  ])) {
    test(`by ${signal}, its connections end with ${code}, the others continue, new ones succeed at once`, async (t) => {
      const cluster = await startCluster();
      t.after(() => cluster.close());
      const sockets = await Promise.all(Array.from({ length: 60 }, () => dial(cluster)));
      /** @type {number[]} */
      const codes = [];
      for (const ws of sockets) ws.on('close', (ended) => codes.push(ended));
      sockets.forEach(keepBusy);
      await Promise.all(sockets.map((ws) => once(ws, 'message')));
      const [victim] = cluster.launchers;
      const [victimSessions] = await sessionsOf(cluster);
      assert.ok(victimSessions >= 10 && victimSessions <= 30, `${victimSessions} of 60`);
      const start = performance.now();
      const since = () => Math.round(performance.now() - start);
      process.kill(victim.pid, signal);

      /** @type {number[]} */
      const times = [];
      const fresh = await Promise.all(
        Array.from({ length: 30 }, () => dial(cluster).finally(() => times.push(since()))),
      );
      await victim.ended;
      const gone = since();
      while (codes.length < victimSessions) await new Promise((resolve) => setImmediate(resolve));
      const open = sockets.filter((ws) => ws.readyState === WebSocket.OPEN);
      assert.equal(open.length, 60 - victimSessions);
      await Promise.all([...open.map((ws) => once(ws, 'message')), ...fresh.map(waitForEcho)]);
      t.diagnostic(
        `${victimSessions} of 60 ended with ${code}, the launcher was gone after ${gone} ms; ` +
          `30 new ones had their echo after ${times[0]} to ${times[29]} ms`,
      );
      assert.deepEqual(codes, Array(victimSessions).fill(code));
      for (const ws of [...open, ...fresh]) ws.terminate();
    });
  }
});
