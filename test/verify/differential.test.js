/** Generated chains, judged by pagetls, OpenSSL and GnuTLS: where they differ, the difference is a declared one. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { appliesTo, DIFFERENCES, explain } from './differential/differences.js';
import { ALWAYS_COUNT, cases } from './differential/generate.js';
import { judge, PROFILES, REFERENCES, strangeVersions } from './differential/judges.js';
import { README, withTables } from './differential/table.js';

/** @typedef {import('./differential/differences.js').Difference} Difference */
/** @typedef {import('./differential/judges.js').Reference} Reference */
/** @typedef {import('./differential/judges.js').Verdicts} Verdicts */
/** @typedef {import('./differential/plan.js').Case} Case */

const STANDARD_SEED = 1;
const SEED = Number(process.env.PAGETLS_DIFFERENTIAL_SEED ?? STANDARD_SEED);
const COUNT = Math.max(ALWAYS_COUNT, Number(process.env.PAGETLS_DIFFERENTIAL_COUNT ?? ALWAYS_COUNT + 80));
const NOW = new Date();

/** Others differ elsewhere. */
const skip = await strangeVersions();

/** Chains that are judged at the same time, each by two processes. */
const AT_ONCE = 2;

/** @type {{ number: number, features: Set<string>, verdicts: Verdicts }[]} */
const judged = [];

/** @param {{ number: number, features: Set<string>, verdicts: Verdicts }} one @returns {string} */
function inWords({ number, features, verdicts }) {
  const lines = Object.entries(verdicts).map(([who, { ok, says }]) => `  ${who}: ${ok ? 'good' : says.join('; ')}`);
  return [`seed ${SEED}, chain ${number}: ${[...features].join(', ')}`, ...lines].join('\n');
}

describe(`${COUNT} chains of seed ${SEED} (PAGETLS_DIFFERENTIAL_SEED, PAGETLS_DIFFERENTIAL_COUNT)`, { skip }, () => {
  before(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'pagetls-differential-'));
    const source = cases(SEED, COUNT);
    let number = 0;
    const worker = async (/** @type {number} */ id) => {
      for (let next = await source.next(); !next.done; next = await source.next()) {
        const own = ++number;
        judged.push({
          number: own,
          features: next.value.features,
          verdicts: await judge(next.value, join(directory, `${id}`), NOW),
        });
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, (_, id) => worker(id)));
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
    judged.sort((one, other) => one.number - other.number);
  });

  test('each difference is a declared one, down to the reason', () => {
    const unexplained = judged.flatMap((one) =>
      PROFILES.flatMap((profile) =>
        REFERENCES.flatMap((reference) =>
          explain(one.features, one.verdicts[profile], reference, one.verdicts[reference])
            .filter(({ explained }) => explained.length === 0)
            .map(({ reason }) => `${profile} against ${reference}: ${reason}\n${inWords(one)}`),
        ),
      ),
    );
    assert.equal(unexplained.length, 0, unexplained.join('\n\n'));
  });

  test('each declared difference holds for every chain that has nothing else', () => {
    const wrong = judged.flatMap((one) =>
      mutationsOf(one.features).length > 1
        ? []
        : DIFFERENCES.filter((difference) => appliesTo(difference, one.features)).flatMap((difference) =>
            difference.references
              .filter((reference) => !differs(difference, reference, one.verdicts))
              .map((reference) => `${difference.what}: not against ${reference}\n${inWords(one)}`),
          ),
    );
    assert.equal(wrong.length, 0, wrong.join('\n\n'));
  });

  test('each declared difference occurs', () => {
    const missing = DIFFERENCES.flatMap((difference) =>
      difference.references
        .filter((reference) => !judged.some((one) => explains(difference, reference, one)))
        .map((reference) => `${difference.what}: ${reference}`),
    );
    assert.deepEqual(missing, []);
  });

  test('what webpki accepts, rfc5280 accepts', () => {
    const wrong = judged.filter(({ verdicts }) => verdicts.webpki.ok && !verdicts.rfc5280.ok);
    assert.equal(wrong.length, 0, wrong.map(inWords).join('\n\n'));
  });

  test('chains are accepted by all, refused by all, and neither', () => {
    const counts = { accepted: 0, refused: 0, differing: 0 };
    for (const { verdicts } of judged) {
      const accepting = Object.values(verdicts).filter(({ ok }) => ok).length;
      counts[accepting === 0 ? 'refused' : accepting === 5 ? 'accepted' : 'differing']++;
    }
    for (const [kind, count] of Object.entries(counts)) assert.ok(count > COUNT / 20, `${kind}: ${count}`);
  });
});

/** @param {Set<string>} features @returns {string[]} */
function mutationsOf(features) {
  return [...features].filter((feature) => !/^(intermediates|key):/.test(feature));
}

/** @param {Difference} difference @param {Reference} reference @param {Verdicts} verdicts @returns {boolean} as declared, under one profile at least */
function differs({ pagetls }, reference, verdicts) {
  const accepts = pagetls === 'accept';
  return PROFILES.some((profile) => verdicts[profile].ok === accepts) && verdicts[reference].ok === !accepts;
}

/** @param {Difference} difference @param {Reference} reference @param {(typeof judged)[number]} one @returns {boolean} */
function explains(difference, reference, { features, verdicts }) {
  return PROFILES.some((profile) =>
    explain(features, verdicts[profile], reference, verdicts[reference]).some(({ explained }) =>
      explained.includes(difference),
    ),
  );
}

test('the README lists the differences as they are declared', () => {
  const readme = readFileSync(README, 'utf8');
  assert.equal(readme, withTables(readme), 'run: node test/verify/differential/table.js');
});
