/**
 * Our public-key kernels (wasm/crypto), called through Mbed TLS's functions, agree with the standards' test vectors,
 * Wycheproof, Node, and Mbed TLS's own code, in WebAssembly and in the native build under ASan and UBSan.
 */
import assert from 'node:assert/strict';
import {
  constants,
  createECDH,
  createHash,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  randomInt,
  sign,
  verify,
} from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { buildNative, buildWasm } from '../../scripts/cmake.js';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';
import { inProject } from '../../scripts/run.js';
import { CURVES, curveConstants, ED25519, edwardsConstants, toBytes } from './curve-constants.js';
import { nativeKernels, wasmKernels } from './kernels.js';

/** @typedef {import('./kernels.js').Kernels} Kernels */
/** @typedef {import('./kernels.js').PublicInput} PublicInput */
/** @typedef {256 | 384 | 521} Bits */

const vectors = JSON.parse(readFileSync(inProject('test/kernels/public-vectors.json'), 'utf8'));

const WYCHEPROOF_DIR = inProject('../shared/wycheproof');
const skip = !existsSync(WYCHEPROOF_DIR) && 'NOT TESTED: there is no folder ../shared/wycheproof';

/** @param {string} name */
const wycheproof = (name) => JSON.parse(readFileSync(`${WYCHEPROOF_DIR}/${name}_test.json`, 'utf8')).testGroups;

/** @param {string} digits */
const hex = (digits) => Buffer.from(digits, 'hex');
/** @param {string} algorithm @param {Buffer | string} message */
const hashOf = (algorithm, message) => createHash(algorithm).update(message).digest();

const UNCOMPRESSED = Buffer.of(4);

/** A DER INTEGER. @param {Buffer} number */
function integer(number) {
  let at = 0;
  while (at < number.length - 1 && number[at] === 0) at++;
  const bytes = number[at] >= 0x80 ? [0, ...number.subarray(at)] : [...number.subarray(at)];
  return Buffer.from([2, bytes.length, ...bytes]);
}

/** @param {Buffer} r @param {Buffer} s */
function signatureOf(r, s) {
  const both = Buffer.concat([integer(r), integer(s)]);
  return Buffer.concat([Buffer.from(both.length < 128 ? [0x30, both.length] : [0x30, 0x81, both.length]), both]);
}

/**
 * The private key of a Wycheproof test as a scalar, at most as long as the curve. @param {string} digits @param
 * {number} length
 */
function scalar(digits, length) {
  const bytes = hex(digits.length % 2 === 0 ? digits : `0${digits}`);
  return bytes.length > length ? bytes.subarray(bytes.length - length) : bytes;
}

/** The 32 bytes of Ed25519's numbers. @param {bigint} number */
const littleEndian = (number) => Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse();

/** An Ed25519 point by y and the least significant bit of x. @param {bigint} y @param {0 | 1} [odd] */
const edwardsPoint = (y, odd = 0) => littleEndian(y | (BigInt(odd) << 255n));

/** @param {Buffer} key 32 bytes */
const ed25519Key = (key) =>
  createPublicKey({ key: Buffer.concat([hex('302a300506032b6570032100'), key]), format: 'der', type: 'spki' });

/** @param {Buffer} bytes @returns {Buffer<ArrayBuffer>} with one bit flipped */
function withFlippedBit(bytes) {
  const out = Buffer.from(bytes);
  out[randomInt(out.length)] ^= 1 << randomInt(8);
  return out;
}

const source = await mbedtlsSource();

/** Each with its number of random cases, which is smaller under the sanitizers. */
const TARGETS = [
  {
    name: 'WebAssembly',
    cases: 12_000,
    open: async () => wasmKernels(await buildWasm(source, 'kernels.wasm')),
  },
  {
    name: 'the native build',
    cases: 4000,
    open: async () => nativeKernels(await buildNative(source, 'kernels_test')),
  },
];

for (const { name, cases, open } of TARGETS) {
  describe(`public-key kernels, ${name}`, () => {
    /** @type {Kernels} */
    let kernels;
    before(async () => {
      kernels = await open();
    });

    /**
     * @param {(PublicInput & {about: string, good: boolean, expectedCode?: number, expected?: Buffer})[]} list
     */
    const check = async (list) => {
      const outputs = await kernels.publicRun(list);
      assert.equal(outputs.length, list.length);
      for (const [i, { code, out }] of outputs.entries()) {
        const { about, good, expectedCode, expected } = list[i];
        assert.equal(code === 0, good, `${about}: code ${code}`);
        if (expectedCode !== undefined) assert.equal(code, expectedCode, about);
        if (expected !== undefined) assert.equal(out.toString('hex'), expected.toString('hex'), about);
      }
    };

    test('reproduce the X25519 vectors of RFC 7748, including a thousand iterations in WebAssembly', async () => {
      await check(
        vectors.x25519.map((/** @type {Record<string, string>} */ { source: about, k, u, shared }) => ({
          about,
          operation: 'x25519',
          inputs: [hex(k), hex(u)],
          good: true,
          expected: hex(shared),
        })),
      );
      /** @type {Buffer[]} */
      let [k, u] = [Buffer.alloc(32), Buffer.alloc(32)];
      k[0] = u[0] = 9;
      for (let i = 1; i <= (name === 'WebAssembly' ? 1000 : 1); i++) {
        const [{ out }] = await kernels.publicRun([{ operation: 'x25519', inputs: [k, u] }]);
        [k, u] = [out, k];
        if (i === 1) assert.equal(k.toString('hex'), vectors.x25519Iterated.once);
        if (i === 1000) assert.equal(k.toString('hex'), vectors.x25519Iterated.thousandTimes);
      }
    });

    test('reproduce the ECDH vectors of RFC 5903, and agree with Node', async () => {
      /** @type {Parameters<typeof check>[0]} */
      const list = [];
      for (const { source: about, curve, i, gi, r, gr, gir } of vectors.ecdh) {
        for (const [k, point, expected] of [
          [i, '', gi],
          [r, '', gr],
          [i, gr, gir],
          [r, gi, gir],
        ]) {
          const inputs = [hex(k), point === '' ? Buffer.alloc(0) : Buffer.concat([UNCOMPRESSED, hex(point)])];
          const out = Buffer.concat([UNCOMPRESSED, hex(expected)]);
          list.push({ about, operation: 'multiply', curve, inputs, good: true, expected: out });
        }
      }
      await check(list);
      const curves = /** @type {const} */ ([
        ['prime256v1', 256],
        ['secp384r1', 384],
        ['secp521r1', 521],
      ]);
      for (const [about, curve] of curves) {
        for (let i = 0; i < 10; i++) {
          const [ours, theirs] = [createECDH(about), createECDH(about)];
          const [ourKey, theirKey] = [ours.generateKeys(), theirs.generateKeys()];
          const k = ours.getPrivateKey();
          const [own, shared] = await kernels.publicRun([
            { operation: 'multiply', curve, inputs: [k, Buffer.alloc(0)] },
            { operation: 'multiply', curve, inputs: [k, theirKey] },
          ]);
          assert.deepEqual(own.out, ourKey);
          assert.deepEqual(shared.out.subarray(1, 1 + Math.ceil(curve / 8)), ours.computeSecret(theirKey));
        }
      }
    });

    test('accept the ECDSA signatures of RFC 6979 and of Node, and reject altered ones', async () => {
      /** @type {Parameters<typeof check>[0]} */
      const list = [];
      for (const { source: about, curve, hash, message, q, r, s } of vectors.ecdsa) {
        const key = Buffer.concat([UNCOMPRESSED, hex(q)]);
        const signature = signatureOf(hex(r), hex(s));
        const inputs = [key, hashOf(hash, message), signature];
        list.push({ about, operation: 'verify', curve, inputs, good: true });
        for (let i = 0; i < 40; i++) {
          const which = randomInt(3);
          const changed = inputs.map((bytes) => Buffer.from(bytes));
          const at = randomInt(which === 1 ? 32 : changed[which].length);
          const bit = 1 << randomInt(8);
          changed[which][at] ^= bit;
          list.push({
            about: `${about}: ${which}, ${at}, ${bit}`,
            operation: 'verify',
            curve,
            inputs: changed,
            good: false,
          });
        }
      }
      for (const [namedCurve, curve, hash] of /** @type {const} */ ([
        ['P-256', 256, 'sha256'],
        ['P-256', 256, 'sha512'],
        ['P-384', 384, 'sha384'],
        ['P-384', 384, 'sha256'],
        ['P-521', 521, 'sha512'],
      ])) {
        for (let i = 0; i < 8; i++) {
          const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
          const spki = publicKey.export({ type: 'spki', format: 'der' });
          const key = spki.subarray(spki.length - (1 + 2 * Math.ceil(curve / 8)));
          const message = randomBytes(20);
          const inputs = [key, hashOf(hash, message), sign(hash, message, privateKey)];
          list.push({ about: `${namedCurve}, ${hash}`, operation: 'verify', curve, inputs, good: true });
        }
      }
      await check(list);
    });

    test('accept RSA signatures by Node, with keys and exponents of many sizes, and reject altered ones', async () => {
      /** @type {Parameters<typeof check>[0]} */
      const list = [];
      for (const [modulusLength, publicExponent] of [
        [1024, 3],
        [1031, 65537],
        [1536, 17],
        [2048, 65537],
        [2049, 0x10000001],
        [3072, 65537],
        [4096, 65537],
      ]) {
        const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength, publicExponent });
        const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
        const [modulus, exponent] = [n, e].map((text) => Buffer.from(text, 'base64url'));
        const message = randomBytes(20);
        const hash = hashOf('sha256', message);
        const pss = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
        for (const [operation, signature] of /** @type {const} */ ([
          ['pkcs1', sign('sha256', message, privateKey)],
          ['pss', sign('sha256', message, pss)],
        ])) {
          const about = `${operation}, ${modulusLength} bits, exponent ${publicExponent}`;
          list.push({ about, operation, inputs: [modulus, exponent, hash, signature], good: true });
          const changed = Buffer.from(signature);
          changed[randomInt(changed.length)] ^= 1 << randomInt(8);
          list.push({ about, operation, inputs: [modulus, exponent, hash, changed], good: false });
        }
      }
      await check(list);
    });

    test('accept the Ed25519 signatures of RFC 8032, and reject altered ones', async () => {
      /** @type {Parameters<typeof check>[0]} */
      const list = [];
      for (const vector of vectors.ed25519) {
        const inputs = [vector.key, vector.message, vector.signature].map(hex);
        list.push({ about: vector.source, operation: 'ed25519', inputs, good: true });
        for (const which of inputs[1].length > 0 ? [0, 1, 2] : [0, 2]) {
          for (let i = 0; i < 10; i++) {
            const changed = inputs.with(which, withFlippedBit(inputs[which]));
            const about = `${vector.source}: ${changed[which].toString('hex')}`;
            list.push({ about, operation: 'ed25519', inputs: changed, good: false });
          }
        }
        for (const signature of [inputs[2].subarray(0, 63), Buffer.concat([inputs[2], Buffer.alloc(1)])]) {
          const about = `${vector.source}: ${signature.length} bytes`;
          list.push({ about, operation: 'ed25519', inputs: inputs.with(2, signature), good: false });
        }
      }
      await check(list);
    });

    test('agree with Node on Ed25519 signatures, altered ones and keys of low order', async () => {
      /** @type {Parameters<typeof check>[0]} */
      const list = [];
      const add = (/** @type {string} */ about, /** @type {Buffer[]} */ inputs) => {
        const good = verify(null, inputs[1], ed25519Key(inputs[0]), inputs[2]);
        list.push({
          about: `${about}: ${inputs.map((bytes) => bytes.toString('hex'))}`,
          operation: 'ed25519',
          inputs,
          good,
        });
      };
      for (let i = 0; i < 60; i++) {
        const { privateKey, publicKey } = generateKeyPairSync('ed25519');
        const key = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
        const message = randomBytes(randomInt(400));
        const inputs = [key, message, sign(null, message, privateKey)];
        add('a signature', inputs);
        for (const which of [0, 2]) add('altered', inputs.with(which, withFlippedBit(inputs[which])));
        add('another message', inputs.with(1, randomBytes(40)));
      }
      // The point (0, -1) has order 2, so half of all messages fit the signature of 1 with the base point as R.
      const base = edwardsPoint(ED25519.y, 0);
      const signature = Buffer.concat([base, littleEndian(1n)]);
      for (let i = 0; i < 20; i++) add('a key of order 2', [edwardsPoint(ED25519.p - 1n), randomBytes(8), signature]);
      assert.ok(new Set(list.slice(-20).map(({ good }) => good)).size === 2);
      await check(list);
    });

    test('reject every other encoding of Ed25519 numbers and points, and do without the cofactor', async () => {
      const { p, n, x, y } = ED25519;
      const neutral = edwardsPoint(1n); // as the key: any message fits a signature with R = S B
      const base = edwardsPoint(y);
      const negated = edwardsPoint(y, 1);
      assert.equal(x & 1n, 0n);
      // Of wasm/crypto/ed25519.h.
      const [GOOD, BAD_INPUT, FAILED] = [0, -1, -2];
      /** @type {[about: string, key: Buffer, r: Buffer, s: bigint, code: number][]} */
      const cases = [
        ['S = 1', neutral, base, 1n, GOOD],
        ['S = 0', neutral, neutral, 0n, GOOD],
        ['S = n - 1, above 2^252', neutral, negated, n - 1n, GOOD],
        ['S = n', neutral, neutral, n, BAD_INPUT],
        ['S = n + 1', neutral, base, n + 1n, BAD_INPUT],
        ['S = 2^256 - 1', neutral, base, 2n ** 256n - 1n, BAD_INPUT],
        ['the key as y + p', edwardsPoint(1n + p), base, 1n, BAD_INPUT],
        ['the key as y + p, with the other sign', edwardsPoint(1n + p, 1), base, 1n, BAD_INPUT],
        ['the key with the sign of x = 0', edwardsPoint(1n, 1), base, 1n, BAD_INPUT],
        ['the key (0, -1) with the sign of x = 0', edwardsPoint(p - 1n, 1), base, 1n, BAD_INPUT],
        ['a key that is not on the curve', edwardsPoint(2n), base, 1n, BAD_INPUT],
        ['the same with the other sign', edwardsPoint(2n, 1), base, 1n, BAD_INPUT],
        ['a key of 2^255 - 1', edwardsPoint(2n ** 255n - 1n), base, 1n, BAD_INPUT],
        ['a key of order 4, with y = 0', edwardsPoint(0n), negated, 1n, FAILED],
        ['the other one', edwardsPoint(0n, 1), negated, 1n, FAILED],
        ['the same as y = p', edwardsPoint(p), negated, 1n, BAD_INPUT],
        ['the other one as y = p', edwardsPoint(p, 1), negated, 1n, BAD_INPUT],
        ['R as y + p', neutral, edwardsPoint(1n + p), 0n, FAILED],
        ['R with the sign of x = 0', neutral, edwardsPoint(1n, 1), 0n, FAILED],
        ['-R', neutral, negated, 1n, FAILED],
        ['R plus a point of order 2, which the cofactor would hide', neutral, edwardsPoint(p - y, 1), 1n, FAILED],
      ];
      for (let y = p; y < 2n ** 255n; y++) {
        for (const sign of /** @type {const} */ ([0, 1])) {
          cases.push([`a key of p + ${y - p}`, edwardsPoint(y, sign), base, 1n, BAD_INPUT]);
        }
      }
      await check(
        cases.map(([about, key, r, s, expectedCode]) => ({
          about,
          operation: 'ed25519',
          inputs: [key, Buffer.from('any message'), Buffer.concat([r, littleEndian(s)])],
          good: expectedCode === GOOD,
          expectedCode,
        })),
      );
    });

    describe('pass all Wycheproof tests', { skip }, () => {
      test('of ed25519_test.json', async () => {
        /** @type {Parameters<typeof check>[0]} */
        const list = [];
        for (const { publicKey, tests } of wycheproof('ed25519')) {
          for (const { tcId, comment, msg, sig, result } of tests) {
            const inputs = [publicKey.pk, msg, sig].map(hex);
            list.push({ about: `${tcId} ${comment}`, operation: 'ed25519', inputs, good: result === 'valid' });
          }
        }
        assert.equal(list.length, 151);
        await check(list);
      });

      test('of x25519_test.json', async () => {
        const tests = wycheproof('x25519').flatMap((/** @type {{tests: object[]}} */ { tests: list }) => list);
        assert.equal(tests.length, 518);
        await check(
          tests.map((/** @type {Record<string, string>} */ { tcId, comment, private: k, public: u, shared }) => ({
            about: `${tcId} ${comment}`,
            operation: 'x25519',
            inputs: [hex(k), hex(u)],
            good: true,
            expected: hex(shared),
          })),
        );
      });

      for (const [file, curve, count] of /** @type {const} */ ([
        ['ecdh_secp256r1_ecpoint', 256, 355],
        ['ecdh_secp384r1_ecpoint', 384, 790],
      ])) {
        test(`of ${file}_test.json`, async () => {
          const tests = wycheproof(file).flatMap((/** @type {{tests: object[]}} */ { tests: list }) => list);
          assert.equal(tests.length, count);
          const length = curve / 8;
          const inputs = tests.map((/** @type {Record<string, string>} */ { private: k, public: point }) => ({
            operation: 'multiply',
            curve,
            // An empty input would mean the base point, so an empty encoding becomes a truncated one.
            inputs: [scalar(k, length), point === '' ? UNCOMPRESSED : hex(point)],
          }));
          for (const [i, { code, out }] of (await kernels.publicRun(inputs)).entries()) {
            const { tcId, comment, result, shared, public: point } = tests[i];
            const about = `${file}, test ${tcId} ${comment}`;
            // The function also reads compressed points, which are "acceptable"; TLS requires uncompressed ones.
            if (result === 'valid' || code === 0) {
              assert.equal(code, 0, about);
              assert.notEqual(result, 'invalid', about);
              assert.equal(out.subarray(1, 1 + length).toString('hex'), shared, about);
            } else {
              assert.ok(result === 'invalid' || !point.startsWith('04'), about);
            }
          }
        });
      }

      for (const [file, curve, hash, count] of /** @type {const} */ ([
        ['ecdsa_secp256r1_sha256', 256, 'sha256', 484],
        ['ecdsa_secp256r1_sha512', 256, 'sha512', 554],
        ['ecdsa_secp384r1_sha384', 384, 'sha384', 504],
        ['ecdsa_secp521r1_sha512', 521, 'sha512', 542],
      ])) {
        test(`of ${file}_test.json`, async () => {
          /** @type {Parameters<typeof check>[0]} */
          const list = [];
          for (const { publicKey, tests } of wycheproof(file)) {
            for (const { tcId, comment, msg, sig, result } of tests) {
              const inputs = [hex(publicKey.uncompressed), hashOf(hash, hex(msg)), hex(sig)];
              const about = `${file}, test ${tcId} ${comment}`;
              list.push({ about, operation: 'verify', curve, inputs, good: result === 'valid' });
            }
          }
          assert.equal(list.length, count);
          await check(list);
        });
      }

      for (const [file, operation, count] of /** @type {const} */ ([
        ['rsa_signature_2048_sha256', 'pkcs1', 259],
        ['rsa_pss_2048_sha256_mgf1_32', 'pss', 108],
      ])) {
        test(`of ${file}_test.json`, async () => {
          /** @type {PublicInput[]} */
          const list = [];
          /** @type {Record<string, string>[]} */
          const about = [];
          for (const { publicKey, publicKeyPem, publicKeyAsn, tests } of wycheproof(file)) {
            const key = createPublicKey(
              publicKeyPem ?? { key: hex(publicKeyAsn ?? publicKey.publicKeyAsn), format: 'der', type: 'pkcs1' },
            );
            const { n = '', e = '' } = key.export({ format: 'jwk' });
            for (const one of tests) {
              const parts = [n, e].map((text) => Buffer.from(text, 'base64url'));
              list.push({ operation, inputs: [...parts, hashOf('sha256', hex(one.msg)), hex(one.sig)] });
              about.push(one);
            }
          }
          assert.equal(list.length, count);
          for (const [i, { code }] of (await kernels.publicRun(list)).entries()) {
            const { tcId, comment, result } = about[i];
            // "acceptable" signatures lack the NULL in their parameters (RFC 8017, section 9.2, note 1).
            if (result !== 'acceptable') {
              assert.equal(code === 0, result === 'valid', `${file}, test ${tcId} ${comment}: code ${code}`);
            }
          }
        });
      }
    });

    test("agree with Mbed TLS's code in random cases", async () => {
      const first = randomInt(2 ** 31);
      assert.equal(await kernels.publicCases(first, cases), undefined);
    });
  });
}

/** The lists of numbers that a file of wasm/crypto/ defines. @param {string} name */
function committedConstants(name) {
  const text = readFileSync(inProject(`wasm/crypto/${name}.c`), 'utf8').replaceAll('\\\n', ' ');
  return Object.fromEntries(
    [...text.matchAll(/#define (\w+)\s+\{([^}]*)\}/g)].map(([, constant, numbers]) => [
      constant,
      numbers.split(',').map(Number),
    ]),
  );
}

test('the constants of wasm/crypto/ed25519.c match the curve', () => {
  const { p, d, x, y } = ED25519;
  assert.deepEqual(committedConstants('ed25519'), edwardsConstants());
  assert.equal((-x * x + y * y - 1n - d * x * x * y * y) % p, 0n);
});

for (const [name, curve] of Object.entries(CURVES)) {
  test(`the constants of wasm/crypto/${name}.c match the curve`, () => {
    assert.deepEqual(committedConstants(name), {
      PRIME: toBytes(curve, curve.p),
      ORDER: toBytes(curve, curve.n),
      ...curveConstants(curve),
    });
    assert.equal((curve.y ** 2n - (curve.x ** 3n - 3n * curve.x + curve.b)) % curve.p, 0n);
  });
}
