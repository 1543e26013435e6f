/** Compares pagetls, OpenSSL and GnuTLS on generated chains: every difference between their results is declared. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { appliesTo, DIFFERENCES, explain } from './differential/differences.js';
import { FIXED_COUNT, generateCases } from './differential/generate.js';
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
    ([who, { ok, reasons }]) => `  ${who}: ${ok ? 'valid' : reasons.join('; ')}`,
  );
  return [`seed ${SEED}, chain ${number}: ${[...features].join(', ')}`, ...lines].join('\n');
}

describe(`${COUNT} chains of seed ${SEED} (PAGETLS_DIFFERENTIAL_SEED, PAGETLS_DIFFERENTIAL_COUNT)`, { skip }, () => {
  before(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'pagetls-differential-'));
    const source = generateCases(SEED, COUNT);
    let number = 0;
    const worker = async (/** @type {number} */ id) => {
      for (let next = await source.next(); !next.done; next = await source.next()) {
        const own = ++number;
        verified.push({
          number: own,
          features: next.value.features,
          results: await verifyWithAll(next.value, join(directory, `${id}`), NOW),
        });
      }
    };
    try {
      await Promise.all(Array.from({ length: CONCURRENCY }, (_, id) => worker(id)));
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
    verified.sort((one, other) => one.number - other.number);
  });

  test('show only declared differences, for the declared reasons', () => {
    const unexplained = verified.flatMap((one) =>
      PROFILES.flatMap((profile) =>
        REFERENCES.flatMap((reference) =>
          explain(one.features, one.results[profile], reference, one.results[reference])
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
            difference.references
              .filter((reference) => !differs(difference, reference, one.results))
              .map((reference) => `${difference.what}: no difference from ${reference}\n${describeChain(one)}`),
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

  test('are accepted by rfc5280 if webpki accepts them, except for rules from which the Baseline Requirements exempt', () => {
    const exempt = /CERT_NAME_CONSTRAINTS_NOT_CRITICAL/;
    const wrong = verified.filter(
      ({ results }) => results.webpki.ok && !results.rfc5280.reasons.every((reason) => exempt.test(reason)),
    );
    assert.equal(wrong.length, 0, wrong.map(describeChain).join('\n\n'));
  });

  test('include chains that all accept, that all reject, and that only some accept', () => {
    const counts = { accepted: 0, rejected: 0, differing: 0 };
    for (const { results } of verified) {
      const accepting = Object.values(results).filter(({ ok }) => ok).length;
      counts[accepting === 0 ? 'rejected' : accepting === 5 ? 'accepted' : 'differing']++;
    }
    for (const [kind, count] of Object.entries(counts)) assert.ok(count > COUNT / 20, `${kind}: ${count}`);
  });
});

/** @param {Set<string>} features @returns {string[]} */
function mutationsOf(features) {
  return [...features].filter((feature) => !/^(intermediates|key):/.test(feature));
}

/** @param {Difference} difference @param {Reference} reference @param {Results} results @returns {boolean} as declared, with at least one profile */
function differs({ pagetls }, reference, results) {
  const accepts = pagetls === 'accept';
  return PROFILES.some((profile) => results[profile].ok === accepts) && results[reference].ok === !accepts;
}

/** @param {Difference} difference @param {Reference} reference @param {(typeof verified)[number]} one @returns {boolean} */
function explains(difference, reference, { features, results }) {
  return PROFILES.some((profile) =>
    explain(features, results[profile], reference, results[reference]).some(({ explained }) =>
      explained.includes(difference),
    ),
  );
}

test('the README lists the declared differences', () => {
  const readme = readFileSync(README, 'utf8');
  assert.equal(readme, withTables(readme), 'run: node test/verify/differential/table.js');
});
