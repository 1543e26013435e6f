import { TLSError } from './errors.js';
import { describe } from './input.js';
import { any } from './option-kinds.js';
import { readOptions } from './options-reader.js';

/** RFC 1035, section 3.1: 253 characters, and a trailing dot. */
const MAX_HOST_LENGTH = 254;

/** @typedef {{hostname: string, port: number}} Address */

/**
 * Parses `host`, `host:port`, `[v6]:port`, a bare IPv6 address, or {hostname, port}. The default port is 443.
 * @param {string | {hostname: string, port?: number | string}} address
 * @returns {Address} the host name in ASCII (RFC 5890 A-labels), without brackets
 */
export function parseAddress(address) {
  if (typeof address === 'string') {
    return parseAddressText(address);
  }
  if (address === null || typeof address !== 'object') {
    throw new TLSError('ERR_TLS_INVALID_ADDRESS', 'The address must be "host:port" or {hostname, port}.');
  }
  const { hostname, port = 443 } = readOptions('the address', { hostname: any, port: any }, address);
  if (typeof hostname !== 'string') {
    throw new TLSError(
      'ERR_TLS_INVALID_ADDRESS',
      `The hostname of the address must be text, not ${describe(hostname)}.`,
    );
  }
  return { hostname: parseHost(hostname, hostname), port: parsePort(port, hostname) };
}

/** @param {string} text */
function parseAddressText(text) {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/s.exec(text);
  const parts = bracketed ?? (text.split(':').length > 2 ? [text, text, undefined] : /^([^:]*)(?::(.*))?$/s.exec(text));
  if (parts === null) {
    throw new TLSError('ERR_TLS_INVALID_ADDRESS', `${JSON.stringify(text)} is not host:port.`);
  }
  const [, host = '', port] = parts;
  if (bracketed && !host.includes(':')) {
    throw new TLSError('ERR_TLS_INVALID_ADDRESS', `${JSON.stringify(text)}: only IPv6 addresses go in brackets.`);
  }
  return { hostname: parseHost(host, text), port: parsePort(port ?? 443, text) };
}

/**
 * @param {string} host
 * @param {string} whole the input, for the error message
 */
export function parseHost(host, whole = host) {
  let ascii = host.replace(/^\[(.*:.*)\]$/, '$1');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: tests for ASCII
  if (/[^\x00-\x7f]/.test(ascii)) {
    // The URL parser applies UTS #46. Only for non-ASCII names: it would also read "0x7f.1" as an IPv4 address.
    try {
      ascii = new URL(`https://${ascii}`).hostname;
    } catch {
      ascii = '';
    }
    if (/^[\d.]*$/.test(ascii) || ascii.includes(':')) {
      ascii = '';
    }
  }
  if (ascii === '' || ascii.length > MAX_HOST_LENGTH || /[^A-Za-z0-9._:-]/.test(ascii)) {
    throw new TLSError(
      'ERR_TLS_INVALID_ADDRESS',
      `${JSON.stringify(whole)} contains no valid host name or IP address.`,
    );
  }
  return ascii;
}

/**
 * @param {unknown} port
 * @param {unknown} whole the input, for the error message
 */
function parsePort(port, whole) {
  const number = typeof port === 'string' && /^[0-9]{1,5}$/.test(port) ? Number(port) : port;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 1 || number > 65535) {
    throw new TLSError(
      'ERR_TLS_INVALID_ADDRESS',
      `${JSON.stringify(whole)}: the port must be a number from 1 to 65535.`,
    );
  }
  return number;
}

/** @param {Address} address */
export function formatAddress({ hostname, port }) {
  return hostname.includes(':') ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}
