/**
 * `pagetls bridge`: runs the bridge that comes with the package. It is a Python program; the process of the command line
 * stays as its parent.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The same from js/ and from dist/. */
const LAUNCHER = fileURLToPath(new URL('../bridge/launcher.py', import.meta.url));

/** The first python3 on PATH may be one that does not see Debian's packages; a virtual environment comes before it. */
const PYTHONS = ['python3', '/usr/bin/python3', 'python'];

/** Ignores the working directory, where a folder named websockify would do. */
const PROBE = `
import importlib.util, sys
sys.path[:] = filter(None, sys.path)
sys.exit(sys.version_info < (3, 11) or importlib.util.find_spec("websockify") is None)
`;

/** Passed on to the bridge, which has its own process group: signals of a terminal reach it only once. */
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

const HELP = `Usage:
  pagetls bridge [options]   run a bridge: a WebSocket through which pages reach TCP servers

The bridge needs Linux, Python 3.11 or later and websockify: Debian's package python3-websockify, or elsewhere
"pip install websockify". PAGETLS_PYTHON says which Python to use; without it, the first that has websockify of
${PYTHONS.join(', ')}.

For pages of http://localhost:8080, to port 443 of any public host:
  pagetls bridge --listen 127.0.0.1:8081 --origin http://localhost:8080
It stops with this command. Exit codes: 0 after SIGINT or SIGTERM, 1 it cannot run, 2 wrong usage or no such Python.

`;

/**
 * @param {string[]} [pythons] to choose from, without PAGETLS_PYTHON
 * @returns {string} the first one that is new enough and has websockify
 * @throws {Error} that says what to install
 */
export function pythonWithWebsockify(pythons = PYTHONS) {
  const chosen = process.env.PAGETLS_PYTHON;
  const candidates = chosen ? [chosen] : pythons;
  const python = candidates.find((name) => spawnSync(name, ['-c', PROBE], { stdio: 'ignore' }).status === 0);
  if (python !== undefined) return python;
  const tried = chosen ? `PAGETLS_PYTHON (${chosen}) is not` : `none of ${candidates.join(', ')} is`;
  throw new Error(
    `The bridge needs Python 3.11 or later with websockify, which ${tried}: install Debian's package ` +
      'python3-websockify, or elsewhere run "python3 -m pip install websockify".',
  );
}

/**
 * Runs the bridge until it ends. If a signal ended it, the same signal ends this process.
 * @param {string[]} args options of the bridge
 * @returns {Promise<number>} its exit code
 */
export async function runBridge(args) {
  if (args.includes('--help') || args.includes('-h')) process.stdout.write(HELP);
  if (process.platform !== 'linux') throw new Error('The bridge runs on Linux only.');
  const child = spawn(pythonWithWebsockify(), [LAUNCHER, '--parent-pid', String(process.pid), ...args], {
    stdio: 'inherit',
    detached: true,
  });
  const forward = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, forward);
  const [code, signal] = await once(child, 'exit');
  for (const name of SIGNALS) process.off(name, forward);
  if (signal === null) return code;
  process.kill(process.pid, signal);
  return 128 + constants.signals[/** @type {NodeJS.Signals} */ (signal)]; // where signals do not end processes
}
