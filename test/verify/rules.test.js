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
  [...source.matchAll(/^RULE\((\w+), "(\w+)", \w+, (RFC5280|WEBPKI), /gm)].map(([, id, code, level]) => [
    id,
    { code: `ERR_TLS_${code}`, level },
  ]),
);

/** Codes of rules that apply only in webpki. */
const WEBPKI_ONLY = new Set([...RULES.values()].filter(({ level }) => level === 'WEBPKI').map(({ code }) => code));

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
  const codes = (/** @type {Vector} */ { bad = [], suiteb = [] }) =>
    [...bad, ...suiteb].map((problem) => `ERR_TLS_${problem.split(' ')[1]}`);
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
      vectors.some(({ bad = [] }) => bad.length === 0),
      `no vector of ${id} is valid`,
    );
  }
});

/** @param {string[]} problems */
const inFull = (problems) => problems.map((problem) => problem.replace(': ', ': ERR_TLS_')).sort();

for (const [id, vectors] of Object.entries(VECTORS)) {
  describe(`rule ${id}`, () => {
    for (const { what, change, ask, bad = [], rfc5280, suiteb } of vectors) {
      test(`${what}: ${bad.length === 0 ? 'valid' : bad.join(', ')}`, async () => {
        const made = chain(change);
        const input = { ...verificationInput(made), ...ask?.(made) };
        const expected = {
          webpki: inFull(bad),
          rfc5280: rfc5280 ? inFull(rfc5280) : inFull(bad).filter((problem) => !WEBPKI_ONLY.has(problem.split(' ')[1])),
          ...(suiteb && { suiteb: inFull(suiteb) }),
        };
        /** @type {Record<string, string[]>} */
        const said = {};
        for (const profile of /** @type {('webpki' | 'rfc5280' | 'suiteb')[]} */ (Object.keys(expected))) {
          const verification = await verify(input, profile);
          said[profile] = problemsOf(verification);
          assert.equal(verification.ok, said[profile].length === 0);
        }
        assert.deepEqual(said, expected);
      });
    }
  });
}
