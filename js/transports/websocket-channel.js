/** The channel over a WebSocket to a bridge: dials, and retries as long as the server has not answered. */
import { bridgeBlocked, bridgeUnreachable } from '../../messages/page.js';
import { messageOf, viewOf } from '../bytes.js';
import { TLSError } from '../errors.js';
import {
  BRIDGE_FRAME_BYTES,
  BRIDGE_RETRY_DELAY_MS,
  WEBSOCKET_CLOSE_TIMEOUT_MS,
  WEBSOCKET_ERROR_DELAY_MS,
  WEBSOCKET_HIGH_WATER_BYTES,
  WEBSOCKET_LOW_WATER_BYTES,
} from '../limits.js';
import { PolicyWatch, sourceOf } from '../page-policy.js';
import { deniedError } from '../permission.js';
import { BufferedReceiver, streamsOf } from './channel.js';
import { CLOSE_CODES, RETRIED_CLOSE_CODES, closeMessage } from './close-codes.js';

/** @typedef {import('./channel.js').Channel} Channel */
/** @typedef {import('./transport.js').TransportStreams} TransportStreams */

/**
 * A browser's, or that of the package `ws`. Users of our types need not have a WebSocket: @types/node had none for long.
 * @typedef {(typeof globalThis extends {WebSocket: {prototype: infer Own}} ? Own : {}) & {pause?: () => void,
 *   resume?: () => void, terminate?: () => void}} AnyWebSocket
 */

/**
 * @param {string} url
 * @param {boolean} blocked by the page's policy
 * @param {string} reason
 * @param {unknown} cause
 */
function cannotOpen(url, blocked, reason, cause) {
  const bridge = url.replace(/\?.*/, '');
  const mixed = url.startsWith('ws:') && globalThis.location?.protocol === 'https:';
  const { sentence, hint } = blocked ? bridgeBlocked(bridge, sourceOf(url)) : bridgeUnreachable(bridge, reason, mixed);
  return deniedError(sentence, cause) ?? new TLSError('ERR_TLS_BRIDGE_UNREACHABLE', sentence, { hint, cause });
}

/** `bufferedAmount` of a WebSocket has no event, so poll it. */
const POLL_INTERVAL_MS = 5;

/**
 * Opens one connection. Retries over a new WebSocket as long as no byte has arrived.
 * @param {{connectTimeout: number, firstByteTimeout: number, retries: number, plaintext: boolean}} limits if `plaintext`, no
 *   byte is sent twice
 * @param {AbortSignal} signal ends it at any time
 * @param {() => Promise<{url: string, make: () => AnyWebSocket}>} prepare called for each attempt
 * @returns {Promise<TransportStreams>}
 */
export async function openWebSocket({ connectTimeout, firstByteTimeout, retries, plaintext }, signal, prepare) {
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
    const watch = new PolicyWatch();
    let url = '';
    try {
      const prepared = await prepare();
      url = prepared.url;
      if (over) {
        watch.stop();
      } else {
        socket = prepared.make();
        listen(socket, watch);
      }
    } catch (cause) {
      if (cause instanceof TLSError) {
        watch.stop();
        fail(cause);
      } else {
        // The constructor throws for URLs that the page may not connect to.
        fail(cannotOpen(url, await watch.blocked(url), messageOf(cause), cause));
      }
    }
  }

  /**
   * @param {AnyWebSocket} socket
   * @param {PolicyWatch} watch
   */
  function listen(socket, watch) {
    /** @type {(Event & {error?: unknown, message?: string}) | undefined} */
    let errorEvent;
    let hasClosed = false;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('open', () => {
      watch.stop();
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
      const bytes = viewOf(data);
      if (bytes) {
        receiver.receive(bytes);
      } else {
        fail(new TLSError('ERR_TLS_BRIDGE_FAILED', 'The bridge sent a text frame instead of a binary one.'));
      }
    });
    socket.addEventListener('error', (event) => {
      errorEvent = event;
      if (!isOpen) {
        // Chromium and WebKit do not send 'close' if they may not connect.
        setTimeout(() => closed({ code: 1006, reason: '' }), WEBSOCKET_ERROR_DELAY_MS);
      }
    });
    socket.addEventListener('close', closed);

    /** @param {Pick<CloseEvent, 'code' | 'reason'>} event */
    async function closed({ code, reason }) {
      if (hasClosed) {
        return;
      }
      hasClosed = true;
      const wasOpen = isOpen;
      isOpen = false;
      notify();
      const blocked = !wasOpen && !over && (await watch.blocked(socket.url));
      watch.stop();
      if (CLOSE_CODES[code] === null) {
        end(new TLSError('ERR_TLS_TRANSPORT', 'The server closed the connection.'));
        receiver.ended();
      } else if (!over && !answered && !blocked && retries > 0 && RETRIED_CLOSE_CODES.includes(code)) {
        retries--;
        setTimer(retryDelay * (0.5 + Math.random()), dial);
        retryDelay *= 2;
      } else {
        const text = reason.replace(/[^ -~]/g, '\ufffd'); // at most 123 bytes: RFC 6455, section 5.5
        const cause = errorEvent?.error;
        fail(
          wasOpen
            ? new TLSError(CLOSE_CODES[code] ?? 'ERR_TLS_BRIDGE_UNREACHABLE', closeMessage(code, text, socket.url), {
                cause,
              })
            : cannotOpen(socket.url, blocked, errorEvent?.message || `close code ${code}`, cause),
        );
      }
    }
  }

  /** @param {Uint8Array<ArrayBuffer>} frame */
  function send(frame) {
    // In a browser it closes a moment before its 'close' event, and then complains in the console.
    if (socket?.readyState === 1) {
      socket.send(frame);
    }
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
    let late = false;
    const limit =
      timeout &&
      setTimeout(() => {
        socket?.terminate?.();
        late = !socket?.terminate; // a browser may wait longer, and WebKit forever
        notify();
      }, timeout);
    socket.resume?.();
    socket.close(1000);
    while (socket.readyState < 3 && !late) {
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
