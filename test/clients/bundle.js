/** The libraries in bundles, with pagetls in the stead of `net` and `tls`. */
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import { inProject } from '../../scripts/run.js';
import { addPackageFiles, FOR_NODE } from '../helpers/bundle.js';

const dist = inProject('dist');

/** @type {import('esbuild').Plugin} */
const dropIns = {
  name: 'drop-ins',
  setup({ onResolve }) {
    onResolve({ filter: /^(?:node:)?(?:net|tls)$/ }, ({ path, importer }) =>
      importer.startsWith(dist) ? { path, external: true } : { path: join(dist, `node/${path.slice(-3)}.js`) },
    );
  },
};

/** @param {string[]} libraries @param {string} outdir */
export async function bundleForNode(libraries, outdir) {
  await build({
    entryPoints: libraries.map((name) => inProject(`test/clients/libraries/${name}.js`)),
    ...{ ...FOR_NODE, outdir, bundle: true, splitting: true, format: 'esm', platform: 'node' },
    plugins: [dropIns],
    tsconfigRaw: '{}', // its paths lead to js/
    logLevel: 'error',
  });
  addPackageFiles(outdir);
}

/** What pages have in the stead of Node's other modules: by default that of @jspm/core. @type {Record<string, string>} */
const IN_PAGES = {
  assert: inProject('test/clients/page-assert.cjs'),
  buffer: 'buffer/',
  events: 'events/',
  stream: 'readable-stream',
  string_decoder: 'string_decoder/',
  perf_hooks: inProject('test/clients/page-globals.js'),
};

const builtins = builtinModules.filter((name) => !name.startsWith('_')).join('|');

/** @type {import('esbuild').Plugin} */
const polyfills = {
  name: 'polyfills',
  setup({ onResolve, resolve }) {
    onResolve({ filter: new RegExp(`^(?:node:)?(?:${builtins})$`) }, ({ path, importer, kind, pluginData }) => {
      if (pluginData === polyfills || importer.includes('@jspm')) return undefined;
      const name = path.replace('node:', '');
      const instead = IN_PAGES[name] ?? `@jspm/core/nodelibs/${name}`;
      return resolve(instead, { kind, resolveDir: inProject('.'), pluginData: polyfills });
    });
  },
};

/** @param {string[]} libraries @param {string} outdir */
export async function bundleForPages(libraries, outdir) {
  await build({
    entryPoints: libraries.map((name) => inProject(`test/clients/libraries/${name}.js`)),
    ...{ outdir, bundle: true, splitting: true, format: 'esm', platform: 'browser' },
    inject: [inProject('test/clients/page-globals.js')],
    define: { global: 'globalThis' },
    plugins: [dropIns, polyfills],
    tsconfigRaw: '{}',
    logLevel: 'error',
  });
  addPackageFiles(outdir);
}
