import { coreError } from './core-error.js';
import { TLSError } from './errors.js';
import { describeCertificate, profileNumber } from './certificate.js';
import { fromBase64, toList } from './input.js';
import { bytesBeside, loadCore } from './wasm.js';

/** @typedef {import('./input.js').PemOrDerList} PemOrDerList */
/** @typedef {import('./wasm.js').Core} Core */
/** @typedef {import('./certificate.js').Certificate} Certificate */
/** @typedef {import('./certificate.js').Problem} Problem */
/** @typedef {import('./certificate.js').Profile} Profile */

const isNode = typeof process === 'object' && typeof process.versions?.node === 'string';

/** Where Unix systems keep their bundle of trust anchors. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * The operating system's bundle, as PEM; null when there is none at any of the paths where it was looked for. In Node only.
 * @returns {Promise<{text: string | null, looked: string[]}>}
 */
export async function systemBundle() {
  const { readFile } = await import('node:fs/promises');
  const named = process.env.SSL_CERT_FILE;
  const looked = named ? [named] : SYSTEM_BUNDLES;
  for (const path of looked) {
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text !== null) {
      return { text, looked };
    }
  }
  return { text: null, looked };
}

/** Gives the C memory of a store back when nobody can reach it any more. */
const registry = new FinalizationRegistry((/** @type {{core: Core, pointer: number}} */ { core, pointer }) =>
  core.call.pagetls_trust_store_free(pointer),
);

/**
 * Trust anchors, parsed once; use one store for many connections.
 */
export class TrustStore {
  /** @type {Core} */
  #core;
  #pointer;

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
   * A store of the certificates given.
   * @param {...PemOrDerList} inputs PEM texts (each may hold many) or DER
   */
  static async from(...inputs) {
    const store = new TrustStore(await loadCore());
    try {
      return store.add(...inputs);
    } catch (error) {
      store[Symbol.dispose]();
      throw error;
    }
  }

  /** Mozilla's list: in Node `tls.rootCertificates`, in a page the same list from a file that is loaded now. */
  static async mozilla() {
    if (isNode) {
      const { rootCertificates } = await import('node:tls');
      return TrustStore.from(rootCertificates.join('\n'));
    }
    return TrustStore.from(await bytesBeside(new URL('./mozilla-roots.pem', import.meta.url)));
  }

  /** The operating system's bundle; SSL_CERT_FILE names another. In Node only: a page cannot see it. */
  static async system() {
    if (!isNode) {
      throw new TLSError('ERR_TLS_INVALID_OPTION', 'A web page cannot see the trust anchors of its system.');
    }
    const { text, looked } = await systemBundle();
    if (text === null) {
      throw new TLSError('ERR_TLS_LOAD', `There is no bundle of trust anchors at ${looked.join(', ')}.`);
    }
    return TrustStore.from(text);
  }

  /**
   * Adds certificates; connections that already use the store trust them from now on.
   * @param {...PemOrDerList} inputs
   * @returns {this}
   */
  add(...inputs) {
    for (const input of inputs.flatMap((item) => toList(item, 'A trust anchor'))) {
      const core = this.#core;
      const { ret, added } = core.lend([input, new Uint8Array(4)], (pointer, length, out) => ({
        ret: core.call.pagetls_trust_store_add(this.handle(core), pointer, length, out),
        added: new DataView(core.memory.buffer).getInt32(out, true),
      }));
      if (ret === 0) {
        throw new TLSError('ERR_TLS_INVALID_CERTIFICATE', 'There is no certificate in the trust anchors given.');
      }
      if (ret < 0) {
        throw coreError(core, ret, {
          message: (why) => `Certificate ${added + 1} of the trust anchors cannot be read (${why}).`,
        });
      }
    }
    return this;
  }

  /**
   * The anchors that no chain can end at, and why: their key or their form breaks a rule of the profile.
   * @param {Profile} [profile]
   * @returns {{certificate: Certificate, problems: Problem[]}[]}
   */
  problems(profile = 'webpki') {
    const core = this.#core;
    const text = core.call.pagetls_trust_store_problems(this.handle(core), profileNumber(profile)) >>> 0;
    if (text === 0) {
      throw new TLSError('ERR_TLS_OUT_OF_MEMORY');
    }
    const list = JSON.parse(/** @type {string} */ (core.string(text)));
    core.call.pagetls_free(text);
    return list.map((/** @type {{der: string, problems: Problem[]}} */ { der, problems }) => ({
      certificate: describeCertificate(core, fromBase64(der)),
      problems,
    }));
  }

  /** How many certificates are in it. */
  get size() {
    return this.#core.call.pagetls_trust_store_count(this.handle(this.#core));
  }

  /**
   * The core's own handle. For this package's use.
   * @param {Core} core
   * @returns {number}
   */
  handle(core) {
    if (core !== this.#core || this.#pointer === 0) {
      throw new TLSError('ERR_TLS_INVALID_OPTION', 'The TrustStore has been disposed of.');
    }
    return this.#pointer;
  }

  /** Frees it now; otherwise that happens when it is garbage. Open connections keep what they use. */
  [Symbol.dispose]() {
    this.#core.call.pagetls_trust_store_free(this.#pointer); // first: where the core is busy it throws
    this.#pointer = 0;
    registry.unregister(this);
  }
}

/** @type {Promise<TrustStore> | undefined} */
let shared;

/** Mozilla's list for connections that name no store: parsed at the first, shared by all. */
export function defaultTrustStore() {
  shared ??= TrustStore.mozilla().catch((error) => {
    shared = undefined;
    throw error;
  });
  return shared;
}
