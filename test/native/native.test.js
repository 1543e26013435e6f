/**
 * Runs the native tests of the C core, under ASan and UBSan: each test in test/native is a test here. The same program
 * describes and verifies every case of the test PKI.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CASES, pemBlocks, pki } from '../helpers/pki.js';
import { startOpenssl } from '../helpers/servers.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'build/native/core_test');
const replay = join(root, 'build/native/fuzz_replay');
const certs = `certs=${join(root, 'build/certs')}`;
const directory = mkdtempSync(join(tmpdir(), 'pagetls-native-'));
after(() => rmSync(directory, { recursive: true, force: true }));

/**
 * @param {string} file
 * @param {string[]} args
 * @returns {Promise<{status: number | null, stdout: string, stderr: string}>}
 */
async function run(file, args) {
  const child = spawn(file, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status, stdout, stderr };
}

/**
 * @param {string} file
 * @param {string[]} folders
 * @returns {boolean} newer than all its sources
 */
function isFresh(file, folders) {
  if (!existsSync(file)) return false;
  const built = statSync(file).mtimeMs;
  const sources = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(c|h|def|inc|cmake)$/.test(name))
      .map((name) => join(root, folder, name)),
  );
  return [...sources, join(root, 'CMakeLists.txt')].every((source) => statSync(source).mtimeMs <= built);
}

before(async () => {
  if (isFresh(program, ['wasm', 'test/native']) && isFresh(replay, ['wasm', 'test/fuzz'])) return;
  const { status, stdout, stderr } = await run(process.execPath, ['scripts/build.js', 'native']);
  assert.equal(status, 0, stdout + stderr);
});

/**
 * Runs a group of native tests, and reports each as a subtest.
 * @param {import('node:test').TestContext} t
 * @param {string[]} args
 * @returns {Promise<string>} the output of the program
 */
async function runGroup(t, args) {
  const { status, stdout, stderr } = await run(program, args);
  let count = 0;
  let messages = '';
  for (const line of stdout.split('\n')) {
    const result = /^(not )?ok (.*)$/.exec(line);
    if (result) {
      const [, failed, name] = result;
      const why = messages;
      await t.test(name, () => assert.ok(!failed, why));
      count++;
      messages = '';
    } else if (line.startsWith('#')) {
      messages += `${line}\n`;
    }
  }
  assert.ok(count > 0, stderr);
  assert.equal(status, 0, messages + stderr); // a leak or a crash fails the group, not a single test
  return stdout;
}

const GROUPS =
  'bytes platform ephemeral documents reader read-errors times texts keys name-compare names certificates rules options failure protocol-checks certificate-request';
for (const name of GROUPS.split(' ')) {
  test(`the C core: ${name}`, async (t) => {
    await runGroup(t, [name, certs]);
  });
}

for (const version of ['1.2', '1.3']) {
  test(`the C core: a TLS ${version} connection`, async (t) => {
    const keylog = join(directory, `keys-${version}`);
    const server = await startOpenssl(pki('good-p256'), {
      args: [`-tls${version.replace('.', '_')}`, '-alpn', 'http/1.1', '-keylogfile', keylog],
    });
    t.after(() => server.close());
    const output = await runGroup(t, ['connection', certs, `port=${server.port}`, `version=${version}`]);
    await t.test('the key log has the same secrets as the server', () => {
      const lines = output.split('\n').filter((line) => /^(CLIENT|SERVER)_/.test(line));
      const theirs = new Set(readFileSync(keylog, 'utf8').split('\n'));
      assert.equal(lines.length, version === '1.3' ? 4 : 1);
      for (const line of lines) assert.ok(theirs.has(line), line);
    });
  });
}

for (const version of ['1.2', '1.3']) {
  test(`the C core: a TLS ${version} handshake message of several records`, async (t) => {
    const server = await startOpenssl(pki('long-chain'), { args: [`-tls${version.replace('.', '_')}`] });
    t.after(() => server.close());
    await runGroup(t, ['long', certs, 'case=long-chain', `port=${server.port}`, `version=${version}`]);
  });
}

test('the C core: records that a conforming server does not send', async (t) => {
  const server = await startOpenssl(pki('good-p256'), { args: ['-tls1_3', '-num_tickets', '0'] });
  t.after(() => server.close());
  await runGroup(t, ['forged', certs, `port=${server.port}`, 'version=1.3']);
});

test('the C core: requests for a client certificate after the handshake', async (t) => {
  const server = await startOpenssl(pki('good-p256'), { args: ['-tls1_3', '-num_tickets', '0'] });
  t.after(() => server.close());
  await runGroup(t, ['later-requests', certs, `port=${server.port}`, 'version=1.3']);
});

test('the C core: fragments of messages, and empty records', async (t) => {
  const server = await startOpenssl(pki('good-p256'), { args: ['-tls1_3', '-num_tickets', '0'] });
  t.after(() => server.close());
  await runGroup(t, ['fragments', certs, `port=${server.port}`, 'version=1.3']);
});

test('the C core: KeyUpdates', async (t) => {
  const server = await startOpenssl(pki('good-p256'), { args: ['-tls1_3', '-num_tickets', '0'] });
  t.after(() => server.close());
  await runGroup(t, ['key-update', certs, `port=${server.port}`, 'version=1.3']);
});

test('the C core: idle connections', async (t) => {
  const server = await startOpenssl(pki('good-p256'), { args: ['-tls1_3', '-num_tickets', '0'] });
  t.after(() => server.close());
  await runGroup(t, ['idle', certs, `port=${server.port}`, 'version=1.3']);
});

for (const version of ['1.2', '1.3']) {
  test(`the C core: mutual TLS ${version}`, async (t) => {
    const { clients } = pki('client');
    assert.ok(clients);
    const args = [`-tls${version.replace('.', '_')}`];
    const server = await startOpenssl(pki('good-p256'), { args, clientCA: clients.ca });
    t.after(() => server.close());
    await runGroup(t, ['identity', certs, `port=${server.port}`, `version=${version}`]);
  });
}

describe('the C core verifies', () => {
  for (const { id, hostname, clock, profile, files, expected } of CASES) {
    test(`${id}: ${[...expected.flags, expected.error].filter(Boolean).join(', ') || 'valid'}`, async () => {
      const crl = files.crl === undefined ? [] : [files.crl];
      const args = ['verify', hostname, String(Date.parse(clock)), profile, files.roots, files.chain, ...crl];
      const { status, stdout, stderr } = await run(program, args);
      assert.equal(status, 0, stderr);
      const result = JSON.parse(stdout);
      assert.equal(result.ok, expected.ok);
      assert.deepEqual(result.flags.toSorted(), expected.flags.toSorted());
      /** @type {{rule: string, depth: number, flag: string | null, field?: string, reason?: string}[]} */
      const problems = result.problems;
      const unreadable = problems.filter(({ rule }) => rule === 'PARSE');
      assert.deepEqual(
        unreadable.map(({ field, reason }) => `${field}: ${reason}`),
        expected.error === undefined ? [] : [expected.error],
      );
      assert.equal(result.verified, unreadable.length === 0 || expected.flags.length > 0);
      if (!result.verified) return;
      assert.equal(result.time * 1000, Date.parse(clock));
      const others = problems.filter((problem) => !unreadable.includes(problem));
      assert.deepEqual(new Set(others.map(({ flag }) => flag)), new Set(expected.flags));
      if (expected.problems) {
        assert.deepEqual(
          others.map(({ depth, rule }) => `${depth}: ${rule}`),
          expected.problems,
        );
      } else {
        assert.equal(others.length, expected.flags.length);
        for (const { depth } of others) assert.equal(depth, expected.depth);
      }
      const sent = pemBlocks(readFileSync(files.chain, 'utf8')).map((pem) => new X509Certificate(pem));
      assert.deepEqual(
        result.sent,
        sent.map(({ raw }) => raw.toString('base64')),
      );
      assert.equal(result.path[0], 0); // the first certificate sent
    });
  }
});

describe('the C core handles inputs that once failed under fuzzing', () => {
  const regress = join(root, 'test/fuzz/regress');
  for (const target of readdirSync(regress)) {
    for (const name of readdirSync(join(regress, target))) {
      test(`${target}: ${name.replaceAll('-', ' ')}`, async () => {
        const { status, stderr } = await run(replay, [target, join(regress, target, name)]);
        assert.equal(status, 0, stderr);
      });
    }
  }
});

test('the C core describes every certificate like Node', async () => {
  const paths = CASES.filter(({ malformed }) => !malformed).map(({ files }) => files.all);
  const { status, stdout, stderr } = await run(program, ['describe', ...paths]);
  assert.equal(status, 0, stderr);
  const described = stdout.trimEnd().split('\n');
  const expected = paths.flatMap((path) => pemBlocks(readFileSync(path, 'utf8')));
  assert.equal(described.length, expected.length);
  for (const [i, pem] of expected.entries()) {
    const ours = JSON.parse(described[i]);
    const theirs = new X509Certificate(pem);
    assert.equal(ours.serialNumber.replace(/^0+/, ''), theirs.serialNumber.replace(/^0+/, ''));
    assert.equal(ours.fingerprints.sha1, theirs.fingerprint.replaceAll(':', ''));
    assert.equal(ours.fingerprints.sha256, theirs.fingerprint256.replaceAll(':', ''));
    assert.equal(Date.parse(ours.validity.notBefore), Date.parse(theirs.validFrom));
    assert.equal(Date.parse(ours.validity.notAfter), Date.parse(theirs.validTo));
    const signs = ours.keyUsage?.includes('keyCertSign') ?? true; // Node's `ca` requires it
    assert.equal((ours.basicConstraints?.ca ?? false) && signs, theirs.ca);
    const { modulusLength, publicExponent } = theirs.publicKey.asymmetricKeyDetails ?? {};
    if (modulusLength !== undefined) {
      assert.equal(ours.publicKey.bits, modulusLength);
      assert.equal(ours.publicKey.exponent, Number(publicExponent));
    }
    const names = (ours.subjectAltName ?? []).flatMap((/** @type {{type: string, value: string}} */ { type, value }) =>
      type === 'dNSName' ? [`DNS:${value}`] : [],
    );
    const theirNames = (theirs.subjectAltName ?? '').split(', ').filter((name) => name.startsWith('DNS:'));
    assert.deepEqual(names, theirNames);
  }
});
