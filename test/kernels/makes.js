/**
 * Our kernels and Mbed TLS's own ciphers, as WebAssembly and for this machine: kernels.wasm and kernels_test, which
 * targets.cmake makes for the tests and the benchmark.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { run } from '../../scripts/run.js';

/** In the order of adapter.h. */
const ALGORITHMS = /** @type {const} */ (['chacha20', 'chachapoly', 'aes', 'gcm', 'ccm']);

/** @typedef {typeof ALGORITHMS[number]} Algorithm */

/**
 * One call; fields as in adapter.h.
 * @typedef {object} Input
 * @property {Algorithm} algorithm
 * @property {boolean} [reference] by Mbed TLS's own
 * @property {boolean} [decrypt]
 * @property {Buffer} key
 * @property {Buffer} nonce
 * @property {number} [counter]
 * @property {Buffer} ad
 * @property {Buffer} data
 * @property {Buffer} [tag] when decrypting
 * @property {number} tagLength
 * @property {number} [pieces]
 * @property {boolean} [layered]
 */

/** @typedef {{code: number, data: Buffer, tag: Buffer}} Output */

/**
 * @typedef {object} Make
 * @property {(inputs: Input[]) => Promise<Output[]>} run
 * @property {(first: number, count: number) => Promise<string | undefined>} cases compares random cases; what differed
 * @property {() => Promise<string | undefined>} misuse compares calls that are wrong
 */

/** @typedef {(fast: boolean, algorithm: Algorithm, bits: number, length: number, times: number) => void} Repeat */

/**
 * @typedef {object} Exports
 * @property {WebAssembly.Memory} memory
 * @property {() => void} _initialize
 * @property {() => number} kernels_room
 * @property {(first: number, count: number) => number} kernels_cases
 * @property {() => number} kernels_misuse
 * @property {(...numbers: number[]) => number} kernels_run
 * @property {(...numbers: number[]) => number} kernels_repeat
 */

/** @param {string} path of kernels.wasm @returns {Promise<Make & {repeat: Repeat}>} */
export async function wasmKernels(path) {
  const module = await WebAssembly.compile(await readFile(path));
  // What the C library asks for, where it is told that memory has grown or the program has ended.
  /** @type {Record<string, Record<string, () => void>>} */
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = () => {
      if (name === 'proc_exit') throw new Error('kernels.wasm has aborted.');
    };
  }
  const { exports } = await WebAssembly.instantiate(module, imports);
  const core = /** @type {Exports} */ (/** @type {unknown} */ (exports));
  core._initialize();

  /** @param {number} at @returns {string | undefined} */
  const textAt = (at) => {
    const bytes = new Uint8Array(core.memory.buffer);
    return at === 0 ? undefined : Buffer.from(bytes.subarray(at, bytes.indexOf(0, at))).toString();
  };

  /** @param {Input} input @returns {Output} */
  const runOne = ({ algorithm, reference, decrypt, key, nonce, counter = 0, ad, data, tag, tagLength, ...more }) => {
    const parts = [key, nonce, ad, data, tag ?? Buffer.alloc(tagLength)];
    const start = core.kernels_room();
    const all = Buffer.concat(parts);
    Buffer.from(core.memory.buffer).set(all, start);
    const flags = [reference ? 0 : 1, ALGORITHMS.indexOf(algorithm), decrypt ? 1 : 0];
    const lengths = [key.length * 8, nonce.length, counter, ad.length, data.length, tagLength];
    const code = core.kernels_run(...flags, ...lengths, more.pieces ?? 0, more.layered ? 1 : 0);
    const end = start + all.length - (tag?.length ?? tagLength);
    const out = Buffer.from(core.memory.buffer.slice(end - data.length, end + tagLength));
    return { code, data: out.subarray(0, data.length), tag: out.subarray(data.length) };
  };

  return {
    run: async (inputs) => inputs.map(runOne),
    cases: async (first, count) => textAt(core.kernels_cases(first, count)),
    misuse: async () => textAt(core.kernels_misuse()),
    repeat(fast, algorithm, bits, length, times) {
      const of = core.kernels_repeat(fast ? 1 : 0, ALGORITHMS.indexOf(algorithm), bits, length, times);
      if (of === -1) throw new Error(`${algorithm} failed.`);
    },
  };
}

/** @param {Buffer | undefined} bytes */
const hex = (bytes) => (bytes === undefined || bytes.length === 0 ? '-' : bytes.toString('hex'));

/** @param {string} word */
const bytes = (word) => Buffer.from(word === '-' ? '' : word, 'hex');

/** @param {Input} input @returns {string} a line as native_main.c reads it */
function lineOf({ algorithm, reference, decrypt, key, nonce, counter = 0, ad, data, tag, tagLength, ...more }) {
  const flags = [reference ? 0 : 1, ALGORITHMS.indexOf(algorithm), decrypt ? 1 : 0, counter, more.pieces ?? 0];
  return [...flags, more.layered ? 1 : 0, tagLength, ...[key, nonce, ad, data, tag].map(hex)].join(' ');
}

/** @param {string} program the path of kernels_test @returns {Make & {seconds: (...args: Parameters<Repeat>) => Promise<number>}} */
export function nativeKernels(program) {
  /** @param {string[]} args */
  const compare = async (...args) => {
    const { status, all } = await run(program, args);
    return status === 0 ? undefined : all.trim() || `exit code ${status}`;
  };
  return {
    async run(inputs) {
      const child = spawn(program, ['run'], { stdio: ['pipe', 'pipe', 'pipe'] });
      child.stdin.end(inputs.map((input) => `${lineOf(input)}\n`).join(''));
      const [out, errors, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
      if (status !== 0) throw new Error(`kernels_test ended with ${status}: ${errors}`);
      return out
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' '))
        .map(([code, data, tag]) => ({ code: Number(code), data: bytes(data), tag: bytes(tag) }));
    },
    cases: (first, count) => compare('cases', String(first), String(count)),
    misuse: () => compare('misuse'),
    async seconds(fast, algorithm, bits, length, times) {
      const make = fast ? 'fast' : 'reference';
      const numbers = [ALGORITHMS.indexOf(algorithm), bits, length, times].map(String);
      const { status, out, all } = await run(program, ['repeat', make, ...numbers]);
      if (status !== 0) throw new Error(all);
      return Number(out);
    },
  };
}
