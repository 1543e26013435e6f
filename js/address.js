/**
 * The one parser of addresses and host names. It explains what is wrong, converts U-labels to A-labels, and accepts only
 * what wasm/x509/hostname.c accepts too, which has the last word on what is a DNS name or an IP address.
 */
import { TLSError } from './errors.js';
import { any } from './option-kinds.js';
import { readOptions } from './options-reader.js';
import { describe, quote } from './quote.js';

/**
 * What a transport dials.
 * @typedef {object} Address
 * @property {string} hostname in ASCII (RFC 5890, A-labels). A name may have a final dot. An IPv6 address has no brackets,
 *   and may have a zone (RFC 4007): `fe80::1%eth0`
 * @property {number} port
 */

const DEFAULT_PORT = 443;
const MAX_PORT = 65535;
/** Four decimal numbers from 0 to 255, without leading zeros. */
const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);
/** Of an IPv6 address, which may end in an IPv4 address. */
const MAX_LITERAL_CHARACTERS = 45;
/** RFC 1035, section 2.3.4. */
const MAX_NAME_CHARACTERS = 253;
const MAX_LABEL_CHARACTERS = 63;
/** Of text before its conversion to ASCII, to limit what that costs. */
const MAX_TEXT_CHARACTERS = 1000;

/** What is wrong with a host that has one of these. The first that fits is reported. @type {readonly [RegExp, string][]} */
const FOREIGN_PARTS = [
  [/^[a-z][a-z0-9+.-]*:\/\//i, "it is a URL: use 'host:port'"],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: to reject them
  [/[\x00-\x20\x7f]/, 'it has white space or a control character'],
  [/@/, "it has a user name: use 'host:port'"],
  [/[/\\]/, "it has a path: use 'host:port'"],
  [/[?#]/, "it has a query or fragment: use 'host:port'"],
  [/%/, 'it has a percent sign, which only the zone of a link-local IPv6 address has: nothing is decoded'],
  [/[[\]]/, 'only an IPv6 address has brackets, around all of it'],
  [/\*/, 'it has a wildcard: name one host'],
];

/**
 * Parses `host`, `host:port`, `[v6]:port`, a bare IPv6 address, or {hostname, port}.
 * @param {string | {hostname: string, port?: number | string}} address
 * @param {number} [defaultPort] 443
 * @returns {Address}
 * @throws {TLSError} ERR_TLS_INVALID_ADDRESS; for an unknown property, ERR_TLS_INVALID_OPTION
 */
export function parseAddress(address, defaultPort = DEFAULT_PORT) {
  if (typeof address === 'string') {
    return parseAddressText(address, defaultPort);
  }
  if (address === null || typeof address !== 'object') {
    throw new TLSError('ERR_TLS_INVALID_ADDRESS', "The address must be 'host:port' or {hostname, port}.");
  }
  const { hostname, port = defaultPort } = readOptions('the address', { hostname: any, port: any }, address);
  return { hostname: parseHost(hostname), port: parsePort(port, hostname) };
}

/**
 * Parses a host name or IP address without a port.
 * @param {string} host an IPv6 address may be in brackets
 * @returns {string} as in Address
 * @throws {TLSError} ERR_TLS_INVALID_ADDRESS
 */
export function parseHost(host) {
  if (typeof host !== 'string') {
    throw new TLSError('ERR_TLS_INVALID_ADDRESS', `A host name must be text, not ${describe(host)}.`);
  }
  const inBrackets = IN_BRACKETS.exec(host);
  if (inBrackets) {
    return inBrackets[2] === '' ? readIPv6(inBrackets[1], host) : reject(host, 'it has more than an IPv6 address');
  }
  if (hasManyColons(host)) {
    return readIPv6(host, host);
  }
  rejectForeignParts(host, host);
  return host.includes(':') ? reject(host, 'it has a port, and only the host belongs here') : readName(host, host);
}

/** An IPv6 address in brackets, and what follows. */
const IN_BRACKETS = /^\[([^[\]]*:[^[\]]*)\](.*)$/s;

/** @param {string} text */
const hasManyColons = (text) => text.indexOf(':') !== text.lastIndexOf(':');

/** @param {string} text @param {number} defaultPort */
function parseAddressText(text, defaultPort) {
  const [, bracketed, rest = ''] = IN_BRACKETS.exec(text) ?? [];
  if (bracketed !== undefined) {
    const hostname = readIPv6(bracketed, text);
    if (rest !== '' && rest[0] !== ':') {
      reject(text, "after an address in brackets, only ':port' can follow");
    }
    return { hostname, port: rest === '' ? defaultPort : parsePort(rest.slice(1), text) };
  }
  if (hasManyColons(text)) {
    return { hostname: readIPv6(text, text), port: defaultPort };
  }
  rejectForeignParts(text, text);
  const [host, port = defaultPort] = text.split(':');
  return { hostname: readName(host, text), port: parsePort(port, text) };
}

/** @param {string} url @returns {string} '' if it is no URL */
function hostOf(url) {
  try {
    return new URL(url).hostname;
  } catch {
    return '';
  }
}

/**
 * @param {string} text
 * @param {string} given for the error message
 */
function readIPv6(text, given) {
  const [address, ...zones] = text.split('%');
  rejectForeignParts(address, given);
  if (
    address.length > MAX_LITERAL_CHARACTERS ||
    !/^[0-9a-f:.]+$/i.test(address) ||
    hostOf(`http://[${address}]/`) === ''
  ) {
    reject(given, 'it has several colons but is not an IPv6 address');
  }
  const zone = zones.join('%');
  if (zones.length > 0) {
    if (!/^fe[89ab][0-9a-f]:/i.test(address)) {
      reject(given, 'only a link-local IPv6 address (fe80::/10) has a zone');
    }
    if (!/^[\w.~-]{1,64}$/.test(zone) || /^25\D/.test(zone)) {
      reject(given, "its zone is not the name or number of an interface, as in 'fe80::1%eth0'");
    }
  }
  return text;
}

/**
 * @param {string} text of a DNS name or IPv4 address
 * @param {string} given for the error message
 */
function readName(text, given) {
  if (text === '') {
    reject(given, 'the host is missing');
  }
  const name = toAscii(text, given);
  const relative = name.endsWith('.') ? name.slice(0, -1) : name;
  const labels = relative.split('.');
  const foreign = /[^A-Za-z0-9._-]/u.exec(name);
  if (foreign) {
    reject(given, `no host name has the character ${quote(foreign[0])}`);
  }
  if (/^(\d+|0x[0-9a-f]*)$/i.test(labels[labels.length - 1])) {
    // The "ends in a number" rule of the WHATWG URL standard: name look-ups read 127.1, 0x7f.1 and 017700000001 as addresses.
    return IPV4.test(relative)
      ? relative
      : reject(given, 'it ends in a number, but is not four decimal numbers (IPv4)');
  }
  if (labels.includes('')) {
    reject(given, 'it has an empty label');
  }
  if (labels.some((label) => label.length > MAX_LABEL_CHARACTERS) || relative.length > MAX_NAME_CHARACTERS) {
    reject(given, `a name has at most ${MAX_NAME_CHARACTERS} characters, and each label ${MAX_LABEL_CHARACTERS}`);
  }
  if (labels.some((label) => label.startsWith('-') || label.endsWith('-'))) {
    reject(given, 'a label begins or ends with a hyphen');
  }
  return name;
}

/**
 * ToASCII of UTS #46. The URL parser has it; it would also read 0x7f.1 as an IPv4 address, so what is ASCII already stays
 * as it is, and what becomes an IP address is rejected.
 * @param {string} text without ASCII characters of another part of a URL
 * @param {string} given for the error message
 */
function toAscii(text, given) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: tests for ASCII
  if (/^[\x00-\x7f]*$/.test(text)) {
    return text;
  }
  const ascii = text.length <= MAX_TEXT_CHARACTERS ? hostOf(`https://${text}/`) : '';
  if (ascii === '' || IPV4.test(ascii)) {
    reject(given, 'it cannot be converted to a host name in ASCII (UTS #46)');
  }
  return ascii;
}

/**
 * @param {string} text
 * @param {string} given for the error message
 */
function rejectForeignParts(text, given) {
  const found = FOREIGN_PARTS.find(([pattern]) => pattern.test(text));
  if (found) {
    reject(given, found[1]);
  }
}

/**
 * @param {string} given
 * @param {string} why
 * @returns {never}
 */
function reject(given, why) {
  throw new TLSError('ERR_TLS_INVALID_ADDRESS', `${quote(given)} is not a host name or IP address: ${why}.`);
}

/**
 * @param {unknown} port
 * @param {string} given for the error message
 */
function parsePort(port, given) {
  const number = typeof port === 'string' && /^[0-9]{1,5}$/.test(port) ? Number(port) : port;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 1 || number > MAX_PORT) {
    throw new TLSError(
      'ERR_TLS_INVALID_ADDRESS',
      `${quote(given)}: the port must be a number from 1 to ${MAX_PORT}, not ${describe(port)}.`,
    );
  }
  return number;
}

/**
 * What a certificate has of a host, for verification and SNI: no final dot (RFC 6066, section 3) and no zone, which only
 * means something to the machine that dials.
 * @param {string} hostname as in Address
 */
export function certificateHost(hostname) {
  return hostname.replace(/%.*$|\.$/s, '');
}

/** @param {string} hostname as in Address */
export function isIPAddress(hostname) {
  return hostname.includes(':') || IPV4.test(hostname);
}

/** @param {Address} address */
export function formatAddress({ hostname, port }) {
  return hostname.includes(':') ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
