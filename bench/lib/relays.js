/** WebSocket-to-TCP relays on loopback: our bridge, and others to compare it with. */
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
 * @property {number} pid of its parent process
 * @property {number} share of the usual bytes to upload; less than 1 for a slow relay
 * @property {() => Promise<void>} close
 */

/** @param {string} file in this folder */
const scriptPath = (file) => fileURLToPath(new URL(file, import.meta.url));

/**
 * Starts a program that prints its port as a line of JSON. It ends when this process ends.
 * @param {string} name
 * @param {string[]} command
 * @param {number} [share]
 * @returns {Promise<Relay>}
 */
async function startProcess(name, command, share = 1) {
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

/** The version of a Python package; undefined if it is not installed. @param {string} name */
function pythonPackageVersion(name) {
  const code = 'import importlib.metadata as m, sys; print(m.version(sys.argv[1]))';
  const { status, stdout } = spawnSync(bridgePython(), ['-c', code, name], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * @param {number} port of the target
 * @param {(text: string) => void} note
 * @returns {Promise<Relay[]>} ours first
 * @throws {UserError} if the bridge cannot be started
 */
export async function startRelays(port, note) {
  const token = `127.0.0.1:${port}`;
  const bridge = await startBridge({
    allowMissingOrigin: true,
    allowTargets: [token],
    args: ['--max-per-address', '0', '--max-connections', '1000'],
  });
  const target = ['127.0.0.1', String(port)];
  const stock = [bridgePython(), '-B', scriptPath('stock_websockify.py'), ...target];
  const websockify = `websockify ${pythonPackageVersion('websockify')}`;
  const relays = [
    { name: 'bridge', url: `${bridge.url}/?token=${token}`, pid: bridge.pid, share: 1, close: bridge.close },
  ];
  if (pythonPackageVersion('numpy') === undefined)
    note(`${websockify} with numpy: install Debian's package python3-numpy.`);
  else relays.push(await startProcess(`${websockify}, numpy`, stock));
  relays.push(await startProcess(`${websockify}, no numpy`, [...stock, '--without-numpy'], 1 / 16));
  relays.push(await startPlainRelay(port));
  return relays;
}

/** Starts a Wisp server, which some peers need. @param {number} port of the target */
export function startWisp(port) {
  return startProcess('Wisp server', [process.execPath, scriptPath('wisp-process.js'), String(port)]);
}

/** Starts a relay that contains none of pagetls's code. @param {number} port of the target */
export function startPlainRelay(port) {
  return startProcess('plain relay in Node', [
    process.execPath,
    scriptPath('relay-process.js'),
    '127.0.0.1',
    String(port),
  ]);
}
