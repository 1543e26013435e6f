/**
 * prepublishOnly: refuses to publish while something is missing that only the maintainers can know or do. What can be built,
 * prepack.js builds.
 */
import { readFileSync } from 'node:fs';
import { inProject, print, runMain } from './run.js';

/**
 * @typedef {object} Release
 * @property {string} releasing text of RELEASING.md
 * @property {string} changelog text of CHANGELOG.md
 * @property {string} license text of LICENSE
 * @property {Record<string, any>} manifest package.json
 */

/** Fields of package.json that a published package must have. */
const MANIFEST_FIELDS = ['author', 'bugs', 'homepage', 'repository'];

/**
 * @param {Release} release
 * @returns {string[]} what is missing, a sentence each
 */
export function missingForRelease({ releasing, changelog, license, manifest }) {
  const facts = [...releasing.matchAll(/^\| ([^|]+?) +\|.*\| missing +\|$/gm)].map(([, fact]) => fact);
  const placeholder = /\[(yyyy|name of copyright owner)\]/.test(license);
  return [
    ...facts.map((fact) => `RELEASING.md: the ${fact} is missing.`),
    ...MANIFEST_FIELDS.filter((field) => !manifest[field]).map((field) => `package.json has no ${field}.`),
    ...(placeholder ? ['LICENSE has a placeholder for the holder of the copyright.'] : []),
    ...(changelog.includes(`\n## [${manifest.version}] - 2`)
      ? []
      : [`CHANGELOG.md has no dated section for ${manifest.version}.`]),
  ];
}

await runMain(import.meta.url, async () => {
  const read = (/** @type {string} */ path) => readFileSync(inProject(path), 'utf8');
  const missing = missingForRelease({
    releasing: read('RELEASING.md'),
    changelog: read('CHANGELOG.md'),
    license: read('LICENSE'),
    manifest: JSON.parse(read('package.json')),
  });
  if (missing.length === 0) return 0;
  print(`Not ready to publish:\n${missing.map((sentence) => `- ${sentence}`).join('\n')}`);
  return 1;
});
