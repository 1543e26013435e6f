/** Says why a file of the package could not be loaded or compiled, as far as the browser tells. */
import * as text from '../messages/page.js';
import { messageOf } from './bytes.js';
import { TLSError } from './errors.js';
import { sourceOf } from './page-policy.js';
import { deniedError } from './permission.js';
import { decoder } from './web.js';

/** A module that is valid only with SIMD: one type, a function that returns a v128. */
const SIMD_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b);

const MAX_URL_CHARACTERS = 200;

/** @param {URL} url whose bundler may have made it a data: URL */
const nameOf = ({ href }) => (href.length > MAX_URL_CHARACTERS ? `${href.slice(0, MAX_URL_CHARACTERS)}…` : href);

/** @param {text.PageText} found @param {unknown} [cause] */
const loadError = ({ sentence, hint }, cause) => new TLSError('ERR_TLS_LOAD', sentence, { cause, hint });

/** @param {URL} url without an origin, if Turbopack made it */
function absolute(url) {
  try {
    return new URL(url.href, globalThis.location?.href);
  } catch {
    return url;
  }
}

/**
 * fetch() failed.
 * @param {URL} url
 * @param {unknown} cause
 * @param {import('./page-policy.js').PolicyWatch} watch since before the call
 */
export async function fetchFailure(url, cause, watch) {
  const { href } = absolute(url);
  const name = nameOf(url);
  if (await watch.blocked(href)) {
    return loadError(text.blocked(name, sourceOf(href)), cause);
  }
  if (globalThis.navigator?.onLine === false) {
    return loadError(text.offline(name), cause);
  }
  return loadError(
    globalThis.location
      ? text.unreachable(name, messageOf(cause), sourceOf(href))
      : text.notFetched(name, messageOf(cause)),
    cause,
  );
}

/** @param {URL} url @param {number} status */
export const statusFailure = (url, status) => loadError(text.badStatus(nameOf(url), status));

/** @param {URL} url @param {unknown} cause */
export const readFailure = (url, cause) => loadError(text.interrupted(nameOf(url), messageOf(cause)), cause);

/**
 * The module has no URL, or one of a file that cannot be read.
 * @param {URL | undefined} url
 * @param {keyof typeof text.FILES} asset
 * @param {unknown} cause
 */
export function notBesideFailure(url, asset, cause) {
  const found = url ? text.notBeside(nameOf(url), asset, messageOf(cause)) : text.noPlace(asset);
  return deniedError(found.sentence, cause) ?? loadError(found, cause);
}

/**
 * Servers of applications with one page send it for every file that they do not have. No file of ours begins with '<'.
 * @param {URL} url
 * @param {Uint8Array} bytes
 * @throws {TLSError} ERR_TLS_LOAD
 */
export function checkContent(url, bytes) {
  if (/^\s*</.test(decoder.decode(bytes.subarray(0, 64)))) {
    throw loadError(text.webPage(nameOf(url)));
  }
}

/**
 * The module could not be compiled or instantiated.
 * @param {unknown} cause
 * @param {boolean} [reading] while compileStreaming() read it
 */
export function compileFailure(cause, reading = false) {
  if (typeof WebAssembly !== 'object') {
    return loadError(text.NO_WEBASSEMBLY, cause);
  }
  const message = messageOf(cause);
  if (/unsafe-eval|\bCSP\b/.test(message)) {
    return loadError(text.COMPILING_BLOCKED, cause); // the words of all browsers
  }
  if (reading && /** @type {Error | null} */ (cause)?.name !== 'CompileError') {
    return loadError(text.interrupted('pagetls.wasm', message), cause);
  }
  return loadError(WebAssembly.validate(SIMD_MODULE) ? text.notCompiled(message) : text.NO_SIMD, cause);
}
