/** Why a certificate or CRL cannot be read: a field and a reason, as named in wasm/x509/read_errors.def. */

/**
 * @typedef {object} Reason
 * @property {string} means words that follow the name of the field
 * @property {string} fix
 */

/** Plain names, which begin a sentence, by the field's name in RFC 5280. @type {Record<string, string>} */
export const FIELDS = {
  certificate: 'The certificate',
  tbsCertificate: 'The signed part of the certificate',
  version: 'Its version',
  serialNumber: 'Its serial number',
  signature: 'The signature algorithm in its signed part',
  issuer: 'Its issuer name',
  validity: 'Its validity period',
  subject: 'Its subject name',
  subjectPublicKeyInfo: 'Its public key',
  uniqueID: 'A unique identifier',
  extensions: 'Its extension list',
  signatureAlgorithm: 'The algorithm next to its signature',
  signatureValue: 'Its signature',
  certificateList: 'The CRL',
  tbsCertList: 'The signed part of the CRL',
  thisUpdate: 'The issue time of the CRL',
  nextUpdate: 'The nextUpdate time of the CRL',
  revokedCertificates: 'The list of revoked certificates',
  crlExtensions: 'The extension list of the CRL',
};

const AS_ISSUED = 'Check that the server sends the certificate exactly as the CA issued it.';
const REISSUE = 'reissue the certificate; if your own tool created it, fix the tool.';

/** By the name of the reason. @type {Record<string, Reason>} */
export const REASONS = {
  missing: { means: 'is missing', fix: `The certificate is incomplete: ${REISSUE}` },
  'wrong-type': {
    means: 'has the wrong type',
    fix: `Check that the server sends the right file, and that it is not damaged. If the CA issued it like this, ${REISSUE}`,
  },
  'bad-length': {
    means: 'has a length that is not valid DER',
    fix: `DER requires definite lengths in their shortest form: ${REISSUE}`,
  },
  truncated: { means: 'is truncated', fix: `${AS_ISSUED} If it is complete, ${REISSUE}` },
  'trailing-data': { means: 'has trailing data', fix: `${AS_ISSUED} If nothing was added to it, ${REISSUE}` },
  'bad-value': { means: 'has an invalid value', fix: `${AS_ISSUED} If it is not damaged, ${REISSUE}` },
};

/**
 * @param {{field?: string, reason?: string}} problem
 * @returns {{sentence: string, fix: string} | null} null for an unknown field or reason
 */
export function unreadableText({ field = '', reason = '' }) {
  if (!Object.hasOwn(FIELDS, field) || !Object.hasOwn(REASONS, reason)) return null;
  const { means, fix } = REASONS[reason];
  return { sentence: `${FIELDS[field]} ${means}.`, fix };
}
