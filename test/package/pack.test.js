/** The tarball: made by npm pack in a fresh clone, complete, and with documents whose links lead somewhere. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { anchorsOf, proseOf } from '../../scripts/docs/links.js';
import { entryFiles, readManifest } from '../../scripts/manifest.js';
import { packedDocument } from '../../scripts/packed-documents.js';
import { filesIn, findProgram, inProject, run } from '../../scripts/run.js';
import { downloadedSources, freshClone, packedPackage, temporaryFolder } from '../helpers/packed.js';

const manifest = readManifest();

/** @param {string} tarball @returns {string} the folder of the package in it */
function unpacked(tarball) {
  const folder = temporaryFolder('unpacked');
  execFileSync('tar', ['-xzf', tarball, '-C', folder]);
  return join(folder, 'package');
}

/** @param {string} folder @returns {string[]} what is wrong with the links of its documents */
function deadLinksIn(folder) {
  return filesIn(folder)
    .filter((path) => path.endsWith('.md'))
    .flatMap((path) => {
      const prose = proseOf(readFileSync(join(folder, path), 'utf8')).replace(/(?<!\[)`[^`\n]+`(?!\])/g, '');
      const inMarkdown = [...prose.matchAll(/\]\(\s*<?([^)\s>]+)/g)].map(([, target]) => target);
      const inHtml = [...prose.matchAll(/\b(?:href|src)="([^"]+)"/g)].map(([, target]) => target);
      const definitions = [...prose.matchAll(/^\[[^\]]+\]: (\S+)/gm)].map(([, target]) => target);
      return [...inMarkdown, ...inHtml, ...definitions]
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => {
          const [file, anchor] = target.split('#');
          const destination = file === '' ? join(folder, path) : join(folder, dirname(path), file);
          if (!destination.startsWith(`${folder}/`) || !filesIn(folder).includes(destination.slice(folder.length + 1)))
            return true;
          return anchor !== undefined && !anchorsOf(readFileSync(destination, 'utf8')).includes(anchor);
        })
        .map((target) => `${path}: ${target}`);
    });
}

/** @param {string} folder the package */
function assertComplete(folder) {
  const files = filesIn(folder);
  const needed = [
    ...entryFiles(manifest),
    ...['LICENSE', 'README.md', 'API.md', 'CHANGELOG.md', 'ERRORS.md', 'LIMITS.md', 'SECURITY.md', 'package.json'],
    ...['dist/THIRD-PARTY-NOTICES.txt', 'dist/sbom.cdx.json', 'dist/version.js'],
  ];
  assert.deepEqual(
    needed.filter((path) => !files.includes(path)),
    [],
  );
  const top = [...new Set(files.map((path) => path.split('/')[0]))].filter((name) => !/\.md$|^LICENSE$/.test(name));
  assert.deepEqual(top.sort(), ['bridge', 'dist', 'package.json']);
  assert.deepEqual(
    files.filter((path) => /(?:^|\/)(?:test_|node_modules|__pycache__|\.)|\.map$|\.pyc$/.test(path)),
    [],
  );
  assert.match(readFileSync(join(folder, 'LICENSE'), 'utf8'), /^ {3}Copyright 2026 The pagetls authors$/m);
}

describe('a packed document', () => {
  const files = new Set(['README.md', 'API.md', 'bridge/README.md', 'bridge/deploy/README.md']);
  /** @param {string} text @param {{ path?: string, repository?: unknown }} [more] */
  const packed = (text, { path = 'README.md', repository } = {}) =>
    packedDocument(text, { path, files, manifest: { version: '1.2.3', repository } });
  const NOTE = '\nPaths that are not links are those of the repository, not of the package.\n';
  const repository = { type: 'git', url: 'git+https://example.org/a/b.git' };

  test('keeps links to documents of the package, to headings and to other sites', () => {
    const text = '[a](API.md#x) [b](#y) [c](https://example.org/) [`d`](bridge/README.md)\n';
    assert.equal(packed(text), text);
    assert.equal(
      packed('[a](../API.md) [b](deploy/README.md)\n', { path: 'bridge/README.md' }),
      '[a](../API.md) [b](deploy/README.md)\n',
    );
  });
  test('links to the README of a folder', () => {
    assert.equal(packed('[a](bridge/)\n'), '[a](bridge/README.md)\n');
    assert.equal(packed('[a](deploy/)\n', { path: 'bridge/README.md' }), '[a](deploy/README.md)\n');
  });
  test('has the path of what is not in the package, once', () => {
    assert.equal(packed('See [how](wasm/README.md#x).\n'), `See how (\`wasm/\`).\n${NOTE}`);
    assert.equal(packed('| [`test/`](test/README.md), [js/](js/README.md) |\n'), `| \`test/\`, js/ |\n${NOTE}`);
    assert.equal(packed('[a](../js/x.js)\n', { path: 'bridge/README.md' }), `a (\`js/x.js\`)\n${NOTE}`);
  });
  test('leaves out images that are not in the package', () => {
    assert.equal(packed('a\n\n![b](bench/c.svg)\n\nd\n'), 'a\n\nd\n');
  });
  test('links to the repository, at the version of the package, when it is known', () => {
    assert.equal(
      packed('[a](js/README.md#x) ![b](bench/c.svg) [c](API.md)\n', { repository }),
      '[a](https://example.org/a/b/blob/v1.2.3/js/README.md#x) ![b](https://example.org/a/b/raw/v1.2.3/bench/c.svg) [c](API.md)\n',
    );
    assert.equal(
      packed('[a](../js/)\n', { path: 'bridge/README.md', repository: 'https://example.org/a/b' }),
      '[a](https://example.org/a/b/blob/v1.2.3/js/)\n',
    );
  });
  test('keeps code as it is', () => {
    const text = '```js\na[0](b);\n```\n\n`[a](b.md)`\n';
    assert.equal(packed(text), text);
  });
});

describe('the tarball', () => {
  test('is complete, and has nothing else', async () => assertComplete(unpacked(await packedPackage())));
  test('has documents whose links and images lead to its files', async () => {
    const folder = unpacked(await packedPackage());
    assert.deepEqual(deadLinksIn(folder), []);
    const readme = readFileSync(join(folder, 'README.md'), 'utf8');
    for (const link of ['](API.md)', '](ERRORS.md)', '](LICENSE)', '](bridge/README.md)'])
      assert.ok(readme.includes(link), link);
    // The check would find them.
    writeFileSync(join(folder, 'API.md'), '[a](js/README.md) ![b](bench/chart.svg) [c](README.md#no-such-heading)\n');
    assert.deepEqual(
      deadLinksIn(folder).filter((line) => line.startsWith('API.md')),
      ['API.md: js/README.md', 'API.md: bench/chart.svg', 'API.md: README.md#no-such-heading'],
    );
  });
});

const isClone = existsSync(inProject('.git')) && findProgram('git') !== undefined;

describe('npm pack in a fresh clone', { skip: isClone ? false : 'NOT TESTED: this is no git repository' }, () => {
  /** @type {string} */
  let clone;
  /** @type {Record<string, string | undefined>} */
  let env;
  before(async () => {
    clone = await freshClone('pagetls');
    // As if `npm ci` had run after the clone.
    symlinkSync(inProject('node_modules'), join(clone, 'node_modules'));
    utimesSync(join(clone, 'package-lock.json'), 0, 0);
    env = await downloadedSources();
  });
  const status = () =>
    execFileSync('git', ['status', '--porcelain'], { cwd: clone, encoding: 'utf8' }).trim().split('\n').sort();
  const tarballs = () => readdirSync(clone).filter((name) => name.endsWith('.tgz'));

  test('fails with the reason, and packs nothing, if it cannot build', async () => {
    const broken = { ...env, MBEDTLS_SOURCE_DIR: join(clone, 'js') };
    const { status: code, stdout, output } = await run('npm', ['pack', '--json'], { cwd: clone, env: broken });
    assert.notEqual(code, 0);
    assert.match(output, /^MBEDTLS_SOURCE_DIR cannot be used: .*does not contain Mbed TLS/m);
    assert.match(output, /^The package was not packed, because it could not be built: see above\.$/m);
    assert.doesNotMatch(stdout, /MBEDTLS/);
    assert.deepEqual([tarballs(), existsSync(join(clone, 'dist'))], [[], false]);
  });

  test('builds, packs everything, prints JSON alone, and leaves the documents as they were', async () => {
    const before = status();
    const { status: code, stdout, output } = await run('npm', ['pack', '--json'], { cwd: clone, env });
    assert.equal(code, 0, output);
    const [{ filename, files }] = /** @type {any[]} */ (Object.values(JSON.parse(stdout)));
    const folder = unpacked(join(clone, filename));
    assertComplete(folder);
    assert.equal(files.length, filesIn(folder).length);
    assert.deepEqual(deadLinksIn(folder), []);
    assert.deepEqual(status(), [...before, `?? ${filename}`].sort());
    assert.deepEqual(
      /** @type {{ path: string, mode: number }[]} */ (files).filter(({ mode }) => mode !== 0o644),
      [],
    );
  });

  test('packs what changed since the last build', async () => {
    writeFileSync(
      join(clone, 'js/limits.js'),
      `${readFileSync(join(clone, 'js/limits.js'), 'utf8')}export const CHANGED = 1;\n`,
    );
    const { status: code, output } = await run('npm', ['pack'], { cwd: clone, env });
    assert.equal(code, 0, output);
    assert.match(readFileSync(join(unpacked(join(clone, tarballs()[0])), 'dist/limits.js'), 'utf8'), /CHANGED/);
  });

  test('writes the documents back if it was interrupted, but not over changes', async () => {
    const script = (/** @type {string} */ name) => run('node', [`scripts/${name}.js`], { cwd: clone, env });
    const read = (/** @type {string} */ path) => readFileSync(join(clone, path), 'utf8');
    const [readme, api] = ['README.md', 'API.md'].map(read);
    assert.equal((await script('prepack')).status, 0);
    assert.notEqual(read('README.md'), readme);
    assert.equal((await script('prepack')).status, 0); // the next `npm pack`
    writeFileSync(join(clone, 'API.md'), 'Changed.\n');
    const { output } = await script('postpack');
    assert.match(output, /^Changed while they were packed, and left as they are: API\.md$/m);
    assert.deepEqual([read('README.md'), read('API.md')], [readme, 'Changed.\n']);
    assert.notEqual(api, 'Changed.\n');
  });
});
