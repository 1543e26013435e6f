/**
 * Our kernels (wasm/crypto) do what the standards' vectors say, what Wycheproof's say, and what Mbed TLS's own ciphers
 * and Node's do, in WebAssembly and in the native build under ASan and UBSan. test/kernels/long.js compares more.
 */
import assert from 'node:assert/strict';
import { createCipheriv, randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { buildNative, buildWasm } from '../../scripts/cmake.js';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';
import { inProject } from '../../scripts/run.js';
import { aesTables } from './aes-tables.js';
import { nativeKernels, wasmKernels } from './makes.js';

/** @typedef {import('./makes.js').Input} Input */
/** @typedef {import('./makes.js').Make} Make */

/** @typedef {{source: string, algorithm: import('./makes.js').Algorithm, key: string, nonce: string, counter?: number, ad: string, plaintext: string, ciphertext: string, tag: string}} Vector */
/** @type {Vector[]} */
const vectors = JSON.parse(readFileSync(inProject('test/kernels/vectors.json'), 'utf8'));

/** @typedef {{tcId: number, comment: string, key: string, iv: string, aad: string, msg: string, ct: string, tag: string, result: string}} WycheproofTest */
const WYCHEPROOF = inProject('../shared/wycheproof');
const skip = !existsSync(WYCHEPROOF) && 'NOT TESTED: there is no folder ../shared/wycheproof';

/** @param {string} digits */
const hex = (digits) => Buffer.from(digits, 'hex');

const source = await mbedtlsSource();

/** A short run of random cases each; the sanitizers take their time. */
const MAKES = [
  {
    name: 'WebAssembly',
    cases: 60_000,
    open: async () => wasmKernels(await buildWasm(source, 'kernels.wasm')),
  },
  {
    name: 'the native build',
    cases: 10_000,
    open: async () => nativeKernels(await buildNative(source, 'kernels_test')),
  },
];

for (const { name, cases, open } of MAKES) {
  describe(`kernels, ${name}`, () => {
    /** @type {Make} */
    let make;
    before(async () => {
      make = await open();
    });

    /**
     * Each input at once and in pieces, which must come to the same.
     * @param {(Omit<Input, 'pieces'> & {about: string, expected: {data?: Buffer, tag?: Buffer, good: boolean}})[]} list
     */
    const check = async (list) => {
      const inputs = list.flatMap((input) => [0, 1, 2, 3].map((n) => ({ ...input, pieces: n * 0x9e3779b })));
      const outputs = await make.run(inputs);
      assert.equal(outputs.length, inputs.length);
      for (const [i, { code, data, tag }] of outputs.entries()) {
        const { about, expected } = inputs[i];
        assert.equal(code === 0, expected.good, `${about}: code ${code}`);
        if (expected.data !== undefined) assert.deepEqual(data, expected.data, about);
        if (expected.tag !== undefined) assert.deepEqual(tag, expected.tag, about);
      }
    };

    test("the vectors of RFC 8439, FIPS 197, and McGrew and Viega's, both ways, and none that was changed", async () => {
      assert.equal(vectors.filter(({ source }) => source.startsWith('RFC 8439')).length, 6);
      assert.equal(vectors.filter(({ source }) => source.startsWith('McGrew')).length, 18);
      await check(
        vectors.flatMap(({ source: about, algorithm, counter, plaintext, ciphertext, tag, ...texts }) => {
          const [key, nonce, ad] = [texts.key, texts.nonce, texts.ad].map(hex);
          const common = { about, algorithm, counter, key, nonce, ad, tagLength: tag.length / 2 };
          const expected = { data: hex(ciphertext), tag: hex(tag), good: true };
          const encryption = { ...common, data: hex(plaintext), expected };
          if (tag === '') return [encryption];
          const decryption = { ...common, decrypt: true, data: hex(ciphertext) };
          const forged = Buffer.from(hex(tag).map((byte, i) => (i === 15 ? byte ^ 1 : byte)));
          const nothing = Buffer.alloc(plaintext.length / 2);
          return [
            encryption,
            { ...decryption, tag: hex(tag), expected: { data: hex(plaintext), good: true } },
            { ...decryption, tag: forged, expected: { data: nothing, good: false } },
          ];
        }),
      );
    });

    for (const [file, algorithm, count] of /** @type {const} */ ([
      ['aes_gcm_test.json', 'gcm', 316],
      ['chacha20_poly1305_test.json', 'chachapoly', 325],
    ])) {
      test(`all of Wycheproof's ${file}`, { skip }, async () => {
        const { testGroups } = JSON.parse(readFileSync(`${WYCHEPROOF}/${file}`, 'utf8'));
        /** @type {WycheproofTest[]} */
        const tests = testGroups.flatMap((/** @type {{tests: WycheproofTest[]}} */ group) => group.tests);
        assert.equal(tests.length, count);
        await check(
          tests.flatMap(({ tcId, comment, key, iv, aad, msg, ct, tag, result }) => {
            const good = result === 'valid';
            // The calls of ChaCha20-Poly1305 take no length of the nonce; the layer above looks at it.
            const layered = algorithm === 'chachapoly' && iv.length !== 24;
            const common = { algorithm, layered, key: hex(key), nonce: hex(iv), ad: hex(aad), tagLength: 16 };
            const about = `${file}, test ${tcId} ${comment}`;
            // Nothing is left of a forgery. Without a nonce, nothing is written.
            const nothing = iv === '' ? undefined : Buffer.alloc(msg.length / 2);
            const expected = { data: good ? hex(msg) : nothing, good };
            const decryption = { ...common, about, decrypt: true, data: hex(ct), tag: hex(tag), expected };
            const encryption = { ...common, about, data: hex(msg), expected: { data: hex(ct), tag: hex(tag), good } };
            return good ? [encryption, decryption] : [decryption];
          }),
        );
      });
    }

    test("what Node's own ciphers do", async () => {
      /** @type {Parameters<typeof check>[0]} */
      const list = [];
      for (let i = 0; i < 300; i++) {
        const bits = 128 + 64 * randomInt(3);
        const [algorithm, theirs, keyLength] = /** @type {const} */ ([
          ['gcm', `aes-${bits}-gcm`, bits / 8],
          ['chachapoly', 'chacha20-poly1305', 32],
        ])[randomInt(2)];
        const nonce = randomBytes(algorithm === 'gcm' && i % 5 === 0 ? 1 + randomInt(40) : 12);
        const [key, ad, data] = [keyLength, randomInt(40), randomInt(i < 290 ? 700 : 20_000)].map((n) =>
          randomBytes(n),
        );
        const cipher = createCipheriv(/** @type {'aes-128-gcm'} */ (theirs), key, nonce, { authTagLength: 16 });
        cipher.setAAD(ad, { plaintextLength: data.length });
        const encrypted = Buffer.concat([cipher.update(data), cipher.final()]);
        const common = { about: `${theirs}, ${data.length} bytes`, algorithm, key, nonce, ad, tagLength: 16 };
        const tag = cipher.getAuthTag();
        list.push(
          { ...common, data, expected: { data: encrypted, tag, good: true } },
          { ...common, decrypt: true, data: encrypted, tag, expected: { data, good: true } },
        );
      }
      await check(list);
    });

    test("what Mbed TLS's own ciphers do, in random cases", async () => {
      const first = randomInt(2 ** 31);
      assert.equal(await make.cases(first, cases), undefined);
    });

    test("calls that are wrong end with the codes of Mbed TLS's own", async () => {
      assert.equal(await make.misuse(), undefined);
    });
  });
}

describe('what is left in memory, WebAssembly', () => {
  /** @type {Awaited<ReturnType<typeof wasmKernels>>} */
  let make;
  before(async () => {
    make = await wasmKernels(await buildWasm(source, 'kernels.wasm'));
  });

  test('what is zeroized is gone, which a plain memset() leaves where it was', () => {
    for (const way of /** @type {const} */ (['memset', 'zeroize', 'zeroize inline'])) {
      const secret = randomBytes(64);
      make.leave(way, secret);
      assert.equal(make.holds(secret), way === 'memset', way);
    }
  });

  for (const [algorithm, bits] of /** @type {const} */ ([
    ['chacha20', 256],
    ['chachapoly', 256],
    ['aes', 128],
    ['aes', 192],
    ['aes', 256],
    ['gcm', 128],
    ['gcm', 192],
    ['gcm', 256],
    ['ccm', 128],
    ['ccm', 256],
  ])) {
    test(`nothing of a key of ${algorithm}, ${bits} bits`, async () => {
      const key = randomBytes(bits / 8);
      const more = { nonce: randomBytes(12), ad: randomBytes(5), data: randomBytes(1024), tagLength: 16 };
      const [{ code }] = await make.run([{ algorithm, key, ...more }]);
      assert.equal(code, 0);
      assert.equal(make.holds(key), false);
    });
  }

  for (const curve of /** @type {const} */ ([255, 256, 384, 521])) {
    test(`nothing of a private key, of ${curve} bits`, async () => {
      const key = randomBytes(Math.ceil(curve / 8));
      if (curve === 255) {
        key[0] &= 0xf8;
        key[31] = 0x40 | (key[31] & 0x3f);
      } else {
        key[0] = 0;
      }
      const [{ code }] = await make.publicRun([{ operation: 'multiply', curve, inputs: [key, Buffer.alloc(0)] }]);
      assert.equal(code, 0);
      assert.equal(make.holds(curve === 255 ? key : key.subarray(1)), false);
    });
  }
});

test('the tables of our AES are those that inversion by way of GF(2^4) leads to', () => {
  const text = readFileSync(inProject('wasm/crypto/aes_tables.c'), 'utf8');
  const committed = [...text.matchAll(/\.(\w+) = \{([^}]*)\}/g)].map(([, name, numbers]) => [
    name,
    numbers.split(',').map(Number),
  ]);
  assert.deepEqual(Object.fromEntries(committed), aesTables());
});
