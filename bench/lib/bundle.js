/** Bundles and minifies a package of many modules with Vite, to measure what a page has to load. */
import { build } from 'vite';
import { inProject } from '../../scripts/run.js';

const ENTRY = 'virtual:entry';

/** Replaces Node's `crypto` module, of which the peers import only `webcrypto`. */
const CRYPTO = 'export const webcrypto = globalThis.crypto;';

/**
 * @param {string} code an entry module that re-exports the wanted names
 * @returns {Promise<string>} the bundle, a single module
 */
export async function bundle(code) {
  const result = await build({
    configFile: false,
    root: inProject('bench'),
    logLevel: 'silent',
    plugins: [
      {
        name: 'modules from text',
        enforce: 'pre',
        resolveId: (id) => (id === ENTRY || id === 'crypto' ? `\0${id}` : undefined),
        load: (id) => (id === `\0${ENTRY}` ? code : id === '\0crypto' ? CRYPTO : undefined),
      },
    ],
    build: {
      write: false,
      minify: true,
      rolldownOptions: { input: ENTRY, preserveEntrySignatures: 'strict', output: { codeSplitting: false } },
    },
  });
  const [{ output }] = /** @type {{output: {type: string, code?: string}[]}[]} */ (
    Array.isArray(result) ? result : [result]
  );
  return output.find(({ type }) => type === 'chunk')?.code ?? '';
}
