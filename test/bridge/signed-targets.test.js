// Signed targets on the running bridge, with tokens of another maker: node:crypto.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHmac, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { closing, dial, startTarget, until } from '../helpers/bridge-clients.js';
import { bridgePython, startFencedBridge } from '../helpers/bridge.js';

const PAGE = 'https://page.test';
const PUBLIC = '93.184.215.14';

/** @param {unknown} part */
const encode = (part) => (Buffer.isBuffer(part) ? part : Buffer.from(JSON.stringify(part))).toString('base64url');

/**
 * A JWT of anything; Buffers stand for themselves.
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
  /** @type {Awaited<ReturnType<typeof startFencedBridge>>} */
  let bridge;
  /** @type {Awaited<ReturnType<typeof startFencedBridge>>} */
  let listed;
  /** @type {Awaited<ReturnType<typeof startTarget>>} */
  let source;
  /** Every token that was ever sent. @type {string[]} */
  const sent = [];

  before(async () => {
    writeFileSync(keyFile, `# new\none ${encode(first)}\n# old\ntwo ${encode(second)}\n`, { mode: 0o600 });
    source = await startTarget((socket) => socket.end('hello'));
    const names = { 'public.test.': [[PUBLIC]], 'private.test.': [['10.0.0.1']] };
    const options = { origins: [PAGE, 'https://other.test'], allowTargets: [source.token] };
    bridge = await startFencedBridge({ names }, { ...options, args: ['--key-file', keyFile] });
    listed = await startFencedBridge({ names }, { ...options, args: ['--key-file', keyFile, '--host', 'public.test'] });
  });

  after(async () => {
    await bridge.close();
    await listed.close();
    await source.close();
    rmSync(folder, { recursive: true });
  });

  /** @param {string} token @param {string} [origin] @param {{url: string}} [at] */
  async function outcome(token, origin = PAGE, at = bridge) {
    sent.push(token);
    return closing(dial(at, token, { origin }));
  }

  const claims = (/** @type {object} */ more = {}) => ({ target: source.token, exp: now() + 60, ...more });
  const hs256 = (/** @type {unknown} */ body, key = first) => jwt({ alg: 'HS256', typ: 'JWT' }, body, key);

  test('a good token reaches its target, with each key, with and without its name', async () => {
    for (const [header, key] of /** @type {[object, Buffer][]} */ ([
      [{ alg: 'HS256' }, first],
      [{ alg: 'HS256', typ: 'JWT', kid: 'one' }, first],
      [{ alg: 'HS256' }, second],
      [{ kid: 'two', alg: 'HS256' }, second],
    ])) {
      assert.equal((await outcome(jwt(header, claims(), key))).code, 1000);
    }
    const bound = hs256(claims({ origin: PAGE, iat: now(), nbf: now() - 1, sub: 'someone' }));
    assert.equal((await outcome(bound)).code, 1000);
  });

  test('the minting program makes good ones', async () => {
    const program = fileURLToPath(new URL('../../bridge/sign.py', import.meta.url));
    const args = [program, '--key-file', keyFile, '--target', source.token, '--life', '60', '--origin', PAGE];
    const { stdout } = await promisify(execFile)(bridgePython(), args);
    assert.equal((await outcome(stdout.trim())).code, 1000);
    assert.equal((await outcome(stdout.trim(), 'https://other.test')).code, 4401);
  });

  test('it replaces the list of hosts, not that of ports nor the checks of addresses', async () => {
    const of = (/** @type {string} */ target) => hs256(claims({ target }));
    for (const at of [bridge, listed]) {
      assert.equal((await outcome(of('public.test:443'), PAGE, at)).code, 4502);
      assert.equal((await outcome(of(`${PUBLIC}:443`), PAGE, at)).code, 4502);
      assert.equal((await outcome(of('public.test:22'), PAGE, at)).code, 4403);
      assert.equal((await outcome(of('private.test:443'), PAGE, at)).code, 4403);
      assert.equal((await outcome(of('127.0.0.1:443'), PAGE, at)).code, 4403);
      assert.deepEqual(at.dialled(), [[PUBLIC], [PUBLIC]]);
    }
  });

  test('without --host, nothing but signed targets is let through; with it, the list too', async () => {
    const unsigned = { code: 4401, reason: 'unauthorized: the target must come in a signed token' };
    assert.deepEqual(await outcome('public.test:443'), unsigned);
    assert.deepEqual(await outcome(source.token), unsigned);
    assert.deepEqual(bridge.asked().length, bridge.dialled().length);
    assert.equal((await outcome('public.test:443', PAGE, listed)).code, 4502);
    assert.equal((await outcome(`${PUBLIC}:443`, PAGE, listed)).code, 4403);
  });

  /** @type {[string, () => string, string][]} */
  const bad = [
    ['one that has expired', () => hs256(claims({ exp: now() - 1 })), 'the token has expired'],
    ['one that is not yet valid', () => hs256(claims({ nbf: now() + 120 })), 'the token is not yet valid'],
    ['one of the future', () => hs256(claims({ iat: now() + 120, exp: now() + 180 })), 'the token is not yet valid'],
    ['a life too long', () => hs256(claims({ exp: now() + 3600 })), 'the life of the token is too long'],
    ['a life too long, begun', () => hs256(claims({ iat: now() - 3600 })), 'the life of the token is too long'],
    ['no exp', () => hs256({ target: source.token }), 'the token is malformed'],
    ['an endless exp', () => hs256(Buffer.from(`{"target":"${source.token}","exp":1e999}`)), 'the token is malformed'],
    ['no target', () => hs256({ exp: now() + 60 }), 'the token is malformed'],
    ['a target that is none', () => hs256(claims({ target: '127.1:443' })), 'the token is malformed'],
    ['an audience', () => hs256(claims({ aud: 'another' })), 'the token is malformed'],
    ['another origin', () => hs256(claims({ origin: 'https://other.test' })), 'the token is for another origin'],
    ['a key nobody knows', () => hs256(claims(), stranger), 'the signature of the token is wrong'],
    ['an empty key', () => hs256(claims(), Buffer.alloc(0)), 'the signature of the token is wrong'],
    [
      'the name of another key',
      () => jwt({ alg: 'HS256', kid: 'two' }, claims(), first),
      'the signature of the token is wrong',
    ],
    [
      'the name of no key',
      () => jwt({ alg: 'HS256', kid: '/dev/null' }, claims(), first),
      'the signature of the token is wrong',
    ],
    ['a list of names', () => jwt({ alg: 'HS256', kid: ['one'] }, claims(), first), 'the token is malformed'],
    ['alg none', () => `${encode({ alg: 'none' })}.${encode(claims())}.`, 'the token is malformed'],
    ['alg none, signed', () => jwt({ alg: 'none' }, claims(), first), 'the token is malformed'],
    ['alg HS512', () => jwt({ alg: 'HS512' }, claims(), first, 'sha512'), 'the token is malformed'],
    [
      'HS512 called HS256',
      () => jwt({ alg: 'HS256' }, claims(), first, 'sha512'),
      'the signature of the token is wrong',
    ],
    ['RS256 with the key as secret', () => jwt({ alg: 'RS256' }, claims(), first), 'the token is malformed'],
    ['a real RS256', () => rs256(), 'the token is malformed'],
    ['two algs', () => jwt(Buffer.from('{"alg":"none","alg":"HS256"}'), claims(), first), 'the token is malformed'],
    ['crit', () => jwt({ alg: 'HS256', crit: ['exp'] }, claims(), first), 'the token is malformed'],
    [
      'a key of its own',
      () => jwt({ alg: 'HS256', jwk: { kty: 'oct' } }, claims(), stranger),
      'the token is malformed',
    ],
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
    ['one too long', () => hs256(claims({ padding: 'x'.repeat(2000) })), 'the token is malformed'],
    ['one far too long', () => hs256(claims({ padding: 'x'.repeat(40_000) })), 'the token is malformed'],
    ['a deep one', () => hs256(Buffer.from('['.repeat(1400))), 'the token is malformed'],
    ['a cut one', () => hs256(claims()).slice(0, -3), 'the signature of the token is wrong'],
    ['padding', () => `${hs256(claims())}=`, 'the token is malformed'],
    [
      'other claims under a good signature',
      () => hs256(claims()).replace(/\..*\./, `.${encode(claims({ target: 'a.test:443' }))}.`),
      'the signature of the token is wrong',
    ],
  ];

  function rs256() {
    const signed = `${encode({ alg: 'RS256' })}.${encode(claims())}`;
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
  }

  for (const [name, token, why] of bad) {
    test(`${name}: 4401`, async () => {
      assert.deepEqual(await outcome(token()), { code: 4401, reason: `unauthorized: ${why}` });
    });
  }

  test('two tokens, one of them good, are not a token', async () => {
    assert.equal((await outcome(`${hs256(claims())}&token=${source.token}`)).code, 4400);
  });

  test('the log has the target and the name of the key, and nothing else of any token', async () => {
    const ours = () => bridge.lines().filter((line) => line.target === source.token && line.code === 1000);
    const before = ours().length;
    await outcome(hs256(claims()));
    await until(() => ours().length > before);
    assert.ok(ours().every((line) => line.kid === 'one' || line.kid === 'two'));
    for (const log of [bridge.stderr(), listed.stderr()]) {
      for (const token of sent.filter((token) => token.includes('.ey') || token.length > 100)) {
        for (const part of token.split('.')) if (part.length > 12) assert.ok(!log.includes(part), part);
      }
      assert.ok(!log.includes(encode(first)) && !log.includes(encode(second)));
    }
    assert.ok(bridge.lines().some((line) => line.code === 4401 && line.target === '' && !('kid' in line)));
  });
});
