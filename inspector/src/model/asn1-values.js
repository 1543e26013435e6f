/** Describes values of ASN.1 primitive types (X.690, section 8; restrictions of DER: sections 10 and 11). */
import { dottedOid, oidNameOf } from './oids.js';

/**
 * @typedef {object} DescribedValue
 * @property {string} value
 * @property {string} [error] why this is not a valid value of the type
 * @property {string} [remark] why it is valid BER but not DER
 */

/** Longer values are shortened to this many octets or characters. */
const MAX_SHOWN = { octets: 64, text: 1000 };

/** @param {Uint8Array} bytes @returns {string} upper case, two digits per octet, separated by spaces */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ');
}

/** @param {number} number */
function octetCount(number) {
  return `${number} octet${number === 1 ? '' : 's'}`;
}

/** @param {Uint8Array} bytes */
function hexOrStart(bytes) {
  return bytes.length <= MAX_SHOWN.octets ? toHex(bytes) : `${toHex(bytes.subarray(0, MAX_SHOWN.octets))} …`;
}

/** @param {Uint8Array} content @returns {DescribedValue} */
function octets(content) {
  return { value: content.length === 0 ? 'empty' : `${octetCount(content.length)}: ${hexOrStart(content)}` };
}

/** @param {string} text */
function quoted(text) {
  const start = Array.from(text.slice(0, 2 * MAX_SHOWN.text))
    .slice(0, MAX_SHOWN.text)
    .join('');
  return start.length === text.length ? `“${text}”` : `“${start}…”`;
}

/* --- numbers ------------------------------------------------------------------------- */

/** @param {Uint8Array} content @returns {DescribedValue} */
function boolean(content) {
  if (content.length !== 1) return { value: hexOrStart(content), error: 'a BOOLEAN has exactly one octet' };
  const [octet] = content;
  const remark = octet === 0 || octet === 0xff ? undefined : `TRUE is FF in DER, not ${toHex(content)}`;
  return { value: octet === 0 ? 'FALSE' : 'TRUE', remark };
}

/**
 * @param {Uint8Array} content two's complement, big-endian
 * @returns {bigint | null} null if empty
 */
export function toBigInt(content) {
  if (content.length === 0) return null;
  const unsigned = BigInt(`0x${toHex(content).replaceAll(' ', '')}`);
  return BigInt.asIntN(8 * content.length, unsigned);
}

/** Decimal and hexadecimal up to 8 octets, then hexadecimal only. @param {Uint8Array} content @returns {DescribedValue} */
function integer(content) {
  if (content.length === 0) return { value: 'empty', error: 'at least one octet expected' };
  const [first, second = 0] = content;
  const padded = content.length > 1 && (first === 0 ? second < 0x80 : first === 0xff && second >= 0x80);
  const remark = padded ? 'not in the fewest octets' : undefined;
  if (content.length <= 8) return { value: `${toBigInt(content)} (hex ${toHex(content)})`, remark };
  return { value: `${octetCount(content.length)}: ${hexOrStart(content)}`, remark };
}

/** @param {Uint8Array} content @returns {DescribedValue} */
function bitString(content) {
  if (content.length === 0) return { value: 'empty', error: 'the octet with the number of unused bits is missing' };
  const unused = content[0];
  const last = content[content.length - 1];
  if (unused > 7 || (unused > 0 && content.length === 1)) {
    return { value: toHex(content.subarray(0, MAX_SHOWN.octets)), error: `invalid number of unused bits: ${unused}` };
  }
  const dirty = content.length > 1 && (last & ((1 << unused) - 1)) !== 0;
  const count = 8 * (content.length - 1) - unused;
  const left = unused > 0 ? `, ${unused} unused` : '';
  const value = `${count} bit${count === 1 ? '' : 's'}${left}`;
  return {
    value: content.length > 1 ? `${value}: ${hexOrStart(content.subarray(1))}` : value,
    remark: dirty ? 'the unused bits are not zero' : undefined,
  };
}

/** @param {Uint8Array} content @returns {DescribedValue} */
function nullValue(content) {
  return content.length === 0 ? { value: '' } : { value: hexOrStart(content), error: 'a NULL has no content' };
}

/** @param {boolean} relative @returns {(content: Uint8Array) => DescribedValue} */
function identifier(relative) {
  return (content) => {
    const dotted = dottedOid(content, relative);
    if (dotted === null) return { value: hexOrStart(content), error: 'not a valid object identifier' };
    const name = oidNameOf(dotted);
    return { value: name === null || relative ? dotted : `${dotted} (${name})` };
  };
}

/* --- text ------------------------------------------------------------------------- */

const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/;

/** @param {Uint8Array} content */
function latin1(content) {
  return Array.from(content, (octet) => String.fromCharCode(octet)).join('');
}

/** @param {RegExp} alphabet @param {string} name @returns {(content: Uint8Array) => DescribedValue} */
function restrictedString(alphabet, name) {
  return (content) => {
    const text = latin1(content);
    return { value: quoted(text), error: alphabet.test(text) ? undefined : `a character not allowed in ${name}` };
  };
}

const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @param {Uint8Array} content @returns {string | null} null if it is not UTF-8 */
function decodeUtf8(content) {
  try {
    return utf8Decoder.decode(content);
  } catch {
    return null;
  }
}

/** @param {Uint8Array} content @returns {DescribedValue} */
function utf8(content) {
  const text = decodeUtf8(content);
  return text === null ? { value: quoted(latin1(content)), error: 'not valid UTF-8' } : { value: quoted(text) };
}

/**
 * @param {Uint8Array} content
 * @param {1 | 2 | 4} width octets per character, big-endian
 * @returns {string | null} null if it is not valid text
 */
function decodeWide(content, width) {
  if (content.length % width !== 0) return null;
  let text = '';
  for (let at = 0; at < content.length; at += width) {
    const code = content.subarray(at, at + width).reduce((sum, octet) => sum * 256 + octet, 0);
    if (code > 0x10ffff) return null;
    text += String.fromCodePoint(code);
  }
  return text;
}

/** @param {1 | 2 | 4} width @returns {(content: Uint8Array) => DescribedValue} */
function fixedWidthString(width) {
  return (content) => {
    const text = decodeWide(content, width);
    if (text !== null) return { value: quoted(text) };
    return { value: hexOrStart(content), error: `not text with ${octetCount(width)} per character` };
  };
}

/**
 * The complete text of a string of any type. Octets that are not UTF-8 are read as Latin-1.
 * @param {{ tagClass: string, tag: number, content: Uint8Array }} node
 * @returns {string}
 */
export function textOf({ tagClass, tag, content }) {
  const width = tagClass !== 'universal' ? 1 : tag === 30 ? 2 : tag === 28 ? 4 : 1;
  return (width === 1 ? decodeUtf8(content) : decodeWide(content, width)) ?? latin1(content);
}

/* --- time ------------------------------------------------------------------------- */

/**
 * @param {string} text content of a UTCTime or GeneralizedTime
 * @param {boolean} short UTCTime, whose year has two digits: 1950 to 2049 (RFC 5280, section 4.1.2.5.1)
 * @returns {Date | null} null if it is not a valid time in UTC
 */
export function toDate(text, short) {
  const match = /^(\d\d|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:[.,](\d{1,9}))?Z$/.exec(text);
  if (!match || (match[1].length === 2) !== short) return null;
  const year = short ? (match[1] < '50' ? 2000 : 1900) + Number(match[1]) : Number(match[1]);
  const [month, day, hour, minute, second] = match.slice(2, 7).map((digits) => Number(digits ?? 0));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, Math.floor(Number(`0.${match[7] ?? 0}`) * 1000));
  const same =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24;
  return same && minute < 60 && second < 60 ? date : null;
}

/** @param {boolean} short @returns {(content: Uint8Array) => DescribedValue} */
function time(short) {
  return (content) => {
    const text = latin1(content.subarray(0, 40));
    const date = toDate(text, short);
    if (date === null) return { value: quoted(text), error: 'not a valid time in UTC' };
    const value = `${date
      .toISOString()
      .replace('T', ' ')
      .replace(/\.000Z$|Z$/, ' UTC')}`;
    const whole = text.length === (short ? 13 : 15);
    return { value, remark: whole ? undefined : 'DER times have seconds, and no fractions of them' };
  };
}

/* --- the types ------------------------------------------------------------------------- */

/** @type {Record<number, { name: string, constructed?: boolean, describe?: (content: Uint8Array) => DescribedValue }>} */
export const UNIVERSAL_TYPES = {
  0: { name: 'end of contents' },
  1: { name: 'BOOLEAN', describe: boolean },
  2: { name: 'INTEGER', describe: integer },
  3: { name: 'BIT STRING', describe: bitString },
  4: { name: 'OCTET STRING', describe: octets },
  5: { name: 'NULL', describe: nullValue },
  6: { name: 'OBJECT IDENTIFIER', describe: identifier(false) },
  7: { name: 'ObjectDescriptor', describe: fixedWidthString(1) },
  8: { name: 'EXTERNAL', constructed: true },
  9: { name: 'REAL', describe: octets },
  10: { name: 'ENUMERATED', describe: integer },
  11: { name: 'EMBEDDED PDV', constructed: true },
  12: { name: 'UTF8String', describe: utf8 },
  13: { name: 'RELATIVE-OID', describe: identifier(true) },
  14: { name: 'TIME', describe: fixedWidthString(1) },
  16: { name: 'SEQUENCE', constructed: true },
  17: { name: 'SET', constructed: true },
  18: { name: 'NumericString', describe: restrictedString(/^[0-9 ]*$/, 'NumericString') },
  19: { name: 'PrintableString', describe: restrictedString(PRINTABLE, 'PrintableString') },
  20: { name: 'TeletexString', describe: fixedWidthString(1) },
  21: { name: 'VideotexString', describe: octets },
  22: { name: 'IA5String', describe: restrictedString(/^[\x00-\x7f]*$/, 'IA5String') },
  23: { name: 'UTCTime', describe: time(true) },
  24: { name: 'GeneralizedTime', describe: time(false) },
  25: { name: 'GraphicString', describe: fixedWidthString(1) },
  26: { name: 'VisibleString', describe: restrictedString(/^[\x20-\x7e]*$/, 'VisibleString') },
  27: { name: 'GeneralString', describe: fixedWidthString(1) },
  28: { name: 'UniversalString', describe: fixedWidthString(4) },
  29: { name: 'CHARACTER STRING', constructed: true },
  30: { name: 'BMPString', describe: fixedWidthString(2) },
};

/** For content whose type is hidden by an implicit tag. @param {Uint8Array} content @returns {DescribedValue} */
export function describeUntyped(content) {
  const text = latin1(content.subarray(0, MAX_SHOWN.text));
  const readable = content.length > 2 && content.length <= MAX_SHOWN.text && /^[\x20-\x7e]+$/.test(text);
  return readable ? { value: `${octetCount(content.length)}: ${quoted(text)}` } : octets(content);
}
