/** Why a server's chain is not valid, by the codes of OpenSSL that clients of Node's tls compare. */
import { TLSError } from '../errors.js';

/** @typedef {import('../certificate.js').Problem} Problem */
/** @typedef {import('../certificate.js').Verification} Verification */

/** By the rule that is broken. Others keep our code. @type {Readonly<Record<string, string>>} */
const CODES = {
  SIGNATURE: 'CERT_SIGNATURE_FAILURE',
  WRONG_ISSUER: 'CERT_SIGNATURE_FAILURE',
  NOT_A_CA: 'INVALID_CA',
  NO_CERT_SIGN: 'INVALID_CA',
  PATH_LENGTH: 'PATH_LENGTH_EXCEEDED',
  DISTRUSTED: 'CERT_REJECTED',
  TOO_DEEP: 'CERT_CHAIN_TOO_LONG',
  PATH_TOO_LONG: 'CERT_CHAIN_TOO_LONG',
  EXPIRED: 'CERT_HAS_EXPIRED',
  FUTURE: 'CERT_NOT_YET_VALID',
  KEY_USAGE: 'INVALID_PURPOSE',
  EXT_KEY_USAGE: 'INVALID_PURPOSE',
  EKU_EMPTY: 'INVALID_PURPOSE',
  REVOKED: 'CERT_REVOKED',
  CRL_NOT_TRUSTED: 'CRL_SIGNATURE_FAILURE',
  CRL_EXPIRED: 'CRL_HAS_EXPIRED',
  CRL_FUTURE: 'CRL_NOT_YET_VALID',
};

/**
 * @param {Verification} verification
 * @param {{needsCrls: boolean, cause?: TLSError}} options `needsCrls`: CRLs must cover every certificate of the path, as in Node;
 *   `cause`: what the core said
 * @returns {Error | undefined} undefined: the chain is valid
 */
export function chainError(verification, { needsCrls, cause }) {
  const { ok, problems, notChecked } = verification;
  if (!ok) {
    const text = problems.map(({ depth, message }) => `Certificate ${depth}: ${message}.`).join(' ');
    const code = problems.length > 0 ? codeOf(problems[0], verification) : 'CERT_UNTRUSTED';
    return errorOf(code, text || 'The chain is not valid.', verification, cause);
  }
  const unchecked = needsCrls ? notChecked.slice(0, -1).findIndex((reason) => reason !== null) : -1;
  if (unchecked >= 0) {
    const text = `Certificate ${unchecked}: no CRL of the option crl says whether it has been revoked.`;
    return errorOf('UNABLE_TO_GET_CRL', text, verification, cause);
  }
  return undefined;
}

/** @param {Problem} problem @param {Verification} verification */
function codeOf({ rule, code, depth }, { sent }) {
  switch (rule) {
    case 'SELF_SIGNED':
      return depth === 0 ? 'DEPTH_ZERO_SELF_SIGNED_CERT' : 'SELF_SIGNED_CERT_IN_CHAIN';
    case 'NOT_TRUSTED':
      return depth === 0 && sent.length === 1 ? 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' : 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY';
    default:
      return CODES[rule] ?? code;
  }
}

/**
 * @param {string} code
 * @param {string} message
 * @param {Verification} verification
 * @param {TLSError} [cause]
 */
function errorOf(code, message, verification, cause) {
  const reason = cause ?? new TLSError('ERR_TLS_CERT_VERIFY_FAILED', message, { verification });
  return Object.assign(new Error(message, { cause: reason }), { code });
}
