/** tls.rootCertificates: Mozilla's root list as PEM texts. */
import { TLSError } from '../errors.js';
import { toPem } from '../input.js';
import { mozillaRootsUrl } from '../trust-store.js';
import { loadAsset } from '../assets.js';
import { readFileSync } from '#stream';

/** wasm/verify/mozilla_roots.h has the format. */
const HEADER_BYTES = 32;
const RECORD_HEADER_BYTES = 6;

/** @type {string[]} */
const certificates = [];

/** @param {Uint8Array} file */
function read(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const found = [];
  for (let at = HEADER_BYTES; at < file.length;) {
    const start = at + RECORD_HEADER_BYTES;
    const length = view.getUint16(at + RECORD_HEADER_BYTES - 2);
    found.push(toPem('CERTIFICATE', file.subarray(start, start + length)).trimEnd());
    at = start + length;
  }
  certificates.splice(0, Infinity, ...found);
}

/**
 * Loads `rootCertificates`: in a page, they cannot be read before.
 * @returns {Promise<readonly string[]>} the same list
 */
export async function loadRootCertificates() {
  if (certificates.length === 0) {
    read(await loadAsset('mozillaRoots', mozillaRootsUrl));
  }
  return rootCertificates;
}

/** @returns {string[]} */
function loaded() {
  if (certificates.length === 0) {
    if (readFileSync === undefined) {
      throw new TLSError('ERR_TLS_LOAD', 'In a page, first wait for loadRootCertificates() of pagetls/node-tls.');
    }
    read(readFileSync(mozillaRootsUrl()));
  }
  return certificates;
}

/** Read at first use. @type {readonly string[]} */
export const rootCertificates = new Proxy(certificates, {
  get: (_, name) => Reflect.get(loaded(), name),
  has: (_, name) => Reflect.has(loaded(), name),
  ownKeys: () => Reflect.ownKeys(loaded()),
  getOwnPropertyDescriptor: (_, name) => Reflect.getOwnPropertyDescriptor(loaded(), name),
  set: () => false,
  defineProperty: () => false,
  deleteProperty: () => false,
});
