/** Made-up root lists in the form of mozilla-roots.bin, and trust stores made of them. */
import { TrustStore } from '../../dist/index.js';
import { loadCore } from '../../dist/wasm.js';
import { encodeRoots } from '../../scripts/certdata.js';

/** @typedef {{ der: Uint8Array, distrustAfter?: Date }} Root */

/**
 * @param {Root[]} roots
 * @param {{ version?: string, date?: string }} [list]
 */
export function mozillaList(roots, { version = '1.0', date = '2026-05-01' } = {}) {
  const all = roots.map(({ der, distrustAfter }) => ({ der, distrustAfter }));
  return encodeRoots({ version, date, roots: all });
}

/** @param {Root[]} roots @returns {Promise<TrustStore>} as TrustStore.mozilla() would return it */
export async function mozillaStore(roots) {
  return new TrustStore(await loadCore()).addMozillaRoots(mozillaList(roots));
}
