/** Errors with a code of Node, such as those of arguments. */

/**
 * @template {Error} T
 * @param {new (message: string) => T} type
 * @param {string} code
 * @param {string} message
 * @returns {T & {code: string}}
 */
export function nodeError(type, code, message) {
  return Object.assign(new type(message), { code });
}

/**
 * @param {string} name
 * @param {string} expected
 * @param {unknown} value
 */
export function wrongType(name, expected, value) {
  const kind = name.includes('.') ? 'property' : 'argument';
  return nodeError(
    TypeError,
    'ERR_INVALID_ARG_TYPE',
    `The "${name}" ${kind} must be ${expected}. Received ${value === null ? 'null' : typeof value}`,
  );
}
