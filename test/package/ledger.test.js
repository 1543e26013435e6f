/**
 * wasm/mbedtls/README.md lists every step into Mbed TLS: here it is compared with the sources, and with the tests that it names.
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { root } from '../../scripts/run.js';

const read = (/** @type {string} */ path) => readFileSync(join(root, path), 'utf8');
const filesIn = (/** @type {string} */ folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));

const ledger = read('wasm/mbedtls/README.md');
const build = read('CMakeLists.txt') + read('wasm/crypto/kernels.cmake');
const config = read('wasm/mbedtls/pagetls_mbedtls_config.h');
const sources = filesIn('wasm').filter((path) => /\.(c|h)$/.test(path));

/** The rows below a heading, as cells. @param {string} heading */
function rows(heading) {
  const section = ledger.split('\n### ').find((text) => text.startsWith(heading));
  assert.ok(section, `there is no '### ${heading}'`);
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
  assert.ok(names.length > 0, `nothing was found that ${heading} could list`);
  assert.deepEqual(
    names.filter((name) => !steps.some((step) => step?.includes(`\`${name}\``))),
    [],
    `${heading} lacks them`,
  );
}

/** @param {RegExp} pattern with one group @param {string} text */
const matches = (pattern, text) => [...new Set([...text.matchAll(pattern)].map(([, name]) => String(name)))];

describe('the ledger of steps into Mbed TLS', () => {
  test('has every function that the linker wraps', () => {
    const wrapping = sources.filter((path) => /\b(__wrap_|WRAPPED\()/.test(read(path)));
    assertListed(
      '`--wrap`',
      wrapping.flatMap((path) => matches(/(?:__wrap_|WRAPPED\(\w+, )(mbedtls_\w+)/g, read(path))),
    );
    assertListed('`--wrap`', matches(/(?:wrap=|_wraps | )(mbedtls_(?:x509_crt|ecp|ecdsa|mpi|chachapoly)_\w+)/g, build));
  });

  test('has every module that is replaced, and every macro of the configuration that leads to us', () => {
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

  test('has every forced include', () => {
    assertListed('Forced includes', matches(/-include "[^"]*\/([a-z0-9_]+\.h)"/g, build));
  });

  test('has every file that reads what is private, and no other file does', () => {
    const private_ = sources.filter((path) =>
      /ALLOW_PRIVATE_ACCESS|include "(ssl_misc|x509_internal)\.h"/.test(read(path)),
    );
    assert.deepEqual(
      private_.filter((path) => !path.startsWith(join('wasm', 'mbedtls'))),
      [],
    );
    assertListed(
      'Private fields',
      private_.filter((path) => path.endsWith('.c')).map((path) => basename(path)),
    );
  });

  test('names files and tests that there are', () => {
    const there = [...filesIn('wasm'), ...filesIn('test')];
    const texts = there.filter((path) => /^test\/.*\.(js|c)$/.test(path)).map(read);
    const all = ['ALT', '`--wrap`', 'Forced includes', 'Private fields', 'Hooks of the configuration'].flatMap(rows);
    for (const [step, why, notices, later, ...rest] of all) {
      assert.ok(step && why && notices && later && rest.length === 0, `four cells: ${step}`);
      for (const file of matches(/`([a-z0-9_/-]+(?:\.test\.js|_adapter\.c))`/g, step + notices)) {
        assert.equal(there.filter((path) => path.endsWith(`/${file}`)).length, 1, file);
      }
      for (const title of matches(/"([^"]+)"/g, notices)) {
        assert.ok(
          texts.some((text) => text.includes(title)),
          `no test is called ${title}`,
        );
      }
    }
  });
});
