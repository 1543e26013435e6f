/** Ways to load and run the installed package: import and require(), the command line, threads. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { pki } from '../../helpers/pki.js';
import { startNodeTls } from '../../helpers/servers.js';
import { startTransferServer } from '../../helpers/transfer-server.js';
import { guest, guestProject, runIn, titleOf } from './guests.js';
import { RUNTIMES, TOO_OLD } from './runtimes.js';

const MB = 1_000_000;

const certificates = pki('good-p256');
const { hostname: servername, roots, clock: now, chain } = certificates;
const base = { servername, roots, now };

const transfers = await startTransferServer(certificates);
const echo = await startNodeTls(certificates);
after(() => Promise.all([transfers.close(), echo.close()]));

/** Each entry of the package, loaded by require(). */
const REQUIRE = `
const { TrustStore } = require('pagetls');
const { createFetch } = require('pagetls/fetch');
const { toDuplex } = require('pagetls/node');
const { Socket } = require('pagetls/node-net');
const { checkServerIdentity } = require('pagetls/node-tls');
TrustStore.mozilla().then(({ size }) => {
  console.log(size > 100, ...[createFetch, toDuplex, Socket, checkServerIdentity].map((one) => typeof one));
});`;
const REQUIRED = 'true function function function function\n';

const project = await guestProject({ 'require.cjs': REQUIRE });
writeFileSync(join(project, 'roots.pem'), roots);

for (const runtime of RUNTIMES) {
  describe(titleOf(runtime), { skip: runtime.skip }, () => {
    const old = runtime.name === 'Node 20.0';
    test('require()', { skip: old && 'require() loads ES modules from 20.19 on' }, async () => {
      const { status, stdout, stderr } = await runIn(runtime, ['require.cjs'], { cwd: project });
      assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: REQUIRED, stderr: '' });
    });

    test('the command line', async () => {
      const inspect = async (/** @type {string[]} */ ...args) => {
        const cli = ['node_modules/pagetls/dist/cli.js', 'inspect', `127.0.0.1:${echo.port}`, '--at', now];
        const { status, stdout, stderr, lingered } = await runIn(runtime, [...cli, ...args], { cwd: project });
        assert.ok(lingered < 5000);
        return { status, output: stdout + stderr };
      };
      const good = await inspect('--ca', 'roots.pem', '--servername', servername);
      assert.match(good.output, /^The chain is valid\.$/m);
      assert.equal(good.status, 0);
      const untrusted = await inspect('--servername', servername, '--json');
      assert.deepEqual(
        JSON.parse(untrusted.output).verification.problems.map((/** @type {{code: string}} */ { code }) => code),
        ['ERR_TLS_CERT_NOT_TRUSTED'],
      );
      assert.equal(untrusted.status, 1);
      assert.equal((await inspect('--nonsense')).status, 2);
    });

    test('threads, with the module and without', async () => {
      const given = { ...base, port: transfers.port, bytes: MB };
      const [first, verified, second] = await guest(runtime, project, 'threads.runs', {
        calls: [
          ['connections.transfer', given],
          ['package.verify', { chain, roots, hostname: servername, now }],
          ['connections.transfer', given],
        ],
      });
      assert.equal(verified.own, true);
      for (const { received, sent } of [first, second])
        assert.deepEqual({ received, sent }, { received: MB, sent: true });
    });

    test('threads that are terminated in the midst of their work leave the process alone', async () => {
      const given = { ...base, port: transfers.port, bytes: 8 * MB };
      const count = 12;
      assert.equal(
        await guest(runtime, project, 'threads.terminates', { call: 'connections.transfer', given, count }),
        count,
      );
    });
  });
}

test(`${titleOf(TOO_OLD)} is told that it is too old`, { skip: TOO_OLD.skip }, async () => {
  await assert.rejects(guest(TOO_OLD, project, 'package.verify', { chain, roots, hostname: servername, now }), {
    message: /ERR_TLS_RANDOM[^]*Node has crypto from version 20 on/,
  });
});
