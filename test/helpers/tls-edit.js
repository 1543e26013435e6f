/** Changes handshake messages of a server on their way to the client, in TLS 1.2 and 1.3. */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

/** TLS record types. */
const CHANGE_CIPHER_SPEC = 20;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
const RECORD_HEADER = 5;
const MESSAGE_HEADER = 4;
const TAG = 16;

/** Handshake types (RFC 8446, appendix B.3; RFC 5246, section 7.4). */
export const SERVER_HELLO = 2;
export const SERVER_KEY_EXCHANGE = 12;
export const CERTIFICATE_VERIFY = 15;

/** Returns the message's body, changed. @typedef {(type: number, body: Buffer) => Buffer} Edit */

/** The records in the bytes received so far, and the rest. @param {Buffer} bytes */
function splitRecords(bytes) {
  const records = [];
  let at = 0;
  while (bytes.length - at >= RECORD_HEADER) {
    const end = at + RECORD_HEADER + bytes.readUInt16BE(at + 3);
    if (end > bytes.length) break;
    records.push(bytes.subarray(at, end));
    at = end;
  }
  return { records, rest: bytes.subarray(at) };
}

/** @param {Buffer} content whole handshake messages @param {Edit} edit */
function editMessages(content, edit) {
  const out = [];
  for (let at = 0; at < content.length;) {
    const end = at + MESSAGE_HEADER + content.readUIntBE(at + 1, 3);
    const body = edit(content[at], Buffer.from(content.subarray(at + MESSAGE_HEADER, end)));
    const header = Buffer.from(content.subarray(at, at + MESSAGE_HEADER));
    header.writeUIntBE(body.length, 1, 3);
    out.push(header, body);
    at = end;
  }
  return Buffer.concat(out);
}

/** @param {number} type @param {Buffer} content */
const record = (type, content) =>
  Buffer.concat([Buffer.from([type, 3, 3, content.length >> 8, content.length & 255]), content]);

/** HKDF-Expand-Label with an empty context, SHA-256. @param {Buffer} secret @param {string} label @param {number} length */
function expandLabel(secret, label, length) {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0, 1])]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, length);
}

/** Record protection with ChaCha20-Poly1305 (RFC 8446, section 5.2). @param {Buffer} secret */
function protection(secret) {
  const [key, iv] = [expandLabel(secret, 'key', 32), expandLabel(secret, 'iv', 12)];
  const nonce = (/** @type {number} */ sequence) => {
    const out = Buffer.from(iv);
    out.writeUInt32BE((out.readUInt32BE(8) ^ sequence) >>> 0, 8);
    return out;
  };
  const options = { authTagLength: TAG };
  return {
    /** @param {number} sequence @param {Buffer} bytes a record */
    open(sequence, bytes) {
      const cipher = createDecipheriv('chacha20-poly1305', key, nonce(sequence), options);
      cipher.setAAD(bytes.subarray(0, RECORD_HEADER), { plaintextLength: bytes.length - RECORD_HEADER - TAG });
      cipher.setAuthTag(bytes.subarray(-TAG));
      return Buffer.concat([cipher.update(bytes.subarray(RECORD_HEADER, -TAG)), cipher.final()]);
    },
    /** @param {number} sequence @param {Buffer} content with its type */
    seal(sequence, content) {
      const header = Buffer.from([APPLICATION_DATA, 3, 3, 0, 0]);
      header.writeUInt16BE(content.length + TAG, 3);
      const cipher = createCipheriv('chacha20-poly1305', key, nonce(sequence), options);
      cipher.setAAD(header, { plaintextLength: content.length });
      return Buffer.concat([header, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
    },
  };
}

/**
 * For a relay (relay.js): edits the messages of a TLS 1.2 server, up to its ChangeCipherSpec.
 * @param {Edit} edit
 * @returns {(chunk: Buffer) => Buffer}
 */
export function editPlaintext(edit) {
  let held = Buffer.alloc(0);
  let encrypted = false;
  return (chunk) => {
    const { records, rest } = splitRecords(Buffer.concat([held, chunk]));
    held = Buffer.from(rest);
    return Buffer.concat(
      records.map((bytes) => {
        encrypted ||= bytes[0] === CHANGE_CIPHER_SPEC;
        return encrypted ? bytes : record(HANDSHAKE, editMessages(bytes.subarray(RECORD_HEADER), edit));
      }),
    );
  };
}

/**
 * The same for the encrypted messages of a TLS 1.3 server, up to its Finished.
 * @param {() => Buffer} secret the server's handshake traffic secret, asked for when the first of them arrives; the
 *   cipher suite must be TLS_CHACHA20_POLY1305_SHA256
 * @param {Edit} edit
 * @returns {(chunk: Buffer) => Buffer}
 */
export function editEncrypted(secret, edit) {
  const FINISHED = 20;
  let held = Buffer.alloc(0);
  let sequence = 0;
  let finished = false;
  return (chunk) => {
    const { records, rest } = splitRecords(Buffer.concat([held, chunk]));
    held = Buffer.from(rest);
    return Buffer.concat(
      records.map((bytes) => {
        if (bytes[0] !== APPLICATION_DATA || finished) return bytes;
        const { open, seal } = protection(secret());
        const content = open(sequence, bytes);
        const edited = editMessages(content.subarray(0, -1), (type, body) => {
          finished ||= type === FINISHED;
          return edit(type, body);
        });
        return seal(sequence++, Buffer.concat([edited, content.subarray(-1)]));
      }),
    );
  };
}
