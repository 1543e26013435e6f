/** Every alert that a server can send: its name (RFC 8446, section 6; RFC 5246, section 7.2), and who is to do what. */

/** @typedef {{name: string, hint: string}} AlertText */

const CHANGED = 'something between client and server changed bytes, or one of them has a bug';

/** @type {Record<number, AlertText>} */
export const ALERTS = {
  0: { name: 'close_notify', hint: 'The server closed the connection.' },
  10: { name: 'unexpected_message', hint: `The server did not expect the message that it received: ${CHANGED}.` },
  20: { name: 'bad_record_mac', hint: 'The server could not decrypt a record: bytes were changed or lost in transit.' },
  22: { name: 'record_overflow', hint: `The server received a record that is longer than TLS allows: ${CHANGED}.` },
  40: {
    name: 'handshake_failure',
    hint: 'Client and server have no cipher suite, group or signature algorithm in common (perhaps the server’s key is not supported), or the server requires a client certificate. The operator of the server can see which in its log.',
  },
  42: {
    name: 'bad_certificate',
    hint: 'The server could not read or verify the client certificate: use one that it accepts.',
  },
  43: {
    name: 'unsupported_certificate',
    hint: 'The server does not accept this kind of client certificate: use another kind of key or purpose.',
  },
  44: { name: 'certificate_revoked', hint: 'The client certificate has been revoked: use another one.' },
  45: { name: 'certificate_expired', hint: 'The client certificate has expired: use a new one.' },
  46: {
    name: 'certificate_unknown',
    hint: 'The server rejected the client certificate without saying why: its operator can look into its log.',
  },
  47: { name: 'illegal_parameter', hint: `The server rejected a value in the handshake: ${CHANGED}.` },
  48: {
    name: 'unknown_ca',
    hint: 'The server does not trust the CA that issued the client certificate: use one of another CA, and send its intermediates with it.',
  },
  49: { name: 'access_denied', hint: 'The client certificate is valid, but the server does not allow it.' },
  50: { name: 'decode_error', hint: `The server could not decode a message: ${CHANGED}.` },
  51: {
    name: 'decrypt_error',
    hint: 'The server could not verify a signature or the Finished message: bytes were changed in transit, or the client’s key does not belong to its certificate.',
  },
  70: {
    name: 'protocol_version',
    hint: 'The server supports none of the TLS versions that were offered: its operator must turn on TLS 1.2 or 1.3, unless minVersion or maxVersion left out the one that it has.',
  },
  71: {
    name: 'insufficient_security',
    hint: 'The server requires stronger cipher suites or keys than those offered: offer its own, or ask its operator.',
  },
  80: {
    name: 'internal_error',
    hint: 'The server failed internally: its operator can look into its log. Often its certificate or key is missing for this name.',
  },
  86: {
    name: 'inappropriate_fallback',
    hint: 'The server supports a newer TLS version than the one offered: raise maxVersion.',
  },
  90: { name: 'user_canceled', hint: 'The server cancelled the handshake.' },
  100: { name: 'no_renegotiation', hint: 'The server does not allow renegotiation.' },
  109: {
    name: 'missing_extension',
    hint: 'The server requires an extension that is missing in the ClientHello: usually the name of the server, which is not sent for an IP address. Pass servername.',
  },
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
  120: {
    name: 'no_application_protocol',
    hint: 'The server supports none of the offered protocols (ALPN): offer one that it has in ALPNProtocols.',
  },
};

/** Alerts that are not about a client certificate, even after a request for one; all others can be. */
const ABOUT_OTHER_THINGS = [20, 22, 51, 80, 90];

/**
 * @param {number} alert
 * @param {string} [certificateHint] if the server asked for a client certificate and got none: why
 * @returns {string | undefined}
 */
export function alertHint(alert, certificateHint) {
  return certificateHint !== undefined && !ABOUT_OTHER_THINGS.includes(alert) ? certificateHint : ALERTS[alert]?.hint;
}

export const NO_SERVER_NAME =
  'No server name was sent, as for every IP address: pass servername if the server has sites with names.';

export const CLIENT_CERTIFICATE_MISSING =
  'The server asked for a client certificate and got none: programs pass one with the options cert and key; a page has none.';
