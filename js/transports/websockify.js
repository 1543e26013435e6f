import { formatAddress, parseAddress } from '../address.js';
import { TLSError } from '../errors.js';
import {
  BRIDGE_CONNECT_TIMEOUT_MS,
  BRIDGE_FIRST_BYTE_TIMEOUT_MS,
  BRIDGE_FRAME_BYTES,
  BRIDGE_MAX_RETRIES,
  BRIDGE_RETRIES,
  BRIDGE_RETRY_DELAY_MS,
  WEBSOCKET_CLOSE_TIMEOUT_MS,
  WEBSOCKET_HIGH_WATER_BYTES,
  WEBSOCKET_LOW_WATER_BYTES,
} from '../limits.js';
import { integer, milliseconds, text, textOrCallback, url as bridgeUrl } from '../option-kinds.js';
import { readOptions } from '../options-reader.js';
import { describe, quote } from '../quote.js';
import { BufferedReceiver, streamsOf } from './channel.js';

/** @typedef {import('../errors.js').ErrorCode} ErrorCode */
/** @typedef {import('./channel.js').Channel} Channel */
/** @typedef {import('./transport.js').Address} Address */
/** @typedef {import('./transport.js').Transport} Transport */
/** @typedef {import('./transport.js').TransportStreams} TransportStreams */
/** @typedef {(address: Address, context: {signal: AbortSignal}) => string | Promise<string>} TokenMaker */

/**
 * The part of a WebSocket used here: a browser's, or that of the package `ws`.
 * @typedef {WebSocket & {pause?: () => void, resume?: () => void, terminate?: () => void}} AnyWebSocket
 */

/**
 * @typedef {object} WebsockifyOptions
 * @property {string} [origin] the Origin header; only Node can set it
 * @property {string | TokenMaker} [token] sent in the query as `token`; host:port by default. A function is called for
 *   each attempt, for bridges that require a token signed by your server
 * @property {number} [connectTimeout] milliseconds to get the token and open the WebSocket; 10,000 by default, 0 for no timeout
 * @property {number} [firstByteTimeout] milliseconds from our first byte to the server's, or with `starttls` to its greeting; 45,000 by default, longer than the bridge may take to look up and dial; 0 for no timeout
 * @property {number} [retries] how often to retry after a transient failure (see RETRIED_CLOSE_CODES) before the server's first byte; 1 by default
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
/** Transient failures. 1006 also stands for a WebSocket that does not open. */
export const RETRIED_CLOSE_CODES = [1001, 1006, 4429, 4500];
/** @satisfies {Record<keyof WebsockifyOptions, import('../options-reader.js').Kind<any>>} */
const KINDS = {
  origin: text,
  token: /** @type {import('../options-reader.js').Kind<string | TokenMaker>} */ (textOrCallback),
  connectTimeout: milliseconds,
  firstByteTimeout: milliseconds,
  retries: integer(0, BRIDGE_MAX_RETRIES),
};

/** `bufferedAmount` of a WebSocket has no event, so poll it. */
const POLL_INTERVAL_MS = 5;

/**
 * TCP through a websockify bridge.
 *
 * A browser's WebSocket cannot be paused: data that the page does not read accumulates without limit in the browser and
 * here. In Node, reading is paused.
 * @param {string | URL} bridge ws(s)://…, or http(s)://… with the same meaning
 * @param {WebsockifyOptions} [options]
 * @returns {Transport}
 */
export function websockify(bridge, options) {
  const base = readBridge(bridge);
  const given = readOptions('websockify()', KINDS, options);
  const { origin, token = formatAddress } = given;
  const limits = {
    connectTimeout: given.connectTimeout ?? BRIDGE_CONNECT_TIMEOUT_MS,
    firstByteTimeout: given.firstByteTimeout ?? BRIDGE_FIRST_BYTE_TIMEOUT_MS,
    retries: given.retries ?? BRIDGE_RETRIES,
  };
  return async (address, { signal, plaintext = false }) => {
    const target = typeof token === 'string' ? address : bridgeTarget(address);
    return open({ ...limits, plaintext }, signal, async () => {
      const makeSocket = await loadWebSocket(origin);
      const url = new URL(base);
      url.searchParams.set('token', await askToken(token, target, signal));
      return () => makeSocket(url);
    });
  };
}

/** @param {string | URL} bridge */
function readBridge(bridge) {
  const text = bridgeUrl.read(bridge);
  if (text === undefined) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', `bridge must be a URL, not ${describe(bridge)}.`);
  }
  let url;
  try {
    url = new URL(text, typeof location === 'object' ? location.href : undefined);
  } catch (cause) {
    throw new TLSError('ERR_TLS_INVALID_OPTION', `bridge: ${quote(text)} is not a URL.`, { cause });
  }
  url.protocol = url.protocol.replace(/^http/, 'ws');
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw new TLSError('ERR_TLS_INVALID_OPTION', `bridge: ${url.href} is not a ws: or wss: URL.`);
  }
  url.hash = '';
  return url;
}

/**
 * The address as a bridge spells it: it looks names up as absolute ones, so they have no final dot.
 * @param {Address} address
 */
function bridgeTarget(address) {
  const { hostname, port } = parseAddress(address);
  if (hostname.includes('%')) {
    throw new TLSError(
      'ERR_TLS_INVALID_ADDRESS',
      `A bridge cannot reach ${quote(hostname)}: the zone names an interface of this machine, not of the bridge's.`,
    );
  }
  return { hostname: hostname.replace(/\.$/, ''), port };
}

/**
 * @param {number} code of the close frame
 * @param {string} text its reason
 * @param {string} url
 */
function closeMessage(code, text, url) {
  const said = `close code ${code}${text && `, ${text}`}`;
  const fault = code === 4400 ? hostFault(new URL(url).searchParams.get('token') ?? '') : undefined;
  if (fault) {
    return `${fault}: ${said}.`;
  }
  const how =
    code === 1006
      ? ' without a close frame, so the bridge stopped, or a proxy or the network in between closed it'
      : '';
  return `The WebSocket to the bridge closed${how}: ${said}.`;
}

/** What a bridge may not accept in the host of a token that is host:port. @param {string} token */
function hostFault(token) {
  const [, host] = /^([\w.-]+):\d+$/.exec(token) ?? [];
  const faults = /** @type {const} */ ([
    [/\.$/, 'a final dot'],
    [/_/, 'an underscore'],
    [/(?:^|\.)-|-(?:\.|$)/, 'a label that begins or ends with a hyphen'],
    [/\.\.|^\./, 'an empty label'],
  ]);
  const found = host === undefined ? undefined : faults.find(([pattern]) => pattern.test(host));
  return found && `The bridge does not accept the host name ${quote(host ?? '')}, which has ${found[1]}`;
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
    throw new TLSError('ERR_TLS_BRIDGE_TOKEN', 'The token function failed.', { cause });
  }
  if (typeof value !== 'string' || value === '') {
    throw new TLSError('ERR_TLS_BRIDGE_TOKEN', 'The token must be a non-empty string.');
  }
  return value;
}

/**
 * Node's own WebSocket cannot pause reading; that of `ws` can.
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
 * Opens one connection. Retries over a new WebSocket as long as no byte has arrived.
 * @param {{connectTimeout: number, firstByteTimeout: number, retries: number, plaintext: boolean}} limits if `plaintext`, no
 *   byte is sent twice
 * @param {AbortSignal} signal ends it at any time
 * @param {() => Promise<() => AnyWebSocket>} prepare called for each attempt
 * @returns {Promise<TransportStreams>}
 */
async function open({ connectTimeout, firstByteTimeout, retries, plaintext }, signal, prepare) {
  /** @type {AnyWebSocket | undefined} */
  let socket;
  let isOpen = false;
  let answered = false;
  /** The server speaks first. */
  let expectsInput = false;
  /** Frames sent before the answer, to send again in a retry. @type {Uint8Array<ArrayBuffer>[]} */
  let replay = [];
  let replayBudget = BRIDGE_FRAME_BYTES;
  let retryDelay = BRIDGE_RETRY_DELAY_MS;
  /** For the retry, connectTimeout or firstByteTimeout. @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** Why nothing can be sent any more; also after a clean end. @type {{error: unknown} | undefined} */
  let over;
  /** Why the connection failed. @type {{error: unknown} | undefined} */
  let failure;
  /** @type {(() => void)[]} */
  const waiting = [];
  const receiver = new BufferedReceiver();

  /** Resolves at the next notify(). */
  const stateChange = () => new Promise((/** @type {(value: void) => void} */ resolve) => waiting.push(resolve));
  const notify = () => waiting.splice(0).forEach((resolve) => resolve());

  /** Replaces the timer. @param {number} milliseconds 0 for none @param {() => void} [callback] */
  function setTimer(milliseconds, callback) {
    clearTimeout(timer);
    timer = callback && milliseconds > 0 ? setTimeout(callback, milliseconds) : undefined;
  }

  async function untilOpen() {
    while (!isOpen) {
      if (over) {
        throw over.error;
      }
      await stateChange();
    }
  }

  async function dial() {
    socket = undefined;
    setTimer(connectTimeout, () => {
      const [code, failed] = socket
        ? /** @type {const} */ (['ERR_TLS_CONNECT_TIMEOUT', 'The bridge did not answer'])
        : /** @type {const} */ (['ERR_TLS_BRIDGE_TOKEN', 'The token function did not return']);
      fail(new TLSError(code, `${failed} within connectTimeout, ${connectTimeout} ms.`));
    });
    try {
      const make = await prepare();
      if (!over) {
        socket = make();
        listen(socket);
      }
    } catch (cause) {
      // The constructor throws for URLs that the page may not connect to.
      fail(cause instanceof TLSError ? cause : new TLSError('ERR_TLS_BRIDGE_UNREACHABLE', undefined, { cause }));
    }
  }

  /** @param {AnyWebSocket} socket */
  function listen(socket) {
    /** @type {(Event & {error?: unknown, message?: string}) | undefined} */
    let errorEvent;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => {
      isOpen = true;
      setTimer(0);
      replay.forEach(send);
      if (expectsInput) {
        limitFirstByte();
      }
      notify();
    });
    socket.addEventListener('message', ({ data }) => {
      if (data.byteLength === 0) {
        channel.dialled = performance.now(); // our bridge sends an empty frame when it has reached the server
        return;
      }
      if (!answered) {
        answered = true;
        replay = [];
        setTimer(0);
      }
      if (data instanceof ArrayBuffer) {
        receiver.receive(new Uint8Array(data));
      } else {
        fail(new TLSError('ERR_TLS_BRIDGE_FAILED', 'The bridge sent a text frame instead of a binary one.'));
      }
    });
    socket.addEventListener('error', (event) => {
      errorEvent = event;
    });
    socket.addEventListener('close', ({ code, reason }) => {
      const wasOpen = isOpen;
      isOpen = false;
      notify();
      if (CLOSE_CODES[code] === null) {
        end(new TLSError('ERR_TLS_TRANSPORT', 'The server closed the connection.'));
        receiver.ended();
      } else if (!over && !answered && retries > 0 && RETRIED_CLOSE_CODES.includes(code)) {
        retries--;
        setTimer(retryDelay * (0.5 + Math.random()), dial);
        retryDelay *= 2;
      } else {
        const text = reason.replace(/[^ -~]/g, '\ufffd'); // at most 123 bytes: RFC 6455, section 5.5
        const message = wasOpen
          ? closeMessage(code, text, socket.url)
          : `Cannot open a WebSocket to the bridge at ${socket.url.replace(/\?.*/, '')}: ${errorEvent?.message ?? `close code ${code}`}.`;
        fail(new TLSError(CLOSE_CODES[code] ?? 'ERR_TLS_BRIDGE_UNREACHABLE', message, { cause: errorEvent?.error }));
      }
    });
  }

  /** @param {Uint8Array<ArrayBuffer>} frame */
  function send(frame) {
    socket?.send(frame);
    limitFirstByte();
  }

  function limitFirstByte() {
    if (!answered && !timer) {
      setTimer(firstByteTimeout, () =>
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
      // No await when it is open: a last alert must leave before the close frame.
      if (!isOpen) {
        await untilOpen();
      }
      const frame = /** @type {Uint8Array<ArrayBuffer>} */ (chunk.subarray(at, at + BRIDGE_FRAME_BYTES));
      if (retries > 0 && !answered && !plaintext && (replayBudget -= frame.length) >= 0) {
        replay.push(new Uint8Array(frame)); // a copy; slice() of a Buffer is not
      } else {
        retries = 0;
      }
      send(frame);
      if (socket && socket.bufferedAmount > WEBSOCKET_HIGH_WATER_BYTES) {
        while (isOpen && socket.bufferedAmount > WEBSOCKET_LOW_WATER_BYTES) {
          setTimeout(notify, POLL_INTERVAL_MS);
          await stateChange();
        }
      }
    }
  }

  /** @param {unknown} error for later writes */
  function end(error) {
    over ??= { error };
    isOpen = false;
    setTimer(0);
    signal.removeEventListener('abort', abort);
    notify();
  }

  /** @param {unknown} error */
  function fail(error) {
    if (!over) {
      failure = { error };
      end(error);
      receiver.failed(error);
      receiver.broken(error);
      closeSocket(WEBSOCKET_CLOSE_TIMEOUT_MS);
    }
  }

  const abort = () => fail(signal.reason);

  /**
   * Sends the close frame after everything else, and waits for the answer.
   * @param {number} [timeout] in milliseconds; none when left out
   */
  async function closeSocket(timeout) {
    if (!socket || socket.readyState === 3) {
      return;
    }
    const limit = timeout && setTimeout(() => socket?.terminate?.(), timeout);
    socket.resume?.();
    socket.close(1000);
    while (socket.readyState < 3) {
      await stateChange();
    }
    clearTimeout(limit);
  }

  /** @type {Channel} */
  const channel = {
    start: (target) => receiver.start(target),
    pause: () => socket?.pause?.(),
    resume: () => socket?.resume?.(),
    expectInput() {
      expectsInput = true;
      if (isOpen) {
        limitFirstByte();
      }
    },
    send: write,
    async end() {
      if (!over) {
        await untilOpen();
        retries = 0;
        await closeSocket();
        if (failure) {
          throw failure.error; // the bridge could not deliver everything
        }
      }
    },
    discard() {
      receiver.discard();
      socket?.resume?.();
    },
    abort: fail,
    abortCoversSignal: true,
    endClosesBoth: true,
    close() {
      fail(new TLSError('ERR_TLS_CLOSED'));
      return closeSocket(WEBSOCKET_CLOSE_TIMEOUT_MS);
    },
  };
  signal.addEventListener('abort', abort);
  signal.aborted ? abort() : dial();
  await untilOpen();
  return streamsOf(channel);
}
