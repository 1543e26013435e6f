/**
 * Copies of the package to compare with: with pagetls-stock.wasm, which differs only in using Mbed TLS's own verifier in
 * the handshake; and with that module built without our kernels. They are copies of dist/ because the loader loads the
 * module from its own folder.
 */
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildWasm } from '../../scripts/cmake.js';
import { checkWasmModule } from '../../scripts/package-files.js';
import { inProject } from '../../scripts/run.js';
import { setup } from '../../scripts/setup.js';

/**
 * @param {string} name of the copy
 * @param {string} wasm
 */
function copyPackage(name, wasm) {
  const folder = inProject('build/bench', name);
  rmSync(folder, { recursive: true, force: true });
  const scripts = readdirSync(inProject('dist'), { recursive: true, encoding: 'utf8' });
  for (const path of scripts.filter((file) => file.endsWith('.js'))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    copyFileSync(inProject('dist', path), join(folder, path));
  }
  mkdirSync(join(folder, 'pagetls'));
  copyFileSync(wasm, join(folder, 'pagetls/pagetls.wasm'));
  return folder;
}

/**
 * The modules of a package that the benchmark uses.
 * @typedef {object} Package
 * @property {typeof import('../../dist/index.js')} index
 * @property {typeof import('../../dist/engine.js')} engine
 * @property {typeof import('../../dist/wasm.js')} wasm
 */

/** @param {string} folder @returns {Promise<Package>} */
export async function loadPackage(folder) {
  const [index, engine, wasm] = await Promise.all(
    ['index.js', 'engine.js', 'wasm.js'].map((file) => import(pathToFileURL(join(folder, file)).href)),
  );
  return { index, engine, wasm };
}

/** @returns {Promise<{ours: string, stock: string, control: string}>} their folders; `control` is a second copy of `stock` */
export async function packages() {
  const { mbedtlsSource } = await setup({ packages: 'build' });
  const wasm = await buildWasm(mbedtlsSource, 'pagetls-stock.wasm');
  await checkWasmModule(wasm);
  return {
    ours: copyPackage('ours', inProject('dist/pagetls/pagetls.wasm')),
    stock: copyPackage('stock', wasm),
    control: copyPackage('control', wasm),
  };
}

/** @returns {Promise<string>} the folder of a copy with Mbed TLS's own verifier and without our kernels */
export async function mbedtlsPackage() {
  const { mbedtlsSource } = await setup({ packages: 'build' });
  const wasm = await buildWasm(mbedtlsSource, 'pagetls-stock.wasm', { kernels: false });
  await checkWasmModule(wasm);
  return copyPackage('mbedtls', wasm);
}
