/** messages/: every rule, code and alert has its words, once, and they are found by cause. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { CODES, TLSError } from '../../dist/index.js';
import { nativeError } from '../../js/errors.js';
import { ALERTS } from '../../messages/alerts.js';
import { ERRORS } from '../../messages/errors.js';
import { FAILURES, failureOf } from '../../messages/failures.js';
import { FLAGS } from '../../messages/flags.js';
import { faultOf, fixOf, PROBLEMS, problemText } from '../../messages/problems.js';
import { REVOCATION, revocationText } from '../../messages/revocation.js';
import { DETAILS, READ_ERRORS, unreadableText } from '../../messages/unreadable.js';
import { rulesOf } from '../../scripts/errors-doc.js';
import { inProject } from '../../scripts/run.js';

/** @typedef {import('../../messages/errors.js').ErrorText} ErrorText */

const rules = rulesOf(readFileSync(inProject('wasm', 'verify', 'rules.def'), 'utf8')).flatMap((group) => group.rules);

/** Rules that are not in rules.def yet: delete each when it is. */
const COMING = [
  ...['SELF_SIGNED', 'SIGNATURE', 'WRONG_ISSUER', 'PARSE', 'ALGORITHM_MISMATCH', 'SIGNATURE_UNSUPPORTED'],
  ...['KEY_UNSUPPORTED', 'KEY_MALFORMED', 'TIME_UNREADABLE'],
];

/** One or more; the name of something may begin it. */
const SENTENCES = /^([A-Z`]|pagetls).*[.?]$/;

describe('the words of a problem', () => {
  test('are there for every rule, and for nothing else', () => {
    assert.ok(rules.length > 60);
    const known = rules.map(({ rule }) => rule);
    assert.deepEqual(Object.keys(PROBLEMS).sort(), [...new Set([...known, ...COMING])].sort());
  });

  test('are sentences for what to do, and words that follow "the certificate" for what is wrong', () => {
    for (const [rule, { fix, fault, chain }] of Object.entries(PROBLEMS)) {
      assert.match(fix, SENTENCES, rule);
      assert.ok(fix.length > 20, rule);
      assert.ok(fault === undefined || chain === undefined, rule);
      for (const words of [fault, chain]) assert.match(words ?? 'has none', /^[a-z].*[a-zA-Z]$/, rule);
    }
  });

  test('differ by cause where code and flag are the same', () => {
    const causes = ['NOT_TRUSTED', 'SIGNATURE', 'WRONG_ISSUER', 'AKI_MISMATCH', 'SELF_SIGNED'];
    const problems = causes.map((rule) => ({ rule, code: 'ERR_TLS_CERT_NOT_TRUSTED', flag: 'BADCERT_NOT_TRUSTED' }));
    assert.equal(new Set(problems.map((problem) => fixOf(problem))).size, causes.length);
    assert.equal(new Set(problems.map((problem) => JSON.stringify(faultOf(problem)))).size, causes.length);
  });

  test('are those of the rule, else of the first rule with its code, else of its flag', () => {
    for (const { rule, code, flag } of rules) {
      assert.equal(problemText({ rule, code, flag }), PROBLEMS[rule]);
      const [first] = rules.filter((one) => one.code === code);
      assert.equal(problemText({ code, flag }), PROBLEMS[first.rule], code);
      assert.equal(problemText({ rule: 'NEW', code, flag }), PROBLEMS[first.rule], code);
    }
    assert.equal(fixOf({ code: 'ERR_TLS_NEW', flag: 'BADCERT_EXPIRED' }), FLAGS.BADCERT_EXPIRED.fix);
    assert.deepEqual(faultOf({ code: 'ERR_TLS_NEW', flag: 'BADCERT_EXPIRED' }), { fault: 'has expired' });
    assert.equal(fixOf({ code: 'ERR_TLS_NEW', flag: null }), null);
    assert.deepEqual(faultOf({ rule: 'toString', code: 'ERR_TLS_NEW', flag: null }), { fault: 'breaks a rule' });
  });

  test('about a certificate that cannot be read say why, where Mbed TLS says it', () => {
    const problem = { code: 'ERR_TLS_CERT_PARSE', flag: null };
    assert.equal(fixOf(problem, -0x3a00), unreadableText(-0x3a00));
    assert.match(fixOf(problem, -0x3a00) ?? '', /curve that is not supported.*P-256/);
    assert.equal(fixOf(problem, -0x60), DETAILS.ASN1_OUT_OF_DATA.means);
    assert.equal(fixOf(problem), PROBLEMS.PARSE.fix);
    assert.equal(fixOf(problem, -0x7fffff), PROBLEMS.PARSE.fix);
    assert.deepEqual(faultOf(problem), { fault: 'cannot be read' });
  });
});

describe('the words of an error', () => {
  test('are the meanings that the package has', () => {
    assert.deepEqual(Object.keys(CODES), Object.keys(ERRORS));
    for (const [code, { means, fix = means }] of Object.entries(/** @type {Record<string, ErrorText>} */ (ERRORS))) {
      for (const text of [means, fix]) assert.match(text, SENTENCES, code);
      assert.equal(CODES[/** @type {keyof typeof ERRORS} */ (code)], means);
    }
    assert.equal(new TLSError('ERR_TLS_RANDOM').message, ERRORS.ERR_TLS_RANDOM.means);
  });

  test('of an alert have its name', () => {
    for (const [number, { name, hint }] of Object.entries(ALERTS)) {
      assert.match(name, /^[a-z]+(_[a-z]+)*$/, number);
      assert.match(hint, SENTENCES, number);
    }
    const error = nativeError(-0x7780, 'text', 'ERR_TLS_HANDSHAKE', { alert: 40 });
    assert.equal(error.message, 'The server sent the fatal alert 40 (handshake_failure).');
    assert.match(nativeError(-0x7780, 'text', 'ERR_TLS_HANDSHAKE', { alert: 99 }).message, /99 \(unknown\)/);
  });

  test('for the reader of a page name the server and the bridge as they are', () => {
    for (const [code, { sentence, hint = sentence }] of Object.entries(FAILURES)) {
      assert.ok(code in ERRORS, code);
      for (const text of [sentence, hint]) assert.match(text, /^[A-Z“{].*[.?]$/, code);
    }
    assert.deepEqual(failureOf('ERR_TLS_BRIDGE_REFUSED', { name: '{bridge} $& x', bridge: 'ws://b' }), {
      sentence: 'The bridge does not connect to {bridge} $& x.',
      hint: FAILURES.ERR_TLS_BRIDGE_REFUSED?.hint,
    });
    assert.match(failureOf('ERR_TLS_BRIDGE_UNREACHABLE', { name: 'a', bridge: 'ws://b' }).hint ?? '', / at ws:\/\/b,/);
    assert.equal(failureOf('ERR_TLS_RANDOM', { name: 'a', bridge: '' }).sentence, 'a could not be checked.');
  });
});

test('whether a certificate is revoked: yes, no, not checked, unknown', () => {
  const at = (/** @type {string[]} */ codes, /** @type {boolean} */ covered) =>
    revocationText({ problems: codes.map((code) => ({ depth: 0, code })), revocation: [covered] }, 0);
  assert.equal(at(['ERR_TLS_CERT_REVOKED'], true), REVOCATION.revoked);
  assert.equal(at(['ERR_TLS_CERT_EXPIRED'], true), REVOCATION.good);
  assert.equal(at(['ERR_TLS_CERT_EXPIRED'], false), REVOCATION.unchecked);
  assert.equal(at(['ERR_TLS_CRL_EXPIRED'], true), REVOCATION.unknown);
});

test('no sentence is there twice', () => {
  const texts = [
    ...Object.values(/** @type {Record<string, ErrorText>} */ (ERRORS)).map(({ means }) => means),
    ...Object.values(ALERTS).map(({ name }) => name),
    ...Object.values(FLAGS).map(({ means }) => means),
    ...Object.values(READ_ERRORS).map(({ means }) => means),
    ...Object.values(PROBLEMS).map(({ fix }) => fix),
  ];
  assert.deepEqual(
    texts.filter((text, at) => texts.indexOf(text) !== at),
    [],
  );
});
