/**
 * DER (ITU-T X.690): a writer, and a minimal reader for what it wrote.
 *
 * Every function of the writer returns a complete encoding (tag, length, content) and accepts any complete encodings as
 * parts, so that callers can also build structures that no tool would produce.
 */

/** @typedef {Uint8Array} Der one or more complete encodings; an empty array means "leave it out" */

/** @param {...Uint8Array} parts @returns {Uint8Array} */
export function concat(...parts) {
  return new Uint8Array(Buffer.concat(parts));
}

/**
 * The length octets of X.690 section 8.1.3, in the shortest form, as DER requires.
 * @param {number} length bytes
 * @returns {Uint8Array}
 */
function lengthOctets(length) {
  if (length < 0x80) return Uint8Array.of(length);
  /** @type {number[]} */
  const octets = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Uint8Array.of(0x80 | octets.length, ...octets);
}

/**
 * @param {number} tag the identifier octet, class and constructed bit included
 * @param {...Uint8Array} content
 * @returns {Der}
 */
export function tlv(tag, ...content) {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return concat(Uint8Array.of(tag), lengthOctets(length), ...content);
}

/** @param {...Der} parts @returns {Der} */
export function sequence(...parts) {
  return tlv(0x30, ...parts);
}

/**
 * SET OF: DER sorts the parts by their encodings (X.690 section 11.6).
 * @param {...Der} parts
 * @returns {Der}
 */
export function set(...parts) {
  return tlv(0x31, ...[...parts].sort(Buffer.compare));
}

/** @param {number} number @param {...Der} parts @returns {Der} [number] EXPLICIT, or IMPLICIT over a constructed type */
export function constructed(number, ...parts) {
  return tlv(0xa0 | number, ...parts);
}

/** @param {number} number @param {Uint8Array} content @returns {Der} [number] IMPLICIT over a primitive type */
export function primitive(number, content) {
  return tlv(0x80 | number, content);
}

/** @param {boolean} value @returns {Der} */
export function boolean(value) {
  return tlv(0x01, Uint8Array.of(value ? 0xff : 0x00));
}

/**
 * Two's complement in the fewest octets.
 * @param {bigint | number} value
 * @returns {Der}
 */
export function integer(value) {
  let rest = BigInt(value);
  /** @type {number[]} */
  const octets = [];
  do {
    octets.unshift(Number(BigInt.asUintN(8, rest)));
    rest >>= 8n;
  } while (!((rest === 0n && octets[0] < 0x80) || (rest === -1n && octets[0] >= 0x80)));
  return tlv(0x02, Uint8Array.from(octets));
}

/** @param {number} value @returns {Der} */
export function enumerated(value) {
  return tlv(0x0a, Uint8Array.of(value));
}

/** @param {Uint8Array} bytes @param {number} [unusedBits] @returns {Der} */
export function bitString(bytes, unusedBits = 0) {
  return tlv(0x03, Uint8Array.of(unusedBits), bytes);
}

/**
 * A BIT STRING whose bits have names (keyUsage): DER drops trailing zero bits (X.690 section 11.2.2).
 * @param {number[]} bits the positions that are set; bit 0 is the first
 * @returns {Der}
 */
export function namedBits(bits) {
  if (bits.length === 0) return bitString(new Uint8Array(0));
  const last = Math.max(...bits);
  const bytes = new Uint8Array((last >> 3) + 1);
  for (const bit of bits) bytes[bit >> 3] |= 0x80 >> (bit & 7);
  return bitString(bytes, 7 - (last & 7));
}

/** @param {Uint8Array} bytes @returns {Der} */
export function octetString(bytes) {
  return tlv(0x04, bytes);
}

/** @returns {Der} */
export function nullValue() {
  return tlv(0x05);
}

/** @param {string} text @returns {Der} */
export function utf8String(text) {
  return tlv(0x0c, Buffer.from(text, 'utf8'));
}

/** @param {string} text @returns {Der} */
export function printableString(text) {
  return tlv(0x13, Buffer.from(text, 'latin1'));
}

/** @param {string} text @returns {Der} */
export function ia5String(text) {
  return tlv(0x16, Buffer.from(text, 'latin1'));
}

/** @param {string} text without characters beyond ISO 8859-1, as which software reads it @returns {Der} */
export function t61String(text) {
  return tlv(0x14, Buffer.from(text, 'latin1'));
}

/** @param {string} text @returns {Der} in UTF-16 */
export function bmpString(text) {
  return tlv(0x1e, Buffer.from(text, 'utf16le').swap16());
}

/** @param {string} text @returns {Der} in UTF-32 */
export function universalString(text) {
  return tlv(
    0x1c,
    Uint8Array.from([...text].flatMap((one) => [24, 16, 8, 0].map((bits) => Number(one.codePointAt(0)) >> bits))),
  );
}

/** @param {string} dotted as in "2.5.29.17" @returns {Uint8Array} the content octets only */
export function oidContent(dotted) {
  const [first, second, ...rest] = dotted.split('.').map(BigInt);
  /** @type {number[]} */
  const octets = [];
  for (const arc of [first * 40n + second, ...rest]) {
    const groups = [Number(arc & 0x7fn)];
    for (let high = arc >> 7n; high > 0n; high >>= 7n) groups.unshift(Number(high & 0x7fn) | 0x80);
    octets.push(...groups);
  }
  return Uint8Array.from(octets);
}

/** @param {string} dotted @returns {Der} */
export function oid(dotted) {
  return tlv(0x06, oidContent(dotted));
}

/**
 * UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280 section 4.1.2.5). Whole seconds, UTC.
 * @param {string} iso as in "2026-06-15T12:00:00Z"
 * @returns {Der}
 */
export function time(iso) {
  const date = new Date(iso);
  const year = date.getUTCFullYear();
  return year >= 1950 && year < 2050 ? utcTime(digits(date).slice(2)) : generalizedTime(digits(date));
}

/** @param {Date} date @returns {string} YYYYMMDDHHMMSSZ */
function digits(date) {
  return `${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
}

/** @param {string} text YYMMDDHHMMSSZ; not checked @returns {Der} */
export function utcTime(text) {
  return tlv(0x17, Buffer.from(text, 'latin1'));
}

/** @param {string} text YYYYMMDDHHMMSSZ; not checked @returns {Der} */
export function generalizedTime(text) {
  return tlv(0x18, Buffer.from(text, 'latin1'));
}

/**
 * @typedef {object} Element
 * @property {number} tag
 * @property {Uint8Array} content
 * @property {Der} der the whole encoding, tag and length included
 */

/**
 * Reads the consecutive elements in `bytes`.
 * @param {Uint8Array} bytes
 * @returns {Element[]}
 * @throws {RangeError} if a length runs past the end
 */
export function elements(bytes) {
  /** @type {Element[]} */
  const found = [];
  for (let at = 0; at < bytes.length;) {
    let start = at + 2;
    let length = bytes[at + 1];
    if (length > 0x80) {
      const octets = length & 0x7f;
      length = bytes.subarray(start, start + octets).reduce((sum, octet) => sum * 256 + octet, 0);
      start += octets;
    }
    const end = start + length;
    if (!(end <= bytes.length)) throw new RangeError(`DER element at ${at} runs past the end`);
    found.push({ tag: bytes[at], content: bytes.subarray(start, end), der: bytes.subarray(at, end) });
    at = end;
  }
  return found;
}

/**
 * @param {string} label as in "CERTIFICATE"
 * @param {Der} der
 * @returns {string} PEM (RFC 7468), with a newline at the end
 */
export function pem(label, der) {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/**
 * @param {string} label
 * @param {string} text PEM, possibly with other text around the blocks
 * @returns {Der[]} the contents of the blocks with that label
 */
export function pemDer(label, text) {
  const blocks = text.matchAll(new RegExp(`-----BEGIN ${label}-----([^-]+)-----END ${label}-----`, 'g'));
  return [...blocks].map(([, base64]) => new Uint8Array(Buffer.from(base64, 'base64')));
}
