/**
 * The fields and reasons of certificates that cannot be read (wasm/x509/read_errors.def; texts in
 * messages/unreadable.js), and the rules that a readable but unusable certificate breaks: for each, the case that
 * produces it in a live handshake, or why none can. A test connects to each case. damages.js combines all fields and
 * reasons.
 */

/** @typedef {import('./flags.js').Reachable} Reachable */

/**
 * @typedef {object} OnlyInCrls
 * @property {string} unreachable why no server can produce it
 * @property {string[]} mentionedIn the files of wasm/x509 that read this field
 */

/** @param {...string} mentionedIn @returns {OnlyInCrls} */
const onlyInCrls = (...mentionedIn) => ({
  unreachable:
    'Only CRLs have this field, and no server sends one: a CRL from the caller fails with ERR_TLS_INVALID_CRL.',
  mentionedIn,
});

/** @type {Record<string, Reachable | OnlyInCrls>} */
export const FIELD_CASES = {
  certificate: { case: 'not-a-certificate' },
  tbsCertificate: { case: 'bytes-after-extensions' },
  version: { case: 'version-malformed' },
  serialNumber: { case: 'serial-malformed' },
  signature: { case: 'inner-algorithm-malformed' },
  issuer: { case: 'issuer-malformed' },
  validity: { case: 'validity-without-end' },
  subject: { case: 'name-malformed' },
  subjectPublicKeyInfo: { case: 'key-malformed' },
  uniqueID: { case: 'unique-id-cut-short' },
  extensions: { case: 'extension-without-value' },
  signatureAlgorithm: { case: 'outer-algorithm-malformed' },
  signatureValue: { case: 'signature-malformed' },
  certificateList: onlyInCrls('crl.c'),
  tbsCertList: onlyInCrls('crl.c'),
  thisUpdate: onlyInCrls('crl.c'),
  nextUpdate: onlyInCrls('crl.c'),
  revokedCertificates: onlyInCrls('crl.c'),
  crlExtensions: onlyInCrls('crl.c'),
};

/** @type {Record<string, Reachable>} */
export const REASON_CASES = {
  missing: { case: 'validity-without-end' },
  'wrong-type': { case: 'not-a-certificate' },
  'bad-length': { case: 'indefinite-length' },
  truncated: { case: 'certificate-cut-short' },
  'trailing-data': { case: 'byte-after-certificate' },
  'bad-value': { case: 'version-negative' },
};

/** Rules of wasm/verify/rules.def. @type {Record<string, Reachable>} */
export const RULE_CASES = {
  KEY_UNSUPPORTED: { case: 'good-p224-key' },
  KEY_MALFORMED: { case: 'key-garbled' },
  SIGNATURE_UNSUPPORTED: { case: 'pss-other-mask' },
  ALGORITHM_MISMATCH: { case: 'signature-mismatch' },
  TIME_UNREADABLE: { case: 'date-malformed' },
  VERSION: { case: 'version-4' },
  DUPLICATE_EXTENSION: { case: 'extension-twice' },
  EXTENSION_MALFORMED: { case: 'extension-malformed' },
  UNKNOWN_CRITICAL: { case: 'unknown-critical' },
  SAN_MALFORMED: { case: 'address-of-five' },
};
