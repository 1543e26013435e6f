/** The option `verify`: a check of the application that may wait, after all others and before `opened`. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { connect, TLSError, TLSSocket, TrustStore } from '../../dist/index.js';
import { closeAfterEach } from '../helpers/cleanup.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';
import { endWith } from '../helpers/transfer.js';

/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */

const certificates = pki('good-p256');
const trust = await TrustStore.from(certificates.roots);
/** @type {ConnectOptions} */
const base = { trust, servername: certificates.hostname, now: new Date(certificates.clock) };
const closeLater = await closeAfterEach(certificates, base);
const decoder = new TextDecoder();

/** @param {import('node:tls').TlsOptions} [options] @param {Parameters<typeof startNodeTls>[2]} [onConnection] */
const startServer = async (options, onConnection) =>
  closeLater(await startNodeTls(certificates, options, onConnection));

/** @param {{port: number}} server @param {ConnectOptions} options */
const open = ({ port }, options) => connect({ hostname: '127.0.0.1', port }, { ...base, ...options });

function gate() {
  /** @type {() => void} */
  let release = () => {};
  const closed = new Promise((/** @type {(value: void) => void} */ resolve) => (release = resolve));
  return { closed, release };
}

for (const version of /** @type {const} */ (['TLSv1.2', 'TLSv1.3'])) {
  const only = { minVersion: version, maxVersion: version };

  describe(`${version}: verify`, () => {
    test('gets the verification and the socket, whose negotiated parameters it can ask for', async () => {
      const server = await startServer();
      /** @type {unknown[]} */
      let seen = [];
      const socket = open(server, {
        ...only,
        verify: async (verification, given) => {
          seen = [verification.ok, given.getProtocol(), given.authorized, given.exportKeyingMaterial(16, 'x').length];
          assert.ok(given instanceof TLSSocket);
          assert.equal(given, socket);
        },
      });
      const { verification } = await socket.opened;
      assert.equal(verification.ok, true);
      assert.deepEqual(seen, [true, version, true, 16]);
      await socket.close();
    });

    test('is waited for: no application data is sent, and opened is pending, until it resolves', async () => {
      let received = '';
      const server = await startServer({}, (peer) => {
        peer.on('data', (bytes) => (received += bytes));
        peer.write('welcome');
      });
      const { closed, release } = gate();
      const called = gate();
      const socket = open(server, {
        ...only,
        verify: () => {
          called.release();
          return closed;
        },
      });
      let opened = false;
      socket.opened.then(() => (opened = true));
      const written = socket.write('secret');
      const read = socket.read();
      await called.closed;
      await delay(50);
      assert.deepEqual([opened, received], [false, '']);
      release();
      assert.equal(decoder.decode((await read) ?? undefined), 'welcome');
      await written;
      await socket.opened;
      while (received !== 'secret') await delay(1);
      await socket.close();
    });

    test('bounds what the server sends meanwhile', async () => {
      let sent = 0;
      const block = Buffer.alloc(1 << 20);
      const server = await startServer({}, (peer) => {
        peer.on('error', () => {});
        const more = () => {
          while (sent < 200 << 20 && peer.write(block, () => (sent += block.length)));
        };
        peer.on('drain', more);
        more();
      });
      const { closed, release } = gate();
      const socket = open(server, { ...only, verify: () => closed });
      for (let before = -1; sent !== before || sent === 0;) {
        before = sent;
        await delay(100);
      }
      assert.ok(sent < 64 << 20, `${sent} bytes were accepted`);
      release();
      for (let length = 0; length < 4 << 20;) length += (await socket.read())?.length ?? assert.fail('ended');
      await socket.close();
    });

    test('that throws or rejects ends the connection with ERR_TLS_VERIFY_REJECTED, whose cause says why', async () => {
      const reason = new Error('not in the log');
      for (const verify of [
        () => {
          throw reason;
        },
        async () => {
          await delay(5);
          throw reason;
        },
      ]) {
        let received = '';
        const server = await startServer({}, (peer) => {
          peer.on('error', () => {}).on('data', (bytes) => (received += bytes));
          peer.write('welcome');
        });
        const socket = open(server, { ...only, verify });
        const written = socket.write('secret');
        written.catch(() => {});
        const error = await socket.opened.catch((caught) => caught);
        assert.ok(error instanceof TLSError);
        assert.equal(error.code, 'ERR_TLS_VERIFY_REJECTED');
        assert.equal(error.cause, reason);
        assert.equal(error.verification?.ok, true);
        for (const promise of [socket.closed, written, socket.read()]) {
          await assert.rejects(promise, { code: 'ERR_TLS_VERIFY_REJECTED' });
        }
        assert.equal(socket.authorized, false);
        assert.equal(socket.getProtocol(), null);
        await delay(20);
        assert.equal(received, '');
      }
    });

    test('that returns something is not understood, and rejects the server', async () => {
      for (const value of [false, true, null, 0, new Error('no'), 'ok', {}]) {
        const server = await startServer({}, (peer) => void peer.on('error', () => {}));
        const socket = open(server, { ...only, verify: /** @type {any} */ (async () => value) });
        await assert.rejects(socket.opened, { code: 'ERR_TLS_INVALID_OPTION', message: /function verify/ });
      }
    });

    test('that never settles ends by timeout, and says so', async () => {
      const server = await startServer({}, (peer) => void peer.on('error', () => {}));
      const socket = open(server, { ...only, timeout: 200, verify: () => new Promise(() => {}) });
      await assert.rejects(socket.opened, { code: 'ERR_TLS_TIMEOUT', message: /function verify/ });
    });

    test('that never settles ends by the signal, and by close()', async () => {
      for (const way of ['signal', 'close']) {
        const server = await startServer({}, (peer) => void peer.on('error', () => {}));
        const controller = new AbortController();
        const called = gate();
        const late = gate();
        const socket = open(server, {
          ...only,
          signal: controller.signal,
          verify: async () => {
            called.release();
            await late.closed;
            throw new Error('too late');
          },
        });
        await called.closed;
        way === 'signal' ? controller.abort() : await socket.close();
        const code = way === 'signal' ? 'ERR_TLS_ABORTED' : 'ERR_TLS_CLOSED';
        await assert.rejects(socket.opened, { code });
        late.release();
        await assert.rejects(socket.closed, { code });
      }
    });

    test('and a server that closes meanwhile: what it sent can be read, and the end is clean', async () => {
      const server = await startServer({}, (peer) => {
        peer.on('error', () => {});
        endWith(peer, 'bye');
      });
      const { closed, release } = gate();
      const socket = open(server, { ...only, verify: () => closed });
      const [peer] = await once(server.server, 'secureConnection');
      await once(peer, 'finish');
      await delay(50);
      release();
      assert.equal(decoder.decode((await socket.read()) ?? undefined), 'bye');
      assert.equal(await socket.read(), null);
      await socket.closed;
    });

    test('and a server that resets meanwhile: the connection fails, whatever verify says later', async () => {
      /** @type {import('node:net').Socket | undefined} */
      let wire;
      const server = await startServer({}, (peer) => void peer.on('error', () => {}));
      server.server.on('connection', (socket) => (wire = socket));
      const { closed, release } = gate();
      const called = gate();
      const socket = open(server, {
        ...only,
        verify: () => {
          called.release();
          return closed;
        },
      });
      await called.closed;
      wire?.resetAndDestroy();
      await assert.rejects(socket.opened, { code: 'ERR_TLS_TRUNCATED' });
      release();
      await assert.rejects(socket.closed, { code: 'ERR_TLS_TRUNCATED' });
    });

    test('is not asked about a server that failed another check', async () => {
      const server = await startServer({}, (peer) => void peer.on('error', () => {}));
      const verify = async () => assert.fail('asked');
      const name = open(server, { ...only, servername: 'other.example', verify });
      await assert.rejects(name.opened, { code: 'ERR_TLS_CERT_VERIFY_FAILED' });
      const identity = open(server, { ...only, checkServerIdentity: () => new Error('no'), verify });
      await assert.rejects(identity.opened, { code: 'ERR_TLS_SERVER_IDENTITY' });
    });

    test('with rejectUnauthorized false sees the problems, and decides alone', async () => {
      const server = await startServer();
      const options = { ...only, servername: 'other.example', rejectUnauthorized: false };
      /** @type {string[]} */
      let codes = [];
      const socket = open(server, {
        ...options,
        verify: async ({ problems }) => void (codes = problems.map(({ code }) => code)),
      });
      await socket.opened;
      assert.deepEqual(codes, ['ERR_TLS_CERT_CN_MISMATCH']);
      assert.equal(socket.authorized, false);
      await socket.close();
    });
  });
}
