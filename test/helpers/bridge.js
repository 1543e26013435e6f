/** The real bridge for tests: as npm start starts it, but open to Node's clients, which send no Origin. */
import { startBridge as start } from '../../scripts/bridge.js';

export { bridgePython } from '../../scripts/bridge.js';

/** @param {Parameters<typeof start>[0]} [options] */
export function startBridge(options) {
  return start({ allowMissingOrigin: true, ...options });
}
