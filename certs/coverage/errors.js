/**
 * What reading a certificate can end in, by Mbed TLS's errors (messages/unreadable.js has the words): the case that has it
 * in a live handshake, or why none can. A test connects to each case.
 */

/** @typedef {import('./flags.js').Live} Live */
/** @typedef {import('./flags.js').Unreachable} Unreachable */

/** @type {Record<string, Live | Unreachable>} */
export const ERROR_CASES = {
  X509_FEATURE_UNAVAILABLE: { case: 'pss-other-mask' },
  X509_UNKNOWN_OID: {
    unreachable:
      'Mbed TLS defines it and never uses it; what is unknown has an error of its own, such as UNKNOWN_SIG_ALG.',
    mentionedIn: [],
  },
  X509_INVALID_FORMAT: { case: 'not-a-certificate' },
  X509_INVALID_VERSION: { case: 'version-malformed' },
  X509_INVALID_SERIAL: { case: 'serial-malformed' },
  X509_INVALID_ALG: { case: 'algorithm-malformed' },
  X509_INVALID_NAME: { case: 'name-malformed' },
  X509_INVALID_DATE: { case: 'date-malformed' },
  X509_INVALID_SIGNATURE: { case: 'signature-malformed' },
  X509_INVALID_EXTENSIONS: { case: 'extension-cut-off' },
  X509_UNKNOWN_VERSION: { case: 'version-4' },
  X509_UNKNOWN_SIG_ALG: { case: 'good-ed25519-key' },
  X509_SIG_MISMATCH: { case: 'signature-mismatch' },
  X509_CERT_VERIFY_FAILED: { case: 'expired' },
  X509_CERT_UNKNOWN_FORMAT: {
    unreachable:
      'Only the reader of PEM files gives it, and what a server sends is read as DER: X509_INVALID_FORMAT instead.',
    mentionedIn: ['x509_crt.c'],
  },
  X509_BAD_INPUT_DATA: { case: 'address-of-five' },
  X509_ALLOC_FAILED: {
    unreachable: 'No certificate causes it, only memory that has run out.',
    mentionedIn: [
      ...['ssl_tls.c', 'ssl_tls13_generic.c', 'x509.c', 'x509_create.c', 'x509_crl.c', 'x509_crt.c', 'x509_csr.c'],
      'x509write_csr.c',
    ],
  },
  X509_FILE_IO_ERROR: {
    unreachable:
      'Only the functions that read certificates from files give it, and they are not in this build (MBEDTLS_FS_IO).',
    mentionedIn: ['x509_crt.c'],
  },
  X509_BUFFER_TOO_SMALL: {
    unreachable:
      'Only functions that write text or certificates give it, and one that reads directories; nothing here calls them.',
    mentionedIn: ['x509.c', 'x509_crt.c', 'x509write_crt.c'],
  },
  X509_FATAL_ERROR: {
    unreachable:
      'Mbed TLS gives it for chains that are too long and for callbacks that fail, in the judge that pagetls replaces. ' +
      'Ours gives it when memory has run out while judging.',
    mentionedIn: ['x509_crt.c'],
  },
  // Of the key
  PK_KEY_INVALID_FORMAT: { case: 'key-malformed' },
  PK_UNKNOWN_PK_ALG: { case: 'good-rsa-pss-key' },
  PK_INVALID_PUBKEY: { case: 'key-garbled' },
  PK_INVALID_ALG: { case: 'key-parameters' },
  PK_UNKNOWN_NAMED_CURVE: { case: 'good-p224-key' },
  ECP_BAD_INPUT_DATA: { case: 'point-cut-off' },
  ECP_FEATURE_UNAVAILABLE: { case: 'curve-in-full' },
  ECP_INVALID_KEY: { case: 'point-off-the-curve' },
};

/** The details that are added to an error, or come alone. @type {Record<string, Live>} */
export const DETAIL_CASES = {
  ASN1_OUT_OF_DATA: { case: 'extension-cut-off' },
  ASN1_UNEXPECTED_TAG: { case: 'directory-name-malformed' },
  ASN1_INVALID_LENGTH: { case: 'version-negative' },
  ASN1_LENGTH_MISMATCH: { case: 'bytes-after-extensions' },
  ASN1_INVALID_DATA: { case: 'signature-malformed' },
  OID_NOT_FOUND: { case: 'pss-other-mask' },
};
