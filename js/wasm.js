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

/** @returns {never} */
function throwReentry() {
  throw new TLSError('ERR_TLS_REENTRANT_CALL');
}

/**
 * The instance of the module, with a guard against re-entry.
 *
 * Other JavaScript can run in the middle of a call only where the core calls its host: a `crypto` that somebody has patched,
 * or microtasks that the host runs early. If that called the core again, it would meet half-changed queues and handshakes.
 * So while a host call is under way, `call` is a table of functions that throw. Otherwise it is the module's own functions,
 * and no call costs more than without the guard.
 */
export class Core {
  #functions;
  #guards;

  /** @param {{exports: Record<string, unknown>}} instance */
  constructor(instance) {
    const { memory, ...functions } = instance.exports;
    /** @type {{buffer: ArrayBuffer}} */
    this.memory = /** @type {{buffer: ArrayBuffer}} */ (memory);
    this.#functions = /** @type {Record<string, NativeFunction>} */ (functions);
    this.#guards = Object.fromEntries(Object.keys(functions).map((name) => [name, throwReentry]));
    /** Functions of pagetls.h by their names there; not to be kept across turns of the event loop. @type {Record<string, NativeFunction>} */
    this.call = this.#functions;
    /** A host call is under way, and `call` throws. */
    this.busy = false;
    /** What the host's generator threw last: the C core knows only that something failed. @type {unknown} */
    this.randomFailure = undefined;
  }

  /**
   * Runs a host call. Until it returns, `call` throws.
   * @param {() => number} use must not throw: an exception must not pass through C
   */
  hostCall(use) {
    this.busy = true;
    this.call = this.#guards;
    try {
      return use();
    } finally {
      this.call = this.#functions;
      this.busy = false;
    }
  }

  /**
   * Resolves after the call that is under way: in a later turn of the event loop, as microtasks may run inside a host
   * call. Check `busy` again then.
   * @returns {Promise<void>}
   */
  idle() {
    return new Promise((resolve) => setTimeout(resolve, 0));
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

/**
 * Compiles while it loads where the server says application/wasm; else from the whole file.
 * @param {() => void} meanwhile called while other threads compile
 */
async function compile(meanwhile) {
  const url = new URL('./pagetls.wasm', import.meta.url);
  const file = await openBeside(url).catch(cannotLoad(url));
  const streams = !(file instanceof Uint8Array) && file.headers.get('content-type')?.startsWith('application/wasm');
  const compiling = streams
    ? WebAssembly.compileStreaming(file)
    : WebAssembly.compile(file instanceof Uint8Array ? file : await file.arrayBuffer());
  meanwhile();
  return compiling;
}

/**
 * A WebAssembly.Module, whose type the declarations of Node lack.
 * @typedef {object} CompiledModule
 */

/** @type {Promise<WebAssembly.Module> | undefined} */
let compiled;

/**
 * pagetls_host_random() of host/host.h.
 * @param {Core} core
 * @param {number} pointer
 * @param {number} length
 */
function random(core, pointer, length) {
  try {
    const { bytes } = core;
    for (let at = pointer; at < pointer + length; at += 65536) {
      crypto.getRandomValues(bytes.subarray(at, Math.min(at + 65536, pointer + length)));
    }
    return 0;
  } catch (error) {
    core.randomFailure = error;
    return -1;
  }
}

/** pagetls_host_now() of host/host.h. At NaN no certificate is valid. */
function now() {
  try {
    return Date.now();
  } catch {
    return NaN;
  }
}

async function instantiate() {
  /** @type {ReturnType<typeof hostAead> | undefined} */
  let made;
  const prepare = () => (made ??= hostAead(() => core.bytes));
  const module = await (compiled ??= compile(prepare));
  const aead = prepare();
  const imports = {
    pagetls: {
      /** @type {(pointer: number, length: number) => number} */
      random: (pointer, length) => core.hostCall(() => random(core, pointer >>> 0, length)),
      now: () => core.hostCall(now),
      /** @type {(...args: number[]) => number} */
      aead: (...args) => core.hostCall(() => aead(...args)),
    },
  };
  const instance = await WebAssembly.instantiate(module, imports);
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
