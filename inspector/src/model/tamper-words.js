/** What became of a byte that was changed on the way, and what follows from it. */
import { visible } from './format.js';

/** @typedef {import('../types.js').Tamper} Tamper */
/** @typedef {import('./inspect-server.js').Inspection} Inspection */
/** @typedef {import('./records.js').ByteLocation} ByteLocation */

/** Where the byte is. @param {number} offset @param {ByteLocation | null} place */
export function placeWords(offset, place) {
  if (place === null) return `Byte ${(offset + 1).toLocaleString('en-US')}.`;
  const { record, inside, part } = place;
  const nth = `byte ${inside + 1} of ${record.length}`;
  const what = part === 'body' ? nth : `${nth}, its ${part}`;
  return `In “${record.name}”${record.clear ? ', which goes in clear' : ''}: ${what}.`;
}

/**
 * What came of it, and why.
 * @param {Tamper} tamper
 * @param {ByteLocation | null} place in the connection before
 * @param {Inspection} result
 * @param {number} passed how many bytes passed in that direction this time
 * @returns {{ kind: 'error' | 'good' | 'cancelled', sentence: string, why: string }}
 */
export function tamperWords({ direction, offset }, place, { error, info }, passed) {
  if (passed <= offset) {
    return {
      kind: 'cancelled',
      sentence: 'Nothing was changed: the connection ended before that byte.',
      why: 'Connections differ a little in length. Choose an earlier byte.',
    };
  }
  if (error === null) return unnoticed(place);
  if (error.code === 'ERR_TLS_ABORTED') {
    return { kind: 'cancelled', sentence: 'Cancelled.', why: 'What would have come of it was not waited for.' };
  }
  const who = noticed(error);
  return { kind: 'error', sentence: who, why: whyItFailed(direction, place, error, info !== null) };
}

/** @param {NonNullable<Inspection['error']>} error */
function noticed({ code, message }) {
  switch (code) {
    case 'ERR_TLS_ALERT':
      return `The server noticed, and ended the connection. ${visible(message)}`;
    case 'ERR_TLS_HANDSHAKE_CLOSED':
    case 'ERR_TLS_CONNECTION_RESET':
    case 'ERR_TLS_TRUNCATED':
      return `The server noticed, and hung up: ${code}.`;
    case 'ERR_TLS_TIMEOUT':
      return `The connection stood still, until this page gave up: ${code}.`;
    default:
      return `This page noticed, and ended the connection: ${code}.`;
  }
}

/** @param {ByteLocation | null} place @returns {ReturnType<typeof tamperWords>} */
function unnoticed(place) {
  if (place !== null && !place.record.clear) {
    return {
      kind: 'good',
      sentence: 'Nothing failed that could be seen from here.',
      why:
        'This was the last record of the connection, its close_notify. Whoever got it could not open it and threw it ' +
        'away, but nobody waited for it any more: all that was said had arrived as it was sent.',
    };
  }
  return {
    kind: 'good',
    sentence: 'Nothing failed, and nothing was altered that either end goes by.',
    why:
      'This byte belongs to no message: it is in a field that is there for old equipment on the way, and that both ends ' +
      'pass over. Every message, and every byte of data, arrived as it was sent.',
  };
}

/**
 * @param {Tamper['direction']} direction
 * @param {ByteLocation | null} place
 * @param {NonNullable<Inspection['error']>} error
 * @param {boolean} open
 */
function whyItFailed(direction, place, { code }, open) {
  const reader = direction === 'received' ? 'this page' : 'the server';
  if (code === 'ERR_TLS_TIMEOUT') {
    return (
      `A length was changed, so ${reader} waits for bytes that never come. Nothing of what has come was used: a record ` +
      'is opened only when it is whole.'
    );
  }
  if (place !== null && place.part !== 'body') {
    return (
      `The header of a record says what it is and how long. With another ${place.part}, ${reader} reads something else ` +
      'than was sent: that has no valid tag, or is no record at all.'
    );
  }
  if (!place?.record.clear) {
    const when = open ? 'The handshake was done by then. ' : '';
    return (
      `${when}Each encrypted record ends in a tag over all of its bytes, made with a key that only the two ends have. ` +
      `What ${reader} computed was another one, so it threw the record away unread.`
    );
  }
  const digest =
    'both ends make their keys from a digest of all that they have sent and seen. They have not seen the same, so their ' +
    'keys differ, and what one of them encrypts next the other cannot open.';
  if (code === 'ERR_TLS_BAD_RECORD') {
    return `This message goes in clear: anybody can read and change it. But ${digest}`;
  }
  return (
    'This message goes in clear: anybody can read and change it. With this change it says something that does not fit, ' +
    `and was refused for that. A change that does fit fails all the same: ${digest}`
  );
}

/** What follows from it. */
export const NO_TRUST_NEEDED =
  'The bridge carries all of these bytes and could do just this, and no more, for it has no key. It sees where to, when ' +
  'and how much; it can delay, and cut off. It cannot read, and whatever it changes makes the connection fail: so it ' +
  'need not be trusted.';
