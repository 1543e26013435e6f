/**
 * node scripts/dependency-rules.js: says which file knows another that it must not know. DESIGN's arrows point one way: what they
 * are in C is in dependency-rules/wasm.js, in JavaScript in dependency-rules/modules.js. `npm run check` runs it, over files alone.
 */
import { wasmViolations } from './dependency-rules/wasm.js';
import { moduleViolations } from './dependency-rules/modules.js';
import { localSource } from './mbedtls-source.js';
import { runMain, root, print } from './run.js';

/**
 * @param {string} folder the project, or a copy of it
 * @param {string} [mbedtlsSource] the source of Mbed TLS; without it the names of its headers are not compared
 * @returns {string[]} a sentence for each arrow that breaks a rule, with file and line
 */
export function dependencyViolations(folder, mbedtlsSource) {
  return [...wasmViolations(folder, mbedtlsSource), ...moduleViolations(folder)];
}

await runMain(import.meta.url, async () => {
  const faults = dependencyViolations(root, localSource());
  for (const fault of faults) print(fault);
  return faults.length === 0 ? 0 : 1;
});
