/**
 * The limits and defaults of the package, each once. LIMITS.md is written from these comments: the unit, then the meaning.
 */

/** ms: until a connection is open (option `timeout`) */
export const OPEN_TIMEOUT_MS = 30_000;
/** ms: until a connection is closed (option `closeTimeout`) */
export const CLOSE_TIMEOUT_MS = 10_000;
/** ms: the longest timeout that an option accepts, as timers of browsers and Node do */
export const MAX_TIMEOUT_MS = 0x7fffffff;
/** ms: before a transport that does not end is aborted, so that a fatal alert can leave */
export const ALERT_DELIVERY_MS = 1000;

/** ms: until a token is known and the WebSocket is open (`connectTimeout` of `websockify()`) */
export const BRIDGE_CONNECT_TIMEOUT_MS = 10_000;
/** ms: from our first byte to the server's (`firstByteTimeout` of `websockify()`); longer than the bridge takes to dial */
export const BRIDGE_FIRST_BYTE_TIMEOUT_MS = 45_000;
/** retries: attempts after a transient failure of the bridge (`retries` of `websockify()`) */
export const BRIDGE_RETRIES = 1;
/** ms: before the first retry, give or take half; doubled before each further one */
export const BRIDGE_RETRY_DELAY_MS = 200;
/** bytes: the largest WebSocket frame that is sent, and what is kept for a retry */
export const BRIDGE_FRAME_BYTES = 64 * 1024;
/** bytes: queued in a browser's WebSocket before writing pauses */
export const WEBSOCKET_HIGH_WATER_BYTES = 1024 * 1024;
/** bytes: queued in a browser's WebSocket when writing resumes */
export const WEBSOCKET_LOW_WATER_BYTES = 256 * 1024;
/** ms: until the answer to our close frame when giving up */
export const WEBSOCKET_CLOSE_TIMEOUT_MS = 1000;

/** bytes: one read from a TCP socket */
export const TCP_READ_BYTES = 64 * 1024;
/** ms: until the server ends its side of the TCP connection after we have */
export const TCP_LINGER_MS = 1000;
