import { formatAddress } from '../address.js';
import { TLSError } from '../errors.js';
import {
  BRIDGE_CONNECT_TIMEOUT_MS,
  BRIDGE_FIRST_BYTE_TIMEOUT_MS,
  BRIDGE_FRAME_BYTES,
  BRIDGE_RETRIES,
  BRIDGE_RETRY_DELAY_MS,
  MAX_TIMEOUT_MS,
  WEBSOCKET_CLOSE_TIMEOUT_MS,
  WEBSOCKET_HIGH_WATER_BYTES,
  WEBSOCKET_LOW_WATER_BYTES,
} from '../limits.js';
import { Inlet, showStreams } from './channel.js';

/** @typedef {import('../errors.js').ErrorCode} ErrorCode */
/** @typedef {import('./channel.js').Channel} Channel */
/** @typedef {import('./transport.js').Address} Address */
/** @typedef {import('./transport.js').Transport} Transport */
/** @typedef {import('./transport.js').TransportStreams} TransportStreams */
/** @typedef {(address: Address, context: {signal: AbortSignal}) => string | Promise<string>} TokenMaker */

/**
 * The part of a WebSocket that is used: a browser's, or that of the package `ws`.
 * @typedef {WebSocket & {pause?: () => void, resume?: () => void, terminate?: () => void}} AnyWebSocket
 */

/**
 * @typedef {object} WebsockifyOptions
 * @property {string} [origin] the Origin header, which only Node can set
 * @property {string | TokenMaker} [token] goes into the query as `token`; host:port by default. A function is asked for
 *   each try, for bridges that want a token signed by a server of yours
 * @property {number} [connectTimeout] milliseconds until there is a token and the WebSocket is open; 10,000 by default, 0 for ever
 * @property {number} [firstByteTimeout] milliseconds from our first byte to the server's; 45,000 by default, longer than the bridge takes to look up and dial; 0 for ever
 * @property {number} [retries] how often to try again what may pass (see RETRIED) before the server's first byte; 1 by default
 */

/**
 * What the close codes of a bridge mean: those of bridge/close_codes.py, the WebSocket's own 1005 and 1006, and
 * websockify's 1011. null is a clean end; any other code is ERR_TLS_BRIDGE_UNREACHABLE.
 * @type {Record<number, ErrorCode | null>}
 */
export const CLOSE_CODES = {
  1000: null,
  1001: 'ERR_TLS_BRIDGE_STOPPING',
  1002: 'ERR_TLS_BRIDGE_FAILED',
  1003: 'ERR_TLS_BRIDGE_FAILED',
  1005: null,
  1006: 'ERR_TLS_BRIDGE_UNREACHABLE',
  1009: 'ERR_TLS_BRIDGE_FAILED',
  1011: 'ERR_TLS_CONNECT_REFUSED',
  4001: 'ERR_TLS_CONNECTION_RESET',
  4400: 'ERR_TLS_BRIDGE_TOKEN',
  4401: 'ERR_TLS_BRIDGE_TOKEN',
  4403: 'ERR_TLS_BRIDGE_REFUSED',
  4404: 'ERR_TLS_HOST_NOT_FOUND',
  4408: 'ERR_TLS_BRIDGE_LIMIT',
  4410: 'ERR_TLS_BRIDGE_LIMIT',
  4429: 'ERR_TLS_BRIDGE_BUSY',
  4500: 'ERR_TLS_BRIDGE_FAILED',
  4502: 'ERR_TLS_CONNECT_REFUSED',
  4504: 'ERR_TLS_CONNECT_TIMEOUT',
};
/** What may pass. A WebSocket that does not open is 1006 too. */
export const RETRIED = [1001, 1006, 4429, 4500];
/** A browser's WebSocket reports how many bytes are queued, but has no event for when they are fewer: poll, in milliseconds. */
const POLL_MS = 5;

/**
 * TCP through a websockify bridge.
 *
 * A browser's WebSocket cannot be told to stop: what the server sends and the page does not read is held by the
 * browser and here, without bound. In Node, reading is held back.
 * @param {string | URL} bridge ws(s)://…, or http(s)://… for the same
 * @param {WebsockifyOptions} [options]
 * @returns {Transport}
 */
export function websockify(bridge, options = {}) {
  const base = readBridge(bridge);
  const { origin, token = formatAddress, ...limits } = options;
  const {
    connectTimeout = BRIDGE_CONNECT_TIMEOUT_MS,
    firstByteTimeout = BRIDGE_FIRST_BYTE_TIMEOUT_MS,
    retries = BRIDGE_RETRIES,
    ...unknown
  } = limits;
  const numbers = { connectTimeout, firstByteTimeout, retries };
  for (const [name, value] of Object.entries({ ...numbers, ...unknown })) {
    if (!(name in numbers && value >= 0 && value <= MAX_TIMEOUT_MS)) {
      throw new TLSError('ERR_TLS_INVALID_OPTION', `websockify(): the option ${name} cannot be ${value}.`);
    }
  }
  return (address, { signal }) =>
    open(numbers, signal, async () => {
      const makeSocket = await loadWebSocket(origin);
      const url = new URL(base);
      url.searchParams.set('token', await askToken(token, address, signal));
      return () => makeSocket(url);
    });
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
 * @param {string | TokenMaker} token
 * @param {Address} address
 * @param {AbortSignal} signal
 */
async function askToken(token, address, signal) {
  let value;
  try {
    value = typeof token === 'function' ? await token(address, { signal }) : token;
  } catch (cause) {
    throw new TLSError('ERR_TLS_BRIDGE_TOKEN', 'The function that makes the token failed.', { cause });
  }
  if (typeof value !== 'string' || value === '') {
    throw new TLSError('ERR_TLS_BRIDGE_TOKEN', 'The token is empty or no string.');
  }
  return value;
}

/**
 * Node's own WebSocket, where there is one, cannot hold back reading; that of `ws` can.
 * @param {string | undefined} origin
 * @returns {Promise<(url: URL) => AnyWebSocket>}
 */
async function loadWebSocket(origin) {
  if (typeof process === 'object' && process.versions?.node) {
    const { WebSocket: NodeWebSocket } = await import('ws');
    const options = { origin, perMessageDeflate: false };
    return (url) => /** @type {AnyWebSocket} */ (/** @type {unknown} */ (new NodeWebSocket(url, ['binary'], options)));
  }
  return (url) => new WebSocket(url, ['binary']);
}

/**
 * One connection: over one WebSocket, or over another as long as nothing has come on the first.
 * @param {{connectTimeout: number, firstByteTimeout: number, retries: number}} limits
 * @param {AbortSignal} signal ends it at any time
 * @param {() => Promise<() => AnyWebSocket>} prepare for each try
 * @returns {Promise<TransportStreams>}
 */
async function open({ connectTimeout, firstByteTimeout, retries }, signal, prepare) {
  /** @type {AnyWebSocket | undefined} */
  let socket;
  let isOpen = false;
  let answered = false;
  /** What was sent before the answer, for another try. @type {Uint8Array<ArrayBuffer>[]} */
  let kept = [];
  let room = BRIDGE_FRAME_BYTES;
  let pause = BRIDGE_RETRY_DELAY_MS;
  /** Of the pause, the opening or the first byte. @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** Why nothing can be sent any more. @type {{error: unknown} | undefined} */
  let over;
  /** Why it did not end in good order. @type {{error: unknown} | undefined} */
  let failure;
  /** @type {(() => void)[]} */
  const waiting = [];
  const inlet = new Inlet();

  /** Until something has changed. */
  const change = () => new Promise((/** @type {(value: void) => void} */ resolve) => waiting.push(resolve));
  const changed = () => waiting.splice(0).forEach((resolve) => resolve());

  /** @param {number} milliseconds 0 for never @param {() => void} [then] */
  function after(milliseconds, then) {
    clearTimeout(timer);
    timer = then && milliseconds > 0 ? setTimeout(then, milliseconds) : undefined;
  }

  async function opened() {
    while (!isOpen) {
      if (over) {
        throw over.error;
      }
      await change();
    }
  }

  async function dial() {
    socket = undefined;
    after(connectTimeout, () => {
      const [code, what] = socket
        ? /** @type {const} */ (['ERR_TLS_CONNECT_TIMEOUT', 'The bridge did not answer'])
        : /** @type {const} */ (['ERR_TLS_BRIDGE_TOKEN', 'There was no token']);
      fail(new TLSError(code, `${what} within connectTimeout, ${connectTimeout} ms.`));
    });
    try {
      const make = await prepare();
      if (!over) {
        socket = make();
        listen(socket);
      }
    } catch (cause) {
      // A WebSocket throws when the page may not go there.
      fail(cause instanceof TLSError ? cause : new TLSError('ERR_TLS_BRIDGE_UNREACHABLE', undefined, { cause }));
    }
  }

  /** @param {AnyWebSocket} socket */
  function listen(socket) {
    /** @type {(Event & {error?: unknown, message?: string}) | undefined} */
    let trouble;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => {
      isOpen = true;
      after(0);
      kept.forEach(send);
      changed();
    });
    socket.addEventListener('message', ({ data }) => {
      if (data.byteLength === 0) {
        channel.dialled = performance.now(); // our bridge says so; it is no byte of the server's
        return;
      }
      if (!answered) {
        answered = true;
        kept = [];
        after(0);
      }
      if (data instanceof ArrayBuffer) {
        inlet.receive(new Uint8Array(data));
      } else {
        fail(new TLSError('ERR_TLS_BRIDGE_FAILED', 'The bridge sent text, not bytes.'));
      }
    });
    socket.addEventListener('error', (event) => {
      trouble = event;
    });
    socket.addEventListener('close', ({ code, reason }) => {
      const wasOpen = isOpen;
      isOpen = false;
      changed();
      if (CLOSE_CODES[code] === null) {
        end(new TLSError('ERR_TLS_TRANSPORT', 'The server has ended the connection.'));
        inlet.ended();
      } else if (!over && !answered && retries > 0 && RETRIED.includes(code)) {
        retries--;
        after(pause * (0.5 + Math.random()), dial);
        pause *= 2;
      } else {
        const text = reason.replace(/[^ -~]/g, '\ufffd'); // at most 123 bytes: RFC 6455, section 5.5
        const what = wasOpen
          ? `The connection through the bridge was ended: close code ${code}${text && `, ${text}`}.`
          : `No WebSocket to the bridge at ${socket.url.replace(/\?.*/, '')}: ${trouble?.message ?? `close code ${code}`}.`;
        fail(new TLSError(CLOSE_CODES[code] ?? 'ERR_TLS_BRIDGE_UNREACHABLE', what, { cause: trouble?.error }));
      }
    });
  }

  /** @param {Uint8Array<ArrayBuffer>} frame */
  function send(frame) {
    socket?.send(frame);
    if (!answered && !timer) {
      after(firstByteTimeout, () =>
        fail(
          new TLSError(
            'ERR_TLS_CONNECT_TIMEOUT',
            `The server did not answer within firstByteTimeout, ${firstByteTimeout} ms.`,
          ),
        ),
      );
    }
  }

  /** @param {Uint8Array} chunk */
  async function write(chunk) {
    for (let at = 0; at < chunk.length; at += BRIDGE_FRAME_BYTES) {
      // At once when it is open: a last alert must leave before the close frame.
      if (!isOpen) {
        await opened();
      }
      const frame = /** @type {Uint8Array<ArrayBuffer>} */ (chunk.subarray(at, at + BRIDGE_FRAME_BYTES));
      if (retries > 0 && !answered && (room -= frame.length) >= 0) {
        kept.push(new Uint8Array(frame)); // a copy; a Buffer's slice() is none
      } else {
        retries = 0;
      }
      send(frame);
      if (socket && socket.bufferedAmount > WEBSOCKET_HIGH_WATER_BYTES) {
        while (isOpen && socket.bufferedAmount > WEBSOCKET_LOW_WATER_BYTES) {
          setTimeout(changed, POLL_MS);
          await change();
        }
      }
    }
  }

  /** @param {unknown} error for who still writes */
  function end(error) {
    over ??= { error };
    isOpen = false;
    after(0);
    signal.removeEventListener('abort', abort);
    changed();
  }

  /** @param {unknown} error */
  function fail(error) {
    if (!over) {
      failure = { error };
      end(error);
      inlet.failed(error);
      inlet.broken(error);
      hangUp(WEBSOCKET_CLOSE_TIMEOUT_MS);
    }
  }

  const abort = () => fail(signal.reason);

  /**
   * The close frame follows everything that was sent.
   * @param {number} [linger] milliseconds to wait for the answer; for ever when left out
   */
  async function hangUp(linger) {
    if (!socket || socket.readyState === 3) {
      return;
    }
    const limit = linger && setTimeout(() => socket?.terminate?.(), linger);
    socket.resume?.();
    socket.close(1000);
    while (socket.readyState < 3) {
      await change();
    }
    clearTimeout(limit);
  }

  /** @type {Channel} */
  const channel = {
    start: (receiver) => inlet.start(receiver),
    pause: () => socket?.pause?.(),
    resume: () => socket?.resume?.(),
    send: write,
    async end() {
      if (!over) {
        await opened();
        retries = 0;
        await hangUp();
        if (failure) {
          throw failure.error; // the bridge could not bring all of it
        }
      }
    },
    discard() {
      inlet.discard();
      socket?.resume?.();
    },
    abort: fail,
    abortCoversSignal: true,
    close() {
      fail(new TLSError('ERR_TLS_CLOSED'));
      return hangUp(WEBSOCKET_CLOSE_TIMEOUT_MS);
    },
  };
  signal.addEventListener('abort', abort);
  signal.aborted ? abort() : dial();
  await opened();
  return showStreams(channel);
}
