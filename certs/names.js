/**
 * Distinguished names and general names (RFC 5280 sections 4.1.2.4 and 4.2.1.6).
 */
import { isIPv4, isIPv6 } from 'node:net';
import * as der from './der.js';

/** @typedef {import('./der.js').Der} Der */

/**
 * A name as a list of RDNs, most general first: `[{ C: 'NL' }, { O: 'x', OU: 'y' }, { CN: 'z' }]`. The key of an
 * attribute is one of the short names below or a dotted OID; its value is text, or the DER of any string type. A name
 * given as DER is written unchanged.
 * @typedef {Record<string, string | Der>[] | Der} Name
 */

/** @type {Record<string, string>} */
const ATTRIBUTES = {
  CN: '2.5.4.3',
  serialNumber: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  DC: '0.9.2342.19200300.100.1.25',
  emailAddress: '1.2.840.113549.1.9.1',
};

/** @param {string} type @param {string | Der} value @returns {Der} in the string type that RFC 5280 appendix A specifies */
function attributeValue(type, value) {
  if (typeof value !== 'string') return value;
  if (type === 'C' || type === 'serialNumber') return der.printableString(value);
  if (type === 'DC' || type === 'emailAddress') return der.ia5String(value);
  return der.utf8String(value);
}

/** @param {Name} name @returns {Der} */
export function encodeName(name) {
  if (name instanceof Uint8Array) return name;
  return der.sequence(
    ...name.map((rdn) =>
      der.set(
        ...Object.entries(rdn).map(([type, value]) =>
          der.sequence(der.oid(ATTRIBUTES[type] ?? type), attributeValue(type, value)),
        ),
      ),
    ),
  );
}

/**
 * @typedef {{ dns: string } | { ip: string | Uint8Array } | { uri: string } | { email: string } | { dirName: Name }
 *   | { otherName: { oid: string, value: Der } } | { registeredID: string } | Der} GeneralName
 */

/** @param {GeneralName} name @returns {Der} */
export function encodeGeneralName(name) {
  if (name instanceof Uint8Array) return name;
  if ('otherName' in name) {
    return der.constructed(0, der.oid(name.otherName.oid), der.constructed(0, name.otherName.value));
  }
  if ('email' in name) return der.primitive(1, Buffer.from(name.email, 'latin1'));
  if ('dns' in name) return der.primitive(2, Buffer.from(name.dns, 'latin1'));
  if ('dirName' in name) return der.constructed(4, encodeName(name.dirName));
  if ('uri' in name) return der.primitive(6, Buffer.from(name.uri, 'latin1'));
  if ('ip' in name) return der.primitive(7, ipOctets(name.ip));
  return der.primitive(8, der.oidContent(name.registeredID));
}

/**
 * @param {string | Uint8Array} address IPv4 or IPv6 text, `address/prefix` for a name constraint, or the octets
 * @returns {Uint8Array} 4 or 16 octets, followed by the mask for a name constraint (RFC 5280 section 4.2.1.10)
 */
export function ipOctets(address) {
  if (typeof address !== 'string') return address;
  const [text, prefix] = address.split('/');
  const octets = isIPv4(text) ? Uint8Array.from(text.split('.').map(Number)) : ipv6Octets(text);
  if (prefix === undefined) return octets;
  const mask = octets.map((_, i) => 0xff00 >> Math.min(8, Math.max(0, Number(prefix) - 8 * i)));
  return der.concat(octets, mask);
}

/** @param {string} text @returns {Uint8Array} 16 octets */
function ipv6Octets(text) {
  if (!isIPv6(text)) throw new TypeError(`not an IP address: ${text}`);
  const [head, tail] = text.split('::').map((half) => half.split(':').filter(Boolean));
  const groups = tail === undefined ? head : [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail];
  return Uint8Array.from(groups.map((group) => parseInt(group, 16)).flatMap((group) => [group >> 8, group & 0xff]));
}
