/** tls.rootCertificates: Mozilla's root list as PEM texts. */
import { concat, hexText } from '../bytes.js';
import { TLSError } from '../errors.js';
import { toPem } from '../input.js';
import {
  loadRootSignatures,
  otherCertificate,
  readRootSignatures,
  rootSignatures,
  rootSignaturesUrl,
  withSignature,
} from '../root-signatures.js';
import { mozillaRootsUrl } from '../trust-store.js';
import { loadAsset } from '../assets.js';
import { loadCore } from '../wasm.js';
import { createHash, readFileSync } from '#stream';

/** wasm/verify/mozilla_roots.h has the format. */
const HEADER_BYTES = 32;
const DATE_BYTES = 4;
const DIGEST_BYTES = 32;
const LENGTH_BYTES = 2;
const FIELDS = 9;
const [ISSUER, SUBJECT] = [3, 5];

/**
 * @param {Uint8Array} file mozilla-roots.bin
 * @returns {{tbs: Uint8Array, sha256: Uint8Array}[]}
 */
function rootsOf(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const count = view.getUint16(HEADER_BYTES - 2);
  const digests = HEADER_BYTES + count * DATE_BYTES;
  const lengths = digests + count * DIGEST_BYTES;
  let at = lengths + FIELDS * count * LENGTH_BYTES;
  const roots = Array.from({ length: count }, (_, i) => ({
    sha256: file.subarray(digests + i * DIGEST_BYTES, digests + (i + 1) * DIGEST_BYTES),
    fields: /** @type {Uint8Array[]} */ ([]),
  }));
  for (let field = 0; field < FIELDS; field++) {
    for (const [i, { fields }] of roots.entries()) {
      const length = view.getUint16(lengths + (field * count + i) * LENGTH_BYTES);
      if (field === SUBJECT) {
        fields.push(fields[ISSUER].subarray(0, length));
      } else {
        fields.push(file.subarray(at, at + length));
        at += length;
      }
    }
  }
  return roots.map(({ sha256, fields }) => ({ sha256, tbs: concat(fields) }));
}

/** @type {string[]} */
const certificates = [];

/**
 * @param {Uint8Array} file
 * @param {import('../root-signatures.js').Signatures} signatures
 * @param {(data: Uint8Array) => Uint8Array} hash SHA-256
 */
function read(file, signatures, hash) {
  const found = rootsOf(file).map(({ tbs, sha256 }) => {
    const expected = hexText(sha256);
    const der = withSignature(signatures, tbs, expected);
    if (der === undefined || hexText(hash(der)) !== expected) {
      throw otherCertificate();
    }
    return toPem('CERTIFICATE', der).trimEnd();
  });
  certificates.splice(0, Infinity, ...found);
}

/**
 * Loads `rootCertificates`: in a page, they cannot be read before.
 * @returns {Promise<readonly string[]>} the same list
 */
export async function loadRootCertificates() {
  if (certificates.length === 0) {
    const [file] = await Promise.all([loadAsset('mozillaRoots', mozillaRootsUrl), loadRootSignatures(), loadCore()]);
    const core = await loadCore();
    read(file, /** @type {never} */ (rootSignatures()), (data) =>
      core.lend([data, new Uint8Array(DIGEST_BYTES)], (pointer, length, out) => {
        core.call.pagetls_fingerprint(pointer, length, out);
        return core.copy(out, DIGEST_BYTES);
      }),
    );
  }
  return rootCertificates;
}

/** @returns {string[]} */
function loaded() {
  if (certificates.length === 0) {
    if (readFileSync === undefined || createHash === undefined) {
      throw new TLSError('ERR_TLS_LOAD', 'In a page, first wait for loadRootCertificates() of pagetls/node-tls.');
    }
    const newHash = createHash;
    read(readFileSync(mozillaRootsUrl()), readRootSignatures(readFileSync(rootSignaturesUrl())), (data) =>
      newHash('sha256').update(data).digest(),
    );
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
