/** Bundles page.js, mqtt and pagetls for the browser, with esbuild. `node bundle.js` writes bundle/. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));

/** @param {string} folder */
export async function bundle(folder) {
  await build({
    absWorkingDir: here,
    entryPoints: ['page.js'],
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    tsconfigRaw: '{}', // the types of this project are no concern of a bundle
    logLevel: 'warning',
  });
  // pagetls loads this file from beside its script.
  await copyFile(fileURLToPath(import.meta.resolve('pagetls/pagetls.wasm')), join(folder, 'pagetls.wasm'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundle(join(here, 'bundle'));
