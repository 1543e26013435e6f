/**
 * Starts the bridge (bridge/launcher.py) on loopback, on a port that the system picks.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { findProgram, inProject, UserError } from './run.js';

const INTERPRETERS = ['/usr/bin/python3', 'python3'];

/** @type {string | undefined} */
let foundPython;

/**
 * The first interpreter that can import websockify: the first python3 on PATH is often one that does not
 * see Debian's packages.
 * @returns {string}
 * @throws {UserError}
 */
export function bridgePython() {
  const probe = 'import importlib.util as u, sys; sys.exit(u.find_spec("websockify") is None)';
  foundPython ??= INTERPRETERS.find((python) => spawnSync(python, ['-c', probe]).status === 0);
  if (foundPython === undefined) {
    throw new UserError(
      `None of ${INTERPRETERS.join(', ')} can import websockify: install Debian's package python3-websockify.`,
    );
  }
  return foundPython;
}

/**
 * @typedef {object} Bridge
 * @property {string} url takes '/?token=host:port'
 * @property {number} port
 * @property {number} pid
 * @property {() => string} stderr the log so far
 * @property {Promise<void>} ended resolves when it has ended, for whatever reason
 * @property {() => Promise<void>} close ends this bridge and its children
 */

/**
 * Starts a bridge and waits until it listens.
 * @param {object} [options]
 * @param {string[]} [options.origins] pages that may use it, such as 'http://localhost:8080'
 * @param {string[]} [options.allowTargets] 'host:port' of targets that may be private
 * @param {boolean} [options.allowMissingOrigin] let clients in that send no Origin, as Node's do
 * @param {string[]} [options.program] the program that runs it, with its own first arguments; default bridge/launcher.py
 * @param {string[]} [options.args] further arguments of the launcher
 * @returns {Promise<Bridge>}
 * @throws {UserError} with what it said, when it does not start
 */
export async function startBridge({
  origins = [],
  allowTargets = [],
  allowMissingOrigin = false,
  program = [inProject('bridge/launcher.py')],
  args = [],
} = {}) {
  const setpriv = findProgram('setpriv');
  const child = spawn(
    setpriv ?? bridgePython(),
    [
      // So that it ends with this process even when that is killed.
      ...(setpriv === undefined ? [] : ['--pdeathsig', 'TERM', bridgePython()]),
      ...program,
      '--listen',
      '127.0.0.1:0',
      ...origins.flatMap((origin) => ['--origin', origin]),
      ...allowTargets.flatMap((target) => ['--allow-target', target]),
      ...(allowMissingOrigin ? ['--allow-missing-origin'] : []),
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log += text;
  });
  const ended = once(child, 'exit').then(() => {});
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text)),
    // 'close', not 'exit': by then all of standard error has been read.
    once(child, 'close').then(() => null),
  ]);
  if (line === null) throw new UserError(`The bridge did not start: ${log.trim()}`);
  const { listening, port } = JSON.parse(line);
  return {
    url: `ws://${listening}:${port}`,
    port,
    pid: /** @type {number} */ (child.pid),
    stderr: () => log,
    ended,
    async close() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
    },
  };
}
