/** A cursor that turns what it reads into a tree of fields. */

/** @typedef {import('./types.js').Field} Field */

/** A value shows this many bytes or items of a list. */
const MAX_SHOWN = 32;

/** What was expected is not there. Thrown and caught between the cursor and `readAll()`, and goes no further. */
class Malformed extends Error {
  /** @param {string} message @param {boolean} [noted] it is in the tree already */
  constructor(message, noted = false) {
    super(message);
    this.noted = noted;
  }
}

/** @param {Uint8Array} bytes */
export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {Uint8Array} bytes as hexadecimal digits; the first of them, and how many there are, when there are many */
export function hexWords(bytes) {
  if (bytes.length <= MAX_SHOWN) return hex(bytes);
  return `${hex(bytes.subarray(0, MAX_SHOWN / 2))}… (${count(bytes.length, 'byte')})`;
}

/** @param {number} number @param {string} noun */
export function count(number, noun) {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/**
 * @param {Uint8Array} bytes
 * @returns {string} what they say in UTF-8; a byte that is not text becomes U+FFFD
 */
export function textOf(bytes) {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** Reads from `at` to `end`. Every byte that it passes is in exactly one leaf of `fields`. */
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

  /** @param {number} length @returns {Uint8Array} bytes that lie ahead; fewer at the end */
  peek(length) {
    return this.#bytes.subarray(this.at, Math.min(this.end, this.at + length));
  }

  /**
   * @param {string} name
   * @param {number} size in bytes, 1 to 4
   * @param {(value: number) => string} [words]
   */
  number(name, size, words = String) {
    this.#need(name, size);
    const value = this.peek(size).reduce((sum, byte) => sum * 256 + byte, 0);
    this.#leaf(name, words(value), 'number', size);
    return value;
  }

  /**
   * @param {string} name
   * @param {number} length
   * @param {(bytes: Uint8Array) => string} [words]
   */
  bytes(name, length, words = hexWords) {
    this.#need(name, length);
    const bytes = this.peek(length);
    this.#leaf(name, words(bytes), words === hexWords ? 'bytes' : 'text', length);
    return bytes;
  }

  /** All that is left, if anything is. @param {string} name @param {(bytes: Uint8Array) => string} [words] */
  rest(name, words) {
    return this.left > 0 ? this.bytes(name, this.left, words) : this.peek(0);
  }

  /**
   * Bytes with their length before them.
   * @param {string} name
   * @param {number} size of the length, in bytes
   * @param {(bytes: Uint8Array) => string} [words]
   * @param {string} [content] name of the bytes themselves
   */
  opaque(name, size, words = hexWords, content = 'Content') {
    return /** @type {Uint8Array} */ (
      this.vector(name, size, (inner, field) => {
        const bytes = inner.rest(content, words);
        field.value = bytes.length > 0 ? words(bytes) : 'empty';
        return bytes;
      })
    );
  }

  /**
   * Items with the length of all before them.
   * @template T
   * @param {string} name
   * @param {number} size of the length, in bytes
   * @param {(inner: Cursor) => T} item
   * @param {(item: T) => string} [words] for the value of the whole, which says how many there are when left out
   * @returns {T[]} those that could be read
   */
  list(name, size, item, words) {
    /** @type {T[]} */
    const items = [];
    this.vector(name, size, (inner, field) => {
      try {
        while (inner.left > 0) items.push(item(inner));
      } finally {
        const all = words && items.slice(0, MAX_SHOWN).map(words).join(', ');
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
   * @param {(inner: Cursor, field: Field) => T} read all that is inside
   * @returns {T | undefined} undefined where the inside is malformed
   */
  vector(name, size, read) {
    return this.branch(name, (whole, field) => {
      const length = whole.number('Length', size);
      whole.#need('Content', length);
      const inner = new Cursor(this.#bytes, whole.at, whole.at + length);
      const result = readAll(inner, () => read(inner, field));
      whole.fields = whole.fields.concat(inner.fields); // there can be too many for push()
      whole.at += length;
      return result;
    });
  }

  /**
   * Fields that belong together.
   * @template T
   * @param {string} name
   * @param {(inner: Cursor, field: Field) => T} read as much as belongs to it
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
      if (!error.noted) inner.note(error.message);
      throw new Malformed(error.message, true);
    } finally {
      field.children = inner.fields;
      field.malformed = inner.fields.some((child) => child.malformed);
      field.to = this.at = inner.at;
    }
  }

  /** Gives up on what is left. @param {string} reason */
  note(reason) {
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
 * Has a cursor read to its end. What is malformed becomes a note in the tree.
 * @template T
 * @param {Cursor} cursor
 * @param {() => T} read
 * @returns {T | undefined} undefined where what `read` expected was not there
 */
export function readAll(cursor, read) {
  try {
    const result = read();
    if (cursor.left > 0) cursor.note(`the end expected, ${count(cursor.left, 'byte')} left`);
    return result;
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    if (!error.noted) cursor.note(error.message);
    return undefined;
  }
}
