/**
 * Shared by all scripts: paths, running programs, and errors without a stack trace.
 * Uses only Node's own modules, because scripts run before `npm ci`.
 */
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, without a slash at the end. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** @param {string[]} parts @returns {string} a path in the project */
export function inProject(...parts) {
  return join(root, ...parts);
}

/** @param {string} folder @returns {string[]} every file in it and below, relative to it, sorted */
export function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** An error whose message tells the user what to do. runMain() prints it without a stack trace. */
export class UserError extends Error {}

/** @param {string} text */
export function print(text) {
  process.stdout.write(`${text}\n`);
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd] default: the project's folder
 * @property {Record<string, string | undefined>} [env] added to the environment
 * @property {boolean} [show] let the program write to the terminal; `stdout` and `output` are then empty
 */

/**
 * @typedef {object} ProcessResult
 * @property {number} status the exit code; 127 if the program could not be started, 128 if a signal ended it
 * @property {string} stdout
 * @property {string} output stdout and stderr, interleaved as they arrived
 */

/**
 * Runs a program and waits until it exits. A failure is not an exception: check `status`.
 * @param {string} program
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<ProcessResult>}
 */
export function run(program, args, { cwd = root, env = {}, show = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    });
    let stdout = '';
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      output += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.on('error', (error) => resolve({ status: 127, stdout, output: `${output}${error.message}\n` }));
    child.on('close', (code, signal) => resolve({ status: code ?? (signal ? 128 : 1), stdout, output }));
  });
}

/**
 * Runs a program that must succeed. If it fails, the error includes its output.
 * @param {string} action what the program does; starts the error message
 * @param {string} program
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<string>} its stdout
 * @throws {UserError}
 */
export async function runOrFail(action, program, args, options) {
  const { status, stdout, output } = await run(program, args, options);
  if (status !== 0)
    throw new UserError(`${output.trimEnd()}\n\n${action} failed (${program}, exit code ${status}).`.trimStart());
  return stdout;
}

/** @param {string} path @param {number} mode one of fs.constants.R_OK, W_OK, X_OK @returns {boolean} */
export function isAccessible(path, mode) {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} name
 * @returns {string | undefined} path of the program, found on PATH or in /usr/sbin and /sbin, which Debian uses for servers
 */
export function findProgram(name) {
  const folders = (process.env.PATH ?? '').split(delimiter).concat('/usr/sbin', '/sbin');
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((path) => isAccessible(path, constants.X_OK));
}

/**
 * Runs the main function of a script if node started that script, but not if it is imported.
 * @param {string} url the script's import.meta.url
 * @param {(args: string[]) => Promise<number | void>} main returns the exit code
 */
export async function runMain(url, main) {
  const started = process.argv[1] ?? '';
  // Node resolves symbolic links in import.meta.url but not in argv.
  if (!existsSync(started) || fileURLToPath(url) !== realpathSync(started)) return;
  try {
    process.exitCode = (await main(process.argv.slice(2))) ?? 0;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
