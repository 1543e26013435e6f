/** The programs that run the package, and how a function of `guests/` is run in one of them. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inProject } from '../../../scripts/run.js';
import { emptyProject, matrixTools } from '../../helpers/packed.js';

/**
 * @typedef {object} Runtime
 * @property {string} name
 * @property {string} version
 * @property {string} program path
 * @property {string[]} args before the script
 * @property {false | string} skip why it cannot be run here
 */

const GUESTS = inProject('test/matrix/runtimes/guests');

/** For one guest, and after its result for the end of its process. */
const GUEST_TIMEOUT_MS = 60_000;
const EXIT_TIMEOUT_MS = 2_000;

const { folder, skip } = await matrixTools('runtimes');

/**
 * @param {string} name
 * @param {string[]} packages the names of its platforms in node_modules
 * @param {string} file in the package
 * @param {string[]} [args]
 * @returns {Runtime}
 */
function runtime(name, packages, file, args = []) {
  const found = packages.map((one) => join(folder, 'node_modules', one)).find((path) => existsSync(join(path, file)));
  if (found === undefined) {
    const missing = skip || `npm has no ${name} for ${process.platform} ${process.arch}`;
    return { name, version: '?', program: '', args, skip: missing };
  }
  const { version } = JSON.parse(readFileSync(join(found, 'package.json'), 'utf8')); // some have a v before it
  return { name, version: version.replace(/^v/, ''), program: join(found, file), args, skip: false };
}

/** @param {string} version */
const node = (version) => runtime(`Node ${version}`, [`node-${version}-x64`, `node-${version}-arm64`], 'bin/node');

/** Too old. */
export const TOO_OLD = node('18');
export const NODES = ['20.0', '20', '22', '24', '25', '26'].map(node);
export const DENO = runtime('Deno', ['@deno/linux-x64-glibc', '@deno/linux-arm64-glibc'], 'deno', ['run', '-A']);
export const BUN = runtime('Bun', ['@oven/bun-linux-x64', '@oven/bun-linux-aarch64'], 'bin/bun');
export const RUNTIMES = [...NODES, DENO, BUN];

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
