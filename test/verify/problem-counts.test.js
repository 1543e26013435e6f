/** Problems and warnings beyond the number that is kept are counted, and everything that shows them says so. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { keyUsage } from '../../certs/extensions.js';
import { formatVerification, isUnsupported, toJSON } from '../../dist/cli-format.js';
import { chain, verificationInput, verify } from '../helpers/chains.js';

const definitions = readFileSync(new URL('../../wasm/host/limits.def', import.meta.url), 'utf8');

/** @param {string} name @returns {number} of wasm/host/limits.def */
const limit = (name) => Number(new RegExp(`LIMIT\\(${name}, (\\d+),`).exec(definitions)?.[1]);

/** Breaks three rules of form, and a warning. */
const CARELESS = {
  serial: 0n,
  extensions: {
    subjectKeyIdentifier: null,
    authorityKeyIdentifier: null,
    keyUsage: { ...keyUsage('keyCertSign', 'cRLSign'), critical: false },
  },
};

/** @param {number} count of careless CAs above the intermediate */
const careless = (count) => verificationInput(chain({ above: Array.from({ length: count }, () => CARELESS) }));

/** @param {import('../../dist/index.js').Problem[]} problems */
const kinds = (problems) => new Set(problems.map(({ rule, depth }) => `${rule} ${depth}`));

test('all problems and warnings are kept up to the limit', async () => {
  const few = await verify(careless(3), 'webpki');
  const { problems, moreProblems, moreWarnings } = few;
  assert.deepEqual([moreProblems, moreWarnings], [0, 0]);
  assert.ok(problems.length > 6, String(problems.length));
  assert.doesNotMatch(formatVerification(few), /more problem|more warning/);
});

test('further problems are counted once each', async () => {
  const perCertificate = (await verify(careless(4), 'webpki')).problems.length / 4;
  const verification = await verify(careless(17), 'webpki');
  const { ok, problems, moreProblems, moreWarnings } = verification;
  assert.equal(ok, false);
  assert.equal(problems.length, limit('PROBLEMS_MAX'));
  assert.equal(kinds(problems).size, problems.length);
  assert.equal(problems.length + moreProblems, 17 * perCertificate);
  assert.equal(moreWarnings, 0);
  assert.match(formatVerification(verification), new RegExp(`^ {2}and ${moreProblems} more problems$`, 'm'));
  assert.equal(JSON.parse(toJSON(verification)).moreProblems, moreProblems);
});

test('further warnings are counted, and leave the chain valid', async () => {
  const perCertificate = (await verify(careless(4), 'private')).warnings.length / 4;
  const verification = await verify(careless(17), 'private');
  const { ok, problems, moreProblems, warnings, moreWarnings } = verification;
  assert.deepEqual([ok, problems, moreProblems], [true, [], 0]);
  assert.equal(warnings.length, limit('WARNINGS_MAX'));
  assert.equal(warnings.length + moreWarnings, 17 * perCertificate);
  assert.match(formatVerification(verification), new RegExp(`^ {2}and ${moreWarnings} more warnings$`, 'm'));
});

test('rejected paths have a count too, and an incomplete list is no reason to call a chain unsupported', async () => {
  const verification = await verify({ ...careless(17), anchors: [] }, 'webpki');
  for (const other of verification.others) assert.equal(typeof other.moreProblems, 'number');
  const [problem] = verification.problems;
  const unsupported = {
    ...verification,
    problems: [{ ...problem, code: /** @type {const} */ ('ERR_TLS_CERT_KEY_UNSUPPORTED') }],
  };
  assert.equal(isUnsupported({ ...unsupported, moreProblems: 0 }), true);
  assert.equal(isUnsupported({ ...unsupported, moreProblems: 1 }), false);
});
