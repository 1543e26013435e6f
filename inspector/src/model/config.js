/** Loads the site's configuration, the lab's files and the system's roots. */
import { TLSError } from '../../../dist/index.js';

/** @typedef {import('../types.js').Config} Config */
/** @typedef {import('../types.js').LabCase} LabCase */
/** @typedef {import('../types.js').LabIndex} LabIndex */

/**
 * Fetches a file of this site.
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @throws {TLSError} ERR_TLS_LOAD
 */
async function siteFile(path, signal) {
  let reason;
  try {
    const response = await fetch(new URL(path, document.baseURI), { signal });
    if (response.ok) return response;
    reason = `HTTP status ${response.status}`;
  } catch (cause) {
    signal?.throwIfAborted();
    throw new TLSError('ERR_TLS_LOAD', `${path} could not be loaded.`, { cause });
  }
  throw new TLSError('ERR_TLS_LOAD', `${path} could not be loaded: ${reason}.`);
}

/** @returns {Promise<Config>} */
export async function loadConfig() {
  return (await siteFile('config.json')).json();
}

/** @returns {Promise<LabIndex>} */
export async function loadLab() {
  return (await siteFile('lab/index.json')).json();
}

/**
 * A PEM file of a lab case.
 * @param {Pick<LabCase, 'id'>} lab
 * @param {'chain' | 'roots' | 'crl'} name
 * @param {AbortSignal} [signal]
 */
export async function labFile({ id }, name, signal) {
  return (await siteFile(`lab/${id}/${name}.pem`, signal)).text();
}

/** Roots that the machine serving this page trusts, PEM. @param {AbortSignal} [signal] */
export async function systemRoots(signal) {
  return (await siteFile('system-roots.pem', signal)).text();
}
