/**
 * Encodes certificates and CRLs from plain descriptions (RFC 5280 sections 4.1 and 5.1).
 *
 * A field may also be given as DER: it is written unchanged, well formed or not, and an empty array leaves the field
 * out. `edit` changes bytes that belong to no field.
 */
import * as der from './der.js';
import { crlNumber, encodeExtension, reasonCode } from './extensions.js';
import { encodeName } from './names.js';
import { algorithmIdentifier, defaultSignature, publicKeyInfo, signBytes } from './signatures.js';

/** @typedef {import('./der.js').Der} Der */
/** @typedef {import('./extensions.js').Extension} Extension */
/** @typedef {import('./extensions.js').Reason} Reason */
/** @typedef {import('./names.js').Name} Name */
/** @typedef {import('./signatures.js').KeyObject} KeyObject */
/** @typedef {import('./signatures.js').SignatureName} SignatureName */

/**
 * How to sign.
 * @typedef {object} Signing
 * @property {KeyObject} signer the private key that signs
 * @property {SignatureName} [signature] default: the usual one for the kind of key
 * @property {number} [saltBytes] RSA-PSS only; default: the length of the hash
 * @property {Der} [innerAlgorithm] AlgorithmIdentifier in the signed part; default: that of `signature`
 * @property {Der} [outerAlgorithm] AlgorithmIdentifier next to the signature; default: that of `signature`
 * @property {Edits} [edit]
 */

/**
 * Final changes, each from the encoded bytes to those written instead.
 * @typedef {object} Edits
 * @property {(der: Der) => Der} [tbs] the signed part, before it is signed
 * @property {(bytes: Uint8Array) => Uint8Array} [signature] the signature, before it becomes a BIT STRING
 * @property {(der: Der) => Der} [whole] the finished certificate or CRL
 */

/**
 * @typedef {object} CertificateFields
 * @property {1 | 2 | 3 | Der} [version] default 3
 * @property {bigint | Der} serial
 * @property {Name} issuer
 * @property {string | Der} notBefore ISO 8601
 * @property {string | Der} notAfter
 * @property {Der} [validity] in place of both
 * @property {Name} subject
 * @property {KeyObject | Der} publicKey
 * @property {Der} [uniqueIds] issuerUniqueID and subjectUniqueID
 * @property {(Extension | Der)[] | Der} [extensions] empty: the field is left out. DER: the field with its [3]
 */

/** @typedef {CertificateFields & Signing} CertificateDescription */

const OMITTED = new Uint8Array(0);

/** @template T @param {T | Der} value @param {(value: T) => Der} encode @returns {Der} */
function encodeField(value, encode) {
  return value instanceof Uint8Array ? value : encode(/** @type {T} */ (value));
}

/** @param {1 | 2 | 3} version @returns {Der} 1 is the DEFAULT, which DER leaves out */
function encodeVersion(version) {
  return version === 1 ? OMITTED : der.constructed(0, der.integer(version - 1));
}

/** @param {number} tag @returns {(extensions: (Extension | Der)[]) => Der} */
function extensionsEncoder(tag) {
  return (extensions) =>
    extensions.length === 0
      ? OMITTED
      : der.constructed(tag, der.sequence(...extensions.map((extension) => encodeField(extension, encodeExtension))));
}

/**
 * The outer SEQUENCE that certificates and CRLs share.
 * @param {Signing} signing
 * @param {(algorithm: Der) => Der} encodeTbs
 * @returns {Der}
 */
function encodeSigned(signing, encodeTbs) {
  const { signer, signature = defaultSignature(signer), saltBytes, edit = {} } = signing;
  const algorithm = algorithmIdentifier(signature, saltBytes);
  const unchanged = (/** @type {Uint8Array} */ bytes) => bytes;
  const tbs = (edit.tbs ?? unchanged)(encodeTbs(signing.innerAlgorithm ?? algorithm));
  const bits = (edit.signature ?? unchanged)(signBytes(signature, signer, tbs, saltBytes));
  return (edit.whole ?? unchanged)(der.sequence(tbs, signing.outerAlgorithm ?? algorithm, der.bitString(bits)));
}

/** @param {CertificateDescription} description @returns {Der} */
export function encodeCertificate(description) {
  const { version = 3, serial, issuer, notBefore, notAfter, subject, publicKey } = description;
  const { uniqueIds = OMITTED, extensions = [] } = description;
  const validity =
    description.validity ?? der.sequence(encodeField(notBefore, der.time), encodeField(notAfter, der.time));
  return encodeSigned(description, (algorithm) =>
    der.sequence(
      encodeField(version, encodeVersion),
      encodeField(serial, der.integer),
      algorithm,
      encodeName(issuer),
      validity,
      encodeName(subject),
      encodeField(publicKey, publicKeyInfo),
      uniqueIds,
      encodeField(extensions, extensionsEncoder(3)),
    ),
  );
}

/**
 * @typedef {object} RevokedEntry
 * @property {bigint | Der} serial
 * @property {string | Der} date
 * @property {Reason} [reason]
 * @property {(Extension | Der)[]} [extensions] in addition to the reason
 */

/**
 * @typedef {object} CrlFields
 * @property {1 | 2 | Der} [version] default 2
 * @property {Name} issuer
 * @property {string | Der} thisUpdate
 * @property {string | Der} [nextUpdate]
 * @property {(RevokedEntry | Der)[] | Der} [revoked] left out if empty (RFC 5280 section 5.1.2.6)
 * @property {bigint | number} [number] the CRL number
 * @property {(Extension | Der)[] | Der} [extensions] in addition to the CRL number
 */

/** @typedef {CrlFields & Signing} CrlDescription */

/** @param {RevokedEntry} entry @returns {Der} */
function revokedEntry({ serial, date, reason, extensions = [] }) {
  const all = [...(reason === undefined ? [] : [reasonCode(reason)]), ...extensions];
  const encoded = all.map((extension) => encodeField(extension, encodeExtension));
  return der.sequence(
    encodeField(serial, der.integer),
    encodeField(date, der.time),
    ...(encoded.length > 0 ? [der.sequence(...encoded)] : []),
  );
}

/** @param {(RevokedEntry | Der)[]} entries @returns {Der} */
function revokedEntries(entries) {
  return entries.length === 0 ? OMITTED : der.sequence(...entries.map((entry) => encodeField(entry, revokedEntry)));
}

/** @param {CrlDescription} description @returns {Der} */
export function encodeCrl(description) {
  const { version = 2, issuer, thisUpdate, nextUpdate = OMITTED, revoked = [], number, extensions = [] } = description;
  const numbered =
    extensions instanceof Uint8Array || number === undefined ? extensions : [...extensions, crlNumber(number)];
  return encodeSigned(description, (algorithm) =>
    der.sequence(
      encodeField(version, (value) => (value === 1 ? OMITTED : der.integer(value - 1))),
      algorithm,
      encodeName(issuer),
      encodeField(thisUpdate, der.time),
      encodeField(nextUpdate, der.time),
      encodeField(revoked, revokedEntries),
      encodeField(numbered, extensionsEncoder(0)),
    ),
  );
}
