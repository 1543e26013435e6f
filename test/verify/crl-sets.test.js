/** Several CRLs of one issuer: a delta CRL and the one that it updates, old and new ones, good and bad ones. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  authorityKeyIdentifier,
  crlDistributionPoints,
  crlNumber,
  deltaCrlIndicator,
  issuingDistributionPoint,
  raw,
} from '../../certs/extensions.js';
import * as der from '../../certs/der.js';
import { keyIdentifier } from '../../certs/signatures.js';
import { TrustStore, verifyChain } from '../../dist/index.js';
import { chain, crl, keyOf, problemsOf, verificationInput, verify } from '../helpers/chains.js';
import { sharedCase, SHARED_CLOCK, skipSharedCases } from '../helpers/shared-cases.js';
import { entry, UNKNOWN } from './rules/vector.js';

/** @typedef {Partial<import('../../certs/certificate.js').CrlDescription>} CrlChange */
/** @typedef {import('../../certs/extensions.js').Extension} Extension */

const made = chain();
const leaf = entry(made.leaf);
const held = { ...leaf, reason: /** @type {const} */ ('certificateHold') };
const removed = { ...leaf, reason: /** @type {const} */ ('removeFromCRL') };
const REVOKED = '0: ERR_TLS_CERT_REVOKED';
const EXPIRED = { nextUpdate: '2026-06-15T11:59:59Z' };
const FUTURE = { thisUpdate: '2026-06-15T12:00:01Z' };
const FORGED = { signer: keyOf('Another') };

/** @param {bigint | number} number @param {CrlChange} [change] */
const complete = (number, change) => crl(made.intermediate, { number, ...change });
/** @param {bigint | number} base @param {bigint | number} number @param {CrlChange & {extensions?: Extension[]}} [change] */
const delta = (base, number, { extensions = [], ...change } = {}) =>
  crl(made.intermediate, { number, extensions: [...extensions, deltaCrlIndicator(base)], ...change });

/**
 * The result does not depend on the order of the CRLs.
 * @param {Uint8Array[]} crls
 * @param {import('../helpers/chains.js').Chain} [of]
 * @returns {Promise<string>} of the leaf: its problem, "checked", or why it was not checked
 */
async function statusOf(crls, of = made) {
  const [one, other] = await Promise.all(
    [crls, [...crls].reverse()].map(async (list) => {
      const verification = await verify({ ...verificationInput(of), crls: list }, 'webpki');
      const problems = problemsOf(verification);
      assert.equal(verification.ok, problems.length === 0);
      assert.equal(verification.notChecked[0] === null, verification.revocation[0]);
      return problems.join(', ') || (verification.notChecked[0] ?? 'checked');
    }),
  );
  assert.equal(one, other);
  return one;
}

describe('a delta CRL', () => {
  test('alone covers nothing', async () => {
    assert.equal(await statusOf([delta(5, 6)]), 'delta-without-base');
    assert.equal(await statusOf([delta(5, 6, EXPIRED)]), 'delta-without-base');
    assert.equal(await statusOf([delta(5, 6), delta(5, 7)]), 'delta-without-base');
  });

  test('leaves the complete CRL as it is, whether it applies to it or not', async () => {
    for (const other of [
      delta(5, 6),
      delta(5, 5),
      delta(4, 6),
      delta(6, 7),
      delta(5, 6, EXPIRED),
      delta(5, 6, FUTURE),
      delta(5, 6, FORGED),
      delta(5, 6, { nextUpdate: undefined }),
      crl(made.intermediate, { number: undefined, extensions: [deltaCrlIndicator(5)] }),
      delta(5, 6, { extensions: [raw(UNKNOWN, der.nullValue(), true)] }),
      crl(made.intermediate, { number: 6, extensions: [raw('2.5.29.27', der.nullValue(), true)] }),
      delta(5, 6, { revoked: [entry({ serial: 7n })] }),
    ]) {
      assert.equal(await statusOf([complete(5), other]), 'checked');
    }
  });

  test('revokes what it lists, with and without the complete one', async () => {
    assert.equal(await statusOf([complete(5), delta(5, 6, { revoked: [leaf] })]), REVOKED);
    assert.equal(await statusOf([complete(5), delta(5, 6, { revoked: [held] })]), REVOKED);
    assert.equal(await statusOf([delta(5, 6, { revoked: [leaf] })]), REVOKED);
    assert.equal(await statusOf([complete(5), delta(6, 7, { revoked: [leaf] })]), REVOKED);
    assert.equal(await statusOf([complete(5), delta(5, 6, { revoked: [leaf], ...EXPIRED })]), REVOKED);
    assert.equal(await statusOf([complete(5), delta(5, 6, { revoked: [leaf], ...FORGED })]), 'checked');
  });

  test('takes back an entry by removeFromCRL', async () => {
    const removal = delta(5, 6, { revoked: [removed] });
    assert.equal(await statusOf([complete(5, { revoked: [held] }), removal]), 'checked');
    assert.equal(await statusOf([complete(5, { revoked: [leaf] }), removal]), 'checked');
    assert.equal(await statusOf([complete(5), removal]), 'checked');
    assert.equal(await statusOf([removal]), 'delta-without-base');
    assert.equal(
      await statusOf([complete(5), delta(5, 6, { revoked: [held] }), delta(5, 7, { revoked: [removed] })]),
      'checked',
    );
  });

  test('takes back nothing of a CRL that it does not apply to', async () => {
    const listed = complete(5, { revoked: [held] });
    for (const removal of [
      delta(6, 7, { revoked: [removed] }),
      delta(4, 5, { revoked: [removed] }),
      delta(3, 4, { revoked: [removed] }),
      delta(5, 6, { revoked: [removed], ...EXPIRED }),
      delta(5, 6, { revoked: [removed], ...FUTURE }),
      delta(5, 6, { revoked: [removed], ...FORGED }),
      delta(5, 6, { revoked: [removed], nextUpdate: undefined }),
      delta(5, 6, { revoked: [removed], extensions: [issuingDistributionPoint({ onlyUserCerts: true })] }),
      delta(5, 6, {
        revoked: [removed],
        extensions: [authorityKeyIdentifier({ id: keyIdentifier(keyOf('Another')) })],
      }),
      delta(5, 6, { revoked: [removed], extensions: [raw(UNKNOWN, der.nullValue(), true)] }),
      delta(5, 6, { revoked: [{ ...leaf, serial: 7n, reason: 'removeFromCRL' }] }),
      delta(5, 6, { revoked: [removed, leaf] }),
    ]) {
      assert.equal(await statusOf([listed, removal]), REVOKED);
    }
    assert.equal(await statusOf([complete(8, { revoked: [held] }), delta(5, 6, { revoked: [removed] })]), REVOKED);
  });

  test('counts in its newest issue', async () => {
    const listed = complete(5, { revoked: [held] });
    const removal = (/** @type {number} */ number) => delta(5, number, { revoked: [removed] });
    const again = (/** @type {number} */ number) => delta(5, number, { revoked: [leaf] });
    assert.equal(await statusOf([listed, removal(6), again(7)]), REVOKED);
    assert.equal(await statusOf([listed, again(6), removal(7)]), 'checked');
    assert.equal(await statusOf([listed, removal(6), delta(5, 7)]), REVOKED);
    assert.equal(await statusOf([listed, removal(6), delta(5, 6)]), REVOKED);
    assert.equal(await statusOf([listed, delta(5, 6), removal(7)]), 'checked');
  });

  test('removeFromCRL in a complete CRL revokes', async () => {
    assert.equal(await statusOf([complete(5, { revoked: [removed] })]), REVOKED);
  });

  test('keeps a complete CRL up to date that has expired, if it applies to it', async () => {
    const old = complete(5, EXPIRED);
    assert.equal(await statusOf([old, delta(5, 6)]), 'checked');
    assert.equal(await statusOf([old, delta(4, 6)]), 'checked');
    assert.equal(await statusOf([old, delta(6, 7)]), '0: ERR_TLS_CRL_EXPIRED');
    assert.equal(await statusOf([old, delta(5, 6, EXPIRED)]), '0: ERR_TLS_CRL_EXPIRED');
    assert.equal(await statusOf([old, delta(5, 6, { nextUpdate: undefined })]), '0: ERR_TLS_CRL_EXPIRED');
    assert.equal(
      await statusOf([old, delta(5, 6, { extensions: [issuingDistributionPoint({ onlyUserCerts: true })] })]),
      '0: ERR_TLS_CRL_EXPIRED',
    );
    assert.equal(await statusOf([complete(5, { nextUpdate: undefined }), delta(5, 6)]), 'checked');
  });

  test('has the scope of the complete CRL', async () => {
    const uri = 'http://crl.example/a';
    const pointed = chain({ leaf: { extensions: { points: crlDistributionPoints(uri) } } });
    const extensions = [issuingDistributionPoint({ uri })];
    /** @param {CrlChange} change */
    const of = (change) => crl(pointed.intermediate, change);
    const base = of({ number: 5, extensions, revoked: [{ ...held, serial: pointed.leaf.serial }] });
    const revoked = [{ ...removed, serial: pointed.leaf.serial }];
    assert.equal(
      await statusOf([base, of({ number: 6, extensions: [...extensions, deltaCrlIndicator(5)], revoked })], pointed),
      'checked',
    );
    assert.equal(
      await statusOf([base, of({ number: 6, extensions: [deltaCrlIndicator(5)], revoked })], pointed),
      REVOKED,
    );
  });

  test('compares CRL numbers as integers', async () => {
    const old = (/** @type {bigint | number} */ number) => complete(number, EXPIRED);
    const big = 1n << 159n;
    assert.equal(await statusOf([old(255), delta(255, 256)]), 'checked');
    assert.equal(await statusOf([old(256), delta(255, 257)]), 'checked');
    assert.equal(await statusOf([old(big), delta(big, big + 1n)]), 'checked');
    assert.equal(await statusOf([old(big), delta(big + 1n, big + 2n)]), '0: ERR_TLS_CRL_EXPIRED');
    const padded = { ...crlNumber(6), value: der.tlv(0x02, Uint8Array.of(0, 0, 6)) };
    const update = crl(made.intermediate, { number: undefined, extensions: [padded, deltaCrlIndicator(5)] });
    assert.equal(await statusOf([old(5), update]), 'checked');
    const endless = { ...crlNumber(6), value: der.tlv(0x02, new Uint8Array(65).fill(1)) };
    const numberless = crl(made.intermediate, { number: undefined, extensions: [endless] });
    assert.equal(await statusOf([numberless]), '0: ERR_TLS_CRL_NUMBER');
  });
});

describe('of several complete CRLs', () => {
  test('a good one counts, whatever is wrong with the others', async () => {
    for (const bad of [
      complete(6, EXPIRED),
      complete(6, FUTURE),
      complete(6, FORGED),
      complete(6, { signature: 'ecdsa-sha1' }),
      complete(6, { nextUpdate: undefined }),
      complete(6, { extensions: [raw(UNKNOWN, der.nullValue(), true)] }),
      crl(made.intermediate, { number: undefined }),
    ]) {
      assert.equal(await statusOf([complete(5), bad]), 'checked');
    }
  });

  test('the newest that the issuer signed tells why none is good', async () => {
    assert.equal(await statusOf([complete(5, EXPIRED), complete(6, FUTURE)]), '0: ERR_TLS_CRL_FUTURE');
    assert.equal(await statusOf([complete(6, EXPIRED), complete(5, FUTURE)]), '0: ERR_TLS_CRL_EXPIRED');
    assert.equal(await statusOf([complete(5, EXPIRED), complete(6, FORGED)]), '0: ERR_TLS_CRL_EXPIRED');
    assert.equal(
      await statusOf([complete(5, { signature: 'ecdsa-sha1' }), complete(6, FORGED)]),
      '0: ERR_TLS_CRL_BAD_MD, 0: ERR_TLS_CRL_NOT_TRUSTED',
    );
  });

  test('any that lists the certificate revokes it, the newest or not, current or not', async () => {
    assert.equal(await statusOf([complete(5, { revoked: [leaf] }), complete(6)]), REVOKED);
    assert.equal(await statusOf([complete(5, { revoked: [leaf], ...EXPIRED }), complete(6)]), REVOKED);
    assert.equal(await statusOf([complete(5), complete(6, { revoked: [leaf], ...FUTURE })]), REVOKED);
    assert.equal(
      await statusOf([
        complete(5),
        complete(6, { revoked: [leaf], extensions: [raw(UNKNOWN, der.nullValue(), true)] }),
      ]),
      REVOKED,
    );
    assert.equal(await statusOf([complete(5), complete(6, { revoked: [leaf], ...FORGED })]), 'checked');
    assert.equal(await statusOf([complete(5, { revoked: [leaf], ...EXPIRED })]), REVOKED);
  });

  test('a newer one without it ends a hold', async () => {
    const onHold = complete(5, { revoked: [held] });
    assert.equal(await statusOf([onHold, complete(6)]), 'checked');
    assert.equal(await statusOf([complete(5, { revoked: [held], ...EXPIRED }), complete(6)]), 'checked');
    assert.equal(await statusOf([onHold, complete(5)]), REVOKED);
    assert.equal(await statusOf([onHold, complete(4)]), REVOKED);
    assert.equal(await statusOf([onHold, complete(6, EXPIRED)]), REVOKED);
    assert.equal(await statusOf([onHold, complete(6, FUTURE)]), REVOKED);
    assert.equal(await statusOf([onHold, complete(6, FORGED)]), REVOKED);
    assert.equal(
      await statusOf([onHold, complete(6, { extensions: [issuingDistributionPoint({ onlyCACerts: true })] })]),
      REVOKED,
    );
    assert.equal(
      await statusOf([
        onHold,
        complete(6, { extensions: [issuingDistributionPoint({ onlySomeReasons: ['keyCompromise'] })] }),
      ]),
      REVOKED,
    );
  });

  test('an unverified one beyond the budget of signatures that lists the certificate is a problem', async () => {
    const forged = Array.from({ length: 24 }, (_, i) => complete(10 + i, FORGED));
    const list = [complete(5), ...forged, complete(40, { revoked: [leaf] })];
    const verification = await verify({ ...verificationInput(made), crls: list }, 'webpki');
    assert.ok(problemsOf(verification).includes('0: ERR_TLS_CERT_BUDGET'));
    assert.equal(verification.revocation[0], false);
    const unlisted = await verify(
      { ...verificationInput(made), crls: [complete(5), ...forged, complete(40)] },
      'webpki',
    );
    assert.deepEqual([unlisted.problems, unlisted.revocation[0]], [[], true]);
  });
});

describe('a base CRL and its delta of the shared cases', { skip: skipSharedCases }, () => {
  const folder = '05-crl-base-and-delta';
  /** @param {string[]} files */
  const ask = async (...files) =>
    verifyChain(sharedCase(`${folder}/chain.pem`), {
      trust: await TrustStore.from(sharedCase(`${folder}/root.pem`)),
      hostname: 'host.example.test',
      now: SHARED_CLOCK,
      profile: 'rfc5280',
      crls: files.map((file) => sharedCase(`${folder}/${file}.crl.pem`)),
    });

  test('cover the certificate', async () => {
    for (const files of [['base'], ['base', 'delta'], ['delta', 'base'], ['base-and-delta']]) {
      const { problems, revocation } = await ask(...files);
      assert.deepEqual([problems, revocation], [[], [true, false, false]], files.join());
    }
  });

  test('but the delta alone does not', async () => {
    const { problems, revocation, notChecked } = await ask('delta');
    assert.deepEqual([problems, revocation[0], notChecked[0]], [[], false, 'delta-without-base']);
  });
});
