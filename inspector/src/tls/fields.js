/** A cursor that records what it reads as a tree of fields. */

/** @typedef {import('./types.js').Field} Field */

/** Longer values are shortened to this many bytes or list items. */
const MAX_SHOWN = 32;

/** Thrown by the cursor and caught by `readAll()`. */
class Malformed extends Error {
  /** @param {string} message @param {boolean} [noted] whether the tree has it already */
  constructor(message, noted = false) {
    super(message);
    this.noted = noted;
  }
}

/** @param {Uint8Array} bytes */
export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {Uint8Array} bytes @returns {string} hexadecimal digits; long values are shortened and have their length */
export function shortHex(bytes) {
  if (bytes.length <= MAX_SHOWN) return hex(bytes);
  return `${hex(bytes.subarray(0, MAX_SHOWN / 2))}… (${count(bytes.length, 'byte')})`;
}

/** @param {number} number @param {string} noun */
export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/**
 * @param {Uint8Array} bytes
 * @returns {string} decoded as UTF-8; invalid bytes become U+FFFD
 */
export function textOf(bytes) {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** Reads from `at` to `end`. Every byte read is in exactly one leaf of `fields`. */
export class Cursor {
  /** @type {Field[]} */
  fields = [];
  #bytes;

  /** @param {Uint8Array} bytes @param {number} [from] @param {number} [to] */
  constructor(bytes, from = 0, to = bytes.length) {
    this.#bytes = bytes;
    this.at = from;
    this.end = to;
  }

  get left() {
    return this.end - this.at;
  }

  /** @param {number} length @returns {Uint8Array} the next bytes without reading them; fewer at the end */
  peek(length) {
    return this.#bytes.subarray(this.at, Math.min(this.end, this.at + length));
  }

  /**
   * @param {string} name
   * @param {number} size in bytes, 1 to 4
   * @param {(value: number) => string} [describe]
   */
  number(name, size, describe = String) {
    this.#need(name, size);
    const value = this.peek(size).reduce((sum, byte) => sum * 256 + byte, 0);
    this.#leaf(name, describe(value), 'number', size);
    return value;
  }

  /**
   * @param {string} name
   * @param {number} length
   * @param {(bytes: Uint8Array) => string} [describe]
   */
  bytes(name, length, describe = shortHex) {
    this.#need(name, length);
    const bytes = this.peek(length);
    this.#leaf(name, describe(bytes), describe === shortHex ? 'bytes' : 'text', length);
    return bytes;
  }

  /** All bytes left, if any. @param {string} name @param {(bytes: Uint8Array) => string} [describe] */
  rest(name, describe) {
    return this.left > 0 ? this.bytes(name, this.left, describe) : this.peek(0);
  }

  /**
   * Bytes preceded by their length.
   * @param {string} name
   * @param {number} size of the length, in bytes
   * @param {(bytes: Uint8Array) => string} [describe]
   * @param {string} [content] name of the field with the bytes
   */
  opaque(name, size, describe = shortHex, content = 'Content') {
    return /** @type {Uint8Array} */ (
      this.vector(name, size, (inner, field) => {
        const bytes = inner.rest(content, describe);
        field.value = bytes.length > 0 ? describe(bytes) : 'empty';
        return bytes;
      })
    );
  }

  /**
   * Items preceded by their total length in bytes.
   * @template T
   * @param {string} name
   * @param {number} size of the length, in bytes
   * @param {(inner: Cursor) => T} item
   * @param {(item: T) => string} [describe] describes an item in the list's value; if missing, the value is their number
   * @returns {T[]} the items that could be read
   */
  list(name, size, item, describe) {
    /** @type {T[]} */
    const items = [];
    this.vector(name, size, (inner, field) => {
      try {
        while (inner.left > 0) items.push(item(inner));
      } finally {
        const all = describe && items.slice(0, MAX_SHOWN).map(describe).join(', ');
        if (items.length === 0) field.value = 'empty';
        else if (all === undefined) field.value = count(items.length, 'item');
        else field.value = items.length > MAX_SHOWN ? `${all} …` : all;
      }
    });
    return items;
  }

  /**
   * @template T
   * @param {string} name
   * @param {number} size of the length, in bytes
   * @param {(inner: Cursor, field: Field) => T} read reads the whole content
   * @returns {T | undefined} undefined if the content is malformed
   */
  vector(name, size, read) {
    return this.branch(name, (whole, field) => {
      const length = whole.number('Length', size);
      whole.#need('Content', length);
      const inner = new Cursor(this.#bytes, whole.at, whole.at + length);
      const result = readAll(inner, () => read(inner, field));
      whole.fields = whole.fields.concat(inner.fields); // push() cannot take so many arguments
      whole.at += length;
      return result;
    });
  }

  /**
   * A group of fields.
   * @template T
   * @param {string} name
   * @param {(inner: Cursor, field: Field) => T} read reads the fields of the group
   * @returns {T}
   */
  branch(name, read) {
    /** @type {Field} */
    const field = { name, value: '', kind: 'parts', from: this.at, to: this.at, children: [], malformed: false };
    this.fields.push(field);
    const inner = new Cursor(this.#bytes, this.at, this.end);
    try {
      return read(inner, field);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      if (!error.noted) inner.markMalformed(error.message);
      throw new Malformed(error.message, true);
    } finally {
      field.children = inner.fields;
      field.malformed = inner.fields.some((child) => child.malformed);
      field.to = this.at = inner.at;
    }
  }

  /** Marks the bytes left as malformed. @param {string} reason */
  markMalformed(reason) {
    this.#leaf('Malformed', reason, 'malformed', this.left);
  }

  /** @param {string} reason @returns {never} */
  fail(reason) {
    throw new Malformed(reason);
  }

  /** @param {string} name @param {number} length */
  #need(name, length) {
    if (length > this.left) this.fail(`${name}: ${count(length, 'byte')} expected, ${this.left} left`);
  }

  /** @param {string} name @param {string} value @param {Field['kind']} kind @param {number} length */
  #leaf(name, value, kind, length) {
    const from = this.at;
    this.at += length;
    this.fields.push({ name, value, kind, from, to: this.at, children: [], malformed: kind === 'malformed' });
  }
}

/**
 * Reads to the end of a cursor. Malformed or unexpected bytes become a field of kind `malformed`.
 * @template T
 * @param {Cursor} cursor
 * @param {() => T} read
 * @returns {T | undefined} undefined if `read` failed
 */
export function readAll(cursor, read) {
  try {
    const result = read();
    if (cursor.left > 0) cursor.markMalformed(`${count(cursor.left, 'byte')} after the end`);
    return result;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    if (!error.noted) cursor.markMalformed(error.message);
    return undefined;
  }
}
