/** Every rule of wasm/verify/rules.def: changes to a valid chain that violate it, and similar changes that do not. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { chain, verify, problemsOf, verificationInput } from '../helpers/chains.js';
import { ALTERNATIVE_NAMES } from './rules/alternative-names.js';
import { CONSTRAINTS_FORM } from './rules/constraints-form.js';
import { CONSTRAINTS } from './rules/constraints.js';
import { EXTENSIONS } from './rules/extensions.js';
import { FORM } from './rules/form.js';
import { KEYS } from './rules/keys.js';
import { REVOCATION } from './rules/revocation.js';
import { TIME_NAMES_USAGE } from './rules/time-names-usage.js';
import { TRUST } from './rules/trust.js';

/** @typedef {import('./rules/vector.js').Vector} Vector */

const source = readFileSync(new URL('../../wasm/verify/rules.def', import.meta.url), 'utf8');

/** The rules, by their identifiers. */
const RULES = new Map(
  [...source.matchAll(/^RULE\((\w+), "(\w+)", \w+, (\w+), /gm)].map(([, id, code, level]) => [
    id,
    { code: `ERR_TLS_${code}`, level },
  ]),
);

/**
 * The table of levels in the comment of rules.def: what a violation means in each profile.
 * @type {Record<string, Record<'rfc5280' | 'webpki' | 'private', string>>}
 */
const LEVELS = Object.fromEntries(
  [...source.matchAll(/^ \* {14}(\w+) +(problem|warning|nothing) +(problem|warning) +(problem|warning) {3}/gm)].map(
    ([, level, rfc5280, webpki, ofPrivate]) => [level, { rfc5280, webpki, private: ofPrivate }],
  ),
);

const ENTRIES = [
  TRUST,
  TIME_NAMES_USAGE,
  KEYS,
  CONSTRAINTS,
  CONSTRAINTS_FORM,
  FORM,
  EXTENSIONS,
  ALTERNATIVE_NAMES,
  REVOCATION,
].flatMap((table) => Object.entries(table));

/** @type {Record<string, Vector[]>} */
const VECTORS = Object.fromEntries(ENTRIES);

test('the unchanged chain is valid', async () => {
  for (const profile of /** @type {const} */ (['webpki', 'rfc5280', 'suiteb'])) {
    const verification = await verify(verificationInput(chain()), profile);
    assert.deepEqual([problemsOf(verification), verification.ok, verification.path.length], [[], true, 3], profile);
  }
});

test('every rule has a vector that violates it and one that does not', () => {
  const codes = (/** @type {Vector} */ { bad = [], warned = [], suiteb = [] }) =>
    [...bad, ...warned, ...suiteb].map((problem) => `ERR_TLS_${problem.split(' ')[1]}`);
  assert.ok(RULES.size > 60, String(RULES.size));
  assert.equal(RULES.size, source.match(/^RULE\(/gm)?.length);
  assert.equal(Object.keys(VECTORS).length, ENTRIES.length, 'a rule has vectors in two tables');
  assert.deepEqual(
    Object.keys(VECTORS).filter((id) => !RULES.has(id)),
    [],
  );
  for (const [id, { code }] of RULES) {
    const vectors = VECTORS[id] ?? [];
    assert.ok(
      vectors.some((vector) => codes(vector).includes(code)),
      `no vector violates ${id}`,
    );
    assert.ok(
      vectors.some(({ bad = [], warned = [] }) => bad.length === 0 && warned.length === 0),
      `no vector of ${id} is valid`,
    );
  }
});

/** @param {string[]} problems */
const inFull = (problems) => problems.map((problem) => problem.replace(': ', ': ERR_TLS_')).sort();

/** @param {import('../../dist/index.js').Verification} verification */
const reportOf = ({ problems, warnings }) => ({
  problems: problemsOf({ problems }),
  warnings: problemsOf({ problems: warnings }),
});

/**
 * What another profile says of the same chain, by the levels of the rules. webpki reports every violation.
 * @param {import('../../dist/index.js').Verification} verification with webpki
 * @param {'rfc5280' | 'private'} profile
 */
function inProfile({ problems, warnings }, profile) {
  const all = [...problems, ...warnings];
  const having = (/** @type {string} */ effect) =>
    problemsOf({ problems: all.filter(({ rule }) => LEVELS[RULES.get(rule)?.level ?? ''][profile] === effect) });
  return { problems: having('problem'), warnings: having('warning') };
}

test('every rule has a level of the table, and every level has a rule', () => {
  assert.deepEqual(new Set([...RULES.values()].map(({ level }) => level)), new Set(Object.keys(LEVELS)));
  assert.deepEqual(Object.keys(LEVELS), ['RFC5280', 'FORM', 'EXEMPT', 'WEBPKI', 'ADVICE']);
});

for (const [id, vectors] of Object.entries(VECTORS)) {
  describe(`rule ${id}`, () => {
    for (const { what, change, ask, bad = [], warned = [], rfc5280, suiteb, private: inPrivate } of vectors) {
      const result = [...bad, ...warned.map((warning) => `warning ${warning}`)].join(', ') || 'valid';
      test(`${what}: ${result}`, async () => {
        const made = chain(change);
        const input = { ...verificationInput(made), ...ask?.(made) };
        const webpki = await verify(input, 'webpki');
        const derived = inProfile(webpki, 'rfc5280');
        const lenient = await verify(input, 'rfc5280'); // private has the same algorithms
        const ofPrivate = {
          ...inProfile(webpki, 'private'),
          ...(rfc5280 && { problems: inProfile(lenient, 'private').problems }),
        };
        /** @type {Record<string, {problems: string[], warnings: string[]}>} */
        const expected = {
          webpki: { problems: inFull(bad), warnings: inFull(warned) },
          rfc5280: { ...derived, ...(rfc5280 && { problems: inFull(rfc5280) }) },
          private: { ...ofPrivate, ...(inPrivate && { problems: inFull(inPrivate) }) },
          ...(suiteb && { suiteb: { ...derived, problems: inFull(suiteb) } }),
        };
        /** @type {typeof expected} */
        const said = {};
        for (const profile of /** @type {('webpki' | 'rfc5280' | 'private' | 'suiteb')[]} */ (Object.keys(expected))) {
          const verification = profile === 'webpki' ? webpki : await verify(input, profile);
          said[profile] = reportOf(verification);
          assert.equal(verification.ok, verification.problems.length === 0);
        }
        assert.deepEqual(said, expected);
      });
    }
  });
}
