/** The installed package in versions of Node, in Deno and in Bun: over TCP and the bridge, with real servers. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, test } from 'node:test';
import { inProject } from '../../../scripts/run.js';
import { pattern } from '../../fixtures/pattern.js';
import { settled } from '../../helpers/backpressure.js';
import { startBridge } from '../../helpers/bridge.js';
import { pki } from '../../helpers/pki.js';
import { directoryOf, start, startNodeTls } from '../../helpers/servers.js';
import {
  acceptedBytes,
  base,
  BYTES,
  certificates,
  closeLater,
  deaf,
  echo,
  endsLast,
  firehose,
  https,
  MB,
  MUCH,
  mutePort,
  portOf,
  transfers,
} from '../servers.js';
import { guest, guestProject, titleOf } from './guests.js';
import { RUNTIMES } from './runtimes.js';

const { servername, roots, now } = base;
const strangers = pki('good-rsa2048');

const project = await guestProject();

/** Sends 1 MB, ends, and then checks what the client still sends. */
const endsFirst = closeLater(
  await startNodeTls(certificates, { allowHalfOpen: true }, (socket) => {
    /** @type {Buffer[]} */
    const chunks = [];
    socket.end(pattern(0, MB));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => received.push(Buffer.concat(chunks)));
    socket.on('error', () => received.push(Buffer.from('error')));
  }),
);
/** @type {Buffer[]} what clients sent to endsFirst */
const received = [];

const closed = createServer().listen(0, '127.0.0.1');
await once(closed, 'listening');
const closedPort = portOf(closed);
closed.close();

const bridge = closeLater(
  await startBridge({
    allowTargets: [transfers, https, endsLast, firehose].map(({ port }) => `127.0.0.1:${port}`),
  }),
);

/** Answers before it has read everything, and closes. */
const early = await (async () => {
  const { chain, key } = certificates.files;
  const program = inProject('test/tls/early_answer_server.py');
  const server = closeLater(start('python3', [program, chain, key], await directoryOf({})));
  const [, port] = await server.seen(/^(\d+)$/m);
  return { port: Number(port) };
})();

/** For the clients of one page. */
const ORIGIN = 'http://page.example';
const strictBridge = closeLater(
  await startBridge({
    allowTargets: [`127.0.0.1:${transfers.port}`],
    origins: [ORIGIN],
    allowMissingOrigin: false,
  }),
);

const WAYS = { TCP: {}, 'the bridge': { bridge: bridge.url } };

for (const runtime of RUNTIMES) {
  describe(titleOf(runtime), { skip: runtime.skip }, () => {
    /** @param {string} call @param {object} [given] @param {Parameters<typeof guest>[4]} [more] */
    const run = (call, given, more) => guest(runtime, project, call, given, more);

    for (const [way, options] of Object.entries(WAYS)) {
      for (const version of ['TLSv1.2', 'TLSv1.3']) {
        test(`10 MB both ways over ${way}, ${version}`, async () => {
          const { port } = transfers;
          const wanted = { ...options, minVersion: 'TLSv1.2', maxVersion: version };
          const found = await run('connections.transfer', { ...base, port, bytes: BYTES, options: wanted });
          const { remoteAddress, localAddress, ...rest } = found;
          assert.deepEqual(rest, { protocol: version, received: BYTES, sent: true });
          assert.equal(remoteAddress, `127.0.0.1:${port}`);
          if (way === 'TCP') assert.match(localAddress, /^127\.0\.0\.1:\d+$/);
        });
      }

      test(`half-close over ${way}: the answer comes after the client's end`, async () => {
        const { port } = endsLast;
        assert.equal(await run('connections.endFirst', { ...base, port, bytes: MB, options }), MB);
      });

      test(`a client that does not read stops the server, over ${way}`, async (t) => {
        let sent = -1;
        const onOutput = () => (sent < 0 ? (sent = acceptedBytes()) : 0);
        const given = { ...base, port: firehose.port, quiet: 2000, options };
        assert.equal(await run('connections.slowReader', given, { onOutput }), MUCH);
        t.diagnostic(`${sent / MB} MB left the server`);
        assert.ok(sent < 40 * MB, `${sent / MB} MB left the server`);
      });
    }

    test('the bridge gets the Origin', async () => {
      const given = { ...base, port: transfers.port, bytes: MB, bridge: strictBridge.url, origin: ORIGIN };
      const { received, sent } = await run('connections.transferWithOrigin', given);
      assert.deepEqual({ received, sent }, { received: MB, sent: true });
    });

    // Not over a bridge: a WebSocket closes both directions.
    test("half-close over TCP: the client writes after the server's end", async () => {
      received.length = 0;
      const { port } = endsFirst;
      assert.equal(await run('connections.endLast', { ...base, port, bytes: MB }), MB);
      await settled(() => received.length);
      assert.deepEqual(
        received.map((bytes) => bytes.equals(pattern(0, MB))),
        [true],
      );
    });

    test('a server that does not read stops the client', async () => {
      const written = await run('connections.slowServer', { ...base, port: deaf.port, quiet: 500 });
      assert.ok(written > 0 && written < 40 * MB, `${written / MB} MB were accepted`);
    });

    test('an answer in the midst of an upload is read, whatever the upload meets', async () => {
      for (const [mode, end] of [
        ['notify', 'nothing failed'],
        ['cut', 'ERR_TLS_TRUNCATED'],
      ]) {
        const given = { ...base, port: early.port, head: `${mode} 20000\n`, bytes: 8 * MB };
        for (let attempt = 0; attempt < 5; attempt++) {
          assert.deepEqual(await run('connections.uploads', given), { received: 20_000, end, written: false });
        }
      }
    });

    test('an untrusted certificate is rejected, with the problem', async () => {
      for (const trust of [strangers.roots, undefined]) {
        const failure = await run('connections.rejected', { ...base, port: echo.port, roots: trust });
        assert.equal(failure.code, 'ERR_TLS_CERT_VERIFY_FAILED');
        assert.deepEqual(failure.problems, ['ERR_TLS_CERT_NOT_TRUSTED']);
      }
    });

    test('errors of the network have their codes', async () => {
      const codeOf = async (/** @type {object} */ given) =>
        (await run('connections.rejected', { ...base, ...given })).code;
      assert.equal(await codeOf({ port: closedPort }), 'ERR_TLS_CONNECT_REFUSED');
      assert.equal(await codeOf({ port: 443, host: 'no-such-host.invalid' }), 'ERR_TLS_HOST_NOT_FOUND');
      const { code } = await run('connections.aborted', { ...base, port: mutePort });
      assert.equal(code, 'ERR_TLS_ABORTED');
    });

    test('100 connections at once', async () => {
      assert.equal(await run('connections.many', { ...base, port: echo.port, count: 100 }), true);
    });

    test('verifyChain(), parseCertificate() and both kinds of trust', async () => {
      const { chain } = certificates;
      assert.deepEqual(await run('package.verify', { chain, roots, hostname: servername, now }), {
        own: true,
        default: ['ERR_TLS_CERT_NOT_TRUSTED'],
        mozilla: true,
        subject: 'O=pagetls test, CN=good-p256.pagetls.test',
      });
    });

    test('load()', async () => {
      assert.equal(await run('package.loads'), true);
    });

    for (const [way, options] of Object.entries(WAYS)) {
      test(`pagetls/fetch over ${way}`, async () => {
        const url = `https://127.0.0.1:${https.port}/`;
        const found = await run('package.fetches', { url, roots, servername, now, ...options });
        assert.equal(found.text, 'hello');
      });
    }

    test('no module is loaded and no microtask runs while the core waits for its host', async () => {
      const given = { ...base, port: transfers.port, bytes: MB, cipher: 'TLS_AES_128_GCM_SHA256' };
      const nothing = { received: MB, sent: true, calls: ['aead', 'now', 'random'], found: [] };
      assert.deepEqual(await run('host-calls.receives', given), nothing);
    });

    test('a call into the core while it waits for its host is an error, and changes nothing', async () => {
      const { now: _, ...given } = { ...base, port: transfers.port, bytes: MB };
      const { codes, ...rest } = await run('host-calls.reenters', given);
      assert.deepEqual(rest, { received: MB, sent: true, size: 1 });
      assert.deepEqual(codes, ['now: ERR_TLS_REENTRANT_CALL', 'random: ERR_TLS_REENTRANT_CALL']);
    });

    test('pagetls/node: toDuplex()', async () => {
      const { port } = endsLast;
      assert.deepEqual(await run('node.duplex', { ...base, port }), {
        ...{ echo: true, authorized: true, encrypted: true, remoteAddress: '127.0.0.1', remotePort: port },
      });
    });
    test('pagetls/node: Agent', async () => {
      assert.deepEqual(await run('node.agent', { ...base, port: https.port }), [
        [200, 'hello', false],
        [200, 'hello', true],
      ]);
    });
    test('pagetls/node-tls and pagetls/node-net', async () => {
      assert.equal(await run('node.dropIn', { ...base, port: echo.port }), 'through the drop-in');
    });
  });
}
