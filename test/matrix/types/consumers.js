/** Strict users of the package's types (consumers/), and how a compiler checks them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inProject, run } from '../../../scripts/run.js';
import { emptyProject } from '../../helpers/packed.js';

/**
 * @typedef {object} Compiler
 * @property {string} version
 * @property {string} tsc its path
 * @property {string} nodeTypes a version of the types of Node that it can read
 * @property {boolean} disposes it has `using` and the lib esnext.disposable
 * @property {boolean} requires it knows that Node can require() modules
 */

/**
 * @typedef {object} Environment
 * @property {string} name
 * @property {string[]} lib
 * @property {boolean} node with the types of Node
 * @property {boolean} disposable with the lib of `using` too, if the compiler has it
 */

/** @satisfies {Record<string, object>} */
export const RESOLUTIONS = {
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
  node16: { module: 'node16', moduleResolution: 'node16' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
};

/** @satisfies {Record<string, Environment>} */
export const ENVIRONMENTS = {
  page: { name: 'a page', lib: ['es2022', 'dom'], node: false, disposable: false },
  worker: { name: 'a worker', lib: ['es2022', 'webworker'], node: false, disposable: true },
  node: { name: 'Node', lib: ['es2022'], node: true, disposable: false },
  both: { name: 'Node and a page', lib: ['es2023', 'dom', 'dom.iterable'], node: true, disposable: true },
};

const CONSUMERS = ['page.ts', 'node.ts', 'dispose.ts', 'common.cts', 'required.cts'];

/** By version of the types of Node; '' has none. @type {Map<string, Promise<string>>} */
const projects = new Map();

/** @param {string} nodeTypes @returns {Promise<string>} a project with the package and the consumers */
function projectWith(nodeTypes) {
  const known = projects.get(nodeTypes);
  if (known) return known;
  const read = (/** @type {string} */ name) => readFileSync(inProject('test/matrix/types/consumers', name));
  const sources = Object.fromEntries(CONSUMERS.map((name) => [name, read(name)]));
  const project = emptyProject(sources, nodeTypes === '' ? [] : [`@types/node@${nodeTypes}`]);
  projects.set(nodeTypes, project);
  return project;
}

/**
 * Compiles files of consumers/ as strictly as can be; our declarations too.
 * @param {Compiler} compiler
 * @param {keyof typeof RESOLUTIONS} resolution
 * @param {Environment} environment
 * @param {string[]} files
 * @returns {Promise<string>} what the compiler says: nothing if all is well
 */
export async function compile(compiler, resolution, environment, files) {
  const { name, lib, node, disposable } = environment;
  const folder = await projectWith(node ? compiler.nodeTypes : '');
  const config = join(folder, `${compiler.version} ${resolution} ${name} ${files.length}.json`);
  const compilerOptions = {
    ...RESOLUTIONS[resolution],
    target: 'es2022',
    lib: disposable && compiler.disposes ? [...lib, 'esnext.disposable'] : lib,
    types: node ? ['node'] : [],
    noEmit: true,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
  };
  writeFileSync(config, JSON.stringify({ compilerOptions, files }));
  const { output } = await run(process.execPath, [compiler.tsc, '-p', config]);
  return output;
}

/**
 * @param {Compiler} compiler
 * @param {keyof typeof RESOLUTIONS} resolution
 * @param {Environment} environment
 * @returns {string[]} the files of consumers/ that are for it
 */
export function consumersFor({ disposes, requires }, resolution, { node, disposable }) {
  return [
    'page.ts',
    ...(node ? ['node.ts'] : []),
    ...(disposable && disposes ? ['dispose.ts'] : []),
    ...(resolution === 'bundler' ? [] : ['common.cts']), // bundlers have no other import for CommonJS
    ...(resolution === 'nodenext' && requires ? ['required.cts'] : []),
  ];
}
