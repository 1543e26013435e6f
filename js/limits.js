/**
 * The limits and defaults of the package. LIMITS.md is generated from these comments: the unit, then the meaning.
 */

/** certificates: the most that `maxDepth` of `verifyChain()` can allow between leaf and anchor: `PAGETLS_PATH_MAX` less two */
export const MAX_DEPTH = 18;
/** documents: in the input of `readDocuments()` and `parseCertificate()`; more are an error */
export const MAX_DOCUMENTS = 10_000;

/** bytes: the most that `exportKeyingMaterial()` returns: 255 hashes of 32 bytes (RFC 5869, section 2.3) */
export const MAX_EXPORT_BYTES = 8160;
/** bytes: the longest context of `exportKeyingMaterial()` (RFC 5705, section 4) */
export const MAX_EXPORT_CONTEXT_BYTES = 65535;
/** entries: in each of the options `cert`, `key` and `pfx` of `connect()` */
export const MAX_IDENTITIES = 16;

/** ms: to open a connection (option `timeout`) */
export const OPEN_TIMEOUT_MS = 30_000;
/** ms: to close a connection (option `closeTimeout`) */
export const CLOSE_TIMEOUT_MS = 10_000;
/** ms: the longest timeout that an option accepts: the maximum of `setTimeout()` */
export const MAX_TIMEOUT_MS = 0x7fffffff;
/** bytes: the names in `ALPNProtocols`, each with its length octet: the ClientHello has to fit into one record */
export const MAX_ALPN_BYTES = 12 * 1024;
/** bytes: unread input of a plaintext socket at which reading from the network pauses */
export const PLAINTEXT_BYTES = 64 * 1024;
/** ms: after a failed write, to read what the server sent before */
export const LAST_INPUT_MS = 1000;
/** ms: for a fatal alert to leave before the transport is aborted */
export const ALERT_DELIVERY_MS = 1000;

/** ms: to get a token and open the WebSocket (`connectTimeout` of `websockify()`) */
export const BRIDGE_CONNECT_TIMEOUT_MS = 10_000;
/** ms: from our first byte to the server's (`firstByteTimeout` of `websockify()`); longer than the bridge takes to dial */
export const BRIDGE_FIRST_BYTE_TIMEOUT_MS = 45_000;
/** retries: attempts after a transient failure of the bridge (`retries` of `websockify()`) */
export const BRIDGE_RETRIES = 1;
/** retries: the most that `retries` accepts */
export const BRIDGE_MAX_RETRIES = 10;
/** ms: before the first retry, varied by up to half; doubles with each further retry */
export const BRIDGE_RETRY_DELAY_MS = 200;
/** bytes: the largest WebSocket frame sent (websockify's cost grows with its square), and the most kept for a retry */
export const BRIDGE_FRAME_BYTES = 64 * 1024;
/** bytes: queued in a browser's WebSocket before writing pauses */
export const WEBSOCKET_HIGH_WATER_BYTES = 1024 * 1024;
/** bytes: queued in a browser's WebSocket when writing resumes */
export const WEBSOCKET_LOW_WATER_BYTES = 256 * 1024;
/** ms: after the error of a WebSocket that did not open, for its close code to arrive */
export const WEBSOCKET_ERROR_DELAY_MS = 100;
/** ms: to wait for the answer to our close frame after a failure */
export const WEBSOCKET_CLOSE_TIMEOUT_MS = 1000;

/** bytes: queued in the streams of another transport, even if they accept more, before writing pauses */
export const STREAM_QUEUE_BYTES = 1024 * 1024;

/** bytes: a socket of `pagetls/node` joins smaller writes to one of this size, and cuts larger ones: each is activity for its `setTimeout()` */
export const SOCKET_WRITE_BYTES = 64 * 1024;

/** bytes: one read from a TCP socket */
export const TCP_READ_BYTES = 64 * 1024;
/** ms: to wait for the server to end its side of the TCP connection after we have */
export const TCP_LINGER_MS = 1000;

/** bytes: the status line and fields of one answer, or its trailer fields, in `fetch()` of `pagetls/fetch` */
export const MAX_HTTP_HEAD_BYTES = 64 * 1024;
/** fields: in the head of an answer, or in its trailers */
export const MAX_HTTP_FIELDS = 500;
/** answers: interim ones (1xx) before the final answer */
export const MAX_HTTP_INTERIM_ANSWERS = 32;
/** bytes: the line before a chunk: its size and extensions */
export const MAX_HTTP_CHUNK_LINE_BYTES = 1024;
/** codings: in the Content-Encoding of an answer */
export const MAX_HTTP_CONTENT_CODINGS = 5;
/** redirects: that one `fetch()` follows (Fetch Standard, "HTTP-redirect fetch") */
export const MAX_HTTP_REDIRECTS = 20;
/** bytes: of a body that are read before somebody asks for them, so that the connection of a small answer is free at once */
export const HTTP_READ_AHEAD_BYTES = 64 * 1024;
/** bytes: given to DecompressionStream at once; deflate can make a thousand times as many of them */
export const HTTP_DECOMPRESS_BYTES = 16 * 1024;
/** ms: for the body of a redirect to arrive, so that its connection can be used again */
export const HTTP_DRAIN_MS = 1000;
/** connections: to one origin (`maxConnections` of `createFetch()`) */
export const HTTP_CONNECTIONS = 6;
/** connections: the most that `maxConnections` accepts */
export const HTTP_MAX_CONNECTIONS = 1000;
/** ms: that a connection is kept without a request (`idleTimeout` of `createFetch()`) */
export const HTTP_IDLE_TIMEOUT_MS = 10_000;

/** bytes: what a server may send before TLS (option `starttls`) */
export const STARTTLS_MAX_BYTES = 64 * 1024;
/** bytes: in one line or tag before TLS; RFC 7162, section 4, advises as much for IMAP */
export const STARTTLS_MAX_LINE_BYTES = 8192;
/** lines: or tags, or other pieces before TLS */
export const STARTTLS_MAX_PIECES = 1000;
