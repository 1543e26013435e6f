/** Setup and CMakeLists.txt accept the same versions of Mbed TLS: 3.6, from the minimum in CMakeLists.txt. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { isSupportedVersion, mbedtlsSource, RELEASE } from '../../scripts/mbedtls-source.js';
import { inProject, root, run } from '../../scripts/run.js';

const folder = mkdtempSync(join(tmpdir(), 'pagetls-source-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const minimum = /^set\(MBEDTLS_MINIMUM (.+)\)$/m.exec(readFileSync(inProject('CMakeLists.txt'), 'utf8'))?.[1] ?? '';
const [major, minor, patch] = minimum.split('.').map(Number);

/** The files that setup and CMakeLists.txt check for, with this version. @param {string} version @returns {string} the folder */
function sourceTree(version) {
  const tree = join(folder, `mbedtls-${version}`);
  for (const [name, text] of Object.entries({
    'include/mbedtls/build_info.h': `#define MBEDTLS_VERSION_STRING         "${version}"\n`,
    'library/error.c': '',
    'library/psa_crypto_driver_wrappers.h': '',
    '3rdparty/everest/library/everest.c': '',
  })) {
    mkdirSync(dirname(join(tree, name)), { recursive: true });
    writeFileSync(join(tree, name), text);
  }
  return tree;
}

/** @param {string} tree */
async function setupOf(tree) {
  const { status, output } = await run(process.execPath, ['scripts/setup.js'], { env: { MBEDTLS_SOURCE_DIR: tree } });
  return { status, message: output.trim() };
}

/** The compiler does not matter: CMakeLists.txt checks the version before it compiles anything. @param {string} tree */
async function cmakeOf(tree) {
  const args = ['-S', root, '-B', join(folder, 'build'), '-G', 'Ninja', '-DCMAKE_C_COMPILER=gcc'];
  const { status, output } = await run('cmake', [...args, `-DMBEDTLS_SOURCE_DIR=${tree}`]);
  return { status, message: output.replaceAll(/\s+/g, ' ') }; // CMake rewraps its messages
}

test('the minimum is 3.6.6', () => assert.equal(minimum, '3.6.6'));

describe('the version check rejects', () => {
  for (const version of [`3.6.${patch - 1}`, '3.6.0', '3.5.9', '3.7.0', '4.1.0']) {
    const tree = sourceTree(version);
    const sentence = `'${tree}' is Mbed TLS ${version}, but pagetls needs ${minimum} or a later 3.6. `;

    test(`${version} in setup`, async () => {
      const { status, message } = await setupOf(tree);
      assert.equal(status, 1);
      assert.equal(
        message,
        `MBEDTLS_SOURCE_DIR cannot be used: ${sentence}Set it to an unpacked release of Mbed TLS ${minimum} or a later ` +
          "3.6, or unset it and let 'npm run setup' download one.",
      );
    });
    test(`${version} in CMakeLists.txt`, async () => {
      const { status, message } = await cmakeOf(tree);
      assert.equal(status, 1);
      assert.ok(
        message.includes(
          `${sentence}Run 'npm run setup', or pass -DMBEDTLS_SOURCE_DIR=` +
            `<unpacked release of Mbed TLS ${minimum} or a later 3.6>.`,
        ),
        message,
      );
      assert.ok(!message.includes(`Mbed TLS ${version} from`), message);
    });
  }
  for (const version of [`3.6.${patch - 1}-0.1~deb13u9`, '3.60.6-1', '2.28.3-1', '13.6.6-1', '']) {
    test(`'${version}' as the version of a source package`, () => assert.equal(isSupportedVersion(version), false));
  }
});

describe('the version check accepts', () => {
  for (const version of [minimum, `3.6.${patch + 1}`, '3.6.10']) {
    const tree = sourceTree(version);

    test(`${version} in setup`, async (t) => {
      const given = process.env.MBEDTLS_SOURCE_DIR;
      t.after(() => {
        if (given === undefined) delete process.env.MBEDTLS_SOURCE_DIR;
        else process.env.MBEDTLS_SOURCE_DIR = given;
      });
      process.env.MBEDTLS_SOURCE_DIR = tree;
      assert.equal(await mbedtlsSource(), tree);
    });
    test(`${version} in CMakeLists.txt`, async () => {
      const { message } = await cmakeOf(tree); // passes the version check, then fails for lack of sources
      assert.ok(message.includes(`-- Mbed TLS ${version} from ${tree} `), message);
      assert.ok(!message.includes('but pagetls needs'), message);
    });
    test(`${version} as the version of a source package`, () =>
      assert.equal(isSupportedVersion(`${version}-0.1~deb13u1`), true));
  }
  test('the release that setup downloads if no suite has a source package', () => {
    const version = /mbedtls-([0-9.]+)\.tar/.exec(RELEASE.url)?.[1] ?? '';
    assert.ok(version.startsWith(`${major}.${minor}.`) && isSupportedVersion(version), version);
  });
});
