// Signed targets on a running bridge, with tokens created by another implementation: node:crypto.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { closeEvent, dial, startTarget, until } from '../helpers/bridge-clients.js';
import { bridgePython, startBridgeWithFakeNetwork } from '../helpers/bridge.js';

const PAGE = 'https://page.test';
const PUBLIC = '93.184.215.14';

/** @param {unknown} part */
const encode = (part) => (Buffer.isBuffer(part) ? part : Buffer.from(JSON.stringify(part))).toString('base64url');

/**
 * A JWT with any header and claims; Buffers are used as they are, other values become JSON.
 * @param {unknown} header
 * @param {unknown} claims
 * @param {Buffer} key
 * @param {string} [hash]
 */
function jwt(header, claims, key, hash = 'sha256') {
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${createHmac(hash, key).update(signed).digest('base64url')}`;
}

const now = () => Math.floor(Date.now() / 1000);

describe('signed targets', { timeout: 60_000 }, () => {
  const [first, second, stranger] = [randomBytes(32), randomBytes(64), randomBytes(32)];
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-keys-'));
  const keyFile = join(folder, 'keys');
  /** @type {Awaited<ReturnType<typeof startBridgeWithFakeNetwork>>} */
  let bridge;
  /** @type {Awaited<ReturnType<typeof startBridgeWithFakeNetwork>>} */
  let listed;
  /** @type {Awaited<ReturnType<typeof startTarget>>} */
  let source;
  /** @type {string[]} */
  const sentTokens = [];

  before(async () => {
    writeFileSync(keyFile, `# new\none ${encode(first)}\n# old\ntwo ${encode(second)}\n`, { mode: 0o600 });
    source = await startTarget((socket) => socket.end('hello'));
    const names = { 'public.test.': [[PUBLIC]], 'private.test.': [['10.0.0.1']] };
    const options = { origins: [PAGE, 'https://other.test'], allowTargets: [source.token] };
    bridge = await startBridgeWithFakeNetwork({ names }, { ...options, args: ['--key-file', keyFile] });
    listed = await startBridgeWithFakeNetwork(
      { names },
      { ...options, args: ['--key-file', keyFile, '--host', 'public.test'] },
    );
  });

  after(async () => {
    await bridge.close();
    await listed.close();
    await source.close();
    rmSync(folder, { recursive: true });
  });

  /** @param {string} token @param {string} [origin] @param {{url: string}} [at] */
  async function closeOf(token, origin = PAGE, at = bridge) {
    sentTokens.push(token);
    return closeEvent(dial(at, token, { origin }));
  }

  const claims = (/** @type {object} */ more = {}) => ({ target: source.token, exp: now() + 60, ...more });
  const hs256 = (/** @type {unknown} */ body, key = first) => jwt({ alg: 'HS256', typ: 'JWT' }, body, key);

  test('a valid token reaches its target, with either key, with and without kid', async () => {
    for (const [header, key] of /** @type {[object, Buffer][]} */ ([
      [{ alg: 'HS256' }, first],
      [{ alg: 'HS256', typ: 'JWT', kid: 'one' }, first],
      [{ alg: 'HS256' }, second],
      [{ kid: 'two', alg: 'HS256' }, second],
    ])) {
      assert.equal((await closeOf(jwt(header, claims(), key))).code, 1000);
    }
    const bound = hs256(claims({ origin: PAGE, iat: now(), nbf: now() - 1, sub: 'someone' }));
    assert.equal((await closeOf(bound)).code, 1000);
  });

  test('sign.py creates valid tokens', async () => {
    const program = fileURLToPath(new URL('../../bridge/sign.py', import.meta.url));
    const args = [program, '--key-file', keyFile, '--target', source.token, '--life', '60', '--origin', PAGE];
    const { stdout } = await promisify(execFile)(bridgePython(), args);
    assert.equal((await closeOf(stdout.trim())).code, 1000);
    assert.equal((await closeOf(stdout.trim(), 'https://other.test')).code, 4401);
  });

  test('a token overrides --host, but neither --port nor the checks of addresses', async () => {
    const of = (/** @type {string} */ target) => hs256(claims({ target }));
    for (const at of [bridge, listed]) {
      assert.equal((await closeOf(of('public.test:443'), PAGE, at)).code, 4502);
      assert.equal((await closeOf(of(`${PUBLIC}:443`), PAGE, at)).code, 4502);
      assert.equal((await closeOf(of('public.test:22'), PAGE, at)).code, 4403);
      assert.equal((await closeOf(of('private.test:443'), PAGE, at)).code, 4403);
      assert.equal((await closeOf(of('127.0.0.1:443'), PAGE, at)).code, 4403);
      assert.deepEqual(at.dialled(), [[PUBLIC], [PUBLIC]]);
    }
  });

  test('without --host, every target needs a signed token; with it, allowed hosts need none', async () => {
    const unsigned = { code: 4401, reason: 'unauthorized: this target needs a signed token' };
    assert.deepEqual(await closeOf('public.test:443'), unsigned);
    assert.deepEqual(await closeOf(source.token), unsigned);
    assert.deepEqual(bridge.asked().length, bridge.dialled().length);
    assert.equal((await closeOf('public.test:443', PAGE, listed)).code, 4502);
    assert.equal((await closeOf(`${PUBLIC}:443`, PAGE, listed)).code, 4403);
  });

  /** @type {[string, () => string, string][]} */
  const invalidTokens = [
    ['an expired token', () => hs256(claims({ exp: now() - 1 })), 'the token has expired'],
    ['a token that is not yet valid', () => hs256(claims({ nbf: now() + 120 })), 'the token is not yet valid'],
    [
      'a token issued in the future',
      () => hs256(claims({ iat: now() + 120, exp: now() + 180 })),
      'the token is not yet valid',
    ],
    ['too long a lifetime', () => hs256(claims({ exp: now() + 3600 })), "the token's lifetime is too long"],
    ['too long a lifetime since iat', () => hs256(claims({ iat: now() - 3600 })), "the token's lifetime is too long"],
    ['a missing exp', () => hs256({ target: source.token }), 'the token is malformed'],
    ['an infinite exp', () => hs256(Buffer.from(`{"target":"${source.token}","exp":1e999}`)), 'the token is malformed'],
    ['a missing target', () => hs256({ exp: now() + 60 }), 'the token is malformed'],
    ['an invalid target', () => hs256(claims({ target: '127.1:443' })), 'the token is malformed'],
    ['an audience', () => hs256(claims({ aud: 'another' })), 'the token is malformed'],
    ['another origin', () => hs256(claims({ origin: 'https://other.test' })), 'the token is for another origin'],
    ['an unknown key', () => hs256(claims(), stranger), "the token's signature is invalid"],
    ['an empty key', () => hs256(claims(), Buffer.alloc(0)), "the token's signature is invalid"],
    [
      'the kid of another key',
      () => jwt({ alg: 'HS256', kid: 'two' }, claims(), first),
      "the token's signature is invalid",
    ],
    [
      'an unknown kid',
      () => jwt({ alg: 'HS256', kid: '/dev/null' }, claims(), first),
      "the token's signature is invalid",
    ],
    ['a kid that is a list', () => jwt({ alg: 'HS256', kid: ['one'] }, claims(), first), 'the token is malformed'],
    ['alg none', () => `${encode({ alg: 'none' })}.${encode(claims())}.`, 'the token is malformed'],
    ['alg none, signed', () => jwt({ alg: 'none' }, claims(), first), 'the token is malformed'],
    ['alg HS512', () => jwt({ alg: 'HS512' }, claims(), first, 'sha512'), 'the token is malformed'],
    ['HS512 called HS256', () => jwt({ alg: 'HS256' }, claims(), first, 'sha512'), "the token's signature is invalid"],
    ['RS256 with the HMAC key', () => jwt({ alg: 'RS256' }, claims(), first), 'the token is malformed'],
    ['a real RS256', () => rs256(), 'the token is malformed'],
    ['two algs', () => jwt(Buffer.from('{"alg":"none","alg":"HS256"}'), claims(), first), 'the token is malformed'],
    ['crit', () => jwt({ alg: 'HS256', crit: ['exp'] }, claims(), first), 'the token is malformed'],
    ['an embedded key', () => jwt({ alg: 'HS256', jwk: { kty: 'oct' } }, claims(), stranger), 'the token is malformed'],
    [
      'two targets',
      () => hs256(Buffer.from(`{"target":"a.test:443","target":"b.test:443","exp":${now() + 9}}`)),
      'the token is malformed',
    ],
    [
      'two exps',
      () => hs256(Buffer.from(`{"target":"a.test:443","exp":1,"exp":${now() + 9}}`)),
      'the token is malformed',
    ],
    ['a token that is too long', () => hs256(claims({ padding: 'x'.repeat(2000) })), 'the token is malformed'],
    ['a token that is far too long', () => hs256(claims({ padding: 'x'.repeat(40_000) })), 'the token is malformed'],
    ['deeply nested claims', () => hs256(Buffer.from('['.repeat(1400))), 'the token is malformed'],
    ['a truncated signature', () => hs256(claims()).slice(0, -3), "the token's signature is invalid"],
    ['padding', () => `${hs256(claims())}=`, 'the token is malformed'],
    [
      'claims that the signature does not cover',
      () => hs256(claims()).replace(/\..*\./, `.${encode(claims({ target: 'a.test:443' }))}.`),
      "the token's signature is invalid",
    ],
  ];

  function rs256() {
    const signed = `${encode({ alg: 'RS256' })}.${encode(claims())}`;
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
  }

  for (const [name, token, why] of invalidTokens) {
    test(`${name} is rejected with 4401`, async () => {
      assert.deepEqual(await closeOf(token()), { code: 4401, reason: `unauthorized: ${why}` });
    });
  }

  test('two token parameters are rejected, even if one is valid', async () => {
    assert.equal((await closeOf(`${hs256(claims())}&token=${source.token}`)).code, 4400);
  });

  test('the log contains the target and the name of the key, but no other part of a token', async () => {
    const ours = () => bridge.lines().filter((line) => line.target === source.token && line.code === 1000);
    const before = ours().length;
    await closeOf(hs256(claims()));
    await until(() => ours().length > before);
    assert.ok(ours().every((line) => line.kid === 'one' || line.kid === 'two'));
    for (const log of [bridge.stderr(), listed.stderr()]) {
      for (const token of sentTokens.filter((token) => token.includes('.ey') || token.length > 100)) {
        for (const part of token.split('.')) if (part.length > 12) assert.ok(!log.includes(part), part);
      }
      assert.ok(!log.includes(encode(first)) && !log.includes(encode(second)));
    }
    assert.ok(bridge.lines().some((line) => line.code === 4401 && line.target === '' && !('kid' in line)));
  });
});
