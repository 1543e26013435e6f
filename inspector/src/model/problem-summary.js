/** A problem in two or three words, where there is no room for its message. */

/** By verify flag. @type {Record<string, string>} */
export const SUMMARIES = {
  BADCERT_EXPIRED: 'expired',
  BADCERT_FUTURE: 'not yet valid',
  BADCERT_REVOKED: 'revoked',
  BADCERT_CN_MISMATCH: 'wrong host name',
  BADCERT_NOT_TRUSTED: 'not trusted',
  BADCERT_KEY_USAGE: 'wrong key usage',
  BADCERT_EXT_KEY_USAGE: 'not for servers',
  BADCERT_BAD_MD: 'hash not accepted',
  BADCERT_BAD_PK: 'algorithm not accepted',
  BADCERT_BAD_KEY: 'key not accepted',
  BADCERT_OTHER: 'breaks a rule',
  BADCRL_NOT_TRUSTED: 'CRL not trusted',
  BADCRL_EXPIRED: 'CRL out of date',
  BADCRL_FUTURE: 'CRL not yet valid',
  BADCRL_BAD_MD: 'CRL with an unaccepted hash',
  BADCRL_BAD_PK: 'CRL with an unaccepted signature',
};

/** @param {Pick<import('../types.js').Problem, 'flag' | 'code'>} problem */
export function problemSummary({ flag, code }) {
  if (code === 'ERR_TLS_CERT_PARSE') return 'cannot be read';
  return SUMMARIES[flag ?? ''] ?? 'not valid';
}
