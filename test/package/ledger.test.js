/**
 * wasm/mbedtls/README.md lists every point where the project reaches into Mbed TLS. Compares it with the sources, and with
 * the tests it names.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { root } from '../../scripts/run.js';

const read = (/** @type {string} */ path) => readFileSync(join(root, path), 'utf8');
const filesIn = (/** @type {string} */ folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => !name.includes('node_modules')) // of test/matrix
    .map((name) => join(folder, name));

const ledger = read('wasm/mbedtls/README.md');
const build = read('CMakeLists.txt') + read('wasm/crypto/kernels.cmake');
const config = read('wasm/mbedtls/pagetls_mbedtls_config.h');
const sources = filesIn('wasm').filter((path) => /\.(c|h)$/.test(path));

/** The cells of each table row below a heading. @param {string} heading */
function rows(heading) {
  const section = ledger.split('\n### ').find((text) => text.startsWith(heading));
  assert.ok(section, `no heading '### ${heading}'`);
  return section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (step|-+) /.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** @param {string} heading @param {string[]} names */
function assertListed(heading, names) {
  const steps = rows(heading).map(([step]) => step);
  assert.ok(names.length > 0, `the sources have nothing for ${heading}`);
  assert.deepEqual(
    names.filter((name) => !steps.some((step) => step?.includes(`\`${name}\``))),
    [],
    `missing in ${heading}`,
  );
}

/** @param {RegExp} pattern with one group @param {string} text */
const matches = (pattern, text) => [...new Set([...text.matchAll(pattern)].map(([, name]) => String(name)))];

describe('wasm/mbedtls/README.md', () => {
  test('lists every function that the linker wraps', () => {
    const wrapping = sources.filter((path) => /\b(__wrap_|WRAPPED\()/.test(read(path)));
    assertListed(
      '`--wrap`',
      wrapping.flatMap((path) => matches(/(?:__wrap_|WRAPPED\(\w+, )(mbedtls_\w+)/g, read(path))),
    );
    assertListed('`--wrap`', matches(/(?:wrap=|_wraps | )(mbedtls_(?:x509_crt|ecp|ecdsa|mpi|chachapoly)_\w+)/g, build));
  });

  test('lists every replaced module and every macro of the configuration that calls our code', () => {
    const alts = matches(/#define (MBEDTLS_\w+_ALT)\b/g, config);
    assertListed(
      'ALT',
      alts.filter((name) => !name.startsWith('MBEDTLS_PLATFORM_')),
    );
    assertListed('Hooks of the configuration', [
      ...alts.filter((name) => name.startsWith('MBEDTLS_PLATFORM_')),
      ...matches(/#define (MBEDTLS_\w+_MACRO) /g, config),
    ]);
  });

  test('lists every forced include', () => {
    assertListed('Forced includes', matches(/-include "[^"]*\/([a-z0-9_]+\.h)"/g, build));
  });

  test('lists every file that accesses private members, all of which are in wasm/mbedtls/', () => {
    const accessing = sources.filter((path) =>
      /ALLOW_PRIVATE_ACCESS|include "(ssl_misc|x509_internal|pk_wrap)\.h"/.test(read(path)),
    );
    assert.deepEqual(
      accessing.filter((path) => !path.startsWith(join('wasm', 'mbedtls'))),
      [],
    );
    assertListed(
      'Private fields',
      accessing.filter((path) => path.endsWith('.c')).map((path) => basename(path)),
    );
  });

  test('names only existing files and tests', () => {
    const existing = [...filesIn('wasm'), ...filesIn('test')];
    const texts = existing.filter((path) => /^test\/.*\.(js|c)$/.test(path)).map(read);
    const all = ['ALT', '`--wrap`', 'Forced includes', 'Private fields', 'Hooks of the configuration'].flatMap(rows);
    for (const [step, why, tests, upgrade, ...rest] of all) {
      assert.ok(step && why && tests && upgrade && rest.length === 0, `four cells: ${step}`);
      for (const file of matches(/`([a-z0-9_/-]+(?:\.test\.js|_adapter\.c))`/g, step + tests)) {
        assert.equal(existing.filter((path) => path.endsWith(`/${file}`)).length, 1, file);
      }
      for (const title of matches(/"([^"]+)"/g, tests)) {
        assert.ok(
          texts.some((text) => text.includes(title)),
          `no test is called ${title}`,
        );
      }
    }
  });
});
