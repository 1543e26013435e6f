/** messages/: every rule, error code and alert has its own text, which is selected by cause. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { CODES, TLSError } from '../../dist/index.js';
import { coreError } from '../../js/core-error.js';
import { NATIVE_ERRORS as GENERATED } from '../../js/native-errors.js';
import { ALERTS } from '../../messages/alerts.js';
import { DOCUMENTS, FAULTS } from '../../messages/documents.js';
import { ERROR_DETAILS, ERRORS } from '../../messages/errors.js';
import { FAILURES, failureOf } from '../../messages/failures.js';
import { FLAGS } from '../../messages/flags.js';
import { PLAINTEXT } from '../../messages/plaintext.js';
import { problemPhrase, fixOf, PROBLEMS, problemText } from '../../messages/problems.js';
import { NOT_CHECKED, REVOCATION, revocationText } from '../../messages/revocation.js';
import { FIELDS, REASONS, unreadableText } from '../../messages/unreadable.js';
import { rulesOf } from '../../scripts/errors-doc.js';
import { currentNativeErrors, NATIVE_ERRORS, nativeErrorsOf } from '../../scripts/native-errors.js';
import { fieldsOf, reasonsOf } from '../../scripts/problem-codes.js';
import { inProject } from '../../scripts/run.js';

/** @typedef {import('../../messages/errors.js').ErrorText} ErrorText */

/** @param {...string} path */
const source = (...path) => readFileSync(inProject(...path), 'utf8');

const rules = rulesOf(source('wasm', 'verify', 'rules.def')).flatMap((group) => group.rules);
const readErrors = source('wasm', 'x509', 'read_errors.def');
const coreErrors = nativeErrorsOf(source('wasm', 'errors.def'));

/** One or more sentences; the first may begin with an identifier. */
const SENTENCES = /^([A-Z`]|pagetls).*[.?]$/;

describe('the texts of a problem', () => {
  test('exist for every rule, and for nothing else', () => {
    assert.ok(rules.length > 60);
    assert.deepEqual(Object.keys(PROBLEMS).sort(), rules.map(({ rule }) => rule).sort());
  });

  test('are sentences for the fix, and phrases after "the certificate" for the problem', () => {
    for (const [rule, { fix, certificate, chain }] of Object.entries(PROBLEMS)) {
      assert.match(fix, SENTENCES, rule);
      assert.ok(fix.length > 20, rule);
      assert.ok(certificate === undefined || chain === undefined, rule);
      for (const words of [certificate, chain]) assert.match(words ?? 'has none', /^[a-z].*[a-zA-Z\d]$/, rule);
    }
  });

  test('say the same as the rule, where that has the form of a sentence about the certificate or path', () => {
    let count = 0;
    for (const { rule, code, flag, text } of rules) {
      const [, subject, rest] =
        /^(It|The certificate|The path) ((?:cannot|has|is|issued|must|takes) .+)$/.exec(text) ?? [];
      if (subject === undefined) continue;
      const phrase = problemPhrase({ rule, code, flag });
      assert.deepEqual(phrase, subject === 'The path' ? { chain: rest } : { certificate: rest }, rule);
      count++;
    }
    assert.ok(count > 15, String(count));
  });

  test('are those of a flag for one rule at most, unless that says only that a rule is broken', () => {
    /** @type {Map<string, string>} */
    const users = new Map();
    for (const { rule, flag } of rules) {
      const { certificate, chain } = PROBLEMS[rule];
      if (flag === 'BADCERT_OTHER' || (certificate ?? chain) !== undefined) continue;
      assert.equal(
        users.get(String(flag)),
        undefined,
        `${rule} needs a phrase of its own: ${flag} has that of another rule`,
      );
      users.set(String(flag), rule);
    }
    assert.equal(users.get('BADCERT_BAD_PK'), 'BAD_PK');
  });

  test('differ by cause, even if code and flag are the same', () => {
    const causes = ['NOT_TRUSTED', 'SIGNATURE', 'WRONG_ISSUER', 'AKI_MISMATCH', 'SELF_SIGNED'];
    const problems = causes.map((rule) => ({ rule, code: 'ERR_TLS_CERT_NOT_TRUSTED', flag: 'BADCERT_NOT_TRUSTED' }));
    assert.equal(new Set(problems.map((problem) => fixOf(problem))).size, causes.length);
    assert.equal(new Set(problems.map((problem) => JSON.stringify(problemPhrase(problem)))).size, causes.length);
  });

  test('come from the rule, else from the first rule with the same code, else from the flag', () => {
    for (const { rule, code, flag } of rules) {
      assert.equal(problemText({ rule, code, flag }), PROBLEMS[rule]);
      const [first] = rules.filter((one) => one.code === code);
      assert.equal(problemText({ code, flag }), PROBLEMS[first.rule], code);
      assert.equal(problemText({ rule: 'NEW', code, flag }), PROBLEMS[first.rule], code);
    }
    assert.equal(fixOf({ code: 'ERR_TLS_NEW', flag: 'BADCERT_EXPIRED' }), FLAGS.BADCERT_EXPIRED.fix);
    assert.deepEqual(problemPhrase({ code: 'ERR_TLS_NEW', flag: 'BADCERT_EXPIRED' }), { certificate: 'has expired' });
    assert.equal(fixOf({ code: 'ERR_TLS_NEW', flag: null }), null);
    assert.deepEqual(problemPhrase({ rule: 'toString', code: 'ERR_TLS_NEW', flag: null }), {
      certificate: 'breaks a rule',
    });
  });

  test('of an unreadable certificate name the field and the reason', () => {
    const problem = { rule: 'PARSE', code: 'ERR_TLS_CERT_PARSE', flag: null };
    for (const field of Object.keys(FIELDS)) {
      for (const reason of Object.keys(REASONS)) {
        const { sentence, fix } = unreadableText({ field, reason }) ?? { sentence: '', fix: '' };
        assert.match(sentence, /^(The|Its|A) [^.]+\.$/, `${field}: ${reason}`);
        assert.match(fix, SENTENCES, `${field}: ${reason}`);
        assert.equal(fixOf({ ...problem, field, reason }), `${sentence} ${fix}`);
      }
    }
    assert.match(fixOf({ ...problem, field: 'version', reason: 'missing' }) ?? '', /^Its version is missing\. The /);
    assert.equal(fixOf(problem), PROBLEMS.PARSE.fix);
    for (const other of [{ field: 'new' }, { reason: 'new' }, { field: 'toString' }]) {
      const unknown = { field: 'version', reason: 'missing', ...other };
      assert.equal(unreadableText(unknown), null);
      assert.equal(fixOf({ ...problem, ...unknown }), PROBLEMS.PARSE.fix);
    }
    assert.deepEqual(problemPhrase(problem), { certificate: 'cannot be read' });
  });

  test('of an unreadable certificate exist for every field and reason of the core, and for nothing else', () => {
    assert.deepEqual(
      Object.keys(FIELDS),
      fieldsOf(readErrors).map(({ name }) => name),
    );
    assert.equal(Object.keys(FIELDS).length, readErrors.match(/^ *FIELD\(/gm)?.length);
    assert.deepEqual(Object.keys(REASONS), reasonsOf(readErrors));
    assert.equal(Object.keys(REASONS).length, readErrors.match(/^ *REASON\(/gm)?.length);
  });
});

describe('the texts of an error', () => {
  test('say of a server without TLS what it is, and what to do', () => {
    for (const [id, { name, hint }] of Object.entries(PLAINTEXT)) {
      assert.match(name, /^[\w /.()-]+$/, id);
      assert.match(hint, SENTENCES, id);
    }
  });

  test('are the messages in the package', () => {
    assert.deepEqual(Object.keys(CODES), Object.keys(ERRORS));
    for (const [code, { means, fix = means }] of Object.entries(/** @type {Record<string, ErrorText>} */ (ERRORS))) {
      for (const text of [means, fix]) assert.match(text, SENTENCES, code);
      assert.equal(CODES[/** @type {keyof typeof ERRORS} */ (code)], means);
    }
    assert.equal(new TLSError('ERR_TLS_RANDOM').message, ERRORS.ERR_TLS_RANDOM.means);
  });

  test('say who is to do what, without Markdown', () => {
    for (const code of /** @type {(keyof typeof ERRORS)[]} */ (Object.keys(ERRORS))) {
      const error = new TLSError(code);
      assert.equal(error.message, ERRORS[code].means);
      assert.match(error.hint, /^[A-Z].*[.?]$|^[a-z]\w*(_\w+)* .*\.$/, code);
      assert.doesNotMatch(error.hint, /`|\]\(/, code);
    }
    const { message, hint } = new TLSError('ERR_TLS_TIMEOUT', 'Too late.', { hint: 'Be earlier.' });
    assert.deepEqual([message, hint], ['Too late. Be earlier.', 'Be earlier.']);
  });

  test('name the alert', () => {
    for (const [number, { name, hint }] of Object.entries(ALERTS)) {
      assert.match(name, /^[a-z]+(_[a-z]+)*$/, number);
      assert.match(hint, SENTENCES, number);
    }
    const error = coreError(core(-0x7780, 'text'), numberOf('ALERT'), { alert: 40 });
    assert.equal(error.message, `The server sent the fatal alert 40 (handshake_failure). ${ALERTS[40].hint}`);
    assert.equal(error.hint, ALERTS[40].hint);
    assert.equal(error.alert, 40);
    assert.match(coreError(core(), numberOf('ALERT'), { alert: 99 }).message, /99 \(unknown\)/);
  });

  test('for the pages name the server and the bridge', () => {
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

/** A core with this last error. @param {number} [native] @param {string} [detail] @returns {import('../../js/wasm.js').Core} */
function core(native = 0, detail = '') {
  const lastError = () => ({ detail, native: native === 0 ? undefined : { code: native, text: detail } });
  return /** @type {import('../../js/wasm.js').Core} */ (/** @type {unknown} */ ({ lastError }));
}

/** @param {string} id */
function numberOf(id) {
  const found = coreErrors.find((error) => error.id === id);
  assert.ok(found, id);
  return found.number;
}

describe('the errors of the C core', () => {
  test('are all found in errors.def, and their numbers are unique', () => {
    assert.ok(coreErrors.length > 20);
    assert.equal(coreErrors.length, source('wasm', 'errors.def').match(/^ *ERROR\(/gm)?.length);
    for (const key of /** @type {const} */ (['id', 'number'])) {
      assert.equal(new Set(coreErrors.map((error) => error[key])).size, coreErrors.length, key);
    }
    for (const { id, number } of coreErrors) assert.ok(Number.isInteger(number) && number < 0, id);
  });

  test('each have a code with a text', () => {
    for (const { id, code } of coreErrors) assert.ok(Object.hasOwn(ERRORS, code), `${id}: ${code}`);
    for (const [id, words] of Object.entries(ERROR_DETAILS)) {
      assert.ok(numberOf(id));
      assert.match(words, SENTENCES, id);
    }
  });

  test('are up to date in js/native-errors.js', async () => {
    assert.equal(
      readFileSync(NATIVE_ERRORS, 'utf8'),
      await currentNativeErrors(),
      'run: node scripts/native-errors.js',
    );
    assert.deepEqual(
      Object.entries(GENERATED).map(([number, { id, code }]) => ({ id, number: Number(number), code })),
      coreErrors.toSorted((one, other) => other.number - one.number),
    );
  });

  test('become TLSErrors by their own number, independent of the error of Mbed TLS', () => {
    for (const { id, number, code } of coreErrors.filter(
      ({ id }) => !['ALERT', 'DOCUMENT', 'CRL_DOCUMENT', 'MESSAGE_SIZE', 'SIGNATURE_SCHEME', 'VIOLATION'].includes(id),
    )) {
      for (const native of [0, -0x2700, -0x7780, -1]) {
        const error = coreError(core(native, 'Mbed TLS says so'), number);
        assert.ok(error instanceof Error && error.name === 'TLSError');
        assert.equal(error.code, code, id);
        assert.deepEqual(error.native, native === 0 ? undefined : { code: native, text: 'Mbed TLS says so' });
        assert.ok(error.message.startsWith(ERROR_DETAILS[id] ?? CODES[error.code]), error.message);
      }
    }
  });

  test('about a message or a signature scheme name it', () => {
    for (let type = 0; type < 30; type++) {
      for (const open of [true, false]) {
        const { message, hint } = coreError(core(-1, 'native'), numberOf('MESSAGE_SIZE'), { subject: type, open });
        assert.match(message, SENTENCES);
        assert.match(String(hint), SENTENCES);
      }
    }
    const { message } = coreError(core(-1, 'native'), numberOf('SIGNATURE_SCHEME'), { subject: 0x0201 });
    assert.match(
      message,
      /^The server signed the handshake with rsa_pkcs1_sha1 \(0x0201\), .* SHA-1 is not secure\. Its/,
    );
    for (let subject = 0; subject < 0x10000; subject += 3) {
      const about = coreError(core(-1, 'native'), numberOf('SIGNATURE_SCHEME'), { subject });
      assert.deepEqual(about.native, { code: -1, text: 'native' });
      assert.match(about.message, SENTENCES);
    }
  });

  test('of Mbed TLS have texts, from both parts of a number', () => {
    const text = (/** @type {number} */ native) => coreError(core(native), numberOf('KEY')).native?.text;
    assert.equal(text(-0x3d00), 'PK: invalid format of the key');
    assert.equal(text(-0x3b62), 'PK: invalid public key; ASN1: unexpected tag');
    assert.equal(text(-1), '');
    assert.match(coreError(core(-0x3d00), numberOf('KEY')).message, /\(PK: invalid format of the key\)$/);
  });

  test('about an input say what it is, and where a block of it is damaged', () => {
    const numbers = Object.fromEntries(coreErrors.map(({ id, number }) => [id, number]));
    const { code, message } = coreError(core(0, 'pkcs12 none 0 0 '), numbers.DOCUMENT);
    assert.deepEqual(
      [code, message.slice(0, 41)],
      ['ERR_TLS_INVALID_CERTIFICATE', 'This is a PKCS#12 file, not a certificate'],
    );
    const damaged = coreError(
      core(0, `crl base64 2 14 ${Buffer.from('X509 CRL').toString('hex')}`),
      numbers.CRL_DOCUMENT,
    );
    assert.equal(damaged.code, 'ERR_TLS_INVALID_CRL');
    assert.match(damaged.message, /^PEM block 2 \(X509 CRL\) at line 14 is not valid base64\./);
  });
});

test('every kind of input and every fault of a PEM block has a text, and no other', () => {
  const names = (/** @type {string} */ macro) =>
    [...source('wasm', 'x509', 'documents.def').matchAll(new RegExp(`^${macro}\\(\\w+, "([\\w-]+)"\\)`, 'gm'))].map(
      ([, name]) => name,
    );
  const recognized = [...source('js', 'document-kind.js').matchAll(/^ {2}\[.*, '([\w-]+)'\],/gm)].map(
    ([, name]) => name,
  );
  const kinds = names('KIND').filter((name) => name !== 'block' && name !== 'file');
  assert.deepEqual(Object.keys(DOCUMENTS).sort(), [...new Set([...kinds, ...recognized])].sort());
  assert.deepEqual(Object.keys(FAULTS).sort(), names('FAULT').sort());
});

test('revocationText() distinguishes revoked, good, unchecked and unknown', () => {
  /** @param {string[]} codes @param {boolean} covered @param {string} [why] */
  const at = (codes, covered, why) =>
    revocationText(
      { problems: codes.map((code) => ({ depth: 0, code })), revocation: [covered], notChecked: [why ?? null] },
      0,
    );
  assert.equal(at(['ERR_TLS_CERT_REVOKED'], true), REVOCATION.revoked);
  assert.equal(at(['ERR_TLS_CERT_EXPIRED'], true), REVOCATION.good);
  assert.equal(at(['ERR_TLS_CERT_EXPIRED'], false), REVOCATION.unchecked);
  assert.equal(at(['ERR_TLS_CRL_EXPIRED'], true), REVOCATION.unknown);
  assert.equal(at(['ERR_TLS_CRL_EXPIRED'], false, 'crl-problem'), REVOCATION.unknown);
  assert.equal(at(['ERR_TLS_CERT_BUDGET'], false, 'crl-problem'), NOT_CHECKED['crl-problem']);
});

test('NOT_CHECKED has a text for every reason of verification.notChecked', () => {
  const types = readFileSync(new URL('../../js/certificate.js', import.meta.url), 'utf8');
  const [, union] = /@typedef \{([^}]*)\} NotChecked/.exec(types) ?? [];
  const reasons = [...(union ?? '').matchAll(/'([a-z-]+)'/g)].map(([, reason]) => reason);
  assert.deepEqual(Object.keys(NOT_CHECKED).sort(), reasons.sort());
  for (const reason of reasons) {
    assert.equal(revocationText({ problems: [], revocation: [false], notChecked: [reason] }, 0), NOT_CHECKED[reason]);
  }
});

test('no text is used twice', () => {
  const texts = [
    ...Object.values(/** @type {Record<string, ErrorText>} */ (ERRORS)).map(({ means }) => means),
    ...Object.values(ALERTS).map(({ name }) => name),
    ...Object.values(FLAGS).map(({ means }) => means),
    ...Object.values(DOCUMENTS).map(({ is }) => is),
    ...Object.values(FAULTS).map(({ is }) => is),
    ...Object.values(FIELDS),
    ...Object.values(REASONS).flatMap(({ means, fix }) => [means, fix]),
    ...Object.values(PROBLEMS).map(({ fix }) => fix),
  ];
  assert.deepEqual(
    texts.filter((text, at) => texts.indexOf(text) !== at),
    [],
  );
});
