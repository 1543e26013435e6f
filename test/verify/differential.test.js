/** Compares pagetls, OpenSSL, GnuTLS and Go on generated chains: every difference between their results is declared. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { appliesTo, DIFFERENCES, explain, OWN_PROFILES, showsIn } from './differential/differences.js';
import { FIXED_COUNT, generateCases } from './differential/generate.js';
import { startGo } from './differential/go.js';
import { verifyWithAll, PROFILES, REFERENCES, unsupportedVersions } from './differential/verifiers.js';
import { README, withTables } from './differential/table.js';

/** @typedef {import('./differential/differences.js').Difference} Difference */
/** @typedef {import('./differential/verifiers.js').Reference} Reference */
/** @typedef {import('./differential/verifiers.js').Results} Results */
/** @typedef {import('./differential/plan.js').Case} Case */

const STANDARD_SEED = 1;
const SEED = Number(process.env.PAGETLS_DIFFERENTIAL_SEED ?? STANDARD_SEED);
const COUNT = Math.max(FIXED_COUNT, Number(process.env.PAGETLS_DIFFERENTIAL_COUNT ?? FIXED_COUNT + 80));
const NOW = new Date();

/** Other versions have other differences. */
const skip = await unsupportedVersions();

/** Chains verified at the same time, each by two processes. */
const CONCURRENCY = 2;

/** @type {{ number: number, features: Set<string>, results: Results }[]} */
const verified = [];

/** @param {{ number: number, features: Set<string>, results: Results }} one @returns {string} */
function describeChain({ number, features, results }) {
  const lines = Object.entries(results).map(
    ([who, result]) =>
      `  ${who}: ${result === undefined ? 'not asked' : result.ok ? 'valid' : result.reasons.join('; ')}`,
  );
  return [`seed ${SEED}, chain ${number}: ${[...features].join(', ')}`, ...lines].join('\n');
}

describe(`${COUNT} chains of seed ${SEED} (PAGETLS_DIFFERENTIAL_SEED, PAGETLS_DIFFERENTIAL_COUNT)`, { skip }, () => {
  before(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'pagetls-differential-'));
    const source = generateCases(SEED, COUNT);
    const go = await startGo();
    let number = 0;
    const worker = async (/** @type {number} */ id) => {
      for (let next = await source.next(); !next.done; next = await source.next()) {
        const own = ++number;
        verified.push({
          number: own,
          features: next.value.features,
          results: await verifyWithAll(next.value, join(directory, `${id}`), NOW, go),
        });
      }
    };
    try {
      await Promise.all(Array.from({ length: CONCURRENCY }, (_, id) => worker(id)));
    } finally {
      await go.end();
      await rm(directory, { recursive: true, force: true });
    }
    verified.sort((one, other) => one.number - other.number);
  });

  test('show only declared differences, for the declared reasons', () => {
    const unexplained = verified.flatMap((one) =>
      PROFILES.flatMap((profile) =>
        REFERENCES.flatMap((reference) =>
          explain(one, profile, reference)
            .filter(({ explained }) => explained.length === 0)
            .map(({ reason }) => `${profile} against ${reference}: ${reason}\n${describeChain(one)}`),
        ),
      ),
    );
    assert.equal(unexplained.length, 0, unexplained.join('\n\n'));
  });

  test('show each declared difference whenever a chain has no other mutation', () => {
    const wrong = verified.flatMap((one) =>
      mutationsOf(one.features).length > 1
        ? []
        : DIFFERENCES.filter((difference) => appliesTo(difference, one.features)).flatMap((difference) =>
            difference.references.flatMap((reference) =>
              OWN_PROFILES.filter(
                (profile) => differs(difference, profile, reference, one.results) !== showsIn(difference, profile),
              ).map((profile) => {
                const found = showsIn(difference, profile) ? 'no difference' : 'an undeclared difference';
                return `${difference.what}: ${found} between ${profile} and ${reference}\n${describeChain(one)}`;
              }),
            ),
          ),
    );
    assert.equal(wrong.length, 0, wrong.join('\n\n'));
  });

  test('show each declared difference at least once', () => {
    const missing = DIFFERENCES.flatMap((difference) =>
      difference.references
        .filter((reference) => !verified.some((one) => explains(difference, reference, one)))
        .map((reference) => `${difference.what}: ${reference}`),
    );
    assert.deepEqual(missing, []);
  });

  test('have the same result with auto and private, since the anchors are the user’s', () => {
    const wrong = verified.filter(({ results }) => !isDeepStrictEqual(results.auto, results.private));
    assert.equal(wrong.length, 0, wrong.map(describeChain).join('\n\n'));
  });

  test('are accepted by private if another profile accepts them', () => {
    const wrong = verified.filter(
      ({ results }) => !results.private.ok && OWN_PROFILES.some((profile) => results[profile].ok),
    );
    assert.equal(wrong.length, 0, wrong.map(describeChain).join('\n\n'));
  });

  test('are accepted by rfc5280 if webpki accepts them, except for rules from which the Baseline Requirements exempt', () => {
    const exempt = /CERT_NAME_CONSTRAINTS_NOT_CRITICAL|CERT_AKI_MISSING/; // the latter only of an anchor
    const wrong = verified.filter(
      ({ results }) => results.webpki.ok && !results.rfc5280.reasons.every((reason) => exempt.test(reason)),
    );
    assert.equal(wrong.length, 0, wrong.map(describeChain).join('\n\n'));
  });

  test('include chains that all accept, that all reject, and that only some accept', () => {
    const counts = { accepted: 0, rejected: 0, differing: 0 };
    for (const { results } of verified) {
      const asked = Object.values(results).filter((result) => result !== undefined);
      const accepting = asked.filter(({ ok }) => ok).length;
      counts[accepting === 0 ? 'rejected' : accepting === asked.length ? 'accepted' : 'differing']++;
    }
    for (const [kind, count] of Object.entries(counts)) assert.ok(count > COUNT / 20, `${kind}: ${count}`);
  });
});

/** @param {Set<string>} features @returns {string[]} */
function mutationsOf(features) {
  return [...features].filter((feature) => !/^(intermediates|key):/.test(feature));
}

/**
 * @param {Difference} difference
 * @param {import('./differential/verifiers.js').ProfileName} profile
 * @param {Reference} reference
 * @param {Results} results
 * @returns {boolean} whether the results differ as declared
 */
function differs({ pagetls }, profile, reference, results) {
  const accepts = pagetls === 'accept';
  return results[profile].ok === accepts && results[reference]?.ok === !accepts;
}

/** @param {Difference} difference @param {Reference} reference @param {(typeof verified)[number]} one @returns {boolean} */
function explains(difference, reference, one) {
  return PROFILES.some((profile) =>
    explain(one, profile, reference).some(({ explained }) => explained.includes(difference)),
  );
}

test('the README lists the declared differences', () => {
  const readme = readFileSync(README, 'utf8');
  assert.equal(readme, withTables(readme), 'run: node test/verify/differential/table.js');
});
