/** The tools of this folder, and what their pages run with. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { startPages } from '../../helpers/bundled-page.js';
import { matrixTools } from '../../helpers/packed.js';

export { assertPageOnly, build, bundlerProject as project, CHAIN } from '../../helpers/bundled-page.js';

const { folder, skip } = await matrixTools('bundlers');
export { skip };

/** @param {string} path in the folder of the tools */
export const tool = (path) => join(folder, 'node_modules', path);

/** @param {string} name of a tool @returns {string} its version, which is in package.json of this folder */
export function versionOf(name) {
  return JSON.parse(readFileSync(tool(`${name}/package.json`), 'utf8')).version;
}

const pages = skip ? undefined : await startPages();
after(() => pages?.close());

/** @param {Parameters<Awaited<ReturnType<typeof startPages>>['checkOutput']>} args */
export const checkOutput = async (...args) => pages?.checkOutput(...args);

/** @param {Parameters<Awaited<ReturnType<typeof startPages>>['checkServer']>} args */
export const checkServer = async (...args) => (await pages?.checkServer(...args)) ?? '';

/** @param {string} output */
export const checkOneFile = async (output) => pages?.checkOneFile(output);

/** @param {string} output */
export const runOutput = async (output) => pages?.runOutput(output);

/** What `pagetls/node-net` and `pagetls/node-tls` need in pages, which the package leaves to its users. */
export const PEERS = ['buffer@6', 'readable-stream@4'];
