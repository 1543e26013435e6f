/**
 * What every page has, from Node where an imitation of a page lacks it: jest-environment-jsdom has no TextEncoder and no
 * streams. What these make and accept is not of one realm only.
 */

/** @param {string} name of a module of Node @returns {any} */
const builtin = (name) => globalThis.process?.getBuiltinModule?.(name) ?? {};

/** @type {{TextEncoder: typeof TextEncoder, TextDecoder: typeof TextDecoder}} */
const coding = typeof globalThis.TextEncoder === 'function' ? globalThis : builtin('util');

export const encoder = new coding.TextEncoder();
export const decoder = new coding.TextDecoder();

/**
 * By what it can do: the WritableStream of happy-dom is another class.
 * @template {'ReadableStream' | 'WritableStream'} Name
 * @param {Name} name
 * @param {string} method
 * @returns {(typeof globalThis)[Name]}
 */
function classWith(name, method) {
  const own = globalThis[name];
  const prototype = /** @type {Record<string, unknown> | undefined} */ (/** @type {unknown} */ (own?.prototype));
  return typeof prototype?.[method] === 'function' ? own : builtin('stream/web')[name];
}

export const readableStreamClass = () => classWith('ReadableStream', 'getReader');
export const writableStreamClass = () => classWith('WritableStream', 'getWriter');
