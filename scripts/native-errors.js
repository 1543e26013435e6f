/**
 * node scripts/native-errors.js: writes js/native-errors.js, the error numbers of the C core, from wasm/errors.def.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { inProject, runMain, print } from './run.js';

export const NATIVE_ERRORS = inProject('js', 'native-errors.js');

/**
 * @param {string} source of wasm/errors.def
 * @returns {{id: string, number: number, code: string}[]}
 */
export function nativeErrorsOf(source) {
  return [...source.matchAll(/^ERROR\((\w+), (\d+), "(\w+)"\)$/gm)].map(([, id, number, code]) => ({
    id,
    number: -Number(number),
    code,
  }));
}

/** @returns {Promise<string>} the text of js/native-errors.js */
export async function currentNativeErrors() {
  const errors = nativeErrorsOf(await readFile(inProject('wasm', 'errors.def'), 'utf8'));
  return [
    '/* Written by scripts/native-errors.js from wasm/errors.def. */\n',
    "/** @typedef {import('./errors.js').ErrorCode} ErrorCode */\n",
    '/** Errors of the C core, by number. @satisfies {Record<number, {id: string, code: ErrorCode}>} */',
    'export const NATIVE_ERRORS = /** @type {const} */ ({',
    ...errors.map(({ id, number, code }) => `  [${number}]: { id: '${id}', code: '${code}' },`),
    '});',
    '',
  ].join('\n');
}

await runMain(import.meta.url, async () => {
  await writeFile(NATIVE_ERRORS, await currentNativeErrors());
  print('Wrote js/native-errors.js.');
});
