/**
 * node scripts/problem-codes.js: writes js/problem-codes.d.ts, the types of problem codes, rules and flags, from
 * wasm/verify/rules.def and wasm/x509/read_errors.def.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { rulesOf } from './errors-doc.js';
import { inProject, runMain, print } from './run.js';

export const PROBLEM_CODES = inProject('js', 'problem-codes.d.ts');

/** @param {string[]} names @returns {string} a union type without duplicates */
const union = (names) => [...new Set(names)].map((name) => `\n  | '${name}'`).join('');

/** @param {string} source of wasm/x509/read_errors.def @returns {{id: string, name: string}[]} */
export function fieldsOf(source) {
  return [...source.matchAll(/^FIELD\((\w+), "(\w+)"\)$/gm)].map(([, id, name]) => ({ id, name }));
}

/** @param {string} source of wasm/x509/read_errors.def @returns {string[]} the names of its reasons */
export function reasonsOf(source) {
  return [...source.matchAll(/^REASON\(\w+, "([\w-]+)", /gm)].map(([, name]) => name);
}

/** @returns {Promise<string>} the text of js/problem-codes.d.ts */
export async function currentProblemCodes() {
  const rules = rulesOf(await readFile(inProject('wasm', 'verify', 'rules.def'), 'utf8')).flatMap(
    (group) => group.rules,
  );
  return [
    '/* Written by scripts/problem-codes.js from wasm/verify/rules.def. */\n',
    '/** A problem of a chain (see ERRORS.md). `ERR_TLS_CERT_PARSE`: a certificate cannot be read. */',
    `export type ProblemCode =${union(['ERR_TLS_CERT_PARSE', ...rules.map(({ code }) => code)])};\n`,
    '/** A broken rule of wasm/verify/rules.def. */',
    `export type ProblemRule =${union(rules.map(({ rule }) => rule))};\n`,
    "/** Mbed TLS's verify flags of a chain, without MBEDTLS_X509_. */",
    `export type VerifyFlag =${union(rules.map(({ flag }) => flag).filter((flag) => flag !== 'NONE'))};\n`,
    '/** Why a field of a certificate cannot be read (wasm/x509/read_errors.def). */',
    `export type ReadReason =${union(reasonsOf(await readFile(inProject('wasm', 'x509', 'read_errors.def'), 'utf8')))};\n`,
  ].join('\n');
}

await runMain(import.meta.url, async () => {
  await writeFile(PROBLEM_CODES, await currentProblemCodes());
  print('Wrote js/problem-codes.d.ts.');
  return 0;
});
