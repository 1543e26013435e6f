/** Client libraries, unmodified, in bundles in which Node's net and tls are those of pagetls. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { build as buildWithVite, createLogger } from 'vite';
import { inProject, root } from '../../scripts/run.js';

const fixture = (/** @type {string} */ name) => inProject('test/fixtures/bundle', name);
const DROP_INS = { net: 'pagetls/node-net', tls: 'pagetls/node-tls' };
/** What a page has in the stead of other modules of Node. */
const IN_PAGES = {
  stream: 'readable-stream',
  util: fixture('util.js'),
  'util/types': fixture('util.js'),
  ...Object.fromEntries(['crypto', 'dns', 'fs', 'path'].map((name) => [name, fixture('nothing.js')])),
};

/**
 * How esbuild writes an ES module for Node whose libraries call require(). The package ws must stay outside: it dials for the bridge,
 * by TCP and not by the drop-ins.
 * @satisfies {import('esbuild').BuildOptions}
 */
export const FOR_NODE = {
  outExtension: { '.js': '.mjs' },
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  external: ['ws'],
};

/** @param {string} directory of a bundle, which loads the package's files from there */
export const addPackageFiles = (directory) =>
  cpSync(inProject('dist/pagetls'), join(directory, 'pagetls'), { recursive: true });

/** @type {Record<'browser' | 'node', import('esbuild').BuildOptions>} */
const PLATFORMS = {
  browser: {
    alias: { ...DROP_INS, ...IN_PAGES },
    inject: [fixture('globals.js')],
    define: { global: 'globalThis' },
    outExtension: { '.js': '.js' },
  },
  node: { ...FOR_NODE, alias: DROP_INS, external: ['pg-native', ...FOR_NODE.external] },
};

/**
 * @param {string} name of a file of test/fixtures/bundle/
 * @param {'browser' | 'node'} platform
 * @param {import('esbuild').BuildOptions} [others]
 * @returns {Promise<{directory: string, file: string, warnings: string[], close: () => void}>} the directory has what the bundle loads
 */
export async function bundle(name, platform, others) {
  const directory = mkdtempSync(join(tmpdir(), 'pagetls-bundle-'));
  const { outExtension = {}, ...options } = PLATFORMS[platform];
  const { warnings } = await build({
    ...options,
    entryPoints: [fixture(`${name}.js`)],
    outExtension,
    outdir: directory,
    absWorkingDir: root,
    platform,
    bundle: true,
    format: 'esm',
    tsconfigRaw: '{}', // the types of this project are no concern of a bundle
    logLevel: 'silent',
    ...others,
  });
  addPackageFiles(directory);
  return {
    directory,
    file: `${name}${outExtension['.js']}`,
    warnings: warnings.map(({ text, location }) => `${location?.file}: ${text}`),
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/**
 * The same for a page with Vite, which names files itself.
 * @param {string} name
 * @returns {Promise<{directory: string, warnings: string[], close: () => void}>}
 */
export async function bundleWithVite(name) {
  const directory = mkdtempSync(join(tmpdir(), 'pagetls-bundle-'));
  /** @type {string[]} */
  const warnings = [];
  const warn = (/** @type {string} */ text) => void warnings.push(text);
  const aliases = { net: inProject('dist/node/net.js'), tls: inProject('dist/node/tls.js'), ...IN_PAGES };
  await buildWithVite({
    root: inProject('test/fixtures/bundle'),
    configFile: false,
    customLogger: { ...createLogger('warn'), warn, warnOnce: warn },
    define: { global: 'globalThis' },
    resolve: {
      alias: Object.entries(aliases).map(([find, replacement]) => ({ find: new RegExp(`^${find}$`), replacement })),
    },
    build: {
      outDir: directory,
      emptyOutDir: true,
      lib: { entry: fixture(`${name}.js`), formats: ['es'], fileName: name },
    },
  });
  return { directory, warnings, close: () => rmSync(directory, { recursive: true, force: true }) };
}
