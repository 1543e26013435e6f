/** The libraries in bundles, with pagetls in the stead of `net` and `tls`. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { inProject } from '../../scripts/run.js';

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
    ...{ outdir, bundle: true, splitting: true, format: 'esm', platform: 'node', outExtension: { '.js': '.mjs' } },
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    plugins: [dropIns],
    external: ['ws'], // which dials for the bridge: by TCP, and not by the drop-ins
    logLevel: 'error',
  });
  await copyFile(join(dist, 'pagetls.wasm'), join(outdir, 'pagetls.wasm'));
}
