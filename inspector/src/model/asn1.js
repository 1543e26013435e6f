/**
 * A parser of DER and BER for display: returns everything it can read, with errors and their offsets, and never throws.
 * Verification does not use it.
 */
import { UNIVERSAL_TYPES, describeUntyped } from './asn1-values.js';

/**
 * One element. Offsets count octets from the start of the input of parseAsn1().
 * @typedef {object} Asn1Node
 * @property {'universal' | 'application' | 'context' | 'private' | 'none'} tagClass none: not an element, but a list of
 *   several, or octets that could not be read
 * @property {number} tag number
 * @property {string} name of the type, or "[3]"
 * @property {boolean} constructed
 * @property {number} offset
 * @property {number} header octets of tag and length
 * @property {number} length octets of content that are present, without end-of-contents octets
 * @property {number} end offset of the next element
 * @property {Uint8Array} content a view, not a copy
 * @property {string | null} value as text; null if it is in the children
 * @property {boolean} encapsulates the children were found inside a string, possibly by chance
 * @property {Asn1Node[]} children
 * @property {string | null} error what is wrong with it
 * @property {boolean} unparsed there are more elements or levels than the limits allow; `error` says so
 * @property {string | null} remark what BER allows here but DER does not
 */

/** Levels: deeper than any certificate, and far below the call stack's limit. */
export const MAX_DEPTH = 40;
/** Elements to parse, including attempts inside strings. */
export const MAX_NODES = 50_000;

const CLASSES = /** @type {const} */ (['universal', 'application', 'context', 'private']);
const OCTET_STRING = 4;
const BIT_STRING = 3;
/** String types that BER may split into segments (X.690, section 8.23). */
const SEGMENTABLE_TYPES = new Set([3, 4, 7, 12, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 30]);

/**
 * @typedef {object} Limits
 * @property {number} [depth] at most MAX_DEPTH, the default
 * @property {number} [nodes] default: MAX_NODES
 * @property {boolean} [strings] false: do not parse the content of strings
 */

/**
 * @param {Uint8Array} bytes
 * @param {Limits} [limits]
 * @returns {Asn1Node} the element; if there is none or several, a node of the class "none" that contains them
 */
export function parseAsn1(bytes, limits = {}) {
  const reader = new Reader(bytes, limits);
  const nodes = reader.elements(0, bytes.length, 0);
  if (nodes.length === 1) return nodes[0];
  const error = nodes.length === 0 ? 'empty' : null;
  const name = nodes.length === 0 ? 'nothing' : `${nodes.length} consecutive elements`;
  return { ...emptyNode(bytes, 0, bytes.length), name, children: nodes, constructed: true, error };
}

/** All nodes, parents before their children. @param {Asn1Node} node @returns {Generator<Asn1Node>} */
export function* walk(node) {
  yield node;
  for (const child of node.children) yield* walk(child);
}

/**
 * @param {Uint8Array} bytes
 * @param {number} offset
 * @param {number} end
 * @returns {Asn1Node}
 */
function emptyNode(bytes, offset, end) {
  return {
    tagClass: 'none',
    tag: 0,
    name: '',
    constructed: false,
    offset,
    header: 0,
    length: end - offset,
    end,
    content: bytes.subarray(offset, end),
    value: null,
    encapsulates: false,
    children: [],
    error: null,
    unparsed: false,
    remark: null,
  };
}

/** Tag and length; a `length` of null is indefinite. */
/** @typedef {{ tagClass: Asn1Node['tagClass'], tag: number, constructed: boolean, header: number, length: number | null, remark: string | null }} Header */

class Reader {
  #bytes;
  #limits;
  /** Elements that may still be parsed. */
  #budget;
  /** How many strings enclose the current position. */
  #inside = 0;

  /** @param {Uint8Array} bytes @param {Limits} limits */
  constructor(bytes, { depth = MAX_DEPTH, nodes = MAX_NODES, strings = true }) {
    this.#bytes = bytes;
    this.#limits = { depth: Math.min(depth, MAX_DEPTH), nodes, strings };
    this.#budget = nodes;
  }

  /**
   * The elements from `at` to `end`. If the last octets are not an element, they become a node of the class "none".
   * @param {number} at
   * @param {number} end
   * @param {number} depth
   * @param {boolean} [indefinite] stop after end-of-contents octets, which become the last element
   * @returns {Asn1Node[]}
   */
  elements(at, end, depth, indefinite = false) {
    /** @type {Asn1Node[]} */
    const nodes = [];
    while (at < end) {
      const node = this.#element(at, end, depth);
      nodes.push(node);
      at = node.end;
      if (indefinite && isEndOfContents(node)) return nodes;
    }
    return nodes;
  }

  /**
   * @param {number} offset
   * @param {number} end of the enclosing element
   * @param {number} depth
   * @returns {Asn1Node}
   */
  #element(offset, end, depth) {
    if (this.#budget <= 0) {
      const limit = this.#limits.nodes.toLocaleString('en-US');
      return { ...this.#unread(offset, end, `not parsed: more than ${limit} elements`), unparsed: true };
    }
    this.#budget--;
    const header = this.#header(offset, end);
    if (typeof header === 'string') return this.#unread(offset, end, header);
    const { length: declared, header: size, ...identity } = header;
    const start = offset + size;
    const available = end - start;
    const length = Math.min(declared ?? available, available);
    const node = {
      ...emptyNode(this.#bytes, offset, start + length),
      ...identity,
      name: nameOf(identity),
      header: size,
      length,
      content: this.#bytes.subarray(start, start + length),
    };
    if (declared !== null && declared > available)
      node.error = `its length is ${declared} octets, but only ${available} follow`;
    if (!node.constructed) return this.#primitive(node, depth);
    return this.#constructed(node, depth, declared === null);
  }

  /** @param {number} offset @param {number} end @param {string} error */
  #unread(offset, end, error) {
    const node = emptyNode(this.#bytes, offset, end);
    return { ...node, name: 'unreadable', value: describeUntyped(node.content).value, error };
  }

  /**
   * @param {number} offset
   * @param {number} end
   * @returns {Header | string} a string is the error
   */
  #header(offset, end) {
    const bytes = this.#bytes;
    const [first] = bytes.subarray(offset, end);
    let at = offset + 1;
    let tag = first & 0x1f;
    /** @type {string | null} */
    let remark = null;
    if (tag === 0x1f) {
      tag = 0;
      const begin = at;
      do {
        if (at >= end) return 'the tag is cut short';
        if (at - begin === 4) return 'the tag number is longer than 4 octets';
        tag = tag * 128 + (bytes[at] & 0x7f);
      } while (bytes[at++] & 0x80);
      if (bytes[begin] === 0x80 || tag < 0x1f) remark = 'the tag is not in its shortest form';
    }
    if (at >= end) return 'cut short before the length';
    let length = /** @type {number | null} */ (bytes[at++]);
    if (length === 0x80) {
      if (!(first & 0x20)) return 'a primitive element needs a definite length';
      remark ??= 'indefinite length';
      length = null;
    } else if (length !== null && length > 0x80) {
      const count = length & 0x7f;
      if (count === 0x7f) return 'the length begins with FF, which is reserved';
      if (at + count > end) return 'the length is cut short';
      const octets = bytes.subarray(at, at + count);
      length = octets.reduce((sum, octet) => sum * 256 + octet, 0);
      if (length > Number.MAX_SAFE_INTEGER) return 'the length is out of range';
      if (octets[0] === 0 || length < 0x80) remark ??= 'the length is not in its shortest form';
      at += count;
    }
    return {
      tagClass: CLASSES[first >> 6],
      tag,
      constructed: (first & 0x20) !== 0,
      header: at - offset,
      length,
      remark,
    };
  }

  /**
   * @param {Asn1Node} node
   * @param {number} depth
   * @param {boolean} indefinite
   */
  #constructed(node, depth, indefinite) {
    const start = node.offset + node.header;
    if (depth + 1 >= this.#limits.depth) {
      node.error ??= `not parsed: more than ${this.#limits.depth} levels`;
      node.unparsed = true;
      return node;
    }
    node.children = this.elements(start, node.end, depth + 1, indefinite);
    if (indefinite) {
      const last = node.children.at(-1);
      if (last !== undefined && isEndOfContents(last)) {
        node.children.pop();
        node.length = last.offset - start;
        node.end = last.end;
        node.content = node.content.subarray(0, node.length);
      } else {
        node.error ??= 'end-of-contents octets are missing';
      }
    }
    const type = node.tagClass === 'universal' ? UNIVERSAL_TYPES[node.tag] : undefined;
    if (type !== undefined && !type.constructed) {
      if (!SEGMENTABLE_TYPES.has(node.tag)) node.error ??= `${type.name} must be primitive`;
      else node.remark ??= 'a string in segments';
    }
    if (node.children.length === 0 && node.error === null) node.value = 'empty';
    return node;
  }

  /** @param {Asn1Node} node @param {number} depth */
  #primitive(node, depth) {
    const type = node.tagClass === 'universal' ? UNIVERSAL_TYPES[node.tag] : undefined;
    if (type?.constructed || isEndOfContents(node)) {
      node.value = describeUntyped(node.content).value;
      node.error ??= type?.constructed
        ? `${type.name} must be constructed`
        : 'end-of-contents octets without an indefinite length';
      return node;
    }
    const { value, error = null, remark = null } = (type?.describe ?? describeUntyped)(node.content);
    node.value = value;
    // A value that is cut short keeps that error alone.
    node.error ??= error;
    node.remark ??= remark;
    if (this.#limits.strings && node.error === null && node.tagClass === 'universal') this.#parseInside(node, depth);
    return node;
  }

  /**
   * Strings often contain DER: the value of an extension, a key, a signature. Content counts as DER only if it has no
   * error, and inside such a string only if it is constructed: a few octets can look like an element by chance.
   * @param {Asn1Node} node
   * @param {number} depth
   */
  #parseInside(node, depth) {
    const skip = node.tag === BIT_STRING ? 1 : 0;
    const plainBits = node.tag === BIT_STRING && node.content[0] === 0;
    if ((node.tag !== OCTET_STRING && !plainBits) || node.length < skip + 2 || depth + 1 >= this.#limits.depth) return;
    const start = node.offset + node.header + skip;
    const identifier = this.#bytes[start];
    const isConstructed = identifier === 0x30 || identifier === 0x31; // SEQUENCE, SET
    if (!isConstructed && (node.tag === BIT_STRING || this.#inside > 0 || identifier >= 0x20 || identifier === 0))
      return;
    this.#inside++;
    const children = this.elements(start, node.end, depth + 1);
    this.#inside--;
    if (children.length !== 1 || ![...walk(children[0])].every(isWellFormed)) return;
    node.children = children;
    node.encapsulates = true;
  }
}

/** @param {Asn1Node} node */
function isWellFormed({ error, remark, tagClass, tag }) {
  return (
    error === null && remark === null && (tagClass !== 'universal' || UNIVERSAL_TYPES[tag] !== undefined) && tag < 64
  );
}

/** @param {Asn1Node} node */
function isEndOfContents({ tagClass, tag, constructed, header, length }) {
  return tagClass === 'universal' && tag === 0 && !constructed && header === 2 && length === 0;
}

/** @param {Pick<Asn1Node, 'tagClass' | 'tag'>} node */
function nameOf({ tagClass, tag }) {
  if (tagClass === 'universal') return UNIVERSAL_TYPES[tag]?.name ?? `universal type ${tag}`;
  return tagClass === 'context' ? `[${tag}]` : `[${tagClass.toUpperCase()} ${tag}]`;
}
