/** All certificates of the test PKI and of Mozilla's root list as DER, and OpenSSL for comparison. */
import { execFile } from 'node:child_process';
import { rootCertificates } from 'node:tls';
import { promisify } from 'node:util';
import { CASES, pemBlocks } from './pki.js';

/** @param {string} block PEM @returns {Uint8Array<ArrayBuffer>} */
export const derOf = (block) => new Uint8Array(Buffer.from(block.replace(/-----[^-]*-----/g, ''), 'base64'));

/** @param {Uint8Array} bytes */
export const hex = (bytes) => Buffer.from(bytes).toString('hex').toUpperCase();

/**
 * @param {string[]} args
 * @param {Uint8Array | string} input
 * @returns {Promise<string>} its output
 */
export async function openssl(args, input) {
  return (await opensslBytes(args, input)).toString();
}

/** @param {string[]} args @param {Uint8Array | string} input @returns {Promise<Buffer>} */
export async function opensslBytes(args, input) {
  const running = promisify(execFile)('openssl', args, { encoding: 'buffer', maxBuffer: 16 * 1024 * 1024 });
  running.child.stdin?.on('error', () => {}); // it may exit before reading everything
  running.child.stdin?.end(input);
  return (await running).stdout;
}

/** By case and index. Excludes certificates that occur only in malformed cases. @type {Map<string, Uint8Array<ArrayBuffer>>} */
export const wellFormedCertificates = new Map();
/** Certificates that occur only in malformed cases: some are unreadable or ambiguous. @type {Map<string, Uint8Array<ArrayBuffer>>} */
export const malformedCertificates = new Map();
const wellFormedBlocks = new Set(CASES.filter(({ malformed }) => !malformed).flatMap(({ all }) => pemBlocks(all)));
for (const { id, all } of CASES) {
  for (const [i, block] of pemBlocks(all).entries())
    (wellFormedBlocks.has(block) ? wellFormedCertificates : malformedCertificates).set(`${id} ${i}`, derOf(block));
}
for (const [i, block] of rootCertificates.entries()) wellFormedCertificates.set(`root ${i}`, derOf(block));
