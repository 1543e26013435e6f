/** Looks at a server: connects, judges, hangs up. Nothing here touches the page. */
import { connect, TLSError, TrustStore, websockify } from '../../../dist/index.js';
import { labFile } from './config.js';
import { judge, judgingFor } from './judging.js';
import { newRecording, recordingTransport } from './recorder.js';

/** @typedef {import('../../../dist/index.js').TLSSocket} TLSSocket */
/** @typedef {import('../types.js').Recording} Recording */
/** @typedef {import('../types.js').Request} Request */
/** @typedef {import('../types.js').Result} Result */

/** How long a look may take, in milliseconds. */
export const TIMEOUT = 20_000;
/** How long to wait, in milliseconds, for what a server says after the handshake unasked: session tickets. */
const AFTER = 250;
/** The same for its answer to a request, and how much of that is read, in bytes. */
const ANSWER = 10_000;
const ENOUGH = 64 * 1024;

/**
 * A bad chain does not end the handshake here: it is to be seen whole. Nothing is sent to such a server after it.
 *
 * Yields what was found as soon as there is a verdict, and once more when the connection has ended: by then there may be
 * session tickets and an answer.
 * @param {Request} request
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<Result, void>}
 * @throws {unknown} only what is no TLSError
 */
export async function* inspect(request, signal) {
  const started = performance.now();
  const recording = newRecording();
  /** @type {Result} */
  let result = {
    request,
    info: null,
    verification: null,
    error: null,
    judging: null,
    recording: null,
    answer: null,
    elapsed: 0,
  };
  /** @type {TLSSocket | undefined} */
  let socket;
  try {
    const { lab, target, address, bridge } = request;
    if (lab && !target) {
      yield await fromFiles(result, lab, started);
      return;
    }
    const transport = bridge ? recordingTransport(websockify(bridge), recording, { started, ...request }) : undefined;
    const judging = await judgingFor(request, hostOf(address));
    signal.throwIfAborted();
    result.judging = judging;
    result.recording = recording;
    socket = connect(target ?? address, {
      transport,
      trust: judging.trust.store,
      servername: judging.hostname,
      now: judging.now,
      profile: judging.profile,
      crls: judging.crls ?? undefined,
      ALPNProtocols: request.get ? ['http/1.1'] : ['h2', 'http/1.1'],
      rejectUnauthorized: false,
      timeout: TIMEOUT,
      signal,
      keylog: (line) => recording.keylog.push(line),
    });
    const info = await socket.opened;
    const { verification } = info;
    recording.handshake = performance.now() - started;
    result = { ...result, info, verification };
  } catch (error) {
    const known = asTLSError(error, signal);
    result = { ...result, error: known, verification: known.verification ?? null };
  }
  result.elapsed = performance.now() - started;
  yield result;
  if (socket && result.info) {
    recording.judging = await timeToJudge(result);
    const after = await afterHandshake(socket, result, started, signal);
    yield { ...result, ...after, recording: { ...recording } };
  }
}

/**
 * What there is to see of a case whose server is not here: its chain, out of the files of the lab.
 * @param {Result} result
 * @param {import('../types.js').LabCase} lab
 * @param {number} started
 * @returns {Promise<Result>}
 * @throws {TLSError} where it is about no chain
 */
async function fromFiles(result, lab, started) {
  if (!lab.hasChain) {
    throw new TLSError('ERR_TLS_NO_TRANSPORT', 'This case shows in a live connection only, and has no server here.');
  }
  const [judging, chain] = await Promise.all([judgingFor(result.request, ''), labFile(lab, 'chain')]);
  const verification = await judge(chain, judging);
  return { ...result, judging, verification, elapsed: performance.now() - started };
}

/**
 * Judges the chain once more: how long the first time took is not known, as it was in the middle of the handshake.
 * @param {Result} result
 */
async function timeToJudge({ judging, verification }) {
  if (!judging || !verification) return null;
  const started = performance.now();
  await judge(verification.sent, judging);
  return performance.now() - started;
}

/** Whether / is asked for: where that was wished for, and the chain is good. @param {Result} result */
export function willAsk({ request, info, verification }) {
  return request.get && verification?.ok === true && info !== null && info.alpn !== 'h2';
}

/**
 * Asks for / where that was wished for, waits for what comes after the handshake, and hangs up.
 * @param {TLSSocket} socket
 * @param {Result} result
 * @param {number} started
 * @param {AbortSignal} signal
 * @returns {Promise<Partial<Result>>}
 */
async function afterHandshake(socket, result, started, signal) {
  /** @type {Partial<Result>} */
  const after = {};
  try {
    if (willAsk(result)) {
      await withLimit(ask(socket, result.judging?.hostname ?? '', started, after), ANSWER);
    } else {
      // A read fails when a record cannot be taken: that belongs to what was found.
      await withLimit(socket.read(), AFTER);
    }
    await withLimit(socket.close(), AFTER);
  } catch (error) {
    if (!signal.aborted && error instanceof TLSError) after.error = error;
  } finally {
    socket.close().catch(() => {}); // how the server takes leave does not matter
  }
  return after;
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} limit milliseconds
 * @returns {Promise<T | null>} null after the limit
 */
async function withLimit(promise, limit) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((/** @type {(value: null) => void} */ resolve) => {
    timer = setTimeout(resolve, limit, null);
  });
  promise.catch(() => {});
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * @param {TLSSocket} socket
 * @param {string} host
 * @param {number} started
 * @param {Partial<Result>} after takes the answer as it comes
 * @throws {TLSError} when the connection breaks before the end of the answer
 */
async function ask(socket, host, started, after) {
  const name = host.includes(':') ? `[${host}]` : host;
  await socket.write(`GET / HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`);
  const decoder = new TextDecoder();
  let text = '';
  for (let bytes = await socket.read(); bytes !== null && text.length < ENOUGH; bytes = await socket.read()) {
    text += decoder.decode(bytes, { stream: true });
    const [status, ...headers] = text.split('\r\n\r\n', 1)[0].split('\r\n');
    const firstByte = after.answer?.firstByte ?? performance.now() - started;
    after.answer = { status, headers: headers.join('\n'), firstByte };
  }
}

/** What is before the port, for the name to judge by. @param {string} address */
function hostOf(address) {
  return /^\[(.*)\](?::\d*)?$/.exec(address)?.[1] ?? (/^[^:]*(?=:\d*$)/.exec(address)?.[0] || address);
}

/**
 * @param {unknown} error
 * @param {AbortSignal} signal
 */
function asTLSError(error, signal) {
  if (error instanceof TLSError) return error;
  if (signal.aborted) return new TLSError('ERR_TLS_ABORTED', undefined, { cause: signal.reason });
  throw error;
}

/** Loads the TLS client before it is needed; a failure will show when it is. */
export function warmUp() {
  TrustStore.from().catch(() => {});
}
