/** Octet strings and the presentation language of TLS (RFC 8446, section 3). */

/** @param {(number | Uint8Array)[]} parts single octets and octet strings */
export const join = (...parts) =>
  new Uint8Array(Buffer.concat(parts.map((part) => (typeof part === 'number' ? Uint8Array.of(part) : part))));

/** @param {number} value @param {number} octets */
export const uint = (value, octets) => Uint8Array.from({ length: octets }, (_, i) => value >> (8 * (octets - 1 - i)));

/** A vector with a length of that many octets (RFC 8446, section 3.4). @param {number} octets @param {...Uint8Array} parts */
export const vector = (octets, ...parts) => {
  const content = join(...parts);
  return join(uint(content.length, octets), content);
};

/** @param {string} text */
export const bytes = (text) => new Uint8Array(Buffer.from(text, 'latin1'));

/** @param {number} length @param {number} octet */
export const fill = (length, octet) => new Uint8Array(length).fill(octet);

/** A handshake message (RFC 8446, section 4). @param {number} type @param {...Uint8Array} body */
export const message = (type, ...body) => join(type, vector(3, ...body));

/** RFC 8446, section 4.2. @param {number} type @param {...Uint8Array} content */
export const extension = (type, ...content) => join(uint(type, 2), vector(2, ...content));

/** Reads octets in order; throws a RangeError at the end. @param {Uint8Array} octets */
export function reader(octets) {
  let at = 0;
  const take = (/** @type {number} */ length) => {
    if (at + length > octets.length) throw new RangeError(`${length} octets at ${at} of ${octets.length}`);
    at += length;
    return Buffer.from(octets.subarray(at - length, at));
  };
  const number = (/** @type {number} */ length) => take(length).readUIntBE(0, length);
  return {
    take,
    uint: number,
    vector: (/** @type {number} */ length) => take(number(length)),
    atEnd: () => at === octets.length,
  };
}

/** The numbers in a vector of 16-bit numbers. @param {Uint8Array} octets */
export function numbers(octets) {
  const from = reader(octets);
  const all = [];
  while (!from.atEnd()) all.push(from.uint(2));
  return all;
}
