/**
 * Commands that would download and run whatever a stranger has registered: neither `pagetls` on npm nor `pagetls-bridge` on
 * PyPI is ours yet (RELEASING.md). SECURITY.md says what to write instead.
 */

/** @typedef {import('./files.js').TextFile} TextFile */

/** Between the words of a command, also where it is an array in a program. */
const GAP = '[\'",\\s]+';

/** @type {{ pattern: RegExp, instead: string }[]} */
const COMMANDS = [
  {
    pattern: new RegExp(
      `\\b(?:npx|npm${GAP}(?:exec|x)|bunx|pnpx|(?:pnpm|yarn|npm)${GAP}dlx)${GAP}(?:-\\S+${GAP})*pagetls\\b`,
      'g',
    ),
    instead: 'npx --no-install pagetls',
  },
  {
    pattern: new RegExp(`\\b(?:npm|pnpm|yarn|bun)${GAP}(?:install|i|add)${GAP}(?:-\\S+${GAP})*pagetls\\b`, 'g'),
    instead: 'npm install ../pagetls',
  },
  {
    pattern: new RegExp(`\\bpipx?${GAP}(?:install|run)${GAP}(?:-\\S+${GAP})*pagetls`, 'g'),
    instead: 'pip install ./bridge',
  },
];

/** Has to name these commands. */
const EXEMPT = /^(?:SECURITY\.md|scripts\/docs\/unregistered\.js|test\/package\/unregistered\.test\.js)$/;

/** @param {TextFile} file @returns {string[]} a sentence for each such command */
export function unregisteredNames({ path, text }) {
  if (EXEMPT.test(path)) return [];
  return COMMANDS.flatMap(({ pattern, instead }) =>
    [...text.matchAll(pattern)]
      .filter(([command]) => !/\s--no-install\s|'--no-install'/.test(command))
      .map(({ 0: command, index }) => {
        const line = text.slice(0, index).split('\n').length;
        return `${path}:${line} has '${command}', a name that is not ours: write ${instead}`;
      }),
  );
}
