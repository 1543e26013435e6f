/** Every rule of wasm/verify/rules.def: one change that breaks it, and a neighbour of that change that does not. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import * as der from '../certs/der.js';
import * as extension from '../certs/extensions.js';
import { algorithmIdentifier, keyIdentifier } from '../certs/signatures.js';
import { authority, chain, crl, HOST, judge, keyOf, named, NOW, problemsOf, question, server } from './helpers/chains.js';

/** @typedef {import('./helpers/chains.js').Chain} Chain */
/** @typedef {import('./helpers/chains.js').Changes} Changes */
/** @typedef {import('./helpers/chains.js').Question} Question */
/** @typedef {import('../certs/extensions.js').Extension} Extension */
/** @typedef {import('../certs/names.js').GeneralName} GeneralName */

const source = readFileSync(new URL('../wasm/verify/rules.def', import.meta.url), 'utf8');

/** The rules, by their identifiers. */
const RULES = new Map(
  [...source.matchAll(/^RULE\((\w+), "(\w+)", \w+, (RFC5280|WEBPKI), /gm)].map(([, id, code, level]) => [
    id,
    { code: `ERR_TLS_${code}`, level },
  ]),
);

/** Codes that only webpki has. */
const WEBPKI_ONLY = new Set([...RULES.values()].filter(({ level }) => level === 'WEBPKI').map(({ code }) => code));

/**
 * Rules that no chain can break, since Mbed TLS cannot read the certificate then; the vectors show that.
 * @type {Record<string, string>}
 */
const UNREACHABLE = {
  EKU_EMPTY: 'an extended key usage without a purpose cannot be read',
};

/**
 * A chain with something changed, and what is to be said of it.
 * @typedef {object} Vector
 * @property {string} what
 * @property {Changes} [change]
 * @property {(chain: Chain) => Partial<Question>} [ask] what is asked otherwise than usual
 * @property {string[]} [bad] "depth: code" without ERR_TLS_, under webpki; left out, the chain is good
 * @property {string[]} [rfc5280] under that profile; unless told, the same without what only webpki has
 * @property {string[]} [suiteb] under that profile, which is asked only where this is told
 */

const { extKeyUsage, keyUsage, basicConstraints, raw, subjectAltName, nameConstraints } = extension;

/** @param {Extension} one @returns {Extension} */
const critical = (one) => ({ ...one, critical: true });
/** @param {Extension} one @returns {Extension} */
const uncritical = (one) => ({ ...one, critical: false });
/** @param {...GeneralName} names */
const names = (...names) => ({ subjectAltName: subjectAltName(names) });
/** @param {string} text */
const bytes = (text) => new Uint8Array(Buffer.from(text, 'latin1'));
/** @param {string} text */
const iso = (text) => new Date(text);
/** @param {string} owner @param {string} [kind] */
const idOf = (owner, kind) => keyIdentifier(keyOf(owner, kind));

/** @param {GeneralName[]} permitted @param {GeneralName[]} [excluded] @returns {Changes['intermediate']} */
const constrained = (permitted, excluded = []) => ({
  extensions: { nameConstraints: nameConstraints({ permitted, excluded }) },
});

/**
 * A leaf of these names below an intermediate that is constrained.
 * @param {{ permitted?: GeneralName[], excluded?: GeneralName[] }} trees
 * @param {GeneralName[]} present besides HOST
 * @returns {Changes}
 */
const below = ({ permitted = [], excluded = [] }, present) => ({
  intermediate: constrained(permitted, excluded),
  leaf: { extensions: names({ dns: HOST }, ...present) },
});

const EMPTY_NAME = der.sequence();
const UNKNOWN = '1.3.6.1.4.1.99999.1';

/** @param {Uint8Array} [require] of requireExplicitPolicy @param {boolean} [isCritical] */
const policyConstraints = (require, isCritical = true) =>
  raw('2.5.29.36', require === undefined ? der.sequence() : der.sequence(der.primitive(0, require)), isCritical);
const policies = { certificatePolicies: extension.certificatePolicies({ oid: '2.23.140.1.2.1' }) };

/** @param {string} from @param {string} until */
const valid = (from, until) => ({ notBefore: from, notAfter: until });

/** @param {(chain: Chain) => Uint8Array[]} make @returns {Vector['ask']} */
const lists = (make) => (made) => ({ crls: make(made) });

/** @type {Record<string, Vector[]>} */
const VECTORS = {
  /* --- trust and path --- */
  NOT_TRUSTED: [
    { what: 'another root', ask: () => ({ anchors: [authority('Another', undefined)] }), bad: ['1: CERT_NOT_TRUSTED'] },
    {
      what: 'a root of the same name and another key',
      ask: () => ({ anchors: [authority('Root', undefined, { key: keyOf('Another') })] }),
      bad: ['1: CERT_NOT_TRUSTED'],
    },
    { what: 'no intermediate', ask: ({ leaf }) => ({ sent: [leaf] }), bad: ['0: CERT_NOT_TRUSTED'] },
    {
      what: 'a signature of which one bit is turned',
      change: { leaf: { edit: { signature: (bits) => bits.map((octet, i) => (i === 20 ? octet ^ 1 : octet)) } } },
      bad: ['0: CERT_NOT_TRUSTED'],
    },
    {
      what: 'a leaf signed by itself',
      change: { leaf: { issuer: named(HOST), signer: keyOf(HOST) } },
      bad: ['0: CERT_NOT_TRUSTED'],
    },
    { what: 'the root sent too', ask: (c) => ({ sent: [c.leaf, c.intermediate, c.root] }) },
    { what: 'the root not self-signed', ask: ({ intermediate }) => ({ anchors: [intermediate] }) },
    {
      what: 'the issuer written in other letters',
      change: {
        intermediate: { subject: [{ O: 'Example' }, { CN: 'Some CA' }] },
        leaf: { issuer: [{ O: der.printableString(' EXAMPLE') }, { CN: der.printableString('some  ca ') }] },
      },
    },
    {
      what: 'the issuer with an attribute more',
      change: { leaf: { issuer: [...[{ O: 'Example' }, { CN: 'Intermediate' }], { CN: 'more' }] } },
      bad: ['0: CERT_NOT_TRUSTED'],
    },
  ],
  NOT_A_CA: [
    {
      what: 'an intermediate without basic constraints',
      change: { intermediate: { extensions: { basicConstraints: null, keyUsage: null } } },
      bad: ['1: CERT_NOT_A_CA'],
    },
    {
      what: 'an intermediate that says CA:FALSE',
      change: { intermediate: { extensions: { basicConstraints: basicConstraints({ ca: false }), keyUsage: null } } },
      bad: ['1: CERT_NOT_A_CA'],
    },
    {
      what: 'a root without basic constraints',
      change: { root: { extensions: { basicConstraints: null, keyUsage: null } } },
      bad: ['2: CERT_NOT_A_CA'],
    },
    { what: 'an intermediate without key usage', change: { intermediate: { extensions: { keyUsage: null } } } },
  ],
  NO_CERT_SIGN: [
    {
      what: 'an intermediate that may sign lists only',
      change: { intermediate: { extensions: { keyUsage: keyUsage('cRLSign') } } },
      bad: ['1: CERT_NO_CERT_SIGN'],
    },
    {
      what: 'a root too',
      change: { root: { extensions: { keyUsage: keyUsage('cRLSign', 'digitalSignature') } } },
      bad: ['2: CERT_NO_CERT_SIGN'],
    },
    {
      what: 'an intermediate that may sign certificates only',
      change: { intermediate: { extensions: { keyUsage: keyUsage('keyCertSign') } } },
    },
  ],
  PATH_LENGTH: [
    {
      what: 'a root of length 0 above one intermediate',
      change: { root: { extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 0 }) } } },
      bad: ['2: CERT_PATH_LENGTH'],
    },
    {
      what: 'a root of length 1 above two',
      change: { root: { extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 1 }) } }, above: [{}] },
      bad: ['3: CERT_PATH_LENGTH'],
    },
    {
      what: 'an intermediate of length 0 above another',
      change: { above: [{ extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 0 }) } }] },
      bad: ['2: CERT_PATH_LENGTH'],
    },
    {
      what: 'exactly enough, of everyone',
      change: {
        root: { extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 2 }) } },
        above: [{ extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 1 }) } }],
        intermediate: { extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 0 }) } },
      },
    },
    {
      what: 'a self-issued intermediate, which does not count',
      change: {
        root: { extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 1 }) } },
        above: [{ subject: named('Root') }],
      },
    },
    {
      what: 'a self-issued leaf, which does not count either',
      change: {
        intermediate: { extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 0 }) } },
        leaf: { subject: named('Intermediate') },
      },
    },
  ],
  TOO_DEEP: [
    { what: 'an intermediate when none may be', ask: () => ({ maxDepth: 0 }), bad: ['0: CERT_TOO_DEEP'] },
    { what: 'one of one', ask: () => ({ maxDepth: 1 }) },
    { what: 'two of one', change: { above: [{}] }, ask: () => ({ maxDepth: 1 }), bad: ['0: CERT_TOO_DEEP'] },
    { what: 'one self-issued', change: { above: [{ subject: named('Root') }] }, ask: () => ({ maxDepth: 1 }) },
  ],
  BUDGET: [
    { what: '22 of the same name before the issuer', ask: (made) => ({ sent: crowd(made, 22) }) },
    { what: '23 of them', ask: (made) => ({ sent: crowd(made, 23) }), bad: ['1: CERT_BUDGET'] },
    { what: '100 of them', ask: (made) => ({ sent: crowd(made, 100) }), bad: ['0: CERT_BUDGET'] },
  ],

  /* --- time, names, usage --- */
  EXPIRED: [
    { what: 'a leaf, a second ago', change: { leaf: { notAfter: '2026-06-15T11:59:59Z' } }, bad: ['0: CERT_EXPIRED'] },
    { what: 'a leaf, at this very second', change: { leaf: { notAfter: '2026-06-15T12:00:00Z' } } },
    { what: 'an intermediate', change: { intermediate: { notAfter: '2026-06-15T11:59:59Z' } }, bad: ['1: CERT_EXPIRED'] },
    { what: 'a root', change: { root: { notAfter: '2026-06-15T11:59:59Z' } }, bad: ['2: CERT_EXPIRED'] },
    { what: 'all by another clock', ask: () => ({ now: iso('2026-12-31T23:59:59Z') }) },
    {
      what: 'all by a clock a second later',
      ask: () => ({ now: iso('2027-01-01T00:00:00Z') }),
      bad: ['0: CERT_EXPIRED', '1: CERT_EXPIRED', '2: CERT_EXPIRED'],
    },
  ],
  FUTURE: [
    { what: 'a leaf, in a second', change: { leaf: { notBefore: '2026-06-15T12:00:01Z' } }, bad: ['0: CERT_FUTURE'] },
    { what: 'a leaf, from this very second', change: { leaf: { notBefore: '2026-06-15T12:00:00Z' } } },
    { what: 'an intermediate', change: { intermediate: { notBefore: '2026-06-15T12:00:01Z' } }, bad: ['1: CERT_FUTURE'] },
    { what: 'a root', change: { root: { notBefore: '2026-06-15T12:00:01Z' } }, bad: ['2: CERT_FUTURE'] },
  ],
  HOST_NAME: [
    { what: 'another name', change: { leaf: { extensions: names({ dns: 'example.com' }) } }, bad: ['0: CERT_CN_MISMATCH'] },
    { what: 'one of several', change: { leaf: { extensions: names({ dns: 'a.example' }, { dns: HOST }) } } },
    { what: 'in capitals', change: { leaf: { extensions: names({ dns: 'WWW.Example.COM' }) } } },
    { what: 'a wildcard of three labels', change: { leaf: { extensions: names({ dns: '*.example.com' }) } } },
    {
      what: 'a wildcard of two labels',
      change: { leaf: { extensions: names({ dns: '*.com' }) } },
      ask: () => ({ hostname: 'example.com' }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'a wildcard that would stand for two labels',
      change: { leaf: { extensions: names({ dns: '*.example.com' }) } },
      ask: () => ({ hostname: 'a.www.example.com' }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'a wildcard that would stand for none',
      change: { leaf: { extensions: names({ dns: '*.example.com' }) } },
      ask: () => ({ hostname: 'example.com' }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
    { what: 'a part wildcard', change: { leaf: { extensions: names({ dns: 'w*.example.com' }) } }, bad: ['0: CERT_CN_MISMATCH'] },
    { what: 'a wildcard within', change: { leaf: { extensions: names({ dns: 'www.*.com' }) } }, bad: ['0: CERT_CN_MISMATCH'] },
    { what: 'an underscore', change: { leaf: { extensions: names({ dns: '_www.example.com' }) } }, bad: ['0: CERT_CN_MISMATCH'] },
    { what: 'a dot at the end', change: { leaf: { extensions: names({ dns: `${HOST}.` }) } }, bad: ['0: CERT_CN_MISMATCH'] },
    { what: 'a NUL within', change: { leaf: { extensions: names({ dns: `${HOST}\0.evil.example` }) } }, bad: ['0: CERT_CN_MISMATCH'] },
    { what: 'as a URI only', change: { leaf: { extensions: names({ uri: `https://${HOST}/` }) } }, bad: ['0: CERT_CN_MISMATCH'] },
    {
      what: 'in the common name only',
      change: { leaf: { subject: [{ CN: HOST }], extensions: names({ dns: 'a.example' }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'an address',
      change: { leaf: { extensions: names({ ip: '192.0.2.1' }) } },
      ask: () => ({ hostname: '192.0.2.1' }),
    },
    {
      what: 'an address as a DNS name',
      change: { leaf: { extensions: names({ dns: '192.0.2.1' }) } },
      ask: () => ({ hostname: '192.0.2.1' }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'an IPv6 address in another writing',
      change: { leaf: { extensions: names({ ip: '2001:db8::1' }) } },
      ask: () => ({ hostname: '2001:DB8:0:0:0:0:0:1' }),
    },
    {
      what: 'an IPv4 address where its mapped one is named',
      change: { leaf: { extensions: names({ ip: Uint8Array.from([...Array(10).fill(0), 255, 255, 192, 0, 2, 1]) }) } },
      ask: () => ({ hostname: '192.0.2.1' }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
  ],
  KEY_USAGE: [
    {
      what: 'keyAgreement only',
      change: { leaf: { extensions: { keyUsage: keyUsage('keyAgreement') } } },
      bad: ['0: CERT_KEY_USAGE'],
    },
    {
      what: 'keyEncipherment only',
      change: { leaf: { extensions: { keyUsage: keyUsage('keyEncipherment') } } },
      bad: ['0: CERT_KEY_USAGE'],
    },
    {
      what: 'digitalSignature among others',
      change: { leaf: { extensions: { keyUsage: keyUsage('digitalSignature', 'keyEncipherment', 'decipherOnly') } } },
    },
    { what: 'none at all', change: { leaf: { extensions: { keyUsage: null } } } },
  ],
  EXT_KEY_USAGE: [
    { what: 'a client', change: { leaf: { extensions: { extKeyUsage: extKeyUsage('clientAuth') } } }, bad: ['0: CERT_EXT_KEY_USAGE'] },
    { what: 'an intermediate for mail', change: { intermediate: { extensions: { extKeyUsage: extKeyUsage('emailProtection') } } }, bad: ['1: CERT_EXT_KEY_USAGE'] },
    { what: 'a client and server', change: { leaf: { extensions: { extKeyUsage: extKeyUsage('clientAuth', 'serverAuth') } } } },
    { what: 'an intermediate for servers', change: { intermediate: { extensions: { extKeyUsage: extKeyUsage('serverAuth') } } } },
  ],
  EKU_EMPTY: [
    { what: 'no purpose', change: { leaf: { extensions: { extKeyUsage: extKeyUsage() } } }, bad: ['0: CERT_PARSE'] },
    {
      what: 'no purpose, in an intermediate',
      change: { intermediate: { extensions: { extKeyUsage: extKeyUsage() } } },
      bad: ['0: CERT_NOT_TRUSTED', '1: CERT_PARSE'],
    },
  ],
  EKU_MISSING: [
    { what: 'a leaf', change: { leaf: { extensions: { extKeyUsage: null } } }, bad: ['0: CERT_EXT_KEY_USAGE_MISSING'] },
    { what: 'an intermediate, which needs none' },
  ],
  EKU_ANY: [
    { what: 'a leaf', change: { leaf: { extensions: { extKeyUsage: extKeyUsage('any') } } }, bad: ['0: CERT_EXT_KEY_USAGE_ANY'] },
    {
      what: 'a leaf, beside serverAuth',
      change: { leaf: { extensions: { extKeyUsage: extKeyUsage('serverAuth', 'any') } } },
      bad: ['0: CERT_EXT_KEY_USAGE_ANY'],
    },
    { what: 'an intermediate', change: { intermediate: { extensions: { extKeyUsage: extKeyUsage('any') } } } },
  ],
  EKU_CRITICAL: [
    {
      what: 'a leaf',
      change: { leaf: { extensions: { extKeyUsage: critical(extKeyUsage('serverAuth')) } } },
      bad: ['0: CERT_EXT_KEY_USAGE_CRITICAL'],
    },
    { what: 'an intermediate', change: { intermediate: { extensions: { extKeyUsage: critical(extKeyUsage('serverAuth')) } } } },
  ],
  EKU_IN_ROOT: [
    { what: 'a root', change: { root: { extensions: { extKeyUsage: extKeyUsage('serverAuth') } } }, bad: ['2: CERT_EXT_KEY_USAGE_IN_ROOT'] },
    {
      what: 'an anchor that is no root',
      change: { intermediate: { extensions: { extKeyUsage: extKeyUsage('serverAuth') } } },
      ask: ({ intermediate }) => ({ anchors: [intermediate] }),
    },
  ],

  /* --- keys and signatures --- */
  BAD_MD: [
    { what: 'SHA-1', change: { leaf: { signature: 'ecdsa-sha1' } }, bad: ['0: CERT_BAD_MD'] },
    { what: 'SHA-1, an intermediate', change: { intermediate: { signature: 'ecdsa-sha1' } }, bad: ['1: CERT_BAD_MD'] },
    { what: 'SHA-1, a root, whose signature does not matter', change: { root: { signature: 'ecdsa-sha1' } } },
    { what: 'SHA-224', change: { leaf: { signature: 'ecdsa-sha224' } }, bad: ['0: CERT_BAD_MD'], rfc5280: [] },
    { what: 'SHA-384', change: { leaf: { signature: 'ecdsa-sha384' } } },
    { what: 'SHA-512', change: { leaf: { signature: 'ecdsa-sha512' } }, suiteb: ['0: CERT_BAD_MD'] },
  ],
  BAD_PK: [
    { what: 'a leaf with an RSA key', change: { leaf: { key: keyOf('any', 'rsa2048') } }, suiteb: ['0: CERT_BAD_PK'] },
    {
      what: 'a leaf signed with RSA',
      change: { intermediate: { key: keyOf('any', 'rsa2048') } },
      suiteb: ['0: CERT_BAD_PK', '1: CERT_BAD_PK'],
    },
    { what: 'a leaf with a P-384 key', change: { leaf: { key: keyOf(HOST, 'secp384r1') } }, suiteb: [] },
  ],
  BAD_KEY: [
    { what: 'RSA of 2040 bits', change: { leaf: { key: keyOf('any', 'rsa2040') } }, bad: ['0: CERT_BAD_KEY'] },
    { what: 'RSA of 2048 bits', change: { leaf: { key: keyOf('any', 'rsa2048') } } },
    { what: 'RSA of 2040 bits, an intermediate', change: { intermediate: { key: keyOf('any', 'rsa2040') } }, bad: ['1: CERT_BAD_KEY'] },
    { what: 'RSA of 2040 bits, a root', change: { root: { key: keyOf('any', 'rsa2040') } }, bad: ['2: CERT_BAD_KEY'] },
    { what: 'P-521', change: { leaf: { key: keyOf(HOST, 'secp521r1') } }, suiteb: ['0: CERT_BAD_KEY'] },
  ],
  RSA_MODULUS: [
    { what: 'RSA of 2052 bits', change: { leaf: { key: keyOf('any', 'rsa2052') } }, bad: ['0: CERT_RSA_MODULUS'] },
    { what: 'RSA of 2056 bits', change: { leaf: { key: keyOf('any', 'rsa2056') } } },
  ],
};

/**
 * Intermediates of the name and the key identifier of the one that signed the leaf stand before it.
 * @param {Chain} made
 * @param {number} count
 */
function crowd({ root, leaf, intermediate }, count) {
  const extensions = { subjectKeyIdentifier: extension.subjectKeyIdentifier(keyIdentifier(intermediate.key)) };
  const others = Array.from({ length: count }, (_, i) =>
    authority('Intermediate', root, { key: keyOf(`one of a crowd ${i}`), extensions }),
  );
  return [leaf, ...others, intermediate];
}

/* --- asking --------------------------------------------------------------------------- */

test('the chain that is changed is good', async () => {
  for (const profile of /** @type {const} */ (['webpki', 'rfc5280', 'suiteb'])) {
    const verification = await judge(question(chain()), profile);
    assert.deepEqual([problemsOf(verification), verification.ok, verification.path.length], [[], true, 3], profile);
  }
});

test('every rule has a vector that breaks it and one that does not', () => {
  const codes = (/** @type {Vector} */ { bad = [], suiteb = [] }) =>
    [...bad, ...suiteb].map((problem) => `ERR_TLS_${problem.split(' ')[1]}`);
  assert.ok(RULES.size > 60, String(RULES.size));
  assert.equal(RULES.size, source.match(/^RULE\(/gm)?.length);
  assert.deepEqual(Object.keys(VECTORS).filter((id) => !RULES.has(id)), []);
  for (const [id, { code }] of RULES) {
    const vectors = VECTORS[id] ?? [];
    if (Object.hasOwn(UNREACHABLE, id)) {
      assert.ok(!vectors.some((vector) => codes(vector).includes(code)), `${id} is not unreachable`);
      continue;
    }
    assert.ok(vectors.some((vector) => codes(vector).includes(code)), `nothing breaks ${id}`);
    assert.ok(vectors.some(({ bad = [] }) => bad.length === 0), `nothing beside ${id} is good`);
  }
});

/** @param {string[]} problems */
const inFull = (problems) => problems.map((problem) => problem.replace(': ', ': ERR_TLS_')).sort();

for (const [id, vectors] of Object.entries(VECTORS)) {
  describe(id, () => {
    for (const { what, change, ask, bad = [], rfc5280, suiteb } of vectors) {
      test(`${what}: ${bad.length === 0 ? 'good' : bad.join(', ')}`, async () => {
        const made = chain(change);
        const asked = { ...question(made), ...ask?.(made) };
        const expected = {
          webpki: inFull(bad),
          rfc5280: inFull(rfc5280 ?? bad).filter((problem) => !WEBPKI_ONLY.has(problem.split(' ')[1])),
          ...(suiteb && { suiteb: inFull(suiteb) }),
        };
        /** @type {Record<string, string[]>} */
        const said = {};
        for (const profile of /** @type {('webpki' | 'rfc5280' | 'suiteb')[]} */ (Object.keys(expected))) {
          const verification = await judge(asked, profile);
          said[profile] = problemsOf(verification);
          assert.equal(verification.ok, said[profile].length === 0);
        }
        assert.deepEqual(said, expected);
      });
    }
  });
}
