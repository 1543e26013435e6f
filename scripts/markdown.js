/** Markdown that scripts write. */

/**
 * @param {string[][]} rows the first is the heading
 * @returns {string} a table, with a line break after it
 */
export function markdownTable(rows) {
  const [heading, ...body] = rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
  return [heading, `|${' --- |'.repeat(rows[0].length)}`, ...body, ''].join('\n');
}
