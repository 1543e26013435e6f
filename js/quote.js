/** Values and text of strangers in error messages. */

/**
 * A value for an error message. Never throws.
 * @param {unknown} value
 */
export function describe(value) {
  if (typeof value === 'string') {
    return quote(value);
  }
  if (value === null || value === undefined) {
    return String(value);
  }
  if (typeof value === 'object') {
    return `an object (${classOf(value)})`;
  }
  return typeof value === 'function' ? 'a function' : `${typeof value} ${String(value)}`;
}

/** @param {object} value */
function classOf(value) {
  try {
    const { constructor } = Object.getPrototypeOf(value) ?? {};
    return typeof constructor === 'function' && constructor.name ? String(constructor.name) : 'Object';
  } catch {
    return 'Object';
  }
}

const MAX_QUOTED_CHARACTERS = 100;

/** Text for an error message: in quotes, not too long, with nothing invisible. @param {string} text */
export function quote(text) {
  const short = text.length > MAX_QUOTED_CHARACTERS ? `${text.slice(0, MAX_QUOTED_CHARACTERS)}…` : text;
  return JSON.stringify(short).replace(
    /[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${/** @type {number} */ (character.codePointAt(0)).toString(16)}}`,
  );
}
