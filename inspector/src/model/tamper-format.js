/** Explains the effect of a byte that was changed in transit. */
import { visible } from './format.js';

/** @typedef {import('../types.js').Tamper} Tamper */
/** @typedef {import('./inspect-server.js').Inspection} Inspection */
/** @typedef {import('./records.js').ByteLocation} ByteLocation */
/** @typedef {{ kind: 'error' | 'good' | 'cancelled', sentence: string, why: string }} TamperOutcome */

/** @param {number} offset @param {ByteLocation | null} location */
export function locationText(offset, location) {
  if (location === null) return `Byte ${(offset + 1).toLocaleString('en-US')}.`;
  const { record, inside, part } = location;
  const where = part === 'body' ? '' : `, part of the record’s ${part}`;
  const [at, length] = [inside + 1, record.length].map((number) => number.toLocaleString('en-US'));
  return `In “${record.name}” (${record.clear ? 'not encrypted' : 'encrypted'}): byte ${at} of ${length}${where}.`;
}

/**
 * @param {Tamper} tamper
 * @param {ByteLocation | null} location in the connection before
 * @param {Inspection} inspection of the connection with the change
 * @param {number} length bytes that passed in that direction this time
 * @returns {TamperOutcome}
 */
export function tamperOutcome({ direction, offset }, location, { error, info }, length) {
  if (length <= offset) {
    return {
      kind: 'cancelled',
      sentence: 'Nothing was changed: the connection ended before that byte.',
      why: 'The length of a connection varies a little. Choose an earlier byte.',
    };
  }
  if (error === null) return undetected(location);
  if (error.code === 'ERR_TLS_ABORTED') {
    return {
      kind: 'cancelled',
      sentence: 'Cancelled.',
      why: 'The effect of the change is not known.',
    };
  }
  return {
    kind: 'error',
    sentence: detection(error),
    why: whyItFailed(direction, location, error, info !== null),
  };
}

/** @param {NonNullable<Inspection['error']>} error */
function detection({ code, message }) {
  switch (code) {
    case 'ERR_TLS_ALERT':
      return `The server detected the change and ended the connection. ${visible(message)}`;
    case 'ERR_TLS_HANDSHAKE_CLOSED':
    case 'ERR_TLS_CONNECTION_RESET':
    case 'ERR_TLS_TRUNCATED':
      return `The server detected the change and closed the connection: ${code}.`;
    case 'ERR_TLS_TIMEOUT':
      return `The connection stalled until this page gave up: ${code}.`;
    default:
      return `This page detected the change and ended the connection: ${code}.`;
  }
}

/** @param {ByteLocation | null} location @returns {TamperOutcome} */
function undetected(location) {
  if (location !== null && !location.record.clear) {
    return {
      kind: 'good',
      sentence: 'No failure was visible here.',
      why:
        'This was the connection’s last record, its close_notify. The receiver could not decrypt it and discarded it, ' +
        'but by then all data had arrived unchanged.',
    };
  }
  return {
    kind: 'good',
    sentence: 'Nothing failed: neither client nor server uses this byte.',
    why:
      'The byte belongs to no message: its field exists only for compatibility with old middleboxes, and both ends ' +
      'ignore it. Every message, and every byte of data, arrived unchanged.',
  };
}

/**
 * @param {Tamper['direction']} direction
 * @param {ByteLocation | null} location
 * @param {NonNullable<Inspection['error']>} error
 * @param {boolean} handshakeDone
 */
function whyItFailed(direction, location, { code }, handshakeDone) {
  const reader = direction === 'received' ? 'this page' : 'the server';
  if (code === 'ERR_TLS_TIMEOUT') {
    return (
      `The change altered a length, so ${reader} waited for bytes that never arrived. It used none of the incomplete ` +
      'record: a record is decrypted only when it is complete.'
    );
  }
  if (location !== null && location.part !== 'body') {
    return (
      `A record’s header gives its type, version and length. With another ${location.part}, ${reader} reads a different ` +
      'record than was sent: its authentication tag does not match, or it is not a record at all.'
    );
  }
  if (!location?.record.clear) {
    const when = handshakeDone ? 'The handshake was complete by then. ' : '';
    return (
      `${when}Each encrypted record ends in an authentication tag over all its bytes, made with a key that only client ` +
      `and server have. The tag no longer matched, so ${reader} discarded the record unread.`
    );
  }
  const keysDiffer =
    'client and server derive their keys from a hash of all handshake messages that they sent and received. These now ' +
    'differ, so the keys differ, and neither can decrypt what the other encrypts next.';
  if (code === 'ERR_TLS_BAD_RECORD') {
    return `This message is not encrypted: anybody in the middle can read and change it. But ${keysDiffer}`;
  }
  return (
    'This message is not encrypted: anybody in the middle can read and change it. This change made it invalid, so it ' +
    `was rejected. A change that leaves it valid also fails: ${keysDiffer}`
  );
}

export const WHY_NO_TRUST_NEEDED =
  'The bridge relays all of these bytes and can change them like this, but it has no keys. It sees addresses, times and ' +
  'sizes; it can delay or cut the connection. It cannot read the data, and any change to it makes the connection fail: ' +
  'so you need not trust the bridge.';
