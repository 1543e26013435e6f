/** A connection to a server of the lab: connects, judges, asks for something when the chain is good, hangs up. */
import { connect, TLSError, websockify } from '../../../dist/index.js';
import { newRecording, recordingTransport } from './recorder.js';

/** @typedef {import('../types.js').LabCase} LabCase */
/** @typedef {import('../types.js').Recording} Recording */
/** @typedef {import('../types.js').Tamper} Tamper */
/** @typedef {import('../types.js').Verification} Verification */
/** @typedef {import('../types.js').Info} Info */
/** @typedef {import('./lab.js').Judge} Judge */
/** @typedef {import('./lab.js').Settings} Settings */

/**
 * What came of a connection. `info` is there after a handshake, `error` when there was none or when the connection broke
 * after it.
 * @typedef {object} LiveResult
 * @property {Info | null} info
 * @property {Verification | null} verification
 * @property {TLSError | null} error
 * @property {string | null} answer the first line of what came for a request
 * @property {Recording} recording
 * @property {number} elapsed milliseconds, until the answer or the error
 */

/** How long all of it may take, in milliseconds: the servers are near. */
const TIMEOUT = 8000;
/** How many bytes of an answer are read. */
const ENOUGH = 64 * 1024;

/**
 * A bad chain does not end the handshake here: it is to be seen whole. Nothing is sent to the server after it.
 * @param {object} what
 * @param {string} what.bridge
 * @param {string} what.target host:port
 * @param {Judge} what.judge
 * @param {Settings} what.settings
 * @param {Tamper | null} [what.tamper]
 * @param {AbortSignal} what.signal
 * @returns {Promise<LiveResult>}
 * @throws {unknown} only what is no TLSError
 */
export async function connectLive({ bridge, target, judge, settings, tamper = null, signal }) {
  const started = performance.now();
  const recording = newRecording();
  /** @type {LiveResult} */
  const result = { info: null, verification: null, error: null, answer: null, recording, elapsed: 0 };
  try {
    const socket = connect(target, {
      ...(await judge.options(settings)),
      servername: settings.hostname,
      transport: recordingTransport(websockify(bridge), recording, { started, tamper }),
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: false,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
    });
    result.info = await socket.opened;
    recording.handshake = performance.now() - started;
    result.verification = result.info.verification;
    if (result.verification.ok) result.answer = await ask(socket, settings.hostname);
    result.elapsed = performance.now() - started;
    await socket.close().catch(() => {}); // it has been seen; how the server takes leave does not matter
  } catch (error) {
    result.error = asTLSError(error, signal);
    result.verification ??= result.error.verification ?? null;
    result.elapsed = performance.now() - started;
  }
  return result;
}

/** @param {import('../../../dist/index.js').TLSSocket} socket @param {string} host */
async function ask(socket, host) {
  await socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  const decoder = new TextDecoder();
  let text = '';
  for (let bytes = await socket.read(); bytes !== null && text.length < ENOUGH; bytes = await socket.read()) {
    text += decoder.decode(bytes, { stream: true });
  }
  return text.split('\r\n', 1)[0];
}

/** @param {unknown} error @param {AbortSignal} signal the user's */
function asTLSError(error, signal) {
  if (signal.aborted) return new TLSError('ERR_TLS_ABORTED', undefined, { cause: signal.reason });
  if (!(error instanceof TLSError)) throw error;
  return error.code === 'ERR_TLS_ABORTED'
    ? new TLSError('ERR_TLS_TIMEOUT', `The connection was not at its end after ${TIMEOUT} ms.`)
    : error;
}
