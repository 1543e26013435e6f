/** What carries a WebSocket to a TCP target: our bridge, and what it is compared with. All on loopback. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { bridgePython, startBridge } from '../../scripts/bridge.js';
import { findProgram, UserError } from '../../scripts/run.js';

/**
 * @typedef {object} Relay
 * @property {string} name
 * @property {string} url of a WebSocket to the target
 * @property {number} pid of its first process
 * @property {number} share of the bytes that the others carry, for one that would take too long
 * @property {() => Promise<void>} close
 */

/** @param {string} file of this folder */
const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/**
 * A program that says where it listens with a line of JSON; it ends with this process.
 * @param {string} name
 * @param {string[]} command
 * @param {number} [share]
 * @returns {Promise<Relay>}
 */
async function start(name, command, share = 1) {
  const setpriv = findProgram('setpriv');
  const [program, ...args] = setpriv === undefined ? command : [setpriv, '--pdeathsig', 'TERM', ...command];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(() => undefined),
  ]);
  if (line === undefined) throw new UserError(`${name} did not start.`);
  return {
    name,
    url: `ws://127.0.0.1:${JSON.parse(line[0]).port}/`,
    pid: /** @type {number} */ (child.pid),
    share,
    async close() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The version of a Python package, or nothing. @param {string} name */
function versionOf(name) {
  const ask = 'import importlib.metadata as m, sys; print(m.version(sys.argv[1]))';
  const { status, stdout } = spawnSync(bridgePython(), ['-c', ask, name], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * @param {number} port of the target
 * @param {(text: string) => void} note
 * @returns {Promise<Relay[]>} ours first
 * @throws {UserError} where the bridge cannot be started
 */
export async function startRelays(port, note) {
  const token = `127.0.0.1:${port}`;
  const bridge = await startBridge({
    allowMissingOrigin: true,
    allowTargets: [token],
    args: ['--max-per-address', '0', '--max-connections', '1000'],
  });
  const target = ['127.0.0.1', String(port)];
  const stock = [bridgePython(), '-B', here('stock_websockify.py'), ...target];
  const websockify = `websockify ${versionOf('websockify')}`;
  const relays = [
    { name: 'bridge', url: `${bridge.url}/?token=${token}`, pid: bridge.pid, share: 1, close: bridge.close },
  ];
  if (versionOf('numpy') === undefined) note(`${websockify} with numpy: install Debian's package python3-numpy.`);
  else relays.push(await start(`${websockify}, numpy`, stock));
  relays.push(await start(`${websockify}, no numpy`, [...stock, '--without-numpy'], 1 / 16));
  relays.push(await startPlainRelay(port));
  return relays;
}

/** A server of the Wisp protocol, which some peers need. @param {number} port of the target */
export function startWisp(port) {
  return start('Wisp server', [process.execPath, here('wisp-process.js'), String(port)]);
}

/** A relay without anything of ours. @param {number} port of the target */
export function startPlainRelay(port) {
  return start('plain relay in Node', [process.execPath, here('relay-process.js'), '127.0.0.1', String(port)]);
}
