/** Reads lists of signed certificate timestamps (RFC 6962, section 3.3) from certificate extensions. */

/**
 * @typedef {object} Sct
 * @property {number} version 0 is v1
 * @property {Uint8Array} logId SHA-256 of the log's key
 * @property {Date | null} time null if it exceeds the range of Date
 * @property {string} algorithm
 * @property {number} extensions length in octets
 * @property {number} signature length in octets
 */

/** RFC 5246, section 7.4.1.4.1; RFC 6962, section 2.1.4 allows only SHA-256 with ECDSA or RSA. @type {Record<number, string>} */
const HASHES = { 0: 'no hash', 1: 'MD5', 2: 'SHA-1', 3: 'SHA-224', 4: 'SHA-256', 5: 'SHA-384', 6: 'SHA-512' };
/** @type {Record<number, string>} */
const SIGNATURES = { 0: 'anonymous', 1: 'RSA', 2: 'DSA', 3: 'ECDSA' };

/**
 * @param {Uint8Array} list the content of the OCTET STRING
 * @returns {Sct[]}
 * @throws {RangeError} if a length does not match
 */
export function readScts(list) {
  const outer = new Cursor(list);
  const inner = new Cursor(outer.vector());
  outer.end();
  /** @type {Sct[]} */
  const scts = [];
  while (inner.left > 0) scts.push(readSct(new Cursor(inner.vector())));
  return scts;
}

/** @param {Cursor} fields @returns {Sct} */
function readSct(fields) {
  const version = fields.number(1);
  const logId = fields.take(32);
  const time = new Date(fields.number(8));
  const extensions = fields.vector().length;
  const [hash, signer] = fields.take(2);
  const signature = fields.vector().length;
  fields.end();
  return {
    version,
    logId,
    time: Number.isNaN(time.getTime()) ? null : time,
    algorithm: `${SIGNATURES[signer] ?? `signature ${signer}`} with ${HASHES[hash] ?? `hash ${hash}`}`,
    extensions,
    signature,
  };
}

/** Reads the TLS presentation language (RFC 8446, section 3). */
class Cursor {
  #bytes;
  #at = 0;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  get left() {
    return this.#bytes.length - this.#at;
  }

  /** @param {number} length @returns {Uint8Array} */
  take(length) {
    if (length > this.left) throw new RangeError('Cut short.');
    return this.#bytes.subarray(this.#at, (this.#at += length));
  }

  /** @param {number} octets */
  number(octets) {
    return this.take(octets).reduce((sum, octet) => sum * 256 + octet, 0);
  }

  /** Octets preceded by their length in two octets. */
  vector() {
    return this.take(this.number(2));
  }

  end() {
    if (this.left > 0) throw new RangeError('Unexpected data at the end.');
  }
}
