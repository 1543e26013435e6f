/** Looks at a server: connects, asks for / when the chain is good, hangs up. The inspector and the lab do it alike. */
import { connect, TLSError, websockify } from '../../../dist/index.js';
import { recordingTransport } from './recorder.js';

/** @typedef {import('../../../dist/index.js').ConnectOptions} ConnectOptions */
/** @typedef {import('../../../dist/index.js').TLSSocket} TLSSocket */
/** @typedef {import('../types.js').Answer} Answer */
/** @typedef {import('../types.js').Info} Info */
/** @typedef {import('../types.js').Recording} Recording */
/** @typedef {import('../types.js').Tamper} Tamper */
/** @typedef {import('../types.js').Verification} Verification */

/** How many bytes of an answer are read. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * How long to wait, in milliseconds; what is left out has no limit of its own.
 * @typedef {object} Limits
 * @property {number} [total] for everything; after that it fails with ERR_TLS_TIMEOUT
 * @property {number} [answer] for the answer to the request
 * @property {number} [tickets] for what the server sends unasked, where nothing is asked: session tickets. 0: do not wait
 * @property {number} [close] for the end
 */

/**
 * @typedef {object} InspectServerOptions
 * @property {string} target as connect() takes it
 * @property {string} bridge empty for none: then there is no connection
 * @property {ConnectOptions | Promise<ConnectOptions>} options what to verify by, what to offer
 * @property {string} host the name to ask for / by
 * @property {boolean} get ask for / when the chain is good
 * @property {boolean} failOnCloseError whether it is an error, too, when the connection does not close in good order
 * @property {Tamper | null} tamper
 * @property {Recording} recording is filled as bytes pass
 * @property {number} started performance.now() of time 0
 * @property {Limits} limits
 * @property {AbortSignal} signal
 */

/**
 * What an inspection of a server found. `info` is there after a handshake, `error` when there was none or when the connection broke after it.
 * @typedef {object} Inspection
 * @property {Info | null} info
 * @property {Verification | null} verification
 * @property {TLSError | null} error
 * @property {Answer | null} answer to the request for /
 * @property {Recording} recording
 * @property {number} elapsed milliseconds, until the outcome, then until the answer or the error
 */

/**
 * A bad chain does not end the handshake here, so that the whole chain can be shown. Nothing is sent to such a server after it.
 *
 * Yields as soon as there is an outcome, and again after a handshake, when the connection has ended.
 * @param {InspectServerOptions} what
 * @returns {AsyncGenerator<Inspection, void>}
 * @throws {unknown} only what is no TLSError
 */
export async function* inspectServer({ target, bridge, options, host, get, failOnCloseError, ...more }) {
  const { tamper, recording, started, limits, signal } = more;
  const elapsed = () => performance.now() - started;
  /** @type {Inspection} */
  const inspection = { info: null, verification: null, error: null, answer: null, recording, elapsed: 0 };
  /** @param {unknown} error */
  const failed = (error) => {
    inspection.error = asTLSError(error, signal, limits.total);
    inspection.verification ??= inspection.error.verification ?? null;
    inspection.elapsed = elapsed();
  };
  /** @type {TLSSocket | undefined} */
  let socket;
  try {
    socket = connect(target, {
      ...(await options),
      transport: bridge ? recordingTransport(websockify(bridge), recording, { started, tamper }) : undefined,
      rejectUnauthorized: false,
      signal: limits.total === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(limits.total)]),
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
      const keep = (/** @type {string} */ text) => {
        const [status, ...headers] = text.split('\r\n\r\n', 1)[0].split('\r\n');
        inspection.answer = {
          status,
          headers: headers.join('\n'),
          firstByte: inspection.answer?.firstByte ?? elapsed(),
        };
      };
      await withLimit(ask(socket, host, keep), limits.answer);
      inspection.elapsed = elapsed();
    } else if (limits.tickets !== 0) {
      // A read fails when a record cannot be decrypted: that belongs to the result.
      await withLimit(socket.read(), limits.tickets);
    }
    const closed = withLimit(socket.close(), limits.close);
    await (failOnCloseError ? closed : closed.catch(() => {}));
  } catch (error) {
    failed(error);
  } finally {
    socket.close().catch(() => {}); // ignore how the server closes
  }
  yield { ...inspection, recording: { ...recording } };
}

/** Whether a server can be asked for /: its chain is good, and it does not speak HTTP/2. @param {Pick<Inspection, 'info' | 'verification'>} inspection */
export function canGet({ info, verification }) {
  return verification?.ok === true && info !== null && info.alpn !== 'h2';
}

/**
 * @param {TLSSocket} socket
 * @param {string} host
 * @param {(text: string) => void} keep called with all that has come so far
 * @throws {TLSError} when the connection breaks before the end of the answer
 */
async function ask(socket, host, keep) {
  const name = host.includes(':') ? `[${host}]` : host;
  await socket.write(`GET / HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`);
  const decoder = new TextDecoder();
  let text = '';
  for (let bytes = await socket.read(); bytes !== null && text.length < MAX_ANSWER_BYTES; bytes = await socket.read()) {
    text += decoder.decode(bytes, { stream: true });
    keep(text);
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} [limit] milliseconds
 * @returns {Promise<T | null>} null after the limit
 */
async function withLimit(promise, limit) {
  if (limit === undefined) return promise;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((/** @type {(value: null) => void} */ resolve) => {
    timer = setTimeout(resolve, limit, null);
  });
  promise.catch(() => {});
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * @param {unknown} error
 * @param {AbortSignal} signal the user's
 * @param {number} [total] the limit, in milliseconds, that ends the connection like the user does
 * @returns {TLSError}
 */
export function asTLSError(error, signal, total) {
  if (signal.aborted) return new TLSError('ERR_TLS_ABORTED', undefined, { cause: signal.reason });
  if (!(error instanceof TLSError)) throw error;
  return error.code === 'ERR_TLS_ABORTED'
    ? new TLSError('ERR_TLS_TIMEOUT', `The connection was not at its end after ${total} ms.`)
    : error;
}
