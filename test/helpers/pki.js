/** The test PKI, made once in build/certs and shared by the test files. */
import { fileURLToPath } from 'node:url';
import { generate, loadCase } from '../../certs/generate.js';

/** @typedef {ReturnType<typeof loadCase>} Case */

const directory = fileURLToPath(new URL('../../build/certs', import.meta.url));

const index = await generate(directory);

/** The time that all cases are judged at. */
export const CLOCK = new Date(index.clock);

/** Every case by its id, in the order of the table in certs/README.md. */
export const CASES = index.cases.map(({ id }) => pki(id));

/**
 * One case of the test PKI: PEM texts, and under `files` the paths of the same.
 * @param {string} id
 * @returns {Case}
 */
export function pki(id) {
  return loadCase(directory, id);
}

/**
 * The certificates, lists or keys of a PEM text, one text each.
 * @param {string} text
 * @returns {string[]}
 */
export function pemBlocks(text) {
  return text.match(/-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----\n?/g) ?? [];
}
