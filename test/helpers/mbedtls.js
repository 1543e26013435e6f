/** What Mbed TLS's own headers define: the truth that our tables are compared with. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';

/** The headers that define what parsing a certificate can end in. */
const HEADERS = ['x509.h', 'pk.h', 'ecp.h', 'asn1.h', 'oid.h'];

/**
 * @typedef {object} Headers
 * @property {Record<string, number>} flags by name without MBEDTLS_X509_
 * @property {Record<string, {code: number, text: string}>} errors by name without MBEDTLS_ERR_; the code is positive,
 *   the text as mbedtls_strerror() begins
 */

/** @returns {Promise<Headers>} */
export async function mbedtlsHeaders() {
  const include = join(await mbedtlsSource(), 'include/mbedtls');
  /** @type {Headers} */
  const found = { flags: {}, errors: {} };
  for (const header of HEADERS) {
    const source = readFileSync(join(include, header), 'utf8');
    for (const [, name, value] of source.matchAll(/^#define MBEDTLS_X509_(BAD(?:CERT|CRL)_\w+)\s+(0x[0-9a-f]+)/gim)) {
      found.flags[name] = Number(value);
    }
    const errors = /^\/\*\* ([^]*?)\s*\*\/\s*#define MBEDTLS_ERR_((X509|PK|ECP|ASN1|OID)_\w+)\s+-(0x[0-9a-f]+)/gim;
    for (const [, comment, name, module, value] of source.matchAll(errors)) {
      const text = comment.replace(/\s+/g, ' ').replace(/[.]$/, '');
      found.errors[name] = { code: Number(value), text: `${module} - ${text}` };
    }
  }
  return found;
}

/** @param {string} name of a constant @returns {Promise<string[]>} the files of the library that mention it */
export async function mentionsOf(name) {
  const library = join(await mbedtlsSource(), 'library');
  const word = new RegExp(`\\b${name}\\b`);
  return readdirSync(library)
    .filter((file) => file.endsWith('.c') && file !== 'error.c' && word.test(readFileSync(join(library, file), 'utf8')))
    .sort();
}
