/**
 * node scripts/arrows.js: says which file knows another that it must not know. DESIGN's arrows point one way: what they
 * are in C is in arrows/wasm.js, in JavaScript in arrows/modules.js. `npm run check` runs it, over files alone.
 */
import { wasmFaults } from './arrows/wasm.js';
import { moduleFaults } from './arrows/modules.js';
import { sourceAtHand } from './mbedtls-source.js';
import { program, root, say } from './run.js';

/**
 * @param {string} folder the project, or a copy of it
 * @param {string} [mbedtlsSource] the source of Mbed TLS; without it the names of its headers are not compared
 * @returns {string[]} a sentence for each arrow that breaks a rule, with file and line
 */
export function arrowFaults(folder, mbedtlsSource) {
  return [...wasmFaults(folder, mbedtlsSource), ...moduleFaults(folder)];
}

await program(import.meta.url, async () => {
  const faults = arrowFaults(root, sourceAtHand());
  for (const fault of faults) say(fault);
  return faults.length === 0 ? 0 : 1;
});
