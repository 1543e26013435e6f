/** Writes THIRD-PARTY-NOTICES.txt: the work of others in the package, with the licenses. */

const RULE = '='.repeat(100);

/** @param {import('./third-party.js').ThirdParty} part @returns {string} */
function heading({ name, version, partOf, where, url, license, licenseNote, copyright }) {
  return [
    [name, version].filter(Boolean).join(' '),
    `In: ${where}`,
    ...(partOf === undefined ? [] : [`As in: ${partOf}`]),
    `From: ${url}`,
    `License: ${license}${licenseNote ? ` (${licenseNote})` : ''}`,
    ...copyright,
  ].join('\n');
}

/**
 * @param {import('./third-party.js').ThirdParty[]} parts
 * @returns {string} each license once, after all that is under it
 */
export function noticesText(parts) {
  /** @type {Map<string, import('./third-party.js').ThirdParty[]>} */
  const byText = new Map();
  for (const part of parts) {
    const text = part.texts.join('\n\n');
    byText.set(text, [...(byText.get(text) ?? []), part]);
  }
  const sections = [...byText].map(([text, those]) =>
    [...those.map(heading), ...(text === '' ? [] : [text.trim()])].join('\n\n'),
  );
  return `THIRD-PARTY NOTICES

The package pagetls is under the Apache License 2.0, which is in the file LICENSE. It has parts of others, which are named
here with their licenses. What npm installs with it (ws) is not part of it, and brings its own license.

${sections.map((section) => `${RULE}\n\n${section}\n`).join('\n')}`;
}
