/**
 * No branch and no address depends on a secret, and what is zeroized is gone. In programs without sanitizers, by both compilers (Emscripten's is
 * Clang), keys and data are memory that Valgrind takes for undefined, and it reports whatever depends on them.
 *
 * Nonces, lengths and additional data are no secrets, nor is it whether a tag fits.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { buildPlain } from '../../scripts/cmake.js';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';
import { packagesFor } from '../../scripts/packages.js';
import { findProgram, run } from '../../scripts/run.js';

/** What test/kernels/secrets.c has; names with a mark leak. */
const SECRETS = [
  'chacha20',
  'chachapoly-encrypt',
  'chachapoly-decrypt',
  'aes-128',
  'aes-192',
  'aes-256',
  'gcm-128-encrypt',
  'gcm-256-encrypt',
  'gcm-128-decrypt',
  'gcm-256-decrypt',
  'ccm-128',
  'compare',
  'x25519',
  'multiply-p256',
  'multiply-p384',
  'multiply-p521',
  '!leak-by-branch',
  '!leak-by-index',
  '!leak-of-mbedtls-aes',
];

const REPORTED = 99;
const REPORT = /depends on uninitialised value|Use of uninitialised value/;

const missing = packagesFor('test').filter(({ name, isInstalled }) => name === 'valgrind' && !isInstalled());

for (const compiler of /** @type {const} */ (['gcc', 'clang'])) {
  const lacking = findProgram(compiler) === undefined ? [compiler] : missing.map(({ name }) => name);
  const skip = lacking.length > 0 && `NOT TESTED: ${lacking.join(', ')} missing; run npm run setup`;

  describe(`secrets, compiled by ${compiler}`, { skip }, () => {
    let program = '';
    before(async () => {
      program = await buildPlain(await mbedtlsSource(), compiler);
    });

    test('every one of them is tested here', async () => {
      const { stdout } = await run(program, ['secrets', 'list']);
      assert.deepEqual(stdout.trimEnd().split('\n'), SECRETS);
    });

    test('what is zeroized is gone, which a plain memset() leaves where it was', async () => {
      const { stdout } = await run(program, ['leftovers']);
      assert.deepEqual(stdout.trimEnd().split('\n'), ['left', 'gone', 'gone']);
    });

    for (const marked of SECRETS) {
      const name = marked.replace('!', '');
      const leaks = name !== marked;
      test(leaks ? `a leak is reported: ${name}` : `nothing depends on them: ${name}`, async () => {
        const { status, output } = await run('valgrind', [
          '-q',
          `--error-exitcode=${REPORTED}`,
          program,
          'secrets',
          name,
        ]);
        assert.equal(status, leaks ? REPORTED : 0, output);
        assert.equal(REPORT.test(output), leaks, output);
      });
    }
  });
}
