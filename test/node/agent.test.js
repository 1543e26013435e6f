/** The Agent for node:https, against nginx and Node's own server. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import https from 'node:https';
import { after, before, describe, test } from 'node:test';
import { TrustStore } from '../../dist/index.js';
import { Agent } from '../../dist/node/index.js';
import { startBridge } from '../helpers/bridge.js';
import { errorOf, unhandledErrors } from '../helpers/errors.js';
import { LARGE, startHttps } from '../helpers/https-server.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';

/** @typedef {import('../../dist/node/index.js').AgentOptions} AgentOptions */
/** @typedef {https.RequestOptions & {body?: Uint8Array}} Options */

const good = pki('good-p256');
const trust = await TrustStore.from(good.roots);
const now = new Date(good.clock);

/** @type {Awaited<ReturnType<typeof startHttps>>} */
let server;
before(async () => {
  server = await startHttps(good);
});
after(() => server.close());

const stray = unhandledErrors();
after(() => assert.deepEqual(stray, []));

/** @param {import('node:test').TestContext} t @param {AgentOptions} [options] */
function agentFor(t, options) {
  const agent = new Agent({ trust, now, servername: good.hostname, ...options });
  t.after(() => agent.destroy());
  return agent;
}

/** @param {Agent} agent @param {string} path @param {Options} [options] @returns {Promise<{status: number | undefined, body: Buffer, reused: boolean, socket: any}>} */
async function request(agent, path, { body, ...options } = {}) {
  const req = https.request({ host: '127.0.0.1', port: server.port, path, agent, ...options });
  req.end(body);
  const [response] = await once(req, 'response');
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  return {
    status: response.statusCode,
    body: Buffer.concat(chunks),
    reused: req.reusedSocket,
    socket: response.socket,
  };
}

/** Sockets that the agent holds. @param {Agent} agent */
const held = (agent) => Object.values(agent.freeSockets).flatMap((sockets) => sockets ?? []);

describe('Agent', () => {
  test('sends a request', async (t) => {
    const { status, body, socket } = await request(agentFor(t), '/small');
    assert.deepEqual([status, String(body)], [200, 'hello']);
    assert.deepEqual([socket.encrypted, socket.authorized, socket.alpnProtocol], [true, true, 'http/1.1']);
  });
  test('sends a request to a URL', async (t) => {
    const url = new URL(`https://127.0.0.1:${server.port}/small`);
    const [response] = await once(https.get(url, { agent: agentFor(t), rejectUnauthorized: true }), 'response');
    response.resume();
    assert.equal(response.statusCode, 200);
  });
  test('with keepAlive, a hundred requests in a row go over one connection', async (t) => {
    const agent = agentFor(t, { keepAlive: true });
    const connections = new Set();
    for (let i = 1; i <= 100; i++) {
      const [connection, count] = String((await request(agent, '/connection')).body).split(' ');
      connections.add(connection);
      assert.equal(Number(count), i);
    }
    assert.equal(connections.size, 1);
    assert.equal(held(agent).length, 1);
  });
  test('without keepAlive, each request has its own connection, and twenty of them end cleanly', async (t) => {
    const agent = agentFor(t);
    const connections = new Set();
    for (let i = 0; i < 20; i++) {
      const { body, socket } = await request(agent, '/connection');
      connections.add(String(body).split(' ')[0]);
      if (!socket.closed) {
        const [hadError] = await once(socket, 'close');
        assert.equal(hadError, false);
      }
      assert.equal(socket.errored, null);
    }
    assert.equal(connections.size, 20);
    assert.deepEqual(Object.keys(agent.sockets), []);
  });
  for (const keepAlive of [true, false]) {
    test(`200 parallel requests, ${keepAlive ? 'over 8 sockets' : 'each with its own'}`, async (t) => {
      const agent = agentFor(t, keepAlive ? { keepAlive, maxSockets: 8 } : {});
      const all = await Promise.all(Array.from({ length: 200 }, () => request(agent, '/connection')));
      assert.ok(all.every(({ status }) => status === 200));
      const connections = new Set(all.map(({ body }) => String(body).split(' ')[0]));
      assert.equal(connections.size, keepAlive ? 8 : 200);
    });
  }
  for (const keepAlive of [true, false]) {
    test(`10 MB in both directions, keepAlive ${keepAlive}`, async (t) => {
      const agent = agentFor(t, { keepAlive });
      const name = `/put/agent-${keepAlive}`;
      const { status } = await request(agent, name, { method: 'PUT', body: LARGE });
      assert.equal(status, 201);
      assert.ok((await request(agent, name)).body.equals(LARGE));
      const four = await Promise.all(Array.from({ length: 4 }, () => request(agent, '/large')));
      assert.ok(four.every(({ body }) => body.equals(LARGE)));
    });
  }
  test('a server that ends idle connections is no error', async (t) => {
    const short = await startHttps(good, { keepAliveTimeout: '1s' });
    t.after(() => short.close());
    const agent = agentFor(t, { keepAlive: true });
    for (let i = 0; i < 3; i++) {
      const { status, reused } = await request(agent, '/small', { port: short.port });
      assert.deepEqual([status, reused], [200, false]);
      const [socket] = held(agent);
      await once(socket, 'close');
      assert.deepEqual(held(agent), []);
    }
  });
  test('a server that ends the connection after some requests is no error', async (t) => {
    const few = await startHttps(good, { requests: 3 });
    t.after(() => few.close());
    const agent = agentFor(t, { keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < 20; i++) {
      assert.equal((await request(agent, '/small', { port: few.port })).status, 200);
    }
    assert.equal((await request(agent, '/closing', { port: few.port })).status, 200);
  });
  test('an aborted request ends, and its connection too', async (t) => {
    const agent = agentFor(t, { keepAlive: true });
    for (let i = 0; i < 20; i++) {
      const controller = new AbortController();
      const req = https.request({
        ...{ host: '127.0.0.1', port: server.port, path: '/slow', agent, signal: controller.signal },
      });
      req.end();
      const [response] = await once(req, 'response');
      const { socket } = response;
      const failed = once(response, 'error');
      response.resume();
      controller.abort();
      await failed;
      if (!socket.closed) await once(socket, 'close');
    }
    const early = new AbortController();
    const waiting = errorOf(request(agent, '/small', { signal: early.signal }));
    early.abort();
    assert.equal((await waiting).name, 'AbortError');
    assert.equal((await request(agent, '/small')).status, 200);
  });
  test('timeout is for idle sockets, as in Node', async (t) => {
    const agent = agentFor(t, { timeout: 300 });
    const req = https.request({ host: '127.0.0.1', port: server.port, path: '/slow', agent });
    const timedOut = once(req, 'timeout');
    req.end();
    const [response] = await once(req, 'response');
    response.pause();
    await timedOut;
    req.destroy();
  });
  test('goes through a bridge', async (t) => {
    const bridge = await startBridge({ allowMissingOrigin: true, allowTargets: [`127.0.0.1:${server.port}`] });
    t.after(() => bridge.close());
    const agent = agentFor(t, { keepAlive: true, bridge: bridge.url });
    for (const reused of [false, true]) {
      const large = await request(agent, '/large');
      assert.ok(large.body.equals(LARGE));
      assert.equal(large.reused, reused);
    }
    const error = await errorOf(request(agent, '/small', { localAddress: '127.0.0.1' }));
    assert.equal(error.code, 'ERR_TLS_INVALID_OPTION');
  });
  test('keylog events have the lines of the key log', async (t) => {
    const agent = agentFor(t);
    /** @type {string[]} */
    const lines = [];
    agent.on('keylog', (line) => lines.push(String(line)));
    await request(agent, '/small');
    assert.match(lines.join(''), /^CLIENT_HANDSHAKE_TRAFFIC_SECRET [0-9a-f ]+\n/m);
  });
  test('the name that is verified is that of the Host header, as in Node, unless the Agent has one', async (t) => {
    const agent = agentFor(t, { servername: undefined });
    const headers = { host: good.hostname };
    assert.equal((await request(agent, '/small', { headers })).status, 200);
    assert.equal((await request(agent, '/small', { servername: good.hostname })).status, 200);
    const fixed = agentFor(t, { servername: undefined, sni: good.hostname });
    assert.equal((await request(fixed, '/small', { headers: { host: 'other.example' } })).status, 200);
    const error = await errorOf(request(agent, '/small', { headers: { host: 'other.example' } }));
    assert.equal(error.code, 'ERR_TLS_CERT_VERIFY_FAILED');
  });
});

describe('Agent rejects', () => {
  test('a chain that is not valid', async (t) => {
    const agent = agentFor(t, { trust: await TrustStore.from(pki('good-rsa2048').roots) });
    const error = await errorOf(request(agent, '/small'));
    assert.equal(error.code, 'ERR_TLS_CERT_VERIFY_FAILED');
    assert.ok(error.verification.problems.length > 0);
  });
  for (const options of [
    { rejectUnauthorized: false },
    { ca: good.roots },
    { checkServerIdentity: () => undefined },
    { minVersion: 'TLSv1.3' },
    { trust },
    { renegotiation: true },
    { keylog: () => {} },
    { key: good.key },
    { lookup: () => {} },
  ]) {
    test(`the option ${Object.keys(options)} of a request, which would change what is checked`, async (t) => {
      const error = await errorOf(request(agentFor(t), '/small', /** @type {any} */ (options)));
      assert.equal(error.code, 'ERR_TLS_INVALID_OPTION');
      assert.match(error.message, new RegExp(Object.keys(options)[0]));
    });
  }
  test('an address that is none', async (t) => {
    assert.equal((await errorOf(request(agentFor(t), '/small', { host: '1.2' }))).code, 'ERR_TLS_INVALID_ADDRESS');
  });
  test('options that it does not know, and plaintext', () => {
    for (const options of [
      { keepalive: true },
      { allowHalfOpen: true },
      { secureTransport: 'off' },
      { maxSockets: 0 },
    ]) {
      assert.throws(() => new Agent(/** @type {any} */ (options)), { code: 'ERR_TLS_INVALID_OPTION' });
    }
  });
  test('a server that refuses connections, with the code of Node', async (t) => {
    const gone = await startNodeTls(good);
    await gone.close();
    assert.equal((await errorOf(request(agentFor(t), '/', { port: gone.port }))).code, 'ECONNREFUSED');
  });
  test('a body without length that is cut off', async (t) => {
    const cut = await startNodeTls(good, {}, (socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nonly a part', () =>
          /** @type {any} */ (socket)._parent.end(),
        );
      });
    });
    t.after(() => cut.close());
    const req = https.request({ host: '127.0.0.1', port: cut.port, agent: agentFor(t) });
    /** @type {string[]} */
    const events = [];
    req.on('error', (error) => events.push(`request: ${/** @type {any} */ (error).code}`));
    req.end();
    const [response] = await once(req, 'response');
    response.on('error', (/** @type {any} */ error) => events.push(`response: ${error.code}`));
    response.on('end', () => events.push('end'));
    response.resume();
    await new Promise((resolve) => response.once('close', resolve));
    assert.deepEqual(events.sort(), ['request: ERR_TLS_TRUNCATED', 'response: ERR_TLS_TRUNCATED']);
    assert.equal(response.errored?.code, 'ERR_TLS_TRUNCATED');
  });
});

test('an idle connection does not keep the process alive', async () => {
  const { execFile } = await import('node:child_process');
  const { promisify } = await import('node:util');
  const program = `
    import https from 'node:https';
    import { TrustStore } from '${new URL('../../dist/index.js', import.meta.url)}';
    import { Agent } from '${new URL('../../dist/node/index.js', import.meta.url)}';
    const agent = new Agent({ keepAlive: true, servername: '${good.hostname}', now: new Date('${good.clock}'),
      trust: await TrustStore.from(${JSON.stringify(good.roots)}) });
    https.get({ host: '127.0.0.1', port: ${server.port}, path: '/small', agent }, (response) => {
      response.resume().on('end', () => console.log('end'));
    });`;
  const args = ['--input-type=module', '-e', program];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 15_000 });
  assert.equal(stdout, 'end\n');
});
