/** memcpy, memmove and memset of wasm/memory.c: every short length, every offset, overlapping or not. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, beforeEach, describe, test } from 'node:test';
import { buildWasm } from '../../scripts/cmake.js';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';

/** Where the test works in the module's memory: its own data and stack are below. */
const BASE = 0x100000;
const SIZE = 4096;
const LENGTHS = [...Array(100).keys(), 255, 256, 257, 1000];

/** @typedef {(to: number, fromOrValue: number, length: number) => number} MemoryFunction */

/** @type {Record<'memcpy' | 'memmove' | 'memset', MemoryFunction>} */
let call;
/** @type {Uint8Array} */
let bytes;
/** @type {Uint8Array} */
let expected;

before(async () => {
  const module = await WebAssembly.compile(readFileSync(await buildWasm(await mbedtlsSource(), 'memory.wasm')));
  const { exports } = await WebAssembly.instantiate(module, {});
  call = /** @type {typeof call} */ (/** @type {unknown} */ (exports));
  const { buffer } = /** @type {{buffer: ArrayBuffer}} */ (/** @type {unknown} */ (exports.memory));
  bytes = new Uint8Array(buffer, BASE, SIZE);
});

beforeEach(() => {
  for (let i = 0; i < SIZE; i++) bytes[i] = (i * 167 + (i >> 8)) & 0xff;
  expected = bytes.slice();
});

/** @param {string} what */
const same = (what) => assert.ok(Buffer.compare(bytes, expected) === 0, what);

describe('wasm/memory.c', () => {
  test('memcpy copies as many bytes as it says, from and to any address, and returns the address', () => {
    for (const length of LENGTHS) {
      for (let offset = 0; offset < 17; offset++) {
        const [to, from] = [offset, 2000 + ((offset * 7) % 17)];
        assert.equal(call.memcpy(BASE + to, BASE + from, length), BASE + to);
        expected.copyWithin(to, from, from + length);
        same(`${length} bytes to ${to} from ${from}`);
      }
    }
  });

  test('memmove copies as if there were a copy between, however the two overlap', () => {
    for (const length of LENGTHS) {
      for (let distance = -40; distance <= 40; distance++) {
        const [to, from] = [1500 + distance, 1500];
        assert.equal(call.memmove(BASE + to, BASE + from, length), BASE + to);
        expected.copyWithin(to, from, from + length);
        same(`${length} bytes by ${distance}`);
      }
    }
  });

  test('memset sets as many bytes as it says to the low eight bits of the value', () => {
    for (const length of LENGTHS) {
      for (let offset = 0; offset < 17; offset++) {
        const value = (length * 31 + offset) ^ 0x5a00;
        assert.equal(call.memset(BASE + offset, value, length), BASE + offset);
        expected.fill(value & 0xff, offset, offset + length);
        same(`${length} bytes at ${offset}`);
      }
    }
  });
});
