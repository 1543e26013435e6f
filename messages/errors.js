/** Every code of a TLSError: what it means, and what to do where the meaning does not say. For programmers. */

/**
 * @typedef {object} ErrorText
 * @property {string} means
 * @property {string} [fix]
 */

/** In groups: the comments are headings of ERRORS.md. @satisfies {Record<string, ErrorText>} */
export const ERRORS = {
  // What was asked for
  ERR_TLS_INVALID_OPTION: { means: 'An option or argument has a value that cannot be used; the message names it.' },
  ERR_TLS_INVALID_ADDRESS: {
    means: 'The address is not a host name or IP address with a port.',
    fix: "Write `'host:port'`, `'[v6]:port'` or `{hostname, port}`: no URL, no path.",
  },
  ERR_TLS_INVALID_CERTIFICATE: {
    means: 'A certificate that was passed in cannot be read.',
    fix: 'Pass PEM text with CERTIFICATE blocks, or the DER of one certificate.',
  },
  ERR_TLS_INVALID_CRL: {
    means: 'A certificate revocation list (CRL) that was passed in cannot be read.',
    fix: 'Pass PEM text with X509 CRL blocks, or the DER of one CRL.',
  },
  ERR_TLS_INVALID_KEY: {
    means: 'The private key cannot be read, or does not belong to the certificate.',
    fix: 'Pass `cert` and `key` together, with the key unencrypted (PKCS#8, PKCS#1 or SEC 1).',
  },
  ERR_TLS_NO_TRANSPORT: {
    means: 'There is no way to reach the server: a web page needs `bridge` or `transport`.',
    fix: 'Start a [bridge](bridge/README.md) and pass its URL.',
  },
  // Getting there
  ERR_TLS_LOAD: {
    means: 'pagetls.wasm or the file of trust anchors could not be loaded.',
    fix: "Serve all of `dist/`; the page's policy needs `script-src 'wasm-unsafe-eval'`.",
  },
  ERR_TLS_BRIDGE_UNREACHABLE: {
    means: 'The WebSocket to the bridge could not be opened, or broke off.',
    fix: "Check the URL, that the bridge is running, and that it allows the page's origin.",
  },
  ERR_TLS_BRIDGE_TOKEN: {
    means: 'There is no token for the bridge, or the bridge rejected it.',
    fix: 'Set it with `token` of `websockify()`. The message has the reason that the bridge gave, such as expired.',
  },
  ERR_TLS_BRIDGE_REFUSED: {
    means: "The bridge's policy does not allow this target.",
    fix: 'Allow the target when you start the bridge; see [its options](bridge/README.md#options).',
  },
  ERR_TLS_BRIDGE_BUSY: {
    means: 'The bridge has reached its limit of connections.',
    fix: 'Try later, close connections that are not needed, or raise the limit of the bridge.',
  },
  ERR_TLS_BRIDGE_LIMIT: {
    means: 'The bridge ended a connection that had stalled, was idle, or had become too old.',
    fix: 'Read what the server sends and keep the connection in use, or connect again.',
  },
  ERR_TLS_BRIDGE_STOPPING: {
    means: 'The bridge is stopping.',
    fix: 'Connect again in a moment.',
  },
  ERR_TLS_BRIDGE_FAILED: {
    means: 'The bridge failed, or client and bridge do not understand each other.',
    fix: 'Read its log. If the WebSocket server is not websockify, check that it relays binary frames.',
  },
  ERR_TLS_HOST_NOT_FOUND: { means: 'The host name has no address.' },
  ERR_TLS_CONNECT_REFUSED: { means: 'The server refused the TCP connection, or there is no route to it.' },
  ERR_TLS_CONNECT_TIMEOUT: {
    means: 'The server, or the bridge on the way to it, did not answer in time; the message says which.',
    fix: 'Raise `connectTimeout` or `firstByteTimeout` of `websockify()`, or `--dial-timeout` of the bridge.',
  },
  ERR_TLS_CONNECTION_RESET: { means: 'The TCP connection to the server was reset or lost.' },
  ERR_TLS_TRANSPORT: { means: 'The transport failed; `cause` is its error.' },
  ERR_TLS_TIMEOUT: {
    means: 'The connection was not open, or not closed, within the time allowed.',
    fix: 'The options `timeout` and `closeTimeout` set that time.',
  },
  ERR_TLS_ABORTED: { means: 'The AbortSignal was aborted; `cause` is its reason.' },
  // The handshake
  ERR_TLS_HANDSHAKE_CLOSED: {
    means: 'The server ended the connection before the handshake was done.',
    fix: 'Often it is no TLS server, or one that wants another protocol first (STARTTLS).',
  },
  ERR_TLS_HANDSHAKE: { means: 'The handshake failed; `native` says where.' },
  ERR_TLS_VERSION: {
    means: 'Client and server have no TLS version in common.',
    fix: 'pagetls speaks TLS 1.2 and 1.3; see `minVersion` and `maxVersion`.',
  },
  ERR_TLS_ALERT: {
    means: 'The server sent a fatal alert; `alert` is its number, and the message has its name.',
    fix: '`handshake_failure`: often no cipher suite in common. `certificate_required`: pass `cert` and `key`.',
  },
  ERR_TLS_PROTOCOL: { means: 'The server broke the rules of TLS.' },
  ERR_TLS_MESSAGE_TOO_LARGE: {
    means: 'A handshake message, usually the certificates, is longer than 65535 bytes.',
    fix: 'The server must send fewer or smaller certificates.',
  },
  ERR_TLS_CERT_VERIFY_FAILED: {
    means: "The server's certificate chain is not good; `verification` lists every problem.",
    fix: 'Read `verification.problems`; their codes are below.',
  },
  ERR_TLS_CERT_PARSE: {
    means: 'A certificate that the server sent cannot be read.',
    fix: 'The problem says which field, and why: see [below](#certificates-that-cannot-be-read). `verification.sent` has the bytes.',
  },
  ERR_TLS_SERVER_KEY: {
    means: "The server's key cannot be used here, so the server cannot prove that it holds it.",
    fix: 'The server needs a certificate for an RSA key, or for a key on P-256, P-384 or P-521.',
  },
  ERR_TLS_SERVER_IDENTITY: {
    means: '`checkServerIdentity` rejected the server; `cause` is the error that it returned.',
  },
  // Afterwards
  ERR_TLS_TRUNCATED: {
    means: 'The transport ended without close_notify: bytes may be missing.',
    fix: 'Do not treat what was read as complete, unless the protocol inside says that it is.',
  },
  ERR_TLS_BAD_RECORD: {
    means: 'A record was changed on the way, or is malformed.',
    fix: 'Something between client and server changed the bytes, or lost some.',
  },
  ERR_TLS_CLOSED: {
    means: 'The connection is closed.',
    fix: 'Do not write after `close()`, or read from a socket that failed.',
  },
  // The machine
  ERR_TLS_REENTRANT_CALL: {
    means: 'pagetls was called while it was waiting for its host: for random numbers, the time or a cipher.',
    fix: 'Do not call it from what replaces `crypto.getRandomValues()`, `Date.now()` or `node:crypto`: call it afterwards.',
  },
  ERR_TLS_RANDOM: { means: 'The host gave no random numbers.' },
  ERR_TLS_OUT_OF_MEMORY: { means: 'There is not enough memory.' },
};

/** @typedef {keyof typeof ERRORS} ErrorCode */

/** Errors of the C core that have more to say than their code, by their identifiers in wasm/errors.def. @type {Record<string, string>} */
export const ERROR_DETAILS = {
  HOSTNAME: 'It is neither a host name nor an IP address.',
  CIPHER: 'This client does not have that cipher suite.',
  NO_PEM: 'There is no such PEM block in it.',
  PEM: 'A PEM block in it is not well formed.',
  KEY_MISMATCH: 'The private key does not belong to the certificate.',
  POST_HANDSHAKE:
    'The server sent a message that this client does not accept after the handshake, such as a KeyUpdate.',
};
