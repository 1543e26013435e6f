/** Runs functions of `guests/` in a runtime, in an empty project that has installed the package. */
import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { inProject } from '../../../scripts/run.js';
import { emptyProject } from '../../helpers/packed.js';

/** @typedef {import('./runtimes.js').Runtime} Runtime */

const GUESTS = inProject('test/matrix/runtimes/guests');

/** For one guest, and after its result for the end of its process. */
const GUEST_TIMEOUT_MS = 60_000;
const EXIT_TIMEOUT_MS = 5_000;

/** @param {Runtime} runtime */
export const titleOf = ({ name, version }) => `${name} (${version})`;

/**
 * An empty project that has installed the package, and the guests.
 * @param {Record<string, string>} [files]
 * @returns {Promise<string>} its folder
 */
export async function guestProject(files = {}) {
  const project = await emptyProject(files);
  cpSync(GUESTS, join(project, 'guests'), { recursive: true });
  cpSync(inProject('test/fixtures/pattern.js'), join(project, 'guests/pattern.js'));
  return project;
}

/**
 * @typedef {object} Finished
 * @property {number | null} status the exit code; null if a signal ended it
 * @property {string} stdout
 * @property {string} stderr
 * @property {number} lingered milliseconds from the last output to the end of the process
 */

/**
 * Runs a program to its end.
 * @param {Runtime} runtime
 * @param {string[]} args
 * @param {{cwd: string, env?: Record<string, string>, onOutput?: (stdout: string) => void}} options
 * @returns {Promise<Finished>}
 */
export function runIn({ program, args: first }, args, { cwd, env, onOutput }) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...first, ...args], {
      cwd,
      env: {
        ...process.env,
        DENO_NO_UPDATE_CHECK: '1',
        NO_COLOR: '1',
        DO_NOT_TRACK: '1',
        NODE_NO_WARNINGS: '0',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: GUEST_TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    let last = performance.now();
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      last = performance.now();
      onOutput?.(stdout);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr, lingered: performance.now() - last }));
  });
}

/**
 * Runs a function of a guest, whose process then has to end by itself, without a word on stderr.
 * @param {Runtime} runtime
 * @param {string} project
 * @param {string} call file and function, such as `package.verify`
 * @param {object} [given]
 * @param {{flags?: string[], env?: Record<string, string>, onOutput?: (stdout: string) => void}} [options]
 * @returns {Promise<any>} what it returned
 */
export async function guest(runtime, project, call, given = {}, { flags = [], env, onOutput } = {}) {
  const [file, name] = call.split('.');
  const args = [...flags, 'guests/run.js', file, name, JSON.stringify(given)];
  const { status, stdout, stderr, lingered } = await runIn(runtime, args, { cwd: project, env, onOutput });
  if (status !== 0 || stderr !== '') {
    throw new Error(`${call} in ${titleOf(runtime)} ended with ${status}:\n${stdout}${stderr}`);
  }
  if (lingered > EXIT_TIMEOUT_MS) {
    throw new Error(`${call} in ${titleOf(runtime)} ended ${Math.round(lingered)} ms after its result`);
  }
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '').result;
}
