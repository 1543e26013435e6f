/** Splits the bytes of one direction into TLS records, without keys. */

/**
 * @typedef {object} WireRecord
 * @property {number} at offset of the header
 * @property {number} length in bytes, header included
 * @property {string} name such as "ServerHello" or "encrypted record 2"
 * @property {boolean} clear whether it is not encrypted
 */

export const RECORD_HEADER_BYTES = 5;
const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HANDSHAKE = 22;

/** Handshake messages that are sent unencrypted (RFC 8446, section 4; RFC 5246, section 7.4). @type {Record<number, string>} */
const HANDSHAKE_MESSAGES = {
  1: 'ClientHello',
  2: 'ServerHello',
  4: 'NewSessionTicket',
  11: 'Certificate',
  12: 'ServerKeyExchange',
  13: 'CertificateRequest',
  14: 'ServerHelloDone',
  15: 'CertificateVerify',
  16: 'ClientKeyExchange',
};

/**
 * @param {Uint8Array} bytes from the start of the connection
 * @returns {WireRecord[]} the last one may be incomplete
 */
export function recordsOf(bytes) {
  /** @type {WireRecord[]} */
  const records = [];
  let changed = false;
  let encrypted = 0;
  for (let at = 0; at + RECORD_HEADER_BYTES <= bytes.length;) {
    const type = bytes[at];
    const length = Math.min(RECORD_HEADER_BYTES + bytes[at + 3] * 256 + bytes[at + 4], bytes.length - at);
    const clear = type === CHANGE_CIPHER_SPEC || (!changed && (type === HANDSHAKE || type === ALERT));
    const name = clear
      ? clearName(type, bytes.subarray(at + RECORD_HEADER_BYTES, at + length))
      : `encrypted record ${++encrypted}`;
    if (type === CHANGE_CIPHER_SPEC) changed = true;
    records.push({ at, length, name, clear });
    at += length;
  }
  return records;
}

/** @param {number} type @param {Uint8Array} body */
function clearName(type, body) {
  if (type === CHANGE_CIPHER_SPEC) return 'ChangeCipherSpec';
  if (type === ALERT) return 'Alert';
  const names = [];
  for (let at = 0; at + 4 <= body.length; at += 4 + ((body[at + 1] << 16) | (body[at + 2] << 8) | body[at + 3])) {
    names.push(HANDSHAKE_MESSAGES[body[at]] ?? 'handshake message');
  }
  return names.join(', ') || 'part of a handshake message';
}

/** @typedef {{ record: WireRecord, inside: number, part: 'type' | 'version' | 'length' | 'body' }} ByteLocation */

/**
 * @param {WireRecord[]} records
 * @param {number} offset of a byte
 * @returns {ByteLocation | null} `inside`: offset in the record, header included
 */
export function locateByte(records, offset) {
  const record = records.find(({ at, length }) => offset >= at && offset < at + length);
  if (record === undefined) return null;
  const inside = offset - record.at;
  return {
    record,
    inside,
    part: inside === 0 ? 'type' : inside < 3 ? 'version' : inside < RECORD_HEADER_BYTES ? 'length' : 'body',
  };
}

/**
 * All recorded bytes of one direction.
 * @param {import('../types.js').Recording} recording
 * @param {'sent' | 'received'} direction
 */
export function streamOf({ chunks }, direction) {
  return joined(chunks.filter((chunk) => chunk.direction === direction).map(({ bytes }) => bytes));
}

/** @param {Uint8Array[]} parts */
export function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
