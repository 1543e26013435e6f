/**
 * Our kernels and Mbed TLS's code, in WebAssembly (kernels.wasm) and natively (kernels_test), for the tests and the
 * benchmark.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { run } from '../../scripts/run.js';

/** As in wasm_main.c. */
const MAX_INPUT_BYTES = 1 << 18;

/** In the order of adapter.h. */
const ALGORITHMS = /** @type {const} */ (['chacha20', 'chachapoly', 'aes', 'gcm', 'ccm']);

/** @typedef {typeof ALGORITHMS[number]} Algorithm */

/** In the order of public_key.h. */
const OPERATIONS = /** @type {const} */ (['x25519', 'multiply', 'verify', 'power', 'pkcs1', 'pss', 'ed25519']);

/** @typedef {typeof OPERATIONS[number]} Operation */

/**
 * One call of public_key.h.
 * @typedef {object} PublicInput
 * @property {Operation} operation
 * @property {255 | 256 | 384 | 521} [curve]
 * @property {boolean} [reference] whether to run Mbed TLS's code
 * @property {Buffer[]} inputs up to four
 */

/** @typedef {{code: number, out: Buffer}} PublicOutput */

/**
 * One call; properties as in adapter.h.
 * @typedef {object} Input
 * @property {Algorithm} algorithm
 * @property {boolean} [reference] whether to run Mbed TLS's code
 * @property {boolean} [decrypt]
 * @property {Buffer} key
 * @property {Buffer} nonce
 * @property {number} [counter]
 * @property {Buffer} ad
 * @property {Buffer} data
 * @property {Buffer} [tag] required to decrypt
 * @property {number} tagLength
 * @property {number} [pieces]
 * @property {boolean} [layered]
 */

/** @typedef {{code: number, data: Buffer, tag: Buffer}} Output */

/**
 * @typedef {object} Kernels
 * @property {(inputs: Input[]) => Promise<Output[]>} run
 * @property {(first: number, count: number) => Promise<string | undefined>} cases compares random cases of ciphers;
 *   returns what differed
 * @property {() => Promise<string | undefined>} misuse compares invalid calls; returns what differed
 * @property {(inputs: PublicInput[]) => Promise<PublicOutput[]>} publicRun
 * @property {(first: number, count: number) => Promise<string | undefined>} publicCases compares random cases of public
 *   keys; returns what differed
 */

/** @typedef {(fast: boolean, algorithm: Algorithm, bits: number, length: number, times: number) => void} Repeat */

/**
 * 'multiply' runs a whole key exchange.
 * @typedef {(fast: boolean, operation: Operation, curve: number, times: number) => void} PublicRepeat
 */

/**
 * @typedef {object} Exports
 * @property {WebAssembly.Memory} memory
 * @property {() => void} _initialize
 * @property {() => number} kernels_input
 * @property {(first: number, count: number) => number} kernels_cases
 * @property {() => number} kernels_misuse
 * @property {(...numbers: number[]) => number} kernels_run
 * @property {(enabled: number) => void} kernels_host
 * @property {(way: number) => void} kernels_leave_secret
 * @property {(...numbers: number[]) => number} kernels_repeat
 * @property {(first: number, count: number) => number} kernels_public_cases
 * @property {(...numbers: number[]) => number} kernels_public_run
 * @property {() => number} kernels_public_out_len
 * @property {(...numbers: number[]) => number} kernels_public_repeat
 */

/** In the order of leftovers.h. */
const OVERWRITES = /** @type {const} */ (['memset', 'zeroize', 'zeroize inline']);

/**
 * Access to the module's memory, which only WebAssembly offers.
 * @typedef {object} WasmMemory
 * @property {(method: typeof OVERWRITES[number], secret: Buffer) => void} leaveSecret calls kernel_leave_secret() of
 *   leftovers.h
 * @property {(secret: Buffer) => boolean} memoryContains whether 8 consecutive bytes of the secret are in memory, in
 *   either byte order; clears the input buffer first
 */

/**
 * Creates an implementation of pagetls_host_aead(), like js/host-aead.js.
 * @typedef {(memory: () => Uint8Array) => (...args: number[]) => number} Host
 */

/**
 * @param {string} path of kernels.wasm
 * @param {Host} [host] default: none
 * @returns {Promise<Kernels & WasmMemory & {repeat: Repeat, publicRepeat: PublicRepeat}>}
 */
export async function wasmKernels(path, host) {
  const module = await WebAssembly.compile(await readFile(path));
  // Stubs for the C library's notifications that memory has grown or the program has ended.
  /** @type {Record<string, Record<string, (...args: number[]) => number | void>>} */
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    (imports[from] ??= {})[name] = () => {
      if (name === 'proc_exit') throw new Error('kernels.wasm has aborted.');
    };
  }
  const aead = host?.(() => new Uint8Array(core.memory.buffer));
  if (aead) imports.pagetls.aead = aead;
  const { exports } = await WebAssembly.instantiate(module, imports);
  const core = /** @type {Exports} */ (/** @type {unknown} */ (exports));
  core._initialize();
  core.kernels_host(aead ? 1 : 0);

  /** @param {number} at @returns {string | undefined} */
  const textAt = (at) => {
    const bytes = new Uint8Array(core.memory.buffer);
    return at === 0 ? undefined : Buffer.from(bytes.subarray(at, bytes.indexOf(0, at))).toString();
  };

  /** @param {Input} input @returns {Output} */
  const runOne = ({ algorithm, reference, decrypt, key, nonce, counter = 0, ad, data, tag, tagLength, ...more }) => {
    const parts = [key, nonce, ad, data, tag ?? Buffer.alloc(tagLength)];
    const start = core.kernels_input();
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
    publicRun: async (inputs) =>
      inputs.map(({ operation, curve = 0, reference, inputs: parts }) => {
        const start = core.kernels_input();
        Buffer.from(core.memory.buffer).set(Buffer.concat(parts), start);
        const lengths = [0, 1, 2, 3].map((i) => parts[i]?.length ?? 0);
        const code = core.kernels_public_run(reference ? 0 : 1, OPERATIONS.indexOf(operation), curve, ...lengths);
        return { code, out: Buffer.from(core.memory.buffer.slice(start, start + core.kernels_public_out_len())) };
      }),
    publicCases: async (first, count) => textAt(core.kernels_public_cases(first, count)),
    publicRepeat(fast, operation, curve, times) {
      if (core.kernels_public_repeat(fast ? 1 : 0, OPERATIONS.indexOf(operation), curve, times) !== 1) {
        throw new Error(`${operation} failed.`);
      }
    },
    leaveSecret(method, secret) {
      Buffer.from(core.memory.buffer).set(secret, core.kernels_input());
      core.kernels_leave_secret(OVERWRITES.indexOf(method));
    },
    memoryContains(secret) {
      const memory = Buffer.from(core.memory.buffer);
      memory.fill(0, core.kernels_input(), core.kernels_input() + MAX_INPUT_BYTES);
      return [secret, Buffer.from(secret).reverse()].some((bytes) => {
        for (let at = 0; at + 8 <= bytes.length; at++) {
          if (memory.includes(bytes.subarray(at, at + 8))) return true;
        }
        return false;
      });
    },
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

/** @param {Input} input @returns {string} a line for native_main.c */
function inputLine({ algorithm, reference, decrypt, key, nonce, counter = 0, ad, data, tag, tagLength, ...more }) {
  const flags = [reference ? 0 : 1, ALGORITHMS.indexOf(algorithm), decrypt ? 1 : 0, counter, more.pieces ?? 0];
  return [...flags, more.layered ? 1 : 0, tagLength, ...[key, nonce, ad, data, tag].map(hex)].join(' ');
}

/** @param {boolean} fast */
const implementationName = (fast) => (fast ? 'fast' : 'reference');

/**
 * @typedef {object} NativeTimings
 * @property {(...args: Parameters<Repeat>) => Promise<number>} seconds
 * @property {(...args: Parameters<PublicRepeat>) => Promise<number>} publicSeconds
 */

/** @param {string} program the path of kernels_test @returns {Kernels & NativeTimings} */
export function nativeKernels(program) {
  /** Returns the words of each output line. @param {string} command @param {string[]} lines */
  const runLines = async (command, lines) => {
    const child = spawn(program, [command], { stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.end(lines.map((line) => `${line}\n`).join(''));
    const [out, errors, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    if (status !== 0) throw new Error(`kernels_test ended with ${status}: ${errors}`);
    return out
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' '));
  };
  /** Returns CPU time. @param {string[]} args */
  const seconds = async (...args) => {
    const { status, stdout, output } = await run(program, args);
    if (status !== 0) throw new Error(output || `${args.join(' ')} failed.`);
    return Number(stdout);
  };
  /** @param {string[]} args */
  const compare = async (...args) => {
    const { status, output } = await run(program, args);
    return status === 0 ? undefined : output.trim() || `exit code ${status}`;
  };
  return {
    run: async (inputs) =>
      (await runLines('run', inputs.map(inputLine))).map(([code, data, tag]) => ({
        code: Number(code),
        data: bytes(data),
        tag: bytes(tag),
      })),
    publicRun: async (inputs) =>
      (
        await runLines(
          'public-run',
          inputs.map(({ operation, curve = 0, reference, inputs: parts }) =>
            [reference ? 0 : 1, OPERATIONS.indexOf(operation), curve, ...[0, 1, 2, 3].map((i) => hex(parts[i]))].join(
              ' ',
            ),
          ),
        )
      ).map(([code, out]) => ({ code: Number(code), out: bytes(out) })),
    publicCases: (first, count) => compare('public-cases', String(first), String(count)),
    cases: (first, count) => compare('cases', String(first), String(count)),
    misuse: () => compare('misuse'),
    seconds: (fast, algorithm, bits, length, times) =>
      seconds('repeat', implementationName(fast), ...[ALGORITHMS.indexOf(algorithm), bits, length, times].map(String)),
    publicSeconds: (fast, operation, curve, times) =>
      seconds('public-repeat', implementationName(fast), ...[OPERATIONS.indexOf(operation), curve, times].map(String)),
  };
}
