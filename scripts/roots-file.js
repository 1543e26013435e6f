/**
 * Writes mozilla-roots.bin and mozilla-root-signatures.bin, the form in which the package has Mozilla's root list. The first
 * has what a verifier needs, and the second what it needs not: the signatures of the roots, which are as long as the keys.
 */
import { createHash } from 'node:crypto';

/** @typedef {Pick<import('./certdata.js').MozillaRoot, 'der' | 'distrustAfter'>} Root */
/** @typedef {{ version: string, date: string, roots: Root[] }} RootList version at most 12 characters; date such as 2026-04-09 */

const HEADER_SIZE = 32;
const EXPLICIT_VERSION = 0xa0;

/** @typedef {{ start: number, content: number, end: number, tag: number }} Element where it, its content and what follows begin */

/** @param {Buffer} der @param {number} start @returns {Element} */
function elementAt(der, start) {
  const first = der[start + 1];
  const content = start + 2 + (first < 0x80 ? 0 : first & 0x7f);
  const length = first < 0x80 ? first : der.readUIntBE(start + 2, first & 0x7f);
  if (content + length > der.length) throw new Error('A certificate is cut short.');
  return { start, content, end: content + length, tag: der[start] };
}

/** @param {Buffer} der @param {Element} parent @returns {Element[]} */
function childrenOf(der, { content, end }) {
  const children = [];
  for (let at = content; at < end; at = children[children.length - 1].end) children.push(elementAt(der, at));
  return children;
}

/**
 * @param {Uint8Array} bytes
 * @returns {{ tbs: Buffer, tail: Buffer, fields: Buffer[] }} tbsCertificate, what follows it, and its fields, which are those
 *   of wasm/verify/mozilla_roots.h
 * @throws {Error} if the file cannot have such a certificate
 */
function split(bytes) {
  const der = Buffer.from(bytes);
  const whole = elementAt(der, 0);
  const [tbs, outer] = childrenOf(der, whole);
  const [first, ...others] = childrenOf(der, tbs);
  const [serial, algorithm, issuer, validity, subject, spki] =
    first.tag === EXPLICIT_VERSION ? others : [first, ...others];
  /** @param {Element} element */
  const octets = ({ start, end }) => der.subarray(start, end);
  // The core takes the algorithm from within.
  if (!octets(algorithm).equals(octets(outer))) throw new Error('A root has two signature algorithms.');
  const repeats = octets(issuer).equals(octets(subject));
  const [, bits] = childrenOf(der, spki);
  const borders = [
    ...[tbs.start, serial.content, algorithm.start, issuer.start, validity.start, subject.start],
    ...[repeats ? subject.end : subject.start, bits.content + 1, bits.end, tbs.end], // 1: the number of unused bits
  ];
  const fields = borders.slice(1).map((end, i) => der.subarray(borders[i], end));
  return { tbs: octets(tbs), tail: der.subarray(tbs.end), fields };
}

/** Number of the field that repeats the issuer. */
const SUBJECT = 5;

/** @param {string} magic @param {RootList} list */
function header(magic, { version, date, roots }) {
  const bytes = Buffer.alloc(HEADER_SIZE);
  bytes.write(magic, 0, 'latin1');
  bytes.write(version, 8, 12, 'latin1');
  bytes.write(date, 20, 10, 'latin1');
  bytes.writeUInt16BE(roots.length, 30);
  return bytes;
}

/** @param {number[]} numbers @param {2 | 4} size */
function column(numbers, size) {
  const bytes = Buffer.alloc(numbers.length * size);
  for (const [i, number] of numbers.entries()) bytes.writeUIntBE(number, i * size, size);
  return bytes;
}

/** @param {Uint8Array} der */
const sha256 = (der) => createHash('sha256').update(der).digest();

/**
 * mozilla-roots.bin, whose format is in wasm/verify/mozilla_roots.h.
 * @param {RootList} list
 * @returns {Buffer}
 */
export function encodeRoots(list) {
  const { roots } = list;
  const parts = roots.map(({ der }) => split(der).fields);
  const numbers = Array.from({ length: 9 }, (_, field) => field);
  return Buffer.concat([
    header('PTROOTS2', list),
    column(
      roots.map(({ distrustAfter: time }) => (time === undefined ? 0 : time.getTime() / 1000)),
      4,
    ),
    ...roots.map(({ der }) => sha256(der)),
    ...numbers.map((field) =>
      column(
        parts.map((fields) => fields[field].length),
        2,
      ),
    ),
    ...numbers.filter((field) => field !== SUBJECT).flatMap((field) => parts.map((fields) => fields[field])),
  ]);
}

/**
 * mozilla-root-signatures.bin, whose format is in js/root-signatures.js.
 * @param {RootList} list
 * @returns {Buffer}
 */
export function encodeRootSignatures(list) {
  const tails = list.roots.map(({ der }) => split(der).tail);
  return Buffer.concat([
    header('PTSIGNS1', list),
    ...list.roots.map(({ der }) => sha256(der).subarray(0, 8)),
    column(
      tails.map(({ length }) => length),
      2,
    ),
    ...tails,
  ]);
}
