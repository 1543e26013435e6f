/** A chain that exceeds a limit is told which one, its number, and nothing that is not true. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { TLSError, TrustStore, verifyChain } from '../../dist/index.js';
import { chain, crl, keyOf, NOW, verify, verificationInput } from '../helpers/chains.js';
import { dial, rejection, withServer } from '../helpers/client.js';
import { pemBlocks, pki } from '../helpers/pki.js';
import { SHARED_CLOCK, sharedCase, skipSharedCases } from '../helpers/shared-cases.js';
import { startTlsServer } from '../helpers/tls-server/server.js';
import { entry } from './rules/vector.js';

const definitions = readFileSync(new URL('../../wasm/host/limits.def', import.meta.url), 'utf8');

/** @param {string} name @returns {number} of wasm/host/limits.def */
const limit = (name) => Number(new RegExp(`LIMIT\\(${name}, (\\d+),`).exec(definitions)?.[1]);

/** The anchor is this many certificates above the leaf. @param {number} count */
const deep = (count) => chain({ above: Array.from({ length: count - 2 }, () => ({})) });

describe('a path that is too long', () => {
  test('is valid up to the limit', async () => {
    const { ok, path } = await verify(verificationInput(deep(limit('PATH_MAX') - 1)), 'rfc5280');
    assert.deepEqual([ok, path.length], [true, limit('PATH_MAX')]);
  });
  for (const count of [limit('PATH_MAX'), 22, 30, 60]) {
    test(`with ${count} certificates below the anchor names the limit`, async () => {
      const { ok, problems, others } = await verify(verificationInput(deep(count)), 'rfc5280');
      assert.equal(ok, false);
      assert.deepEqual(
        problems.map(({ rule, code }) => [rule, code]),
        [['PATH_TOO_LONG', 'ERR_TLS_CERT_TOO_DEEP']],
      );
      assert.match(problems[0].message, /longer than this verifier follows: .* first 20 certificates, the limit/);
      assert.deepEqual(others, []);
    });
  }
  test('and of the shared cases names the limit', { skip: skipSharedCases }, async () => {
    const folder = '20-addresses-and-limits-messages';
    const trust = await TrustStore.from(sharedCase(`${folder}/root.pem`));
    const { problems } = await verifyChain(sharedCase(`${folder}/deep25.pem`), { trust, now: SHARED_CLOCK });
    assert.deepEqual(
      problems.map(({ depth, rule }) => [depth, rule]),
      [[19, 'PATH_TOO_LONG']],
    );
    assert.match(problems[0].message, /20/);
    assert.doesNotMatch(problems[0].message, /sign|issue/);
  });
});

describe('too many certificates', () => {
  const { root, intermediate, leaf } = chain();
  /** @param {number} count */
  const many = (count) => [leaf.der, ...Array.from({ length: count - 1 }, () => intermediate.der)];

  test('are accepted up to the limit', async () => {
    const trust = await TrustStore.from(root.der);
    const { ok, sent } = await verifyChain(many(limit('CHAIN_MAX')), { trust, now: NOW });
    assert.deepEqual([ok, sent.length], [true, limit('CHAIN_MAX')]);
  });
  test('are an error that names the limit', { skip: skipSharedCases }, async () => {
    const [block] = pemBlocks(sharedCase('20-addresses-and-limits-messages/inter.pem').toString());
    for (const chain of [many(limit('CHAIN_MAX') + 1), block.repeat(1201)]) {
      await assert.rejects(
        verifyChain(chain, { now: NOW }),
        (error) =>
          error instanceof TLSError &&
          error.code === 'ERR_TLS_INVALID_OPTION' &&
          error.message.includes(`more than ${limit('CHAIN_MAX').toLocaleString('en-US')} certificates`),
      );
    }
  });
});

describe('a server that sends many certificates', () => {
  const subject = pki('good-p256');
  for (const version of /** @type {const} */ (['TLSv1.2', 'TLSv1.3'])) {
    /** @param {number} count @param {number} size of each, in bytes */
    const failureOf = async (count, size) => {
      const leaf = new X509Certificate(subject.chain).raw;
      const chain = [leaf, ...Array.from({ length: count }, () => new Uint8Array(size).fill(0x30))];
      return withServer(startTlsServer(subject, { version, chain }), (server) =>
        rejection(dial(subject, server).then(({ opened }) => opened)),
      );
    };
    test(`violates the protocol in ${version} if they are too small for certificates`, async () => {
      for (const size of [1, 20, 50]) {
        const { code, alert } = await failureOf(limit('CHAIN_MAX') + 50, size);
        assert.deepEqual([code, alert], ['ERR_TLS_PROTOCOL', undefined]);
      }
    });
    test(`reaches the limit of the message in ${version} before that of their number`, async () => {
      const smallest = 128; // that Mbed TLS accepts
      const { code } = await failureOf(limit('CHAIN_MAX') / 2 + 1, smallest);
      assert.equal(code, 'ERR_TLS_MESSAGE_TOO_LARGE');
    });
  }
});

test('a certificate whose CRLs have more signatures than are verified is told that limit', async () => {
  const made = chain();
  const most = limit('SIGNATURES_MAX');
  const harmless = Array.from({ length: most }, (_, i) => crl(made.intermediate, { number: i + 1 }));
  const listing = crl(made.intermediate, { number: most + 1, revoked: [entry(made.leaf)] });
  for (const profile of /** @type {const} */ (['webpki', 'private'])) {
    const { ok, problems, notChecked } = await verify(
      { ...verificationInput(made), crls: [...harmless, listing] },
      profile,
    );
    assert.deepEqual([ok, notChecked[0]], [false, 'crl-problem']);
    assert.deepEqual(
      problems.map(({ depth, code }) => [depth, code]),
      [[0, 'ERR_TLS_CERT_BUDGET']],
    );
    assert.match(problems[0].message, new RegExp(`: the limit is ${most} signatures of CRLs$`));
  }
  const { ok } = await verify({ ...verificationInput(made), crls: harmless });
  assert.equal(ok, true);
});

test('a search that is stopped names the limit that stopped it', async () => {
  const p521 = (/** @type {string} */ name) => ({ key: keyOf(name, 'secp521r1') });
  const made = chain({
    root: p521('root'),
    above: Array.from({ length: 15 }, (_, i) => p521(`above ${i}`)),
    intermediate: p521('intermediate'),
    leaf: p521('leaf'),
  });
  const { problems } = await verify(verificationInput(made), 'rfc5280');
  assert.deepEqual(problems.at(-1)?.rule, 'BUDGET');
  assert.match(problems.at(-1)?.message ?? '', new RegExp(`the limit is ${limit('SIGNATURES_MAX')} signatures`));
});
