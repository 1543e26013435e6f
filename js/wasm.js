/**
 * Loads pagetls.wasm once and gives the C core a JavaScript face: numbers, bytes and strings.
 * wasm/pagetls.h says what each function does and who owns what.
 */
import { coreError } from './core-error.js';
import { TLSError } from './errors.js';
import { hostAead } from './host-aead.js';

/** @typedef {(...args: number[]) => number} NativeFunction */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class Core {
  /** @param {{exports: Record<string, unknown>}} instance */
  constructor(instance) {
    const { memory, ...functions } = instance.exports;
    /** @type {{buffer: ArrayBuffer}} */
    this.memory = /** @type {{buffer: ArrayBuffer}} */ (memory);
    /** Functions of pagetls.h, without their prefix being dropped. @type {Record<string, NativeFunction>} */
    this.call = /** @type {Record<string, NativeFunction>} */ (functions);
    /** What the host's generator threw last: the C core knows only that something failed. @type {unknown} */
    this.randomFailure = undefined;
  }

  /** What the host's generator has thrown since the last call of this, as the error that it is. */
  takeRandomError() {
    const cause = this.randomFailure;
    this.randomFailure = undefined;
    return cause === undefined ? undefined : new TLSError('ERR_TLS_RANDOM', undefined, { cause });
  }

  /** All of memory; made anew each time, for it may have grown. */
  get bytes() {
    return new Uint8Array(this.memory.buffer);
  }

  /**
   * A copy of `length` bytes at `pointer`.
   * @param {number} pointer
   * @param {number} length
   */
  copy(pointer, length) {
    return this.bytes.slice(pointer, pointer + length);
  }

  /**
   * The NUL-terminated UTF-8 string at `pointer`; null for a null pointer.
   * @param {number} pointer
   */
  string(pointer) {
    if (pointer === 0) {
      return null;
    }
    const bytes = this.bytes;
    return decoder.decode(bytes.subarray(pointer, bytes.indexOf(0, pointer)));
  }

  /**
   * What the call that has just failed has to say; `native` is Mbed TLS's error behind it.
   * @param {number} number that it returned
   */
  lastError(number) {
    const detail = this.string(this.call.pagetls_error_detail(number) >>> 0) ?? '';
    const code = this.call.pagetls_error_native(number);
    return { detail, native: code === 0 ? undefined : { code, text: detail } };
  }

  /**
   * Calls `use` with copies of the inputs in the C heap, each as pointer and length; they are zeroized after.
   * @template T
   * @param {(string | Uint8Array)[]} inputs
   * @param {(...pointersAndLengths: number[]) => T} use
   * @returns {T}
   */
  lend(inputs, use) {
    /** @type {number[]} */
    const args = [];
    try {
      for (const input of inputs) {
        const bytes = typeof input === 'string' ? encoder.encode(input) : input;
        const pointer = this.call.pagetls_alloc(bytes.length) >>> 0;
        if (pointer === 0) {
          throw new TLSError('ERR_TLS_OUT_OF_MEMORY');
        }
        args.push(pointer, bytes.length);
        this.bytes.set(bytes, pointer);
      }
      return use(...args);
    } finally {
      for (let i = 0; i < args.length; i += 2) {
        this.call.pagetls_free(args[i]);
      }
    }
  }

  /** Bytes of C heap in use, for finding leaks. */
  get heapInUse() {
    return this.call.pagetls_heap_in_use() >>> 0;
  }
}

const isNode = typeof process === 'object' && typeof process.versions?.node === 'string';

/**
 * A file that lies beside a module: its bytes in Node, where a Response costs 20 ms at the first, else the response.
 * Bundlers look for `new URL('./file', import.meta.url)` with the name written out, and take the file along.
 * @param {URL} url
 * @returns {Promise<Uint8Array<ArrayBuffer> | Response>}
 */
async function openBeside(url) {
  if (isNode && url.protocol === 'file:') {
    const { readFile } = await import('node:fs/promises');
    return readFile(url);
  }
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(`HTTP status ${response.status}`);
  }
  return response;
}

/** @param {URL} url @returns {(cause: unknown) => never} */
const cannotLoad = (url) => (cause) => {
  throw new TLSError('ERR_TLS_LOAD', `${url.href} could not be loaded.`, { cause });
};

/**
 * The bytes of a file that lies beside a module, named as bundlers want it: see openBeside().
 * @param {URL} url
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function bytesBeside(url) {
  const file = await openBeside(url).catch(cannotLoad(url));
  return file instanceof Uint8Array ? file : new Uint8Array(await file.arrayBuffer().catch(cannotLoad(url)));
}

/** Compiles while it loads where the server says application/wasm; else from the whole file. */
async function compile() {
  const url = new URL('./pagetls.wasm', import.meta.url);
  const file = await openBeside(url).catch(cannotLoad(url));
  if (file instanceof Uint8Array) {
    return WebAssembly.compile(file);
  }
  if (file.headers.get('content-type')?.startsWith('application/wasm')) {
    return WebAssembly.compileStreaming(file);
  }
  return WebAssembly.compile(await file.arrayBuffer());
}

/**
 * A WebAssembly.Module, whose type the declarations of Node lack.
 * @typedef {object} CompiledModule
 */

/** @type {Promise<WebAssembly.Module> | undefined} */
let compiled;

async function instantiate() {
  const imports = {
    pagetls: {
      /** 0 or -1: an exception must not pass through C. @type {(pointer: number, length: number) => number} */
      random(pointer, length) {
        try {
          const { bytes } = core;
          for (let at = 0; at < length; at += 65536) {
            const from = (pointer >>> 0) + at;
            crypto.getRandomValues(bytes.subarray(from, from + Math.min(65536, length - at)));
          }
          return 0;
        } catch (error) {
          core.randomFailure = error;
          return -1;
        }
      },
      now: () => Date.now(),
      aead: hostAead(() => core.bytes),
    },
  };
  const instance = await WebAssembly.instantiate(await (compiled ??= compile()), imports);
  const core = new Core(instance);
  core.call._initialize();
  const started = core.call.pagetls_start();
  if (started !== 0) {
    throw coreError(core, started, { cause: core.randomFailure });
  }
  return core;
}

/** @type {Promise<Core> | undefined} */
let loading;

/** The core, loaded at the first call; a failure is not remembered. */
export function loadCore() {
  loading ??= instantiate().catch((cause) => {
    loading = compiled = undefined;
    throw cause instanceof TLSError ? cause : new TLSError('ERR_TLS_LOAD', undefined, { cause });
  });
  return loading;
}

/**
 * Loads `pagetls.wasm` now; otherwise that is done when something first needs it.
 * @param {CompiledModule} [module] what this function gave in another thread, of the same version of the package:
 *   taken instead of loading the file, unless there is one already
 * @returns {Promise<CompiledModule>} the compiled module, which can be posted to workers
 * @throws {TLSError} ERR_TLS_LOAD
 */
export async function load(module) {
  if (module !== undefined) {
    // By its tag: it may come from another realm, where `WebAssembly` is another object.
    if (Object.prototype.toString.call(module) !== '[object WebAssembly.Module]') {
      throw new TLSError('ERR_TLS_INVALID_OPTION', 'load() takes a WebAssembly.Module.');
    }
    compiled ??= Promise.resolve(/** @type {WebAssembly.Module} */ (module));
  }
  await loadCore();
  return /** @type {Promise<WebAssembly.Module>} */ (compiled);
}
