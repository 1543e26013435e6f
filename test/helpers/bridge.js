// Starts the real bridge for tests, on loopback and on a port that the system picks.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { createInterface } from 'node:readline'

const launcher = fileURLToPath(new URL('../../bridge/launcher.py', import.meta.url))
const interpreters = ['/usr/bin/python3', 'python3']

/** @type {string | undefined} */
let found

/**
 * The first interpreter that can import websockify: the first python3 on PATH is often one that does not
 * see Debian's packages.
 * @returns {string}
 */
export function bridgePython () {
  found ??= interpreters.find((python) =>
    spawnSync(python, ['-c', 'import importlib.util as u, sys; sys.exit(u.find_spec("websockify") is None)'])
      .status === 0)
  if (!found) {
    throw new Error(`None of ${interpreters.join(', ')} can import websockify: ` +
      'install Debian\'s package python3-websockify.')
  }
  return found
}

/**
 * Starts a bridge and waits until it listens.
 * @param {object} [options]
 * @param {string[]} [options.origins] pages that may use it, such as 'http://localhost:8080'
 * @param {string[]} [options.allowTargets] 'host:port' of targets that may be private
 * @param {boolean} [options.allowMissingOrigin] let clients in that send no Origin, as Node's do
 * @param {string[]} [options.args] further arguments of the launcher
 * @returns {Promise<{url: string, port: number, pid: number, stderr: () => string, close: () => Promise<void>}>}
 *   `url` takes '/?token=host:port'; `stderr` is the log so far; `close` ends this bridge and its children
 */
export async function startBridge ({ origins = [], allowTargets = [], allowMissingOrigin = true, args = [] } = {}) {
  const child = spawn(bridgePython(), [
    launcher,
    '--listen', '127.0.0.1:0',
    ...origins.flatMap((origin) => ['--origin', origin]),
    ...allowTargets.flatMap((target) => ['--allow-target', target]),
    ...(allowMissingOrigin ? ['--allow-missing-origin'] : []),
    ...args
  ], { stdio: ['ignore', 'pipe', 'pipe'] })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text) => { log += text })
  const exited = once(child, 'exit')
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => String(text)),
    // 'close', not 'exit': by then all of standard error has been read.
    once(child, 'close').then(() => null)
  ])
  if (line === null) throw new Error(`The bridge did not start: ${log.trim()}`)
  const { listening, port } = JSON.parse(line)
  return {
    url: `ws://${listening}:${port}`,
    port,
    pid: /** @type {number} */ (child.pid),
    stderr: () => log,
    async close () {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await exited
    }
  }
}
