/** Tampering in transit: a flipped bit, a changed offer, a truncated answer. Client and server themselves behave correctly. */
import { withBitFlipped } from './altering-relay.js';

/** @typedef {import('./altering-relay.js').AlterRecord} AlterRecord */
/** @typedef {import('./handshakes.js').Handshake} Handshake */

/**
 * @typedef {Omit<Handshake, 'make'> & {
 *   version: 'TLSv1.2' | 'TLSv1.3',
 *   rules: () => { fromClient?: AlterRecord, fromServer?: AlterRecord },
 * }} Alteration
 */

/** Record types (RFC 8446, section 5.1). */
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
/** Handshake message types (RFC 8446, section 4). */
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
/** Extension (RFC 8446, section 4.2.1) and its version numbers. */
const SUPPORTED_VERSIONS = 43;
const TLS_1_2 = 0x0303;
const TLS_1_3 = 0x0304;

/** In bytes. */
const RECORD_HEADER = 5;
const MESSAGE_HEADER = 4;
/** Offsets in a record that starts with a ClientHello or ServerHello; the random follows the version. */
const RANDOM = RECORD_HEADER + MESSAGE_HEADER + 2;
const SESSION_ID = RANDOM + 32;

const TAMPERED_ADVICE =
  'Somebody between client and server changes the data. You are safe, because the connection fails: try another network.';

/** @param {Buffer} record @param {number} type */
function isMessage(record, type) {
  return record[0] === HANDSHAKE && record[RECORD_HEADER] === type;
}

/**
 * Flips a bit in the middle of one encrypted record from the server.
 * @param {number} number of that record: the server's first encrypted record is 1
 * @returns {{ fromServer: AlterRecord }}
 */
function flipBitIn(number) {
  return {
    fromServer: (record, counts) =>
      record[0] === APPLICATION_DATA && counts.server === number ? withBitFlipped(record, record.length >> 1) : record,
  };
}

/*
 * Numbers of the server's encrypted records. OpenSSL sends each TLS 1.3 message in its own record: EncryptedExtensions,
 * Certificate, CertificateVerify, Finished; then two session tickets, then data.
 */
const CERTIFICATE_RECORD = 2;
const FINISHED_RECORD = 4;
const FIRST_DATA_RECORD = 7;

/** @type {Alteration[]} */
export const ALTERATIONS = [
  {
    id: 'altered-hello',
    title: 'Flipped bit in the ServerHello',
    explain:
      'A relay flips one bit of the unencrypted ServerHello’s random. Client and server now derive different keys, so ' +
      'the first encrypted record cannot be decrypted.',
    advice: TAMPERED_ADVICE,
    code: 'ERR_TLS_BAD_RECORD',
    version: 'TLSv1.3',
    rules: () => ({
      fromServer: (record) => (isMessage(record, SERVER_HELLO) ? withBitFlipped(record, RANDOM + 10) : record),
    }),
  },
  {
    id: 'altered-certificate',
    title: 'Flipped bit in the certificates',
    explain:
      'A relay flips one bit of the certificates, which TLS 1.3 encrypts. The record’s authentication tag no longer ' +
      'matches, so the client discards it unread.',
    advice: TAMPERED_ADVICE,
    code: 'ERR_TLS_BAD_RECORD',
    version: 'TLSv1.3',
    rules: () => flipBitIn(CERTIFICATE_RECORD),
  },
  {
    id: 'altered-finished',
    title: 'Flipped bit in Finished',
    explain:
      'A relay flips one bit of the server’s last handshake message. The client has already accepted the chain by ' +
      'then; the connection fails all the same.',
    advice: TAMPERED_ADVICE,
    code: 'ERR_TLS_BAD_RECORD',
    sendsChain: true,
    version: 'TLSv1.3',
    rules: () => flipBitIn(FINISHED_RECORD),
  },
  {
    id: 'altered-data',
    title: 'Flipped bit in the data',
    explain:
      'The handshake succeeds. Then a relay flips one bit of the response: no byte of that record reaches the page.',
    advice: TAMPERED_ADVICE,
    code: 'ERR_TLS_BAD_RECORD',
    get: true,
    sendsChain: true,
    version: 'TLSv1.3',
    rules: () => flipBitIn(FIRST_DATA_RECORD),
  },
  {
    id: 'altered-session',
    title: 'Flipped bit that no signature covers',
    explain:
      'In TLS 1.2 no signature covers the ServerHello’s session ID. But the keys depend on every handshake message ' +
      '(RFC 7627), so the server cannot decrypt the client’s Finished, and sends an alert.',
    advice: TAMPERED_ADVICE,
    code: 'ERR_TLS_ALERT',
    sendsChain: true,
    version: 'TLSv1.2',
    rules: () => ({
      fromServer: (record) =>
        isMessage(record, SERVER_HELLO) && record[SESSION_ID] > 0 ? withBitFlipped(record, SESSION_ID + 1) : record,
    }),
  },
  {
    id: 'downgrade',
    title: 'Downgrade to TLS 1.2',
    explain:
      'A relay removes TLS 1.3 from the ClientHello’s offer. The server chooses TLS 1.2, but marks its random to show ' +
      'that it supports more (RFC 8446, section 4.1.3).',
    advice: TAMPERED_ADVICE,
    code: 'ERR_TLS_DOWNGRADE',
    version: 'TLSv1.3',
    rules: () => ({ fromClient: withoutTls13 }),
  },
  {
    id: 'cut-off',
    title: 'Truncated response',
    explain:
      'A relay forwards half of the response and closes the connection. Plain TCP would call that the end; TLS notices ' +
      'that close_notify is missing.',
    advice: 'The data received is genuine but incomplete: do not treat it as the whole response.',
    code: 'ERR_TLS_TRUNCATED',
    get: true,
    sendsChain: true,
    version: 'TLSv1.3',
    rules: () => ({ fromServer: (record, counts) => (counts.server > FIRST_DATA_RECORD ? null : record) }),
  },
];

/**
 * Replaces TLS 1.3 with TLS 1.2 in the supported_versions of a ClientHello.
 * @type {AlterRecord}
 */
function withoutTls13(record) {
  if (!isMessage(record, CLIENT_HELLO)) return record;
  const copy = Buffer.from(record);
  let at = SESSION_ID;
  at += 1 + copy[at];
  at += 2 + copy.readUInt16BE(at); // cipher suites
  at += 1 + copy[at]; // compression methods
  for (at += 2; at + 4 <= copy.length; at += 4 + copy.readUInt16BE(at + 2)) {
    if (copy.readUInt16BE(at) !== SUPPORTED_VERSIONS) continue;
    for (let version = at + 5; version < at + 5 + copy[at + 4]; version += 2) {
      if (copy.readUInt16BE(version) === TLS_1_3) copy.writeUInt16BE(TLS_1_2, version);
    }
  }
  return copy;
}
