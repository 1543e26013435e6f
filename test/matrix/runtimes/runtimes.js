/** The programs that run the package. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { matrixTools } from '../../helpers/packed.js';

/**
 * @typedef {object} Runtime
 * @property {string} name
 * @property {string} version
 * @property {string} program path
 * @property {string[]} args before the script
 * @property {false | string} skip why it cannot be run here
 */

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
