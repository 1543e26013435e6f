/** The installed package in workerd, the runtime of Cloudflare Workers: over TCP and the bridge, with real servers. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { inProject } from '../../../scripts/run.js';
import { startBridge } from '../../helpers/bridge.js';
import { emptyProject, matrixTools } from '../../helpers/packed.js';
import { pki } from '../../helpers/pki.js';
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
  transfers,
} from '../servers.js';
import { bundleWorker, startWorker } from './workers.js';

const { chain, hostname: servername, roots, clock: now } = certificates;

/** nodejs_compat is the default since 2026-08-04; FinalizationRegistry exists since 2025-05-05. */
const COMPATIBILITIES = {
  'workerd with nodejs_compat': { date: '2026-11-01', flags: [] },
  'workerd without nodejs_compat': { date: '2026-11-01', flags: ['no_nodejs_compat'] },
  'workerd at a compatibility date of 2024, with nodejs_compat': { date: '2024-10-14', flags: ['nodejs_compat'] },
  'workerd at a compatibility date of 2023': { date: '2023-08-01', flags: [] },
};

const NEW = COMPATIBILITIES['workerd with nodejs_compat'];

const { folder: tools, skip } = await matrixTools('workerd');

const project = await emptyProject({});
for (const guests of ['runtimes/guests', 'workerd/guests']) {
  cpSync(inProject('test/matrix', guests), join(project, guests), { recursive: true });
}
cpSync(inProject('test/fixtures/pattern.js'), join(project, 'runtimes/guests/pattern.js'));

const bridge = closeLater(
  await startBridge({ allowTargets: [transfers, https, endsLast].map(({ port }) => `127.0.0.1:${port}`) }),
);

const WAYS = { TCP: {}, 'the bridge': { bridge: bridge.url } };

for (const [title, compatibility] of Object.entries(COMPATIBILITIES)) {
  describe(title, { skip }, () => {
    /** @type {Awaited<ReturnType<typeof startWorker>>} */
    let worker;
    /** @type {(output: string) => void} */
    let onOutput = () => {};
    before(async () => {
      const modules = await bundleWorker(project, 'workerd/guests/worker.js');
      worker = await startWorker(tools, modules, compatibility, (text) => onOutput(text));
    });
    after(() => worker?.close());

    test('says what to import where nothing can be read, and works once it is', async () => {
      const given = { chain, hostname: servername, now, roots };
      await assert.rejects(worker.call('package.verify', given, { files: 'none' }), {
        code: 'ERR_TLS_LOAD',
        message:
          "pagetls.wasm could not be loaded: modules have no URL here. Import it (import wasm from 'pagetls/pagetls.wasm') and first call load(wasm).",
      });
      await assert.rejects(worker.call('package.verify', given, { files: 'wasm' }), {
        code: 'ERR_TLS_LOAD',
        hint: "Import it (import mozillaRoots from 'pagetls/mozilla-roots.bin') and first call load(wasm, { mozillaRoots }).",
      });
      assert.deepEqual(await worker.call('package.verify', given), {
        own: true,
        default: ['ERR_TLS_CERT_NOT_TRUSTED'],
        mozilla: true,
        subject: 'O=pagetls test, CN=good-p256.pagetls.test',
      });
      assert.deepEqual(await worker.call('cloudflare.suffixes', given), ['ERR_TLS_CERT_NOT_TRUSTED']);
    });

    for (const [way, options] of Object.entries(WAYS)) {
      for (const version of ['TLSv1.2', 'TLSv1.3']) {
        test(`10 MB both ways over ${way}, ${version}`, async () => {
          const wanted = { ...options, minVersion: 'TLSv1.2', maxVersion: version };
          const given = { ...base, port: transfers.port, bytes: BYTES, options: wanted };
          const { protocol, received, sent } = await worker.call('connections.transfer', given);
          assert.deepEqual({ protocol, received, sent }, { protocol: version, received: BYTES, sent: true });
        });
      }

      test(`half-close over ${way}: the answer comes after the client's end`, async () => {
        const { port } = endsLast;
        assert.equal(await worker.call('connections.endFirst', { ...base, port, bytes: MB, options }), MB);
      });

      test(`pagetls/fetch over ${way}`, async () => {
        const url = `https://127.0.0.1:${https.port}/`;
        const { text } = await worker.call('package.fetches', { url, roots, servername, now, ...options });
        assert.equal(text, 'hello');
      });
    }

    test('TLS over a socket of cloudflare:sockets', async () => {
      const text = 'over the socket of somebody else';
      assert.equal(await worker.call('cloudflare.overItsSocket', { ...base, port: echo.port, text }), text);
    });

    test('a client that does not read stops the server, over TCP', async () => {
      let sent = -1;
      onOutput = (text) => {
        if (sent < 0 && text.includes('reading')) sent = acceptedBytes();
      };
      assert.equal(await worker.call('connections.slowReader', { ...base, port: firehose.port, quiet: 2000 }), MUCH);
      assert.ok(sent >= 0 && sent < 40 * MB, `${sent / MB} MB left the server`);
    });

    // Without internal_writable_stream_abort_clears_queue, abort() of a stream waits for its writes.
    const waits = compatibility.date < '2024-09-02' && 'abort() waits for writes before 2024-09-02';
    test('a server that does not read stops the client, over TCP', { skip: waits }, async () => {
      const written = await worker.call('connections.slowServer', { ...base, port: deaf.port, quiet: 500 });
      assert.ok(written > 0 && written < 40 * MB, `${written / MB} MB were accepted`);
    });

    test('an untrusted certificate is rejected, with the problem', async () => {
      for (const trust of [pki('good-rsa2048').roots, undefined]) {
        const failure = await worker.call('connections.rejected', { ...base, port: echo.port, roots: trust });
        assert.equal(failure.code, 'ERR_TLS_CERT_VERIFY_FAILED');
        assert.deepEqual(failure.problems, ['ERR_TLS_CERT_NOT_TRUSTED']);
      }
    });

    test('errors of the network, timeouts and aborts have their codes', async () => {
      const { code, message } = await worker.call('connections.rejected', { ...base, port: 1 });
      assert.equal(code, 'ERR_TLS_TRANSPORT');
      assert.match(message, /^TCP connection to 127\.0\.0\.1 port 1 failed: /);
      assert.equal((await worker.call('connections.aborted', { ...base, port: mutePort })).code, 'ERR_TLS_ABORTED');
      await assert.rejects(worker.call('cloudflare.timesOut', { ...base, port: mutePort }), {
        code: 'ERR_TLS_TIMEOUT',
      });
      await assert.rejects(worker.call('cloudflare.localPort', { port: echo.port }), {
        code: 'ERR_TLS_INVALID_OPTION',
        message: 'Cloudflare Workers cannot choose localPort of tcp().',
      });
    });

    test('a target that the bridge rejects has its code', async () => {
      const given = { ...base, port: echo.port, options: { bridge: bridge.url } };
      assert.equal((await worker.call('connections.rejected', given)).code, 'ERR_TLS_BRIDGE_REFUSED');
    });

    test('requests one after the other and at once share what has been loaded', async () => {
      const given = { ...base, port: echo.port, count: 2 };
      const answers = await Promise.all(Array.from({ length: 4 }, () => worker.call('connections.many', given)));
      assert.deepEqual(answers, [true, true, true, true]);
      const kept = { chain, hostname: servername, roots, now };
      const stores = await Promise.all(Array.from({ length: 4 }, () => worker.call('cloudflare.keptStore', kept)));
      assert.deepEqual(stores, [true, true, true, true]);
    });
  });
}

describe('Requests of a new Worker', { skip }, () => {
  /** @param {(worker: Awaited<ReturnType<typeof startWorker>>) => Promise<void>} use */
  const inNew = (use) => async () => {
    const worker = await startWorker(tools, await bundleWorker(project, 'workerd/guests/worker.js'), {
      date: '2026-11-01',
      flags: [],
    });
    try {
      await use(worker);
    } finally {
      await worker.close();
    }
  };
  const given = { ...base, port: echo.port, count: 1 };

  test(
    'the first ones load the package at the same time',
    inNew(async (worker) => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => worker.call('connections.many', given)));
      assert.ok(answers.every((answer) => answer === true));
    }),
  );

  test(
    'one that is cancelled while it connects does not stop the next',
    inNew(async (worker) => {
      const options = { files: /** @type {const} */ ('all'), milliseconds: 500 };
      await assert.rejects(worker.call('connections.many', { ...given, port: mutePort }, options), /No answer/);
      assert.equal(await worker.call('connections.many', given), true);
    }),
  );

  test(
    'a fetch() that the module keeps reconnects, as a connection belongs to its request',
    inNew(async (worker) => {
      const kept = { url: `https://127.0.0.1:${https.port}/small`, servername, roots, now };
      for (let i = 0; i < 3; i++) assert.equal(await worker.call('cloudflare.keptFetch', kept), 'hello');
    }),
  );
});

test(
  'a Worker that loads the package before its first request is told so, and can load it later',
  { skip },
  async (t) => {
    const worker = await startWorker(tools, await bundleWorker(project, 'workerd/guests/too-early.js'), {
      date: '2026-11-01',
      flags: [],
    });
    t.after(() => worker.close());
    const { code, hint, later } = await worker.call('any');
    assert.equal(code, 'ERR_TLS_RANDOM');
    assert.match(hint, /only while they handle a request/);
    assert.equal(later, true);
  },
);

test('a Worker that was bundled for Node works too: its net.Socket does not know onread', { skip }, async (t) => {
  const modules = await bundleWorker(project, 'workerd/guests/worker.js', ['node']);
  const worker = await startWorker(tools, modules, NEW);
  t.after(() => worker.close());
  const given = { ...base, port: transfers.port, bytes: MB };
  assert.equal((await worker.call('connections.transfer', given)).received, MB);
});

test('the Worker of API.md, whose default trust does not have our root', { skip }, async (t) => {
  const [, section] = readFileSync(inProject('API.md'), 'utf8').split('\n## Cloudflare Workers\n');
  const [, code] = /^```js\n([^]*?)^```/m.exec(section) ?? [];
  assert.ok(code.includes("'example.org:443'"));
  writeFileSync(join(project, 'documented.js'), code.replace('example.org:443', `127.0.0.1:${echo.port}`));
  const worker = await startWorker(tools, await bundleWorker(project, 'documented.js'), NEW);
  t.after(() => worker.close());
  await assert.rejects(worker.call('any'));
  assert.match(worker.output(), /TLSError: .*No trust anchor issued it/);
});
