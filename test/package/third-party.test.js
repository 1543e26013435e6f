/** The notices and the SBOM name everything of others that is in the package. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { linkedObjects } from '../../scripts/link-map.js';
import { readManifest } from '../../scripts/manifest.js';
import { localSource, versionOf } from '../../scripts/mbedtls-source.js';
import { certdataFolder } from '../../scripts/mozilla-roots.js';
import { emscriptenVersion } from '../../scripts/packages.js';
import { publicSuffixFile } from '../../scripts/public-suffixes.js';
import { inProject, root } from '../../scripts/run.js';
import { linkedParts, sha256OfFiles } from '../../scripts/third-party.js';

const mbedtlsSource = localSource() ?? '';
const map = readFileSync(inProject('build/wasm/pagetls.map'), 'utf8');
const notices = readFileSync(inProject('dist/THIRD-PARTY-NOTICES.txt'), 'utf8');
const sbomText = readFileSync(inProject('dist/sbom.cdx.json'), 'utf8');
const sbom = JSON.parse(sbomText);

/** @param {string} path */
const sha256 = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** @param {string} path of an object, as the linker prints it */
const mapWith = (path) => `${map}       -     4000       1d         ${path}:(function)\n`;

describe("the linker's map", () => {
  const objects = linkedObjects(map);

  test('has our objects, those of Mbed TLS and those of Emscripten, each once', () => {
    const names = objects.map(({ archive, object }) => `${archive}(${object})`);
    for (const expected of [
      '(wasm_main.c.o)',
      'libcore.a(path.c.o)',
      'libmbedtls.a(ssl_msg.c.o)',
      'libmbedtls.a(p256.c.o)',
    ])
      assert.ok(names.includes(expected), expected);
    assert.ok(names.some((name) => /^libc(?:-\w+)*\.a\(strlen\.o\)$/.test(name)));
    assert.equal(new Set(names).size, names.length);
  });
  test('is read where folders have spaces and dots', () => {
    const [linked] = linkedObjects(
      '       -     1358        d         /my lib.a folder/libc-mt.a(strlen.o):(strlen)\n',
    );
    assert.deepEqual(linked, { archive: 'libc-mt.a', object: 'strlen.o' });
  });
  test('has no line but those of objects', () => {
    assert.deepEqual(
      linkedObjects(
        '    Addr      Off     Size Out     In      Symbol\n       -     1353        5         <internal>:(x)\n',
      ),
      [],
    );
  });
});

describe('what is linked', () => {
  /** @param {string} path */
  const partsWith = (path) => linkedParts(linkedObjects(mapWith(path)), mbedtlsSource);

  for (const path of [
    '/lib/libdlmalloc.a(dlmalloc.o)',
    '/lib/libz.a(inflate.o)',
    'libmbedtls.a(p256-m.c.o)',
    'CMakeFiles/x.dir/other.c.o',
  ]) {
    test(`must have a name: ${path} stops the build`, () => {
      const [name] = /[^/(]+\.o/.exec(path) ?? [];
      assert.throws(() => partsWith(path), new RegExp(`has code of ${name}\\b.*does not name`));
    });
  }
  test('is Everest only if its curve is linked, whose other files have names of ours', () => {
    assert.ok(!partsWith('libmbedtls.a(x25519.c.o)').has('Everest'));
    assert.ok(partsWith('libmbedtls.a(Hacl_Curve25519_joined.c.o)').has('Everest'));
  });
  for (const [path, part] of [
    ['/lib/libc-optz.a(memcmp.o)', 'musl'],
    ['/lib/libclang_rt.builtins-wasmexcept.a(udivti3.o)', 'compiler-rt'],
    ['/lib/crt1_reactor.o', 'Emscripten'],
    ['/lib/libstandalonewasm-nocatch-memgrow.a(standalone.o)', 'Emscripten'],
  ]) {
    test(`is known in the variants of newer versions of Emscripten: ${path}`, () => {
      const [linked] = linkedObjects(`       -     4000       1d         ${path}:(function)\n`);
      assert.deepEqual([...linkedParts([linked], mbedtlsSource).keys()], [part]);
    });
  }
});

describe('THIRD-PARTY-NOTICES.txt', () => {
  test('names every library of the map', () => {
    const parts = [...linkedParts(linkedObjects(map), mbedtlsSource).keys()].filter((name) => name !== '');
    assert.ok(parts.length >= 3, parts.join());
    for (const part of parts) assert.match(notices, new RegExp(`^${part} `, 'm'));
  });
  test('has the license of each, and a license once', () => {
    const headings = [...notices.matchAll(/^In: (.*)\n(?:As in: .*\n)?From: https:\/\/.+\nLicense: \S+/gm)];
    assert.equal(headings.length, notices.match(/^License: /gm)?.length);
    for (const file of headings.flatMap(([, where]) => where.split(', ')))
      assert.ok(readFileSync(inProject(file)).length > 0, file);
    for (const text of [
      'Copyright The Mbed TLS Contributors',
      'Rich Felker, et al.',
      'Emscripten authors',
      'LLVM Exceptions to the Apache 2.0 License',
      'Mozilla Public License Version 2.0',
      'UNICODE LICENSE V3',
    ])
      assert.equal(notices.split(`\n${text}`).length + notices.split(` ${text}`).length >= 3, true, text);
    assert.equal(notices.split('Mozilla Public License Version 2.0').length, 2);
  });
  test('has nothing of this machine', () => {
    for (const text of [notices, sbomText]) assert.ok(!text.includes(root) && !text.includes(tmpdir()));
  });
});

describe('sbom.cdx.json', () => {
  /** @typedef {{ 'bom-ref': string, type: string, name: string, version?: string, purl?: string, hashes?: { alg: string, content: string }[], licenses?: { license?: { id: string }, expression?: string }[], properties?: { name: string, value: string }[] }} Component */
  /** @type {Component[]} */
  const components = sbom.components;
  const named = (/** @type {string} */ name) => components.find((one) => one.name === name);
  const property = (/** @type {string} */ component, /** @type {string} */ name) =>
    named(component)?.properties?.find((one) => one.name === name)?.value;

  test('has the form of CycloneDX 1.6', () => {
    assert.deepEqual([sbom.bomFormat, sbom.specVersion, sbom.version], ['CycloneDX', '1.6', 1]);
    assert.match(sbom.serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const main = sbom.metadata.component;
    const all = [main, ...main.components, ...components];
    for (const one of all) {
      assert.ok(['library', 'data', 'file'].includes(one.type), one.name);
      assert.ok(typeof one.name === 'string' && one.name.length > 0);
      for (const { alg, content } of one.hashes ?? []) {
        assert.equal(alg, 'SHA-256');
        assert.match(content, /^[0-9a-f]{64}$/);
      }
      for (const { license, expression } of one.licenses ?? [])
        assert.match(license?.id ?? expression, /^[A-Za-z0-9.-]+(?: WITH [A-Za-z0-9.-]+)?$/);
      if (one.purl !== undefined) assert.match(one.purl, /^pkg:(?:npm|pypi|github)\/[\w./-]+(?:@[\w.-]+)?$/);
      if (one.scope !== undefined) assert.ok(['required', 'optional'].includes(one.scope));
    }
    const refs = all.map((one) => one['bom-ref']);
    assert.equal(new Set(refs).size, refs.length);
    for (const { ref, dependsOn = [] } of sbom.dependencies)
      for (const one of [ref, ...dependsOn]) assert.ok(refs.includes(one), one);
    assert.deepEqual(
      sbom.dependencies[0].dependsOn,
      components.map((one) => one['bom-ref']),
    );
  });
  test('has the versions and hashes of what was used', async () => {
    assert.equal(named('Mbed TLS')?.version, versionOf(mbedtlsSource));
    assert.equal(property('Mbed TLS', 'pagetls:sha256OfSources'), sha256OfFiles(mbedtlsSource, ['include', 'library']));
    assert.equal(named('Emscripten')?.version, emscriptenVersion());
    assert.equal(
      named("Mozilla's root list")?.hashes?.[0].content,
      sha256(join(await certdataFolder(), 'certdata.txt')),
    );
    assert.equal(named('Public Suffix List')?.hashes?.[0].content, sha256(await publicSuffixFile()));
    for (const [name, range] of Object.entries(readManifest().dependencies))
      assert.equal(property(name, 'pagetls:range'), range);
    const pyproject = readFileSync(inProject('bridge/pyproject.toml'), 'utf8');
    assert.ok(pyproject.includes(`"websockify${property('websockify', 'pagetls:range')}"`));
  });
  test('has the hashes of the files of the package that are not scripts', () => {
    const { component } = sbom.metadata;
    assert.deepEqual([component.name, component.version], [readManifest().name, readManifest().version]);
    assert.equal(component.components.length, 4);
    for (const { name, hashes } of component.components) assert.equal(hashes[0].content, sha256(inProject(name)), name);
  });
  test('names every part that the notices name', () => {
    const parts = components.filter((one) => !/^pkg:(?:npm|pypi)\//.test(one.purl ?? ''));
    assert.equal(parts.length, notices.match(/^In: /gm)?.length);
    for (const { name } of parts) assert.ok(notices.includes(`\n${name}`), name);
  });
  test('has no time, and a serial number that only the content decides', () => {
    assert.equal(sbom.metadata.timestamp, undefined);
    assert.doesNotMatch(sbomText, /\d\d:\d\d:\d\d/);
  });
});

test('the hash of a folder is the one that find, sort and sha256sum give', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-hash-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'a/b'), { recursive: true });
  writeFileSync(join(folder, 'a/b/x.c'), 'x');
  writeFileSync(join(folder, 'a/b.c'), 'y');
  // printf lines | sha256sum, of files sorted as bytes: '.' is before '/'.
  const line = (/** @type {string} */ path) => `${sha256(join(folder, path))}  ${path}\n`;
  const expected = createHash('sha256')
    .update(`${line('a/b.c')}${line('a/b/x.c')}`)
    .digest('hex');
  assert.equal(sha256OfFiles(folder, ['a']), expected);
});
