/** What inputs contain, and what was skipped in them. The C core reads them; this module only converts. */
import { documentMessage } from '../messages/documents.js';
import { unreadableText } from '../messages/unreadable.js';
import { visible } from '../messages/visible.js';
import { documentError } from './core-error.js';
import { named } from './document-kind.js';
import { TLSError } from './errors.js';
import { fromBase64, toInput } from './input.js';
import { MAX_DOCUMENTS } from './limits.js';
import { loadCore } from './wasm.js';

/** @typedef {import('../messages/documents.js').DocumentKind} DocumentKind */
/** @typedef {import('../messages/documents.js').DocumentFault} DocumentFault */
/** @typedef {import('./certificate.js').WholeCertificate} WholeCertificate */
/** @typedef {import('./input.js').PemOrDer} PemOrDer */
/** @typedef {import('./wasm.js').Core} Core */

/**
 * A part of an input: a PEM block, a certificate in PKCS#7, or the whole input.
 * @typedef {object} InputDocument
 * @property {number} index in the input, from 0
 * @property {number | null} block the number of the PEM block that it is in, from 1
 * @property {number | null} line the line of that block, from 1
 * @property {string | null} label of that block
 * @property {DocumentKind} kind
 * @property {DocumentFault | null} fault why a PEM block cannot be decoded
 * @property {string | null} message what it is and what to do, in sentences; null for a certificate or CRL
 * @property {Uint8Array | null} der of a certificate, a CRL or an unknown structure (`der`); it may be malformed
 */

/**
 * What the core writes.
 * @typedef {object} RawDocument
 * @property {number} index in the input, from 0
 * @property {number} [block] number of the PEM block, from 1
 * @property {number} [line] of its BEGIN line, from 1
 * @property {string} [label] of the PEM block
 * @property {DocumentKind} kind
 * @property {DocumentFault} [fault] why a PEM block cannot be read
 * @property {Uint8Array} [der] of a certificate, a CRL or an unknown structure (`der`)
 */

/**
 * - `other`: it is something else, such as a key
 * - `damaged`: a PEM block that cannot be decoded
 * - `unreadable`: a certificate that cannot be read
 * - `unsupported`: a certificate with a key that cannot verify anything here
 * - `rejects-servers`: a TRUSTED CERTIFICATE of OpenSSL whose trust settings do not allow TLS servers
 * - `more`: too many to list; the message says how many
 * @typedef {'other' | 'damaged' | 'unreadable' | 'unsupported' | 'rejects-servers' | 'more'} SkipReason
 */

/**
 * Something in an input that was not used.
 * @typedef {object} Skipped
 * @property {'trust' | 'chain' | 'crls'} source the inputs that it is in
 * @property {number} input which of them, from 0
 * @property {number} index which certificate or other document of that input, from 0
 * @property {number | null} block the number of the PEM block that it is in, from 1
 * @property {number | null} line the line of that block, from 1
 * @property {DocumentKind | null} kind what it is
 * @property {SkipReason} reason
 * @property {string} message what it is and where, in a sentence
 * @property {WholeCertificate} [certificate] only with `der` and `pem` if it cannot be read
 */

/**
 * @typedef {object} RawSkipped JSON written by the core
 * @property {(RawDocument & {input: number, reason: SkipReason, der?: string, unreadableField?: string, unreadableReason?: string})[]} documents
 * @property {number} more
 */

/**
 * @param {Core} core
 * @param {number} pointer to JSON, which this function frees
 */
export function takeJson(core, pointer) {
  if (pointer === 0) {
    throw new TLSError('ERR_TLS_OUT_OF_MEMORY');
  }
  const json = /** @type {string} */ (core.string(pointer));
  core.call.pagetls_free(pointer);
  return JSON.parse(json);
}

/**
 * @param {Core} core
 * @param {string | Uint8Array} input
 * @param {{certificates?: number}} [limits] stop after this many; 0: never
 * @returns {RawDocument[]} at least one
 * @throws {TLSError} ERR_TLS_INVALID_CERTIFICATE: there are too many
 */
function listDocuments(core, input, { certificates = 0 } = {}) {
  const list = core.lend([input], (pointer, length) =>
    takeJson(core, core.call.pagetls_describe_input(pointer, length, certificates, MAX_DOCUMENTS + 1) >>> 0),
  );
  if (list.length > MAX_DOCUMENTS) {
    throw new TLSError('ERR_TLS_INVALID_CERTIFICATE', `The input contains more than ${MAX_DOCUMENTS} documents.`);
  }
  return list.map((/** @type {RawDocument & {der?: string}} */ { der, ...document }) =>
    der === undefined ? named(document) : { ...named(document), der: fromBase64(der) },
  );
}

/**
 * Everything in an input: certificates, CRLs, and what else there is, such as a private key, which is named and not
 * decoded. Nothing is verified.
 * @param {PemOrDer} pemOrDer
 * @returns {Promise<InputDocument[]>} at least one, in the order of the input; of a PKCS#7 bundle the leaf first
 * @throws {TLSError} ERR_TLS_INVALID_CERTIFICATE: there are more than 10,000
 */
export async function readDocuments(pemOrDer) {
  const input = toInput(pemOrDer, 'The input');
  return listDocuments(await loadCore(), input).map((document) => {
    const { index, block = null, line = null, label = null, kind, fault = null, der = null } = document;
    const isWhole = fault === null && (kind === 'certificate' || kind === 'crl');
    const message = isWhole ? null : documentMessage(document, 'certificate');
    return { index, block, line, label, kind, fault, message, der };
  });
}

/**
 * The first certificate of an input. Keys and other things before it are passed over, but nothing damaged: it may be the
 * certificate that was meant.
 * @param {Core} core
 * @param {string | Uint8Array} input
 * @returns {Uint8Array} its DER
 */
export function firstCertificate(core, input) {
  const documents = listDocuments(core, input, { certificates: 1 });
  const found = documents.find(
    ({ kind, fault }) => fault !== undefined || ['certificate', 'der', 'wrong-label'].includes(kind),
  );
  if (found?.der === undefined) {
    throw documentError('ERR_TLS_INVALID_CERTIFICATE', found ?? documents[0], 'certificate');
  }
  return found.der;
}

/**
 * @param {RawSkipped} raw
 * @param {Skipped['source']} source
 * @param {(der: Uint8Array) => WholeCertificate} describe
 * @returns {Skipped[]}
 */
export function makeSkipped({ documents, more }, source, describe) {
  const list = documents.map((document) => {
    const { input, index, block = null, line = null, kind, reason, der, ...rest } = named(document);
    const certificate = der === undefined ? undefined : describe(fromBase64(/** @type {never} */ (der)));
    /** @type {Skipped} */
    const skipped = { source, input, index, block, line, kind, reason, message: '' };
    if (certificate) {
      skipped.certificate = certificate;
    }
    skipped.message = skipMessage(skipped, rest);
    return skipped;
  });
  if (more > 0) {
    const { input, index } = list[list.length - 1];
    const message = `${more} more of the documents that follow were skipped.`;
    list.push({ source, input, index: index + 1, block: null, line: null, kind: null, reason: 'more', message });
  }
  return list;
}

/**
 * @param {Skipped} skipped
 * @param {{fault?: string, label?: string, unreadableField?: string, unreadableReason?: string}} details
 */
function skipMessage({ source, index, block, line, kind, reason, certificate }, details) {
  if (reason === 'other' || reason === 'damaged') {
    const place = { block: block ?? undefined, line: line ?? undefined, label: details.label };
    const wanted = source === 'crls' ? 'crl' : 'certificate';
    return documentMessage({ kind: String(kind), fault: details.fault, ...place }, wanted);
  }
  const name = certificate?.subject?.text;
  const where = block === null ? `Certificate ${index + 1}` : `PEM block ${block} at line ${line}`;
  const subject = name === undefined ? where : `${where}, ${visible(name) || 'without a subject'},`;
  if (reason === 'unreadable') {
    const why = unreadableText({ field: details.unreadableField, reason: details.unreadableReason });
    return `${subject} cannot be read. ${why?.sentence ?? ''}`.trim();
  }
  if (reason === 'rejects-servers') {
    return `${subject} is not trusted for TLS servers: its trust settings say so.`;
  }
  const { type = '', oid = '', bits, curve, malformed } = certificate?.publicKey ?? {};
  const size = curve ?? (bits === undefined ? '' : `with ${bits} bits`);
  return malformed
    ? `${subject} has a malformed key.`
    : `${subject} has a key that is not supported here: ${[type || oid, size].filter(Boolean).join(' ')}.`;
}
