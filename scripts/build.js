/**
 * npm run build: dist/, the package. npm run build -- native: the C core's own tests, in build/native.
 */
import { buildNative, buildWasm } from './cmake.js';
import { assemble, checkModule, checkSizes } from './package-files.js';
import { program, Stop, say } from './run.js';
import { setup } from './setup.js';

/**
 * @param {string} mbedtlsSource as setup() returns it
 * @throws {Stop}
 */
export async function buildPackage(mbedtlsSource) {
  const wasm = await buildWasm(mbedtlsSource);
  await checkModule(wasm);
  await assemble(wasm);
  for (const line of checkSizes()) say(line);
}

await program(import.meta.url, async ([target, ...more]) => {
  if (more.length > 0 || !['native', undefined].includes(target)) throw new Stop('usage: npm run build [-- native]');
  if (target === 'native') {
    const { mbedtlsSource } = await setup({ packages: 'native' });
    say(await buildNative(mbedtlsSource));
    return;
  }
  const { mbedtlsSource } = await setup({ packages: 'build' });
  await buildPackage(mbedtlsSource);
});
