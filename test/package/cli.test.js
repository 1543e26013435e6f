/** The command line as a process: what it prints, where, and its exit code. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { encodeCertificate } from '../../certs/certificate.js';
import * as der from '../../certs/der.js';
import { subjectAltName } from '../../certs/extensions.js';
import { privateKeyPem } from '../../certs/keys.js';
import { NEGATIVE_VERSION } from '../../certs/profile.js';
import { swappingRelay } from '../../certs/swap.js';
import { TrustStore } from '../../dist/index.js';
import { localSource, versionOf } from '../../scripts/mbedtls-source.js';
import { fixOf } from '../../messages/problems.js';
import { opensslBytes } from '../helpers/certificates.js';
import { startBridge } from '../helpers/bridge.js';
import { authority, chain, HOST, keyOf, NOW, server } from '../helpers/chains.js';
import { CLOCK, pemBlocks, pki } from '../helpers/pki.js';
import { startRelay } from '../helpers/relay.js';
import { startNodeTls, startOpenssl } from '../helpers/servers.js';
import { sharedCasePath, skipSharedCases } from '../helpers/shared-cases.js';

/** @typedef {import('../helpers/pki.js').Case} Case */

const project = new URL('../../', import.meta.url);
const program = fileURLToPath(
  new URL(JSON.parse(readFileSync(new URL('package.json', project), 'utf8')).bin.pagetls, project),
);

/** For one run. */
const TIMEOUT_MS = 60_000;

const directory = mkdtempSync(join(tmpdir(), 'pagetls-cli-'));
after(() => rmSync(directory, { recursive: true, force: true }));

/** @param {string} name @param {string | Uint8Array} content @returns {string} its path */
function writeTemporary(name, content) {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

/** @param {Uint8Array} certificate DER */
const pem = (certificate) => der.pem('CERTIFICATE', certificate);

/** @param {string} pem @returns the DER of its first block */
function derOf(pem) {
  return Buffer.from(pemBlocks(pem)[0].replace(/-----[^-]+-----|\s/g, ''), 'base64');
}

/**
 * @typedef {object} Run
 * @property {number | string | null | undefined} code
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * @param {string[]} args
 * @param {Record<string, string>} [env] added to the environment
 * @param {string} [entry]
 * @returns {Promise<Run>}
 */
function pagetls(args, env = {}, entry = program) {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, timeout: TIMEOUT_MS, maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(process.execPath, [entry, ...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, stdout, stderr });
    });
    child.stdin?.end();
  });
}

/** @param {Run} run @param {RegExp} [pattern] a line of the output */
function assertValid({ code, stdout, stderr }, pattern = /^The chain is valid\.$/m) {
  assert.equal(stderr, '');
  assert.match(stdout, pattern);
  assert.match(stdout, /^The chain is valid\.$/m);
  assert.equal(code, 0);
}

/** @param {Run} run @param {...string} codes of all problems in the output */
function assertInvalid({ code, stdout, stderr }, ...codes) {
  assert.equal(stderr, '');
  assert.match(stdout, /^The chain is NOT valid:$/m);
  assert.deepEqual(stdout.match(/ERR_TLS_\w+/g)?.sort(), [...codes].sort());
  assert.equal(code, 1);
}

/** @param {Run} run @param {...RegExp} patterns on stderr */
function assertFailed({ code, stdout, stderr }, ...patterns) {
  assert.equal(stdout, '');
  assert.match(stderr, /^pagetls: /);
  for (const pattern of patterns) {
    assert.match(stderr, pattern);
  }
  assert.doesNotMatch(stderr, /^\s+at /m, 'a stack');
  assert.equal(code, 2);
}

/** @param {string} id @returns {string[]} the arguments to verify a case with its own settings */
function argsOf(id) {
  const { files, hostname, clock } = pki(id);
  const crl = files.crl === undefined ? [] : ['--crl', files.crl];
  return [files.chain, '--ca', files.roots, '--host', hostname, '--at', clock, ...crl];
}

const good = pki('good-p256');
const at = ['--at', CLOCK.toISOString()];
const trusting = ['--ca', good.files.roots, ...at];
const goodArgs = [good.files.chain, ...trusting, '--host', good.hostname];

describe('pagetls', () => {
  for (const args of [['--help'], ['-h'], ['help'], ['inspect', '--help'], ['verify', '-h', 'x', 'y']]) {
    test(`${args.join(' ')} shows the commands and their options`, async () => {
      const { code, stdout, stderr } = await pagetls(args);
      assert.equal(code, 0);
      assert.equal(stderr, '');
      assert.match(stdout, /^Usage:\n {2}pagetls inspect HOST/);
      assert.match(stdout, /^ {2}pagetls bridge /m);
      for (const option of [
        'ca',
        'crl',
        'at',
        'profile',
        'json',
        'bridge',
        'origin',
        'servername',
        'alpn',
        'timeout',
      ]) {
        assert.match(stdout, new RegExp(`^  --${option} `, 'm'));
      }
      assert.match(stdout, /^ {2}--host /m);
    });
  }

  for (const option of ['--version', '-V']) {
    test(`${option} prints the versions of the package, Mbed TLS and Mozilla's list, and nothing else`, async () => {
      const { version } = JSON.parse(readFileSync(new URL('package.json', project), 'utf8'));
      const list = await TrustStore.mozilla();
      const { code, stdout, stderr } = await pagetls([option]);
      assert.deepEqual([code, stderr], [0, '']);
      const [ours, mbedtls, roots] = stdout.split('\n');
      assert.equal(ours, `pagetls ${version}`);
      assert.equal(mbedtls, `Mbed TLS ${versionOf(localSource() ?? '')}`);
      assert.equal(roots, `Mozilla's root list ${list.version} of ${list.date}`);
      assert.match(roots, / \d+\.\d+ of \d{4}-\d\d-\d\d$/);
      assert.equal(stdout.split('\n').length, 4);
    });
  }

  /** @type {[string, string[], RegExp][]} */
  const misused = [
    ['no command', [], /inspect or verify/],
    ['an unknown command', ['connect', 'x'], /Unknown command connect/],
    ['an option before the command', ['--json', 'verify'], /Unknown command --json/],
    ['no target', ['inspect'], /HOST/],
    ['two targets', ['inspect', 'a', 'b'], /one HOST/],
    ['no chain', ['verify', '--host', 'a'], /one file/],
    ['an unknown option', ['verify', good.files.chain, '--insecure'], /--insecure/],
    ["the other command's option", ['verify', good.files.chain, '--bridge', 'ws://x'], /--bridge/],
    ['an option without its value', ['verify', good.files.chain, '--ca'], /--ca/],
    ['a value for a flag', ['verify', good.files.chain, '--json=yes'], /--json/],
    ['a time in words', ['verify', ...goodArgs, '--at', 'tomorrow'], /--at: tomorrow is not an ISO 8601 time/],
    ['a number for a time', ['verify', ...goodArgs, '--at', '12'], /--at: 12 /],
    ['an impossible date', ['verify', ...goodArgs, '--at', '2026-02-30'], /--at: 2026-02-30 /],
    ['a timeout that is no number', ['inspect', 'a.example', '--timeout', '10s'], /--timeout: 10s /],
    ['an empty timeout', ['inspect', 'a.example', '--timeout', ''], /--timeout: nothing /],
    ['more after the version', ['--version', 'x'], /--version takes no arguments/],
    ['an origin without a bridge', ['inspect', 'a.example', '--origin', 'https://a.example'], /--origin/],
  ];
  for (const [name, args, message] of misused) {
    test(`${name}: an error message and the usage`, async () => {
      assertFailed(await pagetls(args), message, /^Usage:$/m);
    });
  }

  test('works through a link, as npm makes one', async () => {
    const link = join(directory, 'pagetls');
    symlinkSync(program, link);
    assert.match(readFileSync(program, 'utf8'), /^#!\/usr\/bin\/env node\n/);
    assertValid(await pagetls(['verify', ...goodArgs], {}, link));
  });

  test('exits with 2 if the disk is full', { skip: process.platform !== 'linux' }, async () => {
    const script = '"$0" "$1" verify "$2" --ca "$3" > /dev/full';
    const code = await new Promise((resolve) => {
      const args = ['-c', script, process.execPath, program, good.files.chain, good.files.roots];
      execFile('/bin/sh', args, { timeout: TIMEOUT_MS }, (error) => resolve(error?.code));
    });
    assert.equal(code, 2);
  });

  test(
    'keeps its exit code if the reader of its output has exited',
    { skip: process.platform !== 'linux' },
    async () => {
      // The shell's built-in "true" exits before Node writes anything.
      const script = '{ "$0" "$1" verify "$2" --ca "$3" --at "$4"; echo "code $?" >&2; } | true';
      const exit = await new Promise((resolve) => {
        const args = ['-c', script, process.execPath, program, good.files.chain, good.files.roots, CLOCK.toISOString()];
        execFile('/bin/sh', args, { timeout: TIMEOUT_MS }, (_error, _stdout, stderr) => resolve(stderr));
      });
      assert.equal(exit, 'code 0\n');
    },
  );
});

describe('pagetls verify', () => {
  test('a valid chain: exits with 0 and prints the path', async () => {
    const run = await pagetls(['verify', ...goodArgs]);
    assertValid(run);
    assert.match(run.stdout, /^Verified at 2026-06-15T12:00:00\.000Z, profile private\.$/m);
    assert.ok(run.stdout.includes(`\nTrust anchors: ${good.files.roots}, 1 certificate.\n`), run.stdout);
    assert.match(run.stdout, /^Path, leaf first:$/m);
    assert.match(run.stdout, /^ {2}0 {2}O=pagetls test, CN=good-p256\.pagetls\.test$/m);
    assert.match(run.stdout, /^ {2}2 {2}O=pagetls test, CN=pagetls Test Root$/m);
    assert.match(run.stdout, /^ {5}names {4}good-p256\.pagetls\.test, localhost, 127\.0\.0\.1$/m);
    assert.match(run.stdout, /^ {5}key {6}EC P-256, signed with ecdsa-with-SHA256$/m);
    assert.match(run.stdout, /^ {5}SHA-256 {2}[0-9A-F]{64}$/m);
  });

  /** @type {[string, ...string[]][]} */
  const bad = [
    ['expired', 'ERR_TLS_CERT_EXPIRED'],
    ['not-yet-valid', 'ERR_TLS_CERT_FUTURE'],
    ['wrong-host', 'ERR_TLS_CERT_CN_MISMATCH'],
    ['several', 'ERR_TLS_CERT_EXPIRED', 'ERR_TLS_CERT_CN_MISMATCH'],
    ['untrusted-root', 'ERR_TLS_CERT_NOT_TRUSTED'],
    ['self-signed', 'ERR_TLS_CERT_NOT_TRUSTED'],
    ['revoked', 'ERR_TLS_CERT_REVOKED'],
    ['crl-expired', 'ERR_TLS_CRL_EXPIRED'],
  ];
  for (const [id, ...codes] of bad) {
    test(`${id}: exits with 1 and prints each problem with its flag, its RFC and what to do`, async () => {
      const run = await pagetls(['verify', ...argsOf(id)]);
      assertInvalid(run, ...codes);
      for (const code of codes) {
        const flag = code.replace(/ERR_TLS_(CERT|CRL)_/, 'BAD$1_');
        const rule = id === 'self-signed' ? 'SELF_SIGNED' : undefined;
        const fix = /** @type {string} */ (fixOf({ code, flag, rule }));
        const lines = run.stdout.split('\n');
        const at = lines.findIndex((line) =>
          new RegExp(`^    ${code}, ${flag}; RFC \\d+, section [\\d.]+$`).test(line),
        );
        assert.ok(at > 0, run.stdout);
        assert.equal(lines[at + 1], `    What to do: ${fix}`);
      }
    });
  }

  test('--crl detects revocation, in PEM or DER, at any position; without it nothing is revoked', async () => {
    const revoked = pki('revoked');
    const args = ['verify', revoked.files.chain, '--ca', revoked.files.roots, '--host', revoked.hostname, ...at];
    assertValid(await pagetls(args));
    assert.ok(revoked.crl && revoked.files.crl);
    const lists = pemBlocks(revoked.crl).map((block, i) => ['--crl', writeTemporary(`revoked-${i}.crl`, derOf(block))]);
    assertInvalid(await pagetls([...args, ...lists.flat()]), 'ERR_TLS_CERT_REVOKED');
    assertInvalid(await pagetls([...args, ...lists.reverse().flat()]), 'ERR_TLS_CERT_REVOKED');
  });

  test('--ca accepts PEM and DER, and can be repeated', async () => {
    const anchor = writeTemporary('anchor.der', derOf(good.roots));
    const other = pki('good-rsa2048').files.roots;
    const args = ['verify', good.files.chain, '--host', good.hostname, ...at];
    assertValid(await pagetls([...args, '--ca', anchor]));
    assertInvalid(await pagetls([...args, '--ca', other]), 'ERR_TLS_CERT_NOT_TRUSTED');
    assertValid(await pagetls([...args, '--ca', other, '--ca', anchor]));
    assertValid(await pagetls([...args, '--ca', anchor, '--ca', other]));
  });

  test("--ca system is the system trust store, also together with files; without --ca it is Mozilla's", async () => {
    const args = ['verify', good.files.chain, '--host', good.hostname, ...at];
    const other = pki('good-rsa2048').files.roots;
    assertValid(await pagetls([...args, '--ca', 'system'], { SSL_CERT_FILE: good.files.roots }));
    assertValid(await pagetls([...args, '--ca', other, '--ca', 'system'], { SSL_CERT_FILE: good.files.roots }));
    assertValid(await pagetls([...args, '--ca', good.files.roots, '--ca', 'system'], { SSL_CERT_FILE: other }));
    assertInvalid(await pagetls([...args, '--ca', 'system'], { SSL_CERT_FILE: other }), 'ERR_TLS_CERT_NOT_TRUSTED');
    assertInvalid(await pagetls(args, { SSL_CERT_FILE: good.files.roots }), 'ERR_TLS_CERT_NOT_TRUSTED');
    assertFailed(await pagetls([...args, '--ca', 'system'], { SSL_CERT_FILE: '/nonexistent' }), /\/nonexistent/);
  });

  test("names the trust anchors: the version and date of Mozilla's list, or the files", async () => {
    const { version, date, size } = await TrustStore.mozilla();
    const args = ['verify', good.files.chain, ...at];
    const { stdout } = await pagetls(args);
    const line = `Trust anchors: Mozilla's root list ${version} of ${date}, ${size} certificates.`;
    assert.ok(stdout.split('\n').includes(line), stdout);
    assert.match(line, / \d+\.\d+ of 20\d\d-\d\d-\d\d, \d{2,} /);
    const { trust } = JSON.parse((await pagetls([...args, '--json'])).stdout);
    assert.deepEqual(trust, { sources: ["Mozilla's root list"], size, version, date });
    const both = [...args, '--ca', 'system', '--ca', good.files.roots, '--json'];
    const own = JSON.parse((await pagetls(both, { SSL_CERT_FILE: pki('good-rsa2048').files.roots })).stdout);
    assert.deepEqual(own.trust, { sources: ["the system's trust store", good.files.roots], size: 2 });
  });

  test('--at sets the verification time: a date, or a time with a time zone', async () => {
    const { files, hostname } = pki('expired'); // 2020-01-01T00:00:00Z to 2021-12-31T23:59:59Z
    const run = (/** @type {string} */ time) =>
      pagetls(['verify', '--json', files.leaf, '--ca', files.roots, '--host', hostname, '--at', time]);
    for (const [time, iso, expired] of /** @type {[string, string, boolean][]} */ ([
      ['2021-12-31', '2021-12-31T00:00:00.000Z', false],
      ['2021-12-31T23:59:59Z', '2021-12-31T23:59:59.000Z', false],
      ['2022-01-01T00:59:59+01:00', '2021-12-31T23:59:59.000Z', false],
      ['2022-01-01T00:00:00Z', '2022-01-01T00:00:00.000Z', true],
    ])) {
      const { verification } = JSON.parse((await run(time)).stdout);
      assert.equal(verification.time, iso);
      assert.equal(verification.flags.includes('BADCERT_EXPIRED'), expired, time);
    }
  });

  test('--host can be an IP address; without it no name is checked', async () => {
    const { files } = pki('good-ip');
    const args = ['verify', files.chain, '--ca', files.roots, ...at];
    assertValid(await pagetls([...args, '--host', '::1']));
    assertInvalid(await pagetls([...args, '--host', '::2']), 'ERR_TLS_CERT_CN_MISMATCH');
    assertValid(await pagetls(args));
    assertFailed(await pagetls([...args, '--host', '']), /host name/);
    assertFailed(await pagetls([...args, '--host', 'a b']), /"a b" is not a host name/);
  });

  test('--host can be an international name, have a final dot, or a zone; anything else is explained', async () => {
    const { files } = pki('good-idn');
    const args = ['verify', files.chain, '--ca', files.roots, ...at];
    for (const host of ['bücher.example', 'BÜCHER。example.', 'xn--bcher-kva.example']) {
      assertValid(await pagetls([...args, '--host', host]));
    }
    assertInvalid(await pagetls([...args, '--host', 'fe80::1%eth0']), 'ERR_TLS_CERT_CN_MISMATCH');
    for (const [host, why] of /** @type {[string, RegExp][]} */ ([
      ['https://bücher.example', /it is a URL: use 'host:port'/],
      ['bücher.example/x', /it has a path/],
      ['user@bücher.example', /it has a user name/],
      ['bücher.example:443', /it has a port/],
      ['bücher／.example', /UTS #46/],
      ['0x7f.1', /ends in a number/],
    ])) {
      assertFailed(await pagetls([...args, '--host', host]), why, /ERR_TLS_INVALID_ADDRESS/);
    }
  });

  test('--profile sets the rules for signatures and keys', async () => {
    const sha224 = argsOf('weak-hash-sha224');
    assertInvalid(await pagetls(['verify', ...sha224, '--profile', 'webpki']), 'ERR_TLS_CERT_BAD_MD');
    assertValid(await pagetls(['verify', ...sha224]));
    assertValid(await pagetls(['verify', ...sha224, '--profile', 'private']));
    assertValid(await pagetls(['verify', ...sha224, '--profile', 'rfc5280']));
    const { code } = await pagetls(['verify', ...argsOf('good-rsa2048'), '--profile', 'suiteb']);
    assert.equal(code, 1);
    assertFailed(
      await pagetls(['verify', ...goodArgs, '--profile', 'lax']),
      /lax/,
      /auto, webpki, private, rfc5280, suiteb/,
    );
  });

  test('--json prints one JSON document with the complete result', async () => {
    const { code, stdout, stderr } = await pagetls(['verify', '--json', ...argsOf('several')]);
    assert.equal(code, 1);
    assert.equal(stderr, '');
    const { file: name, verification } = JSON.parse(stdout);
    assert.equal(name, pki('several').files.chain);
    assert.equal(verification.ok, false);
    assert.equal(verification.time, CLOCK.toISOString());
    assert.deepEqual(verification.flags, ['BADCERT_EXPIRED', 'BADCERT_CN_MISMATCH']);
    assert.deepEqual(
      verification.problems.map((/** @type {{depth: number, code: string}} */ { depth, code }) => [depth, code]),
      [
        [0, 'ERR_TLS_CERT_EXPIRED'],
        [0, 'ERR_TLS_CERT_CN_MISMATCH'],
      ],
    );
    assert.equal(verification.path.length, 3);
    assert.equal(verification.sent.length, 2);
    assert.equal(Buffer.from(verification.path[0].der, 'base64').compare(derOf(pki('several').leaf)), 0);
    assert.equal(verification.path[0].pem, pki('several').leaf);
    const valid = await pagetls(['verify', '--json', ...goodArgs]);
    assert.equal(valid.code, 0);
    assert.deepEqual(JSON.parse(valid.stdout).verification.problems, []);
  });

  test('warnings are shown below the result, which they do not change', async () => {
    const { root, intermediate, leaf } = chain({ leaf: { notAfter: der.generalizedTime('20491231235959Z') } });
    const file = writeTemporary('warned.pem', [leaf, intermediate].map((one) => pem(one.der)).join(''));
    const args = [file, '--ca', writeTemporary('warned-root.pem', pem(root.der)), '--host', HOST];
    const run = await pagetls(['verify', ...args, '--at', NOW.toISOString()]);
    assertValid(
      run,
      /^Warnings, which do not affect the result:\n {2}certificate 0: .*GeneralizedTime.*: 20491231235959Z\n {4}ERR_TLS_CERT_VALIDITY_ENCODING/m,
    );
    const json = JSON.parse((await pagetls(['verify', ...args, '--at', NOW.toISOString(), '--json'])).stdout);
    assert.deepEqual(
      json.verification.warnings.map((/** @type {{rule: string, depth: number}} */ { rule, depth }) => [rule, depth]),
      [['GENERALIZED_TIME', 0]],
    );
    assert.deepEqual([json.verification.ok, json.verification.problems], [true, []]);
    const late = await pagetls(['verify', ...args, '--at', '2050-01-01T00:00:00Z']);
    assert.equal(late.code, 1);
    assert.match(late.stdout, /^The chain is NOT valid:\n {2}certificate 0: .*valid until 2049-12-31T23:59:59Z/m);
    assert.match(late.stdout, /^Warnings, which/m);
  });

  test('an unreadable leaf is a problem, and the rest of the chain is shown', async () => {
    const [leaf, intermediate] = pemBlocks(good.chain);
    const bytes = derOf(leaf);
    bytes.fill(0xff, 4, 40);
    const chain = writeTemporary('unparsable-leaf.pem', der.pem('CERTIFICATE', bytes) + intermediate);
    const run = await pagetls(['verify', chain, ...trusting]);
    assertInvalid(run, 'ERR_TLS_CERT_PARSE');
    assert.match(run.stdout, /^ {2}certificate 0: /m);
    assert.match(run.stdout, /^The chain was not verified further\.$/m);
    assert.match(run.stdout, new RegExp(`^Sent:\n  0  \\(cannot be read, ${bytes.length} bytes\\)$`, 'm'));
    assert.match(run.stdout, /^ {2}1 {2}O=pagetls test, CN=pagetls Test Intermediate$/m);
    const { verification } = JSON.parse((await pagetls(['verify', '--json', chain, ...trusting])).stdout);
    assert.equal(verification.time, CLOCK.toISOString());
    assert.deepEqual(verification.path, []);
    assert.deepEqual(Object.keys(verification.sent[0]), ['der', 'pem']);
  });

  test('an unreadable intermediate is not used, but is shown', async () => {
    const [leaf, intermediate] = pemBlocks(good.chain);
    const bytes = derOf(intermediate);
    bytes.fill(0xff, 4, 40);
    const chain = writeTemporary('unparsable.pem', leaf + der.pem('CERTIFICATE', bytes));
    const { code, stdout } = await pagetls(['verify', chain, ...trusting]);
    assert.equal(code, 1);
    assert.match(stdout, new RegExp(`^  1  \\(cannot be read, ${bytes.length} bytes\\)$`, 'm'));
    assert.match(stdout, /^ {2}0 {2}O=pagetls test, CN=good-p256/m);
  });

  test('an unsupported key is shown', async () => {
    const { files } = pki('good-p224-key');
    const { code, stdout } = await pagetls(['verify', files.chain, ...trusting]);
    assert.equal(code, 2); // nothing is known to be wrong with it
    assert.match(stdout, /ERR_TLS_CERT_KEY_UNSUPPORTED/);
    assert.doesNotMatch(stdout, /ERR_TLS_CERT_PARSE|cannot be read/);
    assert.match(stdout, /^ {5}key {6}EC P-224, signed with /m);
  });

  test('an Ed25519 chain of an own CA is valid, and webpki says why it is not', async () => {
    const { files } = pki('good-ed25519-key');
    const args = ['verify', files.chain, '--ca', files.roots];
    for (const profile of ['auto', 'private', 'rfc5280']) {
      const accepted = await pagetls([...args, '--profile', profile]);
      assert.equal(accepted.code, 0, accepted.stdout);
      assert.match(accepted.stdout, /^ {5}key {6}Ed25519 256 bits, signed with Ed25519$/m);
    }
    const rejected = await pagetls([...args, '--profile', 'webpki']);
    assert.equal(rejected.code, 1);
    assert.match(rejected.stdout, /Ed25519, which the Baseline Requirements do not allow/);
  });

  test('exits with 2 if only its unsupported keys or signatures keep a chain from being verified', async () => {
    const key = keyOf('Old', 'secp256k1');
    const old = authority('Old', undefined, { key });
    const chain = writeTemporary('unsupported.pem', der.pem('CERTIFICATE', server(old).der));
    const roots = writeTemporary('old.pem', der.pem('CERTIFICATE', old.der));
    const args = ['verify', chain, '--ca', roots, '--profile', 'rfc5280', ...at];
    const { code, stdout, stderr } = await pagetls([...args, '--host', HOST]);
    assert.deepEqual([code, stderr], [2, '']);
    assert.match(stdout, /^The chain could not be verified:$/m);
    assert.match(stdout, /ERR_TLS_CERT_KEY_UNSUPPORTED/);
    assert.match(
      stdout,
      /^Skipped:\n {2}.*old\.pem: PEM block 1 at line 1, O=Example, CN=Old, has a key .* secp256k1\.$/m,
    );
    const otherwise = await pagetls([...args, '--host', 'other.example']);
    assert.equal(otherwise.code, 1, 'its name is wrong, whatever its keys are');
  });

  test('lists what was skipped, with its file, block and line', async () => {
    const key = keyOf('Old', 'secp256k1');
    const old = der.pem('CERTIFICATE', authority('Old', undefined, { key }).der);
    const roots = writeTemporary('mixed-roots.pem', `${old}${good.roots}${good.key}`);
    const chain = writeTemporary('with-key.pem', good.key + good.chain);
    const revoked = pki('good-crl');
    const crl = writeTemporary('with-text.crl', `${revoked.crl}${revoked.leaf}`);
    const args = ['verify', chain, '--ca', roots, '--crl', crl, '--host', good.hostname, ...at];
    const run = await pagetls(args);
    assertValid(run);
    const skipped = run.stdout.slice(run.stdout.indexOf('\nSkipped:\n')).trim().split('\n').slice(1);
    const lines = skipped.map((line) => line.replace(/^ {2}.*\/([^/]+): /, '$1: '));
    assert.equal(lines.length, 4);
    assert.match(lines[0], /^mixed-roots\.pem: PEM block 1 at line 1, O=Example, CN=Old, has a key .* EC secp256k1\.$/);
    assert.match(
      lines[1],
      /^mixed-roots\.pem: PEM block 3 \(PRIVATE KEY\) at line \d+ is a private key, not a certificate\./,
    );
    assert.match(
      lines[2],
      /^with-key\.pem: PEM block 1 \(PRIVATE KEY\) at line 1 is a private key, not a certificate\./,
    );
    assert.match(lines[3], /^with-text\.crl: PEM block \d \(CERTIFICATE\) at line \d+ is a certificate, not a CRL\./);
    const json = JSON.parse((await pagetls([...args, '--json'])).stdout);
    assert.deepEqual(
      json.skipped.map((/** @type {any} */ { file, source, input, reason }) => [file, source, input, reason]),
      [
        [roots, 'trust', 0, 'unsupported'],
        [roots, 'trust', 0, 'other'],
        [chain, 'chain', 0, 'other'],
        [crl, 'crls', 0, 'other'],
      ],
    );
  });

  test('reads PKCS#7, and exits with 2 for other files, saying what they are', async () => {
    const roots = writeTemporary(
      'roots.p7b',
      await opensslBytes(['crl2pkcs7', '-nocrl', '-certfile', good.files.roots], ''),
    );
    const chain = await opensslBytes(['crl2pkcs7', '-nocrl', '-certfile', good.files.chain, '-outform', 'DER'], '');
    const p7b = writeTemporary('chain.p7b', chain);
    assertValid(await pagetls(['verify', p7b, '--ca', roots, '--host', good.hostname, ...at]));
    const args = ['pkcs12', '-export', '-inkey', good.files.key, '-in', good.files.leaf, '-passout', 'pass:x'];
    const p12 = writeTemporary('chain.p12', await opensslBytes(args, ''));
    const named = [
      /chain\.p12: .*This is a PKCS#12 file, not a certificate\..* openssl pkcs12 -in FILE/,
      /ERR_TLS_INVALID_CERTIFICATE/,
    ];
    assertFailed(await pagetls(['verify', p12, ...trusting]), ...named);
    assertFailed(await pagetls(['verify', good.files.chain, '--ca', p12]), ...named);
    const crl = [/chain\.p12: This is a PKCS#12 file, not a CRL/, /ERR_TLS_INVALID_CRL/];
    assertFailed(await pagetls(['verify', ...goodArgs, '--crl', p12]), ...crl);
  });

  test('the shared cases have the right exit codes', { skip: skipSharedCases }, async () => {
    const verify = (/** @type {string} */ chain, /** @type {string[]} */ ...roots) =>
      pagetls(['verify', sharedCasePath(chain), ...roots.flatMap((root) => ['--ca', sharedCasePath(root)]), ...at]);
    const bad = '02-one-bad-root-empties-store';
    assertValid(await verify(`${bad}/chain.pem`, `${bad}/bundle.pem`, `${bad}/secp256k1.pem`, `${bad}/rsa16384.pem`));
    const files = '16-unsupported-is-called-bad';
    assertValid(await verify(`${files}/bundle-p7b.pem`, `${files}/bundle.p7b`));
    assertFailed(await verify(`${files}/file.p12`, `${files}/p256-root.pem`), /file\.p12: This is a PKCS#12 file/);
    assertFailed(await verify('03-parse-skips-damaged-first/damaged.pem'), /PEM block 1 \(CERTIFICATE\) at line 1/);
  });

  const garbage = writeTemporary('garbage.pem', 'There is nothing in here.\n');
  const binary = writeTemporary('garbage.der', Buffer.from('3082ffff00', 'hex'));
  const empty = writeTemporary('empty.pem', '');
  const half = writeTemporary('half.pem', good.chain.slice(0, 200));
  /** @type {[string, string[], ...RegExp[]][]} */
  const unreadable = [
    ['a missing chain file', ['/nonexistent/chain.pem', ...trusting], /\/nonexistent\/chain\.pem .*ENOENT/],
    ['a directory for a chain', [directory, ...trusting], /EISDIR/],
    ['an empty chain', [empty, ...trusting], /empty\.pem: .*ERR_TLS_INVALID_CERTIFICATE/],
    ['text for a chain', [garbage, ...trusting], /garbage\.pem: .*ERR_TLS_INVALID_CERTIFICATE/],
    ['half a chain', [half, ...trusting], /half\.pem: .*ERR_TLS_INVALID_CERTIFICATE/],
    ['a missing trust anchor file', [...goodArgs, '--ca', '/nonexistent/ca.pem'], /\/nonexistent\/ca\.pem .*ENOENT/],
    ['text for a trust anchor', [...goodArgs, '--ca', garbage], /garbage\.pem: .*ERR_TLS_INVALID_CERTIFICATE/],
    ['bytes for a trust anchor', [...goodArgs, '--ca', binary], /garbage\.der: .*ERR_TLS_INVALID_CERTIFICATE/],
    ['a missing CRL file', [...goodArgs, '--crl', '/nonexistent/crl'], /\/nonexistent\/crl .*ENOENT/],
    ['a certificate for a CRL', [...goodArgs, '--crl', good.files.leaf], /leaf\.pem: .*ERR_TLS_INVALID_CRL/],
    ['bytes for a CRL', [...goodArgs, '--crl', binary], /garbage\.der: .*ERR_TLS_INVALID_CRL/],
  ];
  for (const [name, args, ...patterns] of unreadable) {
    test(`${name}: exits with 2 and names the file`, async () => {
      assertFailed(await pagetls(['verify', ...args]), ...patterns);
    });
  }
});

/** Escape sequences, C1 controls, a bell, a line break, and characters that reverse or hide text. */
const HOSTILE = 'evil\u001b[2J\u001b]0;title\u0007\r\nThe chain is valid.\u009b31m\u202egnp.exe\u2066\u200b\u2028';
const DANGEROUS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** A self-signed certificate with this text in all names. @param {{notBefore?: string | Uint8Array}} [fields] */
function hostileCertificate(fields = {}) {
  const signer = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
  /** @type {import('../../certs/names.js').Name} */
  const name = [{ O: HOSTILE, '1.3.6.1.4.1.99999.7': HOSTILE }, { CN: HOSTILE }];
  /** @type {import('../../certs/names.js').GeneralName[]} */
  const names = [{ dns: HOSTILE }, { uri: HOSTILE }, { email: HOSTILE }, { dirName: name }, { dns: 'ok.pagetls.test' }];
  const bytes = encodeCertificate({
    serial: 1n,
    issuer: name,
    notBefore: '2024-01-01T00:00:00Z',
    notAfter: '2049-12-31T23:59:59Z',
    subject: name,
    publicKey: signer,
    signer,
    extensions: [subjectAltName(names)],
    ...fields,
  });
  return { chain: der.pem('CERTIFICATE', bytes), key: privateKeyPem(signer) };
}

/** @param {string} output */
function assertHarmless(output) {
  for (const line of output.split('\n')) {
    assert.doesNotMatch(line, DANGEROUS);
    assert.doesNotMatch(line, /^The chain is valid/);
  }
}

describe('a chain with what is not supported', () => {
  /** @param {string} name @param {import('../helpers/chains.js').Change} leaf @param {string[]} [args] */
  const verifyLeaf = (name, leaf, args = []) => {
    const made = chain({ leaf });
    const pem = [made.leaf, made.intermediate].map((one) => der.pem('CERTIFICATE', one.der)).join('');
    const roots = writeTemporary(`${name}-roots.pem`, der.pem('CERTIFICATE', made.root.der));
    const at = ['--ca', roots, '--host', HOST, '--at', NOW.toISOString()];
    return pagetls(['verify', writeTemporary(`${name}.pem`, pem), ...at, ...args]);
  };
  const key = keyOf(HOST, 'secp256k1');

  test('could not be verified: exit code 2, and what is not supported', async () => {
    const run = await verifyLeaf('unsupported', { key });
    assert.equal(run.code, 2, run.stdout);
    assert.match(
      run.stdout,
      /^The chain could not be verified:\n {2}certificate 0: Its key is not supported: secp256k1$/m,
    );
    assert.equal((await verifyLeaf('unsupported', { key }, ['--json'])).code, 2);
  });
  test('is not valid if anything else speaks against it: exit code 1', async () => {
    const run = await verifyLeaf('unsupported-expired', { key, notAfter: '2026-02-01T00:00:00Z' });
    assert.equal(run.code, 1, run.stdout);
    assert.match(run.stdout, /^The chain is NOT valid:/);
  });
});

describe('the output has no control characters', () => {
  const hostile = hostileCertificate();
  const path = writeTemporary('hostile.pem', hostile.chain);
  const args = [path, '--host', 'other.pagetls.test', ...trusting];

  test('from names of a certificate', async () => {
    const run = await pagetls(['verify', ...args]);
    assert.equal(run.code, 1);
    assertHarmless(run.stdout);
    assert.match(run.stdout, /evil‹U\+001B›\[2J/);
  });
  test('from names of a certificate, which are escaped but complete in JSON', async () => {
    const { code, stdout } = await pagetls(['verify', '--json', ...args]);
    assert.equal(code, 1);
    assertHarmless(stdout);
    const { sent } = JSON.parse(stdout).verification;
    assert.equal(sent[0].subject.attributes[0].value, HOSTILE);
  });
  test('from dates of a certificate', async () => {
    const { chain } = hostileCertificate({ notBefore: der.utcTime('24\u001b[2J0000Z') });
    const run = await pagetls(['verify', writeTemporary('hostile-date.pem', chain), ...trusting]);
    assertInvalid(
      run,
      ...['ERR_TLS_CERT_TIME_UNREADABLE', 'ERR_TLS_CERT_VALIDITY_ENCODING', 'ERR_TLS_CERT_NOT_TRUSTED'],
      ...['ERR_TLS_CERT_AKI_MISSING', 'ERR_TLS_CERT_EXT_KEY_USAGE_MISSING'],
    );
    assertHarmless(run.stdout);
    assert.match(run.stdout, /cannot be read: 24\\1b\[2J0000Z$/m);
    assert.match(run.stdout, /valid {4}24‹U\+001B›\[2J0000Z to /);
  });
  test('from certificates sent by a server', async (t) => {
    const server = await startNodeTls({ ...good, ...hostile });
    t.after(() => server.close());
    const run = await pagetls(['inspect', `127.0.0.1:${server.port}`, '--servername', good.hostname, ...trusting]);
    assert.equal(run.code, 1);
    assertHarmless(run.stdout);
    assert.match(run.stdout, /evil‹U\+001B›\[2J/);
  });
  test('from the close reason of a bridge', async (t) => {
    const bridge = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    t.after(() => bridge.close());
    await once(bridge, 'listening');
    bridge.on('connection', (socket) => socket.close(4403, 'no\u001b[2J\nno'));
    const { port } = /** @type {import('node:net').AddressInfo} */ (bridge.address());
    const run = await pagetls(['inspect', 'a.example', '--bridge', `ws://127.0.0.1:${port}`]);
    assertFailed(run, /no\ufffd\[2J\ufffdno/, /ERR_TLS_BRIDGE_REFUSED/);
    assert.equal(run.stderr.split('\n').length, 2);
  });
});

describe('pagetls inspect', () => {
  /** @type {Awaited<ReturnType<typeof startNodeTls>>} */
  let server;
  /** @type {string} */
  let target;
  before(async () => {
    server = await startNodeTls(good, { ALPNProtocols: ['h2', 'http/1.1'] });
    target = `127.0.0.1:${server.port}`;
  });
  after(() => server.close());
  const goodOptions = ['--servername', good.hostname, ...trusting];

  test('a valid server: exits with 0 and prints the protocol, the cipher suite and the path', async () => {
    const run = await pagetls(['inspect', target, ...goodOptions]);
    assertValid(run, new RegExp(`^${target}: TLSv1\\.3, TLS_\\w+$`, 'm'));
    assert.match(run.stdout, /^Key exchange X25519; the server signed with ecdsa_secp256r1_sha256$/m);
    assert.match(run.stdout, /^Trust anchors: .*roots\.pem, 1 certificate\.$/m);
    assert.match(run.stdout, /^SNI good-p256\.pagetls\.test; connected in [\d.]+ ms, handshake in [\d.]+ ms$/m);
    assert.match(run.stdout, /^ {2}2 {2}O=pagetls test, CN=pagetls Test Root$/m);
  });

  test('--cert and --key, one file, --pfx and --passphrase-file: the server gets the client certificate', async () => {
    const { credentials, ca } = /** @type {NonNullable<Case['clients']>} */ (pki('client').clients);
    const { chain: cert, key } = credentials.good;
    const { chain: otherCert, key: otherKey } = credentials.other;
    const files = { cert, key, both: key + cert, passphrase: 'a b\r\nsecond line\n', otherCert, otherKey };
    const [certFile, keyFile, both, passphrase, otherCertFile, otherKeyFile] = Object.entries(files).map(
      ([name, text]) => writeTemporary(`identity-${name}`, text),
    );
    const pfx = writeTemporary(
      'identity.p12',
      await opensslBytes(['pkcs12', '-export', '-in', both, '-passout', 'pass:a b'], ''),
    );
    /** @type {(string | undefined)[]} */
    const seen = [];
    const asking = await startNodeTls(good, { requestCert: true, rejectUnauthorized: false, ca }, (socket) => {
      seen.push(socket.getPeerX509Certificate()?.toString());
    });
    const address = `127.0.0.1:${asking.port}`;
    for (const identity of [
      ['--cert', certFile, '--key', keyFile],
      ['--cert', both],
      ['--pfx', pfx, '--passphrase-file', passphrase],
      ['--cert', otherCertFile, '--key', otherKeyFile, '--cert', certFile, '--key', keyFile],
      ['--cert', otherCertFile, '--cert', certFile, '--key', keyFile, '--key', otherKeyFile],
    ]) {
      assertValid(await pagetls(['inspect', address, ...goodOptions, ...identity]), /TLSv1\.3/);
    }
    assert.deepEqual(seen, Array(5).fill(pemBlocks(cert)[0]));
    assertFailed(await pagetls(['inspect', address, ...goodOptions, '--pfx', pfx]), /--passphrase-file/);
    assertFailed(
      await pagetls(['inspect', address, ...goodOptions, '--pfx', pfx, '--passphrase-file', keyFile]),
      /ERR_TLS_PASSPHRASE_WRONG/,
    );
    await asking.close();
  });

  test('--json prints the protocol, the cipher suite, the name, the timing and the verification', async () => {
    const { code, stdout, stderr } = await pagetls(['inspect', '--json', target, ...goodOptions, '--alpn', 'http/1.1']);
    assert.equal(stderr, '');
    assert.equal(code, 0);
    const info = JSON.parse(stdout);
    assert.equal(info.target, target);
    assert.equal(info.protocol, 'TLSv1.3');
    assert.match(info.cipher, /^TLS_[A-Z0-9_]+$/);
    assert.equal(info.alpn, 'http/1.1');
    assert.equal(info.servername, good.hostname);
    assert.ok(info.timing.handshake > 0);
    assert.equal(info.verification.ok, true);
    assert.deepEqual(info.verification.problems, []);
    assert.equal(info.verification.path.length, 3);
    assert.equal(info.verification.sent.length, 2);
    assert.match(info.verification.path[0].fingerprints.sha256, /^[0-9A-F]{64}$/);
  });

  test('--alpn offers the protocols and shows the selected one', async () => {
    const both = await pagetls(['inspect', target, ...goodOptions, '--alpn', 'http/1.1,h2']);
    assertValid(both, /, ALPN h2$/m);
    assertFailed(await pagetls(['inspect', target, ...goodOptions, '--alpn', '']), /ALPN/);
    assertFailed(await pagetls(['inspect', target, ...goodOptions, '--alpn', 'nothing']), /no_application_protocol/);
  });

  test('--groups and --sigalgs: offers only these', async () => {
    const offered = ['--groups', 'P-384,X25519', '--sigalgs', 'ecdsa_secp384r1_sha384,ecdsa_secp256r1_sha256'];
    assertValid(await pagetls(['inspect', target, ...goodOptions, ...offered]), /TLSv1\.3/);
    const without = await pagetls(['inspect', target, ...goodOptions, '--sigalgs', 'rsa_pss_rsae_sha256']);
    assertFailed(without, /handshake_failure/);
    for (const list of ['', 'X25519,', 'x25519,X25519', 'P-255']) {
      assertFailed(
        await pagetls(['inspect', target, ...goodOptions, '--groups', list]),
        /groups/,
        /ERR_TLS_INVALID_OPTION/,
      );
    }
    assertFailed(await pagetls(['inspect', target, ...goodOptions, '--sigalgs', 'rsa']), /signatureAlgorithms/);
  });

  test('--servername defaults to the host; an IP address is not sent as SNI', async () => {
    const run = await pagetls(['inspect', target, ...trusting]);
    assertValid(run, /^SNI not sent \(IP address\)/m);
    assertInvalid(
      await pagetls(['inspect', target, ...trusting, '--servername', 'other.pagetls.test']),
      'ERR_TLS_CERT_CN_MISMATCH',
    );
    assertFailed(await pagetls(['inspect', target, ...trusting, '--servername', 'a b']), /"a b"/);
  });

  for (const [id, code] of [
    ['expired', 'ERR_TLS_CERT_EXPIRED'],
    ['wrong-host', 'ERR_TLS_CERT_CN_MISMATCH'],
    ['untrusted-root', 'ERR_TLS_CERT_NOT_TRUSTED'],
    ['revoked', 'ERR_TLS_CERT_REVOKED'],
    ['ext-key-usage', 'ERR_TLS_CERT_EXT_KEY_USAGE'],
  ]) {
    test(`${id}: exits with 1 and prints the negotiated parameters`, async (t) => {
      const bad = pki(id);
      const other = await startNodeTls(bad);
      t.after(() => other.close());
      const [, ...options] = argsOf(id);
      const args = options.map((arg) => (arg === '--host' ? '--servername' : arg));
      const run = await pagetls(['inspect', `127.0.0.1:${other.port}`, ...args]);
      assertInvalid(run, code);
      assert.match(run.stdout, /: TLSv1\.3, TLS_\w+$/m);
    });
  }

  /**
   * A server whose leaf is changed in transit. TLS 1.2 does not encrypt certificates.
   * @param {import('node:test').TestContext} t
   * @param {(leaf: Buffer) => void} change in place
   */
  async function startTampered(t, change) {
    const old = await startNodeTls(good, { maxVersion: 'TLSv1.2' });
    const leaf = derOf(good.leaf);
    const relay = await startRelay(old.port, {
      fromServer(chunk) {
        const start = chunk.indexOf(leaf);
        if (start >= 0) {
          change(chunk.subarray(start, start + leaf.length));
        }
        return chunk;
      },
    });
    t.after(() => relay.close().then(() => old.close()));
    return `127.0.0.1:${relay.port}`;
  }

  test('an unreadable certificate: exits with 1 and prints the reason', async (t) => {
    const version = der.constructed(0, der.integer(2));
    const target = await startTampered(t, (leaf) => leaf.set(NEGATIVE_VERSION, leaf.indexOf(version)));
    const args = ['inspect', target, ...goodOptions];
    const run = await pagetls(args);
    assertInvalid(run, 'ERR_TLS_CERT_PARSE');
    assert.match(run.stdout, /^ {4}What to do: Its version has an invalid value\. /m);
    assert.match(run.stdout, new RegExp(`^${target}: no connection: a certificate cannot be read$`, 'm'));
    assert.match(run.stdout, /^Sent:\n {2}0 {2}\(cannot be read, \d+ bytes\)$/m);
    const { code, stdout } = await pagetls([...args, '--json']);
    assert.equal(code, 1);
    const { target: asked, verification } = JSON.parse(stdout);
    assert.equal(asked, target);
    assert.equal(verification.ok, false);
    assert.equal(verification.time, CLOCK.toISOString());
    const [{ code: problem, field, reason }] = verification.problems;
    assert.deepEqual([problem, field, reason], ['ERR_TLS_CERT_PARSE', 'version', 'bad-value']);
  });

  test('an unsupported key in a certificate that was changed: exits with 1 and prints the chain', async (t) => {
    // Replaces id-ecPublicKey by an unknown OID.
    const target = await startTampered(t, (leaf) =>
      leaf.set(der.oid('1.2.840.10045.2.9'), leaf.indexOf(der.oid('1.2.840.10045.2.1'))),
    );
    const args = ['inspect', target, ...goodOptions];
    const run = await pagetls(args);
    assert.equal(run.code, 1);
    assert.equal(run.stderr, '');
    assert.match(run.stdout, new RegExp(`^${target}: no connection: The server's key is malformed or not supported,`));
    assert.match(run.stdout, /^ {4}ERR_TLS_CERT_KEY_UNSUPPORTED, BADCERT_BAD_PK; /m);
    assert.match(run.stdout, /^ {4}What to do: Get a certificate for an RSA key, /m);
    assert.match(run.stdout, /^Path, leaf first:\n {2}0 {2}O=pagetls test, CN=good-p256/m);
    const { code, stdout } = await pagetls([...args, '--json']);
    assert.equal(code, 1);
    assert.equal(JSON.parse(stdout).verification.problems[0].rule, 'KEY_UNSUPPORTED');
  });

  test('a server with a key that is not supported: exits with 2 and prints what it is', async (t) => {
    const made = chain({ leaf: { key: keyOf(HOST, 'ed448') } });
    const roots = writeTemporary('ed448-roots.pem', pem(made.root.der));
    const args = ['--ca', roots, '--servername', HOST, '--at', NOW.toISOString()];
    const honest = await startNodeTls(good, { maxVersion: 'TLSv1.2' });
    const relay = swappingRelay(() => honest.port, [made.leaf.der, made.intermediate.der]);
    await once(relay.listen(0, '127.0.0.1'), 'listening');
    t.after(() => Promise.all([relay.close(), honest.close()]));
    const { port } = /** @type {import('node:net').AddressInfo} */ (relay.address());
    const { code, stdout, stderr } = await pagetls(['inspect', `127.0.0.1:${port}`, ...args]);
    assert.deepEqual([code, stderr], [2, '']);
    assert.match(stdout, /^127\.0\.0\.1:\d+: no connection: The server's key is malformed or not supported/);
    assert.match(stdout, /^The chain could not be verified:\n {2}certificate 0: Its key is not supported: Ed448/m);

    // OpenSSL does not even send such a certificate to a client that does not offer Ed448.
    const files = { leaf: writeTemporary('ed448.pem', pem(made.leaf.der)), key: '' };
    files.key = writeTemporary('ed448.key', privateKeyPem(made.leaf.key));
    const served = /** @type {Case} */ (
      /** @type {unknown} */ ({ chain: pem(made.leaf.der) + pem(made.intermediate.der), server: {}, files })
    );
    const openssl = await startOpenssl(served);
    t.after(() => openssl.close());
    assertFailed(
      await pagetls(['inspect', `127.0.0.1:${openssl.port}`, ...args]),
      /fatal alert 40 \(handshake_failure\)\. Client and server have no .* in common \(perhaps the server’s key is not/,
      /\[ERR_TLS_ALERT\]/,
    );
  });

  test('a silent server: exits with 2 after --timeout', async (t) => {
    const silent = createServer(() => {});
    t.after(() => silent.close());
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (silent.address());
    assertFailed(await pagetls(['inspect', `127.0.0.1:${port}`, '--timeout', '200']), /ERR_TLS_TIMEOUT/);
  });

  test('a server that closes at once, or does not speak TLS: exits with 2', async (t) => {
    let greeting = '';
    const other = createServer((socket) => {
      socket.on('error', () => {});
      socket.end(greeting);
    });
    t.after(() => other.close());
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (other.address());
    assertFailed(await pagetls(['inspect', `127.0.0.1:${port}`]), /ERR_TLS_HANDSHAKE_CLOSED/);
    greeting = 'SSH-2.0-OpenSSH_9.2\r\n';
    assertFailed(await pagetls(['inspect', `127.0.0.1:${port}`]), /ERR_TLS_/);
  });

  test('a closed port, or a name without address: exits with 2', async () => {
    const gone = createServer();
    await once(gone.listen(0, '127.0.0.1'), 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (gone.address());
    gone.close();
    await once(gone, 'close');
    assertFailed(await pagetls(['inspect', `127.0.0.1:${port}`]), new RegExp(`${port}`), /ERR_TLS_CONNECT_REFUSED/);
    assertFailed(await pagetls(['inspect', 'nothing.invalid']), /nothing\.invalid/, /ERR_TLS_HOST_NOT_FOUND/);
  });

  for (const wrong of [
    '',
    'a b',
    'a:0',
    'a:70000',
    'https://a.example',
    '1.2.3',
    'ü@a',
    '0x7f.1:443',
    'a.example:443/',
  ]) {
    test(`${JSON.stringify(wrong)} as the target: exits with 2 and names it`, async () => {
      assertFailed(await pagetls(['inspect', wrong]), /ERR_TLS_INVALID_ADDRESS/, new RegExp(JSON.stringify(wrong)));
    });
  }

  test('reads files before it connects', async (t) => {
    let connected = false;
    const watched = createServer(() => {
      connected = true;
    });
    t.after(() => watched.close());
    await once(watched.listen(0, '127.0.0.1'), 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (watched.address());
    const args = ['inspect', `127.0.0.1:${port}`];
    assertFailed(await pagetls([...args, '--ca', '/nonexistent/ca']), /\/nonexistent\/ca/);
    assertFailed(await pagetls([...args, '--crl', good.files.leaf]), /leaf\.pem: .*ERR_TLS_INVALID_CRL/);
    assertFailed(await pagetls([...args, '--profile', 'lax']), /lax/);
    assert.equal(connected, false);
  });
});

describe('pagetls inspect --bridge', () => {
  const origin = 'https://tools.pagetls.test';
  /** @type {Awaited<ReturnType<typeof startNodeTls>>} */
  let server;
  /** @type {Awaited<ReturnType<typeof startBridge>>} */
  let bridge;
  /** @type {string[]} */
  let args;
  before(async () => {
    server = await startNodeTls(good);
    const target = `127.0.0.1:${server.port}`;
    bridge = await startBridge({ origins: [origin], allowTargets: [target], allowMissingOrigin: false });
    args = ['inspect', target, '--servername', good.hostname, ...trusting, '--bridge', bridge.url];
  });
  after(async () => {
    await bridge?.close();
    await server?.close();
  });

  test('connects with an allowed origin', async () => {
    assertValid(await pagetls([...args, '--origin', origin]), /^127\.0\.0\.1:\d+: TLSv1\.3, TLS_\w+$/m);
  });
  test('exits with 2 if the bridge rejects the origin, or there is none', async () => {
    assertFailed(await pagetls(args), /ERR_TLS_BRIDGE_UNREACHABLE/, /403/);
    assertFailed(
      await pagetls([...args, '--origin', 'https://other.pagetls.test']),
      /ERR_TLS_BRIDGE_UNREACHABLE/,
      /403/,
    );
  });
  test('exits with 2 if the bridge does not allow the target', async () => {
    const [, , ...rest] = args;
    assertFailed(await pagetls(['inspect', '127.0.0.1:1', ...rest, '--origin', origin]), /ERR_TLS_BRIDGE_REFUSED/);
  });
  test('exits with 2 if the bridge is unreachable or its URL is invalid', async () => {
    const gone = createServer();
    await once(gone.listen(0, '127.0.0.1'), 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (gone.address());
    gone.close();
    await once(gone, 'close');
    const toBridge = ['inspect', 'a.example', '--bridge'];
    assertFailed(await pagetls([...toBridge, `ws://127.0.0.1:${port}`]), /ERR_TLS_BRIDGE_UNREACHABLE/);
    assertFailed(await pagetls([...toBridge, 'nothing']), /bridge: "nothing" is not a URL/);
    assertFailed(await pagetls([...toBridge, 'ftp://a.example']), /ftp:\/\/a\.example/);
  });
});
