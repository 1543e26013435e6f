/**
 * Certificates and certificate lists from plain descriptions (RFC 5280 sections 4.1 and 5.1).
 *
 * Any field may be given as DER instead of as a value: it is then put in as it is, well formed or not,
 * and an empty array leaves the field out. `edit` reaches what has no field of its own.
 */
import * as der from './der.js';
import { crlNumber, encodeExtension, reasonCode } from './extensions.js';
import { encodeName } from './names.js';
import { algorithmIdentifier, publicKeyInfo, signBytes, usualSignature } from './signatures.js';

/** @typedef {import('./der.js').Der} Der */
/** @typedef {import('./extensions.js').Extension} Extension */
/** @typedef {import('./extensions.js').Reason} Reason */
/** @typedef {import('./names.js').Name} Name */
/** @typedef {import('./signatures.js').KeyObject} KeyObject */
/** @typedef {import('./signatures.js').SignatureName} SignatureName */

/**
 * What is signed, and how.
 * @typedef {object} Signing
 * @property {KeyObject} signer the private key that signs
 * @property {SignatureName} [signature] what it signs with; the usual one of its kind unless told
 * @property {number} [saltBytes] of RSA-PSS
 * @property {Der} [innerAlgorithm] the AlgorithmIdentifier inside what is signed, when it must differ
 * @property {Der} [outerAlgorithm] the one beside the signature, when it must differ
 * @property {Edits} [edit]
 */

/**
 * Last changes, each from the bytes that would be written to the bytes that are.
 * @typedef {object} Edits
 * @property {(der: Der) => Der} [tbs] what is to be signed, before it is signed
 * @property {(bytes: Uint8Array) => Uint8Array} [signature] the signature, before it becomes a BIT STRING
 * @property {(der: Der) => Der} [whole] the finished certificate or list
 */

/**
 * @typedef {object} CertificateFields
 * @property {1 | 2 | 3 | Der} [version] 3 unless told
 * @property {bigint | Der} serial
 * @property {Name} issuer
 * @property {string | Der} notBefore ISO 8601
 * @property {string | Der} notAfter
 * @property {Der} [validity] in place of both
 * @property {Name} subject
 * @property {KeyObject | Der} publicKey
 * @property {Der} [uniqueIds] issuerUniqueID and subjectUniqueID
 * @property {(Extension | Der)[] | Der} [extensions] none: the field is left out. DER: the field, its [3] included
 */

/** @typedef {CertificateFields & Signing} CertificateDescription */

const NOTHING = new Uint8Array(0);

/** @template T @param {T | Der} value @param {(value: T) => Der} encode @returns {Der} */
function field(value, encode) {
  return value instanceof Uint8Array ? value : encode(/** @type {T} */ (value));
}

/** @param {1 | 2 | 3} version @returns {Der} 1 is the default and so left out */
function certificateVersion(version) {
  return version === 1 ? NOTHING : der.constructed(0, der.integer(version - 1));
}

/** @param {number} tag @returns {(extensions: (Extension | Der)[]) => Der} */
function extensionsField(tag) {
  return (extensions) =>
    extensions.length === 0
      ? NOTHING
      : der.constructed(tag, der.sequence(...extensions.map((extension) => field(extension, encodeExtension))));
}

/**
 * The outer SEQUENCE that certificates and lists share.
 * @param {Signing} signing
 * @param {(algorithm: Der) => Der} encodeTbs
 * @returns {Der}
 */
function signed(signing, encodeTbs) {
  const { signer, signature = usualSignature(signer), saltBytes, edit = {} } = signing;
  const algorithm = algorithmIdentifier(signature, saltBytes);
  const asIs = (/** @type {Uint8Array} */ bytes) => bytes;
  const tbs = (edit.tbs ?? asIs)(encodeTbs(signing.innerAlgorithm ?? algorithm));
  const bits = (edit.signature ?? asIs)(signBytes(signature, signer, tbs, saltBytes));
  return (edit.whole ?? asIs)(der.sequence(tbs, signing.outerAlgorithm ?? algorithm, der.bitString(bits)));
}

/** @param {CertificateDescription} description @returns {Der} */
export function encodeCertificate(description) {
  const { version = 3, serial, issuer, notBefore, notAfter, subject, publicKey } = description;
  const { uniqueIds = NOTHING, extensions = [] } = description;
  const validity = description.validity ?? der.sequence(field(notBefore, der.time), field(notAfter, der.time));
  return signed(description, (algorithm) =>
    der.sequence(
      field(version, certificateVersion),
      field(serial, der.integer),
      algorithm,
      encodeName(issuer),
      validity,
      encodeName(subject),
      field(publicKey, publicKeyInfo),
      uniqueIds,
      field(extensions, extensionsField(3)),
    ),
  );
}

/**
 * @typedef {object} RevokedEntry
 * @property {bigint | Der} serial
 * @property {string | Der} date
 * @property {Reason} [reason]
 * @property {(Extension | Der)[]} [extensions] besides the reason
 */

/**
 * @typedef {object} CrlFields
 * @property {1 | 2 | Der} [version] 2 unless told
 * @property {Name} issuer
 * @property {string | Der} thisUpdate
 * @property {string | Der} [nextUpdate]
 * @property {(RevokedEntry | Der)[] | Der} [revoked] an empty list is left out (RFC 5280 section 5.1.2.6)
 * @property {bigint | number} [number] the CRL number
 * @property {(Extension | Der)[] | Der} [extensions] besides the number
 */

/** @typedef {CrlFields & Signing} CrlDescription */

/** @param {RevokedEntry} entry @returns {Der} */
function revokedEntry({ serial, date, reason, extensions = [] }) {
  const all = [...(reason === undefined ? [] : [reasonCode(reason)]), ...extensions];
  const encoded = all.map((extension) => field(extension, encodeExtension));
  return der.sequence(
    field(serial, der.integer),
    field(date, der.time),
    ...(encoded.length > 0 ? [der.sequence(...encoded)] : []),
  );
}

/** @param {(RevokedEntry | Der)[]} entries @returns {Der} */
function revokedEntries(entries) {
  return entries.length === 0 ? NOTHING : der.sequence(...entries.map((entry) => field(entry, revokedEntry)));
}

/** @param {CrlDescription} description @returns {Der} */
export function encodeCrl(description) {
  const { version = 2, issuer, thisUpdate, nextUpdate = NOTHING, revoked = [], number, extensions = [] } = description;
  const numbered =
    extensions instanceof Uint8Array || number === undefined ? extensions : [...extensions, crlNumber(number)];
  return signed(description, (algorithm) =>
    der.sequence(
      field(version, (value) => (value === 1 ? NOTHING : der.integer(value - 1))),
      algorithm,
      encodeName(issuer),
      field(thisUpdate, der.time),
      field(nextUpdate, der.time),
      field(revoked, revokedEntries),
      field(numbered, extensionsField(0)),
    ),
  );
}
