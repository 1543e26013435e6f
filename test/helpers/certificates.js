/** Every certificate of the test PKI and of Mozilla's list as DER, and OpenSSL to compare what is made of them with. */
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
 * @returns {Promise<string>} what it wrote
 */
export async function openssl(args, input) {
  return (await opensslBytes(args, input)).toString();
}

/** @param {string[]} args @param {Uint8Array | string} input @returns {Promise<Buffer>} */
export async function opensslBytes(args, input) {
  const running = promisify(execFile)('openssl', args, { encoding: 'buffer', maxBuffer: 16 * 1024 * 1024 });
  running.child.stdin?.on('error', () => {}); // it may have seen enough
  running.child.stdin?.end(input);
  return (await running).stdout;
}

/** By what they are; those of malformed cases that no other case has are not among them. @type {Map<string, Uint8Array<ArrayBuffer>>} */
export const wellFormedCertificates = new Map();
/** Of malformed cases: some cannot be read, or can be read in more than one way. @type {Map<string, Uint8Array<ArrayBuffer>>} */
export const malformedCertificates = new Map();
const sound = new Set(CASES.filter(({ malformed }) => !malformed).flatMap(({ all }) => pemBlocks(all)));
for (const { id, all } of CASES) {
  for (const [i, block] of pemBlocks(all).entries())
    (sound.has(block) ? wellFormedCertificates : malformedCertificates).set(`${id} ${i}`, derOf(block));
}
for (const [i, block] of rootCertificates.entries()) wellFormedCertificates.set(`root ${i}`, derOf(block));
