/** Inputs that other libraries tripped over, which are kept next to the project and read in place. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../shared/cases/', import.meta.url));

/** For a test's options: why the cases cannot be tested; false if they can. */
export const skipSharedCases = existsSync(folder) ? false : `${folder} is absent`;

/** Their time of verification. */
export const SHARED_CLOCK = new Date('2026-06-15T12:00:00Z');

/** @param {string} name such as `02-one-bad-root-empties-store/bundle.pem` @returns {string} */
export function sharedCasePath(name) {
  return `${folder}${name}`;
}

/** @param {string} name @returns {Buffer} */
export function sharedCase(name) {
  return readFileSync(sharedCasePath(name));
}
