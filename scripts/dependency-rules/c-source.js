/**
 * Finds the includes, definitions and calls in a C file, without a compiler: comments and strings are ignored, and the
 * branches of every #if count.
 */
import { lineNumber } from './files.js';

/** @typedef {{ name: string, line: number }} Location */

/**
 * @param {string} text
 * @param {{ strings: boolean }} keep
 * @returns {string} the text with comments, and strings unless they are kept, replaced by as many spaces
 */
function blankComments(text, keep) {
  return text.replace(/\/\*[^]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, (piece) =>
    keep.strings && !piece.startsWith('/') ? piece : piece.replace(/[^\n]/g, ' '),
  );
}

/** @param {string} text @returns {Location[]} the file name of each #include, with its quotes or brackets */
export function includesOf(text) {
  const code = blankComments(text, { strings: true });
  return [...code.matchAll(/^[ \t]*#[ \t]*include\b[ \t]*(.*?)[ \t]*$/gm)].map((match) => ({
    name: match[1],
    line: lineNumber(code, match.index),
  }));
}

/** @param {string} text @param {RegExp} names @returns {Location[]} where these identifiers occur */
export function findIdentifiers(text, names) {
  const code = blankComments(text, { strings: false });
  return [...code.matchAll(new RegExp(`\\b(?:${names.source})\\b`, 'g'))].map((match) => ({
    name: match[0],
    line: lineNumber(code, match.index),
  }));
}

/**
 * @typedef {object} Functions the project's own: pagetls_…
 * @property {Location[]} defined with external linkage
 * @property {string[]} declared
 * @property {Location[]} used in a function, an initializer or a macro
 */

/** @param {string} text @returns {Functions} */
export function functionsOf(text) {
  const code = blankComments(text, { strings: false });
  /** @type {Functions} */
  const functions = { defined: [], declared: [], used: [] };
  let depth = 0;
  for (const match of code.matchAll(/[{}]|^[ \t]*#(?:[^\n]*\\\n)*[^\n]*|\bpagetls_\w+/gm)) {
    const [piece] = match;
    if (piece === '{' || piece === '}') {
      depth += piece === '{' ? 1 : -1;
    } else if (piece.trimStart().startsWith('#')) {
      for (const { 0: name, index } of piece.matchAll(/\bpagetls_\w+/g)) {
        functions.used.push({ name, line: lineNumber(code, match.index + index) });
      }
    } else if (depth > 0) {
      functions.used.push({ name: piece, line: lineNumber(code, match.index) });
    } else if (code[match.index + piece.length] === '(') {
      const before = code.slice(code.lastIndexOf('\n', match.index) + 1, match.index);
      const after = /^\([^;{}]*\)\s*\{/.test(code.slice(match.index + piece.length));
      if (/^static\b|^typedef\b/.test(before)) continue;
      if (after) functions.defined.push({ name: piece, line: lineNumber(code, match.index) });
      else functions.declared.push(piece);
    }
  }
  return functions;
}
