/**
 * Every error that pagetls raises, in one place. `ERRORS.md` lists the same codes (a test compares them).
 */

/** What each code means. */
export const CODES = /** @type {const} */ ({
  // What was asked for
  ERR_TLS_INVALID_OPTION: 'An option or argument has a value that cannot be used; the message names it.',
  ERR_TLS_INVALID_ADDRESS: 'The address is not a host name or IP address with a port.',
  ERR_TLS_INVALID_CERTIFICATE: 'A certificate that was passed in cannot be read.',
  ERR_TLS_INVALID_CRL: 'A certificate revocation list that was passed in cannot be read.',
  ERR_TLS_INVALID_KEY: 'The private key cannot be read, or does not belong to the certificate.',
  ERR_TLS_NO_TRANSPORT: 'There is no way to reach the server: a web page needs `bridge` or `transport`.',
  // Getting there
  ERR_TLS_LOAD: 'pagetls.wasm or the file of trust anchors could not be loaded.',
  ERR_TLS_BRIDGE_UNREACHABLE: 'The WebSocket to the bridge could not be opened, or broke off.',
  ERR_TLS_BRIDGE_TOKEN: 'There is no token for the bridge, or the bridge does not accept it.',
  ERR_TLS_BRIDGE_REFUSED: "The bridge's policy does not allow this target.",
  ERR_TLS_BRIDGE_BUSY: 'The bridge has as many connections as it takes.',
  ERR_TLS_BRIDGE_LIMIT: 'The bridge ended a connection that had stalled, was idle, or had become too old.',
  ERR_TLS_BRIDGE_STOPPING: 'The bridge is stopping.',
  ERR_TLS_BRIDGE_FAILED: 'The bridge failed, or what it and the client say to each other is not understood.',
  ERR_TLS_HOST_NOT_FOUND: 'The host name has no address.',
  ERR_TLS_CONNECT_REFUSED: 'The server refused the TCP connection, or there is no way to it.',
  ERR_TLS_CONNECT_TIMEOUT:
    'The server, or the bridge on the way to it, did not answer in time; the message says which.',
  ERR_TLS_CONNECTION_RESET: 'The TCP connection to the server was reset or lost.',
  ERR_TLS_TRANSPORT: 'The transport failed; `cause` has its own error.',
  ERR_TLS_TIMEOUT: 'The connection was not open, or not closed, within the time allowed.',
  ERR_TLS_ABORTED: 'The AbortSignal was aborted; `cause` is its reason.',
  // The handshake
  ERR_TLS_HANDSHAKE_CLOSED: 'The server ended the connection before the handshake was done.',
  ERR_TLS_HANDSHAKE: 'The handshake failed; `native` says where.',
  ERR_TLS_VERSION: 'Client and server have no TLS version in common.',
  ERR_TLS_ALERT: 'The server sent a fatal alert; `alert` is its number, the message its name.',
  ERR_TLS_PROTOCOL: 'The server broke the rules of TLS.',
  ERR_TLS_MESSAGE_TOO_LARGE: 'A handshake message (as a rule the certificates) is longer than 65535 bytes.',
  ERR_TLS_CERT_VERIFY_FAILED: "The server's certificate chain is not good; `verification` lists every problem.",
  ERR_TLS_CERT_PARSE: 'A certificate that the server sent cannot be read.',
  ERR_TLS_SERVER_KEY: "The server's key is of a kind that cannot be used here, so it cannot prove that it holds it.",
  ERR_TLS_SERVER_IDENTITY: '`checkServerIdentity` refused the server; `cause` is the error that it returned.',
  // Afterwards
  ERR_TLS_TRUNCATED: 'The transport ended without close_notify: bytes may be missing.',
  ERR_TLS_BAD_RECORD: 'A record was changed on the way, or is malformed.',
  ERR_TLS_CLOSED: 'The connection is closed.',
  // The machine
  ERR_TLS_RANDOM: 'The host gave no random numbers.',
  ERR_TLS_OUT_OF_MEMORY: 'There is not enough memory.',
});

/** @typedef {keyof typeof CODES} ErrorCode */
/** @typedef {import('./certificate.js').Verification} Verification */

/** Names of alerts (RFC 8446, section 6; RFC 5246, section 7.2). @type {Record<number, string>} */
const ALERTS = {
  0: 'close_notify',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  22: 'record_overflow',
  40: 'handshake_failure',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  100: 'no_renegotiation',
  109: 'missing_extension',
  110: 'unsupported_extension',
  112: 'unrecognized_name',
  113: 'bad_certificate_status_response',
  115: 'unknown_psk_identity',
  116: 'certificate_required',
  120: 'no_application_protocol',
};

/** @param {number} alert */
export function alertName(alert) {
  return ALERTS[alert] ?? 'unknown';
}

export class TLSError extends Error {
  /**
   * @param {ErrorCode} code
   * @param {string} [detail] what exactly; the meaning of the code when left out
   * @param {{cause?: unknown, native?: {code: number, text: string}, alert?: number, verification?: Verification}} [more]
   */
  constructor(code, detail, more = {}) {
    super(detail ?? CODES[code], more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'TLSError';
    /** @type {ErrorCode} */
    this.code = code;
    /** Mbed TLS's own error behind it, for experts. @type {{code: number, text: string} | undefined} */
    this.native = more.native;
    /** The number of the alert that the peer sent. @type {number | undefined} */
    this.alert = more.alert;
    /** How the server's chain was judged, when it was. @type {Verification | undefined} */
    this.verification = more.verification;
  }
}
