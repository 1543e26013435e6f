/**
 * Opens the user's files: certificates, trust anchors and CRLs. The package reads them; this module says what was skipped.
 * Certificates are not checked here: a malformed one is kept, so that verification can report what is wrong with it.
 */
import { readDocuments, TrustStore } from '../../../dist/index.js';
import { toPem } from '../../../dist/input.js';
import { documentMessage } from '../../../messages/documents.js';

/** @typedef {import('../../../dist/index.js').InputDocument} InputDocument */
/** @typedef {import('../types.js').Skipped} Skipped */

/** Larger files are rejected. Enough for a CRL with 500,000 entries. */
export const MAX_FILE_BYTES = 32 * 1024 * 1024;

/** The file cannot be used; the message says what it is instead, or what is damaged. */
export class FileError extends Error {}

/** What holds a private key, or may. @type {InputDocument['kind'][]} */
const SECRET = [
  ...['private-key', 'encrypted-private-key', 'openssh-private-key', 'putty-private-key', 'pkcs12', 'java-key-store'],
].map((kind) => /** @type {InputDocument['kind']} */ (kind));

/** @typedef {'certificate' | 'crl'} Wanted */

/**
 * Why a document is not what was asked for.
 * @param {InputDocument} document
 * @param {Wanted} wanted
 */
function messageOf({ kind, fault, block, line, label }, wanted) {
  const place = block === null ? {} : { block, line: Number(line), label: label ?? undefined };
  const message = documentMessage({ kind, fault: fault ?? undefined, ...place }, wanted);
  return SECRET.includes(kind) ? `${message} It was not kept: a private key should never leave its server.` : message;
}

/** The DER of what has this kind, or may have. @param {InputDocument[]} documents @param {Wanted} wanted */
function contents(documents, wanted) {
  return documents.flatMap(({ kind, der }) => (der !== null && (kind === wanted || kind === 'der') ? [der] : []));
}

/**
 * @param {InputDocument} document
 * @param {Skipped['source']} source
 * @param {string} file
 * @returns {Skipped}
 */
function asSkipped(document, source, file) {
  const { index, block, line, kind } = document;
  const message = messageOf(document, source === 'crls' ? 'crl' : 'certificate');
  return { ...{ source, file, input: 0, index, block, line, kind }, reason: 'other', message };
}

/**
 * Everything in the file.
 * @param {Uint8Array | string} input
 * @returns {Promise<InputDocument[]>}
 * @throws {FileError} if it is too large
 */
async function documentsOf(input) {
  if (input.length > MAX_FILE_BYTES)
    throw new FileError('This is larger than 32 MB, the limit for files in this page.');
  return readDocuments(input);
}

/**
 * @param {InputDocument[]} documents
 * @param {Wanted[]} wanted
 * @throws {FileError} if a PEM block is damaged, as it may be one that is needed, or if nothing has a wanted kind
 */
function requireContents(documents, ...wanted) {
  const damaged = documents.find(({ kind, fault }) => fault !== null || kind === 'wrong-label');
  if (damaged || wanted.every((kind) => contents(documents, kind).length === 0)) {
    throw new FileError(messageOf(damaged ?? documents[0], wanted[0]));
  }
}

/** @param {InputDocument[]} documents */
function crlsOf(documents) {
  return contents(documents, 'crl').map((der) => toPem('X509 CRL', der));
}

/**
 * Opens a file with a chain. CRLs in it count as CRLs.
 * @param {Uint8Array | string} input
 * @param {string} file its name
 * @returns {Promise<{ certificates: Uint8Array[], crls: string[], skipped: Skipped[] }>} DER; PEM
 * @throws {FileError}
 */
export async function openChain(input, file) {
  const documents = await documentsOf(input);
  requireContents(documents, 'certificate', 'crl');
  const certificates = contents(documents, 'certificate');
  const crls = crlsOf(documents.filter(({ kind }) => kind === 'crl'));
  const others = documents.filter(({ der }) => der === null);
  return { certificates, crls, skipped: others.map((document) => asSkipped(document, 'chain', file)) };
}

/**
 * @param {Uint8Array | string} input
 * @param {string} file its name
 * @returns {Promise<{ crls: string, skipped: Skipped[] }>} PEM
 * @throws {FileError}
 */
export async function openCrls(input, file) {
  const documents = await documentsOf(input);
  requireContents(documents, 'crl');
  const others = documents.filter(({ kind, der }) => der === null || kind === 'certificate');
  const skipped = others.map((document) => asSkipped(document, 'crls', file));
  return { crls: crlsOf(documents).join(''), skipped };
}

/**
 * Opens a file with trust anchors. The store decides what can be one, so a damaged block does not spoil the others.
 * @param {Uint8Array | string} input
 * @param {string} file its name
 * @returns {Promise<{ ownRoots: string, skipped: Skipped[] }>} PEM
 * @throws {FileError | import('../types.js').TLSError}
 */
export async function openRoots(input, file) {
  const documents = await documentsOf(input);
  const store = await TrustStore.from(input);
  const skipped = store.skipped.map(({ certificate: _, ...one }) => {
    const document = documents[one.index];
    const message = one.reason === 'other' && document ? messageOf(document, 'certificate') : one.message;
    return { ...one, file, message };
  });
  store[Symbol.dispose]();
  // A certificate with an unsupported key explains why a path that needs it is not valid.
  const unusable = new Set(skipped.filter(({ reason }) => reason !== 'unsupported').map(({ index }) => index));
  const roots = contents(
    documents.filter(({ index }) => !unusable.has(index)),
    'certificate',
  );
  return { ownRoots: roots.map((der) => toPem('CERTIFICATE', der)).join(''), skipped };
}

/**
 * Everything that a result did not use of the user's files, of the trust store and of the lab's CRLs.
 * @param {Pick<import('../types.js').Result, 'request' | 'criteria' | 'verification'>} result
 * @returns {Skipped[]}
 */
export function skippedOf({ request, criteria, verification }) {
  const { file, crls, skipped } = request;
  const from = (/** @type {Skipped['source']} */ source) => skipped.filter((one) => one.source === source);
  const named = (/** @type {import('../../../dist/index.js').Skipped[]} */ list, /** @type {string} */ name) =>
    list.map(({ certificate: _, ...one }) => ({ ...one, file: name }));
  const anchors = criteria === null ? [] : named(criteria.trust.store.skipped, criteria.trust.name);
  return [
    ...(file === null ? [] : from('chain')),
    ...(criteria?.trust.kind === 'own' ? from('trust') : anchors),
    ...(crls ? from('crls') : named(verification?.skipped ?? [], 'the lab’s CRLs')),
  ];
}
