/**
 * The signatures of Mozilla's roots. No verifier needs them, so that mozilla-roots.bin lacks them, which makes it little more
 * than half as large; with them, the certificates are whole.
 */
import { givenAsset, loadAsset } from './assets.js';
import { hexText } from './bytes.js';
import { TLSError } from './errors.js';
import { decoder } from './web.js';

/**
 * mozilla-root-signatures.bin: a header as in mozilla-roots.bin (wasm/verify/mozilla_roots.h) with the magic PTSIGNS1; of each
 * certificate the first 8 octets of its SHA-256; of each the length of what follows its tbsCertificate, 2 octets; and that:
 * signatureAlgorithm and signatureValue. Numbers are big-endian.
 */
const MAGIC = 'PTSIGNS1';
const HEADER_BYTES = 32;
const ID_BYTES = 8;
const LENGTH_BYTES = 2;

export const rootSignaturesUrl = () => new URL('pagetls/mozilla-root-signatures.bin', import.meta.url);

/** What follows the tbsCertificate, by the beginning of the SHA-256. @typedef {Map<string, Uint8Array>} Signatures */

/** @returns {TLSError} */
const damaged = () => new TLSError('ERR_TLS_LOAD', 'mozilla-root-signatures.bin cannot be read: it is damaged.');

/**
 * @param {Uint8Array} file mozilla-root-signatures.bin
 * @returns {Signatures}
 * @throws {TLSError} ERR_TLS_LOAD
 */
export function readRootSignatures(file) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const count = file.length < HEADER_BYTES ? 0 : view.getUint16(HEADER_BYTES - 2);
  const lengths = HEADER_BYTES + count * ID_BYTES;
  let at = lengths + count * LENGTH_BYTES;
  if (at > file.length || decoder.decode(file.subarray(0, MAGIC.length)) !== MAGIC) {
    throw damaged();
  }
  /** @type {Signatures} */
  const found = new Map();
  for (let i = 0; i < count; i++) {
    const id = HEADER_BYTES + i * ID_BYTES;
    const end = at + view.getUint16(lengths + i * LENGTH_BYTES);
    found.set(hexText(file.subarray(id, id + ID_BYTES)), file.subarray(at, end));
    at = end;
  }
  if (at !== file.length) {
    throw damaged();
  }
  return found;
}

/**
 * @param {Signatures} signatures
 * @param {Uint8Array} tbs
 * @param {string} sha256 of the certificate, in upper-case hexadecimal
 * @returns {Uint8Array | undefined} its DER, whose SHA-256 the caller compares; undefined if the signature is not there
 */
export function withSignature(signatures, tbs, sha256) {
  const rest = signatures.get(sha256.slice(0, 2 * ID_BYTES));
  if (rest === undefined) {
    return undefined;
  }
  const length = tbs.length + rest.length;
  const header = length < 0x100 ? [0x30, 0x81, length] : [0x30, 0x82, length >> 8, length & 0xff];
  const der = new Uint8Array(header.length + length);
  der.set(header);
  der.set(tbs, header.length);
  der.set(rest, header.length + tbs.length);
  return der;
}

/** @returns {TLSError} for a certificate that is not the one of mozilla-roots.bin */
export const otherCertificate = () =>
  new TLSError('ERR_TLS_LOAD', 'mozilla-root-signatures.bin is damaged: with it, a root has another SHA-256.');

/** Read at first use, which costs time. @type {Uint8Array | undefined} */
let file;
/** @type {Signatures | undefined} */
let signatures;
/** @type {Promise<Uint8Array> | undefined} */
let loading;

/** @returns {Signatures | undefined} undefined before they are loaded, and if their file is damaged */
export function rootSignatures() {
  try {
    const found = file ?? givenAsset('rootSignatures');
    signatures ??= found && readRootSignatures(found);
  } catch {
    file = undefined; // loadRootSignatures() says so
  }
  return signatures;
}

/** @returns {Promise<Uint8Array>} After a failure the next call tries again. */
function loadFile() {
  loading ??= loadAsset('rootSignatures', rootSignaturesUrl).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/**
 * Loads `mozilla-root-signatures.bin`. Where the package is loaded by HTTP, as in a page, Mozilla's roots in the `path` of a
 * connection have no `der`, no `pem`, and no fingerprint but SHA-256, until this is done. After a failure the next call
 * tries again.
 * @returns {Promise<void>}
 * @throws {TLSError} ERR_TLS_LOAD
 */
export async function loadRootSignatures() {
  if (signatures === undefined) {
    const found = await loadFile();
    loading = undefined;
    signatures ??= readRootSignatures(found);
  }
}

/**
 * Loads them where that costs no download: in Node, from the disk.
 * @returns {Promise<void>} it never rejects: without them, the fields are null
 */
export async function loadLocalRootSignatures() {
  if (signatures === undefined && isLocal()) {
    file ??= await loadFile().catch(() => undefined);
  }
}

/** @returns {boolean} */
function isLocal() {
  try {
    return /^(?:file|data):$/.test(rootSignaturesUrl().protocol); // Turbopack makes URLs without protocol
  } catch {
    return false; // in Cloudflare Workers, where modules have no URL
  }
}
