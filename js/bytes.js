/**
 * Values in whatever form and from whatever realm (a frame, jsdom, a vm context): `instanceof` knows only its own. What has
 * internal slots is recognized by them, which nothing else can have.
 */

/** @param {object} prototype @param {PropertyKey} name @returns {() => unknown} */
const getterOf = (prototype, name) => /** @type {any} */ (Object.getOwnPropertyDescriptor(prototype, name)).get;

const BYTE_LENGTH = getterOf(ArrayBuffer.prototype, 'byteLength');
const TYPE = getterOf(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);

/** Whether a method or getter accepts a value as one of its own. @param {Function} method @param {unknown} value */
function accepts(method, value) {
  try {
    Reflect.apply(method, value, []);
    return true;
  } catch {
    return false;
  }
}

/** @param {unknown} data @returns {data is ArrayBuffer} */
const isArrayBuffer = (data) => accepts(BYTE_LENGTH, data);

/**
 * @param {unknown} data
 * @returns {Uint8Array | undefined} a view of the same memory; undefined if it is neither an ArrayBuffer nor a view of one
 */
export function viewOf(data) {
  if (data instanceof Uint8Array) {
    return data;
  }
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  return isArrayBuffer(data) ? new Uint8Array(data) : undefined;
}

/**
 * @param {unknown} data
 * @returns {Uint8Array | undefined} the same for a Uint8Array or an ArrayBuffer only: the elements of other views are no bytes
 */
export const bytesOf = (data) => (ArrayBuffer.isView(data) && !isUint8Array(data) ? undefined : viewOf(data));

/** @param {unknown} data @returns {data is Uint8Array} */
export const isUint8Array = (data) => ArrayBuffer.isView(data) && Reflect.apply(TYPE, data, []) === 'Uint8Array';

/** @param {Uint8Array[]} parts */
export function concat(parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** @param {Uint8Array} bytes @returns {string} upper-case hexadecimal */
export const hexText = (bytes) =>
  Array.from(bytes, (octet) => octet.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();

/** @param {unknown} value @returns {Date | undefined} a copy */
export const dateOf = (value) =>
  accepts(Date.prototype.getTime, value) ? new Date(Reflect.apply(Date.prototype.getTime, value, [])) : undefined;

/** @param {unknown} value @returns {value is Error} */
export const isError = (value) => value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';

/** What was thrown, as a text. @param {unknown} cause */
export const messageOf = (cause) => (isError(cause) && cause.message) || String(cause);

/** URLs have no slots that another realm can ask for. @param {any} value @returns {string | undefined} its text */
export const urlOf = (value) =>
  Object.prototype.toString.call(value) === '[object URL]' && typeof value.href === 'string' ? value.href : undefined;

/** What is used of an AbortSignal, of any realm or library. @param {any} value @returns {value is AbortSignal} */
export const isAbortSignal = (value) =>
  typeof value === 'object' &&
  value !== null &&
  typeof value.aborted === 'boolean' &&
  typeof value.addEventListener === 'function' &&
  typeof value.removeEventListener === 'function';
