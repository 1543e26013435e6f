/** Every code of a TLSError, for programmers: what it means, and what to do unless that is obvious. */

/**
 * @typedef {object} ErrorText
 * @property {string} means
 * @property {string} fix who is to do what, in Markdown
 */

/** In groups: the comments are headings of ERRORS.md. @satisfies {Record<string, ErrorText>} */
export const ERRORS = {
  // Arguments
  ERR_TLS_INVALID_OPTION: {
    means: 'An option or argument is not valid; the message names it.',
    fix: 'Change what the program passes; [API.md](API.md) has every option.',
  },
  ERR_TLS_INVALID_ADDRESS: {
    means: 'An address or host name is not valid; the message says what is wrong with it.',
    fix: "Write `'host:port'`, `'[v6]:port'` or `{hostname, port}`, not a URL; where only a host belongs, leave out the port.",
  },
  ERR_TLS_INVALID_CERTIFICATE: {
    means: 'A certificate that was passed in cannot be read.',
    fix: 'Pass certificates in PEM, DER or PKCS#7. The message says what the input is, and how to convert it.',
  },
  ERR_TLS_INVALID_CRL: {
    means: 'A certificate revocation list (CRL) that was passed in cannot be read.',
    fix: 'Pass CRLs in PEM, DER or PKCS#7. The message says what the input is, and how to convert it.',
  },
  ERR_TLS_INVALID_KEY: {
    means: 'The private key cannot be read, or does not belong to the certificate.',
    fix: 'Pass `cert` and `key`, or one file with both. Keys are PKCS#8, PKCS#1 or SEC 1 in PEM or DER, or PKCS#12 (`pfx`).',
  },
  ERR_TLS_PASSPHRASE_MISSING: {
    means: 'The private key is encrypted, and there is no passphrase.',
    fix: 'Pass the option `passphrase`, or `--passphrase-file` on the command line.',
  },
  ERR_TLS_PASSPHRASE_WRONG: {
    means: 'The passphrase does not decrypt the private key.',
    fix: 'Check the passphrase. If it is right, the file is damaged.',
  },
  ERR_TLS_PASSPHRASE_UNUSED: {
    means: 'There is a passphrase, but the private key is not encrypted.',
    fix: 'Leave out `passphrase`, or check that it is the right file.',
  },
  ERR_TLS_NO_TRANSPORT: {
    means: 'No transport to the server: a web page needs the option `bridge` or `transport`.',
    fix: 'Start a [bridge](bridge/README.md) and pass its URL.',
  },
  // Connecting
  ERR_TLS_LOAD: {
    means: 'A file of the package, such as pagetls.wasm or its trust anchors, could not be loaded.',
    fix: "Serve all of `dist/`; the page's policy must [allow it](API.md#content-security-policy).",
  },
  ERR_TLS_NOT_PERMITTED: {
    means: 'The permissions of the process forbid to read a file or to use the network.',
    fix: "Permit it when you start the process. Node: `--allow-fs-read` with the project's folder, and from version 25 on `--allow-net`. Deno: `--allow-read`, `--allow-net`; `--allow-env` for a bridge or the system's trust store.",
  },
  ERR_TLS_BRIDGE_UNREACHABLE: {
    means: 'The WebSocket to the bridge could not be opened, or was lost.',
    fix: "Check the URL, that the bridge is running, and that it allows the page's origin.",
  },
  ERR_TLS_BRIDGE_TOKEN: {
    means: 'The bridge token is missing, or the bridge rejected it.',
    fix: 'Set the option `token` of `websockify()`. The message has the reason that the bridge gave, such as expired.',
  },
  ERR_TLS_BRIDGE_REFUSED: {
    means: "The bridge's policy does not allow this target.",
    fix: 'Allow the target when you start the bridge; see [its options](bridge/README.md#options).',
  },
  ERR_TLS_BRIDGE_BUSY: {
    means: 'The bridge has reached its limit of connections.',
    fix: 'Try again later, close unused connections, or raise the limit of the bridge.',
  },
  ERR_TLS_BRIDGE_LIMIT: {
    means: 'The bridge closed a connection that was stalled, idle or too old.',
    fix: 'Read what the server sends and keep the connection in use, or connect again.',
  },
  ERR_TLS_BRIDGE_STOPPING: {
    means: 'The bridge is stopping.',
    fix: 'Connect again in a moment.',
  },
  ERR_TLS_BRIDGE_FAILED: {
    means: 'The bridge failed, or client and bridge use different protocols.',
    fix: 'Read the log of the bridge. If the WebSocket server is not websockify, check that it relays binary frames.',
  },
  ERR_TLS_HOST_NOT_FOUND: {
    means: 'The host name has no address.',
    fix: 'Check the spelling, and that the DNS works where the name is looked up: in the bridge, or in Node.',
  },
  ERR_TLS_CONNECT_REFUSED: {
    means: 'The server refused the TCP connection, or there is no route to it.',
    fix: 'Check the port, and that the server is running and reachable from where it is dialled: the bridge, or Node.',
  },
  ERR_TLS_CONNECT_TIMEOUT: {
    means: 'The server or the bridge did not answer in time; the message says which.',
    fix: 'Raise `connectTimeout` or `firstByteTimeout` of `websockify()`, or `--dial-timeout` of the bridge.',
  },
  ERR_TLS_CONNECTION_RESET: {
    means: 'The TCP connection to the server was reset or lost.',
    fix: 'Connect again. If it happens again, the server crashes or rejects the client, or a firewall cuts the connection: ask their operators.',
  },
  ERR_TLS_TRANSPORT: {
    means: 'The transport failed; `cause` is its error.',
    fix: 'Connect again. If it happens again, look at `cause`: it is about the network or the transport, not about TLS.',
  },
  ERR_TLS_TIMEOUT: {
    means: 'The connection was not opened or not closed in time.',
    fix: 'Raise `timeout` or `closeTimeout`.',
  },
  ERR_TLS_ABORTED: {
    means: 'The AbortSignal was aborted; `cause` is its reason.',
    fix: 'Nothing is wrong: the program itself ended the connection.',
  },
  // Handshake
  ERR_TLS_STARTTLS: {
    means: 'TLS could not be started in the protocol of the option `starttls`.',
    fix: 'The message says what the server answered, and whether to change the port or the protocol, or to tell its operator.',
  },
  ERR_TLS_UPGRADE: {
    means: '`startTls()` cannot upgrade this socket.',
    fix: "Open it with `secureTransport: 'starttls'`, and call `startTls()` once.",
  },
  ERR_TLS_PLAINTEXT_LEFT: {
    means:
      'Plaintext that nobody had read was left when TLS should begin: somebody may have injected it before the encryption.',
    fix: 'Read all of the answer to STARTTLS before you upgrade. If the server sent more than that, tell its operator, and distrust the network.',
  },
  ERR_TLS_NOT_TLS: {
    means: 'The server answered with something else than TLS.',
    fix: 'Check the port. The message says what the answer looks like, and shows its beginning.',
  },
  ERR_TLS_HANDSHAKE_CLOSED: {
    means: 'The server closed the connection during the handshake.',
    fix: 'Often it is not a TLS server, or it expects another protocol first (STARTTLS).',
  },
  ERR_TLS_HANDSHAKE: {
    means: 'The handshake failed; `native` has the error of Mbed TLS.',
    fix: 'Try another client, such as `openssl s_client`: if that fails too, tell the operator of the server, otherwise us.',
  },
  ERR_TLS_VERSION: {
    means: 'Client and server have no TLS version in common.',
    fix: 'pagetls supports TLS 1.2 and 1.3; see `minVersion` and `maxVersion`.',
  },
  ERR_TLS_ALERT: {
    means: 'The server sent a fatal alert; `alert` is its number, the message has its name.',
    fix: '`hint` says what such an alert means. `handshake_failure`: usually no cipher suite in common. `certificate_required`: pass `cert` and `key`.',
  },
  ERR_TLS_PROTOCOL: {
    means: 'The server violated the TLS protocol.',
    fix: 'The server is faulty, or something between client and server changes bytes: tell their operators.',
  },
  ERR_TLS_MESSAGE_TOO_LARGE: {
    means: 'A handshake message is too long, usually the certificates.',
    fix: 'The server must send fewer or smaller certificates, or smaller tickets: the message says which.',
  },
  ERR_TLS_CERT_VERIFY_FAILED: {
    means: "The server's certificate chain is not valid; `verification` lists every problem.",
    fix: 'Read `verification.problems`; their codes are below.',
  },
  ERR_TLS_CERT_PARSE: {
    means: 'A certificate that the server sent cannot be read.',
    fix: 'The problem names the field and the reason: see [below](#certificates-that-cannot-be-read). `verification.sent` has the bytes.',
  },
  ERR_TLS_NO_CERTIFICATE: {
    means: 'The server sent no certificate.',
    fix: 'Its operator must give it a certificate and a key.',
  },
  ERR_TLS_SERVER_SIGNATURE: {
    means: 'The server did not prove that it holds the key of its certificate: its signature does not match.',
    fix: 'Do not trust it: whoever answers can have copied the certificate. Otherwise certificate and key of the server do not belong together, or something changed the handshake.',
  },
  ERR_TLS_DOWNGRADE: {
    means: 'Somebody changed the handshake to an older TLS version: the server says that it supports a newer one.',
    fix: 'Look for a middlebox between client and server, or an attack. The server is not to blame.',
  },
  ERR_TLS_SERVER_KEY: {
    means: "The server's key is malformed or not supported, so the server cannot prove that it holds it.",
    fix: 'The server needs a certificate for an RSA key, or for a key on P-256, P-384 or P-521.',
  },
  ERR_TLS_SERVER_IDENTITY: {
    means: '`checkServerIdentity` rejected the server; `cause` is the error that it returned.',
    fix: 'Do not trust this server, or change the check.',
  },
  ERR_TLS_VERIFY_REJECTED: {
    means: "The application's own check (`verify`) rejected the server.",
    fix: 'See `cause`; it is up to the application.',
  },
  ERR_TLS_CLIENT_CERTIFICATE: {
    means: 'The callback `clientCertificate` failed; `cause` is what it threw.',
    fix: 'Correct the callback. For a connection without a client certificate it gives null.',
  },
  // After the handshake
  ERR_TLS_TRUNCATED: {
    means: 'The transport ended without close_notify: bytes may be missing.',
    fix: 'Treat the data as incomplete unless the application protocol says otherwise. A server that ends an idle keep-alive connection should send close_notify: tell its operator, and open a new connection.',
  },
  ERR_TLS_BAD_RECORD: {
    means: 'A record was changed in transit, or is malformed.',
    fix: 'Look for something between client and server that changes or loses bytes.',
  },
  ERR_TLS_CERTIFICATE_REQUESTS: {
    means: 'The server asked for a client certificate too often after the handshake.',
    fix: 'The server is faulty: tell its operator. Otherwise open a new connection now and then.',
  },
  ERR_TLS_KEY_UPDATES: {
    means:
      'The server sent too many KeyUpdates: more than 32 at once, one a second, one for 16 KiB of its data, and one for each record that it received.',
    fix: 'The server is faulty or malicious: tell its operator.',
  },
  ERR_TLS_EMPTY_RECORDS: {
    means: 'The server sent too many records that bring nothing in a row: 33 without data, or 5 warning alerts.',
    fix: 'The server is faulty or malicious: tell its operator.',
  },
  ERR_TLS_CHANNEL_BINDING: {
    means: 'The connection has no channel binding of this type; the message says why.',
    fix: 'Try the other type, or log in without channel binding if you trust the chain of the server. Its operator can enable TLS 1.3, or extended_master_secret, or replace a certificate that is signed with Ed25519.',
  },
  ERR_TLS_CLOSED: {
    means: 'The connection is closed.',
    fix: 'Do not write after `close()`, or read from a failed socket.',
  },
  // HTTP (pagetls/fetch)
  ERR_TLS_HTTP_PROTOCOL: {
    means: 'The server violated HTTP/1.1 (RFC 9112); the message says how.',
    fix: 'The server, or a proxy in front of it, is faulty or malicious: tell its operator. Check that the port speaks HTTP.',
  },
  ERR_TLS_HTTP_LIMIT: {
    means: 'The answer of the server exceeds a limit for heads, trailers or chunks; the message says which.',
    fix: 'The server must send less; [LIMITS.md](LIMITS.md) has the limits.',
  },
  ERR_TLS_HTTP_INCOMPLETE: {
    means: 'The server closed the connection before its answer was complete.',
    fix: 'Send the request again if it may be repeated. If it happens again, ask the operator of the server.',
  },
  ERR_TLS_HTTP_REDIRECT: {
    means: 'The server redirects, and the redirect is not followed; the message says why.',
    fix: "Check the URL; `redirect: 'manual'` shows the answer.",
  },
  ERR_TLS_HTTP_REQUEST: {
    means: 'The request cannot be sent; the message says why.',
    fix: 'Change the request; [API.md](API.md#fetch) says what it may have.',
  },
  // Environment
  ERR_TLS_REENTRANT_CALL: {
    means: 'pagetls was called during a call to its host for random numbers, the time or a cipher.',
    fix: "Do not call it from a replacement of `crypto.getRandomValues()`, `Date.now()` or Node's ciphers: call it afterwards.",
  },
  ERR_TLS_RANDOM: {
    means: 'The host failed to provide random numbers.',
    fix: 'Look for a replacement of `crypto.getRandomValues()` that throws. Node has `crypto` from version 20 on. Cloudflare Workers have random numbers only while they handle a request: call `load()` there.',
  },
  ERR_TLS_OUT_OF_MEMORY: { means: 'Out of memory.', fix: 'Close connections, or load fewer CRLs and certificates.' },
};

/** @typedef {keyof typeof ERRORS} ErrorCode */

/** More specific texts for errors of the C core, by identifier in wasm/errors.def. @type {Record<string, string>} */
export const ERROR_DETAILS = {
  HOSTNAME: 'It is neither a host name nor an IP address.',
  CIPHER: 'This client does not support that cipher suite.',
  CHAIN_LENGTH: 'The chain has more than 1,000 certificates, the limit.',
  CHAIN_SENT: 'The server sent more than 1,000 certificates, the limit.',
  CRL_BYTES: 'The CRLs have more than 134,217,728 bytes (128 MiB), the limit.',
  CRL_COUNT: 'There are more than 100,000 CRLs, the limit.',
  ROOTS: 'The file is damaged.',
  KEY_MISMATCH: 'The private key does not belong to the certificate.',
  IDENTITY_SIZE:
    'The identity has more than 1,000 certificates and keys, or sends more than 16,000 bytes of them: the limits.',
  PASSPHRASE_MISSING:
    'The private key is encrypted: pass its passphrase (option `passphrase`, or `--passphrase-file`).',
  NO_KEY_UPDATE: 'The connection uses TLS 1.2, whose keys cannot be updated.',
  POST_HANDSHAKE: 'The server sent a message that this client does not accept after the handshake.',
};
