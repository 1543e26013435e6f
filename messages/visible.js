/** Text of strangers, such as a name in a certificate, for people to read. */

/**
 * Characters that nobody sees, or that change how the text around them looks: controls, formats, unassigned and private-use
 * code points, lone surrogates, line separators, fillers, and blanks other than the space.
 */
const UNSEEN = /(?! )[\p{C}\p{Zs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\ufffc\u{1d159}]/gu;

/**
 * Shows each unseen character as its code point.
 * @param {string} text
 */
export function visible(text) {
  return replaceUnseen(text, (character) => {
    const code = /** @type {number} */ (character.codePointAt(0));
    return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
  });
}

/**
 * @param {string} text
 * @param {(character: string) => string} replacement
 */
export function replaceUnseen(text, replacement) {
  return text.replace(UNSEEN, replacement);
}
