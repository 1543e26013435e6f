/** Servers of the examples: started on loopback, ended with this process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { findProgram, UserError } from './run.js';

/** @returns {Promise<number>} a port that was free a moment ago, for servers that cannot bind to port 0 */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/** Options of setpriv that give up root, for servers that do not run as root; none if this process is not root. */
export const AS_NOBODY = process.getuid?.() === 0 ? ['--reuid=nobody', '--regid=nogroup', '--clear-groups'] : [];

/** @param {string} program @param {string[]} args @returns {[string, ...string[]]} the command that runs it without root */
export const asNobody = (program, args) =>
  AS_NOBODY.length === 0 ? [program, ...args] : ['setpriv', ...AS_NOBODY, program, ...args];

/**
 * Starts a server; resolves once it has printed that it is ready.
 * @param {string} program
 * @param {string[]} args
 * @param {object} options
 * @param {string} options.cwd
 * @param {RegExp} options.ready what it prints when it is ready
 * @param {string[]} [options.privileges] options of setpriv
 * @param {'TERM' | 'INT'} [options.signal] ends it
 * @returns {Promise<{close: () => Promise<void>}>}
 * @throws {UserError} with its output, if it exits first
 */
export async function startServer(program, args, { cwd, ready, privileges = [], signal = 'TERM' }) {
  const setpriv = findProgram('setpriv');
  // Ends the server when this process ends, even by SIGKILL.
  const command =
    setpriv === undefined ? [program, ...args] : [setpriv, '--pdeathsig', signal, ...privileges, program, ...args];
  const child = spawn(command[0], command.slice(1), { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const ended = new Promise((/** @type {(value: void) => void} */ resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const started = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        if (ready.test(output)) resolve(true);
      });
    }
    ended.then(() => resolve(false));
  });
  if (!(await started)) throw new UserError(`${program} did not start:\n${output.trimEnd()}`);
  return {
    async close() {
      child.kill(`SIG${signal}`);
      await ended;
    },
  };
}
