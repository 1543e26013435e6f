/** Bundles page.js, pg and pagetls for the browser, with esbuild. `node bundle.js` writes bundle/. */
import { cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Modules of Node that pg requires. It does not call them when it is given its stream and its password. */
const UNUSED = [
  'crypto',
  'dns',
  'fs',
  'net',
  'path',
  'pgpass',
  'stream',
  'tls',
  'util',
  'util/types',
  'node:https',
  'node:net',
  'node:fs/promises',
];

/** @param {string} folder */
export async function bundle(folder) {
  await build({
    absWorkingDir: here,
    entryPoints: ['page.js'],
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    alias: Object.fromEntries(UNUSED.map((name) => [name, './node-modules.js'])),
    inject: ['./node-globals.js'],
    define: { global: 'globalThis' },
    tsconfigRaw: '{}', // the types of this project are no concern of a bundle
    logLevel: 'warning',
  });
  // pagetls loads files from the folder pagetls/ beside its script.
  const data = dirname(fileURLToPath(import.meta.resolve('pagetls/pagetls.wasm')));
  await cp(data, join(folder, 'pagetls'), { recursive: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle(join(here, 'bundle'));
