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
/** ms: to open a connection (option `timeout`) */
export const OPEN_TIMEOUT_MS = 30_000;
/** ms: to close a connection (option `closeTimeout`) */
export const CLOSE_TIMEOUT_MS = 10_000;
/** ms: the longest timeout that an option accepts: the maximum of `setTimeout()` */
export const MAX_TIMEOUT_MS = 0x7fffffff;
/** bytes: the names in `ALPNProtocols`, each with its length octet: the ClientHello has to fit into one record */
export const MAX_ALPN_BYTES = 12 * 1024;
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
/** ms: to wait for the answer to our close frame after a failure */
export const WEBSOCKET_CLOSE_TIMEOUT_MS = 1000;

/** bytes: a socket of `pagetls/node` joins smaller writes to one of this size, and cuts larger ones: each is activity for its `setTimeout()` */
export const SOCKET_WRITE_BYTES = 64 * 1024;

/** bytes: one read from a TCP socket */
export const TCP_READ_BYTES = 64 * 1024;
/** ms: to wait for the server to end its side of the TCP connection after we have */
export const TCP_LINGER_MS = 1000;
