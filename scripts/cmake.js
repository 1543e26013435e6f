/**
 * Builds the targets of CMakeLists.txt: the wasm module, and the C core for this machine, with sanitizers and its tests or
 * libFuzzer, or without sanitizers. For clang-tidy, it only configures.
 */
import { constants, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { emscriptenFolder } from './packages.js';
import { isAccessible, inProject, runOrFail, root } from './run.js';

/**
 * Emscripten caches its built libraries in its own folder. Debian's package includes them and freezes the cache; other
 * installations build them at the first link, which needs a writable cache.
 * @returns {Record<string, string>}
 */
function emscriptenCache() {
  const folder = emscriptenFolder();
  if (process.env.EM_CACHE !== undefined || folder === undefined) return {};
  const settings = join(folder, '.emscripten');
  const frozen = existsSync(settings) && /^FROZEN_CACHE *= *True/m.test(readFileSync(settings, 'utf8'));
  return frozen || isAccessible(join(folder, 'cache'), constants.W_OK)
    ? {}
    : { EM_CACHE: inProject('build/emscripten-cache') };
}

/** @param {string} folder @param {string} mbedtlsSource @returns {boolean} whether it is configured for these folders */
function isConfigured(folder, mbedtlsSource) {
  const cache = join(folder, 'CMakeCache.txt');
  if (!existsSync(cache) || !existsSync(join(folder, 'build.ninja'))) return false;
  const entries = new Map(
    readFileSync(cache, 'utf8')
      .split('\n')
      .map((line) => /^(\w+):\w+=(.*)$/.exec(line))
      .filter((match) => match !== null)
      .map(([, name, value]) => [name, value]),
  );
  return (
    entries.get('CMAKE_HOME_DIRECTORY') === root &&
    entries.get('MBEDTLS_SOURCE_DIR') === mbedtlsSource &&
    existsSync(entries.get('CMAKE_C_COMPILER') ?? '')
  );
}

/**
 * @param {object} options
 * @param {string} options.mbedtlsSource
 * @param {string} options.folder
 * @param {string[]} options.configure the configuring program and its first arguments
 * @param {string} options.target
 * @param {Record<string, string>} [options.env]
 * @returns {Promise<string>} path of the target
 */
async function build({ mbedtlsSource, folder, configure: [program, ...first], target, env }) {
  if (!isConfigured(folder, mbedtlsSource)) {
    rmSync(folder, { recursive: true, force: true });
    const args = [...first, '-S', root, '-B', folder, '-G', 'Ninja', `-DMBEDTLS_SOURCE_DIR=${mbedtlsSource}`];
    await runOrFail(`Configuring ${target}`, program, args, { env });
  }
  await runOrFail(`Building ${target}`, 'ninja', ['-C', folder, target], { env });
  return join(folder, target);
}

/** Uses Mbed TLS's own ciphers and arithmetic instead of our kernels, for comparison. */
const WITHOUT_KERNELS = ['CHACHA20', 'AES', 'X25519', 'P256', 'P384', 'P521', 'RSA'].map(
  (kernel) => `-DPAGETLS_FAST_${kernel}=OFF`,
);

/**
 * @param {string} mbedtlsSource
 * @param {'pagetls.wasm' | 'pagetls-stock.wasm' | 'kernels.wasm' | 'memory.wasm'} [target] pagetls-stock.wasm: verifies
 *   with Mbed TLS in the handshake, for comparison; kernels.wasm: our ciphers and Mbed TLS's, for test/kernels;
 *   memory.wasm: only the memory functions
 * @param {{kernels?: boolean}} [options] `kernels`: whether to use our kernels
 * @returns {Promise<string>} path of the module
 */
export function buildWasm(mbedtlsSource, target = 'pagetls.wasm', { kernels = true } = {}) {
  return build({
    mbedtlsSource,
    folder: inProject(kernels ? 'build/wasm' : 'build/wasm-stock'),
    configure: ['emcmake', 'cmake', ...(kernels ? [] : WITHOUT_KERNELS)],
    target,
    env: emscriptenCache(),
  });
}

/**
 * @param {string} mbedtlsSource
 * @param {'core_test' | 'kernels_test'} [target]
 * @returns {Promise<string>} its path
 */
export function buildNative(mbedtlsSource, target = 'core_test') {
  return build({
    mbedtlsSource,
    folder: inProject('build/native'),
    configure: ['cmake', '-DCMAKE_C_COMPILER=gcc'],
    target,
  });
}

/**
 * Builds without sanitizers, for Valgrind and for benchmarks.
 * @param {string} mbedtlsSource
 * @param {'gcc' | 'clang'} compiler
 * @param {'kernels_test' | 'bench_client'} [target]
 * @returns {Promise<string>} its path
 */
export function buildPlain(mbedtlsSource, compiler, target = 'kernels_test') {
  return build({
    mbedtlsSource,
    folder: inProject('build', `plain-${compiler}`),
    configure: ['cmake', `-DCMAKE_C_COMPILER=${compiler}`, '-DPAGETLS_SANITIZE=OFF'],
    target,
  });
}

/**
 * Builds natively without our kernels and with Mbed TLS's assembly, without sanitizers.
 * @param {string} mbedtlsSource
 * @param {'kernels_test' | 'bench_client_stock'} target bench_client_stock also verifies with Mbed TLS
 * @returns {Promise<string>} its path
 */
export function buildPlainStock(mbedtlsSource, target) {
  return build({
    mbedtlsSource,
    folder: inProject('build/plain-stock'),
    configure: [
      'cmake',
      '-DCMAKE_C_COMPILER=gcc',
      '-DPAGETLS_SANITIZE=OFF',
      '-DPAGETLS_MBEDTLS_ASM=ON',
      ...WITHOUT_KERNELS,
    ],
    target,
  });
}

/**
 * Only configures: clang-tidy needs the compile command of each file.
 * @param {string} mbedtlsSource
 * @returns {Promise<string>} the folder, with its compile_commands.json
 */
export async function configureTidy(mbedtlsSource) {
  const folder = inProject('build/tidy');
  await build({
    mbedtlsSource,
    folder,
    configure: ['cmake', '-DCMAKE_C_COMPILER=clang', '-DPAGETLS_SANITIZE=OFF', '-DCMAKE_EXPORT_COMPILE_COMMANDS=ON'],
    target: 'build.ninja',
  });
  return folder;
}

/** @param {string} mbedtlsSource @returns {Promise<string>} the folder with the fuzz targets */
export async function buildFuzzers(mbedtlsSource) {
  const folder = inProject('build/fuzz');
  await build({
    mbedtlsSource,
    folder,
    configure: ['cmake', '-DCMAKE_C_COMPILER=clang', '-DPAGETLS_FUZZ=ON'],
    target: 'fuzz',
  });
  return folder;
}
