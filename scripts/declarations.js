/**
 * The type declarations of the package: written by the compiler from js/ and messages/, then made readable for TypeScript 5.0.
 */
import { rmSync } from 'node:fs';
import { inProject, runOrFail } from './run.js';

/**
 * Writes the declarations of js/ and messages/ to build/declarations, which keeps their folders.
 * @returns {Promise<string>} the folder
 */
export async function writeDeclarations() {
  const folder = inProject('build/declarations');
  rmSync(folder, { recursive: true, force: true });
  await runOrFail('Writing the type declarations', inProject('node_modules/.bin/tsc'), [
    '-p',
    inProject('scripts/tsconfig.build.json'),
  ]);
  return folder;
}

/**
 * Typed arrays are generic since TypeScript 5.7 only. What their slice() returns is `Uint8Array<ArrayBuffer>` to compilers
 * from then on, and `Uint8Array` to older ones.
 * @param {string} declarations text of a .d.ts file
 */
export function withoutGenericArrays(declarations) {
  return declarations.replace(
    /\/\*[^]*?\*\/|'[^'\n]*'|"[^"\n]*"|\b(\w+Array)<ArrayBuffer(Like)?>/g,
    (text, array, like) => (array === undefined ? text : like ? array : `ReturnType<${array}['slice']>`),
  );
}
