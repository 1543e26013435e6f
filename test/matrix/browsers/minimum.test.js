/** The versions of browsers that the README states are those that the code of the package needs. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'acorn';
import { findProgram, inProject, run } from '../../../scripts/run.js';
import { matrixTools } from '../../helpers/packed.js';
import { NEEDED, OPTIONAL } from './features.js';

const ECMASCRIPT = 2022;
const BROWSERS = /** @type {const} */ ({ Chrome: 'chrome', Edge: 'edge', Firefox: 'firefox', Safari: 'safari' });

/** Of the package, what pages never import. */
const NOT_FOR_PAGES = /^(?:cli|node\/(?:stream|https)\.js|host\/\w+\.js|transports\/tcp-|host-aead)/;

/** @typedef {{version_added: string | boolean | null | 'preview', version_removed?: string, flags?: unknown, partial_implementation?: boolean}} Support */
/** @typedef {{__compat?: {support: Record<string, Support | Support[]>}, [name: string]: any}} Entry */

const { folder, skip } = await matrixTools('browsers');

/** @returns {Entry} */
const data = () => createRequire(join(folder, 'package.json'))('@mdn/browser-compat-data');

/** @param {Entry} entry @param {string} browser @returns {number} the version since which it is there; Infinity if it is not */
function since({ __compat }, browser) {
  const support = [__compat?.support[browser] ?? []].flat();
  const versions = support
    .filter(({ version_removed, flags }) => version_removed === undefined && flags === undefined)
    .map(({ version_added }) =>
      version_added === true ? 1 : Number.parseFloat(String(version_added).replace('≤', '')),
    )
    .filter((version) => !Number.isNaN(version));
  return Math.min(Infinity, ...versions);
}

/** @returns {Map<string, number>} by the README's name of the browser */
function statedMinimums() {
  const readme = readFileSync(inProject('README.md'), 'utf8');
  return new Map(
    Object.keys(BROWSERS).map((name) => {
      const [, version] = new RegExp(`\\b${name} ([0-9.]+)`).exec(readme) ?? [];
      assert.ok(version, `the README states the version of ${name}`);
      return [name, Number(version)];
    }),
  );
}

/** @returns {[string, string][]} the modules of dist/ that a page may import: path and content */
function pageModules() {
  return readdirSync(inProject('dist'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.js') && !NOT_FOR_PAGES.test(path))
    .sort()
    .map((path) => [path, readFileSync(inProject('dist', path), 'utf8')]);
}

/**
 * Names in a program: those that it uses, and those that it gives to something of its own.
 * @param {string} program
 */
function namesIn(program) {
  /** @type {Set<string>} */
  const used = new Set();
  /** @type {Set<string>} */
  const own = new Set();
  /** @param {any} node @param {any} [parent] @param {string} [role] in it @returns {void} */
  const visit = (node, parent, role) => {
    if (Array.isArray(node)) {
      for (const part of node) visit(part, parent, role);
      return;
    }
    if (node?.type === 'Property' && parent.type === 'ObjectPattern') {
      visit(node.value, parent, role);
      visit(node.key);
      return;
    }
    if (node?.type === 'Identifier') {
      const isDeclared =
        ['id', 'params', 'local', 'properties'].includes(role ?? '') ||
        ['ArrayPattern', 'RestElement'].includes(parent?.type) ||
        (parent?.type === 'AssignmentPattern' && role === 'left');
      (isDeclared || (role === 'key' && !parent.computed) ? own : used).add(node.name);
      return;
    }
    if (typeof node?.type !== 'string') return;
    for (const [key, value] of Object.entries(node)) if (typeof value === 'object') visit(value, node, key);
  };
  visit(parse(program, { ecmaVersion: ECMASCRIPT, sourceType: 'module' }));
  return { used, own };
}

test(`every module that a page may import is ECMAScript ${ECMASCRIPT}, without top-level await`, () => {
  const modules = pageModules();
  assert.ok(modules.length > 60, String(modules.length));
  for (const [path, content] of modules) {
    const options = /** @type {const} */ ({ ecmaVersion: ECMASCRIPT, sourceType: 'module' });
    const { body } = parse(content, options);
    const awaits = body.some(
      (node) => node.type === 'ExpressionStatement' && node.expression.type === 'AwaitExpression',
    );
    assert.ok(!awaits, path);
  }
});

const WASM_OPT = findProgram('wasm-opt');
test(
  'pagetls.wasm needs SIMD and bulk memory operations, and nothing else that came after 2017',
  { skip: !WASM_OPT },
  async () => {
    const validate = (/** @type {string[]} */ ...features) =>
      run('wasm-opt', ['--mvp-features', ...features, inProject('dist/pagetls/pagetls.wasm'), '-o', '/dev/null']);
    assert.equal((await validate('--enable-simd', '--enable-bulk-memory')).status, 0);
    assert.notEqual((await validate('--enable-simd')).status, 0);
    assert.notEqual((await validate('--enable-bulk-memory')).status, 0);
  },
);

describe('the versions in the README', { skip }, () => {
  test('are those since which everything is there that the package needs', () => {
    const all = data();
    const entries = NEEDED.map((path) => {
      const entry = path.split('.').reduce((/** @type {Entry | undefined} */ parent, part) => parent?.[part], all);
      assert.ok(entry?.__compat, path);
      return /** @type {const} */ ([path, entry]);
    });
    const stated = statedMinimums();
    for (const [name, browser] of Object.entries(BROWSERS)) {
      const versions = entries.map(([path, entry]) => /** @type {const} */ ([since(entry, browser), path]));
      const [version, path] = versions.reduce((most, next) => (next[0] > most[0] ? next : most));
      assert.equal(stated.get(name), version, `${name}: because of ${path}`);
    }
  });

  test('have every name in the code that a newer browser brought, but for those with a reason', () => {
    const { javascript, api } = data();
    /** Since when some object has a member of this name, or there is a global. @type {Map<string, Record<string, number>>} */
    const known = new Map();
    const add = (/** @type {string} */ name, /** @type {Entry} */ entry) => {
      const before = known.get(name);
      known.set(
        name,
        Object.fromEntries(
          Object.values(BROWSERS).map((browser) => [
            browser,
            Math.min(before?.[browser] ?? Infinity, since(entry, browser)),
          ]),
        ),
      );
    };
    for (const group of [javascript.builtins, api]) {
      for (const [name, entry] of Object.entries(/** @type {Record<string, Entry>} */ (group))) {
        if (entry.__compat) add(name, entry);
        for (const [member, inner] of Object.entries(entry)) {
          if (/^[a-z]\w*$/i.test(member) && inner.__compat) add(member.replace(/_static$/, ''), inner);
        }
      }
    }
    const stated = statedMinimums();
    /** @type {Set<string>} */
    const young = new Set();
    const names = pageModules().map(([, content]) => namesIn(content));
    const own = new Set(names.flatMap((module) => [...module.own]));
    for (const { used } of names) {
      for (const name of used) {
        if (own.has(name)) continue;
        const versions = known.get(name);
        const isYoung = Object.entries(BROWSERS).some(
          ([title, browser]) => versions !== undefined && versions[browser] > (stated.get(title) ?? 0),
        );
        if (isYoung) young.add(name);
      }
    }
    assert.deepEqual([...young].sort(), Object.keys(OPTIONAL).sort());
  });
});
