/** Runs an inspection and verifies its chain. Nothing here touches the DOM. */
import { TLSError, TrustStore } from '../../../dist/index.js';
import { labFile } from './config.js';
import { criteriaFor, verifyAgain } from './criteria.js';
import { asTLSError, canGet, inspectServer } from './inspect-server.js';
import { newRecording } from './recorder.js';

/** @typedef {import('../types.js').Request} Request */
/** @typedef {import('../types.js').Result} Result */

/** For the connection and the handshake. */
const OUTCOME_TIMEOUT_MS = 20_000;
/** After the handshake, in milliseconds. */
const CLOSING_TIMEOUTS = { answer: 10_000, tickets: 250, close: 250 };

/**
 * Yields the result as soon as there is an outcome, and again when the connection has ended, with session tickets and the
 * answer if there are any.
 * @param {Request} request
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<Result, void>}
 * @throws {unknown} errors other than TLSError
 */
export async function* inspect(request, signal) {
  const started = performance.now();
  const recording = newRecording();
  const { lab, target, address, starttls, bridge, get, tamper } = request;
  /** @type {Result} */
  let result = {
    request,
    info: null,
    verification: null,
    error: null,
    criteria: null,
    recording: null,
    answer: null,
    elapsed: 0,
  };
  /** @type {import('../types.js').Criteria} */
  let criteria;
  try {
    if (lab && !target) {
      yield await verifyFromFiles(result, lab, started);
      return;
    }
    criteria = await criteriaFor(request);
    signal.throwIfAborted();
  } catch (error) {
    yield { ...result, error: asTLSError(error, signal), elapsed: performance.now() - started };
    return;
  }
  const { hostname, now, profile, trust, crls } = criteria;
  const updates = inspectServer({
    target: target ?? address,
    starttls,
    bridge,
    options: {
      trust: trust.store,
      servername: hostname,
      now,
      profile,
      crls: crls ?? undefined,
      ALPNProtocols: starttls ? undefined : get ? ['http/1.1'] : ['h2', 'http/1.1'],
      timeout: OUTCOME_TIMEOUT_MS,
      keylog: (line) => recording.keylog.push(line),
    },
    host: hostname,
    get: get && starttls === null,
    failOnCloseError: starttls === null, // Exim answers close_notify in plaintext
    ...{ tamper, recording, started, timeouts: CLOSING_TIMEOUTS, signal },
  });
  result = { ...result, criteria };
  for await (const { elapsed, error, ...inspection } of updates) {
    if (result.info === null) {
      result = { ...result, ...inspection, error, elapsed };
      yield result;
      if (result.info) recording.verifying = await measureVerification(result);
    } else {
      // A user who cancels now has the outcome already.
      yield { ...result, ...inspection, error: error?.code === 'ERR_TLS_ABORTED' ? null : error };
    }
  }
}

/**
 * Verifies the chain of a lab case that has no running server, from the lab's files.
 * @param {Result} result
 * @param {import('../types.js').LabCase} lab
 * @param {number} started
 * @returns {Promise<Result>}
 * @throws {TLSError} if the case has no chain
 */
async function verifyFromFiles(result, lab, started) {
  if (!lab.hasChain) {
    throw new TLSError('ERR_TLS_NO_TRANSPORT', 'This case needs a live connection, but no server is running for it.');
  }
  const [criteria, chain] = await Promise.all([criteriaFor(result.request), labFile(lab, 'chain')]);
  const verification = await verifyAgain(chain, criteria);
  return { ...result, criteria, verification, elapsed: performance.now() - started };
}

/**
 * Verifies the chain again to measure it: the duration of the first verification, during the handshake, is unknown.
 * @param {Result} result
 */
async function measureVerification({ criteria, verification }) {
  if (!criteria || !verification) return null;
  const started = performance.now();
  await verifyAgain(verification.sent, criteria);
  return performance.now() - started;
}

/** Whether GET / is requested and can be sent. @param {Result} result */
export function willGet(result) {
  return result.request.get && result.request.starttls === null && canGet(result);
}

/** Loads the TLS client in advance; a failure is reported when it is used. */
export function warmUp() {
  TrustStore.from().catch(() => {});
}
