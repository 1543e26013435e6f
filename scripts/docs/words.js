/** Words that the project does not use: one thing has one name, and a sentence is understood at first reading. */

/** @typedef {import('./files.js').TextFile} TextFile */

/** @type {{ pattern: RegExp, instead: string }[]} */
const AVOIDED = [
  { pattern: /\bjudg(?:e|es|ed|ing|ings|ement|ments?)\b/i, instead: 'verify, verification or result' },
  { pattern: /(?:^|[^a-z])verdicts?\b|[a-z]Verdict/i, instead: 'result, or outcome' },
  { pattern: /\blets? pass\b|\blets? through\b/i, instead: 'accept, or allow' },
  { pattern: /\bon the way\b/i, instead: 'in transit' },
  { pattern: /\bhangs? up\b|\bhung up\b/i, instead: 'close the connection' },
  { pattern: /\b(?:take|takes|taking) leave\b/i, instead: 'close' },
  { pattern: /\bat the most\b/i, instead: 'at most' },
  { pattern: /\bwant of\b/i, instead: 'lack of, or out of' },
  { pattern: /\bbe borne\b|\bhas it so\b|\bno way on\b|\bas ever\b|\bin vain\b/i, instead: 'what is meant' },
  { pattern: /\bwhose certificate shall\b/i, instead: 'check a server or a certificate' },
  { pattern: /\bone and the same\b|\bthe like\b(?! of)/i, instead: 'the same, or similar' },
];

/** Has to name these words, or is a text that others wrote. */
const EXEMPT =
  /^(?:scripts\/docs\/words\.js|test\/package\/docs-check\.test\.js|LICENSE|CHANGELOG\.md|package-lock\.json|certs\/.*\.pem)$/;

/** @param {TextFile} file @returns {string[]} a sentence for each word to avoid */
export function avoidedWords({ path, text }) {
  if (EXEMPT.test(path)) return [];
  return text.split('\n').flatMap((line, at) =>
    AVOIDED.flatMap(({ pattern, instead }) => {
      const found = pattern.exec(line);
      return found === null ? [] : [`${path}:${at + 1} has '${found[0].trim()}': write ${instead}`];
    }),
  );
}
