/** package.json: what it names is there, for every tool that reads it, and for import and require(). */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { entryFiles, isInRange, readManifest } from '../../scripts/manifest.js';
import { inProject } from '../../scripts/run.js';
import { emptyProject } from '../helpers/packed.js';

const manifest = readManifest();

/** Each subpath of `exports` and each name of `imports`, with its conditions. */
const entries = Object.entries({ ...manifest.exports, ...manifest.imports }).filter(
  ([, entry]) => typeof entry === 'object',
);

describe('package.json', () => {
  test('names files that the build makes', () => {
    const files = entryFiles(manifest);
    for (const expected of ['dist/index.js', 'dist/index.d.ts', 'dist/cli.js', 'dist/pagetls/pagetls.wasm'])
      assert.ok(files.includes(expected), expected);
    for (const file of files) assert.ok(existsSync(inProject(file)), file);
  });

  for (const [name, entry] of entries) {
    test(`has types first and default last for ${name}, whose types are those of its scripts`, () => {
      const conditions = Object.keys(entry);
      assert.equal(conditions[0], 'types');
      assert.equal(conditions.at(-1), 'default');
      const scripts = Object.values(entry).slice(1);
      assert.ok(scripts.some((path) => entry.types === path.replace(/\.js$/, '.d.ts')));
    });
  }

  test('has main and types for tools that do not read exports', () => {
    assert.equal(manifest.main, manifest.exports['.'].default);
    assert.equal(manifest.types, manifest.exports['.'].types);
  });

  test('names the modules with side effects, and no others may be imported for these alone', () => {
    assert.ok(manifest.sideEffects.includes(`./${manifest.bin.pagetls}`));
    for (const path of manifest.sideEffects) assert.match(path, /^\.\/dist\//);
    const files = [...manifest.sideEffects, ...entryFiles(manifest)].filter((path) => path.endsWith('.js'));
    for (const file of files) {
      // Bundlers would drop such an import.
      for (const [, target] of readFileSync(inProject(file), 'utf8').matchAll(/^import '(\.[^']+)'/gm))
        assert.ok(manifest.sideEffects.includes(`./${join(dirname(file), target)}`), `${file} imports ${target}`);
    }
  });

  test('keeps side effects of the pages, which are bundled by the same tools', () => {
    assert.equal(JSON.parse(readFileSync(inProject('inspector/package.json'), 'utf8')).sideEffects, true);
  });
});

describe('the versions of Node', () => {
  test('are those that have require() for ES modules', () => {
    const supported = ['20.19.0', '20.20.2', '22.12.0', '22.20.1', '23.0.0', '24.0.0', '26.1.0'];
    for (const version of supported) assert.ok(isInRange(version, manifest.engines.node), version);
    for (const version of ['18.20.0', '20.18.3', '21.7.0', '22.11.0'])
      assert.ok(!isInRange(version, manifest.engines.node), version);
  });
  test('are not guessed from a range of another form', () => {
    assert.throws(() => isInRange('20.0.0', '20.x'), /not a range/);
  });
});

describe('the installed package', () => {
  /** @type {string} */
  let folder;
  before(async () => {
    folder = await emptyProject({});
  });
  const code = (/** @type {string} */ load) =>
    `${load}; console.log(JSON.stringify([typeof main.connect, main.CODES.ERR_TLS_LOAD, typeof node.toDuplex, typeof fetch.createFetch, typeof tcp.tcp, typeof net.connect, typeof tls.connect]))`;
  const NAMES = {
    main: '',
    node: '/node',
    fetch: '/fetch',
    tcp: '/transports/tcp',
    net: '/node-net',
    tls: '/node-tls',
  };
  const expected = ['function', 'function', 'function', 'function', 'function', 'function'];

  /** @param {string[]} args of node */
  function run(...args) {
    const output = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
    const [connect, meaning, ...others] = JSON.parse(output);
    assert.match(meaning, /\w/);
    assert.deepEqual([connect, ...others], expected);
  }

  test('can be imported by every subpath', () => {
    const load = Object.entries(NAMES).map(([name, path]) => `import * as ${name} from 'pagetls${path}'`);
    return run('--input-type=module', '--eval', code(load.join(';')));
  });
  test('can be required by every subpath, also by programs in strict CommonJS', () => {
    const load = Object.entries(NAMES).map(([name, path]) => `const ${name} = require('pagetls${path}')`);
    return run('--input-type=commonjs', '--eval', code(load.join(';')));
  });
  test('has its package.json where tools look for it', () => {
    const eval_ = "process.stdout.write(require('pagetls/package.json').version)";
    const options = /** @type {const} */ ({ cwd: folder, encoding: 'utf8' });
    assert.equal(execFileSync(process.execPath, ['--input-type=commonjs', '--eval', eval_], options), manifest.version);
  });
  test('has its program in node_modules/.bin', () => {
    const program = join(folder, 'node_modules/.bin/pagetls');
    assert.match(execFileSync(program, ['--help'], { encoding: 'utf8' }), /^Usage:/);
  });
});
