/** The size of the files that a page downloads. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { pack } from '../../scripts/packed-documents.js';
import { filesIn, inProject } from '../../scripts/run.js';
import { bundle } from '../lib/bundle.js';
import { PAGETLS } from '../lib/remote.js';

export const about = 'size of the files that a page downloads, each compressed separately; 1 kB is 1,000 bytes';

/** @param {Uint8Array[]} files */
function sizes(files) {
  let [raw, gzip, brotli] = [0, 0, 0];
  for (const bytes of files) {
    raw += bytes.length / 1000;
    gzip += gzipSync(bytes, { level: 9 }).length / 1000;
    brotli += brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length / 1000;
  }
  return { 'kB brotli': brotli, 'kB gzip': gzip, 'kB raw': raw };
}

/** @param {string} folder @param {string[]} paths relative to it */
const filesOf = (folder, ...paths) => paths.map((path) => readFileSync(inProject(folder, path)));

/** The files that a page loads for each peer: as published, or bundled and minified if they are many modules. */
const PEERS = {
  subtls: async () => [
    Buffer.from(await bundle("export { startTls, TrustedCert, WebSocketReadQueue } from 'subtls';")),
  ],
  '@reclaimprotocol/tls, WebCrypto': async () => [await reclaim('webcrypto', 'webcryptoCrypto')],
  '@reclaimprotocol/tls, JavaScript': async () => [await reclaim('purejs-crypto', 'pureJsCrypto')],
  '@mercuryworkshop/epoxy-tls 1': async () =>
    filesOf('node_modules/@mercuryworkshop/epoxy-tls/pkg', 'epoxy.js', 'epoxy.wasm'),
  '@mercuryworkshop/epoxy-tls 2, minimal': async () =>
    filesOf('node_modules/epoxy-tls-2/minimal', 'epoxy.js', 'epoxy.wasm'),
  'libcurl.js': async () => filesOf('node_modules/libcurl.js', 'libcurl.mjs', 'libcurl.wasm'),
};

/** @param {string} entry @param {string} crypto */
async function reclaim(entry, crypto) {
  const code =
    `export { ${crypto} } from '@reclaimprotocol/tls/${entry}';` +
    "export { loadX509FromPem, makeTLSClient, setCryptoImplementation } from '@reclaimprotocol/tls';";
  return Buffer.from(await bundle(code));
}

/**
 * @param {string} path of a script in dist/
 * @param {Set<string>} [found]
 * @returns {Set<string>} the script and everything that it imports
 */
function withImports(path, found = new Set()) {
  found.add(path);
  const imports = readFileSync(inProject('dist', path), 'utf8').matchAll(/\b(?:from|import)\s*\(?'(\.[^']+\.js)'/g);
  for (const [, target] of imports) {
    const other = join(dirname(path), target);
    if (!found.has(other)) withImports(other, found);
  }
  return found;
}

/** What npm downloads and installs. */
async function packageSizes() {
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-size-'));
  try {
    const tarball = readFileSync(await pack(folder));
    const unpacked = filesIn(join(folder, 'package')).map((path) => statSync(join(folder, 'package', path)).size);
    const installed = unpacked.reduce((sum, size) => sum + size, 0);
    return { 'kB tarball': tarball.length / 1000, 'kB installed': installed / 1000, files: unpacked.length };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @type {import('../run.js').Suite['rows']} */
export async function* rows() {
  const scripts = [...withImports('index.js')];
  const parts = {
    'the wasm module': ['pagetls/pagetls.wasm'],
    JavaScript: scripts,
    "Mozilla's roots": ['pagetls/mozilla-roots.bin'],
    'public suffixes': ['pagetls/public-suffixes.txt'],
  };
  for (const [name, paths] of Object.entries(parts)) {
    const contestants = [{ name: PAGETLS, sample: async () => sizes(filesOf('dist', ...paths)) }];
    yield { name, contestants, rounds: 1 };
  }
  yield {
    name: 'everything that a page must load',
    contestants: [
      { name: PAGETLS, sample: async () => sizes(filesOf('dist', 'pagetls/pagetls.wasm', ...scripts)) },
      ...Object.entries(PEERS).map(([name, load]) => ({ name, peer: true, sample: async () => sizes(await load()) })),
    ],
    rounds: 1,
  };
  yield { name: 'the package on npm', contestants: [{ name: PAGETLS, sample: packageSizes }], rounds: 1 };
}
