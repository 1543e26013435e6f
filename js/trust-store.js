import { loadAsset, loadReadFile } from './assets.js';
import { coreError } from './core-error.js';
import { TLSError } from './errors.js';
import { dispose } from './disposal.js';
import {
  describeCertificate,
  describeIfReadable,
  describeRoot,
  profileNumber,
  withVisibleMessages,
} from './certificate.js';
import { makeSkipped, takeJson } from './documents.js';
import { fromBase64, toList } from './input.js';
import { deniedError } from './permission.js';
import { loadLocalRootSignatures } from './root-signatures.js';
import { loadCore } from './wasm.js';
import { newRegistry } from './weak.js';
import { decoder } from './web.js';

/** @typedef {import('./documents.js').Skipped} Skipped */
/** @typedef {import('./input.js').PemOrDerList} PemOrDerList */
/** @typedef {import('./wasm.js').Core} Core */
/** @typedef {import('./certificate.js').Certificate} Certificate */
/** @typedef {import('./certificate.js').RawRoot} RawRoot */
/** @typedef {import('./certificate.js').Problem} Problem */
/** @typedef {import('./certificate.js').Profile} Profile */

/** Paths of the trust store on Unix systems. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * The operating system's trust store, as PEM; null if none of `paths` can be read. Undefined where no file can be.
 * @returns {Promise<{text: string | null, paths: string[]} | undefined>}
 */
export async function systemBundle() {
  const readFile = typeof process === 'object' ? await loadReadFile() : undefined;
  if (!readFile) {
    return undefined;
  }
  let paths = SYSTEM_BUNDLES;
  /** @type {TLSError | undefined} */
  let denied;
  const failed = (/** @type {Error} */ cause) => {
    denied ??= deniedError(`The system's trust store cannot be read: ${cause.message}`, cause);
  };
  try {
    const file = process.env.SSL_CERT_FILE;
    paths = file ? [file] : paths;
    for (const path of paths) {
      const text = await readFile(path, 'utf8').catch(failed);
      if (text !== undefined) {
        return { text, paths };
      }
    }
  } catch (cause) {
    failed(/** @type {Error} */ (cause)); // some runtimes permit each variable of the environment
  }
  if (denied) {
    throw denied;
  }
  return { text: null, paths };
}

/** @throws {TLSError} if there is none, or none that can be read */
async function readSystemBundle() {
  const found = await systemBundle();
  if (!found) {
    throw new TLSError(
      'ERR_TLS_INVALID_OPTION',
      'TrustStore.system() needs an argument here: a web page cannot read the trust store of its system.',
    );
  }
  const { text, paths } = found;
  if (text === null) {
    throw new TLSError('ERR_TLS_LOAD', `No system trust store found at ${paths.join(', ')}.`);
  }
  return text;
}

/** wasm/verify/mozilla_roots.h has the format. */
const ROOTS_HEADER_BYTES = 32;

export const mozillaRootsUrl = () => new URL('pagetls/mozilla-roots.bin', import.meta.url);
const loadMozillaRoots = () => loadAsset('mozillaRoots', mozillaRootsUrl);

/** Frees the C memory of stores that were garbage-collected. */
const registry = newRegistry((/** @type {{core: Core, pointer: number}} */ { core, pointer }) =>
  core.call.pagetls_trust_store_free(pointer),
);

/**
 * Trust anchors, parsed once. Use one store for many connections.
 */
export class TrustStore {
  /** @type {Core} */
  #core;
  #pointer;
  /** @type {string | undefined} */
  #version;
  /** @type {string | undefined} */
  #date;
  /** The number of inputs so far. */
  #inputs = 0;

  /**
   * Use `TrustStore.from()`, `.mozilla()` or `.system()`.
   * @param {Core} core
   */
  constructor(core) {
    this.#core = core;
    this.#pointer = core.call.pagetls_trust_store_new() >>> 0;
    if (this.#pointer === 0) {
      throw new TLSError('ERR_TLS_OUT_OF_MEMORY');
    }
    registry.register(this, { core, pointer: this.#pointer }, this);
  }

  /**
   * A store with the given certificates.
   * @param {...PemOrDerList} inputs PEM texts (each may hold many) or DER
   */
  static async from(...inputs) {
    const store = new TrustStore(await loadCore());
    try {
      return store.add(...inputs);
    } catch (error) {
      store[dispose]();
      throw error;
    }
  }

  /** Mozilla's root list, with the dates after which Mozilla distrusts new certificates of a root. */
  static async mozilla() {
    const [file] = await Promise.all([loadMozillaRoots(), loadLocalRootSignatures(), loadCore()]);
    return new TrustStore(await loadCore()).addMozillaRoots(file);
  }

  /**
   * The operating system's trust store, or the file that SSL_CERT_FILE names.
   *
   * Its anchors that are on Mozilla's root list are treated as in `mozilla()`, the others as if you had added them. If
   * mozilla-roots.bin cannot be read, all are treated as Mozilla's, but without dates.
   * @param {PemOrDerList} [bundle] in a page, which cannot read it: the trust store of some system, that you have loaded
   */
  static async system(bundle) {
    const list = loadMozillaRoots().catch(() => new Uint8Array());
    const [file, given] = await Promise.all([list, bundle === undefined ? readSystemBundle() : bundle]);
    const store = await TrustStore.from(given);
    return store.#compareMozillaRoots(file);
  }

  /** @param {Uint8Array} file mozilla-roots.bin, or nothing */
  #compareMozillaRoots(file) {
    const core = this.#core;
    core.lend([file], (pointer, length) =>
      core.call.pagetls_trust_store_compare_mozilla(this.handle(core), pointer, length),
    );
    return this;
  }

  /**
   * Adds a list in the format of mozilla-roots.bin. If that fails, the store is disposed of. Internal.
   * @param {Uint8Array} file
   * @returns {this}
   */
  addMozillaRoots(file) {
    const core = this.#core;
    try {
      const ret = core.lend([file], (pointer, length) =>
        core.call.pagetls_trust_store_add_mozilla(this.handle(core), pointer, length),
      );
      if (ret < 0) {
        throw coreError(core, ret, { message: (reason) => `mozilla-roots.bin cannot be read (${reason}).` });
      }
    } catch (error) {
      this[dispose]();
      throw error;
    }
    const header = decoder.decode(file.subarray(0, ROOTS_HEADER_BYTES));
    this.#version = header.slice(8, 20).replace(/\0+$/, '');
    this.#date = header.slice(20, 30);
    return this;
  }

  /** Of `TrustStore.mozilla()`: the version of the list, such as `'2.86'`. */
  get version() {
    return this.#version;
  }

  /** Of `TrustStore.mozilla()`: the date of the list, such as `'2026-04-09'`. */
  get date() {
    return this.#date;
  }

  /**
   * Adds certificates. Connections that already use the store trust them from now on. What cannot be an anchor is left
   * out, and listed in `skipped`.
   * @param {...PemOrDerList} inputs
   * @returns {this}
   * @throws {TLSError} ERR_TLS_INVALID_CERTIFICATE: no certificate in the inputs can be read
   */
  add(...inputs) {
    const core = this.#core;
    const list = inputs.flatMap((item) => toList(item, 'A trust anchor'));
    let added = 0;
    for (const input of list) {
      const ret = core.lend([input], (pointer, length) =>
        core.call.pagetls_trust_store_add(this.handle(core), pointer, length),
      );
      if (ret < 0) {
        throw coreError(core, ret);
      }
      added += ret;
    }
    if (added === 0 && list.length > 0) {
      const skipped = this.skipped;
      const { message } = skipped.find(({ input }) => input >= this.#inputs) ?? skipped[0];
      this.#inputs += list.length;
      throw new TLSError('ERR_TLS_INVALID_CERTIFICATE', `No certificate can be used as a trust anchor. ${message}`);
    }
    this.#inputs += list.length;
    return this;
  }

  /**
   * What was passed in, but is no anchor: where it is, what it is, and why it was left out.
   * @returns {Skipped[]}
   */
  get skipped() {
    const core = this.#core;
    const raw = takeJson(core, core.call.pagetls_trust_store_skipped(this.handle(core)) >>> 0);
    return makeSkipped(raw, 'trust', (der) => describeIfReadable(core, der));
  }

  /**
   * The anchors that cannot end a valid path because they break a rule of the profile, with their problems.
   * @param {Profile} [profile]
   * @returns {{certificate: Certificate, problems: Problem[]}[]}
   */
  problems(profile = 'auto') {
    const core = this.#core;
    const list = takeJson(
      core,
      core.call.pagetls_trust_store_problems(this.handle(core), profileNumber(profile)) >>> 0,
    );
    return list.map((/** @type {{der: string | RawRoot, problems: Problem[]}} */ { der, problems }) => ({
      certificate: typeof der === 'string' ? describeCertificate(core, fromBase64(der)) : describeRoot(core, der),
      problems: withVisibleMessages(problems),
    }));
  }

  /** The number of certificates. */
  get size() {
    return this.#core.call.pagetls_trust_store_count(this.handle(this.#core));
  }

  /**
   * The C core's handle. Internal.
   * @param {Core} core
   * @returns {number}
   */
  handle(core) {
    if (core !== this.#core || this.#pointer === 0) {
      throw new TLSError('ERR_TLS_INVALID_OPTION', 'The TrustStore has been disposed of.');
    }
    return this.#pointer;
  }

  /** Frees the store now instead of at garbage collection. Open connections keep the anchors that they use. */
  [dispose]() {
    this.#core.call.pagetls_trust_store_free(this.#pointer); // first: it throws while the core is busy
    this.#pointer = 0;
    registry.unregister(this);
  }
}

/** @type {Promise<TrustStore> | undefined} */
let sharedStore;

/** Mozilla's root list for connections without the option `trust`: parsed once and shared. */
export function defaultTrustStore() {
  sharedStore ??= TrustStore.mozilla().catch((error) => {
    sharedStore = undefined;
    throw error;
  });
  return sharedStore;
}
