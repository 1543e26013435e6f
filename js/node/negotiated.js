/** What was negotiated, in the words of Node's tls, which are OpenSSL's. */

/** @typedef {import('../opening.js').Info} Info */

/** Node's name and size of a group's key. @type {Partial<Record<Info['group'], {name: string, size: number}>>} */
const GROUP_KEYS = {
  X25519: { name: 'X25519', size: 253 },
  'P-256': { name: 'prime256v1', size: 256 },
  'P-384': { name: 'secp384r1', size: 384 },
  'P-521': { name: 'secp521r1', size: 521 },
};

/**
 * @param {Info} info
 * @returns {{name: string, standardName: string, version: string}} `version`: the oldest that has the cipher suite
 */
export function cipherOf({ cipher, protocol }) {
  return {
    name: protocol === 'TLSv1.3' ? cipher : opensslName(cipher),
    standardName: cipher,
    version: protocol,
  };
}

/** @param {string} suite IANA's name of a suite of TLS 1.2, such as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 */
export function opensslName(suite) {
  return suite
    .replace(/^TLS_/, '')
    .replace('_WITH_', '-')
    .replace(/AES_(\d+)/, 'AES$1')
    .replace(/(CHACHA20_POLY1305)_SHA256$/, '$1')
    .replaceAll('_', '-');
}

/** @param {Info} info */
export function ephemeralKeyOf({ group }) {
  const key = GROUP_KEYS[group];
  return key ? { type: 'ECDH', ...key } : {};
}
