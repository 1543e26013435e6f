/** Which texts are IP addresses for Node's net. */
import { isIPAddress } from '../address.js';

const GROUP = /^[\da-f]{1,4}$/i;
const ZONE = /^[\da-z.:-]+$/i;
/** 16-bit groups of an IPv6 address. */
const GROUPS = 8;
/** A zone may follow; longer texts are no addresses. */
const MAX_ADDRESS_CHARACTERS = 45;

/** @param {unknown} input @returns {boolean} */
export function isIPv4(input) {
  const text = `${input}`;
  return !text.includes(':') && isIPAddress(text);
}

/** Not by the URL parser: that of Chromium allows zeros before a number of an IPv4 address at the end. @param {unknown} input @returns {boolean} */
export function isIPv6(input) {
  const text = `${input}`;
  const percent = text.indexOf('%');
  const address = percent < 0 ? text : text.slice(0, percent);
  if ((percent >= 0 && !ZONE.test(text.slice(percent + 1))) || address.length > MAX_ADDRESS_CHARACTERS) {
    return false;
  }
  const halves = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const tail = halves[halves.length - 1];
  const endsInIPv4 = tail.length > 0 && isIPv4(tail[tail.length - 1]);
  if (endsInIPv4) {
    tail.splice(-1, 1, '0', '0');
  }
  const groups = halves.flat();
  const fits = halves.length === 1 ? groups.length === GROUPS : halves.length === 2 && groups.length < GROUPS;
  return fits && groups.every((group) => GROUP.test(group));
}

/** @param {unknown} input @returns {0 | 4 | 6} */
export function isIP(input) {
  return isIPv4(input) ? 4 : isIPv6(input) ? 6 : 0;
}

/** @param {string} address @returns {string | undefined} one text for each address; undefined if it is none */
export function canonicalIP(address) {
  if (isIPv4(address)) {
    return address;
  }
  return isIPv6(address) && !address.includes('%') ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : undefined;
}
