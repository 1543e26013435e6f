/** Definitions in Mbed TLS's headers, to compare our tables with. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';

/** @returns {Promise<string[]>} the names of the verify flags in x509.h, without MBEDTLS_X509_ */
export async function mbedtlsFlags() {
  const source = readFileSync(join(await mbedtlsSource(), 'include/mbedtls/x509.h'), 'utf8');
  return [...source.matchAll(/^#define MBEDTLS_X509_(BAD(?:CERT|CRL)_\w+)\s+0x[0-9a-f]+/gim)].map(([, name]) => name);
}

/** @param {string} name of a constant @returns {Promise<string[]>} the library files that contain it */
export async function filesMentioning(name) {
  const library = join(await mbedtlsSource(), 'library');
  const word = new RegExp(`\\b${name}\\b`);
  return readdirSync(library)
    .filter((file) => file.endsWith('.c') && file !== 'error.c' && word.test(readFileSync(join(library, file), 'utf8')))
    .sort();
}
