/** @param {'CERTIFICATE' | 'X509 CRL'} label @param {Uint8Array} der @returns {string} a PEM block (RFC 7468) */
export function toPem(label, der) {
  const base64 = btoa(Array.from(der, (byte) => String.fromCharCode(byte)).join(''));
  return `-----BEGIN ${label}-----\n${base64.replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`;
}
