/** The package in windows and in workers of every kind, through the bridge to real TLS servers. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, afterEach, before, describe, test } from 'node:test';
import { Checksum, pattern } from '../../fixtures/pattern.js';
import { pki } from '../../helpers/pki.js';
import { startNodeTls } from '../../helpers/servers.js';
import { startScripted } from '../../helpers/starttls-server.js';
import { BROWSERS } from './drivers/index.js';
import { PAGE, startAll } from './setup.js';

/** @typedef {import('./pages/page.js').Place} Place */

const BYTES = 10_000_000;
const MUTE_TIMEOUT_MS = 300;

/** @type {Place[]} */
const PLACES = ['window', 'worker', 'nested worker', 'blob worker', 'shared worker', 'service worker'];

/** @param {number} length */
function checksumOf(length) {
  return String(new Checksum().update(pattern(0, length)));
}

/** A server that accepts connections and says nothing. */
async function startMute() {
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: /** @type {import('node:net').AddressInfo} */ (server.address()).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** A server that sends without end, and says when connections end. */
async function startEndless() {
  /** @type {Promise<void>[]} */
  const ends = [];
  const server = await startNodeTls(pki('good-p256'), {}, (socket) => {
    ends.push(new Promise((resolve) => socket.once('close', () => resolve())));
    const send = () => {
      while (!socket.destroyed && socket.write(pattern(0, 65_536)));
    };
    socket.resume().on('drain', send);
    send();
  });
  return { port: server.port, ends, close: server.close };
}

/** The client certificate as the server sees it. */
async function startMutual() {
  const { clients, ...client } = pki('client');
  const { ca, credentials } = /** @type {NonNullable<typeof clients>} */ (clients);
  const server = await startNodeTls(client, { requestCert: true, ca }, (socket) => {
    socket.once('data', () => socket.end(String(socket.authorized && socket.getPeerCertificate().subject.CN)));
  });
  return {
    port: server.port,
    close: server.close,
    client,
    identity: { cert: credentials.good.chain, key: credentials.good.key },
  };
}

for (const { name, skip, start } of BROWSERS) {
  describe(name, { skip }, () => {
    /** @type {import('./drivers/index.js').Browser} */
    let browser;
    /** @type {import('./setup.js').All} */
    let all;
    /** @type {Awaited<ReturnType<typeof startMute>>} */
    let mute;
    /** @type {Awaited<ReturnType<typeof startEndless>>} */
    let endless;
    /** @type {Awaited<ReturnType<typeof startMutual>>} */
    let mutual;
    /** @type {Awaited<ReturnType<typeof startScripted>>} */
    let postgres;
    /** @type {import('./drivers/index.js').Page} */
    let page;

    before(async () => {
      [mute, endless, mutual, postgres] = await Promise.all([
        startMute(),
        startEndless(),
        startMutual(),
        startScripted(pki('good-p256'), [{ hear: '\0\0\0\x08\x04\xd2\x16\x2f' }, { say: 'S' }]),
      ]);
      all = await startAll({
        targets: [mute, endless, mutual, postgres].map(({ port }) => `127.0.0.1:${port}`),
      });
      browser = await start();
    });
    after(async () => {
      await browser?.close();
      await all?.close();
      await Promise.all([mute, endless, mutual, postgres].map((server) => server?.close()));
    });
    afterEach(() => page?.close());

    const openPage = async () => {
      page = await browser.open(all.site.origin + PAGE);
    };
    /** @param {number} port */
    const at = (port) => ({ ...all.endpoint, target: `127.0.0.1:${port}` });

    for (const place of PLACES) {
      describe(`in a ${place}`, () => {
        for (const version of ['TLSv1.2', 'TLSv1.3']) {
          test(`${version}: 10 MB arrive in both directions`, async () => {
            await openPage();
            const options = { minVersion: version, maxVersion: version };
            const task = { up: BYTES, down: BYTES };
            const result = await page.call('run', place, 'transfer', all.endpoint, task, options);
            const sum = checksumOf(BYTES);
            assert.deepEqual(result, { protocol: version, sent: sum, arrived: sum, received: sum });
          });
        }

        test('Mozilla’s roots are there and do not accept a stranger; another name and option are rejected', async () => {
          await openPage();
          const { chain, clock } = pki('good-p256');
          const { size, ok, codes } = await page.call('run', place, 'defaultTrust', chain, clock);
          assert.ok(size > 100, String(size));
          assert.ok(!ok);
          assert.deepEqual(codes, ['ERR_TLS_CERT_NOT_TRUSTED']);
          const stranger = await page.call('run', place, 'outcomeByDefault', all.endpoint);
          assert.deepEqual([stranger.code, stranger.codes], ['ERR_TLS_CERT_VERIFY_FAILED', codes]);
          const { wrongHost, thrown } = await page.call('run', place, 'errors', all.endpoint);
          assert.equal(wrongHost.code, 'ERR_TLS_CERT_VERIFY_FAILED');
          assert.match(thrown, /brigde.*bridge/);
        });

        test('an AbortSignal ends a download, and a timeout ends a handshake', async () => {
          await openPage();
          const aborted = await page.call('run', place, 'abortInTheMiddle', at(endless.port));
          assert.equal(aborted.code, 'ERR_TLS_ABORTED');
          await endless.ends.at(-1);
          const late = await page.call('run', place, 'outcome', at(mute.port), { timeout: MUTE_TIMEOUT_MS });
          assert.equal(late.code, 'ERR_TLS_TIMEOUT');
        });

        test('starttls and a client certificate work, whose code is loaded on demand', async () => {
          await openPage();
          const plain = await page.call('run', place, 'answerOf', at(postgres.port), { starttls: 'postgres' });
          assert.equal(plain, 'hello\n');
          const { port, client, identity } = mutual;
          const endpoint = { ...at(port), hostname: client.hostname, roots: client.roots };
          const seen = await page.call('run', place, 'answerOf', endpoint, identity);
          assert.equal(seen, 'Good Client');
        });
      });
    }

    test('a service worker that imports the package as pages do connects, and is told what it lacks', async () => {
      await openPage();
      const place = 'plain service worker';
      assert.equal((await page.call('run', place, 'outcome', all.endpoint)).message, undefined);
      const failed = await page.call('run', place, 'outcome', at(postgres.port), { starttls: 'postgres' });
      assert.equal(failed.code, 'ERR_TLS_LOAD');
      assert.match(failed.hint, /import from 'pagetls\/service-worker'/);
    });

    test('without byte streams, socket.readable is a stream all the same', async () => {
      await openPage();
      await page.call('removeByteStreams');
      const { received } = await page.call('run', 'window', 'transfer', all.endpoint, { up: 0, down: 1_000_000 });
      assert.equal(received, checksumOf(1_000_000));
    });

    test('a service worker answers requests of the page by pagetls/fetch', async () => {
      const server = await startNodeTls(pki('good-p256'), {}, (socket) => {
        socket.once('data', (head) => {
          const [, path] = /^GET (\S+) HTTP\/1\.1\r\n/.exec(String(head)) ?? [];
          socket.end(`HTTP/1.1 203 Yes\r\nContent-Length: ${path?.length}\r\n\r\n${path}`);
        });
      });
      const target = `127.0.0.1:${server.port}`;
      const other = await startAll({ targets: [target] });
      try {
        other.site.answer((path) =>
          path === '/endpoint.json' ? { body: JSON.stringify({ ...other.endpoint, target }) } : {},
        );
        page = await browser.open(other.site.origin + PAGE);
        const answer = await page.call('fetchText', '/pages/over-tls/some/path?query');
        assert.deepEqual(answer, { status: 203, text: '/some/path' });
      } finally {
        await other.close();
        await server.close();
      }
    });

    for (const place of /** @type {const} */ (['window', 'worker'])) {
      test(`the server sees the end when the page of a ${place} is left in the middle`, async () => {
        await openPage();
        assert.ok((await page.call('run', place, 'hold', at(endless.port))) > 0);
        await page.goto('about:blank');
        await endless.ends.at(-1);
      });
    }
  });
}
