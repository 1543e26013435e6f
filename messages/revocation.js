/** Revocation status of a certificate, in words that follow "revoked:". */

/** @type {Record<'revoked' | 'good' | 'unknown' | 'unchecked', string>} */
export const REVOCATION = {
  revoked: 'yes',
  good: 'no',
  unknown: 'unknown: the CRL of its issuer is not valid',
  unchecked: 'not checked: no CRL covers it',
};

/**
 * @param {{problems: {depth: number, code: string}[], revocation: boolean[]}} verification
 * @param {number} depth of the certificate in the path
 */
export function revocationText({ problems, revocation }, depth) {
  const codes = problems.filter((problem) => problem.depth === depth).map(({ code }) => code);
  if (codes.includes('ERR_TLS_CERT_REVOKED')) return REVOCATION.revoked;
  if (!revocation[depth]) return REVOCATION.unchecked;
  return codes.some((code) => code.startsWith('ERR_TLS_CRL_')) ? REVOCATION.unknown : REVOCATION.good;
}
