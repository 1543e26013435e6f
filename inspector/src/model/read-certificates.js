/**
 * Certificates and revocation lists from files and texts that people have: PEM, DER, PKCS#7, or base64 alone. Nothing is
 * judged here, and a certificate that is none inside is still handed on: the judge says what is wrong with it.
 */
import { parseAsn1 } from './asn1.js';
import { dottedOid } from './oids.js';

/** @typedef {import('./asn1.js').Asn1Node} Asn1Node */

/** More is refused, in bytes. */
export const MAX_INPUT_BYTES = 1024 * 1024;

/** Enough for lists of trust anchors in PKCS#7; the certificates in it are not taken apart. */
const LIMITS = { depth: 7, nodes: 50_000, strings: false };

/** Of what was left out, so much is told. */
const NOTES = 10;

/** What was given has no certificate or list in it; the message says what it is instead. */
export class InputError extends Error {}

/**
 * @typedef {object} Found
 * @property {Uint8Array[]} certificates DER, in their order
 * @property {Uint8Array[]} crls DER
 * @property {string[]} notes a sentence for each thing that was left out
 */

const PRIVATE_KEY =
  'There is a private key in it, so nothing of it was read or kept. Give the certificates alone; a private key ' +
  'belongs on its server and nowhere else.';
const PKCS12 =
  'That is a PKCS#12 file, which as a rule has a private key in it, so nothing of it was kept. Take the certificates ' +
  'out of it first: openssl pkcs12 -nokeys -in FILE';

/**
 * @param {Uint8Array | string} input
 * @returns {Found}
 * @throws {InputError}
 */
export function readCertificates(input) {
  if (input.length > MAX_INPUT_BYTES)
    throw new InputError('That is more than 1 MB, which is more than certificates need.');
  const found = typeof input === 'string' ? readText(input) : readBytes(input);
  if (found.certificates.length + found.crls.length > 0) return found;
  throw new InputError(found.notes[0] ?? 'There is no certificate in it.');
}

/** @param {Uint8Array} bytes @returns {Found} */
function readBytes(bytes) {
  if (bytes.length === 0) throw new InputError('It is empty.');
  const other = magicOf(bytes);
  if (other !== null) throw new InputError(other);
  const [a, b] = bytes;
  if (a === 0x30 && (b > 0x80 || looksLikeDer(bytes))) return readDer(bytes);
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    return readText(new TextDecoder(a === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes));
  }
  return readText(new TextDecoder().decode(bytes));
}

/**
 * What the first bytes of a file tell.
 * @param {Uint8Array} bytes
 * @returns {string | null}
 */
function magicOf(bytes) {
  const start = String.fromCharCode(...bytes.subarray(0, 8));
  const found = Object.keys(MAGIC).find((magic) => start.startsWith(magic));
  return found === undefined ? null : `That is ${MAGIC[found]}.`;
}

/** @type {Record<string, string>} */
const MAGIC = {
  'PK\x03\x04': 'a ZIP archive: take the certificates out of it first',
  '%PDF': 'a PDF document, not a certificate',
  '\x89PNG': 'a picture, not a certificate',
  '\xff\xd8\xff': 'a picture, not a certificate',
  '\x1f\x8b': 'a compressed file: unpack it first',
  '\xfe\xed\xfe\xed': 'a Java key store, which may have private keys in it; nothing of it was kept',
  '\xce\xce\xce\xce': 'a Java key store, which may have private keys in it; nothing of it was kept',
};

/** The text "0…" begins like a short SEQUENCE. @param {Uint8Array} bytes */
function looksLikeDer(bytes) {
  return bytes.length === 2 + bytes[1] || bytes[1] === 0x80;
}

/* --- text ------------------------------------------------------------------------- */

/** What the label of a PEM block says of its content (RFC 7468). @type {Record<string, 'certificate' | 'trusted' | 'crl' | 'pkcs7'>} */
const LABELS = {
  CERTIFICATE: 'certificate',
  'X509 CERTIFICATE': 'certificate',
  'X.509 CERTIFICATE': 'certificate',
  'TRUSTED CERTIFICATE': 'trusted', // OpenSSL's: something follows the certificate
  'X509 CRL': 'crl',
  CRL: 'crl',
  PKCS7: 'pkcs7',
  'PKCS #7 SIGNED DATA': 'pkcs7',
  CMS: 'pkcs7',
};

/** @type {Record<string, string>} */
const OTHER_LABELS = {
  'CERTIFICATE REQUEST': 'a request for a certificate, not a certificate',
  'NEW CERTIFICATE REQUEST': 'a request for a certificate, not a certificate',
  'PUBLIC KEY': 'a public key, not a certificate',
  'RSA PUBLIC KEY': 'a public key, not a certificate',
  'SSH2 PUBLIC KEY': 'a public key of SSH, not a certificate',
  'PGP PUBLIC KEY BLOCK': 'a key of OpenPGP, not a certificate',
  'DH PARAMETERS': 'Diffie-Hellman parameters, not a certificate',
  'EC PARAMETERS': 'the parameters of a curve, not a certificate',
};

/** @param {string} text @returns {Found} */
function readText(text) {
  if (/(BEGIN|END)[^\n-]{0,60}PRIVATE KEY|PuTTY-User-Key-File|openssh-key-v1/i.test(text))
    throw new InputError(PRIVATE_KEY);
  if (text.includes('-----BEGIN ')) return readPem(text);
  const bare = text.replace(/^\ufeff/, '').replace(/\s+/g, '');
  if (bare === '') throw new InputError('It is empty.');
  if (/^[A-Za-z0-9+/]{40,}={0,2}$/.test(bare) || /^[A-Za-z0-9_-]{40,}={0,2}$/.test(bare)) {
    const der = decode(bare);
    if (der !== null && der[0] === 0x30) return readDer(der);
  }
  throw new InputError(textKind(text));
}

/** @param {string} text */
function textKind(text) {
  if (/^\s*(<!doctype html|<html)/i.test(text)) return 'That is a web page, not a certificate.';
  if (/^\s*<\?xml/i.test(text)) return 'That is XML, not a certificate.';
  if (/^(ssh-|ecdsa-sha2-)/m.test(text)) return 'That is a public key of SSH, not a certificate.';
  if (/\ufffd|\0/.test(text)) return 'That is neither text nor DER: no certificate in a form that is known here.';
  if (/CERTIFICATE/.test(text))
    return 'There is no PEM block in it: the lines that begin and end one are missing or damaged.';
  return 'That is text without a certificate: there is no PEM block in it, and it is not base64.';
}

/** @param {string} text @returns {Found} */
function readPem(text) {
  /** @type {Found} */
  const found = { certificates: [], crls: [], notes: [] };
  let number = 0;
  for (let at = text.indexOf('-----BEGIN '); at >= 0; at = text.indexOf('-----BEGIN ', at)) {
    number++;
    const label = /^-----BEGIN ([^\n-]{1,60})-----/.exec(text.slice(at, at + 90))?.[1];
    if (label === undefined) throw new InputError(`The first line of PEM block ${number} is damaged.`);
    const start = at + label.length + 16;
    const end = text.indexOf(`-----END ${label}-----`, start);
    const next = text.indexOf('-----BEGIN ', start);
    if (end < 0 || (next >= 0 && next < end)) throw new InputError(`PEM block ${number} (${label}) has no end.`);
    at = end;
    readBlock(found, label, text.slice(start, end), number);
  }
  return found;
}

/**
 * @param {Found} found
 * @param {string} label
 * @param {string} body
 * @param {number} number from 1
 */
function readBlock(found, label, body, number) {
  const kind = LABELS[label];
  if (kind === undefined) {
    note(found, `PEM block ${number} is ${OTHER_LABELS[label] ?? `“${label}”, not a certificate`}.`);
    return;
  }
  const der = decode(body.replace(/\\[rn]|\s+/g, '')); // from JSON come "\n"s
  if (der === null) throw new InputError(`PEM block ${number} (${label}) is not base64.`);
  if (der.length === 0) throw new InputError(`PEM block ${number} (${label}) is empty.`);
  if (kind === 'pkcs7') take(found, readDer(der));
  else if (kind === 'crl') found.crls.push(der);
  else found.certificates.push(kind === 'trusted' ? firstElement(der) : der);
}

/** @param {Found} found @param {Found} more */
function take(found, more) {
  found.certificates.push(...more.certificates);
  found.crls.push(...more.crls);
  found.notes.push(...more.notes);
}

/** @param {Uint8Array} der */
function firstElement(der) {
  const root = parseAsn1(der, LIMITS);
  return root.tagClass === 'none' && root.children.length > 1 ? der.slice(0, root.children[0].end) : der;
}

/** @param {string} base64 also base64url @returns {Uint8Array | null} */
function decode(base64) {
  try {
    const text = atob(base64.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(text, (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

/* --- DER ------------------------------------------------------------------------- */

/** Of many things that were left out the first are named. @param {Found} found @param {string} sentence */
function note({ notes }, sentence) {
  if (notes.length < NOTES) notes.push(sentence);
}

/** @param {Uint8Array} der @returns {Found} */
function readDer(der) {
  /** @type {Found} */
  const found = { certificates: [], crls: [], notes: [] };
  const root = parseAsn1(der, LIMITS);
  const nodes = root.tagClass === 'none' ? root.children : [root];
  for (const node of nodes) {
    if (node.tagClass === 'none') note(found, `From byte ${node.offset} on it is not DER: ${node.error}.`);
    else readNode(found, node, der);
  }
  return found;
}

/** @param {Found} found @param {Asn1Node} node @param {Uint8Array} der */
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
      note(found, 'That is a request for a certificate, not a certificate.');
      break;
    case 'public key':
      note(found, 'That is a public key, not a certificate.');
      break;
    case 'OCSP response':
      note(found, 'That is an OCSP response, not a certificate.');
      break;
    default:
      note(found, `That is DER, but not of a certificate${node.error ? `: ${node.error}` : ''}.`);
  }
}

/**
 * SignedData without signatures is the usual way to carry certificates in PKCS#7 (RFC 5652, section 5.1); those of a
 * signature are taken as well.
 * @param {Found} found
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
    note(found, 'That is PKCS#7 without a certificate, or damaged.');
  }
}

/** @param {Asn1Node | undefined} node */
function isSequence(node) {
  return node?.tagClass === 'universal' && node.tag === 16;
}

/** Letters for the types at the beginning of a structure. @param {Asn1Node[]} nodes */
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

/** By its outer structure only: what is wrong inside is not asked here. @param {Asn1Node} node */
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
