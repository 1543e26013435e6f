import { formatAddress } from '../address.js';
import { TLSError } from '../errors.js';
import { Incoming } from './incoming.js';

/** @typedef {import('../errors.js').ErrorCode} ErrorCode */
/** @typedef {import('./transport.js').Transport} Transport */

/**
 * The part of a WebSocket that is used: a browser's, or that of the package `ws`.
 * @typedef {WebSocket & {pause?: () => void, resume?: () => void, terminate?: () => void}} AnyWebSocket
 */

/** Close codes of pagetls's bridge (bridge/README.md), and websockify's own 1011. @type {Record<number, ErrorCode>} */
const BY_CLOSE_CODE = {
  1011: 'ERR_TLS_CONNECT_REFUSED',
  4001: 'ERR_TLS_TRANSPORT',
  4400: 'ERR_TLS_BRIDGE_REFUSED',
  4403: 'ERR_TLS_BRIDGE_REFUSED',
  4404: 'ERR_TLS_HOST_NOT_FOUND',
  4500: 'ERR_TLS_TRANSPORT',
  4502: 'ERR_TLS_CONNECT_REFUSED',
  4504: 'ERR_TLS_CONNECT_TIMEOUT',
};

/** Bytes of one frame at the most: websockify's cost grows with the square of it. */
const FRAME = 64 * 1024;
/** A browser tells how much it still has to send, but not when that has shrunk: above HIGH, look again until below LOW. */
const HIGH = 1024 * 1024;
const LOW = 256 * 1024;
const LOOK_AGAIN = 5;

/**
 * TCP through a websockify bridge; the target goes into the query as `token=host:port`.
 *
 * A browser's WebSocket cannot be told to stop: what the server sends and the page does not read is held by the
 * browser and here, without bound. In Node, reading is held back.
 * @param {string | URL} bridge ws(s)://…, or http(s)://… for the same
 * @param {{origin?: string}} [options] `origin`: the Origin header, which only Node can set
 * @returns {Transport}
 */
export function websockify(bridge, { origin } = {}) {
  const base = readBridge(bridge);
  return async (address, { signal }) => {
    const url = new URL(base);
    url.searchParams.set('token', formatAddress(address));
    const socket = await makeSocket(url, origin);
    socket.binaryType = 'arraybuffer';
    const streams = toStreams(socket);
    await opening(socket, base, signal);
    return streams;
  };
}

/** @param {string | URL} bridge */
function readBridge(bridge) {
  let url;
  try {
    url = new URL(bridge, typeof location === 'object' ? location.href : undefined);
  } catch (cause) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', `bridge: ${JSON.stringify(String(bridge))} is not a URL.`, { cause });
  }
  url.protocol = url.protocol.replace(/^http/, 'ws');
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw new TLSError('ERR_TLS_INVALID_OPTION', `bridge: ${url.href} is not a ws: or wss: URL.`);
  }
  url.hash = '';
  return url;
}

/**
 * Node's own WebSocket, where there is one, cannot hold back reading; that of `ws` can.
 * @param {URL} url
 * @param {string | undefined} origin
 * @returns {Promise<AnyWebSocket>}
 */
async function makeSocket(url, origin) {
  if (typeof process === 'object' && process.versions?.node) {
    const { WebSocket: NodeWebSocket } = await import('ws');
    const socket = new NodeWebSocket(url, ['binary'], { origin, perMessageDeflate: false });
    return /** @type {AnyWebSocket} */ (/** @type {unknown} */ (socket));
  }
  return new WebSocket(url, ['binary']);
}

/**
 * @param {AnyWebSocket} socket
 * @param {URL} base
 * @param {AbortSignal} signal
 */
function opening(socket, base, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => {
      socket.close();
      reject(signal.reason);
    };
    /** @param {Event & {error?: unknown, message?: string}} event */
    const failed = (event) => {
      signal.removeEventListener('abort', abort);
      reject(
        new TLSError(
          'ERR_TLS_BRIDGE_UNREACHABLE',
          `No WebSocket to the bridge at ${base.href}${event.message ? `: ${event.message}` : '.'}`,
          {
            cause: event.error,
          },
        ),
      );
    };
    socket.addEventListener('error', failed);
    socket.addEventListener('open', () => {
      signal.removeEventListener('abort', abort);
      resolve(undefined);
    });
    socket.addEventListener('close', failed);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) {
      abort();
    }
  });
}

/** @param {AnyWebSocket} socket */
function toStreams(socket) {
  const source = { pause: () => socket.pause?.(), resume: () => socket.resume?.() };
  const incoming = new Incoming(source, new ByteLengthQueuingStrategy({ highWaterMark: FRAME }));
  socket.addEventListener('message', ({ data }) => {
    if (data instanceof ArrayBuffer) {
      incoming.push(new Uint8Array(data));
    } else {
      incoming.fail(new TLSError('ERR_TLS_TRANSPORT', 'The bridge sent text, not bytes.'));
      socket.close(1003);
    }
  });
  socket.addEventListener('close', ({ code, reason }) => end(incoming, code, reason));
  /** @type {WritableStream<Uint8Array>} */
  const writable = new WritableStream({
    start(controller) {
      socket.addEventListener('close', () =>
        controller.error(new TLSError('ERR_TLS_BRIDGE_UNREACHABLE', 'The WebSocket is closed.')),
      );
    },
    async write(chunk) {
      for (let at = 0; at < chunk.length; at += FRAME) {
        socket.send(/** @type {Uint8Array<ArrayBuffer>} */ (chunk.subarray(at, at + FRAME)));
        await drained(socket);
      }
    },
    close() {
      return closing(socket);
    },
    abort() {
      socket.terminate ? socket.terminate() : socket.close();
    },
  });
  return { readable: incoming.readable, writable, close: () => closing(socket) };
}

/**
 * @param {Incoming} incoming
 * @param {number} code
 * @param {string} reason
 */
function end(incoming, code, reason) {
  if (code === 1000 || code === 1005) {
    incoming.end();
    return;
  }
  const name = BY_CLOSE_CODE[code] ?? 'ERR_TLS_BRIDGE_UNREACHABLE';
  const detail =
    name === 'ERR_TLS_BRIDGE_UNREACHABLE' ? 'The WebSocket to the bridge broke off' : 'The bridge ended the connection';
  incoming.fail(new TLSError(name, `${detail} (close code ${code}${reason ? `: ${reason}` : ''}).`));
}

/** @param {AnyWebSocket} socket */
async function drained(socket) {
  if (socket.bufferedAmount <= HIGH) {
    return;
  }
  while (socket.bufferedAmount > LOW && socket.readyState === 1) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
  }
}

/**
 * The closing handshake follows everything that was sent.
 * @param {AnyWebSocket} socket
 */
function closing(socket) {
  return new Promise((/** @type {(value: void) => void} */ resolve) => {
    if (socket.readyState === 3) {
      resolve();
      return;
    }
    socket.addEventListener('close', () => resolve());
    socket.resume?.();
    socket.close(1000);
  });
}
