/** A look at a server of the lab: they are near, and the connection runs to its end. */
import { inspectServer } from './inspect-server.js';
import { newRecording } from './recorder.js';

/** How long all of it may take, in milliseconds. */
const TIMEOUT = 8000;

/**
 * @param {object} what
 * @param {string} what.bridge
 * @param {string} what.target host:port
 * @param {import('./lab.js').CaseVerifier} what.verifier
 * @param {import('./lab.js').Settings} what.settings
 * @param {import('../types.js').Tamper | null} what.tamper
 * @param {AbortSignal} what.signal
 * @returns {Promise<import('./inspect-server.js').Inspection>}
 * @throws {unknown} only what is no TLSError
 */
export async function inspectLive({ bridge, target, verifier, settings, tamper, signal }) {
  const started = performance.now();
  const options = async () => ({
    ...(await verifier.options(settings)),
    servername: settings.hostname,
    ALPNProtocols: ['http/1.1'],
  });
  const updates = inspectServer({
    ...{ target, bridge, tamper, started, signal },
    options: options(),
    host: settings.hostname,
    get: true,
    failOnCloseError: false,
    recording: newRecording(),
    limits: { total: TIMEOUT, tickets: 0 },
  });
  /** @type {import('./inspect-server.js').Inspection | undefined} */
  let last;
  for await (const inspection of updates) last = inspection;
  return /** @type {import('./inspect-server.js').Inspection} */ (last);
}
