/**
 * Long records go through Node's ciphers and come out the same; where those are missing, fail or are wrong, our kernels
 * do it, and a forgery is refused by either.
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
import { wasmKernels } from './makes.js';
import { pki } from '../helpers/pki.js';
import { startRelay } from '../helpers/relay.js';
import { startNodeTls } from '../helpers/servers.js';
import { download, startTransferServer, upload } from '../helpers/transfer.js';

/** @typedef {import('./makes.js').Input} Input */
/** What is called of a cipher. @typedef {Record<'update' | 'final' | 'setAAD' | 'setAuthTag' | 'getAuthTag', (data?: Uint8Array) => Buffer>} Coder */

const CIPHERS = ['aes-128-gcm', 'aes-256-gcm', 'chacha20-poly1305'];
const KEY_LENGTHS = [16, 32, 32];
/** How often it is asked until Node's ciphers are tried. */
const WARMUP_RECORDS = 16;
const MB = 1024 * 1024;

/* --- a host to order ------------------------------------------------------------------ */

const real = process.getBuiltinModule;

afterEach(() => {
  process.getBuiltinModule = real;
});

/** How often Node's ciphers were made, since they were counted. */
let made = 0;

/**
 * From now on until the end of the test, `node:crypto` is this.
 * @param {(coder: Coder, kind: string) => void} change what becomes of each cipher that it makes
 * @param {(args: unknown[]) => unknown[]} [argsOf] what each is made of
 */
function changeHost(change, argsOf = (args) => args) {
  const make =
    (/** @type {'createCipheriv' | 'createDecipheriv'} */ kind) =>
    (/** @type {unknown[]} */ ...args) => {
      made++;
      const coder = /** @type {(...args: unknown[]) => Coder} */ (/** @type {unknown} */ (nodeCrypto[kind]))(
        ...argsOf(args),
      );
      change(coder, kind);
      return coder;
    };
  const changed = { createCipheriv: make('createCipheriv'), createDecipheriv: make('createDecipheriv') };
  process.getBuiltinModule = /** @type {typeof real} */ (/** @type {unknown} */ (() => changed));
}

/** One that is past the records that it leaves to us. @param {() => Uint8Array} memory */
function readyHost(memory) {
  const aead = hostAead(memory);
  for (let i = 0; i < WARMUP_RECORDS; i++) {
    assert.equal(aead(0, 0, 0, 0, 0, 0, 0, 0, 0, 0), 1);
  }
  return aead;
}

/**
 * A call as C makes it, with everything in one memory and the output in the place of the input.
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

describe("a call of Node's ciphers", () => {
  const memory = new Uint8Array(100_000);
  const host = () => readyHost(() => memory);
  const call = () => ({
    cipher: 0,
    key: randomBytes(16),
    nonce: randomBytes(12),
    ad: randomBytes(5),
    data: randomBytes(3000),
  });

  const WYCHEPROOF = inProject('../shared/wycheproof');
  const skip = !existsSync(WYCHEPROOF) && 'NOT TESTED: there is no folder ../shared/wycheproof';
  for (const [file, ciphers, count] of /** @type {const} */ ([
    ['aes_gcm_test.json', [0, 1], 133],
    ['chacha20_poly1305_test.json', [2], 316],
  ])) {
    test(
      `Wycheproof's ${file}, where nonces have 12 bytes: what is valid, both ways; nothing is written for the rest`,
      { skip },
      () => {
        const { testGroups } = JSON.parse(readFileSync(`${WYCHEPROOF}/${file}`, 'utf8'));
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

  test(`the first ${WARMUP_RECORDS} make no cipher`, () => {
    changeHost(() => {});
    made = 0;
    const aead = readyHost(() => memory);
    assert.equal(made, 0);
    assert.equal(callHost(aead, memory, call()).code, 0);
    assert.ok(made > 0);
  });

  test('asks for node:crypto once, before the first call, and never in a call', () => {
    let times = 0;
    process.getBuiltinModule = /** @type {typeof real} */ (
      /** @type {unknown} */ (
        (/** @type {string} */ name) => {
          assert.equal(name, 'node:crypto');
          times++;
          return nodeCrypto;
        }
      )
    );
    const aead = hostAead(() => memory);
    assert.equal(times, 1);
    process.getBuiltinModule = () => assert.fail('it was asked for in a call');
    for (let i = 0; i < WARMUP_RECORDS; i++) callHost(aead, memory, call());
    for (const cipher of [0, 1, 2]) {
      assert.equal(callHost(aead, memory, { ...call(), cipher, key: randomBytes(KEY_LENGTHS[cipher]) }).code, 0);
    }
  });

  test('is not there where node:crypto has no ciphers', () => {
    process.getBuiltinModule = /** @type {typeof real} */ (
      /** @type {unknown} */ (() => ({ createCipheriv: nodeCrypto.createCipheriv }))
    );
    const { code, untouched } = callHost(host(), memory, call());
    assert.deepEqual([code, untouched], [1, true]);
  });

  for (const missing of [undefined, () => undefined]) {
    test(`is not there without ${missing ? 'node:crypto' : 'process.getBuiltinModule'}`, () => {
      process.getBuiltinModule = /** @type {typeof real} */ (/** @type {unknown} */ (missing));
      const { code, untouched } = callHost(host(), memory, call());
      assert.deepEqual([code, untouched], [1, true]);
    });
  }

  test('is not looked for again where it is not there', () => {
    let times = 0;
    process.getBuiltinModule = /** @type {typeof real} */ (/** @type {unknown} */ (() => void times++));
    const aead = host();
    for (let i = 0; i < 3; i++) assert.equal(callHost(aead, memory, call()).code, 1);
    assert.equal(times, 1);
  });

  test('is never made where Node encrypts as something else would', () => {
    const nothing = () => {};
    const reversed = (/** @type {unknown} */ bytes) => Uint8Array.from(/** @type {Uint8Array} */ (bytes)).reverse();
    changeHost(nothing, ([name, key, nonce, options]) => [name, reversed(key), nonce, options]);
    assert.equal(callHost(host(), memory, call()).code, 1);
  });

  test('is not there without a process', () => {
    const { process } = globalThis;
    Reflect.deleteProperty(globalThis, 'process');
    try {
      assert.equal(callHost(host(), memory, call()).code, 1);
    } finally {
      globalThis.process = process;
    }
  });

  /** What is wrong with a host, which is found before it is used. @type {Record<string, (coder: Coder, kind: string) => void>} */
  const WRONG = {
    'makes another tag': (coder, kind) => {
      if (kind === 'createCipheriv') coder.getAuthTag = () => Buffer.alloc(16);
    },
    'decrypts to something else': (coder, kind) => {
      const { update } = coder;
      if (kind === 'createDecipheriv') {
        coder.update = (data) => update.call(coder, data).fill(7);
      }
    },
    'decrypts to less': (coder, kind) => {
      const { update } = coder;
      if (kind === 'createDecipheriv') {
        coder.update = (data) => update.call(coder, data).subarray(1);
      }
    },
    'takes any tag': (coder, kind) => {
      if (kind === 'createDecipheriv') coder.final = () => Buffer.alloc(0);
    },
    'has no such cipher': () => {
      throw new Error('Unknown cipher');
    },
  };
  for (const [what, change] of Object.entries(WRONG)) {
    test(`is never made where it ${what}`, () => {
      changeHost(change);
      const aead = host();
      for (const cipher of [0, 1, 2]) {
        const input = { ...call(), cipher, key: randomBytes(KEY_LENGTHS[cipher]) };
        const { code, untouched } = callHost(aead, memory, input);
        assert.deepEqual([code, untouched], [1, true], CIPHERS[cipher]);
        made = 0;
        assert.equal(callHost(aead, memory, input).code, 1);
        assert.equal(made, 0, 'it is not tried again');
      }
    });
  }

  const throws = () => {
    throw new Error('out of order');
  };
  for (const [what, step, instead] of /** @type {const} */ ([
    ['throws in setAAD()', 'setAAD', throws],
    ['throws in setAuthTag()', 'setAuthTag', throws],
    ['throws in update()', 'update', throws],
    ['throws in final()', 'final', throws],
    ['throws in getAuthTag()', 'getAuthTag', throws],
    ['gives too few bytes', 'update', () => Buffer.alloc(2999)],
  ])) {
    test(`that ${what} has written nothing, and the next one is tried`, () => {
      let broken = false;
      changeHost((coder) => {
        if (broken && step in coder) coder[step] = instead;
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

  test('leaves no plaintext in what Node gave, not that of a forgery either', () => {
    /** @type {Buffer[]} */
    const given = [];
    changeHost((coder) => {
      const { update } = coder;
      coder.update = (data) => {
        const bytes = update.call(coder, data);
        given.push(bytes);
        return bytes;
      };
    });
    const aead = host();
    const input = call();
    const sealed = callHost(aead, memory, input);
    const opening = { ...input, decrypt: true, data: sealed.data };
    assert.deepEqual(callHost(aead, memory, { ...opening, tag: sealed.tag }).data, Uint8Array.from(input.data));
    assert.equal(callHost(aead, memory, { ...opening, tag: new Uint8Array(16) }).code, 1);
    const long = given.filter(({ length }) => length === 3000);
    assert.equal(long.length, 3);
    assert.ok(long.every((bytes) => bytes.every((byte) => byte === 0)));
  });
});

/* --- behind Mbed TLS's functions --------------------------------------------------------- */

describe('records through the kernels', async () => {
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
  /** By ours, and by Mbed TLS's own, which asks no host. @param {Input} given */
  const both = async (given) => kernels.run([given, { ...given, reference: true }]);

  test('what the host does is what Mbed TLS does, both ways, and a forgery is what it says of it', async () => {
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
      const [refused, theirs] = await both({ ...opening, tag });
      assert.deepEqual([refused.code, done], [theirs.code, 2]);
      assert.ok(refused.code < 0 && refused.data.every((byte) => byte === 0));
    }
  });

  /** @type {Record<string, Partial<Input>>} */
  const OURS = {
    'are short': { data: randomBytes(2047) },
    'are short, with ChaCha20-Poly1305': { algorithm: 'chachapoly', data: randomBytes(8191) },
    'have another nonce than that of TLS': { nonce: randomBytes(13) },
    'have a shorter tag': { tagLength: 12 },
    'have keys of 192 bits': { key: randomBytes(24) },
    'are given in pieces': { pieces: 12345 },
  };
  for (const [which, more] of Object.entries(OURS)) {
    test(`the host is not asked for those that ${which}`, async () => {
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
  /** The core is one for all connections, so its host is as well: with `broken`, it does nothing. */
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
        made = 0;
        return { ...base, ciphers: [cipher] };
      };

      test(`${cipher} by ${by}: 20 MB down and 20 MB up, byte for byte`, async () => {
        await download(server.port, options(), 20 * MB);
        assert.ok(made >= 20 * 64, `${made} records were given to the host`);
        await upload(server.port, options(), 20 * MB, 64 * 1024);
        assert.ok(made >= 20 * 64, `${made} records were given to the host`);
      });

      test(`${cipher} by ${by}: a long record that was changed is ERR_TLS_BAD_RECORD, and nothing of it is read`, async (t) => {
        const sender = await startNodeTls(certificates, {}, (socket) => {
          socket.on('error', () => {});
          socket.on('data', () => socket.write(Buffer.alloc(16_384, 'x')));
        });
        const relay = await startRelay(sender.port, {
          fromServer(chunk) {
            if (chunk.length > 10_000) chunk[chunk.length - 100] ^= 1; // session tickets may be before it
            return chunk;
          },
        });
        t.after(() => Promise.all([relay.close(), sender.close()]));
        const socket = connect({ hostname: '127.0.0.1', port: relay.port }, options());
        await socket.write('go');
        await assert.rejects(socket.read(), { code: 'ERR_TLS_BAD_RECORD' });
        await assert.rejects(socket.closed, { code: 'ERR_TLS_BAD_RECORD' });
        assert.equal(made, 1, 'the host was asked, once');
      });
    }
  }
});
