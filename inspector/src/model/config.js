/** What is different at each place where the pages are served, and what the lab has. */
import { TLSError } from '../../../dist/index.js';

/** @typedef {import('../types.js').Config} Config */
/** @typedef {import('../types.js').LabCase} LabCase */
/** @typedef {import('../types.js').LabIndex} LabIndex */

/**
 * A file of this site.
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @throws {TLSError} ERR_TLS_LOAD
 */
async function siteFile(path, signal) {
  let why;
  try {
    const response = await fetch(new URL(path, document.baseURI), { signal });
    if (response.ok) return response;
    why = `HTTP status ${response.status}`;
  } catch (cause) {
    signal?.throwIfAborted();
    throw new TLSError('ERR_TLS_LOAD', `${path} could not be loaded.`, { cause });
  }
  throw new TLSError('ERR_TLS_LOAD', `${path} could not be loaded: ${why}.`);
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
 * A file of a case of the lab, PEM.
 * @param {LabCase} lab
 * @param {'chain' | 'roots' | 'crl'} what
 * @param {AbortSignal} [signal]
 */
export async function labFile({ id }, what, signal) {
  return (await siteFile(`lab/${id}/${what}.pem`, signal)).text();
}

/** What the machine that serves this page trusts, PEM. @param {AbortSignal} [signal] */
export async function systemRoots(signal) {
  return (await siteFile('system-roots.pem', signal)).text();
}
