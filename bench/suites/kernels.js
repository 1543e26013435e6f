/** The ciphers alone: ours and Mbed TLS's own in one module, and Mbed TLS's own compiled for this machine. */
import { buildPlain, buildWasm } from '../../scripts/cmake.js';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';
import { findProgram } from '../../scripts/run.js';
import { nativeKernels, wasmKernels } from '../../test/kernels/makes.js';
import { timed } from '../lib/rounds.js';

export const about =
  'records encrypted one after the other, with 5 bytes of additional data where there is a tag; 1 MB is 1,000,000 bytes';

const CIPHERS = /** @type {const} */ ([
  ['ChaCha20', 'chacha20', 256],
  ['ChaCha20-Poly1305', 'chachapoly', 256],
  ['AES-128-GCM', 'gcm', 128],
  ['AES-256-GCM', 'gcm', 256],
  ['AES-128-CCM', 'ccm', 128],
  ['AES-128, block by block', 'aes', 128],
]);

const LENGTHS = [64, 256, 1024, 16_384];

/** What a sample encrypts, in bytes; each record counts as some more, as short ones take longer. */
const AMOUNT = { full: 2_000_000, quick: 200_000 };
const PER_RECORD = 200;

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ quick, rounds, note }) {
  const source = await mbedtlsSource();
  const { repeat } = await wasmKernels(await buildWasm(source, 'kernels.wasm'));
  const compiler = findProgram('gcc');
  if (compiler === undefined) note('Mbed TLS natively. There is no gcc.');
  const native = compiler === undefined ? undefined : nativeKernels(await buildPlain(source, 'gcc'));
  for (const [name, algorithm, bits] of CIPHERS) {
    for (const length of LENGTHS) {
      const times = Math.ceil((quick ? AMOUNT.quick : AMOUNT.full) / (length + PER_RECORD));
      const speed = (/** @type {number} */ ms) => (times * length) / 1000 / ms;
      const inWasm = (/** @type {boolean} */ fast) => async () => {
        const { ms, 'cpu ms': cpu } = await timed(async () => repeat(fast, algorithm, bits, length, times));
        return { 'MB/cpu s': speed(cpu), 'MB/s': speed(ms) };
      };
      const natively =
        (/** @type {ReturnType<typeof nativeKernels>} */ { seconds }) =>
        async () => ({
          'MB/cpu s': speed(1000 * (await seconds(false, algorithm, bits, length, times))),
        });
      yield {
        name: `${name}, ${length.toLocaleString('en-US')} bytes`,
        contestants: [
          { name: 'Mbed TLS in wasm', sample: inWasm(false) },
          { name: 'pagetls', sample: inWasm(true) },
          ...(native ? [{ name: 'Mbed TLS natively, -O2', sample: natively(native) }] : []),
        ],
        rounds: rounds(21, 3),
        warmUp: 3,
      };
    }
  }
}
