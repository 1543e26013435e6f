/** Path validation of the cases of x509-limbo, in a file next to the project. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { runLimbo, tallyLimbo } from '../../scripts/limbo.js';

const FILE = fileURLToPath(new URL('../../../shared/oracle/limbo-dev.json', import.meta.url));

/**
 * Cases that contradict others of the same level, or what browsers do.
 * @type {Record<string, string>}
 */
const KNOWN = {
  // Expects a CA as the leaf to be accepted; webpki::ca-as-leaf expects it to be rejected.
  'pathlen::validation-ignores-pathlen-in-leaf': 'false reject',
  // Expects a CN outside the names to be rejected; bettertls and webpki::san::leftmost-wildcard-san expect it accepted.
  'webpki::cn::not-in-san': 'false accept',
};

describe('x509-limbo', { skip: existsSync(FILE) ? false : `${FILE} is missing` }, async () => {
  const results = existsSync(FILE) ? await runLimbo(FILE) : [];

  test('gives the expected results, except for contradictory cases', () => {
    const misses = results.filter(({ outcome }) => outcome.startsWith('false'));
    assert.deepEqual(Object.fromEntries(misses.map(({ id, outcome }) => [id, outcome])), KNOWN);
  });

  test('gives the same results in another order, with duplicates and with certificates of other cases', async () => {
    const noisy = await runLimbo(FILE, ({ untrusted_intermediates: own, peer_certificate: leaf }, index, all) => {
      const strangers = [1, 2, 3, 4, 5].flatMap((step) => {
        const { untrusted_intermediates, trusted_certs } = all[(index + step * 101) % all.length];
        return [...untrusted_intermediates.slice(0, 20), ...trusted_certs.slice(0, 2)];
      });
      return [...strangers, ...own.toReversed(), leaf, ...strangers.slice(0, 9), ...own];
    });
    const outcomes = (/** @type {typeof results} */ all) => all.map(({ id, outcome }) => `${id}: ${outcome}`);
    assert.deepEqual(outcomes(noisy), outcomes(results));
  });

  test('skips only chains of clients', () => {
    assert.equal(results.filter(({ outcome }) => outcome === 'skipped').length, 5);
  });

  test('agrees with all cases of BetterTLS', () => {
    const tallies = tallyLimbo(results);
    for (const space of ['bettertls::nameconstraints', 'bettertls::pathbuilding']) {
      assert.ok(tallies[space].agree > 0);
      assert.equal(tallies[space].falseAccept + tallies[space].falseReject, 0);
    }
  });
});
