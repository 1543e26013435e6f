/** The proxies of IN-PRODUCTION.md, run before the real bridge, and what the page says of them. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect as connectTcp, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { findProgram } from '../../scripts/run.js';
import { nextMessage, startTarget, until } from '../helpers/bridge-clients.js';
import { startBridge } from '../helpers/bridge.js';
import { block, PAGE, replaceAll } from '../helpers/in-production.js';
import { pki } from '../helpers/pki.js';
import { directoryOf, start, startOnFreePort } from '../helpers/servers.js';

const ORIGIN = 'https://app.example';
const good = pki('good-p256');

/** @typedef {import('../helpers/servers.js').Server & {log: () => Promise<string>}} Proxy */

/**
 * @param {number} bridge its port
 * @param {string} idle timeout of tunnels, as the proxy has it
 * @returns {Promise<Proxy>}
 */
async function startNginx(bridge, idle) {
  let folder = '';
  const server = await startOnFreePort(async (port) => {
    folder = await directoryOf({ 'bridge.crt': good.chain, 'bridge.key': good.key });
    const site = replaceAll(block('nginx'), {
      'listen 443 ssl': `listen 127.0.0.1:${port} ssl`,
      '/etc/pagetls/': `${folder}/`,
      '/var/log/nginx/': `${folder}/`,
      '127.0.0.1:8081': `127.0.0.1:${bridge}`,
      '65m': idle,
    });
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const lines = [
      ...(process.getuid?.() === 0 ? ['user root;'] : []),
      ...['daemon off;', 'master_process off;', 'pid nginx.pid;', 'error_log stderr info;', 'events {}', 'http {'],
      ...temporary.map((name) => `${name}_temp_path ${folder}/${name};`),
      ...[site, '}'],
    ];
    const config = await directoryOf({ 'nginx.conf': lines.join('\n') });
    const args = ['-e', 'stderr', '-p', folder, '-c', join(config, 'nginx.conf')];
    return start(findProgram('nginx') ?? 'nginx', args, folder);
  }, /using the "\w+" event method/);
  return { ...server, log: () => readFile(join(folder, 'bridge.log'), 'utf8') };
}

/** @param {number} bridge its port @param {string} idle @returns {Promise<Proxy>} */
async function startHaproxy(bridge, idle) {
  const server = await startOnFreePort(async (port) => {
    const folder = await directoryOf({ 'bridge.pem': `${good.chain}\n${good.key}` });
    const site = replaceAll(block('haproxy'), {
      'bind :443': `bind 127.0.0.1:${port}`,
      '/etc/pagetls/': `${folder}/`,
      '127.0.0.1:8081': `127.0.0.1:${bridge}`,
      '65m': idle,
    });
    const config = `global\n    log stdout format raw local0 info\ndefaults\n    log global\n${site}`;
    const configFolder = await directoryOf({ 'haproxy.cfg': config });
    return start(findProgram('haproxy') ?? 'haproxy', ['-db', '-f', join(configFolder, 'haproxy.cfg')], folder);
  });
  return { ...server, log: async () => server.stdout() };
}

/** Another address than the proxy's, which Linux has as part of 127.0.0.0/8. */
const CLIENT = '127.0.0.9';
const probe = createServer().listen(0, CLIENT);
const available = await once(probe, 'listening').then(
  () => true,
  () => false,
);
probe.close();
const skip = !available && `this machine has no ${CLIENT}`;

/** @type {Awaited<ReturnType<typeof startTarget>>} */
let echo;
before(async () => {
  echo = await startTarget((socket) => socket.pipe(socket));
});
after(() => echo.close());

/** The certificate is also valid for localhost. */
const tls = { ca: good.roots, servername: 'localhost', rejectUnauthorized: true };

/** @param {Proxy} proxy @param {import('ws').ClientOptions} [options] @param {string} [path] */
function open(proxy, options, path = `/?token=${echo.token}`) {
  const url = `wss://127.0.0.1:${proxy.port}${path}`;
  const ws = new WebSocket(url, ['binary'], { ...tls, perMessageDeflate: false, origin: ORIGIN, ...options });
  return ws.on('error', () => {});
}

/** @param {WebSocket} ws */
async function assertEcho(ws) {
  await once(ws, 'open');
  ws.send('ping', { binary: true });
  assert.equal(String(await nextMessage(ws)), 'ping');
}

/** @param {Proxy} proxy @param {string} path @returns {Promise<number>} */
async function statusOf(proxy, path) {
  const [, response] = await once(open(proxy, {}, path), 'unexpected-response');
  response.destroy();
  return response.statusCode;
}

for (const [name, startProxy] of /** @type {const} */ ([
  ['nginx', startNginx],
  ['HAProxy', startHaproxy],
])) {
  describe(`the page's ${name}`, { timeout: 60_000 }, () => {
    /** @type {Awaited<ReturnType<typeof startBridge>>} */
    let bridge;
    /** @type {Proxy} */
    let proxy;
    before(async () => {
      const args = ['--trust-forwarded-for', '127.0.0.1'];
      bridge = await startBridge({ origins: [ORIGIN], allowTargets: [echo.token], allowMissingOrigin: false, args });
      proxy = await startProxy(bridge.port, '65m');
    });
    after(async () => {
      await proxy?.close();
      await bridge?.close();
    });

    test('relays a WebSocket with its close codes, and keeps tokens out of its log', async () => {
      const ws = open(proxy);
      await assertEcho(ws);
      ws.close(1000);
      assert.equal((await once(ws, 'close'))[0], 1000);
      const rejected = open(proxy, {}, '/?token=127.0.0.1:22');
      assert.equal((await once(rejected, 'close'))[0], 4403);
      let log = await proxy.log();
      while ((log.match(/^127\.0\.0\.1 .* 101 .*$/gm) ?? []).length < 2) {
        await delay(5); // lets what HAProxy prints arrive
        log = await proxy.log();
      }
      assert.match(log, / GET \/ /);
      assert.ok(!log.includes('token'), log);
    });

    test('gives the bridge the address of the client, whatever the client says', { skip }, async () => {
      const ws = open(proxy, { localAddress: CLIENT, headers: { 'X-Forwarded-For': '192.0.2.1' } });
      await assertEcho(ws);
      ws.close(4999); // to find the line
      await until(() => /"code": 4999.*\n/.test(bridge.stderr()));
      assert.match(bridge.stderr(), new RegExp(`^{"client": "${CLIENT}".* "code": 4999`, 'm'));
    });

    test('passes the Origin on as it is, and no other path', async () => {
      const [, response] = await once(open(proxy, { origin: 'https://other.example' }), 'unexpected-response');
      assert.equal(response.statusCode, 403);
      response.destroy();
      for (const path of ['/healthz', '/other?token=127.0.0.1:22']) assert.equal(await statusOf(proxy, path), 404);
    });
  });

  describe(`${name} and idle connections`, { timeout: 60_000 }, () => {
    for (const [title, { proxyIdle, bridgeIdle, code }] of Object.entries({
      'a proxy that waits longer leaves closing to the bridge: 4408': { proxyIdle: '5s', bridgeIdle: '1', code: 4408 },
      'a proxy that does not cuts the connection: 1006': { proxyIdle: '1s', bridgeIdle: '30', code: 1006 },
    })) {
      test(title, async (t) => {
        const options = { origins: [ORIGIN], allowTargets: [echo.token], args: ['--idle-timeout', bridgeIdle] };
        const bridge = await startBridge(options);
        t.after(() => bridge.close());
        const proxy = await startProxy(bridge.port, proxyIdle);
        t.after(() => proxy.close());
        const ws = open(proxy);
        const closed = once(ws, 'close');
        await assertEcho(ws);
        assert.equal((await closed)[0], code);
      });
    }
  });
}

test("the page's nginx limits new connections, not only open ones", async (t) => {
  const bridge = await startBridge({ origins: [ORIGIN], allowMissingOrigin: false });
  t.after(() => bridge.close());
  const proxy = await startNginx(bridge.port, '65m');
  t.after(() => proxy.close());
  // Fewer than limit_conn allows at once.
  const statuses = await Promise.all(
    Array.from({ length: 90 }, async () => {
      const [, response] = await once(open(proxy, { origin: 'https://other.example' }), 'unexpected-response');
      response.destroy();
      return response.statusCode;
    }),
  );
  assert.deepEqual([...new Set(statuses)].sort(), [403, 429]);
  assert.ok(statuses.filter((status) => status === 403).length > 50);
});

test('the proxies of the page wait longer than the bridge by default', async () => {
  const options = await readFile(new URL('../../bridge/pagetls_bridge/limits.py', import.meta.url), 'utf8');
  const idle = Number(/^ {4}idle: float = ([\d.]+)$/m.exec(options)?.[1]);
  const timeouts = [block('nginx'), block('haproxy')].flatMap((text) => text.match(/\d+(?=m;|m$)/gm) ?? []);
  assert.ok(timeouts.length >= 3);
  for (const minutes of timeouts.filter((value) => Number(value) !== 10))
    assert.ok(Number(minutes) * 60 > idle, minutes);
  assert.match(PAGE, /must exceed `--idle-timeout`, which is an hour/);
  assert.equal(idle, 3600);
});

test('the bridge does not speak the PROXY protocol', async () => {
  const bridge = await startBridge({ allowTargets: [echo.token] });
  const socket = connectTcp(bridge.port, '127.0.0.1');
  socket.write(
    'PROXY TCP4 192.0.2.1 127.0.0.1 50000 443\r\n' +
      `GET /?token=${echo.token} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  const [answer] = await once(socket, 'data');
  assert.match(String(answer), /^HTTP\/1\.[01] 400 |Error code: 400/);
  socket.destroy();
  await bridge.close();
});
