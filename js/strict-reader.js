/**
 * Reads options, without knowing which error to throw: TLSError itself has options. First every known name is read, once,
 * so that a getter cannot give one value to a check and another to its use; then unknown names are rejected, and the
 * values checked.
 *
 * Options may be plain objects, instances of classes, with getters and inherited values, or proxies. Names that only
 * Object.prototype has are ignored: no option, but somebody's pollution.
 */
import { nearest } from './nearest.js';
import { describe, quote } from './quote.js';

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

/** Makes the error to throw. @typedef {(message: string, more?: {cause?: unknown}) => Error} Fail */

/** Names that other libraries use, and ours for them. @type {Readonly<Record<string, string>>} */
const OTHER_NAMES = { ca: 'trust', host: 'hostname', date: 'now', time: 'now' };

/**
 * @template {Record<string, Kind<any>>} Kinds
 * @param {Fail} fail
 * @param {string} owner of the options, for error messages, such as `connect()`
 * @param {Kinds} kinds the known names
 * @param {unknown} given undefined: no options
 * @returns {Values<Kinds>} without prototype; has every known name, so that a copy with a prototype has them too
 */
export function readStrictly(fail, owner, kinds, given) {
  const values = given === undefined ? Object.create(null) : readNames(fail, owner, Object.keys(kinds), given);
  for (const [name, kind] of Object.entries(kinds)) {
    const value = values[name];
    values[name] = value === undefined ? undefined : checkValue(fail, `option ${name} of ${owner}`, kind, value);
  }
  return values;
}

/**
 * @param {Fail} fail
 * @param {string} owner
 * @param {string[]} names
 * @param {unknown} given
 * @returns {any} the values of these names, without prototype
 */
function readNames(fail, owner, names, given) {
  const notOptions = () => fail(`The options of ${owner} must be an object, not ${describe(given)}.`);
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
    throw fail(`The ${reading} of ${owner} cannot be read.`, { cause });
  }
  if (unknown !== undefined) {
    throw fail(`${owner} has no option ${quote(unknown)}: did you mean \`${meant(unknown, names)}\`?`);
  }
  if (!found) {
    throw notOptions(); // such as an array, or a promise that nobody awaited
  }
  return values;
}

/**
 * @template T
 * @param {Fail} fail
 * @param {string} what for error messages
 * @param {Kind<T>} kind
 * @param {unknown} value
 * @returns {T} a copy
 */
export function checkValue(fail, what, kind, value) {
  let copy;
  let cause;
  try {
    copy = kind.read(value);
  } catch (error) {
    if (error instanceof Error && error.name === 'TLSError') {
      throw error;
    }
    cause = error; // a proxy's, for example
  }
  if (copy === undefined) {
    throw fail(`The ${what} must be ${kind.expected}, not ${describe(value)}.`, { cause });
  }
  return copy;
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

/**
 * One value, not that of Object.prototype.
 * @template {object} T
 * @template {keyof T & string} Name
 * @param {T} given
 * @param {Name} name
 * @returns {T[Name] | undefined}
 */
export function readOne(given, name) {
  const { holders, root } = prototypesOf(given);
  const isPollution = root && Object.hasOwn(root, name) && !holders.some((one) => Object.hasOwn(one, name));
  return isPollution ? undefined : given[name];
}
