/**
 * Reads certificates and CRLs from PEM, DER, PKCS#7 or bare base64. Certificates are not checked here: a malformed one is
 * returned too, so that verification can report what is wrong with it.
 */
import { parseAsn1 } from './asn1.js';
import { dottedOid } from './oids.js';

/** @typedef {import('./asn1.js').Asn1Node} Asn1Node */

/** Larger input is rejected. */
export const MAX_INPUT_BYTES = 1024 * 1024;

/** Enough for trust stores in PKCS#7: depth 7 reaches the certificates in SignedData, but does not parse them. */
const PARSE_LIMITS = { depth: 7, nodes: 50_000, strings: false };

/** Report only the first items that were skipped. */
const MAX_NOTES = 10;

/** The input has no certificate or CRL; the message says what it is instead. */
export class InputError extends Error {}

/**
 * @typedef {object} Contents
 * @property {Uint8Array[]} certificates DER, in the order of the input
 * @property {Uint8Array[]} crls DER
 * @property {string[]} notes a sentence for each item that was skipped
 */

const PRIVATE_KEY =
  'This contains a private key, so none of it was read or kept. Remove the key and keep the certificates; a private key ' +
  'should never leave its server.';
const PKCS12 =
  'This is a PKCS#12 file, which usually contains a private key, so none of it was kept. Extract the certificates ' +
  'first: openssl pkcs12 -nokeys -in FILE';

/**
 * @param {Uint8Array | string} input
 * @returns {Contents}
 * @throws {InputError}
 */
export function readCertificates(input) {
  if (input.length > MAX_INPUT_BYTES)
    throw new InputError('This is larger than 1 MB, the limit for certificates and CRLs.');
  const found = typeof input === 'string' ? readText(input) : readBytes(input);
  if (found.certificates.length + found.crls.length > 0) return found;
  throw new InputError(found.notes[0] ?? 'This contains no certificate.');
}

/** @param {Uint8Array} bytes @returns {Contents} */
function readBytes(bytes) {
  if (bytes.length === 0) throw new InputError('This is empty.');
  const other = describeMagic(bytes);
  if (other !== null) throw new InputError(other);
  const [a, b] = bytes;
  if (a === 0x30 && (b > 0x80 || looksLikeDer(bytes))) return readDer(bytes);
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    return readText(new TextDecoder(a === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes));
  }
  return readText(new TextDecoder().decode(bytes));
}

/**
 * What the first bytes of a file identify it as, other than certificates.
 * @param {Uint8Array} bytes
 * @returns {string | null}
 */
function describeMagic(bytes) {
  const start = String.fromCharCode(...bytes.subarray(0, 8));
  const found = Object.keys(MAGIC_BYTES).find((magic) => start.startsWith(magic));
  return found === undefined ? null : `This is ${MAGIC_BYTES[found]}.`;
}

/** @type {Record<string, string>} */
const MAGIC_BYTES = {
  'PK\x03\x04': 'a ZIP archive: extract the certificates first',
  '%PDF': 'a PDF document, not a certificate',
  '\x89PNG': 'an image, not a certificate',
  '\xff\xd8\xff': 'an image, not a certificate',
  '\x1f\x8b': 'a compressed file: decompress it first',
  '\xfe\xed\xfe\xed': 'a Java key store, which may contain private keys; none of it was kept',
  '\xce\xce\xce\xce': 'a Java key store, which may contain private keys; none of it was kept',
};

/** Text that starts with "0" starts like a short SEQUENCE. @param {Uint8Array} bytes */
function looksLikeDer(bytes) {
  return bytes.length === 2 + bytes[1] || bytes[1] === 0x80;
}

/* --- text ------------------------------------------------------------------------- */

/** Kind of content by PEM label (RFC 7468). @type {Record<string, 'certificate' | 'trusted' | 'crl' | 'pkcs7'>} */
const LABELS = {
  CERTIFICATE: 'certificate',
  'X509 CERTIFICATE': 'certificate',
  'X.509 CERTIFICATE': 'certificate',
  'TRUSTED CERTIFICATE': 'trusted', // OpenSSL's: trust settings follow the certificate
  'X509 CRL': 'crl',
  CRL: 'crl',
  PKCS7: 'pkcs7',
  'PKCS #7 SIGNED DATA': 'pkcs7',
  CMS: 'pkcs7',
};

/** @type {Record<string, string>} */
const OTHER_LABELS = {
  'CERTIFICATE REQUEST': 'a certificate request, not a certificate',
  'NEW CERTIFICATE REQUEST': 'a certificate request, not a certificate',
  'PUBLIC KEY': 'a public key, not a certificate',
  'RSA PUBLIC KEY': 'a public key, not a certificate',
  'SSH2 PUBLIC KEY': 'an SSH public key, not a certificate',
  'PGP PUBLIC KEY BLOCK': 'an OpenPGP key, not a certificate',
  'DH PARAMETERS': 'Diffie-Hellman parameters, not a certificate',
  'EC PARAMETERS': 'elliptic curve parameters, not a certificate',
};

/** @param {string} text @returns {Contents} */
function readText(text) {
  if (/(BEGIN|END)[^\n-]{0,60}PRIVATE KEY|PuTTY-User-Key-File|openssh-key-v1/i.test(text))
    throw new InputError(PRIVATE_KEY);
  if (text.includes('-----BEGIN ')) return readPem(text);
  const bare = text.replace(/^\ufeff/, '').replace(/\s+/g, '');
  if (bare === '') throw new InputError('This is empty.');
  if (/^[A-Za-z0-9+/]{40,}={0,2}$/.test(bare) || /^[A-Za-z0-9_-]{40,}={0,2}$/.test(bare)) {
    const der = decodeBase64(bare);
    if (der !== null && der[0] === 0x30) return readDer(der);
  }
  throw new InputError(textKind(text));
}

/** @param {string} text */
function textKind(text) {
  if (/^\s*(<!doctype html|<html)/i.test(text)) return 'This is a web page, not a certificate.';
  if (/^\s*<\?xml/i.test(text)) return 'This is XML, not a certificate.';
  if (/^(ssh-|ecdsa-sha2-)/m.test(text)) return 'This is an SSH public key, not a certificate.';
  if (/\ufffd|\0/.test(text)) return 'This is neither text nor DER, so not a certificate in a supported format.';
  if (/CERTIFICATE/.test(text)) return 'This contains no PEM block: the BEGIN and END lines are missing or damaged.';
  return 'This is text without a certificate: it has no PEM block and is not base64.';
}

/** @param {string} text @returns {Contents} */
function readPem(text) {
  /** @type {Contents} */
  const found = { certificates: [], crls: [], notes: [] };
  let number = 0;
  for (let at = text.indexOf('-----BEGIN '); at >= 0; at = text.indexOf('-----BEGIN ', at)) {
    number++;
    const label = /^-----BEGIN ([^\n-]{1,60})-----/.exec(text.slice(at, at + 90))?.[1];
    if (label === undefined) throw new InputError(`The first line of PEM block ${number} is damaged.`);
    const start = at + label.length + 16;
    const end = text.indexOf(`-----END ${label}-----`, start);
    const next = text.indexOf('-----BEGIN ', start);
    if (end < 0 || (next >= 0 && next < end)) throw new InputError(`PEM block ${number} (${label}) has no END line.`);
    at = end;
    readBlock(found, label, text.slice(start, end), number);
  }
  return found;
}

/**
 * @param {Contents} found
 * @param {string} label
 * @param {string} body
 * @param {number} number from 1
 */
function readBlock(found, label, body, number) {
  const kind = LABELS[label];
  if (kind === undefined) {
    addNote(found, `PEM block ${number} is ${OTHER_LABELS[label] ?? `“${label}”, not a certificate`}.`);
    return;
  }
  const der = decodeBase64(body.replace(/\\[rn]|\s+/g, '')); // JSON strings have escaped line breaks
  if (der === null) throw new InputError(`PEM block ${number} (${label}) is not base64.`);
  if (der.length === 0) throw new InputError(`PEM block ${number} (${label}) is empty.`);
  if (kind === 'pkcs7') addAll(found, readDer(der));
  else if (kind === 'crl') found.crls.push(der);
  else found.certificates.push(kind === 'trusted' ? firstElement(der) : der);
}

/** @param {Contents} found @param {Contents} more */
function addAll(found, more) {
  found.certificates.push(...more.certificates);
  found.crls.push(...more.crls);
  found.notes.push(...more.notes);
}

/** @param {Uint8Array} der */
function firstElement(der) {
  const root = parseAsn1(der, PARSE_LIMITS);
  return root.tagClass === 'none' && root.children.length > 1 ? der.slice(0, root.children[0].end) : der;
}

/** @param {string} base64 also base64url @returns {Uint8Array | null} */
function decodeBase64(base64) {
  try {
    const text = atob(base64.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

/* --- DER ------------------------------------------------------------------------- */

/** @param {Contents} found @param {string} sentence */
function addNote({ notes }, sentence) {
  if (notes.length < MAX_NOTES) notes.push(sentence);
}

/** @param {Uint8Array} der @returns {Contents} */
function readDer(der) {
  /** @type {Contents} */
  const found = { certificates: [], crls: [], notes: [] };
  const root = parseAsn1(der, PARSE_LIMITS);
  const nodes = root.tagClass === 'none' ? root.children : [root];
  for (const node of nodes) {
    if (node.tagClass === 'none') addNote(found, `Not DER from byte ${node.offset} on: ${node.error}.`);
    else readNode(found, node, der);
  }
  return found;
}

/** @param {Contents} found @param {Asn1Node} node @param {Uint8Array} der */
function readNode(found, node, der) {
  const whole = der.slice(node.offset, node.end);
  switch (kindOf(node)) {
    case 'certificate':
      found.certificates.push(whole);
      break;
    case 'crl':
      found.crls.push(whole);
      break;
    case 'signed data':
      readSignedData(found, node, der);
      break;
    case 'private key':
      throw new InputError(PRIVATE_KEY);
    case 'PKCS#12':
      throw new InputError(PKCS12);
    case 'request':
      addNote(found, 'This is a certificate request, not a certificate.');
      break;
    case 'public key':
      addNote(found, 'This is a public key, not a certificate.');
      break;
    case 'OCSP response':
      addNote(found, 'This is an OCSP response, not a certificate.');
      break;
    default:
      addNote(found, `This is DER, but not a certificate${node.error ? `: ${node.error}` : ''}.`);
  }
}

/**
 * Certificates in PKCS#7 usually come in SignedData without signatures (RFC 5652, section 5.1); those of SignedData with
 * signatures are read too.
 * @param {Contents} found
 * @param {Asn1Node} node ContentInfo
 * @param {Uint8Array} der
 */
function readSignedData(found, node, der) {
  const parts = node.children[1]?.children[0]?.children ?? [];
  const set = (/** @type {number} */ tag) =>
    parts.find((part) => part.tagClass === 'context' && part.tag === tag)?.children ?? [];
  const before = found.certificates.length + found.crls.length;
  for (const one of set(0)) if (isSequence(one)) found.certificates.push(der.slice(one.offset, one.end));
  for (const one of set(1)) if (isSequence(one)) found.crls.push(der.slice(one.offset, one.end));
  if (found.certificates.length + found.crls.length === before) {
    addNote(found, 'This is PKCS#7 without a certificate, or damaged.');
  }
}

/** @param {Asn1Node | undefined} node */
function isSequence(node) {
  return node?.tagClass === 'universal' && node.tag === 16;
}

/** One letter per type for the first elements of a structure, to be matched by a regular expression. @param {Asn1Node[]} nodes */
function shapeOf(nodes) {
  /** @type {Record<number, string>} */
  const letters = { 2: 'i', 3: 'b', 4: 'o', 6: 'O', 10: 'e', 16: 'S', 23: 't', 24: 't' };
  return nodes
    .slice(0, 12)
    .map(({ tagClass, tag }) =>
      tagClass === 'universal' ? (letters[tag] ?? '?') : tagClass === 'context' ? `[${tag}]` : '?',
    )
    .join('');
}

/** Identified by the outer structure only: errors inside do not matter here. @param {Asn1Node} node */
function kindOf(node) {
  if (!isSequence(node)) return null;
  const [first, second] = node.children;
  const shape = shapeOf(node.children);
  if (/^O\[0\]/.test(shape)) return dottedOid(first.content) === '1.2.840.113549.1.7.2' ? 'signed data' : null;
  if (/^iS(S|$)/.test(shape)) return first.content[0] === 3 && isOidFirst(second) ? 'PKCS#12' : null;
  if (/^iSo/.test(shape) || /^i{4}/.test(shape) || /^io(\[|$)/.test(shape)) return 'private key';
  if (/^So$/.test(shape) && isOidFirst(first)) return 'private key'; // encrypted
  if (/^Sb$/.test(shape) && isOidFirst(first)) return 'public key';
  if (/^e(\[0\])?$/.test(shape)) return 'OCSP response';
  if (!/^SSb/.test(shape)) return null;
  const inner = shapeOf(first.children);
  if (/^i?SSt/.test(inner)) return 'crl';
  return /^iSS\[0\]/.test(inner) ? 'request' : 'certificate';
}

/** @param {Asn1Node} node */
function isOidFirst(node) {
  const [first] = node.children;
  return first !== undefined && first.tagClass === 'universal' && first.tag === 6;
}
