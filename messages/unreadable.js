/** Why a certificate or CRL cannot be read: a reason at a field, as wasm/x509/read_errors.def names them. */

/**
 * @typedef {object} Reason
 * @property {string} means words that follow the name of the field
 * @property {string} fix
 */

/** What people call each field, as the beginning of a sentence; by the name that RFC 5280 has for it. @type {Record<string, string>} */
export const FIELDS = {
  certificate: 'The certificate',
  tbsCertificate: 'The signed part of the certificate',
  version: 'Its version',
  serialNumber: 'Its serial number',
  signature: 'The signature algorithm in its signed part',
  issuer: 'The name of its issuer',
  validity: 'Its validity',
  subject: 'The name of its subject',
  subjectPublicKeyInfo: 'Its public key',
  uniqueID: 'A unique identifier in it',
  extensions: 'The list of its extensions',
  signatureAlgorithm: 'The algorithm beside its signature',
  signatureValue: 'Its signature',
  certificateList: 'The CRL',
  tbsCertList: 'The signed part of the CRL',
  thisUpdate: 'The time at which the CRL was issued',
  nextUpdate: 'The time of the next CRL',
  revokedCertificates: 'The list of revoked certificates',
  crlExtensions: 'The list of the extensions of the CRL',
};

const AS_ISSUED = 'Check that the server sends the certificate exactly as the CA issued it.';
const TOOL = 'it must be issued again; if a tool of your own wrote it, correct the tool.';

/** By the name of the reason. @type {Record<string, Reason>} */
export const REASONS = {
  missing: { means: 'is missing', fix: `The certificate is incomplete: ${TOOL}` },
  'wrong-type': {
    means: 'is not what belongs there',
    fix: `Check what the server sends: perhaps it is another file than the certificate, or a damaged one. If not, ${TOOL}`,
  },
  'bad-length': {
    means: 'has a length that is not DER',
    fix: `A certificate is written in DER, with definite lengths in their shortest form: ${TOOL}`,
  },
  truncated: { means: 'is cut short', fix: `${AS_ISSUED} If it is whole, ${TOOL}` },
  'trailing-data': { means: 'has something after its end', fix: `${AS_ISSUED} If nothing was added to it, ${TOOL}` },
  'bad-value': { means: 'has a value that it cannot have', fix: `${AS_ISSUED} If it is not damaged, ${TOOL}` },
};

/**
 * @param {{field?: string, reason?: string}} problem
 * @returns {{sentence: string, fix: string} | null} null for what is not known here
 */
export function unreadableText({ field = '', reason = '' }) {
  if (!Object.hasOwn(FIELDS, field) || !Object.hasOwn(REASONS, reason)) return null;
  const { means, fix } = REASONS[reason];
  return { sentence: `${FIELDS[field]} ${means}.`, fix };
}
