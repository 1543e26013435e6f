/** Each cause of an invalid chain has one sentence and one fix, in the inspector, in the lab and on the command line. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { formatVerification } from '../../dist/cli-format.js';
import { TrustStore, verifyChain } from '../../dist/index.js';
import { asJson } from '../../inspector/src/model/export.js';
import { outcomeFor } from '../../inspector/src/model/lab-format.js';
import { blankRequest } from '../../inspector/src/model/permalink.js';
import { outcome } from '../../inspector/src/model/format.js';
import { shortOutcome } from '../../inspector/src/view/lab/short-outcome.js';
import { fixOf, PROBLEMS } from '../../messages/problems.js';
import { labCases } from '../../scripts/lab/cases.js';
import { inProject } from '../../scripts/run.js';
import { pki } from '../helpers/pki.js';

/** @typedef {import('../../dist/index.js').Verification} Verification */

const { chain, roots, clock, hostname } = pki('missing-intermediate');
const bad = await verifyChain(chain, { trust: await TrustStore.from(roots), hostname, now: new Date(clock) });

/** The core's result for this cause. @param {import('../../js/problem-codes.js').ProblemRule} rule @returns {Verification} */
function broken(rule) {
  const problem = { ...bad.problems[0], rule };
  return { ...bad, path: bad.path, sent: bad.sent, problems: [problem] };
}

/** The text of a Lit template. @param {unknown} value @returns {string} */
function textIn(value) {
  if (Array.isArray(value)) return value.map(textIn).join('');
  if (typeof value === 'object' && value !== null && 'strings' in value && 'values' in value) {
    const { strings, values } = /** @type {{strings: string[], values: unknown[]}} */ (value);
    return strings.map((text, at) => text + textIn(values[at])).join('');
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** @param {Verification} verification @param {import('../../dist/index.js').TLSError | null} [error] */
function shownTexts(verification, error = null) {
  const request = { ...blankRequest({ bridge: '', targets: {}, system: false }), address: hostname };
  const result = {
    ...{ request, info: null, verification, error, criteria: null, recording: null, answer: null, elapsed: 0 },
  };
  const labCase = /** @type {import('../../inspector/src/types.js').LabCase} */ ({ hostname });
  const short = outcomeFor(labCase, { hostname }, { verification, info: null, error, bridge: '' });
  const found = { verification, error, advice: 'Advice of the case.', from: '' };
  return {
    inspector: outcome(result),
    fixes: JSON.parse(asJson(result)).problems.map((/** @type {{fix: string}} */ { fix }) => fix),
    lab: textIn(shortOutcome(short, found)),
    line: formatVerification(verification),
  };
}

describe('an untrusted chain', () => {
  const causes = /** @type {const} */ (['NOT_TRUSTED', 'SIGNATURE', 'WRONG_ISSUER', 'AKI_MISMATCH', 'SELF_SIGNED']);
  for (const rule of causes) {
    test(`has the same fix for ${rule} everywhere`, () => {
      const { inspector, fixes, lab, line } = shownTexts(broken(rule));
      const { fix } = PROBLEMS[rule];
      assert.equal(inspector.detail, fix);
      assert.deepEqual(fixes, [fix]);
      assert.ok(lab.includes(`<strong>What to do:</strong> ${fix}</p>`), lab);
      assert.ok(lab.includes(inspector.sentence));
      assert.ok(!lab.includes('Advice of the case'), 'the fix replaces it');
      assert.ok(line.includes(`\n    What to do: ${fix}\n`), line);
    });
  }

  test('has a different sentence for each cause', () => {
    const sentences = causes.map((rule) => shownTexts(broken(rule)).inspector.sentence);
    assert.equal(new Set(sentences).size, causes.length);
    assert.equal(sentences[0], `Not trusted: the certificate chain of ${hostname} does not lead to a trust anchor.`);
    for (const sentence of sentences.slice(1)) {
      assert.ok(sentence.startsWith(`Not trusted: the certificate of ${hostname} `), sentence);
    }
  });
});

test('the problems of rejected paths are listed without their fixes', () => {
  const { problems, path } = bad;
  const line = formatVerification({
    ...bad,
    path,
    sent: bad.sent,
    problems: [],
    others: [{ path, problems, moreProblems: 2 }],
  });
  assert.match(line, /Also tried: [^]*ERR_TLS_CERT_NOT_TRUSTED[^]* {2}and 2 more problems/);
  assert.ok(!line.includes(String(fixOf(problems[0]))));
});

describe('a real invalid chain', () => {
  /** By case of the test PKI. @type {Record<string, import('../../js/problem-codes.js').ProblemRule>} */
  const causes = {
    'missing-intermediate': 'NOT_TRUSTED',
    'bad-signature': 'SIGNATURE',
    'wrong-intermediate': 'WRONG_ISSUER',
    'key-identifier-mismatch': 'AKI_MISMATCH',
  };

  /** The problem and the fix that `pagetls verify` prints. @param {string} id */
  async function printedProblem(id) {
    const { files, ...subject } = pki(id);
    const args = [
      'verify',
      '--profile',
      'webpki',
      files.chain,
      '--ca',
      files.roots,
      '--at',
      subject.clock,
      '--host',
      subject.hostname,
    ];
    const running = promisify(execFile)(process.execPath, [inProject('dist', 'cli.js'), ...args]);
    const { code, stdout } = await running.then(
      (output) => ({ code: 0, ...output }),
      (error) => /** @type {{ code: number, stdout: string }} */ (error),
    );
    assert.equal(code, 1, stdout);
    const [, message] = /^ {2}certificate 0: (.*)$/m.exec(stdout) ?? [];
    const [, fix] = /^ {4}What to do: (.*)$/m.exec(stdout) ?? [];
    assert.equal(stdout.match(/What to do: /g)?.length, 1);
    return { message, fix };
  }

  /** @param {string} id */
  async function verified(id) {
    const subject = pki(id);
    const trust = await TrustStore.from(subject.roots);
    return verifyChain(subject.chain, {
      profile: 'webpki',
      trust,
      hostname: subject.hostname,
      now: new Date(subject.clock),
    });
  }

  for (const [id, rule] of Object.entries(causes)) {
    test(`${id} has the problem ${rule} and its fix everywhere`, async () => {
      const verification = await verified(id);
      assert.deepEqual(
        verification.problems.map((problem) => [problem.depth, problem.rule]),
        [[0, rule]],
      );
      const [{ message }] = verification.problems;
      const { fix } = PROBLEMS[rule];
      assert.deepEqual(await printedProblem(id), { message, fix });
      const { inspector, fixes, lab, line } = shownTexts(verification);
      assert.equal(inspector.detail, fix);
      assert.deepEqual(fixes, [fix]);
      for (const words of [inspector.sentence, `${message}.`, `<strong>What to do:</strong> ${fix}</p>`]) {
        assert.ok(lab.includes(words), lab);
      }
      for (const words of [message, `\n    What to do: ${fix}\n`]) assert.ok(line.includes(words), line);
    });
  }

  test('differs from all others in message, sentence and fix', async () => {
    const found = await Promise.all(
      Object.keys(causes).map(async (id) => {
        const verification = await verified(id);
        const { inspector } = shownTexts(verification);
        return [verification.problems[0].message.split(': ')[0], inspector.sentence, inspector.detail];
      }),
    );
    for (const i of [0, 1, 2]) {
      const texts = found.map((one) => one[i]);
      assert.equal(new Set(texts).size, texts.length, texts.join('\n'));
    }
  });

  test('has a case in the lab with the same fix', () => {
    for (const [id, rule] of Object.entries(causes)) {
      const one = labCases().find((declared) => declared.id === id);
      assert.deepEqual([one?.kind, one?.advice], ['served', PROBLEMS[rule].fix]);
    }
  });
});
