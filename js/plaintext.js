/** Recognizes servers that answer a ClientHello without TLS, by their first bytes. Pure: for error messages only. */
import { OTHER_PLAINTEXT, PLAINTEXT } from '../messages/plaintext.js';

const MAX_SHOWN_BYTES = 60;

/**
 * The first that matches is reported. In the order of how sure each is; bytes are characters here (Latin-1).
 * @type {readonly (readonly [id: string, pattern: RegExp])[]}
 */
const SIGNS = [
  ['http', /^HTTP\/\d|^\s*<(?:!doctype|html|head|body)\b/i],
  ['ssh', /^SSH-\d/],
  ['lmtp', /^220[ -].*\bLMTP\b/i],
  ['smtp', /^(?:220|421|5\d\d)[ -].*(?:SMTP|Postfix|Exim|Sendmail|mail)/i],
  ['ftp', /^[2-5]\d\d[ -][^]*(?:FTP|FileZilla)/i],
  ['reply', /^(?:220|421|500|502|503|530|554)[ -]/],
  ['nntp', /^20[01][ -]/],
  ['imap', /^\* (?:OK|PREAUTH|BYE|BAD)\b/i],
  [
    'redis',
    /^-(?:ERR (?:unknown|Protocol error|wrong number|max number|invalid|DENIED)|DENIED|NOAUTH|LOADING|MISCONF|WRONGTYPE)/i,
  ],
  ['pop3', /^(?:\+OK|-ERR)\b/],
  ['sieve', /^"IMPLEMENTATION"/i],
  ['mariadb', /^[^]{3}\0(?:\n[^\0]*MariaDB|\xff[^]*MariaDB)/i],
  ['mysql', /^[^]{3}[\0\x01](?:\n\d[ -~]*\0|\xff[^]{2}[ -~]+)/],
  ['postgresql', /^E(?:\0\0[^]{2}S[A-Z]+\0|FATAL|SFATAL|unsupported frontend)/],
  ['xmpp', /^<(?:\?xml|stream:)/],
  ['irc', /^(?::\S+ )?(?:NOTICE|ERROR|PING|4\d\d) [^{]/],
  ['memcached', /^(?:CLIENT_)?ERROR\b/],
  ['nats', /^(?:INFO \{|-ERR ')/],
  ['amqp', /^AMQP/],
  ['rfb', /^RFB \d{3}\.\d{3}/],
  ['rsync', /^@RSYNCD:/],
  ['svn', /^\( (?:success|failure) \(/],
  ['telnet', /^\xff[\xfb-\xfe]/],
  ['http2', /^\0\0[^]\x04[\0\x01]\0\0\0\0/],
  ['ldap', /^0(?:[\0-\x7f]|\x81[^]|\x82[^]{2}|\x84[^]{4})\x02\x01[^][x\x61]/],
  ['rdp', /^\x03\0\0[^][^]\xd0/],
  ['mssql', /^\x04[\0\x01]\0[^]/],
  ['oracle', /^\0[^]\0\0[\x02\x04\x05\x0b]\0/],
  ['mqtt', /^\x20\x02[\0\x01][\0-\x05]$/],
  ['socks', /^(?:\x05[\0-\x02\xff]|\0[\x5a-\x5d][^]{6})$/],
  ['dtls', /^[\x14-\x19]\xfe[\xfd\xff]/],
  ['ssl2', /^[\x80-\xff][^]\x04[^]{2}\0\x02/],
];

/**
 * @param {Uint8Array} bytes what the server sent first, as much as has arrived
 * @returns {{sentence: string, hint: string} | undefined} undefined if it can be TLS
 */
export function plaintextOf(bytes) {
  if (bytes.length === 0 || canBeRecord(bytes)) {
    return undefined;
  }
  const id = plaintextKind(bytes);
  const known = id === undefined ? undefined : PLAINTEXT[id];
  const shown = `${escape(bytes.subarray(0, MAX_SHOWN_BYTES))}${bytes.length > MAX_SHOWN_BYTES ? ' …' : ''}`;
  return {
    sentence: `The server does not speak TLS on this port: ${known ? `it looks like ${known.name}, and` : 'it'} sent ${shown}.`,
    hint: known?.hint ?? OTHER_PLAINTEXT,
  };
}

/** @param {Uint8Array} bytes what the server sent first @returns {string | undefined} a key of PLAINTEXT */
export function plaintextKind(bytes) {
  const text = String.fromCharCode(...bytes.subarray(0, 256));
  return SIGNS.find(([, pattern]) => pattern.test(text))?.[0];
}

/** The header of a TLS record (RFC 8446, section 5.1), as far as it has come. @param {Uint8Array} bytes */
function canBeRecord([type, major, minor]) {
  return type >= 20 && type <= 24 && (major === undefined || major === 3) && (minor === undefined || minor <= 4);
}

/** In quotation marks, as a string of C: what is not printable ASCII becomes an escape. @param {Uint8Array} bytes */
function escape(bytes) {
  /** @type {Record<number, string>} */
  const named = { 9: '\\t', 10: '\\n', 13: '\\r', 34: '\\"', 92: '\\\\' };
  const shown = Array.from(
    bytes,
    (byte) =>
      named[byte] ??
      (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`),
  );
  return `"${shown.join('')}"`;
}
