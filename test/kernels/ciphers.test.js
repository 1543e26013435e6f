/**
 * Our cipher kernels (wasm/crypto) agree with the standards' test vectors, Wycheproof, Mbed TLS's ciphers and Node's,
 * in WebAssembly and in the native build under ASan and UBSan. test/kernels/long.js compares more cases.
 */
import assert from 'node:assert/strict';
import { createCipheriv, randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { buildNative, buildWasm } from '../../scripts/cmake.js';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';
import { inProject } from '../../scripts/run.js';
import { aesTables } from './aes-tables.js';
import { nativeKernels, wasmKernels } from './kernels.js';

/** @typedef {import('./kernels.js').Input} Input */
/** @typedef {import('./kernels.js').Kernels} Kernels */

/** @typedef {{source: string, algorithm: import('./kernels.js').Algorithm, key: string, nonce: string, counter?: number, ad: string, plaintext: string, ciphertext: string, tag: string}} Vector */
/** @type {Vector[]} */
const vectors = JSON.parse(readFileSync(inProject('test/kernels/vectors.json'), 'utf8'));

/** @typedef {{tcId: number, comment: string, key: string, iv: string, aad: string, msg: string, ct: string, tag: string, result: string}} WycheproofTest */
const WYCHEPROOF_DIR = inProject('../shared/wycheproof');
const skip = !existsSync(WYCHEPROOF_DIR) && 'NOT TESTED: there is no folder ../shared/wycheproof';

/** @param {string} digits */
const hex = (digits) => Buffer.from(digits, 'hex');

const source = await mbedtlsSource();

/** Each with its number of random cases, which is smaller under the sanitizers. */
const TARGETS = [
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

for (const { name, cases, open } of TARGETS) {
  describe(`cipher kernels, ${name}`, () => {
    /** @type {Kernels} */
    let kernels;
    before(async () => {
      kernels = await open();
    });

    /**
     * Checks each input one-shot and in pieces, with the same expected output.
     * @param {(Omit<Input, 'pieces'> & {about: string, expected: {data?: Buffer, tag?: Buffer, good: boolean}})[]} list
     */
    const check = async (list) => {
      const inputs = list.flatMap((input) => [0, 1, 2, 3].map((n) => ({ ...input, pieces: n * 0x9e3779b })));
      const outputs = await kernels.run(inputs);
      assert.equal(outputs.length, inputs.length);
      for (const [i, { code, data, tag }] of outputs.entries()) {
        const { about, expected } = inputs[i];
        assert.equal(code === 0, expected.good, `${about}: code ${code}`);
        if (expected.data !== undefined) assert.deepEqual(data, expected.data, about);
        if (expected.tag !== undefined) assert.deepEqual(tag, expected.tag, about);
      }
    };

    test('reproduce the vectors of RFC 8439, FIPS 197, and McGrew and Viega, and reject altered tags', async () => {
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
          const zeros = Buffer.alloc(plaintext.length / 2);
          return [
            encryption,
            { ...decryption, tag: hex(tag), expected: { data: hex(plaintext), good: true } },
            { ...decryption, tag: forged, expected: { data: zeros, good: false } },
          ];
        }),
      );
    });

    for (const [file, algorithm, count] of /** @type {const} */ ([
      ['aes_gcm_test.json', 'gcm', 316],
      ['chacha20_poly1305_test.json', 'chachapoly', 325],
    ])) {
      test(`pass all tests of Wycheproof's ${file}`, { skip }, async () => {
        const { testGroups } = JSON.parse(readFileSync(`${WYCHEPROOF_DIR}/${file}`, 'utf8'));
        /** @type {WycheproofTest[]} */
        const tests = testGroups.flatMap((/** @type {{tests: WycheproofTest[]}} */ group) => group.tests);
        assert.equal(tests.length, count);
        await check(
          tests.flatMap(({ tcId, comment, key, iv, aad, msg, ct, tag, result }) => {
            const good = result === 'valid';
            // The functions of ChaCha20-Poly1305 have no parameter for the nonce's length; the layer above checks it.
            const layered = algorithm === 'chachapoly' && iv.length !== 24;
            const common = { algorithm, layered, key: hex(key), nonce: hex(iv), ad: hex(aad), tagLength: 16 };
            const about = `${file}, test ${tcId} ${comment}`;
            // A forgery leaves zeros. Without a nonce, nothing is written.
            const zeros = iv === '' ? undefined : Buffer.alloc(msg.length / 2);
            const expected = { data: good ? hex(msg) : zeros, good };
            const decryption = { ...common, about, decrypt: true, data: hex(ct), tag: hex(tag), expected };
            const encryption = { ...common, about, data: hex(msg), expected: { data: hex(ct), tag: hex(tag), good } };
            return good ? [encryption, decryption] : [decryption];
          }),
        );
      });
    }

    test("agree with Node's ciphers", async () => {
      /** @type {Parameters<typeof check>[0]} */
      const list = [];
      for (let i = 0; i < 300; i++) {
        const bits = 128 + 64 * randomInt(3);
        const [algorithm, nodeName, keyLength] = /** @type {const} */ ([
          ['gcm', `aes-${bits}-gcm`, bits / 8],
          ['chachapoly', 'chacha20-poly1305', 32],
        ])[randomInt(2)];
        const nonce = randomBytes(algorithm === 'gcm' && i % 5 === 0 ? 1 + randomInt(40) : 12);
        const [key, ad, data] = [keyLength, randomInt(40), randomInt(i < 290 ? 700 : 20_000)].map((n) =>
          randomBytes(n),
        );
        const cipher = createCipheriv(/** @type {'aes-128-gcm'} */ (nodeName), key, nonce, { authTagLength: 16 });
        cipher.setAAD(ad, { plaintextLength: data.length });
        const encrypted = Buffer.concat([cipher.update(data), cipher.final()]);
        const common = { about: `${nodeName}, ${data.length} bytes`, algorithm, key, nonce, ad, tagLength: 16 };
        const tag = cipher.getAuthTag();
        list.push(
          { ...common, data, expected: { data: encrypted, tag, good: true } },
          { ...common, decrypt: true, data: encrypted, tag, expected: { data, good: true } },
        );
      }
      await check(list);
    });

    test("agree with Mbed TLS's ciphers in random cases", async () => {
      const first = randomInt(2 ** 31);
      assert.equal(await kernels.cases(first, cases), undefined);
    });

    test("return Mbed TLS's error codes for invalid calls", async () => {
      assert.equal(await kernels.misuse(), undefined);
    });
  });
}

describe("the module's memory", () => {
  /** @type {Awaited<ReturnType<typeof wasmKernels>>} */
  let kernels;
  before(async () => {
    kernels = await wasmKernels(await buildWasm(source, 'kernels.wasm'));
  });

  test('does not contain a zeroized secret, but one overwritten by a plain memset()', () => {
    for (const method of /** @type {const} */ (['memset', 'zeroize', 'zeroize inline'])) {
      const secret = randomBytes(64);
      kernels.leaveSecret(method, secret);
      assert.equal(kernels.memoryContains(secret), method === 'memset', method);
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
    test(`does not contain a ${bits}-bit key of ${algorithm} after use`, async () => {
      const key = randomBytes(bits / 8);
      const more = { nonce: randomBytes(12), ad: randomBytes(5), data: randomBytes(1024), tagLength: 16 };
      const [{ code }] = await kernels.run([{ algorithm, key, ...more }]);
      assert.equal(code, 0);
      assert.equal(kernels.memoryContains(key), false);
    });
  }

  for (const curve of /** @type {const} */ ([255, 256, 384, 521])) {
    test(`does not contain a private key of ${curve} bits after use`, async () => {
      const key = randomBytes(Math.ceil(curve / 8));
      if (curve === 255) {
        key[0] &= 0xf8;
        key[31] = 0x40 | (key[31] & 0x3f);
      } else {
        key[0] = 0;
      }
      const [{ code }] = await kernels.publicRun([{ operation: 'multiply', curve, inputs: [key, Buffer.alloc(0)] }]);
      assert.equal(code, 0);
      assert.equal(kernels.memoryContains(curve === 255 ? key : key.subarray(1)), false);
    });
  }
});

test('the tables of aes_tables.c are those derived from inversion by way of GF(2^4)', () => {
  const text = readFileSync(inProject('wasm/crypto/aes_tables.c'), 'utf8');
  const committed = [...text.matchAll(/\.(\w+) = \{([^}]*)\}/g)].map(([, name, numbers]) => [
    name,
    numbers.split(',').map(Number),
  ]);
  assert.deepEqual(Object.fromEntries(committed), aesTables());
});
