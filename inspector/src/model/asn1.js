/**
 * A reader of DER and BER for people to look at: takes apart what is there, says where it is wrong, and never throws.
 * Nothing is judged by it.
 */
import { UNIVERSAL, untypedWords } from './asn1-values.js';

/**
 * One element. Numbers of octets count from the beginning of what was given to parseAsn1().
 * @typedef {object} Asn1Node
 * @property {'universal' | 'application' | 'context' | 'private' | 'none'} tagClass none: it is no element, but
 *   what holds several, or octets that could not be read
 * @property {number} tag its number
 * @property {string} name of the type, or "[3]"
 * @property {boolean} constructed
 * @property {number} offset
 * @property {number} header octets of tag and length
 * @property {number} length octets of the content that are there; end-of-contents octets do not count
 * @property {number} end where the next element would begin
 * @property {Uint8Array} content a view, not a copy
 * @property {string | null} value in words; null when the children say it
 * @property {boolean} encapsulates the children were found inside a string, which may be chance
 * @property {Asn1Node[]} children
 * @property {string | null} error what is wrong with it
 * @property {string | null} remark what is not DER in it, though BER allows it
 */

/** Deeper than any certificate, and far from the depth of the stack. */
export const MAX_DEPTH = 40;
/** Elements taken apart at the most, tries inside strings included. */
export const MAX_NODES = 4000;

const CLASSES = /** @type {const} */ (['universal', 'application', 'context', 'private']);
const OCTET_STRING = 4;
const BIT_STRING = 3;
/** Types of text and octets that BER may write in pieces (X.690, section 8.23). */
const IN_PIECES = new Set([3, 4, 7, 12, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 30]);

/**
 * @typedef {object} Limits
 * @property {number} [depth] MAX_DEPTH unless told, which is also the most
 * @property {number} [nodes] MAX_NODES unless told
 * @property {boolean} [strings] false: do not look inside strings for more
 */

/**
 * @param {Uint8Array} bytes
 * @param {Limits} [limits]
 * @returns {Asn1Node} the element; where there is none or are several, a node of the class "none" that holds them
 */
export function parseAsn1(bytes, limits = {}) {
  const reader = new Reader(bytes, limits);
  const nodes = reader.elements(0, bytes.length, 0);
  if (nodes.length === 1) return nodes[0];
  const error = nodes.length === 0 ? 'there is nothing' : null;
  const name = nodes.length === 0 ? 'nothing' : `${nodes.length} elements, one after the other`;
  return { ...plain(bytes, 0, bytes.length), name, children: nodes, constructed: true, error };
}

/** Every node, a parent before its children. @param {Asn1Node} node @returns {Generator<Asn1Node>} */
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
function plain(bytes, offset, end) {
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
    remark: null,
  };
}

/** What stands before the content, or why it cannot be read. */
/** @typedef {{ tagClass: Asn1Node['tagClass'], tag: number, constructed: boolean, header: number, length: number | null, remark: string | null }} Header */

class Reader {
  #bytes;
  #limits;
  /** Elements that may still be taken apart. */
  #budget;
  /** How many strings the reader is inside of. */
  #inside = 0;

  /** @param {Uint8Array} bytes @param {Limits} limits */
  constructor(bytes, { depth = MAX_DEPTH, nodes = MAX_NODES, strings = true }) {
    this.#bytes = bytes;
    this.#limits = { depth: Math.min(depth, MAX_DEPTH), nodes, strings };
    this.#budget = nodes;
  }

  /**
   * The elements that stand one after the other from `at` to `end`; the last is one of the class "none" where what
   * is left is no element.
   * @param {number} at
   * @param {number} end
   * @param {number} depth
   * @param {boolean} [open] until end-of-contents octets, which become the last element
   * @returns {Asn1Node[]}
   */
  elements(at, end, depth, open = false) {
    /** @type {Asn1Node[]} */
    const nodes = [];
    while (at < end) {
      const node = this.#element(at, end, depth);
      nodes.push(node);
      at = node.end;
      if (open && isEndOfContents(node)) return nodes;
    }
    return nodes;
  }

  /**
   * @param {number} offset
   * @param {number} end of what it stands in
   * @param {number} depth
   * @returns {Asn1Node}
   */
  #element(offset, end, depth) {
    if (this.#budget <= 0)
      return this.#unread(offset, end, `the rest is not taken apart: more than ${this.#limits.nodes} elements`);
    this.#budget--;
    const header = this.#header(offset, end);
    if (typeof header === 'string') return this.#unread(offset, end, header);
    const { length: says, header: size, ...identity } = header;
    const start = offset + size;
    const there = end - start;
    const length = Math.min(says ?? there, there);
    const node = {
      ...plain(this.#bytes, offset, start + length),
      ...identity,
      name: nameOf(identity),
      header: size,
      length,
      content: this.#bytes.subarray(start, start + length),
    };
    if (says !== null && says > there) node.error = `it says that it has ${says} octets, and ${there} are there`;
    if (!node.constructed) return this.#primitive(node, depth);
    return this.#constructed(node, depth, says === null);
  }

  /** @param {number} offset @param {number} end @param {string} error */
  #unread(offset, end, error) {
    const node = plain(this.#bytes, offset, end);
    return { ...node, name: 'not readable', value: untypedWords(node.content).value, error };
  }

  /**
   * @param {number} offset
   * @param {number} end
   * @returns {Header | string} a text says what is wrong
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
        if (at >= end) return 'its tag breaks off';
        if (at - begin === 4) return 'its tag is longer than any that is in use';
        tag = tag * 128 + (bytes[at] & 0x7f);
      } while (bytes[at++] & 0x80);
      if (bytes[begin] === 0x80 || tag < 0x1f) remark = 'its tag could be written shorter';
    }
    if (at >= end) return 'it breaks off before its length';
    let length = /** @type {number | null} */ (bytes[at++]);
    if (length === 0x80) {
      if (!(first & 0x20)) return 'a primitive element needs a definite length';
      remark ??= 'its length is indefinite';
      length = null;
    } else if (length !== null && length > 0x80) {
      const count = length & 0x7f;
      if (count === 0x7f) return 'its length begins with FF, which is reserved';
      if (at + count > end) return 'its length breaks off';
      const octets = bytes.subarray(at, at + count);
      length = octets.reduce((sum, octet) => sum * 256 + octet, 0);
      if (length > Number.MAX_SAFE_INTEGER) return 'its length is beyond all bounds';
      if (octets[0] === 0 || length < 0x80) remark ??= 'its length could be written shorter';
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
   * @param {boolean} open
   */
  #constructed(node, depth, open) {
    const start = node.offset + node.header;
    if (depth + 1 >= this.#limits.depth) {
      node.error ??= `it is not taken apart: more than ${this.#limits.depth} levels`;
      return node;
    }
    node.children = this.elements(start, node.end, depth + 1, open);
    if (open) {
      const last = node.children.at(-1);
      if (last !== undefined && isEndOfContents(last)) {
        node.children.pop();
        node.length = last.offset - start;
        node.end = last.end;
        node.content = node.content.subarray(0, node.length);
      } else {
        node.error ??= 'its end is missing';
      }
    }
    const type = node.tagClass === 'universal' ? UNIVERSAL[node.tag] : undefined;
    if (type !== undefined && !type.constructed) {
      if (!IN_PIECES.has(node.tag)) node.error ??= `${type.name} has no parts`;
      else node.remark ??= 'it is written in pieces';
    }
    if (node.children.length === 0 && node.error === null) node.value = 'empty';
    return node;
  }

  /** @param {Asn1Node} node @param {number} depth */
  #primitive(node, depth) {
    const type = node.tagClass === 'universal' ? UNIVERSAL[node.tag] : undefined;
    if (type?.constructed || isEndOfContents(node)) {
      node.value = untypedWords(node.content).value;
      node.error ??= type?.constructed ? `${type.name} is made of parts` : 'nothing is open that it could end';
      return node;
    }
    const { value, error = null, remark = null } = (type?.words ?? untypedWords)(node.content);
    node.value = value;
    // Of a value that breaks off, only that is wrong.
    node.error ??= error;
    node.remark ??= remark;
    if (this.#limits.strings && node.error === null && node.tagClass === 'universal') this.#lookInside(node, depth);
    return node;
  }

  /**
   * Strings often hold DER: the value of an extension, a key, a signature. Only what reads without fault is taken
   * for it, and inside other strings found so only what has parts: a few octets look like an element by chance.
   * @param {Asn1Node} node
   * @param {number} depth
   */
  #lookInside(node, depth) {
    const skip = node.tag === BIT_STRING ? 1 : 0;
    const plainBits = node.tag === BIT_STRING && node.content[0] === 0;
    if ((node.tag !== OCTET_STRING && !plainBits) || node.length < skip + 2 || depth + 1 >= this.#limits.depth) return;
    const start = node.offset + node.header + skip;
    const identifier = this.#bytes[start];
    const hasParts = identifier === 0x30 || identifier === 0x31;
    if (!hasParts && (node.tag === BIT_STRING || this.#inside > 0 || identifier >= 0x20 || identifier === 0)) return;
    this.#inside++;
    const children = this.elements(start, node.end, depth + 1);
    this.#inside--;
    if (children.length !== 1 || ![...walk(children[0])].every(isSound)) return;
    node.children = children;
    node.encapsulates = true;
  }
}

/** @param {Asn1Node} node */
function isSound({ error, remark, tagClass, tag }) {
  return error === null && remark === null && (tagClass !== 'universal' || UNIVERSAL[tag] !== undefined) && tag < 64;
}

/** @param {Asn1Node} node */
function isEndOfContents({ tagClass, tag, constructed, header, length }) {
  return tagClass === 'universal' && tag === 0 && !constructed && header === 2 && length === 0;
}

/** @param {Pick<Asn1Node, 'tagClass' | 'tag'>} node */
function nameOf({ tagClass, tag }) {
  if (tagClass === 'universal') return UNIVERSAL[tag]?.name ?? `universal type ${tag}`;
  return tagClass === 'context' ? `[${tag}]` : `[${tagClass.toUpperCase()} ${tag}]`;
}
