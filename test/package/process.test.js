/** The installed package as a process of Node: it ends by itself, in threads, and with permissions. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { pki } from '../helpers/pki.js';
import { startTransferServer } from '../helpers/transfer-server.js';
import { guest, guestProject, runIn } from '../matrix/runtimes/guests.js';

const MB = 1_000_000;

const certificates = pki('good-p256');
const { hostname: servername, roots, clock: now, chain } = certificates;
const transfers = await startTransferServer(certificates);
after(() => transfers.close());
const server = { servername, roots, now, port: transfers.port, bytes: MB };

const project = await guestProject({
  'require.cjs': "require('pagetls').TrustStore.mozilla().then(({ size }) => console.log(size > 100));",
});

/** @param {string[]} [args] flags @returns {import('../matrix/runtimes/runtimes.js').Runtime} */
const node = (args = []) => ({ name: 'Node', version: process.version, program: process.execPath, args, skip: false });
const run = (/** @type {string} */ call, given = {}) => guest(node(), project, call, given);

/** @param {{received: number, sent: boolean}} found */
const assertExact = ({ received, sent }) => assert.deepEqual({ received, sent }, { received: MB, sent: true });

describe('a process of the installed package', () => {
  test('transfers every byte and ends by itself', async () => {
    assertExact(await run('connections.transfer', server));
  });

  test('can be loaded by require()', { skip: !('require_module' in process.features) }, async () => {
    const { status, stdout } = await runIn(node(), ['require.cjs'], { cwd: project });
    assert.deepEqual({ status, stdout }, { status: 0, stdout: 'true\n' });
  });

  test('loads node:crypto before the core runs, and runs no microtasks in it', async () => {
    const { found } = await run('host-calls.receives', { ...server, cipher: 'TLS_AES_128_GCM_SHA256' });
    assert.deepEqual(found, []);
  });

  test('works in threads, and outlives those that are terminated', async () => {
    const [transfer, verified] = await run('threads.runs', {
      calls: [
        ['connections.transfer', server],
        ['package.verify', { chain, roots, hostname: servername, now }],
      ],
    });
    assertExact(transfer);
    assert.equal(verified.own, true);
    const given = { ...server, bytes: 8 * MB };
    assert.equal(await run('threads.terminates', { call: 'connections.transfer', given, count: 5 }), 5);
  });

  test('needs few permissions, and says which one it lacks', async () => {
    const [major] = process.versions.node.split('.').map(Number);
    const flag = major < 22 ? '--experimental-permission' : '--permission';
    const flags = [flag, `--allow-fs-read=${project}/*`, ...(major < 25 ? [] : ['--allow-net'])];
    const env = { NODE_NO_WARNINGS: '1' };
    assertExact(await guest(node(flags), project, 'connections.transfer', server, { env }));
    const { code } = await guest(node(flags), project, 'package.systemTrust', {}, { env });
    assert.equal(code, 'ERR_TLS_NOT_PERMITTED');
  });
});
