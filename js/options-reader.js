/**
 * Reads the options of a function. First every known name is read, once, so that a getter cannot give one value to a
 * check and another to its use; then unknown names are rejected, and the values checked.
 *
 * Options may be plain objects, instances of classes, with getters and inherited values, or proxies. Names that only
 * Object.prototype has are ignored: no option, but somebody's pollution.
 */
import { TLSError } from './errors.js';
import { describe, quote } from './input.js';
import { nearest } from './nearest.js';

/**
 * What the value of an option may be.
 * @template T
 * @typedef {object} Kind
 * @property {string} expected completes "must be …"
 * @property {(value: unknown) => T | undefined} read a copy of the value, or undefined if it is of another kind; a list
 *   or Date is copied, so that it cannot change any more
 */

/**
 * @template {Record<string, Kind<any>>} Kinds
 * @typedef {{[Name in keyof Kinds]: Kinds[Name] extends Kind<infer T> ? T | undefined : never}} Values
 */

/** Names that other libraries use, and ours for them. @type {Readonly<Record<string, string>>} */
const OTHER_NAMES = { ca: 'trust', host: 'hostname', date: 'now', time: 'now' };

/**
 * @template {Record<string, Kind<any>>} Kinds
 * @param {string} owner of the options, for error messages, such as `connect()`
 * @param {Kinds} kinds the known names
 * @param {unknown} given undefined: no options
 * @returns {Values<Kinds>} without prototype; has every known name, so that a copy with a prototype has them too
 * @throws {TLSError} ERR_TLS_INVALID_OPTION
 */
export function readOptions(owner, kinds, given) {
  const values = given === undefined ? Object.create(null) : readNames(owner, Object.keys(kinds), given);
  for (const [name, kind] of Object.entries(kinds)) {
    const value = values[name];
    values[name] = value === undefined ? undefined : checkValue(owner, name, kind, value);
  }
  return values;
}

/**
 * @param {string} owner
 * @param {string[]} names
 * @param {unknown} given
 * @returns {any} the values of these names, without prototype
 */
function readNames(owner, names, given) {
  const notOptions = () => invalid(`The options of ${owner} must be an object, not ${describe(given)}.`);
  if (given === null || typeof given !== 'object') {
    throw notOptions();
  }
  /** @type {Record<string, unknown>} */
  const values = Object.create(null);
  let found = false;
  let unknown;
  let reading = 'options';
  try {
    const { holders, root } = prototypesOf(given);
    for (const name of names) {
      reading = `option ${name}`;
      const held = holders.some((one) => Object.hasOwn(one, name));
      // Without a holder it may still have a value: a proxy answers for any name.
      values[name] = !held && root && Object.hasOwn(root, name) ? undefined : Reflect.get(given, name);
      found ||= held || values[name] !== undefined;
    }
    reading = 'options';
    unknown = holders.flatMap((one) => givenNames(one, one !== given)).find((name) => !names.includes(name));
    found ||= holders.length === 1; // a plain object, possibly empty
  } catch (cause) {
    throw invalid(`The ${reading} of ${owner} cannot be read.`, { cause });
  }
  if (unknown !== undefined) {
    throw invalid(`${owner} has no option ${quote(unknown)}: did you mean \`${meant(unknown, names)}\`?`);
  }
  if (!found) {
    throw notOptions(); // such as an array, or a promise that nobody awaited
  }
  return values;
}

/**
 * @param {string} owner
 * @param {string} name
 * @param {Kind<any>} kind
 * @param {unknown} value
 */
function checkValue(owner, name, kind, value) {
  let copy;
  let cause;
  try {
    copy = kind.read(value);
  } catch (error) {
    if (error instanceof TLSError) {
      throw error;
    }
    cause = error; // a proxy's, for example
  }
  if (copy === undefined) {
    throw invalid(`The option ${name} of ${owner} must be ${kind.expected}, not ${describe(value)}.`, { cause });
  }
  return copy;
}

/** @param {string} message @param {{cause?: unknown}} [more] */
function invalid(message, more) {
  return new TLSError('ERR_TLS_INVALID_OPTION', message, more);
}

/**
 * An object and its prototypes, apart from the realm's Object.prototype.
 * @param {object} given
 */
function prototypesOf(given) {
  const holders = [];
  /** @type {object | undefined} */
  let root;
  for (let one = given; one !== null; one = Object.getPrototypeOf(one)) {
    const next = Object.getPrototypeOf(one);
    if (one !== given && next === null && Object.hasOwn(one, 'isPrototypeOf')) {
      root = one;
    } else {
      holders.push(one);
    }
  }
  return { holders, root };
}

/**
 * The names for which an object gives a value: enumerable properties, and the getters of a class, which are not. Methods
 * of a class are not options. Symbols are not either: nobody misspells an option as a symbol.
 * @param {object} holder
 * @param {boolean} inherited
 * @returns {string[]}
 */
function givenNames(holder, inherited) {
  return Object.getOwnPropertyNames(holder).filter((name) => {
    const property = Object.getOwnPropertyDescriptor(holder, name);
    return property && (property.enumerable || (inherited && Object.hasOwn(property, 'get') && property.get));
  });
}

/** @param {string} name @param {string[]} names @returns {string} the one of `names` that was probably meant */
function meant(name, names) {
  const other = Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : '';
  return names.includes(other) ? other : nearest(name, names);
}
