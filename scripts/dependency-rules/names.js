/** js/ asks what a platform can do, never what it is called: platforms imitate each other in part. */
import { lineNumber, readFiles } from './files.js';

const NAMES = /\bprocess\??\.(?:versions?|release)\b|\buserAgent\b|\b(?:Deno|Bun|EdgeRuntime|WebSocketPair)\b/g;

/** Keeps the lines. @param {string} text */
const withoutComments = (text) =>
  text.replace(/\/\*[^]*?\*\/|(?<=^|\s)\/\/.*/gm, (comment) => comment.replace(/[^\n]/g, ' '));

/**
 * @param {string} root of the project
 * @returns {string[]} one sentence per violation
 */
export function nameViolations(root) {
  return [...readFiles(root, 'js/', ['.js'])].flatMap(([path, text]) =>
    [...withoutComments(text).matchAll(NAMES)].map(
      ({ 0: name, index }) =>
        `${path}:${lineNumber(text, index)} names ${name}: js/ tests for features, or chooses by \`imports\` of package.json`,
    ),
  );
}
