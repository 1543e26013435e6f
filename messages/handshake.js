/** Names of handshake messages and of signature schemes, for texts about a failed handshake. */

/** What messages of a server are, by HandshakeType (RFC 8446, section 4). @type {Record<number, {is: string, limit?: string, fix: string}>} */
const LONG_MESSAGES = {
  1: {
    is: 'The cookie in the HelloRetryRequest of the server is',
    limit: 'what fits into a ClientHello of 16,384 bytes',
    fix: 'The server must send a shorter cookie.',
  },
  4: {
    is: 'A session ticket of the server is',
    fix: 'The server must issue smaller tickets: a client certificate with many intermediates in a ticket makes it long.',
  },
  11: { is: 'The certificates of the server are', fix: 'The server must send fewer or smaller certificates.' },
  13: {
    is: "The server's request for a client certificate is",
    fix: 'The server must list fewer certificate authorities in it.',
  },
};

/**
 * @param {number} type
 * @param {boolean} open after the handshake
 */
export function messageTooLong(type, open) {
  const {
    is,
    limit = `${open ? '16,384' : '65,535'} bytes, the limit`,
    fix,
  } = LONG_MESSAGES[type] ?? {
    is: 'A message of the server is',
    fix: 'The server is faulty: tell its operator.',
  };
  return { sentence: `${is} longer than ${limit}.`, fix };
}

/** TLS SignatureScheme (RFC 8446, section 4.2.3). @type {Readonly<Record<number, string>>} */
export const SIGNATURE_SCHEMES = {
  0x0201: 'rsa_pkcs1_sha1',
  0x0203: 'ecdsa_sha1',
  0x0401: 'rsa_pkcs1_sha256',
  0x0403: 'ecdsa_secp256r1_sha256',
  0x0501: 'rsa_pkcs1_sha384',
  0x0503: 'ecdsa_secp384r1_sha384',
  0x0601: 'rsa_pkcs1_sha512',
  0x0603: 'ecdsa_secp521r1_sha512',
  0x0804: 'rsa_pss_rsae_sha256',
  0x0805: 'rsa_pss_rsae_sha384',
  0x0806: 'rsa_pss_rsae_sha512',
  0x0807: 'ed25519',
  0x0808: 'ed448',
  0x0809: 'rsa_pss_pss_sha256',
  0x080a: 'rsa_pss_pss_sha384',
  0x080b: 'rsa_pss_pss_sha512',
};

/** What TLS 1.2 can also have: a hash and an algorithm (RFC 5246, section 7.4.1.4.1). @type {Record<number, string>} */
export const OLD_SCHEMES = {
  0x0101: 'rsa_pkcs1_md5',
  0x0202: 'dsa_sha1',
  0x0301: 'rsa_pkcs1_sha224',
  0x0303: 'ecdsa_sha224',
  0x0402: 'dsa_sha256',
};

/** @param {number} scheme of a signature in the handshake, which was not offered */
export function schemeNotOffered(scheme) {
  const number = `0x${scheme.toString(16).padStart(4, '0')}`;
  const weak = { 1: 'MD5', 2: 'SHA-1', 3: 'SHA-224' }[scheme >> 8];
  const known = SIGNATURE_SCHEMES[scheme] ?? OLD_SCHEMES[scheme];
  const name = known ? `${known} (${number})` : `the scheme ${number}`;
  return {
    sentence: `The server signed the handshake with ${name}, which was not offered${weak ? `: ${weak} is not secure` : ''}.`,
    fix: weak
      ? 'Its operator must allow signatures with SHA-256 or stronger (RFC 9155).'
      : 'Its operator must use a scheme that the client offers; signatureAlgorithms can offer fewer than the default.',
  };
}

const OPERATOR = 'its operator can ask for the certificate in every handshake, or use TLS 1.3.';

/**
 * The server asked for renegotiation, which was declined.
 * @param {boolean} accepts with the option `renegotiation`
 * @param {boolean} hasIdentity the client has a certificate
 */
export function renegotiationHint(accepts, hasIdentity) {
  const why = accepts
    ? `, because the server does not support secure renegotiation (RFC 5746), or asked too often: ${OPERATOR}`
    : `. Set the option renegotiation: true to accept it${hasIdentity ? '' : ', and pass a certificate with cert and key'}; or ${OPERATOR}`;
  return `Before that, the server asked to renegotiate, usually for a client certificate for what was requested, and pagetls declined${why}`;
}
