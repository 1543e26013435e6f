/** What the inspector looks at, and by what it judges it. Nothing here touches the page. */
import { TLSError, TrustStore } from '../../../dist/index.js';
import { labFile } from './config.js';
import { criteriaFor, verifyAgain } from './criteria.js';
import { asTLSError, canGet, inspectServer } from './inspect-server.js';
import { newRecording } from './recorder.js';

/** @typedef {import('../types.js').Request} Request */
/** @typedef {import('../types.js').Result} Result */

/** How long a look may take until there is a outcome, in milliseconds. */
const TIMEOUT_MS = 20_000;
const LIMITS = { answer: 10_000, tickets: 250, close: 250 };

/**
 * Yields what was found as soon as there is a outcome, and once more when the connection has ended: by then there may be
 * session tickets and an answer.
 * @param {Request} request
 * @param {AbortSignal} signal
 * @returns {AsyncGenerator<Result, void>}
 * @throws {unknown} only what is no TLSError
 */
export async function* inspect(request, signal) {
  const started = performance.now();
  const recording = newRecording();
  const { lab, target, address, bridge, get, tamper } = request;
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
      yield await fromFiles(result, lab, started);
      return;
    }
    criteria = await criteriaFor(request, hostOf(address));
    signal.throwIfAborted();
  } catch (error) {
    yield { ...result, error: asTLSError(error, signal), elapsed: performance.now() - started };
    return;
  }
  const { hostname, now, profile, trust, crls } = criteria;
  const updates = inspectServer({
    target: target ?? address,
    bridge,
    options: {
      trust: trust.store,
      servername: hostname,
      now,
      profile,
      crls: crls ?? undefined,
      ALPNProtocols: get ? ['http/1.1'] : ['h2', 'http/1.1'],
      timeout: TIMEOUT_MS,
      keylog: (line) => recording.keylog.push(line),
    },
    host: hostname,
    get,
    failOnCloseError: true,
    ...{ tamper, recording, started, limits: LIMITS, signal },
  });
  result = { ...result, criteria };
  for await (const { elapsed, error, ...inspection } of updates) {
    if (result.info === null) {
      result = { ...result, ...inspection, error, elapsed };
      yield result;
      if (result.info) recording.verifying = await timeToVerify(result);
    } else {
      // Who cancels now has the outcome already.
      yield { ...result, ...inspection, error: error?.code === 'ERR_TLS_ABORTED' ? null : error };
    }
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
  const [criteria, chain] = await Promise.all([criteriaFor(result.request, ''), labFile(lab, 'chain')]);
  const verification = await verifyAgain(chain, criteria);
  return { ...result, criteria, verification, elapsed: performance.now() - started };
}

/**
 * Judges the chain once more: how long the first time took is not known, as it was in the middle of the handshake.
 * @param {Result} result
 */
async function timeToVerify({ criteria, verification }) {
  if (!criteria || !verification) return null;
  const started = performance.now();
  await verifyAgain(verification.sent, criteria);
  return performance.now() - started;
}

/** Whether / is asked for: where that was wished for, and it can be. @param {Result} result */
export function willGet(result) {
  return result.request.get && canGet(result);
}

/** What is before the port, for the name to judge by. @param {string} address */
function hostOf(address) {
  return /^\[(.*)\](?::\d*)?$/.exec(address)?.[1] ?? (/^[^:]*(?=:\d*$)/.exec(address)?.[0] || address);
}

/** Loads the TLS client before it is needed; a failure will show when it is. */
export function warmUp() {
  TrustStore.from().catch(() => {});
}
