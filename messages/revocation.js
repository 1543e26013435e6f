/** Revocation status of a certificate, in words that follow "revoked:". */

/** By `Verification.notChecked`. @type {Record<string, string>} */
export const NOT_CHECKED = {
  'no-crl': 'not checked (no CRL)',
  'other-scope': 'not checked (the CRLs of its issuer are for other certificates)',
  'delta-without-base': 'not checked (there is a delta CRL, but not the CRL that it updates)',
  'some-reasons': 'not checked (the CRLs of its issuer cover only some reasons for revocation)',
  'crl-problem': 'not checked (there is a problem with the CRL of its issuer)',
};

/** @type {Record<'revoked' | 'good' | 'unknown' | 'unchecked', string>} */
export const REVOCATION = {
  revoked: 'yes',
  good: 'no',
  unknown: 'unknown: the CRL of its issuer is not valid',
  unchecked: NOT_CHECKED['no-crl'],
};

/**
 * @param {{problems: {depth: number, code: string}[], revocation: boolean[], notChecked?: (string | null)[]}} verification
 * @param {number} depth of the certificate in the path
 */
export function revocationText({ problems, revocation, notChecked = [] }, depth) {
  const codes = problems.filter((problem) => problem.depth === depth).map(({ code }) => code);
  if (codes.includes('ERR_TLS_CERT_REVOKED')) return REVOCATION.revoked;
  if (codes.some((code) => code.startsWith('ERR_TLS_CRL_'))) return REVOCATION.unknown;
  return revocation[depth] ? REVOCATION.good : (NOT_CHECKED[notChecked[depth] ?? ''] ?? REVOCATION.unchecked);
}
