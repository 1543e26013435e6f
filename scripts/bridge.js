/**
 * Starts the bridge (bridge/launcher.py) on loopback, on a port picked by the system.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { pythonWithWebsockify } from '../js/cli-bridge.js';
import { inProject, UserError } from './run.js';

const INTERPRETERS = ['/usr/bin/python3', 'python3'];

/** @type {string | undefined} */
let foundPython;

/**
 * The first interpreter that can import websockify. The first python3 on PATH often does not see Debian's packages.
 * @returns {string}
 * @throws {UserError}
 */
export function bridgePython() {
  try {
    foundPython ??= pythonWithWebsockify(INTERPRETERS);
  } catch (error) {
    throw new UserError(/** @type {Error} */ (error).message);
  }
  return foundPython;
}

/**
 * @typedef {object} Bridge
 * @property {string} url append '/?token=host:port' to connect
 * @property {number} port
 * @property {number} pid
 * @property {() => string} stderr the log so far
 * @property {Promise<void>} ended resolves when the process has exited
 * @property {() => Promise<void>} close terminates the bridge and its children
 */

/**
 * Starts a bridge; resolves once it listens.
 * @param {object} [options]
 * @param {string[]} [options.origins] page origins to allow, such as 'http://localhost:8080'
 * @param {string[]} [options.allowTargets] private targets to allow, as 'host:port'
 * @param {boolean} [options.allowMissingOrigin] allow clients that send no Origin, as Node's do
 * @param {string[]} [options.program] script and its first arguments; default bridge/launcher.py
 * @param {string[]} [options.args] more arguments for the launcher
 * @returns {Promise<Bridge>}
 * @throws {UserError} with its stderr, if it does not start
 */
export async function startBridge({
  origins = [],
  allowTargets = [],
  allowMissingOrigin = false,
  program = [inProject('bridge/launcher.py')],
  args = [],
} = {}) {
  const child = spawn(
    bridgePython(),
    [
      ...program,
      '--parent-pid', // ends the bridge when this process ends, even by SIGKILL
      String(process.pid),
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
    // 'close', not 'exit', so that all of stderr has been read.
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
