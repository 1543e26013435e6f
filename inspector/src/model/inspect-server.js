/** Inspects a server, for the inspector and the lab: connects, sends GET / if the chain is valid, closes. */
import { certificateHost, parseHost } from '../../../dist/address.js';
import { connect, TLSError, websockify } from '../../../dist/index.js';
import { recordingTransport } from './recorder.js';

/** @typedef {import('../../../dist/index.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../../../dist/index.js').TLSSocket} TLSSocket */
/** @typedef {import('../types.js').Answer} Answer */
/** @typedef {import('../types.js').Info} Info */
/** @typedef {import('../types.js').Recording} Recording */
/** @typedef {import('../types.js').Tamper} Tamper */
/** @typedef {import('../types.js').Verification} Verification */

/** Stop reading an answer after this many characters. */
const MAX_ANSWER_CHARACTERS = 64 * 1024;

/**
 * Timeouts in milliseconds; unlimited if missing.
 * @typedef {object} Timeouts
 * @property {number} [total] for the whole inspection, which then fails with ERR_TLS_TIMEOUT
 * @property {number} [answer] for the answer to GET /
 * @property {number} [tickets] for session tickets, if no request is sent. 0: do not wait
 * @property {number} [close] for closing the connection
 */

/**
 * @typedef {object} InspectServerOptions
 * @property {string} target first argument of connect()
 * @property {import('../types.js').StarttlsProtocol | null} [starttls] in which TLS is started
 * @property {string} bridge URL; empty: there is no transport, and connecting fails
 * @property {ConnectOptions | Promise<ConnectOptions>} options of connect() for verification and negotiation
 * @property {string} host for the Host header
 * @property {boolean} get send GET / if the chain is valid
 * @property {boolean} failOnCloseError report an error if the connection does not close cleanly
 * @property {Tamper | null} tamper
 * @property {Recording} recording is filled as bytes pass
 * @property {number} started performance.now() at time 0
 * @property {Timeouts} timeouts
 * @property {AbortSignal} signal
 */

/**
 * The result of an inspection. `info` is set after a handshake, `error` if the handshake failed or the connection broke
 * after it.
 * @typedef {object} Inspection
 * @property {Info | null} info
 * @property {Verification | null} verification
 * @property {TLSError | null} error
 * @property {Answer | null} answer to GET /
 * @property {Recording} recording
 * @property {number} elapsed milliseconds until the outcome, later until the answer or the error
 */

/**
 * Completes the handshake even if the chain is not valid, so that the whole chain can be shown. No application data is
 * sent in that case.
 *
 * Yields after the handshake or its failure, and after a handshake again when the connection has ended.
 * @param {InspectServerOptions} options
 * @returns {AsyncGenerator<Inspection, void>}
 * @throws {unknown} errors other than TLSError
 */
export async function* inspectServer({
  target,
  starttls = null,
  bridge,
  options,
  host,
  get,
  failOnCloseError,
  ...more
}) {
  const { tamper, recording, started, timeouts, signal } = more;
  const elapsed = () => performance.now() - started;
  /** @type {Inspection} */
  const inspection = { info: null, verification: null, error: null, answer: null, recording, elapsed: 0 };
  /** @param {unknown} error */
  const failed = (error) => {
    inspection.error = asTLSError(error, signal, timeouts.total);
    inspection.verification ??= inspection.error.verification ?? null;
    inspection.elapsed = elapsed();
  };
  /** @type {TLSSocket | undefined} */
  let socket;
  try {
    socket = connect(target, {
      ...(await options),
      starttls: starttls ?? undefined,
      transport: bridge
        ? recordingTransport(websockify(bridge), recording, { started, tamper, plaintextFirst: starttls !== null })
        : undefined,
      rejectUnauthorized: false,
      signal: timeouts.total === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeouts.total)]),
    });
    inspection.info = await socket.opened;
    inspection.verification = inspection.info.verification;
    recording.handshake = inspection.elapsed = elapsed();
  } catch (error) {
    failed(error);
  }
  if (!socket || !inspection.info) {
    yield inspection;
    return;
  }
  try {
    yield { ...inspection };
    if (get && canGet(inspection)) {
      const parseHead = (/** @type {string} */ text) => {
        const [head] = text.split('\r\n\r\n', 1);
        const [status, ...headers] = head.split('\r\n');
        if (head === text && text.length >= MAX_ANSWER_CHARACTERS) {
          headers.push(`… (cut: only the first ${MAX_ANSWER_CHARACTERS.toLocaleString('en-US')} characters are read)`);
        }
        inspection.answer = {
          status,
          headers: headers.join('\n'),
          firstByte: inspection.answer?.firstByte ?? elapsed(),
        };
      };
      await withTimeout(sendGet(socket, host, parseHead), timeouts.answer);
      inspection.elapsed = elapsed();
    } else if (timeouts.tickets !== 0) {
      // A read fails when a record cannot be decrypted: that belongs to the result.
      await withTimeout(socket.read(), timeouts.tickets);
    }
    const closed = withTimeout(socket.close(), timeouts.close);
    await (failOnCloseError ? closed : closed.catch(() => {}));
  } catch (error) {
    failed(error);
  } finally {
    socket.close().catch(() => {}); // ignore how the server closes
  }
  yield { ...inspection, recording: { ...recording } };
}

/** Whether GET / can be sent: the chain is valid, and HTTP/2 was not negotiated. @param {Pick<Inspection, 'info' | 'verification'>} inspection */
export function canGet({ info, verification }) {
  return verification?.ok === true && info !== null && info.alpn !== 'h2';
}

/**
 * @param {TLSSocket} socket
 * @param {string} host
 * @param {(text: string) => void} onText called with all text received so far
 * @throws {TLSError} if the connection breaks before the end of the answer
 */
async function sendGet(socket, host, onText) {
  const ascii = certificateHost(parseHost(host));
  const name = ascii.includes(':') ? `[${ascii}]` : ascii;
  await socket.write(`GET / HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`);
  const decoder = new TextDecoder();
  let text = '';
  for (
    let bytes = await socket.read();
    bytes !== null && text.length < MAX_ANSWER_CHARACTERS;
    bytes = await socket.read()
  ) {
    text += decoder.decode(bytes, { stream: true });
    onText(text);
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} [timeout] milliseconds
 * @returns {Promise<T | null>} null after the timeout
 */
async function withTimeout(promise, timeout) {
  if (timeout === undefined) return promise;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const expired = new Promise((/** @type {(value: null) => void} */ resolve) => {
    timer = setTimeout(resolve, timeout, null);
  });
  promise.catch(() => {});
  return Promise.race([promise, expired]).finally(() => clearTimeout(timer));
}

/**
 * @param {unknown} error
 * @param {AbortSignal} signal aborted by the user
 * @param {number} [total] timeout in milliseconds, which aborts the connection too
 * @returns {TLSError}
 */
export function asTLSError(error, signal, total) {
  if (signal.aborted) return new TLSError('ERR_TLS_ABORTED', undefined, { cause: signal.reason });
  if (!(error instanceof TLSError)) throw error;
  return error.code === 'ERR_TLS_ABORTED'
    ? new TLSError('ERR_TLS_TIMEOUT', `The inspection was not complete after ${total} ms.`)
    : error;
}
