/** The option `verifyHostname: false`: the chain is required, the name is reported. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { inProject } from '../../scripts/run.js';
import { connect, TrustStore, verifyChain } from '../../dist/index.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';

const good = pki('good-p256');
const expired = pki('expired');
const mismatch = pki('wrong-host');
const now = new Date(good.clock);
const trust = await TrustStore.from(good.roots);
after(() => trust[Symbol.dispose]());

/** @param {{code: string}[]} list */
const codesOf = (list) => list.map(({ code }) => code);

describe('verifyChain() with verifyHostname: false', () => {
  test('reports a leaf without the name as a warning, and the chain is valid', async () => {
    for (const profile of /** @type {const} */ (['auto', 'private', 'rfc5280', 'webpki'])) {
      const options = { trust, now, profile, hostname: 'other.example', verifyHostname: false };
      const { ok, problems, warnings, flags } = await verifyChain(good.chain, options);
      assert.deepEqual({ ok, problems, flags }, { ok: true, problems: [], flags: [] }, profile);
      const [warning] = warnings.filter(({ code }) => code === 'ERR_TLS_CERT_CN_MISMATCH');
      assert.equal(warning.rule, 'HOST_NAME');
      assert.equal(warning.depth, 0);
      assert.match(warning.message, /expected other\.example, but the certificate is for/);
      const required = await verifyChain(good.chain, { ...options, verifyHostname: true });
      assert.deepEqual(codesOf(required.problems), ['ERR_TLS_CERT_CN_MISMATCH'], profile);
    }
  });

  test('says nothing about a leaf with the name, or if no name is asked for', async () => {
    for (const hostname of [good.hostname, undefined]) {
      const { ok, warnings } = await verifyChain(good.chain, { trust, now, hostname, verifyHostname: false });
      assert.equal(ok, true);
      assert.ok(!codesOf(warnings).includes('ERR_TLS_CERT_CN_MISMATCH'));
    }
  });

  test('still requires everything else', async () => {
    const options = { now, hostname: 'other.example', verifyHostname: false };
    const untrusted = await verifyChain(good.chain, options);
    assert.deepEqual([untrusted.ok, codesOf(untrusted.problems)], [false, ['ERR_TLS_CERT_NOT_TRUSTED']]);
    const anchors = await TrustStore.from(expired.roots);
    const old = await verifyChain(expired.chain, { ...options, trust: anchors, now: new Date(expired.clock) });
    anchors[Symbol.dispose]();
    assert.deepEqual([old.ok, codesOf(old.problems)], [false, ['ERR_TLS_CERT_EXPIRED']]);
    assert.deepEqual(old.flags, ['BADCERT_EXPIRED']);
  });
});

describe('connect() with verifyHostname: false', () => {
  test('opens with a warning, and is authorized', async (t) => {
    const server = await startNodeTls(mismatch);
    t.after(() => server.close());
    const anchors = await TrustStore.from(mismatch.roots);
    t.after(() => anchors[Symbol.dispose]());
    const options = { trust: anchors, servername: mismatch.hostname, now: new Date(mismatch.clock) };
    const address = { hostname: '127.0.0.1', port: server.port };
    const strict = connect(address, options);
    await assert.rejects(strict.opened, { code: 'ERR_TLS_CERT_VERIFY_FAILED' });
    const socket = connect(address, { ...options, verifyHostname: false });
    const { verification, servername } = await socket.opened;
    assert.equal(verification.ok, true);
    assert.ok(codesOf(verification.warnings).includes('ERR_TLS_CERT_CN_MISMATCH'));
    assert.equal(servername, mismatch.hostname);
    assert.equal(socket.authorized, true);
    await socket.close();
  });

  test('rejects a chain that ends at no anchor, and one that checkServerIdentity rejects', async (t) => {
    const server = await startNodeTls(good);
    t.after(() => server.close());
    const other = await TrustStore.from(pki('self-signed').chain);
    t.after(() => other[Symbol.dispose]());
    const address = { hostname: '127.0.0.1', port: server.port };
    const untrusted = connect(address, { trust: other, now, verifyHostname: false });
    await assert.rejects(untrusted.opened, { code: 'ERR_TLS_CERT_VERIFY_FAILED' });
    /** @type {string[]} */
    const asked = [];
    const checked = connect(address, {
      ...{ trust, now, servername: 'other.example', verifyHostname: false },
      checkServerIdentity: (hostname) => (asked.push(hostname), new Error('no')),
    });
    await assert.rejects(checked.opened, { code: 'ERR_TLS_SERVER_IDENTITY' });
    assert.deepEqual(asked, ['other.example']);
  });
});

test('the command line has --no-verify-hostname', async () => {
  const run = (/** @type {string[]} */ ...more) =>
    promisify(execFile)('node', [
      ...[inProject('dist/cli.js'), 'verify', good.files.chain, '--ca', good.files.roots],
      ...['--at', good.clock, '--host', 'other.example', ...more],
    ]).then(
      ({ stdout }) => ({ code: 0, stdout }),
      ({ code, stdout }) => ({ code, stdout }),
    );
  assert.equal((await run()).code, 1);
  const { code, stdout } = await run('--no-verify-hostname');
  assert.equal(code, 0, stdout);
  assert.match(stdout, /not for this name: expected other\.example/);
});
