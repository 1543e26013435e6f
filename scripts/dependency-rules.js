/**
 * node scripts/dependency-rules.js: lists the files that depend on files they must not depend on. The rules for C are
 * in dependency-rules/wasm.js, those for JavaScript in dependency-rules/modules.js and names.js. `npm run check` runs them too.
 */
import { wasmViolations } from './dependency-rules/wasm.js';
import { moduleViolations } from './dependency-rules/modules.js';
import { nameViolations } from './dependency-rules/names.js';
import { localSource } from './mbedtls-source.js';
import { runMain, root, print } from './run.js';

/**
 * @param {string} folder the project, or a copy of it
 * @param {string} [mbedtlsSource] the source of Mbed TLS; without it, header names are not compared with its own
 * @returns {string[]} one sentence per violation, with file and line
 */
export function dependencyViolations(folder, mbedtlsSource) {
  return [...wasmViolations(folder, mbedtlsSource), ...moduleViolations(folder), ...nameViolations(folder)];
}

await runMain(import.meta.url, async () => {
  const violations = dependencyViolations(root, localSource());
  for (const violation of violations) print(violation);
  return violations.length === 0 ? 0 : 1;
});
