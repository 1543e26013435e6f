/** The real bridge, configured as by `npm start`, but also for Node clients, which send no Origin. */
import { startBridge as start } from '../../scripts/bridge.js';
import { inProject } from '../../scripts/run.js';

export { bridgePython } from '../../scripts/bridge.js';

/** @param {Parameters<typeof start>[0]} [options] */
export function startBridge(options) {
  return start({ allowMissingOrigin: true, ...options });
}

/**
 * The bridge with a fake network (bridge_with_fake_network.py): it dials loopback only.
 * @param {object} network
 * @param {Record<string, string[][]>} [network.names] results of the first, second, … lookup of 'name.'
 * @param {Record<string, number>} [network.standsFor] loopback ports in place of public addresses
 * @param {string[]} [network.own] addresses treated as the bridge's own
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
    /** Addresses that the bridge tried to dial outside loopback. */
    dialled: () => lines().flatMap((line) => ('dialled' in line ? [line.dialled] : [])),
    asked: () => lines().flatMap((line) => ('asked' in line ? [line.asked] : [])),
  };
}
