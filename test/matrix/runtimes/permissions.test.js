/** The installed package where the runtime asks for permissions, and with flags that forbid things. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { startBridge } from '../../helpers/bridge.js';
import { startHttps } from '../../helpers/https-server.js';
import { pki } from '../../helpers/pki.js';
import { startTransferServer } from '../../helpers/transfer-server.js';
import { guest, guestProject, titleOf } from './guests.js';
import { DENO, NODES } from './runtimes.js';

/** @typedef {import('./runtimes.js').Runtime} Runtime */

const MB = 1_000_000;

const certificates = pki('good-p256');
const { hostname: servername, roots, clock: now, chain } = certificates;
const transfers = await startTransferServer(certificates);
const https = await startHttps(certificates);
const ORIGIN = 'http://page.example';
const bridge = await startBridge({ allowTargets: [`127.0.0.1:${transfers.port}`], origins: [ORIGIN] });
after(() => Promise.all([transfers.close(), https.close(), bridge.close()]));

const project = await guestProject();
const server = { servername, roots, now, port: transfers.port, bytes: MB };
const byName = { ...server, host: 'localhost' };
const overBridge = { ...server, options: { bridge: bridge.url } };
const withOrigin = { ...server, bridge: bridge.url, origin: ORIGIN };

/** Permissions are experimental in some versions, which say so. */
const QUIET = { NODE_NO_WARNINGS: '1' };

/** @param {Runtime} runtime @param {string[]} flags */
function withFlags(runtime, flags) {
  const args = runtime === DENO ? ['run', '--no-prompt', ...flags] : flags;
  const allowed = { ...runtime, args };
  const run = (/** @type {string} */ call, given = {}) => guest(allowed, project, call, given, { env: QUIET });
  return {
    run,
    /** @param {string} call @param {object} [given] */
    async transfers(call = 'connections.transfer', given = server) {
      const { received, sent } = await run(call, given);
      assert.deepEqual({ received, sent }, { received: MB, sent: true });
    },
    /** @param {RegExp} message @param {string} call @param {object} [given] */
    async isDenied(message, call, given) {
      const failure = await run(call, given);
      assert.equal(failure.code, 'ERR_TLS_NOT_PERMITTED', JSON.stringify(failure));
      assert.match(failure.message, message);
      assert.match(failure.hint, /--allow-fs-read .* --allow-net.* Deno: --allow-read/);
    },
  };
}

for (const runtime of NODES.filter(({ name }) => name !== 'Node 20.0')) {
  const major = Number.parseInt(runtime.version);
  const permission = major < 22 ? '--experimental-permission' : '--permission';
  const reads = `--allow-fs-read=${project}/*`;
  const network = major < 25 ? [] : ['--allow-net'];

  describe(`${titleOf(runtime)} with ${permission}`, { skip: runtime.skip }, () => {
    test(`needs ${['--allow-fs-read', ...network].join(' and ')} only`, async () => {
      const allowed = withFlags(runtime, [permission, reads, ...network]);
      await allowed.transfers();
      await allowed.transfers('connections.transfer', overBridge);
      const { own, mozilla } = await allowed.run('package.verify', { chain, roots, hostname: servername, now });
      assert.deepEqual({ own, mozilla }, { own: true, mozilla: true });
    });

    test('needs one more flag for threads, and one for the trust store of the system', async () => {
      const allowed = withFlags(runtime, [
        permission,
        reads,
        ...network,
        '--allow-worker',
        '--allow-fs-read=/etc/ssl/*',
      ]);
      const [{ received }] = await allowed.run('threads.runs', { calls: [['connections.transfer', server]] });
      assert.equal(received, MB);
      assert.equal(await allowed.run('package.systemTrust'), 'nothing failed');
    });

    test('says what it may not read', async () => {
      const allowed = withFlags(runtime, [permission, reads, ...network]);
      // Node 20 does not name the flag.
      const wanted = major < 22 ? /^The system's trust store cannot be read: Access .*restricted/ : /--allow-fs-read/;
      await allowed.isDenied(wanted, 'package.systemTrust');
    });

    test('says that it may not use the network', { skip: major < 25 && 'it needs no permission' }, async () => {
      const allowed = withFlags(runtime, [permission, reads]);
      await allowed.isDenied(/--allow-net/, 'connections.rejected', server);
      await allowed.isDenied(/getaddrinfo ERR_ACCESS_DENIED/, 'connections.rejected', byName);
      await allowed.isDenied(/--allow-net/, 'connections.rejected', overBridge);
    });
  });

  for (const flag of ['--disallow-code-generation-from-strings', '--frozen-intrinsics']) {
    test(`${titleOf(runtime)} with ${flag}`, { skip: runtime.skip }, async () => {
      const limited = withFlags(runtime, [flag]);
      await limited.transfers();
      await limited.transfers('connections.transfer', overBridge);
      const url = `https://127.0.0.1:${https.port}/`;
      assert.equal((await limited.run('package.fetches', { url, roots, servername, now })).text, 'hello');
      const answers = await limited.run('node.agent', { ...server, port: https.port });
      assert.deepEqual(answers.at(-1), [200, 'hello', true]);
    });
  }
}

describe(`${titleOf(DENO)} with permissions`, { skip: DENO.skip }, () => {
  const reads = `--allow-read=${project}`;
  const network = '--allow-net=127.0.0.1,localhost';
  const environment = '--allow-env=WS_NO_BUFFER_UTIL,WS_NO_UTF_8_VALIDATE';

  test('needs --allow-read and --allow-net only', async () => {
    const allowed = withFlags(DENO, [reads, network]);
    await allowed.transfers();
    await allowed.transfers('connections.transfer', byName);
    await allowed.transfers('connections.transfer', overBridge);
    const { own, mozilla } = await allowed.run('package.verify', { chain, roots, hostname: servername, now });
    assert.deepEqual({ own, mozilla }, { own: true, mozilla: true });
  });

  test('needs two more flags for the trust store of the system', async () => {
    const allowed = withFlags(DENO, [`${reads},/etc/ssl`, '--allow-env=SSL_CERT_FILE']);
    assert.equal(await allowed.run('package.systemTrust'), 'nothing failed');
  });

  test('needs --allow-env for a bridge that gets an Origin', async () => {
    await withFlags(DENO, [reads, network, environment]).transfers('connections.transferWithOrigin', withOrigin);
    const denied = withFlags(DENO, [reads, network]);
    await denied.isDenied(/--allow-env/, 'connections.rejectedWithOrigin', withOrigin);
  });

  test('says what it may not do, by its flag', async () => {
    const reading = withFlags(DENO, [reads]);
    await reading.isDenied(/--allow-net/, 'connections.rejected', server);
    await reading.isDenied(/getaddrinfo EPERM localhost/, 'connections.rejected', byName);
    await reading.isDenied(/--allow-net/, 'connections.rejected', overBridge);
    await reading.isDenied(/--allow-env/, 'package.systemTrust');
    const dialling = withFlags(DENO, [network]);
    await dialling.isDenied(/pagetls\.wasm could not be loaded: .*--allow-read/, 'package.denied');
  });
});
