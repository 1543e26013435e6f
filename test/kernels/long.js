/**
 * node test/kernels/long.js [COUNT] [--public] [--first N]: compares COUNT random cases (default: a million) of ciphers
 * or of public keys, in WebAssembly and in the native build under ASan and UBSan. Cases are numbered from N (default:
 * 0), and the same numbers give the same cases: pass another N for new ones.
 */
import { parseArgs } from 'node:util';
import { buildNative, buildWasm } from '../../scripts/cmake.js';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';
import { runMain, print, UserError } from '../../scripts/run.js';
import { nativeKernels, wasmKernels } from './kernels.js';

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
  const targets = {
    WebAssembly: await wasmKernels(await buildWasm(source, 'kernels.wasm')),
    'the native build': nativeKernels(await buildNative(source, 'kernels_test')),
  };
  let failed = false;
  for (const [name, kernels] of Object.entries(targets)) {
    const start = performance.now();
    const what = await (values.public ? kernels.publicCases : kernels.cases)(first, count);
    failed ||= what !== undefined;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    print(`${name}: ${what ?? `${count.toLocaleString('en-US')} cases agree`}, ${seconds} s`);
  }
  return failed ? 1 : 0;
});
