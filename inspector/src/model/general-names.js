/** Reads Names and GeneralNames (RFC 5280, sections 4.1.2.4 and 4.2.1.6) in extensions. */
import { textOf, toHex } from './asn1-values.js';
import { dottedOid, oidNameOf } from './oids.js';

/** @typedef {import('./asn1.js').Asn1Node} Asn1Node */

/** Thrown by readers of extensions, caught by describeExtension(). */
export class Malformed extends Error {}

/**
 * @param {Asn1Node | undefined} node
 * @param {Asn1Node['tagClass']} tagClass
 * @param {number} tag
 * @returns {Asn1Node}
 * @throws {Malformed} if the node is missing or has another tag
 */
export function expectNode(node, tagClass, tag) {
  if (node === undefined || node.tagClass !== tagClass || node.tag !== tag) throw new Malformed();
  return node;
}

/** @param {Asn1Node | undefined} node @returns {Asn1Node[]} the parts of a SEQUENCE */
export function sequence(node) {
  const { constructed, children } = expectNode(node, 'universal', 16);
  if (!constructed) throw new Malformed();
  return children;
}

/**
 * @param {Asn1Node | undefined} node a SEQUENCE of optional parts with context tags
 * @param {number} maxTag highest tag
 * @returns {Asn1Node[]}
 */
export function optionalFields(node, maxTag) {
  const parts = sequence(node);
  const known = parts.every(({ tagClass, tag }) => tagClass === 'context' && tag <= maxTag);
  if (!known) throw new Malformed();
  return parts;
}

/** @param {Asn1Node[]} parts @param {number} tag @returns {Asn1Node | undefined} the part with that context tag */
export function fieldWithTag(parts, tag) {
  return parts.find((part) => part.tagClass === 'context' && part.tag === tag);
}

/** @param {Asn1Node | undefined} node @returns {string} dotted */
export function oidOf(node) {
  const dotted = dottedOid(expectNode(node, 'universal', 6).content);
  if (dotted === null) throw new Malformed();
  return dotted;
}

/** @param {string} dotted */
export function oidWithName(dotted) {
  const name = oidNameOf(dotted);
  return name === null ? dotted : `${name} (${dotted})`;
}

/** @param {Asn1Node} node a Name @returns {string} in encoded order, in the TLS client's notation */
export function nameOf(node) {
  return sequence(node)
    .map((set) =>
      expectNode(set, 'universal', 17)
        .children.map((attribute) => {
          const [type, value] = sequence(attribute);
          const oid = oidOf(type);
          if (value === undefined) throw new Malformed();
          return `${oidNameOf(oid) ?? oid}=${textOf(value)}`;
        })
        .join('+'),
    )
    .join(', ');
}

/** @typedef {[type: string, text: string]} Row */

/**
 * @param {Asn1Node} node
 * @returns {Row}
 * @throws {Malformed}
 */
export function generalNameOf(node) {
  const { tagClass, tag, content, children } = node;
  if (tagClass !== 'context') throw new Malformed();
  switch (tag) {
    case 0: {
      const [type, wrapped] = children;
      const inner = wrapped?.children[0];
      const text = inner && !inner.constructed ? textOf(inner) : toHex(wrapped?.content ?? new Uint8Array(0));
      return ['Other name', `${oidWithName(oidOf(type))}: ${text}`];
    }
    case 1:
      return ['E-mail', textOf(node)];
    case 2:
      return ['DNS', textOf(node)];
    case 3:
      return ['X.400 address', toHex(content)];
    case 4:
      return ['Directory name', nameOf(children[0])];
    case 5:
      return ['EDI party', toHex(content)];
    case 6:
      return ['URI', textOf(node)];
    case 7:
      return ['IP', addressText(content)];
    case 8:
      return ['Registered OID', dottedOid(content) ?? toHex(content)];
    default:
      throw new Malformed();
  }
}

/** @param {Uint8Array} octets an address, or an address and mask in name constraints (RFC 5280, section 4.2.1.10) */
function addressText(octets) {
  const half = octets.length / 2;
  if (octets.length === 4 || octets.length === 16) return plainAddress(octets);
  if (octets.length !== 8 && octets.length !== 32) return toHex(octets);
  const mask = octets.subarray(half);
  const bits = Array.from(mask, (octet) => octet.toString(2).padStart(8, '0')).join('');
  const whole = /^1*0*$/.test(bits);
  return `${plainAddress(octets.subarray(0, half))}/${whole ? bits.replaceAll('0', '').length : plainAddress(mask)}`;
}

/** @param {Uint8Array} octets 4 or 16; IPv6 is written according to RFC 5952 */
function plainAddress(octets) {
  if (octets.length === 4) return octets.join('.');
  const fields = Array.from({ length: 8 }, (_, i) => ((octets[2 * i] << 8) | octets[2 * i + 1]).toString(16));
  const runs = [...fields.join(':').matchAll(/\b0(?::0)+\b/g)];
  const [longest] = runs.sort((a, b) => b[0].length - a[0].length);
  const text = fields.join(':');
  if (longest === undefined) return text;
  return `${text.slice(0, longest.index).replace(/:$/, '')}::${text.slice(longest.index + longest[0].length).replace(/^:/, '')}`;
}
