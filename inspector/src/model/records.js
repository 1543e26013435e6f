/** The records of TLS in what one end has sent: where each begins, and what can be said of it without a key. */

/**
 * @typedef {object} WireRecord
 * @property {number} at where its header begins, in bytes
 * @property {number} length with the header, in bytes
 * @property {string} name such as "ServerHello" or "encrypted record 2"
 * @property {boolean} clear whether it goes in clear
 */

const HEADER = 5;
const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HANDSHAKE = 22;

/** Of handshake messages that go in clear (RFC 8446, section 4; RFC 5246, section 7.4). @type {Record<number, string>} */
const MESSAGES = {
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
 * @param {Uint8Array} bytes from the beginning of the connection
 * @returns {WireRecord[]} whole records, and the last one as far as it is there
 */
export function recordsOf(bytes) {
  /** @type {WireRecord[]} */
  const records = [];
  let changed = false;
  let encrypted = 0;
  for (let at = 0; at + HEADER <= bytes.length;) {
    const type = bytes[at];
    const length = Math.min(HEADER + bytes[at + 3] * 256 + bytes[at + 4], bytes.length - at);
    const clear = type === CHANGE_CIPHER_SPEC || (!changed && (type === HANDSHAKE || type === ALERT));
    const name = clear ? clearName(type, bytes.subarray(at + HEADER, at + length)) : `encrypted record ${++encrypted}`;
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
    names.push(MESSAGES[body[at]] ?? 'handshake message');
  }
  return names.join(', ') || 'part of a handshake message';
}

/** @typedef {{ record: WireRecord, inside: number, part: 'type' | 'version' | 'length' | 'body' }} ByteLocation */

/**
 * @param {WireRecord[]} records
 * @param {number} offset of a byte
 * @returns {ByteLocation | null} `inside`: which byte of the record it is, header and all
 */
export function locateByte(records, offset) {
  const record = records.find(({ at, length }) => offset >= at && offset < at + length);
  if (record === undefined) return null;
  const inside = offset - record.at;
  return { record, inside, part: inside === 0 ? 'type' : inside < 3 ? 'version' : inside < HEADER ? 'length' : 'body' };
}

/**
 * All that passed in one direction.
 * @param {import('../types.js').Recording} recording
 * @param {'sent' | 'received'} direction
 */
export function streamOf({ chunks }, direction) {
  const parts = chunks.filter((chunk) => chunk.direction === direction).map(({ bytes }) => bytes);
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
