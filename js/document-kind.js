/** Names what the core does not read: PEM blocks by their labels, files by their first octets. */

/** @typedef {import('../messages/documents.js').DocumentKind} DocumentKind */

/** RFC 7468, OpenSSL's <openssl/pem.h>, RFC 4716 and RFC 4880. The first that matches counts. @type {[RegExp, DocumentKind][]} */
const LABELS = [
  [/CERTIFICATE REQUEST$/, 'certificate-request'],
  [/^ENCRYPTED PRIVATE KEY$/, 'encrypted-private-key'],
  [/^OPENSSH PRIVATE KEY$/, 'openssh-private-key'],
  [/PRIVATE KEY$/, 'private-key'],
  [/^SSH2 PUBLIC KEY$/, 'ssh-public-key'],
  [/PUBLIC KEY$/, 'public-key'],
  [/PARAMETERS$/, 'parameters'],
  [/^PGP /, 'openpgp'],
  [/^/, 'unknown-block'],
];

/** The first octets, as Latin-1. A byte order mark and blanks may precede text. @type {[RegExp, DocumentKind][]} */
const STARTS = [
  [/^(\xef\xbb\xbf)?[\t\n\r ]*$/, 'empty'],
  [/^(\xfe\xed\xfe\xed|\xce\xce\xce\xce)/, 'java-key-store'],
  [/^0(\xef\xbf\xbd|\xc2[\x80-\x84])/, 'decoded-bytes'], // DER as UTF-8, or as Latin-1
  [/^(\xff\xfe|\xfe\xff)|([ -~]\0){3}|(\0[ -~]){3}/, 'utf-16'],
  [/^(PK\x03\x04|\x1f\x8b|BZh|7z\xbc\xaf|\xfd7zXZ)/, 'archive'],
  [/^%PDF/, 'pdf'],
  [/^(\x89PNG|\xff\xd8\xff)/, 'image'],
  [/[\0-\x08]/, 'binary'],
  [/^(\xef\xbb\xbf)?\s*<(!doctype )?html/i, 'web-page'],
  [/^(\xef\xbb\xbf)?\s*</, 'xml'],
  [/^PuTTY-User-Key-File/, 'putty-private-key'],
  [/^(ssh-|ecdsa-sha2-|---- BEGIN SSH2 PUBLIC)/m, 'ssh-public-key'],
  [/^/, 'text'],
];

/**
 * @template {{kind: string, label?: string}} D
 * @param {D} document of the core, with its label in hexadecimal
 * @returns {D} with its name, and its label as text; only PEM blocks have one
 */
export function named({ label = '', ...document }) {
  const text = label.replace(/../g, (octet) => String.fromCharCode(parseInt(octet, 16)));
  const list = document.kind === 'block' ? LABELS : document.kind === 'file' ? STARTS : [];
  const [, kind = document.kind] = list.find(([pattern]) => pattern.test(text)) ?? [];
  const more = document.kind === 'file' || text === '' ? {} : { label: text };
  return /** @type {D} */ (/** @type {unknown} */ ({ ...document, kind, ...more }));
}
