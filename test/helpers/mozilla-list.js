/** Made-up root lists in the form of mozilla-roots.bin, and trust stores and copies of the package made of them. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TrustStore } from '../../dist/index.js';
import { loadCore } from '../../dist/wasm.js';
import { encodeRoots, encodeRootSignatures } from '../../scripts/roots-file.js';
import { inProject } from '../../scripts/run.js';

/** @typedef {{ der: Uint8Array, distrustAfter?: Date }} Root */

/** @param {Root[]} roots @param {{ version?: string, date?: string }} [list] */
const listOf = (roots, { version = '1.0', date = '2026-05-01' } = {}) => ({
  version,
  date,
  roots: roots.map(({ der, distrustAfter }) => ({ der, distrustAfter })),
});

/**
 * @param {Root[]} roots
 * @param {{ version?: string, date?: string }} [list]
 */
export const mozillaList = (roots, list) => encodeRoots(listOf(roots, list));

/** @param {Root[]} roots @returns {Buffer} mozilla-root-signatures.bin */
export const mozillaSignatures = (roots) => encodeRootSignatures(listOf(roots));

/** @param {Root[]} roots @returns {Promise<TrustStore>} as TrustStore.mozilla() would return it */
export async function mozillaStore(roots) {
  return new TrustStore(await loadCore()).addMozillaRoots(mozillaList(roots));
}

/**
 * Copies the package, with other files for Mozilla's roots.
 * @param {string} folder
 * @param {{ list?: Uint8Array, signatures?: Uint8Array }} files undefined: none
 * @returns {string} its dist/
 */
export function packageWithRoots(folder, { list, signatures }) {
  const dist = join(folder, 'dist');
  mkdirSync(folder, { recursive: true });
  cpSync(inProject('dist'), dist, { recursive: true });
  cpSync(inProject('package.json'), join(folder, 'package.json'));
  for (const [name, file] of /** @type {const} */ ([
    ['pagetls/mozilla-roots.bin', list],
    ['pagetls/mozilla-root-signatures.bin', signatures],
  ])) {
    rmSync(join(dist, name));
    if (file) writeFileSync(join(dist, name), file);
  }
  return dist;
}
