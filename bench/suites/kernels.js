/**
 * Ciphers and public-key operations alone: our kernels, the host's ciphers that the package uses for long records, and
 * Mbed TLS in WebAssembly and natively.
 */
import { hostAead } from '../../dist/host-aead.js';
import { buildPlainStock, buildWasm } from '../../scripts/cmake.js';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';
import { findProgram } from '../../scripts/run.js';
import { nativeKernels, wasmKernels } from '../../test/kernels/kernels.js';
import { timed } from '../lib/rounds.js';

export const about =
  'records encrypted one by one, with 5 bytes of additional data for AEAD; 1 MB is 1,000,000 bytes; pagetls means our ' +
  'kernels, node:crypto what the package uses instead for long records in Node; and the public-key operations of a ' +
  'handshake, where an exchange includes generating a key';

const CIPHERS = /** @type {const} */ ([
  ['ChaCha20', 'chacha20', 256],
  ['ChaCha20-Poly1305', 'chachapoly', 256],
  ['AES-128-GCM', 'gcm', 128],
  ['AES-256-GCM', 'gcm', 256],
  ['AES-128-CCM', 'ccm', 128],
  ['AES-128, block by block', 'aes', 128],
]);

const LENGTHS = [64, 256, 1024, 16_384];
/** The one that is long enough for the host's ciphers (wasm/crypto/host_aead.h). */
const HOST_RECORD_BYTES = 16_384;

/** Bytes that a sample encrypts. Each record counts as RECORD_OVERHEAD_BYTES more, as short records are slower per byte. */
const BYTES_PER_SAMPLE = { full: 2_000_000, quick: 200_000 };
const RECORD_OVERHEAD_BYTES = 200;

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

/** Mbed TLS has none. */
const ONLY_OURS = /** @type {const} */ ([['Ed25519, verification', 'ed25519', 255]]);

/** Public-key operations per sample. */
const OPERATIONS_PER_SAMPLE = { full: 50, quick: 5 };

/**
 * Builds the module with our kernels, loaded with and without Node's ciphers for long records, and Mbed TLS without our
 * kernels as a module and natively.
 * @param {(text: string) => void} note
 */
async function buildImplementations(note) {
  const source = await mbedtlsSource();
  const path = await buildWasm(source, 'kernels.wasm');
  const ours = await wasmKernels(path);
  const hosted = await wasmKernels(path, hostAead);
  const stock = await wasmKernels(await buildWasm(source, 'kernels.wasm', { kernels: false }));
  if (findProgram('gcc') === undefined) {
    note('Mbed TLS natively: gcc is not installed.');
    return { ours, hosted, stock };
  }
  return { ours, hosted, stock, native: nativeKernels(await buildPlainStock(source, 'kernels_test')) };
}

/** @type {import('../run.js').Suite['rows']} */
export async function* rows({ quick, rounds, note }) {
  const { ours, hosted, stock, native } = await buildImplementations(note);
  /**
   * @param {string} name
   * @param {(kernels: typeof ours, fast: boolean) => void} inWasm runs it once
   * @param {(kernels: NonNullable<typeof native>) => Promise<number>} natively runs it once; returns seconds
   * @param {(ms: {ms?: number, cpu: number}) => Record<string, number>} metrics computes values by unit
   * @param {boolean} [byHost] whether the package uses the host's cipher for it
   * @returns {import('../lib/rounds.js').Row}
   */
  const row = (name, inWasm, natively, metrics, byHost) => {
    const wasm = (/** @type {typeof ours} */ kernels, /** @type {boolean} */ fast) => async () => {
      const { ms, 'cpu ms': cpu } = await timed(async () => inWasm(kernels, fast));
      return metrics({ ms, cpu });
    };
    return {
      name,
      contestants: [
        { name: 'Mbed TLS in wasm', sample: wasm(stock, false) },
        { name: 'pagetls', sample: wasm(ours, true) },
        ...(byHost ? [{ name: 'node:crypto, called by pagetls', sample: wasm(hosted, true) }] : []),
        ...(native
          ? [{ name: 'Mbed TLS natively, -O2', sample: async () => metrics({ cpu: 1000 * (await natively(native)) }) }]
          : []),
      ],
      rounds: rounds(21, 3),
      warmUp: 3,
    };
  };

  for (const [name, algorithm, bits] of CIPHERS) {
    for (const length of LENGTHS) {
      const times = Math.ceil(
        (quick ? BYTES_PER_SAMPLE.quick : BYTES_PER_SAMPLE.full) / (length + RECORD_OVERHEAD_BYTES),
      );
      const speed = (/** @type {number} */ ms) => (times * length) / 1000 / ms;
      yield row(
        `${name}, ${length.toLocaleString('en-US')} bytes`,
        ({ repeat }, fast) => repeat(fast, algorithm, bits, length, times),
        ({ seconds }) => seconds(false, algorithm, bits, length, times),
        ({ ms, cpu }) => ({ 'MB/cpu s': speed(cpu), ...(ms && { 'MB/s': speed(ms) }) }),
        length === HOST_RECORD_BYTES && (algorithm === 'gcm' || algorithm === 'chachapoly'),
      );
    }
  }
  const times = quick ? OPERATIONS_PER_SAMPLE.quick : OPERATIONS_PER_SAMPLE.full;
  const perOperation = (/** @type {{ms?: number, cpu: number}} */ { ms, cpu }) => ({
    'cpu µs': (1000 * cpu) / times,
    ...(ms && { µs: (1000 * ms) / times }),
  });
  for (const [name, operation, size] of PUBLIC_KEYS) {
    yield row(
      name,
      ({ publicRepeat }, fast) => publicRepeat(fast, operation, size, times),
      ({ publicSeconds }) => publicSeconds(false, operation, size, times),
      perOperation,
    );
  }
  for (const [name, operation, size] of ONLY_OURS) {
    const sample = async () => {
      const { ms, 'cpu ms': cpu } = await timed(async () => ours.publicRepeat(true, operation, size, times));
      return perOperation({ ms, cpu });
    };
    yield { name, contestants: [{ name: 'pagetls', sample }], rounds: rounds(21, 3), warmUp: 3 };
  }
}
