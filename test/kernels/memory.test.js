/** memcpy(), memmove() and memset() of wasm/host/memory.c, with every short length, every alignment, and overlaps. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { before, beforeEach, describe, test } from 'node:test';
import { buildWasm } from '../../scripts/cmake.js';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';

/** The memory that the test uses, above the module's data and stack. */
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
const assertExpected = (what) => assert.ok(Buffer.compare(bytes, expected) === 0, what);

describe('wasm/host/memory.c', () => {
  test('memcpy copies the given number of bytes between any addresses, and returns the destination', () => {
    for (const length of LENGTHS) {
      for (let offset = 0; offset < 17; offset++) {
        const [to, from] = [offset, 2000 + ((offset * 7) % 17)];
        assert.equal(call.memcpy(BASE + to, BASE + from, length), BASE + to);
        expected.copyWithin(to, from, from + length);
        assertExpected(`${length} bytes to ${to} from ${from}`);
      }
    }
  });

  test('memmove copies correctly however source and destination overlap', () => {
    for (const length of LENGTHS) {
      for (let distance = -40; distance <= 40; distance++) {
        const [to, from] = [1500 + distance, 1500];
        assert.equal(call.memmove(BASE + to, BASE + from, length), BASE + to);
        expected.copyWithin(to, from, from + length);
        assertExpected(`${length} bytes by ${distance}`);
      }
    }
  });

  test('memset sets the given number of bytes to the low eight bits of the value', () => {
    for (const length of LENGTHS) {
      for (let offset = 0; offset < 17; offset++) {
        const value = (length * 31 + offset) ^ 0x5a00;
        assert.equal(call.memset(BASE + offset, value, length), BASE + offset);
        expected.fill(value & 0xff, offset, offset + length);
        assertExpected(`${length} bytes at ${offset}`);
      }
    }
  });
});
