/** Fields of records, and of their content other than handshake messages. */
import { count, Cursor, shortHex, readAll, textOf } from './fields.js';
import * as names from './names.js';
import { TLS13 } from './versions.js';
import { explicitNonceBytes } from './protection.js';

/** @typedef {import('./cipher-suites.js').Suite} Suite */
/** @typedef {import('./types.js').Facts} Facts */
/** @typedef {import('./types.js').Field} Field */

/** @param {Uint8Array} bytes */
const size = (bytes) => count(bytes.length, 'byte');

/**
 * @param {Uint8Array} bytes header and fragment
 * @param {object} state
 * @param {boolean} state.isProtected
 * @param {number | null} state.version negotiated version
 * @param {Suite | null} state.suite
 * @returns {Field[]}
 */
export function recordFields(bytes, { isProtected, version, suite }) {
  const cursor = new Cursor(bytes);
  readAll(cursor, () => {
    cursor.number('Content type', 1, names.contentTypeName);
    cursor.number('Legacy version', 2, names.numberedVersion);
    cursor.number('Length', 2, (number) => count(number, 'byte'));
    if (!isProtected) {
      cursor.rest('Fragment', size);
      return;
    }
    const explicit = suite && version !== TLS13 ? explicitNonceBytes(suite) : 0;
    if (explicit > 0 && cursor.left >= explicit) cursor.bytes('Explicit nonce', explicit);
    const tag = suite && cursor.left >= suite.tagBytes ? suite.tagBytes : 0;
    if (cursor.left > tag) cursor.bytes('Ciphertext', cursor.left - tag, size);
    if (tag > 0) cursor.bytes('Authentication tag', tag);
  });
  return cursor.fields;
}

/**
 * RFC 8446, section 5.2: the last byte that is not zero is the content type.
 * @param {Uint8Array} bytes TLSInnerPlaintext
 * @returns {import('./types.js').Decrypted | null} null if there is no content type
 */
export function innerPlaintext(bytes) {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  if (end === 0) return null;
  const cursor = new Cursor(bytes);
  const content = cursor.peek(end - 1);
  if (content.length > 0) cursor.bytes('Content', content.length, size);
  const type = cursor.number('Content type', 1, names.contentTypeName);
  const padding = cursor.rest('Padding', size).length;
  return { type, bytes, content, padding, fields: cursor.fields };
}

/** @param {number} type content type @param {Uint8Array} bytes plaintext of a TLS 1.2 record @returns {import('./types.js').Decrypted} */
export function plaintext12(type, bytes) {
  const cursor = new Cursor(bytes);
  cursor.rest('Content', size);
  return { type, bytes, content: bytes, padding: 0, fields: cursor.fields };
}

/** RFC 8446, section 6. @param {Cursor} cursor @param {Facts} facts */
function alert(cursor, facts) {
  const level = cursor.number('Level', 1, names.alertLevelName);
  const description = cursor.number('Description', 1, (number) => `${names.alertName(number)} (${number})`);
  facts.alert = { level: names.alertLevelName(level), description: names.alertName(description) };
}

/** Shows printable bytes as text, others in hexadecimal. @param {Uint8Array} bytes */
function preview(bytes) {
  const text = textOf(bytes.subarray(0, 80)).split(/[\r\n]/)[0];
  const more = text.length < bytes.length ? '…' : '';
  return /^[\t\x20-\x7e]{4,}$/.test(text) ? `“${text}${more}” (${size(bytes)})` : shortHex(bytes);
}

/** @param {Facts} facts @returns {string} */
function alertTitle({ alert: read }) {
  return read ? `Alert: ${read.description}` : 'Alert';
}

/**
 * Reads the content of a record, unless it is handshake messages.
 * @param {number} type content type
 * @param {Uint8Array} bytes its plaintext
 * @returns {Pick<import('./types.js').Message, 'kind' | 'name' | 'reference' | 'fields' | 'facts'>}
 */
export function readContent(type, bytes) {
  const cursor = new Cursor(bytes);
  /** @type {Facts} */
  const facts = {};
  const { changeCipherSpec, alert: isAlert, applicationData } = names.CONTENT_TYPES;
  readAll(cursor, () => {
    if (type === changeCipherSpec)
      cursor.number('Type', 1, (number) => (number === 1 ? 'change_cipher_spec' : `${number}`));
    else if (type === isAlert) alert(cursor, facts);
    else if (type === applicationData) cursor.rest('Data', preview);
    else cursor.rest('Content');
  });
  const { fields } = cursor;
  if (type === changeCipherSpec) {
    return { kind: 'change_cipher_spec', name: 'ChangeCipherSpec', reference: 'RFC 5246, section 7.1', fields, facts };
  }
  if (type === isAlert) {
    return { kind: 'alert', name: alertTitle(facts), reference: 'RFC 8446, section 6', fields, facts };
  }
  if (type === applicationData) {
    return { kind: 'application_data', name: 'Application data', reference: null, fields, facts };
  }
  return { kind: 'unknown', name: `Content of ${names.contentTypeName(type)}`, reference: null, fields, facts };
}
