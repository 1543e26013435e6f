/** Every alert that a server can send: its name (RFC 8446, section 6; RFC 5246, section 7.2) and a hint. */

/** @typedef {{name: string, hint: string}} AlertText */

const CHANGED = 'bytes were changed in transit, or client or server has a bug';

/** @type {Record<number, AlertText>} */
export const ALERTS = {
  0: { name: 'close_notify', hint: 'The server closed the connection.' },
  10: { name: 'unexpected_message', hint: `The server did not expect the message that it received: ${CHANGED}.` },
  20: { name: 'bad_record_mac', hint: 'The server could not decrypt a record: bytes were changed or lost in transit.' },
  22: { name: 'record_overflow', hint: `The server received a record that is longer than TLS allows: ${CHANGED}.` },
  40: {
    name: 'handshake_failure',
    hint: 'Client and server have no cipher suite, group or signature algorithm in common (perhaps the server’s key is not supported), or the server requires a client certificate.',
  },
  42: { name: 'bad_certificate', hint: 'The server could not read or verify the client certificate.' },
  43: { name: 'unsupported_certificate', hint: 'The server does not accept this kind of client certificate.' },
  44: { name: 'certificate_revoked', hint: 'The client certificate has been revoked: use another one.' },
  45: { name: 'certificate_expired', hint: 'The client certificate has expired: use a new one.' },
  46: {
    name: 'certificate_unknown',
    hint: 'The server rejected the client certificate without saying why; its log may say more.',
  },
  47: { name: 'illegal_parameter', hint: `The server rejected a value in the handshake: ${CHANGED}.` },
  48: { name: 'unknown_ca', hint: 'The server does not trust the CA that issued the client certificate.' },
  49: { name: 'access_denied', hint: 'The client certificate is valid, but the server does not allow it.' },
  50: { name: 'decode_error', hint: `The server could not decode a message: ${CHANGED}.` },
  51: {
    name: 'decrypt_error',
    hint: 'The server could not verify a signature or the Finished message: bytes were changed in transit, or the client’s key does not belong to its certificate.',
  },
  70: { name: 'protocol_version', hint: 'The server must support TLS 1.2 or 1.3.' },
  71: { name: 'insufficient_security', hint: 'The server requires stronger cipher suites than those offered.' },
  80: { name: 'internal_error', hint: 'The server failed internally; its log may say more.' },
  86: { name: 'inappropriate_fallback', hint: 'The server supports a newer TLS version than the one offered.' },
  90: { name: 'user_canceled', hint: 'The server cancelled the handshake.' },
  100: { name: 'no_renegotiation', hint: 'The server does not allow renegotiation.' },
  109: { name: 'missing_extension', hint: 'The server requires an extension that is missing in the ClientHello.' },
  110: { name: 'unsupported_extension', hint: `The server received an extension that it did not ask for: ${CHANGED}.` },
  112: {
    name: 'unrecognized_name',
    hint: 'The server has no site with this name. The name is sent in clear in the ClientHello: use one that the server has.',
  },
  113: { name: 'bad_certificate_status_response', hint: 'The server rejected an OCSP response of the client.' },
  115: { name: 'unknown_psk_identity', hint: 'The server does not know the pre-shared key.' },
  116: {
    name: 'certificate_required',
    hint: 'The server requires a client certificate. Programs pass one with the options cert and key; a page has none.',
  },
  120: { name: 'no_application_protocol', hint: 'The server supports none of the offered protocols (ALPN).' },
};
