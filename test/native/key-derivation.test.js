/**
 * Keys from passphrases, and the ciphers and files that they are for: vectors of RFCs and Wycheproof, random inputs that are
 * compared with Node, and PKCS#12 that only this test writes. In the native build, under ASan and UBSan.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import * as crypto from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { before, describe, test } from 'node:test';
import * as der from '../../certs/der.js';
import { buildNative } from '../../scripts/cmake.js';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';
import { inProject } from '../../scripts/run.js';
import { bag, bmp, DIGESTS, oldMac, pbes2, pbkdf2, pbmac1, pkcs12, pkcs12Key } from '../helpers/identity-files.js';

const { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes, randomInt, scryptSync } = crypto;

const WYCHEPROOF = inProject('../shared/wycheproof');
const skip = !existsSync(WYCHEPROOF) && 'NOT TESTED: there is no folder ../shared/wycheproof';
/** @param {string} name @returns {any[]} */
const wycheproof = (name) =>
  JSON.parse(readFileSync(`${WYCHEPROOF}/${name}_test.json`, 'utf8')).testGroups.flatMap(
    (/** @type {any} */ group) => group.tests,
  );

let program = '';
before(async () => {
  program = await buildNative(await mbedtlsSource(), 'core_test');
});

/** @param {Uint8Array | string | number} word */
const word = (word) =>
  typeof word === 'number' ? String(word) : Buffer.from(/** @type {string} */ (word)).toString('hex') || '-';

/**
 * @param {(string | number | Uint8Array)[][]} lines each an operation of derive.c, numbers, and octets
 * @returns {Promise<string[]>}
 */
async function derive(lines) {
  const child = spawn(program, ['derive'], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(lines.map(([name, ...words]) => `${name} ${words.map(word).join(' ')}\n`).join(''));
  const [out, errors, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  assert.equal(status, 0, errors);
  return out.split('\n').slice(0, -1);
}

/** @param {{line: (string | number | Uint8Array)[], expected: Uint8Array | string}[]} cases */
async function check(cases) {
  assert.ok(cases.length > 0);
  const results = await derive(cases.map(({ line }) => line));
  assert.equal(results.length, cases.length);
  for (const [i, { line, expected }] of cases.entries()) {
    assert.equal(results[i], typeof expected === 'string' ? expected : word(expected), line.map(word).join(' '));
  }
}

/** @param {string} digits */
const hex = (digits) => Buffer.from(digits.replace(/\s/g, ''), 'hex');

describe('PBKDF2 and HMAC', () => {
  test('the vectors of RFC 6070', async () => {
    const [password, salt] = ['password', 'salt'];
    await check([
      { line: ['pbkdf2', 1, 1, 20, password, salt], expected: hex('0c60c80f961f0e71f3a9b524af6012062fe037a6') },
      { line: ['pbkdf2', 1, 2, 20, password, salt], expected: hex('ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957') },
      { line: ['pbkdf2', 1, 4096, 20, password, salt], expected: hex('4b007901b765489abead49d926f721d065a429c1') },
      {
        line: ['pbkdf2', 1, 4096, 25, 'passwordPASSWORDpassword', 'saltSALTsaltSALTsaltSALTsaltSALTsalt'],
        expected: hex('3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038'),
      },
      { line: ['pbkdf2', 1, 4096, 16, 'pass\0word', 'sa\0lt'], expected: hex('56fa6aa75548099dcc37d7f03425e0c3') },
    ]);
  });

  test("Wycheproof's", { skip }, async () => {
    await check(
      wycheproof('pbkdf2_hmacsha256').map(({ password, salt, iterationCount, dkLen, dk }) => ({
        line: ['pbkdf2', 3, iterationCount, dkLen, hex(password), hex(salt)],
        expected: hex(dk),
      })),
    );
  });

  test('random inputs, with every hash', async () => {
    const cases = [];
    for (let i = 0; i < 200; i++) {
      const digest = 1 + (i % 5);
      const [password, salt] = [randomBytes(randomInt(300)), randomBytes(randomInt(200))];
      const [iterations, length] = [1 + randomInt(20), 1 + randomInt(200)];
      cases.push(
        {
          line: ['pbkdf2', digest, iterations, length, password, salt],
          expected: pbkdf2Sync(password, salt, iterations, length, DIGESTS[digest]),
        },
        {
          line: ['hmac', digest, password, salt],
          expected: createHmac(DIGESTS[digest], password).update(salt).digest(),
        },
      );
    }
    await check(cases);
  });
});

test('scrypt: the vectors of RFC 7914, and random inputs', async () => {
  /** @type {{line: (string | number | Uint8Array)[], expected: Uint8Array}[]} */
  const cases = [
    {
      line: ['scrypt', 16, 1, 1, 64, '', ''],
      expected: hex(`77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442
        fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906`),
    },
    {
      line: ['scrypt', 1024, 8, 16, 64, 'password', 'NaCl'],
      expected: hex(`fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162
        2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640`),
    },
    {
      line: ['scrypt', 16384, 8, 1, 64, 'pleaseletmein', 'SodiumChloride'],
      expected: hex(`7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2
        d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887`),
    },
  ];
  for (let i = 0; i < 60; i++) {
    const [password, salt] = [randomBytes(randomInt(100)), randomBytes(randomInt(100))];
    const [N, r, p] = [2 ** (1 + randomInt(6)), 1 + randomInt(9), 1 + randomInt(4)];
    cases.push({
      line: ['scrypt', N, r, p, 64, password, salt],
      expected: scryptSync(password, salt, 64, { N, r, p }),
    });
  }
  await check(cases);
});

test('MD5 of every length up to three blocks, and the keys of old PEM files', async () => {
  const cases = [];
  for (let length = 0; length < 192; length++) {
    const data = randomBytes(length);
    cases.push({ line: ['md5', data], expected: createHash('md5').update(data).digest() });
    const salt = randomBytes(8);
    let key = Buffer.alloc(0);
    for (let last = key; key.length < 32; key = Buffer.concat([key, last])) {
      last = createHash('md5').update(last).update(data).update(salt).digest();
    }
    for (const size of [16, 24, 32])
      cases.push({ line: ['md5-kdf', size, data, salt], expected: key.subarray(0, size) });
  }
  await check(cases);
});

test('the key derivation of PKCS#12, also without passphrase or salt', async () => {
  const cases = [];
  for (let i = 0; i < 200; i++) {
    const digest = 1 + (i % 5);
    const [password, salt] = [randomBytes(randomInt(150)), randomBytes(randomInt(150))].map((b) =>
      randomInt(9) ? b : b.subarray(0, 0),
    );
    const [purpose, iterations, length] = [1 + randomInt(3), 1 + randomInt(5), 1 + randomInt(150)];
    cases.push({
      line: ['pkcs12', digest, purpose, iterations, length, password, salt],
      expected: pkcs12Key(DIGESTS[digest], purpose, password, salt, iterations, length),
    });
  }
  await check(cases);
});

describe('CBC decryption', () => {
  test("Wycheproof's AES, and everything that is no padding", { skip }, async () => {
    await check(
      wycheproof('aes_cbc_pkcs5').map(({ key, iv, msg, ct, result }) => ({
        line: ['aes', hex(key), hex(iv), hex(ct)],
        expected: result === 'valid' ? hex(msg) : '!',
      })),
    );
  });

  test('random inputs of AES and Triple DES', async () => {
    const cases = [];
    for (let i = 0; i < 400; i++) {
      const [name, cipher, size, block] = /** @type {const} */ ([
        ['aes', 'aes-128-cbc', 16, 16],
        ['aes', 'aes-192-cbc', 24, 16],
        ['aes', 'aes-256-cbc', 32, 16],
        ['des', 'des-ede3-cbc', 24, 8],
        ['des', 'des-ede-cbc', 16, 8],
      ])[i % 5];
      const [key, iv, data] = [size, block, randomInt(200)].map((n) => randomBytes(n));
      const encryption = createCipheriv(cipher, key, iv);
      const encrypted = Buffer.concat([encryption.update(data), encryption.final()]);
      cases.push({ line: [name, key, iv, encrypted], expected: data });
    }
    await check(cases);
  });

  test('the vectors of RFC 2268 whose key has as many bits as are effective', async () => {
    // The initialization vector turns the plaintext into a block of padding: nothing is left if it is right.
    const vectors = [
      ['ffffffffffffffff', 'ffffffffffffffff', '278b27e42e2f0d49'],
      ['3000000000000000', '1000000000000001', '30649edf9be7d2c2'],
      ['88bca90e90875a7f0f79c384627bafb2', '0000000000000000', '2269552ab0f85ca6'],
    ];
    await check(
      vectors.flatMap(([key, plain, encrypted]) => {
        const iv = hex(plain).map((octet) => octet ^ 8);
        const wrong = Buffer.from(iv);
        wrong[0] ^= 1;
        return [
          { line: ['rc2', hex(key), iv, hex(encrypted)], expected: Buffer.alloc(0) },
          { line: ['rc2', hex(key), wrong, hex(encrypted)], expected: '!' },
        ];
      }),
    );
  });
});

const { privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const KEY = privateKey.export({ type: 'pkcs8', format: 'der' });

/** @param {Uint8Array} input @param {string | Uint8Array} [passphrase] */
const walk = async (input, passphrase) =>
  (await derive([passphrase === undefined ? ['walk-without', input] : ['walk', input, passphrase]]))[0].trim();
const FOUND = `key:${KEY.toString('hex')} 0`;

/** As in wasm/errors.def. */
const [DAMAGED, NONE, MISSING, WRONG, UNSUPPORTED, COST] = ['-9', '-70', '-71', '-72', '-74', '-75'];

describe('PBES2', () => {
  test("Wycheproof's, with passphrases that are no UTF-8", { skip }, async () => {
    // Its messages are not keys, so they only show that the padding is right: wrong otherwise.
    const list = wycheproof('pbes2_hmacsha256_aes_256');
    const results = await derive(
      list.map(({ password, salt, iterationCount, iv }) => {
        const key = pbkdf2Sync(hex(password), hex(salt), iterationCount, 32, 'sha256');
        return ['walk', pbes2(pbkdf2(3, hex(salt), iterationCount), key, hex(iv), KEY), hex(password)];
      }),
    );
    for (const result of results) assert.equal(result.trim(), FOUND);
    await check(
      list.map(({ password, salt, iterationCount, iv, msg, ct }) => ({
        line: ['aes', pbkdf2Sync(hex(password), hex(salt), iterationCount, 32, 'sha256'), hex(iv), hex(ct)],
        expected: hex(msg),
      })),
    );
  });

  test('every hash, with and without a key length', async () => {
    for (const digest of [1, 2, 3, 4, 5]) {
      for (const length of [undefined, 32]) {
        const [salt, iv] = [randomBytes(8), randomBytes(16)];
        const key = pbkdf2Sync('secret', salt, 10, 32, DIGESTS[digest]);
        assert.equal(await walk(pbes2(pbkdf2(digest, salt, 10, length), key, iv, KEY), 'secret'), FOUND);
      }
    }
  });

  test('the iterations of all keys in an input count together', async () => {
    const key = pbkdf2Sync('secret', 'salt', 1, 32, 'sha256');
    const one = (/** @type {number} */ iterations) =>
      pbes2(pbkdf2(3, Buffer.from('salt'), iterations), key, Buffer.alloc(16), KEY);
    assert.equal(await walk(one(6_000_001), 'secret'), COST);
    assert.equal(await walk(one(2 ** 32 + 1), 'secret'), COST);
    assert.equal(await walk(one(2 ** 48), 'secret'), COST);
    assert.equal(await walk(one(0), 'secret'), DAMAGED);
    assert.equal(await walk(Buffer.concat([one(1), one(6_000_000)]), 'secret'), `${FOUND.slice(0, -2)} ${COST}`);
  });

  test('no passphrase, a wrong one, and what is not supported', async () => {
    const key = pbkdf2Sync('secret', 'salt', 1, 32, 'sha256');
    const good = pbes2(pbkdf2(3, Buffer.from('salt'), 1), key, Buffer.alloc(16), KEY);
    assert.equal(await walk(good), MISSING);
    assert.equal(await walk(good, 'Secret'), WRONG);
    assert.equal(await walk(good, ''), WRONG);
    assert.equal(
      await walk(pbes2(pbkdf2(3, Buffer.from('salt'), 1), key, Buffer.alloc(16), Buffer.from('text')), 'secret'),
      WRONG,
    );
    const other = der.sequence(der.oid('1.2.3'), der.sequence());
    assert.equal(await walk(pbes2(other, key, Buffer.alloc(16), KEY), 'secret'), UNSUPPORTED);
  });
});

/** PKCS#12 with the key. @param {Omit<Parameters<typeof pkcs12>[0], 'bags'>} options */
const keyIn = (options) => pkcs12({ ...options, bags: [bag(1, KEY)] });

describe('PKCS#12', () => {
  test('a MAC with every hash, with and without iterations', async () => {
    for (const digest of [1, 2, 3, 4, 5]) {
      for (const iterations of [undefined, 1, 7]) {
        const file = keyIn({ mac: oldMac(digest, bmp('secret'), iterations) });
        assert.equal(await walk(file, 'secret'), FOUND);
        assert.equal(await walk(file, 'secre'), WRONG);
        assert.equal(await walk(file), MISSING);
      }
    }
  });

  test('PBMAC1', async () => {
    for (const digest of [1, 2, 3, 4, 5]) {
      const file = keyIn({ mac: pbmac1(digest, 'sécret') });
      assert.equal(await walk(file, 'sécret'), FOUND);
      assert.equal(await walk(file, 'secret'), WRONG);
    }
  });

  test('passphrases: any Unicode; Latin-1 in bytes; empty with and without a terminator', async () => {
    for (const passphrase of ['pässwörd', '日本語', '🔑 key', 'x'.repeat(500)]) {
      assert.equal(await walk(keyIn({ mac: oldMac(1, bmp(passphrase), 3) }), passphrase), FOUND);
    }
    assert.equal(await walk(keyIn({ mac: oldMac(1, bmp('pässwörd'), 3) }), Buffer.from('pässwörd', 'latin1')), FOUND);
    for (const empty of [bmp(''), Buffer.alloc(0)]) {
      const file = keyIn({ mac: oldMac(3, empty, 3) });
      assert.equal(await walk(file, ''), FOUND);
      assert.equal(await walk(file), FOUND);
      assert.equal(await walk(file, 'x'), WRONG);
    }
  });

  test('BER with indefinite lengths and divided OCTET STRINGs', async () => {
    assert.equal(await walk(keyIn({ mac: oldMac(1, bmp('secret'), 2), ber: true }), 'secret'), FOUND);
    assert.equal(await walk(keyIn({ mac: oldMac(1, bmp('secret'), 2), ber: true }), 'wrong'), WRONG);
    assert.equal(await walk(keyIn({ mac: () => null, ber: true })), FOUND);
  });

  test('nested bags up to four levels, and unknown ones', async () => {
    const nest = (/** @type {number} */ depth) => {
      let inner = bag(1, KEY);
      for (let i = 0; i < depth; i++) inner = bag(6, der.sequence(inner));
      return pkcs12({ mac: () => null, bags: [bag(5, der.nullValue()), inner] });
    };
    assert.equal(await walk(nest(1)), FOUND);
    assert.equal(await walk(nest(4)), FOUND);
    assert.equal(await walk(nest(5)), NONE);
  });

  test('every truncation, and every changed octet, is an error or harmless', async () => {
    const file = keyIn({ mac: oldMac(1, bmp('secret'), 1) });
    const lines = [];
    for (let at = 0; at < file.length; at++) {
      const changed = Buffer.from(file);
      changed[at] ^= 1 << randomInt(8);
      lines.push(['walk', file.subarray(0, at), 'secret'], ['walk', changed, 'secret']);
    }
    for (const result of await derive(lines)) assert.match(result.trim(), /^(key:[0-9a-f]+ )*(-?\d+)$/);
  });
});
