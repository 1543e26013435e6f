/** What a page has to load of a package that comes as many modules: bundled and minified by Vite. */
import { build } from 'vite';
import { inProject } from '../../scripts/run.js';

const ENTRY = 'virtual:entry';

/** Node's module in pages, of which the packages that ask for it use one name. */
const CRYPTO = 'export const webcrypto = globalThis.crypto;';

/**
 * @param {string} code of the module that imports what is wanted
 * @returns {Promise<string>} one module
 */
export async function bundled(code) {
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
