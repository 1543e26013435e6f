/** The message of a problem: the text of its rule, then the value found. Also problems of anchors in a trust store. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import * as der from '../../certs/der.js';
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  extKeyUsage,
  raw,
  subjectKeyIdentifier,
} from '../../certs/extensions.js';
import { keyIdentifier } from '../../certs/signatures.js';
import { TrustStore } from '../../dist/index.js';
import { fixOf } from '../../messages/problems.js';
import { rulesOf } from '../../scripts/errors-doc.js';
import { inProject } from '../../scripts/run.js';
import {
  authority,
  chain,
  crl,
  HOST,
  verify,
  keyOf,
  named,
  verificationInput,
  withExponent,
} from '../helpers/chains.js';
import { algorithm, below, EMPTY_NAME, entry, names, UNKNOWN, withoutExtensions } from './rules/vector.js';

/** @typedef {import('../helpers/chains.js').Chain} Chain */
/** @typedef {import('../helpers/chains.js').Changes} Changes */
/** @typedef {import('../helpers/chains.js').VerificationInput} VerificationInput */

/** @param {Uint8Array} bytes */
const hex = (bytes) => Buffer.from(bytes).toString('hex').toUpperCase();

const rules = rulesOf(readFileSync(inProject('wasm', 'verify', 'rules.def'), 'utf8')).flatMap((group) => group.rules);

describe('the message of a problem', () => {
  const aia = authorityInfoAccess({ ocsp: ['http://a.example/'] });
  const other = [{ CN: 'Other' }];
  const many = Array.from({ length: 7 }, (_, i) => ({ dns: `${i}.example` }));
  /** @type {[string, Changes, string, ((chain: Chain) => Partial<VerificationInput>)?, 'suiteb'?][]} */
  const cases = [
    [
      'CERT_EXPIRED',
      { leaf: { notAfter: '2026-06-15T11:59:59Z' } },
      'valid until 2026-06-15T11:59:59Z, verified at 2026-06-15T12:00:00Z',
    ],
    [
      'CERT_FUTURE',
      { leaf: { notBefore: '2026-06-15T12:00:01Z' } },
      'valid from 2026-06-15T12:00:01Z, verified at 2026-06-15T12:00:00Z',
    ],
    ['CERT_BAD_KEY', { leaf: { key: keyOf('any', 'rsa2040') } }, 'RSA with 2040 bits, minimum 2048'],
    ['CERT_UNKNOWN_CRITICAL', { leaf: { extensions: { more: raw(UNKNOWN, der.nullValue(), true) } } }, UNKNOWN],
    [
      'CERT_UNKNOWN_CRITICAL',
      { leaf: { extensions: { more: raw('1.3.6.1.5.5.7.1.24', der.nullValue(), true) } } },
      'tlsFeature',
    ],
    ['CERT_DUPLICATE_EXTENSION', { leaf: { extensions: { a: aia, b: aia } } }, 'authorityInfoAccess'],
    [
      'CERT_DUPLICATE_EXTENSION',
      { leaf: { extensions: { more: raw(UNKNOWN, der.nullValue()), same: raw(UNKNOWN, der.nullValue()) } } },
      UNKNOWN,
    ],
    ['CERT_BAD_MD', { leaf: { signature: 'ecdsa-sha1' } }, 'ecdsa-with-SHA1'],
    ['CERT_BAD_KEY', { leaf: { key: keyOf(HOST, 'secp521r1') } }, 'elliptic curve with 521 bits', undefined, 'suiteb'],
    ['CERT_BAD_PK', { leaf: { key: keyOf('any', 'rsa2048') } }, 'RSA', undefined, 'suiteb'],
    ['CERT_RSA_MODULUS', { leaf: { key: keyOf('any', 'rsa2052') } }, '2052 bits'],
    ['CERT_RSA_EXPONENT', { leaf: { key: withExponent(keyOf('any', 'rsa2048'), 65) } }, '65 bits'],
    ['CERT_SERIAL', { leaf: { serial: 1n << 160n } }, `01${'00'.repeat(20)}`],
    ['CERT_SERIAL', { leaf: { serial: 1n << 400n } }, `01${'00'.repeat(31)}`],
    ['CERT_VERSION', { leaf: { version: 1, edit: { tbs: withoutExtensions } } }, 'it has version 1'],
    [
      'CERT_AKI_MISMATCH',
      {
        intermediate: { extensions: { subjectKeyIdentifier: subjectKeyIdentifier(Uint8Array.of(1, 0xab)) } },
        leaf: { extensions: { authorityKeyIdentifier: authorityKeyIdentifier({ id: Uint8Array.of(1, 0xcd) }) } },
      },
      '01CD, expected 01AB',
    ],
    [
      'CERT_EXT_KEY_USAGE',
      { leaf: { extensions: { extKeyUsage: extKeyUsage('clientAuth', 'codeSigning') } } },
      'it allows clientAuth, codeSigning',
    ],
    ['CERT_TOO_DEEP', { above: [{}, {}] }, '3, maximum 1', () => ({ maxDepth: 1 })],
    [
      'CERT_REVOKED',
      {},
      'at 2026-06-02T00:00:00Z, verified at 2026-06-15T12:00:00Z',
      ({ intermediate, leaf }) => ({ crls: [crl(intermediate, { revoked: [entry(leaf)] })] }),
    ],
    [
      'CRL_EXPIRED',
      {},
      'the next one was due at 2026-06-15T11:59:59Z, verified at 2026-06-15T12:00:00Z',
      ({ intermediate }) => ({ crls: [crl(intermediate, { nextUpdate: '2026-06-15T11:59:59Z' })] }),
    ],
    [
      'CRL_EXPIRED',
      {},
      'it has no nextUpdate',
      ({ intermediate }) => ({ crls: [crl(intermediate, { nextUpdate: undefined })] }),
    ],
    [
      'CRL_BAD_MD',
      {},
      'ecdsa-with-SHA1',
      ({ intermediate }) => ({ crls: [crl(intermediate, { signature: 'ecdsa-sha1' })] }),
    ],
    [
      'CRL_SIGNATURE_UNSUPPORTED',
      {},
      '1.2.3.4',
      ({ intermediate }) => ({
        crls: [crl(intermediate, { innerAlgorithm: algorithm('1.2.3.4'), outerAlgorithm: algorithm('1.2.3.4') })],
      }),
    ],
    [
      'CRL_FUTURE',
      {},
      'issued at 2026-06-15T12:00:01Z, verified at 2026-06-15T12:00:00Z',
      ({ intermediate }) => ({ crls: [crl(intermediate, { thisUpdate: '2026-06-15T12:00:01Z' })] }),
    ],
    [
      'CERT_CN_MISMATCH',
      { leaf: { subject: other, extensions: names({ dns: 'a.example' }, { uri: 'b:c' }, { ip: '192.0.2.1' }) } },
      `expected ${HOST}, but the certificate is for a.example, 192.0.2.1`,
    ],
    [
      'CERT_CN_MISMATCH',
      { leaf: { subject: other, extensions: names(...many.slice(1)) } },
      `expected ${HOST}, but the certificate is for 1.example, 2.example, 3.example, 4.example, 5.example, 6.example`,
    ],
    [
      'CERT_CN_MISMATCH',
      { leaf: { subject: other, extensions: names(...many) } },
      `expected ${HOST}, but the certificate is for 0.example, 1.example, 2.example, 3.example, 4.example, 5.example and 1 more`,
    ],
    [
      'CERT_CN_MISMATCH',
      { leaf: { subject: other, extensions: names({ uri: 'b:c' }) } },
      `expected ${HOST}, but the certificate has no DNS name or IP address (subjectAltName)`,
    ],
    ['CERT_CN_FORM', { leaf: { subject: [{ CN: 'WWW.example.com' }] } }, 'CN=WWW.example.com'],
    [
      'CERT_PATH_LENGTH',
      { root: { extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 1 }) } }, above: [{}] },
      'pathLenConstraint is 1, but 2 follow',
    ],
    ['CERT_NAME_EXCLUDED', below({ excluded: [{ dns: 'com' }] }, []), HOST],
    ['CERT_NAME_EXCLUDED', below({ excluded: [{ ip: '::/0' }] }, [{ ip: '2001:db8::1' }]), '2001:db8::1'],
    ['CERT_NAME_EXCLUDED', below({ excluded: [{ dirName: [] }] }, []), 'a distinguished name'],
    [
      'CERT_NOT_TRUSTED',
      {},
      'its issuer was not sent and is not a trust anchor: O=Example, CN=Intermediate',
      ({ leaf }) => ({ sent: [leaf] }),
    ],
    [
      'CERT_DISTRUSTED',
      { leaf: { notBefore: '2026-03-01T00:00:00Z' } },
      'valid from 2026-03-01T00:00:00Z, trusted until 2026-02-28T23:59:59Z: O=Example, CN=Root',
      () => ({ distrustAfter: new Date('2026-02-28T23:59:59Z') }),
    ],
    ['CERT_SIGNATURE', { leaf: { signer: keyOf('Another') } }, 'O=Example, CN=Intermediate'],
    [
      'CERT_SIGNATURE',
      { leaf: { signer: keyOf('Another') } },
      'O=Example, CN=Intermediate',
      ({ intermediate, root, leaf }) => ({ sent: [leaf], anchors: [root, intermediate] }),
    ],
    [
      'CERT_WRONG_ISSUER',
      {},
      `expected key identifier ${hex(keyIdentifier(keyOf('Intermediate')))} for O=Example, CN=Intermediate`,
      ({ root, leaf }) => ({ sent: [leaf, authority('Intermediate', root, { key: keyOf('Another') })] }),
    ],
    ['CERT_KEY_UNSUPPORTED', { leaf: { key: keyOf(HOST, 'secp256k1') } }, 'secp256k1'],
    ['CERT_KEY_UNSUPPORTED', { leaf: { key: keyOf(HOST, 'x25519') } }, 'X25519'],
    ['CERT_TIME_UNREADABLE', { leaf: { notAfter: der.utcTime('tomorrow') } }, 'tomorrow'],
    ['CERT_PARSE', { leaf: { serial: der.utf8String('one') } }, 'serialNumber has the wrong type'],
  ];
  for (const [code, change, found, ask, profile = 'webpki'] of cases) {
    test(`of ${code} ends with: ${found}`, async () => {
      const made = chain(change);
      const { problems } = await verify({ ...verificationInput(made), ...ask?.(made) }, profile);
      const [problem, ...others] = problems.filter((one) => one.code === `ERR_TLS_${code}`);
      const text = rules.find(({ rule }) => rule === problem.rule)?.text;
      assert.deepEqual([problem.message, others], [`${text}: ${found}`, []]);
    });
  }
});

test('a self-signed leaf is reported as self-signed', async () => {
  const { problems } = await verify(
    verificationInput(chain({ leaf: { issuer: named(HOST), signer: keyOf(HOST) } })),
    'webpki',
  );
  assert.deepEqual(
    problems.map(({ code, rule, message }) => [code, rule, message]),
    [['ERR_TLS_CERT_NOT_TRUSTED', 'SELF_SIGNED', 'It is self-signed and not a trust anchor']],
  );
});

test('a candidate whose key did not sign is reported as another path, with the reason', async () => {
  const { intermediate, leaf, root } = chain({ leaf: { signer: keyOf('Another') } });
  const { path, others } = await verify({ sent: [leaf, intermediate], anchors: [root] }, 'webpki');
  assert.equal(path.length, 1);
  assert.deepEqual(
    others.map((other) => [other.path.map(({ subject }) => subject.text), other.problems.map(({ rule }) => rule)]),
    [[['O=Example, CN=www.example.com', 'O=Example, CN=Intermediate'], ['SIGNATURE']]],
  );
});

test('the problem of an unreadable certificate has a field and a reason', async () => {
  const { problems } = await verify(verificationInput(chain({ leaf: { serial: der.utf8String('one') } })), 'webpki');
  assert.deepEqual(
    problems.map(({ rule, flag, field, reason }) => [rule, flag, field, reason]),
    [['PARSE', null, 'serialNumber', 'wrong-type']],
  );
});

test('a trust store reports an anchor without a subject', async () => {
  const anchor = authority('Anchor', { subject: named('Root'), key: keyOf('Root') }, { subject: EMPTY_NAME });
  const store = await TrustStore.from(anchor.der);
  const [{ problems }] = store.problems('rfc5280');
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['ERR_TLS_CERT_SUBJECT_EMPTY'],
  );
  assert.deepEqual((await TrustStore.from(chain().intermediate.der)).problems(), []);
});

test('the advice for an algorithm that the profile does not accept works', async () => {
  const all = (/** @type {string} */ kind) =>
    verificationInput(
      chain({
        root: { key: keyOf('Root', kind) },
        intermediate: { key: keyOf('Intermediate', kind) },
        leaf: { key: keyOf(HOST, kind) },
      }),
    );
  const fix = fixOf({ rule: 'BAD_PK', code: 'ERR_TLS_CERT_BAD_PK', flag: 'BADCERT_BAD_PK' }) ?? '';
  const [, advised] = /the profile (\w+) accepts/.exec(fix) ?? [];
  const profile = /** @type {import('../../dist/index.js').Profile} */ (advised);
  for (const [kind, rejecting] of /** @type {const} */ ([
    ['ed25519', 'webpki'],
    ['rsa2048', 'suiteb'],
    ['ed25519', 'suiteb'],
  ])) {
    const { problems } = await verify(all(kind), rejecting);
    assert.ok(
      problems.some(({ rule }) => rule === 'BAD_PK'),
      `${kind} ${rejecting}`,
    );
    assert.ok(problems.every((problem) => problem.rule !== 'BAD_PK' || fixOf(problem) === fix));
    assert.equal((await verify(all(kind), profile)).ok, true, kind);
    assert.equal((await verify(all(kind), 'auto')).ok, true, `${kind}: auto uses it for anchors that the user added`);
    assert.equal((await verify(verificationInput(chain()), rejecting)).ok, true, 'P-256');
  }
});
