/**
 * Loads pagetls.wasm once and wraps the C core: numbers, bytes and strings.
 * wasm/pagetls.h documents each function and its ownership of memory.
 */
import { bytesOf, isBytes, openAsset, setFiles } from './assets.js';
import { coreError } from './core-error.js';
import { TLSError } from './errors.js';
import { compileFailure } from './load-failure.js';
import { decoder, encoder } from './web.js';

/** @typedef {(...args: number[]) => number} NativeFunction */

/** @returns {never} */
function throwReentry() {
  throw new TLSError('ERR_TLS_REENTRANT_CALL');
}

/**
 * The module instance, guarded against re-entry.
 *
 * Other JavaScript can run during a call only where the core calls its host: a patched `crypto`, or microtasks that the
 * host runs early. A nested call would see half-updated queues and handshakes, so during a host call every function of
 * `call` throws. At other times `call` is the module's own functions: the guard costs nothing.
 */
export class Core {
  #functions;
  #guards;
  #bytes = new Uint8Array();

  /** @param {{exports: Record<string, unknown>}} instance */
  constructor(instance) {
    const { memory, ...functions } = instance.exports;
    /** @type {{buffer: ArrayBuffer}} */
    this.memory = /** @type {{buffer: ArrayBuffer}} */ (memory);
    this.#functions = /** @type {Record<string, NativeFunction>} */ (functions);
    this.#guards = Object.fromEntries(Object.keys(functions).map((name) => [name, throwReentry]));
    /** The functions of pagetls.h, by name. Do not keep it across turns of the event loop. @type {Record<string, NativeFunction>} */
    this.call = this.#functions;
    /** During a host call: `call` throws. */
    this.busy = false;
    /** The last exception of the host's random generator: the C core only knows that it failed. @type {unknown} */
    this.randomFailure = undefined;
  }

  /**
   * Runs a host call. Until it returns, `call` throws.
   * @param {() => number} use must not throw: an exception must not unwind C frames
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
   * Resolves after the current call: in a later turn of the event loop, as microtasks may run inside a host call. Check
   * `busy` again.
   * @returns {Promise<void>}
   */
  idle() {
    return new Promise((resolve) => setTimeout(resolve, 0));
  }

  /** The failure of the host's random generator since the last call of this, as a TLSError. */
  takeRandomError() {
    const cause = this.randomFailure;
    this.randomFailure = undefined;
    return cause === undefined ? undefined : new TLSError('ERR_TLS_RANDOM', undefined, { cause });
  }

  /** All of memory. Growing detaches earlier views, so use it at once. */
  get bytes() {
    if (this.#bytes.length === 0) {
      this.#bytes = new Uint8Array(this.memory.buffer);
    }
    return this.#bytes;
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
   * Details of the call that just failed; `native` is Mbed TLS's error behind it.
   * @param {number} number its return value
   */
  lastError(number) {
    const detail = this.string(this.call.pagetls_error_detail(number) >>> 0) ?? '';
    const code = this.call.pagetls_error_native(number);
    return { detail, native: code === 0 ? undefined : { code, text: detail } };
  }

  /**
   * Copies an input, once, into a block that the core has reserved.
   * @param {string | Uint8Array} input
   * @param {(length: number) => number} reserve returns the pointer; 0 if there is no room
   * @returns {number} its length in bytes
   */
  fill(input, reserve) {
    const pointer = reserve(input.length) >>> 0;
    if (pointer === 0) {
      return input.length;
    }
    const block = this.bytes.subarray(pointer, pointer + input.length);
    if (typeof input !== 'string') {
      block.set(input);
    } else if (encoder.encodeInto(input, block).read < input.length) {
      return this.fill(encoder.encode(input), reserve); // it is not ASCII, and longer in UTF-8
    }
    return input.length;
  }

  /**
   * Calls `use` with copies of the inputs in the C heap, each as pointer and length. pagetls_free() zeroizes them.
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
        if (bytes !== input) {
          bytes.fill(0); // of a passphrase or key, nothing should stay but the string
        }
      }
      return use(...args);
    } finally {
      for (let i = 0; i < args.length; i += 2) {
        this.call.pagetls_free(args[i]);
      }
    }
  }

  /** C heap in use, in bytes; for leak tests. */
  get heapInUse() {
    return this.call.pagetls_heap_in_use() >>> 0;
  }
}

/** The one Content-Type that compileStreaming() accepts, without parameters (WebAssembly Web API, section 3). */
const WASM_TYPE = /^\s*application\/wasm\s*$/i;

/** Compiles while loading if the server sends application/wasm, otherwise after loading. */
async function compile() {
  const urlOf = () => new URL('pagetls/pagetls.wasm', import.meta.url);
  const file = await openAsset('wasm', urlOf);
  const streams = !isBytes(file) && WASM_TYPE.test(file.headers.get('content-type') ?? '');
  return streams
    ? WebAssembly.compileStreaming(file).catch((cause) => {
        throw compileFailure(cause, true);
      })
    : WebAssembly.compile(await bytesOf(file, urlOf));
}

/**
 * A WebAssembly.Module. Node's type declarations lack it.
 * @typedef {object} CompiledModule
 */

/** @type {Promise<WebAssembly.Module> | undefined} */
let compiled;

/** Web Cryptography, getRandomValues(): more is a QuotaExceededError. */
const MAX_RANDOM_BYTES = 65536;

/**
 * pagetls_host_random() of host/host.h.
 * @param {Core} core
 * @param {number} pointer
 * @param {number} length
 */
function random(core, pointer, length) {
  try {
    const { bytes } = core;
    for (let at = pointer; at < pointer + length; at += MAX_RANDOM_BYTES) {
      crypto.getRandomValues(bytes.subarray(at, Math.min(at + MAX_RANDOM_BYTES, pointer + length)));
    }
    return 0;
  } catch (error) {
    core.randomFailure = error;
    return -1;
  }
}

/** pagetls_host_now() of host/host.h. NaN makes every certificate invalid. */
function now() {
  try {
    return Date.now();
  } catch {
    return NaN;
  }
}

/**
 * host-aead.js, where there is something that it can use: pages neither have it nor look for it.
 * @param {() => Uint8Array} memory
 * @returns {Promise<(...args: number[]) => number>}
 */
async function loadHostAead(memory) {
  const aead = 'getBuiltinModule' in (globalThis.process ?? {}) && (await import('#aead').catch(() => undefined));
  return aead ? aead.hostAead(memory) : () => 1;
}

async function instantiate() {
  const [module, hostCipher] = await Promise.all([(compiled ??= compile()), loadHostAead(() => core.bytes)]);
  const imports = {
    pagetls: {
      /** @type {(pointer: number, length: number) => number} */
      random: (pointer, length) => core.hostCall(() => random(core, pointer >>> 0, length)),
      now: () => core.hostCall(now),
      /** @type {(...args: number[]) => number} */
      aead: (...args) => core.hostCall(() => hostCipher(...args)),
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

/**
 * The core, loaded at the first call. After a failure the next call tries again. Await nothing else between this and the use
 * of the core: it is not busy then.
 */
export async function loadCore() {
  loading ??= instantiate().catch((cause) => {
    loading = compiled = undefined;
    throw cause instanceof TLSError ? cause : compileFailure(cause);
  });
  const core = await loading;
  while (core.busy) {
    await core.idle(); // this is a microtask that the host runs during a call
  }
  return core;
}

/** Not the web's BufferSource, which users without the types of a page lack. @typedef {ArrayBuffer | ArrayBufferView} FileBytes */

/**
 * Loads `pagetls.wasm` now instead of at first use.
 * @param {CompiledModule} [module] result of this function in another thread, or an import of `pagetls/pagetls.wasm` in
 *   Cloudflare Workers; from the same version of the package. Used instead of the file, unless a module has been loaded already
 * @param {{mozillaRoots?: FileBytes, rootSignatures?: FileBytes, publicSuffixes?: string | FileBytes}} [files] the contents of
 *   `mozilla-roots.bin`, `mozilla-root-signatures.bin` and `public-suffixes.txt`, used instead of the files, unless they have been loaded already
 * @returns {Promise<CompiledModule>} the compiled module, which can be posted to workers
 * @throws {TLSError} ERR_TLS_LOAD
 */
export async function load(module, files) {
  setFiles(files);
  if (module !== undefined) {
    // Not instanceof: the module may come from another realm, with another WebAssembly object.
    if (Object.prototype.toString.call(module) !== '[object WebAssembly.Module]') {
      throw new TLSError('ERR_TLS_INVALID_OPTION', 'load() needs a WebAssembly.Module, or no argument.');
    }
    compiled ??= Promise.resolve(/** @type {WebAssembly.Module} */ (module));
  }
  await loadCore();
  return /** @type {Promise<WebAssembly.Module>} */ (compiled);
}
