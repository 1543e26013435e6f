/** The test PKI, generated once in build/certs and shared by all test files. */
import { fileURLToPath } from 'node:url';
import { generate, loadCase } from '../../certs/generate.js';

/** @typedef {ReturnType<typeof loadCase>} Case */

const directory = fileURLToPath(new URL('../../build/certs', import.meta.url));

const index = await generate(directory);

/** The time of verification of all cases. */
export const CLOCK = new Date(index.clock);

/** Every case by its id, in the order of the table in certs/README.md. */
export const CASES = index.cases.map(({ id }) => pki(id));

/**
 * One case of the test PKI: PEM texts, and their paths in `files`.
 * @param {string} id
 * @returns {Case}
 */
export function pki(id) {
  return loadCase(directory, id);
}

/**
 * Splits a PEM text into its blocks: certificates, CRLs or keys.
 * @param {string} text
 * @returns {string[]}
 */
export function pemBlocks(text) {
  return text.match(/-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----\n?/g) ?? [];
}
