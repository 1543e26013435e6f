/**
 * Parts of the package that few connections need: loaded by the first that does. Service workers have no import() (HTML
 * Standard, HostLoadImportedModule); service-worker.js gives them the parts before.
 */
import { TLSError } from './errors.js';

/** @type {{identity?: typeof import('./identity.js'), preamble?: typeof import('./starttls/preamble.js')}} */
const given = {};

/** @param {typeof given} parts */
export function giveParts(parts) {
  Object.assign(given, parts);
}

/** For client certificates. @throws {TLSError} ERR_TLS_LOAD */
export async function loadIdentity() {
  return given.identity ?? import('./identity.js').catch(cannotLoad);
}

/** For what comes before TLS. @throws {TLSError} ERR_TLS_LOAD */
export async function loadPreamble() {
  return given.preamble ?? import('./starttls/preamble.js').catch(cannotLoad);
}

/** @param {unknown} cause @returns {never} */
function cannotLoad(cause) {
  const hint =
    'ServiceWorkerGlobalScope' in globalThis
      ? "In a service worker, import from 'pagetls/service-worker': it has all parts of the package in it."
      : undefined;
  throw new TLSError('ERR_TLS_LOAD', 'A part of the package could not be loaded.', { cause, hint });
}
