/** Path validation against cases in x509-limbo's format. They lie beside the project and are not part of it. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { runLimbo, tallyLimbo } from '../scripts/limbo.js';

const FILE = fileURLToPath(new URL('../../shared/oracle/limbo-dev.json', import.meta.url));

/**
 * Cases that contradict others of the same level, or what browsers do.
 * @type {Record<string, string>}
 */
const KNOWN = {
  // A CA as the leaf is accepted here and refused by webpki::ca-as-leaf.
  'pathlen::validation-ignores-pathlen-in-leaf': 'false reject',
  // A CN that is not among the names is refused here and accepted by bettertls and by webpki::san::leftmost-wildcard-san.
  'webpki::cn::not-in-san': 'false accept',
};

describe('x509-limbo', { skip: existsSync(FILE) ? false : `${FILE} is not there` }, async () => {
  const results = existsSync(FILE) ? await runLimbo(FILE) : [];

  test('every verdict is as expected, but for those that cannot be', () => {
    const misses = results.filter(({ outcome }) => outcome.startsWith('false'));
    assert.deepEqual(Object.fromEntries(misses.map(({ id, outcome }) => [id, outcome])), KNOWN);
  });

  test('only chains of clients are skipped', () => {
    assert.equal(results.filter(({ outcome }) => outcome === 'skipped').length, 5);
  });

  test('all of BetterTLS agrees', () => {
    const tallies = tallyLimbo(results);
    for (const space of ['bettertls::nameconstraints', 'bettertls::pathbuilding']) {
      assert.ok(tallies[space].agree > 0);
      assert.equal(tallies[space].falseAccept + tallies[space].falseReject, 0);
    }
  });
});
