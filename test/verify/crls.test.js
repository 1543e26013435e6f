/** Which certificates a CRL covers, how many CRLs are checked, and which cannot be read. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as der from '../../certs/der.js';
import { issuingDistributionPoint } from '../../certs/extensions.js';
import { encodeName } from '../../certs/names.js';
import { algorithmIdentifier } from '../../certs/signatures.js';
import { chain, crl, verify, keyOf, problemsOf, verificationInput } from '../helpers/chains.js';
import { withMore } from './rules/vector.js';

test('a CRL covers only the certificates of its issuer', async () => {
  const made = chain();
  const { root, intermediate } = made;
  /** @param {Uint8Array[]} crls */
  const covered = async (...crls) => (await verify({ ...verificationInput(made), crls }, 'webpki')).revocation;
  const onlyCAs = issuingDistributionPoint({ onlyCACerts: true });
  const onlyUsers = issuingDistributionPoint({ onlyUserCerts: true });
  assert.deepEqual(await covered(), [false, false, false]);
  assert.deepEqual(await covered(crl(intermediate)), [true, false, false]);
  assert.deepEqual(await covered(crl(root)), [false, true, false]);
  assert.deepEqual(await covered(crl(root), crl(intermediate)), [true, true, false]);
  assert.deepEqual(await covered(crl(root, { extensions: [onlyUsers] })), [false, false, false]);
  assert.deepEqual(await covered(crl(intermediate, { extensions: [onlyCAs] })), [false, false, false]);
  assert.deepEqual(
    await covered(crl(root, { extensions: [onlyCAs] }), crl(intermediate, { extensions: [onlyUsers] })),
    [true, true, false],
  );
});

test('at most 24 signatures of CRLs are checked', async () => {
  const made = chain();
  const other = keyOf('Another');
  const wrong = Array.from({ length: 30 }, (_, i) => crl(made.intermediate, { number: i + 1, signer: other }));
  const few = await verify({ ...verificationInput(made), crls: wrong.slice(0, 24) }, 'webpki');
  assert.deepEqual(problemsOf(few), ['0: ERR_TLS_CRL_NOT_TRUSTED']);
  const many = await verify({ ...verificationInput(made), crls: wrong }, 'webpki');
  assert.deepEqual(problemsOf(many), ['0: ERR_TLS_CERT_BUDGET', '0: ERR_TLS_CRL_NOT_TRUSTED']);
});

test('a CRL with two different signature algorithms cannot be read', async () => {
  const made = chain();
  const crls = [crl(made.intermediate, { outerAlgorithm: algorithmIdentifier('ecdsa-sha384') })];
  await assert.rejects(verify({ ...verificationInput(made), crls }, 'webpki'), { code: 'ERR_TLS_INVALID_CRL' });
});

describe('a CRL cannot be read', () => {
  const made = chain({ intermediate: { subject: [{ O: 'a name of some length'.repeat(10) }] } });
  const { subject } = made.intermediate;
  const [, algorithm, signature] = der
    .elements(der.elements(crl(made.intermediate))[0].content)
    .map((part) => part.der);
  const time = der.utcTime('260601000000Z');
  /** @param {...Uint8Array} after thisUpdate */
  const tbs = (...after) => der.sequence(der.integer(1), algorithm, encodeName(subject), time, ...after);
  /** @param {Uint8Array} whole */
  const ask = (whole) => verify({ ...verificationInput(made), crls: [whole] }, 'webpki');
  for (const [what, whole] of /** @type {[string, Uint8Array][]} */ ([
    ['with bytes after it', withMore(der.sequence(tbs(), algorithm, signature))],
    ['with an additional part', der.sequence(tbs(), algorithm, signature, der.nullValue())],
    ['whose contents are not a sequence', der.sequence(der.set(tbs()), algorithm, signature)],
    ['whose algorithm is not a sequence', der.sequence(tbs(), der.nullValue(), signature)],
    [
      'whose algorithms have no identifier',
      (() => {
        const none = der.sequence(der.nullValue());
        return der.sequence(der.sequence(none, encodeName(subject), time), none, signature);
      })(),
    ],
    ['without a signature', der.sequence(tbs(), algorithm)],
    ['with an empty signature', der.sequence(tbs(), algorithm, der.tlv(3, Uint8Array.of(0)))],
    [
      'whose issuer is not a sequence',
      der.sequence(der.sequence(algorithm, der.set(tbs()), time), algorithm, signature),
    ],
    ['with an invalid nextUpdate', der.sequence(tbs(der.utcTime('26')), algorithm, signature)],
    [
      'whose extensions are not a sequence',
      der.sequence(tbs(der.constructed(0, der.nullValue())), algorithm, signature),
    ],
    [
      'with an element after the extensions',
      der.sequence(tbs(der.constructed(0, der.sequence()), der.nullValue()), algorithm, signature),
    ],
  ])) {
    test(what, () => assert.rejects(ask(whole), { code: 'ERR_TLS_INVALID_CRL' }));
  }

  test('unless it is complete', async () => {
    for (const bits of [signature, der.tlv(3, Uint8Array.of(0, 1))]) {
      const { problems } = await ask(der.sequence(tbs(), algorithm, bits));
      assert.deepEqual(problemsOf({ problems }), ['0: ERR_TLS_CRL_NOT_TRUSTED']);
    }
  });
});
