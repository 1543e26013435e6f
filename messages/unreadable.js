/** Why a certificate cannot be read, by Mbed TLS's errors: those of X.509, those of keys, and the details added to them. */

/**
 * @typedef {object} UnreadableText
 * @property {number} code as in Mbed TLS's headers, without the sign
 * @property {string} means
 * @property {string} [fix] missing where no certificate ends in it
 */

const REISSUE = 'It must be issued again; if a tool of your own wrote it, correct the tool.';
const NEW_KEY = 'The server needs a certificate for a key on P-256, P-384 or P-521, or for an RSA key.';

/** @type {Record<string, UnreadableText>} */
export const X509_ERRORS = {
  X509_FEATURE_UNAVAILABLE: {
    code: 0x2080,
    means: 'It is signed with a variant of RSA-PSS that is not supported: with another mask than MGF1.',
    fix: 'It must be signed with the usual RSA-PSS, with RSA PKCS#1 v1.5, or with ECDSA.',
  },
  X509_UNKNOWN_OID: { code: 0x2100, means: 'An object identifier is not known.' },
  X509_INVALID_FORMAT: {
    code: 0x2180,
    means: 'It does not have the form of a certificate: it is something else, is cut off, or has extra bytes.',
    fix: 'Check what the server sends: perhaps another file than the certificate, or a damaged one.',
  },
  X509_INVALID_VERSION: { code: 0x2200, means: 'Its version is not a number, or is negative.', fix: REISSUE },
  X509_INVALID_SERIAL: { code: 0x2280, means: 'Its serial number is not a number.', fix: REISSUE },
  X509_INVALID_ALG: {
    code: 0x2300,
    means: 'Its signature algorithm is malformed, or has parameters that do not belong there.',
    fix: REISSUE,
  },
  X509_INVALID_NAME: { code: 0x2380, means: 'The name of its subject or issuer is malformed.', fix: REISSUE },
  X509_INVALID_DATE: {
    code: 0x2400,
    means: 'A time of its validity is not a time: it has a month 13, for example.',
    fix: REISSUE,
  },
  X509_INVALID_SIGNATURE: {
    code: 0x2480,
    means: 'Its signature is malformed: it does not consist of whole octets.',
    fix: REISSUE,
  },
  X509_INVALID_EXTENSIONS: {
    code: 0x2500,
    means: 'One of its extensions is malformed, or is there twice.',
    fix: REISSUE,
  },
  X509_UNKNOWN_VERSION: {
    code: 0x2580,
    means: 'It claims a version that does not exist; there are 1, 2 and 3.',
    fix: REISSUE,
  },
  X509_UNKNOWN_SIG_ALG: {
    code: 0x2600,
    means: 'It is signed with an algorithm that is not supported, such as Ed25519 or MD5.',
    fix: 'It may be a good certificate, but not for this client: it must be signed with ECDSA or RSA.',
  },
  X509_SIG_MISMATCH: {
    code: 0x2680,
    means: 'It names two signature algorithms: one in the signed part, another beside the signature.',
    fix: REISSUE,
  },
  X509_CERT_VERIFY_FAILED: {
    code: 0x2700,
    means: 'It could be read, but failed verification.',
    fix: 'Read the problems that were found; each has a flag and a code.',
  },
  X509_CERT_UNKNOWN_FORMAT: { code: 0x2780, means: 'It is neither DER nor PEM.' },
  X509_BAD_INPUT_DATA: {
    code: 0x2800,
    means: 'An IP address among its names has neither 4 octets nor 16.',
    fix: REISSUE,
  },
  X509_ALLOC_FAILED: { code: 0x2880, means: 'There was not enough memory.' },
  X509_FILE_IO_ERROR: { code: 0x2900, means: 'A file could not be read.' },
  X509_BUFFER_TOO_SMALL: { code: 0x2980, means: 'A text did not fit.' },
  X509_FATAL_ERROR: { code: 0x3000, means: 'The chain could not be verified.' },
};

/** Of other modules, those that reading the key of a certificate can end in. @type {Record<string, UnreadableText>} */
export const KEY_ERRORS = {
  PK_KEY_INVALID_FORMAT: {
    code: 0x3d00,
    means: 'Something else stands where the algorithm of its key and the key belong.',
    fix: REISSUE,
  },
  PK_UNKNOWN_PK_ALG: {
    code: 0x3c80,
    means: 'Its key is of a kind that is not supported, such as Ed25519 or RSASSA-PSS.',
    fix: NEW_KEY,
  },
  PK_INVALID_PUBKEY: {
    code: 0x3b00,
    means: 'Its key is malformed: it is not a modulus and an exponent.',
    fix: REISSUE,
  },
  PK_INVALID_ALG: {
    code: 0x3a80,
    means: 'The algorithm of its key is malformed, or has parameters that do not belong there.',
    fix: REISSUE,
  },
  PK_UNKNOWN_NAMED_CURVE: { code: 0x3a00, means: 'Its key is on a curve that is not supported.', fix: NEW_KEY },
  ECP_BAD_INPUT_DATA: {
    code: 0x4f80,
    means: 'Its key is a point of a curve, but too short, too long, or in an unknown form.',
    fix: REISSUE,
  },
  ECP_FEATURE_UNAVAILABLE: {
    code: 0x4e80,
    means: 'Its key gives the parameters of its curve instead of the name, which is not allowed (RFC 5480).',
    fix: NEW_KEY,
  },
  ECP_INVALID_KEY: { code: 0x4c80, means: 'Its key is not a point of its curve.', fix: REISSUE },
};

/** What is added to an error, or comes alone. @type {Record<string, UnreadableText>} */
export const DETAILS = {
  ASN1_OUT_OF_DATA: { code: 0x60, means: 'It ends too soon.' },
  ASN1_UNEXPECTED_TAG: {
    code: 0x62,
    means: 'Something of another type is there; when it comes alone, in a directory name among the names.',
  },
  ASN1_INVALID_LENGTH: { code: 0x64, means: 'A length is impossible, or a number negative.' },
  ASN1_LENGTH_MISMATCH: { code: 0x66, means: 'It is longer or shorter than it says.' },
  ASN1_INVALID_DATA: { code: 0x68, means: 'A value is not allowed there.' },
  OID_NOT_FOUND: { code: 0x2e, means: 'An object identifier is not known.' },
};

/** The errors that reading ends in, by name. @type {Record<string, UnreadableText>} */
export const READ_ERRORS = { ...X509_ERRORS, ...KEY_ERRORS };

/**
 * Mbed TLS adds two numbers up: the error itself and, below 0x80, a detail.
 * @param {number} native the negative number of `TLSError.native`
 * @returns {{error?: string, detail?: string}} their names
 */
export function namesOf(native) {
  const named = (/** @type {Record<string, UnreadableText>} */ table, /** @type {number} */ code) =>
    Object.keys(table).find((name) => code > 0 && table[name].code === code);
  return { error: named(READ_ERRORS, -native & ~0x7f), detail: named(DETAILS, -native & 0x7f) };
}

/**
 * @param {number} native
 * @returns {string | null} what it means and what to do; null where nothing is known of that number
 */
export function unreadableText(native) {
  const { error = '', detail = '' } = namesOf(native);
  const text = READ_ERRORS[error] ?? DETAILS[detail];
  return text ? [text.means, text.fix].filter(Boolean).join(' ') : null;
}
