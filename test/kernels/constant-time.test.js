/**
 * No branch and no address depends on a secret, and zeroized secrets are gone. Valgrind treats keys and data as
 * undefined memory, and reports every branch and address that depends on them. The programs are built without
 * sanitizers by GCC and by Clang, which is Emscripten's compiler.
 *
 * Nonces, lengths, additional data, and whether a tag matches are public.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { buildPlain } from '../../scripts/cmake.js';
import { mbedtlsSource } from '../../scripts/mbedtls-source.js';
import { packagesFor } from '../../scripts/packages.js';
import { findProgram, run } from '../../scripts/run.js';

/** The operations of test/kernels/secrets.c. Those with "!" leak on purpose. */
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
  'aes-inverse-128',
  'aes-inverse-256',
  'des',
  'rc2',
  'sha1',
  'md5',
  '!leak-by-branch',
  '!leak-by-index',
  '!leak-of-mbedtls-aes',
];

const ERROR_EXIT_CODE = 99;
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

    test('this file tests every operation of secrets.c', async () => {
      const { stdout } = await run(program, ['secrets', 'list']);
      assert.deepEqual(stdout.trimEnd().split('\n'), SECRETS);
    });

    test('zeroizing removes a secret from the stack, while a plain memset() leaves it there', async () => {
      const { stdout } = await run(program, ['leftovers']);
      assert.deepEqual(stdout.trimEnd().split('\n'), ['left', 'gone', 'gone']);
    });

    for (const marked of SECRETS) {
      const name = marked.replace('!', '');
      const leaks = name !== marked;
      test(leaks ? `Valgrind reports the leak of ${name}` : `${name} runs in constant time`, async () => {
        const { status, output } = await run('valgrind', [
          '-q',
          `--error-exitcode=${ERROR_EXIT_CODE}`,
          program,
          'secrets',
          name,
        ]);
        assert.equal(status, leaks ? ERROR_EXIT_CODE : 0, output);
        assert.equal(REPORT.test(output), leaks, output);
      });
    }
  });
}
