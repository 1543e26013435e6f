/** Reads DER (X.690) of certificates that the core has read already: for fields that Node shows and the core does not. */

/** @typedef {{tag: number, start: number, end: number, from: number}} Element content from `start` to `end`; `from`: its tag */

export const BIT_STRING = 0x03;
export const OID = 0x06;

/**
 * @param {Uint8Array} bytes
 * @param {number} from
 * @param {number} limit
 * @returns {Element}
 * @throws {RangeError} if it is not whole
 */
export function elementAt(bytes, from, limit) {
  let start = from + 2;
  let length = bytes[from + 1];
  if (length >= 0x80) {
    const octets = length & 0x7f;
    length = 0;
    for (let i = 0; i < octets; i++) {
      length = length * 256 + bytes[start++];
    }
  }
  if (!(start + length <= limit)) {
    throw new RangeError('DER is cut short.');
  }
  return { tag: bytes[from], start, end: start + length, from };
}

/** @param {Uint8Array} bytes @param {{start: number, end: number}} parent @returns {Element[]} */
export function childrenOf(bytes, { start, end }) {
  const children = [];
  for (let at = start; at < end; at = children[children.length - 1].end) {
    children.push(elementAt(bytes, at, end));
  }
  return children;
}

/** @param {Uint8Array} bytes @param {Element} element */
export const contentOf = (bytes, { start, end }) => bytes.subarray(start, end);

/** The time for a longer one grows with its square. */
const MAX_OID_BYTES = 256;

/**
 * @param {Uint8Array} content of an OBJECT IDENTIFIER
 * @returns {string} in dotted form
 * @throws {RangeError} if it is too long
 */
export function oidText(content) {
  if (content.length > MAX_OID_BYTES) {
    throw new RangeError('The OBJECT IDENTIFIER is too long.');
  }
  /** @type {bigint[]} */
  const arcs = [];
  let arc = 0n;
  for (const octet of content) {
    arc = (arc << 7n) | BigInt(octet & 0x7f);
    if (octet < 0x80) {
      arcs.push(arc);
      arc = 0n;
    }
  }
  const [first = 0n, ...rest] = arcs;
  const top = first < 80n ? first / 40n : 2n;
  return [top, first - top * 40n, ...rest].join('.');
}

/** @param {Uint8Array} bytes @returns {string} one character for each octet */
export const latin1Text = (bytes) => Array.from(bytes, (octet) => String.fromCharCode(octet)).join('');

/**
 * @param {number} tag of a string type
 * @param {Uint8Array} content
 * @returns {string | undefined} undefined for other types, and what is not valid
 */
export function stringText(tag, content) {
  try {
    switch (tag) {
      case 12: // UTF8String
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
      case 18: // NumericString
      case 19: // PrintableString
      case 20: // TeletexString, as Latin-1
      case 22: // IA5String
      case 26: // VisibleString
        return latin1Text(content);
      case 28: // UniversalString
        return wideText(content, 4);
      case 30: // BMPString
        return wideText(content, 2);
      default:
        return undefined;
    }
  } catch {
    return undefined;
  }
}

/** @param {Uint8Array} content @param {number} width octets of a character */
function wideText(content, width) {
  let text = '';
  for (let at = 0; at < content.length; at += width) {
    text += String.fromCodePoint(content.subarray(at, at + width).reduce((value, octet) => value * 256 + octet, 0));
  }
  return text;
}
