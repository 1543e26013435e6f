/**
 * What reading a certificate can end in: Mbed TLS's X509 errors, all of them, and those of other modules that reading
 * its key can end in. A test compares them with Mbed TLS's headers, and connects to each case.
 *
 * Nothing is imported here: the inspector loads this file too.
 */

/**
 * @typedef {object} Live
 * @property {number} code as in Mbed TLS's headers, without the sign
 * @property {string} case the id of a case
 * @property {string} means
 * @property {string} do
 */

/**
 * @typedef {object} Unreachable
 * @property {number} code
 * @property {string} means
 * @property {string} unreachable why no certificate can bring it about
 * @property {string[]} mentionedIn as in flags.js
 */

const REISSUE = 'Whoever made the certificate must make it anew; tools that wrote it by hand are to be mended.';
const NEW_KEY = 'The server needs a certificate for a key on P-256, P-384 or P-521, or for an RSA key.';

/** @type {Record<string, Live | Unreachable>} */
export const X509_ERRORS = {
  X509_FEATURE_UNAVAILABLE: {
    code: 0x2080,
    case: 'pss-other-mask',
    means: 'It is signed with RSA-PSS in a variant that is not supported: another mask than MGF1.',
    do: 'It must be signed with RSA-PSS as usual, with RSA PKCS#1 v1.5, or with ECDSA.',
  },
  X509_UNKNOWN_OID: {
    code: 0x2100,
    means: 'An object identifier is not known.',
    unreachable:
      'Mbed TLS defines it and never uses it; what is unknown has an error of its own, such as UNKNOWN_SIG_ALG.',
    mentionedIn: [],
  },
  X509_INVALID_FORMAT: {
    code: 0x2180,
    case: 'not-a-certificate',
    means: 'It is not built as a certificate is: it is something else, is cut off, or has something too much.',
    do: 'Look at what the server sends: perhaps another file than the certificate, or a damaged one.',
  },
  X509_INVALID_VERSION: {
    code: 0x2200,
    case: 'version-malformed',
    means: 'Where its version belongs there is no number, or a negative one.',
    do: REISSUE,
  },
  X509_INVALID_SERIAL: {
    code: 0x2280,
    case: 'serial-malformed',
    means: 'Where its serial number belongs there is no number.',
    do: REISSUE,
  },
  X509_INVALID_ALG: {
    code: 0x2300,
    case: 'algorithm-malformed',
    means: 'The name of its signature algorithm is malformed, or has parameters that do not belong there.',
    do: REISSUE,
  },
  X509_INVALID_NAME: {
    code: 0x2380,
    case: 'name-malformed',
    means: 'The name of its subject or of its issuer is malformed.',
    do: REISSUE,
  },
  X509_INVALID_DATE: {
    code: 0x2400,
    case: 'date-malformed',
    means: 'The time that it begins or ends at is no such time, as in month 13.',
    do: REISSUE,
  },
  X509_INVALID_SIGNATURE: {
    code: 0x2480,
    case: 'signature-malformed',
    means: 'Its signature is not written as one: it does not consist of whole octets.',
    do: REISSUE,
  },
  X509_INVALID_EXTENSIONS: {
    code: 0x2500,
    case: 'extension-cut-off',
    means: 'One of its extensions is malformed, or is there twice.',
    do: REISSUE,
  },
  X509_UNKNOWN_VERSION: {
    code: 0x2580,
    case: 'version-4',
    means: 'It says that it is of a version that does not exist; there are 1, 2 and 3.',
    do: REISSUE,
  },
  X509_UNKNOWN_SIG_ALG: {
    code: 0x2600,
    case: 'good-ed25519-key',
    means: 'It is signed with an algorithm that is not supported, such as Ed25519 or MD5.',
    do: 'It may be a good certificate, but not for this client: it must be signed with ECDSA or RSA.',
  },
  X509_SIG_MISMATCH: {
    code: 0x2680,
    case: 'signature-mismatch',
    means: 'It names two signature algorithms, one in what is signed and another beside the signature.',
    do: REISSUE,
  },
  X509_CERT_VERIFY_FAILED: {
    code: 0x2700,
    case: 'expired',
    means: 'It could be read, and was judged to be not good.',
    do: 'Read the problems that were found; each has a flag and a code.',
  },
  X509_CERT_UNKNOWN_FORMAT: {
    code: 0x2780,
    means: 'It is neither DER nor PEM.',
    unreachable:
      'Only the reader of PEM files gives it, and what a server sends is read as DER: X509_INVALID_FORMAT instead.',
    mentionedIn: ['x509_crt.c'],
  },
  X509_BAD_INPUT_DATA: {
    code: 0x2800,
    case: 'address-of-five',
    means: 'An IP address among its names has neither 4 octets nor 16.',
    do: REISSUE,
  },
  X509_ALLOC_FAILED: {
    code: 0x2880,
    means: 'There was not enough memory.',
    unreachable: 'No certificate causes it, only memory that has run out.',
    mentionedIn: [
      ...['ssl_tls.c', 'ssl_tls13_generic.c', 'x509.c', 'x509_create.c', 'x509_crl.c', 'x509_crt.c', 'x509_csr.c'],
      'x509write_csr.c',
    ],
  },
  X509_FILE_IO_ERROR: {
    code: 0x2900,
    means: 'A file could not be read.',
    unreachable:
      'Only the functions that read certificates from files give it, and they are not in this build (MBEDTLS_FS_IO).',
    mentionedIn: ['x509_crt.c'],
  },
  X509_BUFFER_TOO_SMALL: {
    code: 0x2980,
    means: 'A text did not fit.',
    unreachable:
      'Only functions that write text or certificates give it, and one that reads directories; nothing here calls them.',
    mentionedIn: ['x509.c', 'x509_crt.c', 'x509write_crt.c'],
  },
  X509_FATAL_ERROR: {
    code: 0x3000,
    means: 'The chain could not be judged.',
    unreachable:
      'Mbed TLS gives it for chains that are too long and for callbacks that fail, in the judge that pagetls replaces. ' +
      'Ours gives it when memory has run out while judging.',
    mentionedIn: ['x509_crt.c'],
  },
};

/** Of other modules, those that reading the key of a certificate can end in. @type {Record<string, Live>} */
export const KEY_ERRORS = {
  PK_KEY_INVALID_FORMAT: {
    code: 0x3d00,
    case: 'key-malformed',
    means: 'Where algorithm and key belong there is something else.',
    do: REISSUE,
  },
  PK_UNKNOWN_PK_ALG: {
    code: 0x3c80,
    case: 'good-rsa-pss-key',
    means: 'Its key is of a kind that is not supported, such as Ed25519 or RSASSA-PSS.',
    do: NEW_KEY,
  },
  PK_INVALID_PUBKEY: {
    code: 0x3b00,
    case: 'key-garbled',
    means: 'Its key is malformed: what is there is not a modulus and an exponent.',
    do: REISSUE,
  },
  PK_INVALID_ALG: {
    code: 0x3a80,
    case: 'key-parameters',
    means: 'The name of the algorithm of its key is malformed, or has parameters that do not belong there.',
    do: REISSUE,
  },
  PK_UNKNOWN_NAMED_CURVE: {
    code: 0x3a00,
    case: 'good-p224-key',
    means: 'Its key is on a curve that is not supported.',
    do: NEW_KEY,
  },
  ECP_BAD_INPUT_DATA: {
    code: 0x4f80,
    case: 'point-cut-off',
    means: 'Its key is a point of a curve, and too short, too long, or in an unknown form.',
    do: REISSUE,
  },
  ECP_FEATURE_UNAVAILABLE: {
    code: 0x4e80,
    case: 'curve-in-full',
    means: 'Its key gives the numbers of its curve instead of the name, which is not allowed (RFC 5480).',
    do: NEW_KEY,
  },
  ECP_INVALID_KEY: {
    code: 0x4c80,
    case: 'point-off-the-curve',
    means: 'Its key is not a point of its curve.',
    do: REISSUE,
  },
};

/** What is added to an error, or comes alone. @type {Record<string, {code: number, case: string, means: string}>} */
export const DETAILS = {
  ASN1_OUT_OF_DATA: { code: 0x60, case: 'extension-cut-off', means: 'It breaks off too soon.' },
  ASN1_UNEXPECTED_TAG: {
    code: 0x62,
    case: 'directory-name-malformed',
    means: 'Something of another type is there; alone, in a directory name among its names.',
  },
  ASN1_INVALID_LENGTH: { code: 0x64, case: 'version-negative', means: 'A length is impossible, or a number negative.' },
  ASN1_LENGTH_MISMATCH: { code: 0x66, case: 'bytes-after-extensions', means: 'It is longer or shorter than it says.' },
  ASN1_INVALID_DATA: { code: 0x68, case: 'signature-malformed', means: 'A value is not allowed there.' },
  OID_NOT_FOUND: { code: 0x2e, case: 'pss-other-mask', means: 'An object identifier is not known.' },
};

/** The errors that reading ends in, by name. @type {Record<string, Live | Unreachable>} */
export const ERRORS = { ...X509_ERRORS, ...KEY_ERRORS };

/**
 * Mbed TLS adds two numbers up: the error itself and, below 0x80, a detail.
 * @param {number} native the negative number of `TLSError.native`
 * @returns {{error?: string, detail?: string}} their names
 */
export function namesOf(native) {
  const named = (/** @type {Record<string, {code: number}>} */ table, /** @type {number} */ code) =>
    Object.keys(table).find((name) => code > 0 && table[name].code === code);
  return { error: named(ERRORS, -native & ~0x7f), detail: named(DETAILS, -native & 0x7f) };
}
