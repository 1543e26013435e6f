/** PostgreSQL and MySQL: messages of octets in which the client asks for TLS. */
import { toText } from './input.js';
import { notOffered, refused, unexpected } from './problem.js';

/** @typedef {import('./input.js').Input} Input */

/**
 * @template [T=void]
 * @typedef {import('./input.js').Steps<T>} Steps
 */

/** Of a message or packet before TLS. */
const MAX_MESSAGE_BYTES = 4096;

/* --- PostgreSQL ---------------------------------------------------------------------------- */

const SSL_REQUEST = Uint8Array.of(0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f);

/** "SSL Session Encryption" and "ErrorResponse" of PostgreSQL's protocol. @param {Input} input @returns {Steps} */
export function* postgres(input) {
  yield SSL_REQUEST;
  const answer = toText(yield* input.take(1));
  if (answer === 'E') {
    throw refused('SSLRequest', yield* postgresError(input));
  }
  if (answer === 'N') {
    throw refused('SSLRequest', answer);
  }
  if (answer !== 'S') {
    throw unexpected('SSLRequest', toText(input.last(100)));
  }
}

/**
 * An ErrorResponse behind its type: fields with a letter each, M for the message. Servers before 7.4 send only text.
 * @param {Input} input
 * @returns {Steps<string>}
 */
function* postgresError(input) {
  const isText = (/** @type {number} */ byte) => byte === 0;
  const [first, ...more] = yield* input.take(1);
  if (first !== 0) {
    return toText(Uint8Array.of(first, ...more, ...(yield* input.until(isText)))).slice(0, -1);
  }
  const [b, c, d] = yield* input.take(3);
  const length = b * 0x10000 + c * 0x100 + d - 4;
  if (length < 1 || length > MAX_MESSAGE_BYTES) {
    throw unexpected('SSLRequest', 'an error message of an impossible length');
  }
  const fields = toText(yield* input.take(length)).split('\0');
  return fields.find((field) => field[0] === 'M')?.slice(1) ?? fields.join(' ');
}

/* --- MySQL --------------------------------------------------------------------------------- */

const GREETING_ERROR = 0xff;
const PROTOCOL_VERSION = 10;
/** Capabilities: CLIENT_LONG_PASSWORD, CLIENT_PROTOCOL_41, CLIENT_SSL and CLIENT_RESERVED2, once CLIENT_SECURE_CONNECTION. */
const CLIENT_SSL = 0x0800;
const CLIENT_PROTOCOL_41 = 0x0200;
const CLIENT_FLAGS = 0x8000 | CLIENT_SSL | CLIENT_PROTOCOL_41 | 1;

/**
 * "Connection Phase" of MySQL's protocol, which MariaDB shares: the server's handshake packet, then our SSLRequest. TLS
 * follows without an answer.
 * @param {Input} input
 * @returns {Steps}
 */
export function* mysql(input) {
  const head = yield* input.take(4);
  const [low, middle, high, sequence] = head;
  const length = low + middle * 0x100 + high * 0x10000;
  if (length < 1 || length > MAX_MESSAGE_BYTES || sequence !== 0) {
    throw unexpected(undefined, toText(input.last(100)));
  }
  const packet = yield* input.take(length);
  if (packet[0] === GREETING_ERROR && length > 3) {
    const text = toText(packet.subarray(3)).replace(/^#.{5}/, '');
    throw refused(undefined, `error ${packet[1] + packet[2] * 0x100}: ${text}`);
  }
  // Version 10, the server's version with a NUL, 13 octets of thread and scramble, then capabilities and character set.
  const flags = packet.indexOf(0, 1) + 14;
  if (packet[0] !== PROTOCOL_VERSION || flags < 14 || flags + 3 > length) {
    throw unexpected(undefined, toText(packet.subarray(0, 100)));
  }
  const capabilities = packet[flags] + packet[flags + 1] * 0x100;
  if (!(capabilities & CLIENT_SSL) || !(capabilities & CLIENT_PROTOCOL_41)) {
    throw notOffered('');
  }
  // Capabilities, the longest packet (16 MB), the server's own character set, 23 octets of zero.
  const request = new Uint8Array(36);
  request.set([32, 0, 0, 1, CLIENT_FLAGS & 0xff, CLIENT_FLAGS >> 8, 0, 0, 0, 0, 0, 1, packet[flags + 2]]);
  yield request;
}
