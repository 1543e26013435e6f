/** Inspects a live server of the lab. The servers are local, so a short timeout is enough. */
import { inspectServer } from './inspect-server.js';
import { newRecording } from './recorder.js';

/** For the whole connection. */
const TIMEOUT_MS = 8000;

/**
 * @param {object} what
 * @param {string} what.bridge
 * @param {string} what.target host:port
 * @param {import('./lab.js').CaseVerifier} what.verifier
 * @param {import('./lab.js').Settings} what.settings
 * @param {import('../types.js').Tamper | null} what.tamper
 * @param {AbortSignal} what.signal
 * @returns {Promise<import('./inspect-server.js').Inspection>} at the end of the connection
 * @throws {unknown} any error that is not a TLSError
 */
export async function inspectLive({ bridge, target, verifier, settings, tamper, signal }) {
  const started = performance.now();
  const recording = newRecording();
  const options = async () => ({
    ...(await verifier.options(settings)),
    servername: settings.hostname,
    ALPNProtocols: ['http/1.1'],
    keylog: (/** @type {string} */ line) => recording.keylog.push(line),
  });
  const updates = inspectServer({
    ...{ target, bridge, tamper, started, signal, recording },
    options: options(),
    host: settings.hostname,
    get: true,
    failOnCloseError: false,
    timeouts: { total: TIMEOUT_MS, tickets: 0 },
  });
  /** @type {import('./inspect-server.js').Inspection | undefined} */
  let last;
  for await (const inspection of updates) last = inspection;
  return /** @type {import('./inspect-server.js').Inspection} */ (last);
}
