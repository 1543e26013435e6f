/** The texts of Mbed TLS's error numbers that a client can see (its include/mbedtls/error.h), for experts. */

/** The upper part of a number. @type {Record<number, string>} */
const HIGH = {
  0x2180: 'X509: invalid format',
  0x2700: 'X509: the certificate is not valid',
  0x3a00: 'PK: unsupported curve',
  0x3b00: 'PK: invalid public key',
  0x3c80: 'PK: unsupported algorithm',
  0x3d00: 'PK: invalid format of the key',
  0x3d80: 'PK: unsupported version of the key',
  0x3f00: 'PK: keys of different types',
  0x4200: 'RSA: invalid key',
  0x4c80: 'ECP: invalid key',
  0x4e80: 'ECP: unsupported curve',
  0x6600: 'SSL: illegal parameter',
  0x6c00: 'SSL: internal error',
  0x6e00: 'SSL: handshake failure',
  0x6e80: 'SSL: unsupported version',
  0x7180: 'SSL: authentication of a record failed',
  0x7200: 'SSL: invalid record',
  0x7280: 'SSL: end of the connection',
  0x7300: 'SSL: decoding failed',
  0x7500: 'SSL: unsupported extension',
  0x7700: 'SSL: unexpected message',
  0x7780: 'SSL: fatal alert received',
  0x7a00: 'SSL: bad certificate',
};

/** The lower part. @type {Record<number, string>} */
const LOW = {
  0x60: 'ASN1: out of data',
  0x62: 'ASN1: unexpected tag',
  0x64: 'ASN1: invalid length',
  0x66: 'ASN1: trailing data',
  0x68: 'ASN1: invalid data',
};

/** @param {number} code negative @returns {string} '' if it is in neither list */
export function nativeText(code) {
  return [HIGH[-code & 0xff80], LOW[-code & 0x7f]].filter(Boolean).join('; ');
}
