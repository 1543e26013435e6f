/** A common name that repeats an alternative name in another form: a broken rule of the Baseline Requirements only. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subjectAltName } from '../../certs/extensions.js';
import { TrustStore, verifyChain } from '../../dist/index.js';
import { chain, problemsOf, verificationInput, verify } from '../helpers/chains.js';
import { SHARED_CLOCK, sharedCase, skipSharedCases } from '../helpers/shared-cases.js';

const CODE = '0: ERR_TLS_CERT_CN_FORM';

/** @param {import('../../dist/index.js').Verification} verification */
const both = ({ ok, problems, warnings }) => [ok, problemsOf({ problems }), problemsOf({ problems: warnings })];

test('is a problem with webpki, a warning with private, and nothing with rfc5280', async () => {
  const hostname = '192.0.2.22';
  for (const CN of ['0xC0000216', '3221226006', 'c0-00-02-16', '192.0.2.22.']) {
    const leaf = { subject: [{ CN }], extensions: { subjectAltName: subjectAltName([{ ip: hostname }]) } };
    const input = { ...verificationInput(chain({ leaf })), hostname };
    assert.deepEqual(both(await verify(input, 'webpki')), [false, [CODE], []], CN);
    assert.deepEqual(both(await verify(input, 'auto')), [true, [], [CODE]], CN);
    assert.deepEqual(both(await verify(input, 'rfc5280')), [true, [], []], CN);
  }
});

test('that is very long costs little, with many addresses', async () => {
  const names = Array.from({ length: 4000 }, (_, i) => ({ ip: `10.0.${i >> 8}.${i & 255}` }));
  const subject = Array.from({ length: 20 }, () => ({ CN: '0'.repeat(3000) }));
  const leaf = { subject, extensions: { subjectAltName: subjectAltName(names) } };
  const started = performance.now();
  const { ok } = await verify({ ...verificationInput(chain({ leaf })), hostname: '10.0.0.1' }, 'webpki');
  assert.ok(ok);
  assert.ok(performance.now() - started < 2000);
});

test('in Unicode, of a name in Punycode', { skip: skipSharedCases }, async () => {
  const folder = '20-addresses-and-limits-messages/';
  const trust = await TrustStore.from(sharedCase(`${folder}idn-root.pem`));
  const verified = (/** @type {import('../../dist/index.js').Profile} */ profile) =>
    verifyChain(sharedCase(`${folder}idn.pem`), {
      ...{ trust, hostname: 'bücher.example.test', now: SHARED_CLOCK, profile },
    });
  const webpki = await verified('webpki');
  assert.ok(problemsOf(webpki).includes(CODE), problemsOf(webpki).join());
  const ofPrivate = await verified('auto');
  assert.deepEqual([ofPrivate.ok, problemsOf(ofPrivate)], [true, []]);
});
