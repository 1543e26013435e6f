/** What a page downloads. */
import { readdirSync, readFileSync } from 'node:fs';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { inProject } from '../../scripts/run.js';

export const about = 'what a page downloads, file by file compressed; 1 kB is 1,000 bytes';

/** @param {string[]} paths in dist/ */
function sizes(paths) {
  let [raw, gzip, brotli] = [0, 0, 0];
  for (const path of paths) {
    const bytes = readFileSync(inProject('dist', path));
    raw += bytes.length / 1000;
    gzip += gzipSync(bytes, { level: 9 }).length / 1000;
    brotli += brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length / 1000;
  }
  return { 'kB brotli': brotli, 'kB gzip': gzip, 'kB raw': raw };
}

/** @type {import('../run.js').Suite['rows']} */
export async function* rows() {
  const files = readdirSync(inProject('dist'), { recursive: true, encoding: 'utf8' });
  const scripts = files.filter((path) => path.endsWith('.js') && !path.startsWith('cli'));
  const parts = { 'the wasm module': ['pagetls.wasm'], JavaScript: scripts, "Mozilla's roots": ['mozilla-roots.pem'] };
  for (const [name, paths] of Object.entries(parts)) {
    yield { name, contestants: [{ name: 'pagetls', sample: async () => sizes(paths) }], rounds: 1 };
  }
}
