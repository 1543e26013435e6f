/** What the values of options may be. Each kind checks a value and copies what could change afterwards. */
import { dateOf, isAbortSignal, isUint8Array, urlOf, viewOf } from './bytes.js';
import { toInput, toList } from './input.js';
import { MAX_TIMEOUT_MS } from './limits.js';

/** @typedef {import('./input.js').PemOrDer} PemOrDer */

/**
 * @template T
 * @typedef {import('./options-reader.js').Kind<T>} Kind
 */

/**
 * @template T
 * @param {string} expected
 * @param {(value: any) => boolean} is
 * @returns {Kind<T>}
 */
function kind(expected, is) {
  return { expected, read: (value) => (is(value) ? /** @type {T} */ (value) : undefined) };
}

/** @param {unknown} value */
const isText = (value) => typeof value === 'string';

/** @type {Kind<any>} */
export const any = kind('anything', () => true);

/** @type {Kind<string>} */
export const text = kind('text', isText);

/** @type {Kind<string | Uint8Array>} */
export const textOrBytes = kind('text or a Uint8Array', (value) => isText(value) || isUint8Array(value));

/** @type {Kind<string[]>} */
export const texts = {
  expected: 'an array of texts',
  read(value) {
    const copy = Array.isArray(value) ? [...value] : [undefined];
    return copy.every(isText) ? copy : undefined;
  },
};

/** @type {Kind<boolean>} */
export const flag = kind('true or false', (value) => typeof value === 'boolean');

/** @type {Kind<any>} */
export const callback = kind('a function', (value) => typeof value === 'function');

/** @type {Kind<any>} */
export const textOrCallback = kind('text or a function', (value) => isText(value) || typeof value === 'function');

/** @type {Kind<AbortSignal>} */
export const abortSignal = kind('an AbortSignal', isAbortSignal);

/** @type {Kind<Date>} */
export const date = {
  expected: 'a Date',
  read: dateOf,
};

/** @type {Kind<number>} */
export const milliseconds = kind(
  `a number of milliseconds from 0 to ${MAX_TIMEOUT_MS}`,
  (value) => typeof value === 'number' && value >= 0 && value <= MAX_TIMEOUT_MS,
);

/** @param {number} least @param {number} most @returns {Kind<number>} */
export const integer = (least, most) =>
  kind(`an integer from ${least} to ${most}`, (value) => Number.isInteger(value) && value >= least && value <= most);

/**
 * @template {string | number} T
 * @param {...T} values
 * @returns {Kind<T>}
 */
export const oneOf = (...values) =>
  kind(`${values.slice(0, -1).join(', ')} or ${values.at(-1)}`, (value) => values.includes(value));

/**
 * @template T
 * @param {new (...args: any[]) => T} type
 * @returns {Kind<T>}
 */
export const instanceOf = (type) => kind(`a ${type.name}`, (value) => value instanceof type);

/** @param {number} most @returns {Kind<Uint8Array>} not a copy */
export const bytes = (most) => ({
  expected: `at most ${most} bytes, in an ArrayBuffer or a view of one`,
  read(value) {
    const all = viewOf(value);
    return all && all.length <= most ? all : undefined;
  },
});

/** Checked, and a copy as it was given: connect() reads it again. @param {Kind<any>} kind @returns {Kind<any>} */
export const asGiven = ({ expected, read }) => ({
  expected,
  read(value) {
    if (read(value) === undefined) {
      return undefined;
    }
    return Array.isArray(value) ? [...value] : (dateOf(value) ?? value);
  },
});

/** @type {Kind<string>} */
export const url = {
  expected: 'a URL',
  read: (value) => (isText(value) ? /** @type {string} */ (value) : urlOf(value)),
};

/** @param {string} name of the option @returns {Kind<string | Uint8Array>} */
export const pemOrDer = (name) => ({
  expected: 'PEM text or DER bytes',
  read: (value) => toInput(/** @type {PemOrDer} */ (value), name),
});

/** @param {string} name of the option @returns {Kind<(string | Uint8Array)[]>} */
export const pemOrDerList = (name) => ({
  expected: 'PEM text or DER bytes, or an array of them',
  read: (value) => toList(/** @type {PemOrDer} */ (value), name),
});
