/**
 * node test/kernels/long.js [COUNT] [--public]: that many random cases, a million if not said, of ciphers or of public
 * keys, in WebAssembly and in the native build under ASan and UBSan. The numbers of the cases follow one another, so a run finds nothing that another of the
 * same length has not found: give --first N for others.
 */
import { parseArgs } from 'node:util';
import { buildNative, buildWasm } from '../../scripts/cmake.js';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';
import { runMain, print, UserError } from '../../scripts/run.js';
import { nativeKernels, wasmKernels } from './makes.js';

await runMain(import.meta.url, async (args) => {
  const options = /** @type {const} */ ({
    first: { type: 'string', default: '0' },
    public: { type: 'boolean', default: false },
  });
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const [first, count] = [values.first, positionals[0] ?? '1000000'].map(Number);
  if (!(first >= 0 && count > 0))
    throw new UserError('usage: node test/kernels/long.js [COUNT] [--public] [--first N]');
  const source = await mbedtlsSource();
  const makes = {
    WebAssembly: await wasmKernels(await buildWasm(source, 'kernels.wasm')),
    'the native build': nativeKernels(await buildNative(source, 'kernels_test')),
  };
  let failed = false;
  for (const [name, make] of Object.entries(makes)) {
    const start = performance.now();
    const what = await (values.public ? make.publicCases : make.cases)(first, count);
    failed ||= what !== undefined;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    print(`${name}: ${what ?? `${count.toLocaleString('en-US')} cases agree`}, ${seconds} s`);
  }
  return failed ? 1 : 0;
});
