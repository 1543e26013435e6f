/**
 * Node's ciphers process long records with the same results as our kernels. If they are missing, fail or are wrong, the
 * kernels take over. Both reject forgeries.
 */
import assert from 'node:assert/strict';
import nodeCrypto, { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { after, afterEach, before, describe, test } from 'node:test';
import { hostAead } from '../../dist/host-aead.js';
import { connect, TrustStore } from '../../dist/index.js';
import { buildWasm } from '../../scripts/cmake.js';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';
import { inProject } from '../../scripts/run.js';
import { wasmKernels } from './kernels.js';
import { pki } from '../helpers/pki.js';
import { startRelay } from '../helpers/relay.js';
import { startNodeTls } from '../helpers/servers.js';
import { download, startTransferServer, upload } from '../helpers/transfer.js';

/** @typedef {import('./kernels.js').Input} Input */
/**
 * The methods of Node's ciphers that js/host-aead.js calls.
 * @typedef {Record<'update' | 'final' | 'setAAD' | 'setAuthTag' | 'getAuthTag', (data?: Uint8Array) => Buffer>} Cipher
 */

const CIPHERS = ['aes-128-gcm', 'aes-256-gcm', 'chacha20-poly1305'];
const KEY_LENGTHS = [16, 32, 32];
/** As in js/host-aead.js. */
const WARMUP_RECORDS = 16;
const MB = 1024 * 1024;

/* --- a configurable host --------------------------------------------------------------- */

const realGetBuiltinModule = process.getBuiltinModule;

afterEach(() => {
  process.getBuiltinModule = realGetBuiltinModule;
});

/** Number of ciphers that Node has created since the last reset. */
let ciphersCreated = 0;

/**
 * Replaces `node:crypto` until the end of the test.
 * @param {(cipher: Cipher, kind: string) => void} change modifies each new cipher
 * @param {(args: unknown[]) => unknown[]} [argsOf] modifies the arguments of createCipheriv() and createDecipheriv()
 */
function changeHost(change, argsOf = (args) => args) {
  const make =
    (/** @type {'createCipheriv' | 'createDecipheriv'} */ kind) =>
    (/** @type {unknown[]} */ ...args) => {
      ciphersCreated++;
      const cipher = /** @type {(...args: unknown[]) => Cipher} */ (/** @type {unknown} */ (nodeCrypto[kind]))(
        ...argsOf(args),
      );
      change(cipher, kind);
      return cipher;
    };
  const changed = { createCipheriv: make('createCipheriv'), createDecipheriv: make('createDecipheriv') };
  process.getBuiltinModule = /** @type {typeof realGetBuiltinModule} */ (/** @type {unknown} */ (() => changed));
}

/** A host that has already declined its warm-up records. @param {() => Uint8Array} memory */
function readyHost(memory) {
  const aead = hostAead(memory);
  for (let i = 0; i < WARMUP_RECORDS; i++) {
    assert.equal(aead(0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 1);
  }
  return aead;
}

/**
 * A call as from C, with all arguments in one memory and the output in place.
 * @param {(...args: number[]) => number} aead
 * @param {Uint8Array} memory
 * @param {{cipher: number, decrypt?: boolean, key: Uint8Array, nonce: Uint8Array, ad: Uint8Array, data: Uint8Array, tag?: Uint8Array}} call
 */
function callHost(aead, memory, { cipher, decrypt, key, nonce, ad, data, tag = new Uint8Array(16) }) {
  let at = 8;
  const places = [key, nonce, ad, data, tag].map((bytes) => {
    memory.set(bytes, at);
    at += bytes.length + 3;
    return at - bytes.length - 3;
  });
  const before = memory.slice();
  const [keyAt, nonceAt, adAt, dataAt, tagAt] = places;
  const code = aead(cipher, decrypt ? 1 : 0, keyAt, nonceAt, adAt, ad.length, dataAt, data.length, dataAt, tagAt);
  return {
    code,
    data: memory.slice(dataAt, dataAt + data.length),
    tag: memory.slice(tagAt, tagAt + 16),
    untouched: Buffer.compare(before, memory) === 0,
  };
}

describe("the host's ciphers", () => {
  const memory = new Uint8Array(100_000);
  const host = () => readyHost(() => memory);
  const call = () => ({
    cipher: 0,
    key: randomBytes(16),
    nonce: randomBytes(12),
    ad: randomBytes(5),
    data: randomBytes(3000),
  });

  const WYCHEPROOF_DIR = inProject('../shared/wycheproof');
  const skip = !existsSync(WYCHEPROOF_DIR) && 'NOT TESTED: there is no folder ../shared/wycheproof';
  for (const [file, ciphers, count] of /** @type {const} */ ([
    ['aes_gcm_test.json', [0, 1], 133],
    ['chacha20_poly1305_test.json', [2], 316],
  ])) {
    test(
      `pass the tests of Wycheproof's ${file} with 12-byte nonces, and write nothing for invalid input`,
      { skip },
      () => {
        const { testGroups } = JSON.parse(readFileSync(`${WYCHEPROOF_DIR}/${file}`, 'utf8'));
        const aead = host();
        let seen = 0;
        for (const { ivSize, keySize, tagSize, tests } of testGroups) {
          const cipher = ciphers.find((i) => 8 * KEY_LENGTHS[i] === keySize);
          if (ivSize !== 96 || tagSize !== 128 || cipher === undefined) continue;
          for (const { tcId, result, ...texts } of tests) {
            const [key, nonce, ad, message, ciphertext, tag] = ['key', 'iv', 'aad', 'msg', 'ct', 'tag'].map((name) =>
              Uint8Array.from(Buffer.from(texts[name], 'hex')),
            );
            const common = { cipher, key, nonce, ad };
            const opened = callHost(aead, memory, { ...common, decrypt: true, data: ciphertext, tag });
            seen++;
            if (result !== 'valid') {
              assert.deepEqual([opened.code, opened.untouched], [1, true], `test ${tcId}`);
              continue;
            }
            const sealed = callHost(aead, memory, { ...common, data: message });
            assert.deepEqual([sealed.code, sealed.data, sealed.tag], [0, ciphertext, tag], `test ${tcId}`);
            assert.deepEqual([opened.code, opened.data, opened.tag], [0, message, tag], `test ${tcId}`);
          }
        }
        assert.equal(seen, count);
      },
    );
  }

  test(`are not used for the first ${WARMUP_RECORDS} records`, () => {
    changeHost(() => {});
    ciphersCreated = 0;
    const aead = readyHost(() => memory);
    assert.equal(ciphersCreated, 0);
    assert.equal(callHost(aead, memory, call()).code, 0);
    assert.ok(ciphersCreated > 0);
  });

  test('are looked up once, before the first call and never during one', () => {
    let lookups = 0;
    process.getBuiltinModule = /** @type {typeof realGetBuiltinModule} */ (
      /** @type {unknown} */ (
        (/** @type {string} */ name) => {
          assert.equal(name, 'node:crypto');
          lookups++;
          return nodeCrypto;
        }
      )
    );
    const aead = hostAead(() => memory);
    assert.equal(lookups, 1);
    process.getBuiltinModule = () => assert.fail('looked up during a call');
    for (let i = 0; i < WARMUP_RECORDS; i++) callHost(aead, memory, call());
    for (const cipher of [0, 1, 2]) {
      assert.equal(callHost(aead, memory, { ...call(), cipher, key: randomBytes(KEY_LENGTHS[cipher]) }).code, 0);
    }
  });

  test('are unavailable if node:crypto lacks them', () => {
    process.getBuiltinModule = /** @type {typeof realGetBuiltinModule} */ (
      /** @type {unknown} */ (() => ({ createCipheriv: nodeCrypto.createCipheriv }))
    );
    const { code, untouched } = callHost(host(), memory, call());
    assert.deepEqual([code, untouched], [1, true]);
  });

  for (const missing of [undefined, () => undefined]) {
    test(`are unavailable without ${missing ? 'node:crypto' : 'process.getBuiltinModule'}`, () => {
      process.getBuiltinModule = /** @type {typeof realGetBuiltinModule} */ (/** @type {unknown} */ (missing));
      const { code, untouched } = callHost(host(), memory, call());
      assert.deepEqual([code, untouched], [1, true]);
    });
  }

  test('are not looked up again if they are unavailable', () => {
    let lookups = 0;
    process.getBuiltinModule = /** @type {typeof realGetBuiltinModule} */ (
      /** @type {unknown} */ (() => void lookups++)
    );
    const aead = host();
    for (let i = 0; i < 3; i++) assert.equal(callHost(aead, memory, call()).code, 1);
    assert.equal(lookups, 1);
  });

  test('are never used if Node encrypts differently', () => {
    const nothing = () => {};
    const reversed = (/** @type {unknown} */ bytes) => Uint8Array.from(/** @type {Uint8Array} */ (bytes)).reverse();
    changeHost(nothing, ([name, key, nonce, options]) => [name, reversed(key), nonce, options]);
    assert.equal(callHost(host(), memory, call()).code, 1);
  });

  test('are unavailable without a global process', () => {
    const { process } = globalThis;
    Reflect.deleteProperty(globalThis, 'process');
    try {
      assert.equal(callHost(host(), memory, call()).code, 1);
    } finally {
      globalThis.process = process;
    }
  });

  /** Faults that are found before the first use. @type {Record<string, (cipher: Cipher, kind: string) => void>} */
  const FAULTY_HOSTS = {
    'compute a wrong tag': (cipher, kind) => {
      if (kind === 'createCipheriv') cipher.getAuthTag = () => Buffer.alloc(16);
    },
    'decrypt to wrong data': (cipher, kind) => {
      const { update } = cipher;
      if (kind === 'createDecipheriv') {
        cipher.update = (data) => update.call(cipher, data).fill(7);
      }
    },
    'decrypt to too few bytes': (cipher, kind) => {
      const { update } = cipher;
      if (kind === 'createDecipheriv') {
        cipher.update = (data) => update.call(cipher, data).subarray(1);
      }
    },
    'accept any tag': (cipher, kind) => {
      if (kind === 'createDecipheriv') cipher.final = () => Buffer.alloc(0);
    },
    'do not exist in Node': () => {
      throw new Error('Unknown cipher');
    },
  };
  for (const [what, change] of Object.entries(FAULTY_HOSTS)) {
    test(`are never used if they ${what}`, () => {
      changeHost(change);
      const aead = host();
      for (const cipher of [0, 1, 2]) {
        const input = { ...call(), cipher, key: randomBytes(KEY_LENGTHS[cipher]) };
        const { code, untouched } = callHost(aead, memory, input);
        assert.deepEqual([code, untouched], [1, true], CIPHERS[cipher]);
        ciphersCreated = 0;
        assert.equal(callHost(aead, memory, input).code, 1);
        assert.equal(ciphersCreated, 0, 'not tried again');
      }
    });
  }

  const throws = () => {
    throw new Error('out of order');
  };
  for (const [what, step, instead] of /** @type {const} */ ([
    ['throw in setAAD()', 'setAAD', throws],
    ['throw in setAuthTag()', 'setAuthTag', throws],
    ['throw in update()', 'update', throws],
    ['throw in final()', 'final', throws],
    ['throw in getAuthTag()', 'getAuthTag', throws],
    ['return too few bytes', 'update', () => Buffer.alloc(2999)],
  ])) {
    test(`write nothing if they ${what}, and are tried again for the next record`, () => {
      let broken = false;
      changeHost((cipher) => {
        if (broken && step in cipher) cipher[step] = instead;
      });
      const aead = host();
      const sealed = callHost(aead, memory, call());
      assert.equal(sealed.code, 0);
      broken = true;
      const decrypt = step === 'setAuthTag';
      const { code, untouched } = callHost(aead, memory, { ...call(), decrypt });
      assert.deepEqual([code, untouched], [1, true]);
      broken = false;
      assert.equal(callHost(aead, memory, call()).code, 0);
    });
  }

  test('overwrite the plaintext in the buffers that Node returned, even after a forgery', () => {
    /** @type {Buffer[]} */
    const returned = [];
    changeHost((cipher) => {
      const { update } = cipher;
      cipher.update = (data) => {
        const bytes = update.call(cipher, data);
        returned.push(bytes);
        return bytes;
      };
    });
    const aead = host();
    const input = call();
    const sealed = callHost(aead, memory, input);
    const opening = { ...input, decrypt: true, data: sealed.data };
    assert.deepEqual(callHost(aead, memory, { ...opening, tag: sealed.tag }).data, Uint8Array.from(input.data));
    assert.equal(callHost(aead, memory, { ...opening, tag: new Uint8Array(16) }).code, 1);
    const long = returned.filter(({ length }) => length === 3000);
    assert.equal(long.length, 3);
    assert.ok(long.every((bytes) => bytes.every((byte) => byte === 0)));
  });
});

/* --- called through Mbed TLS's functions -------------------------------------------------- */

describe("the host's ciphers behind the kernels", async () => {
  /** @typedef {Awaited<ReturnType<typeof wasmKernels>>} Kernels */
  const path = await buildWasm(await mbedtlsSource(), 'kernels.wasm');
  let done = 0;
  let asked = 0;
  /** @type {Kernels} */
  let kernels;
  before(async () => {
    kernels = await wasmKernels(path, (memory) => {
      const aead = readyHost(memory);
      return (...args) => {
        asked++;
        const code = aead(...args);
        done += code === 0 ? 1 : 0;
        return code;
      };
    });
  });

  /** @param {Partial<Input>} [more] @returns {Input} */
  const input = (more) => ({
    algorithm: 'gcm',
    key: randomBytes(32),
    nonce: randomBytes(12),
    ad: randomBytes(13),
    data: randomBytes(16_384),
    tagLength: 16,
    ...more,
  });
  /** Runs our kernels, and Mbed TLS's ciphers, which never use the host. @param {Input} given */
  const both = async (given) => kernels.run([given, { ...given, reference: true }]);

  test('encrypt and decrypt like Mbed TLS, with the same error for a forgery', async () => {
    for (let i = 0; i < 300; i++) {
      const algorithm = i % 3 === 0 ? 'chachapoly' : 'gcm';
      const [low, high] = algorithm === 'gcm' ? [2048, 17_000] : [8192, 17_000];
      const given = input({
        algorithm,
        key: randomBytes(i % 3 === 1 ? 16 : 32),
        ad: randomBytes(randomInt(40)),
        data: randomBytes(i < 3 ? low : randomInt(low, high)),
        layered: i % 2 === 0,
      });
      done = 0;
      const [sealed, expected] = await both(given);
      assert.deepEqual([sealed, done], [expected, 1]);
      const opening = { ...given, decrypt: true, data: sealed.data, tag: sealed.tag };
      const [opened] = await kernels.run([opening]);
      assert.deepEqual([opened.code, opened.data, done], [0, given.data, 2]);
      const tag = Buffer.from(sealed.tag);
      tag[randomInt(16)] ^= 1 << randomInt(8);
      const [rejected, theirs] = await both({ ...opening, tag });
      assert.deepEqual([rejected.code, done], [theirs.code, 2]);
      assert.ok(rejected.code < 0 && rejected.data.every((byte) => byte === 0));
    }
  });

  /** @type {Record<string, Partial<Input>>} */
  const KERNEL_ONLY = {
    'are short': { data: randomBytes(2047) },
    'are short, with ChaCha20-Poly1305': { algorithm: 'chachapoly', data: randomBytes(8191) },
    'have a nonce of another length than in TLS': { nonce: randomBytes(13) },
    'have a shorter tag': { tagLength: 12 },
    'have keys of 192 bits': { key: randomBytes(24) },
    'are processed in pieces': { pieces: 12345 },
  };
  for (const [which, more] of Object.entries(KERNEL_ONLY)) {
    test(`are not called for records that ${which}`, async () => {
      asked = 0;
      const given = input(more);
      const [ours, expected] = await both(given);
      assert.deepEqual([ours, asked], [expected, 0]);
    });
  }
});

/* --- over connections ---------------------------------------------------------------------- */

describe('connections', () => {
  const certificates = pki('good-p256');
  /** All connections share one core and its host. While this is true, the host does nothing. */
  let broken = false;
  /** @type {import('../../dist/index.js').ConnectOptions} */
  let base;
  /** @type {Awaited<ReturnType<typeof startTransferServer>>} */
  let server;

  before(async () => {
    changeHost(() => {
      if (broken) throw new Error('out of order');
    });
    base = {
      trust: await TrustStore.from(certificates.roots),
      servername: certificates.hostname,
      now: new Date(certificates.clock),
    };
    server = await startTransferServer(certificates);
    await download(server.port, base, MB);
  });
  after(() => server.close());

  for (const cipher of [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384',
    'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256',
  ]) {
    for (const by of ["Node's ciphers", 'our kernels']) {
      const options = () => {
        broken = by === 'our kernels';
        ciphersCreated = 0;
        return { ...base, ciphers: [cipher] };
      };

      test(`${cipher} by ${by}: 20 MB arrive unchanged each way`, async () => {
        await download(server.port, options(), 20 * MB);
        assert.ok(ciphersCreated >= 20 * 64, `the host created ${ciphersCreated} ciphers`);
        await upload(server.port, options(), 20 * MB, 64 * 1024);
        assert.ok(ciphersCreated >= 20 * 64, `the host created ${ciphersCreated} ciphers`);
      });

      test(`${cipher} by ${by}: an altered long record fails with ERR_TLS_BAD_RECORD and yields no data`, async (t) => {
        const sender = await startNodeTls(certificates, {}, (socket) => {
          socket.on('error', () => {});
          socket.on('data', () => socket.write(Buffer.alloc(16_384, 'x')));
        });
        const relay = await startRelay(sender.port, {
          fromServer(chunk) {
            if (chunk.length > 10_000) chunk[chunk.length - 100] ^= 1; // session tickets may precede it
            return chunk;
          },
        });
        t.after(() => Promise.all([relay.close(), sender.close()]));
        const socket = connect({ hostname: '127.0.0.1', port: relay.port }, options());
        await socket.write('go');
        await assert.rejects(socket.read(), { code: 'ERR_TLS_BAD_RECORD' });
        await assert.rejects(socket.closed, { code: 'ERR_TLS_BAD_RECORD' });
        assert.equal(ciphersCreated, 1, 'the host was called once');
      });
    }
  }
});
