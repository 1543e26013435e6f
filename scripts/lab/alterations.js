/**
 * What is done to connections on their way: one bit turned, an offer changed, the end cut off. Both ends are healthy.
 */
import { turned } from './altering-relay.js';

/** @typedef {import('./altering-relay.js').Passing} Passing */
/** @typedef {import('./handshakes.js').Handshake} Handshake */

/**
 * @typedef {Omit<Handshake, 'make'> & {
 *   version: 'TLSv1.2' | 'TLSv1.3',
 *   rules: () => { fromClient?: Passing, fromServer?: Passing },
 * }} Alteration
 */

const HANDSHAKE = 22;
const SERVER_HELLO = 2;
const CLIENT_HELLO = 1;
const RECORD_HEADER = 5;
const MESSAGE_HEADER = 4;
/** Of a ClientHello or ServerHello, behind its version. */
const RANDOM = RECORD_HEADER + MESSAGE_HEADER + 2;
const SESSION_ID = RANDOM + 32;

const ON_THE_WAY =
  'Somebody between the two ends changes what passes. The connection is safe, because it fails: try another network.';

/** @param {Buffer} record @param {number} type */
function isMessage(record, type) {
  return record[0] === HANDSHAKE && record[RECORD_HEADER] === type;
}

/**
 * Turns a bit in the middle of one encrypted record of the server.
 * @param {(seen: import('./altering-relay.js').Seen) => boolean} which
 * @returns {{ fromServer: Passing }}
 */
function turnedIn(which) {
  return {
    fromServer: (record, seen) => (record[0] === 23 && which(seen) ? turned(record, record.length >> 1) : record),
  };
}

/*
 * OpenSSL puts each message of TLS 1.3 into a record of its own: EncryptedExtensions, Certificate, CertificateVerify and
 * Finished are the first four encrypted ones; two session tickets follow, then data.
 */
const CERTIFICATE = 2;
const FINISHED = 4;
const TICKETS = 6;

/** @type {Alteration[]} */
export const ALTERATIONS = [
  {
    id: 'altered-hello',
    title: 'One bit of the ServerHello',
    explain:
      'The ServerHello goes in clear, and a relay turns one bit of its random number. The keys are made from both ' +
      'hellos, so the two ends have different ones now, and the first encrypted record cannot be opened.',
    advice: ON_THE_WAY,
    code: 'ERR_TLS_BAD_RECORD',
    version: 'TLSv1.3',
    rules: () => ({
      fromServer: (record) => (isMessage(record, SERVER_HELLO) ? turned(record, RANDOM + 10) : record),
    }),
  },
  {
    id: 'altered-certificate',
    title: 'One bit of the encrypted certificates',
    explain:
      'In TLS 1.3 the certificates are encrypted, and a relay turns one bit in the middle of them. The tag at the end ' +
      'of the record is for other bytes: it is thrown away unread.',
    advice: ON_THE_WAY,
    code: 'ERR_TLS_BAD_RECORD',
    version: 'TLSv1.3',
    rules: () => turnedIn((seen) => seen.server === CERTIFICATE),
  },
  {
    id: 'altered-finished',
    title: 'One bit of the server’s Finished',
    explain:
      'The last message of the server has a digest over the whole handshake, and a relay turns one bit of its record. ' +
      'The chain has been judged good by then; the connection fails all the same.',
    advice: ON_THE_WAY,
    code: 'ERR_TLS_BAD_RECORD',
    sendsChain: true,
    version: 'TLSv1.3',
    rules: () => turnedIn((seen) => seen.server === FINISHED),
  },
  {
    id: 'altered-data',
    title: 'One bit of the data',
    explain:
      'The handshake passes as it is. Then a relay turns one bit of the answer: not one byte of that record reaches the page.',
    advice: ON_THE_WAY,
    code: 'ERR_TLS_BAD_RECORD',
    get: true,
    sendsChain: true,
    version: 'TLSv1.3',
    rules: () => turnedIn((seen) => seen.server === TICKETS + 1),
  },
  {
    id: 'altered-session',
    title: 'One bit that nobody has signed',
    explain:
      'In TLS 1.2 the session id of the ServerHello goes in clear, and nothing signs it. But the keys are made from a ' +
      'digest of all that has passed (RFC 7627), so the server cannot open the Finished of the client, and says so.',
    advice: ON_THE_WAY,
    code: 'ERR_TLS_ALERT',
    sendsChain: true,
    version: 'TLSv1.2',
    rules: () => ({
      fromServer: (record) =>
        isMessage(record, SERVER_HELLO) && record[SESSION_ID] > 0 ? turned(record, SESSION_ID + 1) : record,
    }),
  },
  {
    id: 'downgrade',
    title: 'An offer of TLS 1.3, taken out',
    explain:
      'A relay takes TLS 1.3 out of what the ClientHello offers, to have an older version. The server chooses 1.2, and ' +
      'marks its random number to say that it would have taken more (RFC 8446, section 4.1.3).',
    advice: ON_THE_WAY,
    code: 'ERR_TLS_PROTOCOL',
    version: 'TLSv1.3',
    rules: () => ({ fromClient: withoutTls13 }),
  },
  {
    id: 'cut-off',
    title: 'An answer that is cut off',
    explain:
      'A relay lets half of the answer through and ends the connection. Over TCP alone that looks like the end of it; ' +
      'TLS has close_notify for the end, and that has not come.',
    advice: 'What has come is genuine, and not the whole: do not act upon it as if it were.',
    code: 'ERR_TLS_TRUNCATED',
    get: true,
    sendsChain: true,
    version: 'TLSv1.3',
    rules: () => ({ fromServer: (record, seen) => (seen.server > TICKETS + 1 ? null : record) }),
  },
];

/**
 * A ClientHello in which the list of versions has TLS 1.2 wherever it had TLS 1.3 (RFC 8446, section 4.2.1).
 * @type {Passing}
 */
function withoutTls13(record) {
  if (!isMessage(record, CLIENT_HELLO)) return record;
  const copy = Buffer.from(record);
  let at = SESSION_ID;
  at += 1 + copy[at];
  at += 2 + copy.readUInt16BE(at); // cipher suites
  at += 1 + copy[at]; // compression methods
  for (at += 2; at + 4 <= copy.length; at += 4 + copy.readUInt16BE(at + 2)) {
    if (copy.readUInt16BE(at) !== 43) continue;
    for (let version = at + 5; version < at + 5 + copy[at + 4]; version += 2) {
      if (copy.readUInt16BE(version) === 0x0304) copy.writeUInt16BE(0x0303, version);
    }
  }
  return copy;
}
