/** The real bridge for tests: as npm start starts it, but open to Node's clients, which send no Origin. */
import { startBridge as start } from '../../scripts/bridge.js';
import { inProject } from '../../scripts/run.js';

export { bridgePython } from '../../scripts/bridge.js';

/** @param {Parameters<typeof start>[0]} [options] */
export function startBridge(options) {
  return start({ allowMissingOrigin: true, ...options });
}

/**
 * The bridge with a network of its own (bridge_with_fake_network.py): nothing but loopback is ever dialled.
 * @param {object} network
 * @param {Record<string, string[][]>} [network.names] what a look-up of 'name.' finds, the first time, the second, …
 * @param {Record<string, number>} [network.standsFor] ports of loopback that stand for public addresses
 * @param {string[]} [network.own] addresses that are taken for the bridge's own
 * @param {Parameters<typeof start>[0]} [options]
 */
export async function startBridgeWithFakeNetwork({ names = {}, own = [], standsFor = {} }, options) {
  const program = [
    inProject('test/helpers/bridge_with_fake_network.py'),
    JSON.stringify({ names, own, stands_for: standsFor }),
  ];
  const bridge = await startBridge({ program, ...options });
  /** @returns {Record<string, unknown>[]} */
  const lines = () =>
    bridge
      .stderr()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return {
    ...bridge,
    lines,
    /** What would have been dialled, had it been let. */
    dialled: () => lines().flatMap((line) => ('dialled' in line ? [line.dialled] : [])),
    asked: () => lines().flatMap((line) => ('asked' in line ? [line.asked] : [])),
  };
}
