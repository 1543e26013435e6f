/** What is wrong with a chain has one sentence and one fix for each cause, in the inspector, the lab and on the command line. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { formatVerification } from '../../dist/cli-format.js';
import { TrustStore, verifyChain } from '../../dist/index.js';
import { asJson } from '../../inspector/src/model/export.js';
import { verdictOn } from '../../inspector/src/model/lab-words.js';
import { blankRequest } from '../../inspector/src/model/permalink.js';
import { verdict } from '../../inspector/src/model/words.js';
import { shortVerdict } from '../../inspector/src/view/lab/short-verdict.js';
import { fixOf, PROBLEMS } from '../../messages/problems.js';
import { pki } from '../helpers/pki.js';

/** @typedef {import('../../dist/index.js').Verification} Verification */

const { chain, roots, clock, hostname } = pki('missing-intermediate');
const bad = await verifyChain(chain, { trust: await TrustStore.from(roots), hostname, now: new Date(clock) });

/** As the core gives it when this is the cause. @param {string} rule @returns {Verification} */
function broken(rule) {
  const problem = { ...bad.problems[0], rule };
  return { ...bad, path: bad.path, sent: bad.sent, problems: [problem] };
}

/** What a template of Lit's has in it as text. @param {unknown} value @returns {string} */
function textIn(value) {
  if (Array.isArray(value)) return value.map(textIn).join('');
  if (typeof value === 'object' && value !== null && 'strings' in value && 'values' in value) {
    const { strings, values } = /** @type {{strings: string[], values: unknown[]}} */ (value);
    return strings.map((text, at) => text + textIn(values[at])).join('');
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** @param {Verification} verification @param {import('../../dist/index.js').TLSError | null} [error] */
function shown(verification, error = null) {
  const request = { ...blankRequest({ bridge: '', targets: {}, system: false }), address: hostname };
  const result = {
    ...{ request, info: null, verification, error, judging: null, recording: null, answer: null, elapsed: 0 },
  };
  const settings = { now: new Date(clock), hostname, trust: /** @type {const} */ ('lab'), crl: true };
  const short = verdictOn({ ...settings, profile: 'webpki' }, { verification, info: null, error, bridge: '' });
  const found = { verification, error, advice: 'Advice of the case.', from: '' };
  return {
    inspector: verdict(result),
    fixes: JSON.parse(asJson(result)).problems.map((/** @type {{fix: string}} */ { fix }) => fix),
    lab: textIn(shortVerdict(short, found)),
    line: formatVerification(verification, error?.native?.code),
  };
}

describe('a chain that is not trusted', () => {
  const causes = ['NOT_TRUSTED', 'SIGNATURE', 'WRONG_ISSUER', 'AKI_MISMATCH', 'SELF_SIGNED'];
  for (const rule of causes) {
    test(`${rule}: has the same fix everywhere`, () => {
      const { inspector, fixes, lab, line } = shown(broken(rule));
      const { fix } = PROBLEMS[rule];
      assert.equal(inspector.detail, fix);
      assert.deepEqual(fixes, [fix]);
      assert.ok(lab.includes(`<strong>What to do:</strong> ${fix}</p>`), lab);
      assert.ok(lab.includes(inspector.sentence));
      assert.ok(!lab.includes('Advice of the case'), 'the fix takes its place');
      assert.ok(line.includes(`\n    What to do: ${fix}\n`), line);
    });
  }

  test('has a sentence of its own for each cause', () => {
    const sentences = causes.map((rule) => shown(broken(rule)).inspector.sentence);
    assert.equal(new Set(sentences).size, causes.length);
    assert.equal(sentences[0], `Not good: the certificate chain of ${hostname} does not lead to a trust anchor.`);
    for (const sentence of sentences.slice(1)) {
      assert.ok(sentence.startsWith(`Not good: the certificate of ${hostname} `), sentence);
    }
  });
});

test('why paths were not chosen is said without what to do about them', () => {
  const { problems, path } = bad;
  const line = formatVerification({ ...bad, path, sent: bad.sent, problems: [], others: [{ path, problems }] });
  assert.match(line, /Tried too: [^]*ERR_TLS_CERT_NOT_TRUSTED/);
  assert.ok(!line.includes(String(fixOf(problems[0]))));
});
