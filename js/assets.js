/** Files of the package beside its modules: where they are, and those that load() was given instead. */
import { viewOf } from './bytes.js';
import { TLSError } from './errors.js';
import { checkContent, fetchFailure, notBesideFailure, readFailure, statusFailure } from './load-failure.js';
import { PolicyWatch } from './page-policy.js';
import { readStrictly } from './strict-reader.js';
import { encoder } from './web.js';

/**
 * Files of the package that load() was given, by their options. Then nothing is read or fetched.
 * @type {{mozillaRoots?: Uint8Array<ArrayBuffer>, rootSignatures?: Uint8Array<ArrayBuffer>, publicSuffixes?: Uint8Array<ArrayBuffer>}}
 */
const given = {};

/** @typedef {'wasm' | 'mozillaRoots' | 'rootSignatures' | 'publicSuffixes'} Asset */

/** readFile() of Node, where there is one: a page without bundler does not know '#fs'. */
export const loadReadFile = () =>
  import('#fs').then(
    ({ readFile }) => readFile,
    () => undefined,
  );

/**
 * Opens a file next to a module: its bytes where there is a file system, for in Node the first Response costs 20 ms,
 * otherwise a Response. Callers write `() => new URL('pagetls/file', import.meta.url)` with a literal name, so that bundlers
 * include the file.
 * @param {Asset} asset
 * @param {() => URL} urlOf throws in Cloudflare Workers, where modules have no URL
 * @returns {Promise<Uint8Array<ArrayBuffer> | Response>}
 * @throws {TLSError} ERR_TLS_LOAD
 */
export async function openAsset(asset, urlOf) {
  /** @type {URL | undefined} */
  let url;
  try {
    url = urlOf();
    if (url.protocol === 'file:') {
      const readFile = await loadReadFile();
      return await (readFile ? readFile(url) : fetch(url));
    }
  } catch (cause) {
    throw notBesideFailure(url, asset, cause);
  }
  const watch = new PolicyWatch();
  try {
    const response = await fetch(url);
    if (!response.ok) {
      throw statusFailure(url, response.status);
    }
    return response;
  } catch (cause) {
    throw cause instanceof TLSError ? cause : await fetchFailure(url, cause, watch);
  } finally {
    watch.stop();
  }
}

/** What load() was given instead of the file. @param {Exclude<Asset, 'wasm'>} asset */
export const givenAsset = (asset) => given[asset];

/**
 * The bytes of such a file, or what load() was given.
 * @param {Exclude<Asset, 'wasm'>} asset
 * @param {() => URL} urlOf
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 * @throws {TLSError} ERR_TLS_LOAD
 */
export const loadAsset = async (asset, urlOf) => given[asset] ?? bytesOf(await openAsset(asset, urlOf), urlOf);

/**
 * @param {Uint8Array<ArrayBuffer> | Response} file
 * @param {() => URL} urlOf
 * @throws {TLSError} ERR_TLS_LOAD
 */
export async function bytesOf(file, urlOf) {
  if (isBytes(file)) {
    return file;
  }
  const bytes = await file.arrayBuffer().catch((cause) => {
    throw readFailure(urlOf(), cause);
  });
  const content = new Uint8Array(bytes);
  checkContent(urlOf(), content);
  return content;
}

/** Of another realm too: in test runners, files come from Node's. @type {(file: Uint8Array<ArrayBuffer> | Response) => file is Uint8Array<ArrayBuffer>} */
export const isBytes = (file) => ArrayBuffer.isView(file);

/**
 * Used instead of the files, unless they have been given before.
 * @param {object | undefined} files options of load()
 * @throws {TLSError} ERR_TLS_INVALID_OPTION
 */
export function setFiles(files) {
  const { mozillaRoots, rootSignatures, publicSuffixes } = readStrictly(invalid, 'load()', KINDS, files);
  given.mozillaRoots ??= mozillaRoots;
  given.rootSignatures ??= rootSignatures;
  given.publicSuffixes ??= publicSuffixes;
}

/** @param {string} message @param {{cause?: unknown}} [more] */
const invalid = (message, more) => new TLSError('ERR_TLS_INVALID_OPTION', message, more);

/** @param {unknown} value @returns {Uint8Array<ArrayBuffer> | undefined} a copy: what is trusted must not change afterwards */
const copyOf = (value) => {
  const view = viewOf(value);
  return view && new Uint8Array(view); // slice() of a Buffer is none
};

/** @type {Record<keyof typeof given, import('./strict-reader.js').Kind<Uint8Array<ArrayBuffer>>>} */
const KINDS = {
  mozillaRoots: { expected: 'the content of mozilla-roots.bin', read: copyOf },
  rootSignatures: { expected: 'the content of mozilla-root-signatures.bin', read: copyOf },
  publicSuffixes: {
    expected: 'the content of public-suffixes.txt',
    read: (value) => (typeof value === 'string' ? encoder.encode(value) : copyOf(value)),
  },
};
