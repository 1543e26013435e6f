/**
 * Ciphers and public keys alone: ours, the host's that the package takes for long records, Mbed TLS's own in WebAssembly,
 * and that compiled for this machine.
 */
import { hostAead } from '../../dist/host-aead.js';
import { buildPlainStock, buildWasm } from '../../scripts/cmake.js';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';
import { findProgram } from '../../scripts/run.js';
import { nativeKernels, wasmKernels } from '../../test/kernels/makes.js';
import { timed } from '../lib/rounds.js';

export const about =
  'records encrypted one after the other, with 5 bytes of additional data where there is a tag, 1 MB is 1,000,000 bytes; ' +
  'pagetls is our kernels, and node:crypto is what the package takes in their place for long records in Node; ' +
  'and what a handshake does with public keys: the exchange is both halves of it';

const CIPHERS = /** @type {const} */ ([
  ['ChaCha20', 'chacha20', 256],
  ['ChaCha20-Poly1305', 'chachapoly', 256],
  ['AES-128-GCM', 'gcm', 128],
  ['AES-256-GCM', 'gcm', 256],
  ['AES-128-CCM', 'ccm', 128],
  ['AES-128, block by block', 'aes', 128],
]);

const LENGTHS = [64, 256, 1024, 16_384];
/** Of those, the one that is long enough for the host (wasm/crypto/host_aead.h). */
const BY_HOST = 16_384;

/** What a sample encrypts, in bytes; each record counts as some more, as short ones take longer. */
const AMOUNT = { full: 2_000_000, quick: 200_000 };
const PER_RECORD = 200;

const PUBLIC_KEYS = /** @type {const} */ ([
  ['X25519, exchange', 'multiply', 255],
  ['P-256, exchange', 'multiply', 256],
  ['P-256, verification', 'verify', 256],
  ['P-384, exchange', 'multiply', 384],
  ['P-384, verification', 'verify', 384],
  ['P-521, exchange', 'multiply', 521],
  ['P-521, verification', 'verify', 521],
  ['RSA-2048, public operation', 'power', 2048],
  ['RSA-4096, public operation', 'power', 4096],
]);

/** How often a sample does it. */
const TIMES = { full: 50, quick: 5 };

/**
 * The makes: the module with our kernels, with and without Node's ciphers for long records, and Mbed TLS in one without them and natively.
 * @param {(text: string) => void} note
 */
async function makes(note) {
  const source = await mbedtlsSource();
  const path = await buildWasm(source, 'kernels.wasm');
  const ours = await wasmKernels(path);
  const hosted = await wasmKernels(path, hostAead);
  const stock = await wasmKernels(await buildWasm(source, 'kernels.wasm', { kernels: false }));
  if (findProgram('gcc') === undefined) {
    note('Mbed TLS natively. There is no gcc.');
    return { ours, hosted, stock };
  }
  return { ours, hosted, stock, native: nativeKernels(await buildPlainStock(source, 'kernels_test')) };
}

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ quick, rounds, note }) {
  const { ours, hosted, stock, native } = await makes(note);
  /**
   * @param {string} name
   * @param {(make: typeof ours, fast: boolean) => void} inWasm does it once
   * @param {(make: NonNullable<typeof native>) => Promise<number>} natively the seconds that it took
   * @param {(ms: {ms?: number, cpu: number}) => Record<string, number>} figures
   * @param {boolean} [byHost] whether the package gives it to the host
   * @returns {import('../lib/rounds.js').Row}
   */
  const row = (name, inWasm, natively, figures, byHost) => {
    const wasm = (/** @type {typeof ours} */ make, /** @type {boolean} */ fast) => async () => {
      const { ms, 'cpu ms': cpu } = await timed(async () => inWasm(make, fast));
      return figures({ ms, cpu });
    };
    return {
      name,
      contestants: [
        { name: 'Mbed TLS in wasm', sample: wasm(stock, false) },
        { name: 'pagetls', sample: wasm(ours, true) },
        ...(byHost ? [{ name: 'node:crypto, called by pagetls', sample: wasm(hosted, true) }] : []),
        ...(native
          ? [{ name: 'Mbed TLS natively, -O2', sample: async () => figures({ cpu: 1000 * (await natively(native)) }) }]
          : []),
      ],
      rounds: rounds(21, 3),
      warmUp: 3,
    };
  };

  for (const [name, algorithm, bits] of CIPHERS) {
    for (const length of LENGTHS) {
      const times = Math.ceil((quick ? AMOUNT.quick : AMOUNT.full) / (length + PER_RECORD));
      const speed = (/** @type {number} */ ms) => (times * length) / 1000 / ms;
      yield row(
        `${name}, ${length.toLocaleString('en-US')} bytes`,
        ({ repeat }, fast) => repeat(fast, algorithm, bits, length, times),
        ({ seconds }) => seconds(false, algorithm, bits, length, times),
        ({ ms, cpu }) => ({ 'MB/cpu s': speed(cpu), ...(ms && { 'MB/s': speed(ms) }) }),
        length === BY_HOST && (algorithm === 'gcm' || algorithm === 'chachapoly'),
      );
    }
  }
  const times = quick ? TIMES.quick : TIMES.full;
  for (const [name, operation, size] of PUBLIC_KEYS) {
    yield row(
      name,
      ({ publicRepeat }, fast) => publicRepeat(fast, operation, size, times),
      ({ publicSeconds }) => publicSeconds(false, operation, size, times),
      ({ ms, cpu }) => ({ 'cpu µs': (1000 * cpu) / times, ...(ms && { µs: (1000 * ms) / times }) }),
    );
  }
}
