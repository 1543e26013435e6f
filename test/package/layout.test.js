/** Imports in dist/; dependency-rules.test.js has those between the parts of the project. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, test } from 'node:test';
import { relocateImports } from '../../scripts/package-files.js';
import { inProject, root } from '../../scripts/run.js';

/** @param {string} folder @param {string} end @returns {string[]} the files in it, as paths from the root */
function filesIn(folder, end) {
  return readdirSync(inProject(folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(end))
    .map((path) => join(folder, path));
}

/** @param {string} path @returns {string[]} the files it imports, as paths from the root */
function importsOf(path) {
  const text = readFileSync(inProject(path), 'utf8');
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.[^'"]*)['"]/g)].map(([, target]) =>
    relative(root, join(dirname(inProject(path)), target)),
  );
}

describe('imports', () => {
  test('in dist/ resolve to files of dist/, also in declarations', () => {
    const files = [...filesIn('dist', '.js'), ...filesIn('dist', '.d.ts')];
    assert.ok(files.some((path) => importsOf(path).includes('dist/messages/errors.js')));
    for (const path of files) {
      for (const target of importsOf(path)) {
        assert.match(target, /^dist\//, path);
        // A module that only has types has no script.
        assert.ok(existsSync(inProject(target)) || existsSync(inProject(target.replace(/\.js$/, '.d.ts'))), target);
      }
    }
  });

  test('of dist/index.js lead to nothing of its adapters, which only their users load', () => {
    const reached = new Set(['dist/index.js']);
    for (const path of reached) for (const target of importsOf(path)) reached.add(target);
    assert.ok(reached.has('dist/connection.js'));
    const adapters = [...reached].filter((path) => /^dist\/(?:fetch|node)\//.test(path));
    assert.deepEqual(adapters, []);
  });

  test('of messages/ are moved one level down, in every form, and no others are', () => {
    const moved = {
      "import { A } from '../messages/a.js';": "import { A } from './messages/a.js';",
      "import { A } from '../../messages/a.js';": "import { A } from '../messages/a.js';",
      "import '../../../messages/a.js';": "import '../../messages/a.js';",
      "export * from '../messages/a.js'": "export * from './messages/a.js'",
      'export type A = import("../messages/a.js").A;': 'export type A = import("./messages/a.js").A;',
      "await import( '../messages/a.js')": "await import( './messages/a.js')",
      "import {\n  A,\n} from '../messages/a.js';": "import {\n  A,\n} from './messages/a.js';",
    };
    for (const [before, after] of Object.entries(moved)) assert.equal(relocateImports(before), after);
    for (const same of [
      "import { A } from './messages/a.js';",
      "import { A } from '../other/messages/a.js';",
      "import { A } from '../messages.js';",
      "const path = '../messages/a.js';",
      "import a from 'messages/a.js';",
    ]) {
      assert.equal(relocateImports(same), same);
    }
    const both = "import { A } from '../messages/a.js';\nimport { B } from '../messages/b.js';";
    assert.equal(relocateImports(both), both.replaceAll('../', './'));
  });
});
