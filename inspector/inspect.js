/** Looks at a server: connects, judges, hangs up. Nothing here touches the page. */
import { connect, TLSError, TrustStore } from '../dist/index.js';

/** @typedef {import('../dist/index.js').Info} Info */
/** @typedef {import('../dist/index.js').Verification} Verification */

/**
 * A server of the lab, as config.json has it.
 * @typedef {object} LabEntry
 * @property {string} id
 * @property {string} group
 * @property {string} title
 * @property {string} explain
 * @property {string} hostname
 * @property {string} target
 * @property {string | null} clock
 * @property {'webpki' | 'rfc5280' | 'suiteb'} profile
 * @property {boolean} hasCrl
 * @property {'good' | 'bad' | 'fails'} expected
 * @property {string[]} flags
 */

/** @typedef {{ bridge: string, lab: LabEntry[] }} Config */

/**
 * @typedef {object} Request
 * @property {string} address host or host:port, as the user knows it
 * @property {string} bridge
 * @property {LabEntry | null} lab where the address is one of the lab's servers
 */

/**
 * What came of it. `info` is there after a handshake, `error` when there was none; `verification` in both cases,
 * if the server's certificates came at all.
 * @typedef {object} Result
 * @property {Request} request
 * @property {Info | null} info
 * @property {Verification | null} verification
 * @property {TLSError | null} error
 * @property {{ name: string, size: number } | null} trust
 * @property {number} elapsed milliseconds
 */

/** How long a look may take, in milliseconds. */
export const TIMEOUT = 20_000;

/** @returns {Promise<Config>} */
export async function loadConfig() {
  const response = await fetch('config.json');
  if (!response.ok) throw new Error(`config.json: HTTP status ${response.status}`);
  return response.json();
}

/**
 * A bad chain does not end the handshake here: it is to be seen whole. Nothing is sent to the server after it.
 * @param {Request} request
 * @param {AbortSignal} signal
 * @returns {Promise<Result>}
 * @throws {unknown} only what is no TLSError
 */
export async function inspect(request, signal) {
  const { address, bridge, lab } = request;
  const started = performance.now();
  /** @type {Result} */
  const result = { request, info: null, verification: null, error: null, trust: null, elapsed: 0 };
  try {
    const trust = lab ? await labTrust(lab) : await mozillaTrust();
    signal.throwIfAborted();
    result.trust = { name: lab ? "the lab's own root" : "Mozilla's list", size: trust.size };
    const crls = lab?.hasCrl ? await labFile(lab, 'crl') : undefined;
    const socket = connect(lab ? lab.target : address, {
      bridge,
      trust,
      crls,
      profile: lab?.profile,
      servername: lab?.hostname,
      now: lab?.clock ? new Date(lab.clock) : undefined,
      ALPNProtocols: ['h2', 'http/1.1'],
      rejectUnauthorized: false,
      timeout: TIMEOUT,
      signal,
    });
    result.info = await socket.opened;
    result.verification = result.info.verification;
    socket.close().catch(() => {}); // it has been seen; how the server takes leave does not matter
  } catch (error) {
    result.error = asTLSError(error, signal);
    result.verification = result.error.verification ?? null;
  }
  result.elapsed = performance.now() - started;
  return result;
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

/** @type {Promise<TrustStore> | undefined} */
let mozilla;

/** Loaded at the first use, then shared. */
function mozillaTrust() {
  mozilla ??= TrustStore.mozilla().catch((error) => {
    mozilla = undefined;
    throw error;
  });
  return mozilla;
}

/** @param {LabEntry} lab */
async function labTrust(lab) {
  return TrustStore.from(await labFile(lab, 'roots'));
}

/**
 * @param {LabEntry} lab
 * @param {'roots' | 'crl'} what
 */
async function labFile({ id }, what) {
  const path = `lab/${id}/${what}.pem`;
  const response = await fetch(path);
  if (!response.ok) throw new TLSError('ERR_TLS_LOAD', `${path} could not be loaded: HTTP status ${response.status}.`);
  return response.text();
}
