/** `npm run check` reports dead links, words to avoid, untidy files, and API.md where it differs from the types. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { apiProblems, documentedIn, membersOf } from '../../scripts/docs/api.js';
import { fileProblems, missingReadmes } from '../../scripts/docs/files.js';
import { deadLinks } from '../../scripts/docs/links.js';
import { avoidedWords } from '../../scripts/docs/words.js';
import { missingForRelease } from '../../scripts/release-check.js';
import { inProject, root } from '../../scripts/run.js';

describe('a link', () => {
  /** @param {string} text @param {string} [path] */
  const deadIn = (text, path = 'bridge/README.md') => deadLinks(root, { path, text });

  test('to a file, a folder or a heading that exists is fine', () => {
    const text = '[a](../API.md) [b](deploy/) [c](../ERRORS.md#codes) [d](#here) [e](https://example.org/x)\n## Here\n';
    assert.deepEqual(deadIn(text.replace(' [d](#here)', '')), []);
    assert.deepEqual(deadIn('`wasm/pagetls.h` and `js/state.js`, `bridge/`'), []);
  });
  test('to nothing is reported with its line', () => {
    assert.deepEqual(deadIn('\n[a](../NO.md)'), ['bridge/README.md:2 links to ../NO.md, which does not exist']);
    assert.match(deadIn('[a](../ERRORS.md#no-such-heading)')[0], /#no-such-heading, which does not exist$/);
    assert.match(deadIn('see `js/no-such-file.js`')[0], /names js\/no-such-file\.js, which does not exist$/);
  });
  test('in a block of code does not count', () => {
    assert.deepEqual(deadIn('```md\n[a](../NO.md)\n```\n'), []);
  });
});

describe('a word to avoid', () => {
  /** @param {string} text */
  const wordsIn = (text) => avoidedWords({ path: 'js/x.js', text });

  test('is reported in prose and in names', () => {
    for (const text of [
      '// judges the chain',
      'const shortVerdict = 1;',
      '// cut on the way',
      '<pt-verdict>',
      '// Judged by',
    ]) {
      assert.equal(wordsIn(`\n${text}`).length, 1, text);
      assert.match(wordsIn(`\n${text}`)[0], /^js\/x\.js:2 has '.+': write /);
    }
  });
  test('is not found in other words', () => {
    assert.deepEqual(wordsIn('prejudge, adjudge; bypass; the letter; in transit'), []);
  });
});

test('untidy files are reported', () => {
  const problemsOf = (/** @type {string} */ text, path = 'js/x.js') => fileProblems({ path, text });
  assert.deepEqual(problemsOf('a\n\nb\n'), []);
  for (const text of ['a \n', 'a\r\n', '\ta\n', 'a', 'a\n\n', 'a\u200b\n', `'/${'home'}/user/x'\n`]) {
    assert.equal(problemsOf(text).length, 1, JSON.stringify(text));
  }
  assert.match(problemsOf('a\n', 'js/someFile.js')[0], /its name is not kebab-case$/);
  assert.match(problemsOf('a\n', 'wasm/x509/some-file.c')[0], /its name is not snake_case$/);
});

test('folders without a README are reported', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-readmes-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const path of ['js/transports', 'wasm/tls', 'build/wasm']) mkdirSync(join(folder, path), { recursive: true });
  writeFileSync(join(folder, 'wasm/README.md'), '');
  assert.deepEqual(missingReadmes(folder), ['js/ has no README.md', 'wasm/tls/ has no README.md']);
});

describe('API.md', () => {
  const api = readFileSync(inProject('API.md'), 'utf8');
  const declarationsOf = (/** @type {string} */ file) => readFileSync(inProject('dist', `${file}.d.ts`), 'utf8');

  test('is read table by table', () => {
    assert.ok(documentedIn(api, 'connect').includes('checkServerIdentity'));
    assert.ok(documentedIn(api, 'TLSSocket').includes('[Symbol.asyncDispose]'));
    assert.ok(documentedIn(api, 'TrustStore').includes('mozilla'));
    assert.deepEqual(documentedIn(api, 'no such section'), []);
    assert.ok(
      membersOf(declarationsOf('verify-chain'), /^export declare function verifyChain\(.*\{$/m)?.includes('maxDepth'),
    );
  });
  test('without an option that the types have is reported', () => {
    assert.deepEqual(apiProblems(api.replace(/^\| `keylog`.*\n/m, ''), declarationsOf), [
      'API.md, connect: keylog is missing',
    ]);
  });
  test('with an option that the types lack is reported', () => {
    const more = api.replace(/^\| `keylog`.*\n/m, (row) => `${row}| \`earlyData\` | none | x |\n`);
    assert.deepEqual(apiProblems(more, declarationsOf), ['API.md, connect: earlyData is not in dist/options.d.ts']);
  });
  test('without an exported type is reported', () => {
    assert.deepEqual(apiProblems(api.replaceAll('OtherPath', 'Path'), declarationsOf), [
      'API.md does not mention OtherPath',
    ]);
  });
  test('describing a type that does not exist is reported', () => {
    const without = (/** @type {string} */ file) => declarationsOf(file).replace('export type Info', 'type Info');
    assert.match(apiProblems(api, without)[0], /does not declare what API\.md describes as Info$/);
  });
});

describe('a release', () => {
  const ready = {
    releasing: '| fact | where | value |\n| ---- | ---- | ---- |\n| name | here | pagetls |\n',
    changelog: '# Changelog\n\n## [1.2.3] - 2027-01-01\n',
    license: 'Copyright 2027 Somebody',
    manifest: { version: '1.2.3', author: 'a', bugs: 'b', homepage: 'c', repository: 'd' },
  };

  test('with every fact is allowed', () => assert.deepEqual(missingForRelease(ready), []));
  test('is refused for each fact that is missing', () => {
    /** @type {[Partial<typeof ready>, RegExp][]} */
    const cases = [
      [
        { releasing: '| address of the repository | `package.json` | missing |\n' },
        /^RELEASING\.md: the address of the/,
      ],
      [{ changelog: '## [Unreleased]' }, /^CHANGELOG\.md has no dated section for 1\.2\.3\.$/],
      [{ license: 'Copyright [yyyy] [name of copyright owner]' }, /^LICENSE has a placeholder/],
      [{ manifest: { ...ready.manifest, repository: '' } }, /^package\.json has no repository\.$/],
    ];
    for (const [change, pattern] of cases) {
      const missing = missingForRelease({ ...ready, ...change });
      assert.equal(missing.length, 1);
      assert.match(missing[0], pattern);
    }
  });
  test('runs that check before it is published', () => {
    const { scripts } = JSON.parse(readFileSync(inProject('package.json'), 'utf8'));
    assert.equal(scripts.prepublishOnly, 'node scripts/release-check.js');
  });
});
