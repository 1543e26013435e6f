/** Every rule of wasm/verify/rules.def: one change that breaks it, and a neighbour of that change that does not. */
import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import * as der from '../certs/der.js';
import * as extension from '../certs/extensions.js';
import { encodeName } from '../certs/names.js';
import { algorithmIdentifier, keyIdentifier } from '../certs/signatures.js';
import { TrustStore, verifyChain } from '../dist/index.js';
import {
  authority,
  chain,
  crl,
  HOST,
  judge,
  keyOf,
  named,
  NOW,
  problemsOf,
  question,
  server,
  withExponent,
} from './helpers/chains.js';

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
  ISSUER_EMPTY: 'an empty issuer cannot be read',
  SUBJECT_EMPTY: 'a path cannot go through it, for an empty issuer cannot be read; a trust store can hold it',
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
/** @param {...number} octets of an INTEGER */
const integer = (...octets) => der.tlv(0x02, Uint8Array.from(octets));
/** @param {string} text */
const iso = (text) => new Date(text);
/** @param {string} owner */
const idOf = (owner) => keyIdentifier(keyOf(owner));

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

/**
 * The same bytes with the length of the first element in a longer form than DER has, which Mbed TLS takes.
 * @param {Uint8Array} element of less than 128 bytes
 */
const longer = (element) => Uint8Array.of(element[0], 0x81, ...element.subarray(1));

/** @param {Extension} one @param {(value: Uint8Array) => Uint8Array} edit @returns {Extension} */
const edited = (one, edit) => ({ ...one, value: edit(one.value) });
/** @param {Uint8Array} value */
const withMore = (value) => der.concat(value, der.nullValue());

/** @param {...Uint8Array} parts of the one AccessDescription @returns {Changes} */
const infoAccess = (...parts) => ({
  leaf: { extensions: { aia: raw('1.3.6.1.5.5.7.1.1', der.sequence(der.sequence(...parts))) } },
});
const OCSP = der.oid('1.3.6.1.5.5.7.48.1');
const LOCATION = der.primitive(6, bytes('http://a.example/'));

/** @param {...Uint8Array} fields of the intermediate's policy constraints @returns {Changes} */
const policyFields = (...fields) => ({
  intermediate: { extensions: { policy: raw('2.5.29.36', der.sequence(...fields), true) } },
});

/** @param {string} oid of the algorithm @param {string} curve @returns {Uint8Array} the key of HOST, said to be for it */
const keyFor = (oid, curve) => {
  const info = new Uint8Array(createPublicKey(keyOf(HOST, curve)).export({ type: 'spki', format: 'der' }));
  const [algorithm, bits] = der.elements(der.elements(info)[0].content);
  const [, parameters] = der.elements(algorithm.content);
  return der.sequence(der.sequence(der.oid(oid), parameters.der), bits.der);
};

/**
 * @param {string | Uint8Array} subject the common name of the intermediate
 * @param {string | Uint8Array} issuer the same as the leaf has it; the rest of the name is in other letters there
 * @returns {Changes}
 */
const issuedAs = (subject, issuer) => ({
  intermediate: { subject: [{ O: 'Example' }, { CN: subject }] },
  leaf: { issuer: [{ O: 'EXAMPLE' }, { CN: issuer }] },
});
const BMP = 0x1e; // the tag of a BMPString
const ID_ECDH = '1.3.132.1.12';

/** RSASSA-PSS with SHA-256, but SHA-1 in MGF1 (RFC 4055, section 3.1). */
const mgf1OfSha1 = (() => {
  const hash = (/** @type {string} */ oid) => der.sequence(der.oid(oid), der.nullValue());
  const mask = der.sequence(der.oid('1.2.840.113549.1.1.8'), hash('1.3.14.3.2.26'));
  return der.sequence(
    der.oid('1.2.840.113549.1.1.10'),
    der.sequence(
      der.constructed(0, hash('2.16.840.1.101.3.4.2.1')),
      der.constructed(1, mask),
      der.constructed(2, der.integer(32)),
    ),
  );
})();

/** The RSA key as one that signs in this way only. */
const pssSigner = () => {
  const pkcs1 = new Uint8Array(keyOf('any', 'rsa2048').export({ type: 'pkcs1', format: 'der' }));
  const pkcs8 = der.sequence(der.integer(0), mgf1OfSha1, der.octetString(pkcs1));
  return createPrivateKey({ key: Buffer.from(pkcs8), type: 'pkcs8', format: 'der' });
};

/** @param {(chain: Chain) => Uint8Array[]} make @returns {Vector['ask']} */
const lists = (make) => (made) => ({ crls: make(made) });

/** @param {import('./helpers/chains.js').Issued} issuer @param {Parameters<typeof crl>[1]} [change] */
const listOf = (issuer, change) =>
  crl(issuer, { extensions: [extension.authorityKeyIdentifier({ id: keyIdentifier(issuer.key) })], ...change });

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
    ...[
      { what: 'more letters', subject: 'Some CA', issuer: 'Some CA2' },
      { what: 'fewer letters', subject: 'Some CA2', issuer: 'Some CA' },
      { what: 'a space more', subject: 'SomeCA', issuer: 'Some CA' },
      { what: 'a space less', subject: 'Some CA', issuer: 'SomeCA' },
      { what: 'the octets of another kind of string', subject: 'SomeCA', issuer: der.tlv(BMP, bytes('SomeCA')) },
      { what: 'the octets of a kind that is compared', subject: der.tlv(BMP, bytes('SomeCA')), issuer: 'SomeCA' },
      {
        what: 'other letters in a string that is not compared by letters',
        subject: der.tlv(BMP, bytes('\0A')),
        issuer: der.tlv(BMP, bytes('\0a')),
      },
    ].map(({ what, subject, issuer }) => ({
      what: `the issuer with ${what}`,
      change: issuedAs(subject, issuer),
      bad: ['0: CERT_NOT_TRUSTED'],
    })),
    ...[0x13, 0x14, 0x16].map((tag) => ({
      what: `the issuer written in other letters, with the tag ${tag}`,
      change: issuedAs('Some CA', der.tlv(tag, bytes('SOME CA'))),
    })),
    {
      what: 'the issuer with a string that is the same, octet by octet',
      change: issuedAs(der.tlv(BMP, bytes('\0A')), der.tlv(BMP, bytes('\0A'))),
    },
    {
      what: 'the issuer with an attribute of another type',
      change: { leaf: { issuer: [{ O: 'Example' }, { OU: 'Intermediate' }] } },
      bad: ['0: CERT_NOT_TRUSTED'],
    },
    {
      what: 'the issuer with an attribute more in one set',
      change: { leaf: { issuer: [{ O: 'Example' }, { CN: 'Intermediate', OU: 'more' }] } },
      bad: ['0: CERT_NOT_TRUSTED'],
    },
    {
      what: 'the issuer with an attribute less in one set',
      change: {
        intermediate: { subject: [{ O: 'Example' }, { CN: 'Intermediate', OU: 'more' }] },
        leaf: { issuer: named('Intermediate') },
      },
      bad: ['0: CERT_NOT_TRUSTED'],
    },
    { what: 'two CAs with the same key', change: { intermediate: { key: keyOf('Root') } } },
    {
      what: 'a leaf with the name and the key of its issuer',
      change: { leaf: { subject: named('Intermediate'), key: keyOf('Intermediate') } },
      bad: ['0: CERT_NOT_TRUSTED'],
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
    {
      what: 'an intermediate that says CA:FALSE and may not sign certificates',
      change: {
        intermediate: {
          extensions: { basicConstraints: basicConstraints({ ca: false }), keyUsage: keyUsage('digitalSignature') },
        },
      },
      bad: ['1: CERT_NOT_A_CA'],
    },
    {
      what: 'an intermediate that says CA:FALSE in so many words',
      change: {
        intermediate: {
          extensions: { basicConstraints: raw('2.5.29.19', der.sequence(der.boolean(false)), true), keyUsage: null },
        },
      },
      bad: ['1: CERT_NOT_A_CA'],
    },
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
    {
      what: 'an anchor, which does not count, self-issued or not',
      change: { above: [{}] },
      ask: ({ above }) => ({ anchors: above, maxDepth: 1 }),
    },
    {
      what: 'an intermediate that leads nowhere, which does',
      ask: () => ({ anchors: [authority('Another', undefined)], maxDepth: 0 }),
      bad: ['0: CERT_TOO_DEEP', '1: CERT_NOT_TRUSTED'],
    },
  ],
  BUDGET: [
    { what: '22 of the same name before the issuer', ask: (made) => ({ sent: crowd(made, 22) }) },
    { what: '11 of them with P-521 keys', ask: (made) => ({ sent: crowd(made, 11, 'secp521r1') }) },
    {
      what: '12 of them with P-521 keys',
      ask: (made) => ({ sent: crowd(made, 12, 'secp521r1') }),
      bad: ['0: CERT_BUDGET'],
    },
    { what: '23 of them', ask: (made) => ({ sent: crowd(made, 23) }), bad: ['1: CERT_BUDGET'] },
    { what: '100 of them', ask: (made) => ({ sent: crowd(made, 100) }), bad: ['0: CERT_BUDGET'] },
  ],

  /* --- time, names, usage --- */
  EXPIRED: [
    { what: 'a leaf, a second ago', change: { leaf: { notAfter: '2026-06-15T11:59:59Z' } }, bad: ['0: CERT_EXPIRED'] },
    { what: 'a leaf, at this very second', change: { leaf: { notAfter: '2026-06-15T12:00:00Z' } } },
    {
      what: 'an intermediate',
      change: { intermediate: { notAfter: '2026-06-15T11:59:59Z' } },
      bad: ['1: CERT_EXPIRED'],
    },
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
    {
      what: 'an intermediate',
      change: { intermediate: { notBefore: '2026-06-15T12:00:01Z' } },
      bad: ['1: CERT_FUTURE'],
    },
    { what: 'a root', change: { root: { notBefore: '2026-06-15T12:00:01Z' } }, bad: ['2: CERT_FUTURE'] },
  ],
  HOST_NAME: [
    {
      what: 'another name',
      change: { leaf: { extensions: names({ dns: 'example.com' }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    { what: 'one of several', change: { leaf: { extensions: names({ dns: 'a.example' }, { dns: HOST }) } } },
    {
      what: 'in capitals',
      change: { leaf: { subject: named('Server'), extensions: names({ dns: 'WWW.Example.COM' }) } },
    },
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
    {
      what: 'a part wildcard',
      change: { leaf: { extensions: names({ dns: 'w*.example.com' }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'a wildcard within',
      change: { leaf: { extensions: names({ dns: 'www.*.com' }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'an underscore',
      change: { leaf: { extensions: names({ dns: '_www.example.com' }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'a dot at the end',
      change: { leaf: { extensions: names({ dns: `${HOST}.` }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'a NUL within',
      change: { leaf: { extensions: names({ dns: `${HOST}\0.evil.example` }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'as a URI only',
      change: { leaf: { extensions: names({ uri: `https://${HOST}/` }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
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
    ...['www.example.org', 'xww.example.com', 'www.example.co'].map((dns) => ({
      what: dns,
      change: { leaf: { extensions: names({ dns }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    })),
    {
      what: 'the first and last of letters and digits',
      change: { leaf: { extensions: names({ dns: 'AZ-09.Example.COM' }) } },
      ask: () => ({ hostname: 'az-09.example.com' }),
    },
    {
      what: 'a wildcard for a name without a dot',
      change: { leaf: { extensions: names({ dns: '*.example.com' }) } },
      ask: () => ({ hostname: 'localhost' }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'as text of other kinds',
      change: { leaf: { extensions: names({ uri: HOST }, { email: HOST }) } },
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'a DNS name of the octets of the address',
      change: { leaf: { extensions: names({ dns: 'a.bc' }) } },
      ask: () => ({ hostname: [...bytes('a.bc')].join('.') }),
      bad: ['0: CERT_CN_MISMATCH'],
    },
    {
      what: 'an IPv6 address that begins as the address does',
      change: { leaf: { extensions: names({ ip: Uint8Array.of(192, 0, 2, 1, ...Array(12).fill(0)) }) } },
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
    {
      what: 'no bit',
      change: { leaf: { extensions: { keyUsage: keyUsage() } } },
      bad: ['0: CERT_KEY_USAGE'],
    },
  ],
  EXT_KEY_USAGE: [
    {
      what: 'a client',
      change: { leaf: { extensions: { extKeyUsage: extKeyUsage('clientAuth') } } },
      bad: ['0: CERT_EXT_KEY_USAGE'],
    },
    {
      what: 'an intermediate for mail',
      change: { intermediate: { extensions: { extKeyUsage: extKeyUsage('emailProtection') } } },
      bad: ['1: CERT_EXT_KEY_USAGE'],
    },
    {
      what: 'a client and server',
      change: { leaf: { extensions: { extKeyUsage: extKeyUsage('clientAuth', 'serverAuth') } } },
    },
    {
      what: 'an intermediate for servers',
      change: { intermediate: { extensions: { extKeyUsage: extKeyUsage('serverAuth') } } },
    },
    {
      what: 'a server and client',
      change: { leaf: { extensions: { extKeyUsage: extKeyUsage('serverAuth', 'clientAuth') } } },
    },
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
    {
      what: 'a leaf',
      change: { leaf: { extensions: { extKeyUsage: extKeyUsage('any') } } },
      bad: ['0: CERT_EXT_KEY_USAGE_ANY'],
    },
    {
      what: 'a leaf, beside serverAuth',
      change: { leaf: { extensions: { extKeyUsage: extKeyUsage('serverAuth', 'any') } } },
      bad: ['0: CERT_EXT_KEY_USAGE_ANY'],
    },
    { what: 'an intermediate', change: { intermediate: { extensions: { extKeyUsage: extKeyUsage('any') } } } },
    {
      what: 'a leaf, before serverAuth',
      change: { leaf: { extensions: { extKeyUsage: extKeyUsage('any', 'serverAuth') } } },
      bad: ['0: CERT_EXT_KEY_USAGE_ANY'],
    },
  ],
  EKU_CRITICAL: [
    {
      what: 'a leaf',
      change: { leaf: { extensions: { extKeyUsage: critical(extKeyUsage('serverAuth')) } } },
      bad: ['0: CERT_EXT_KEY_USAGE_CRITICAL'],
    },
    {
      what: 'an intermediate',
      change: { intermediate: { extensions: { extKeyUsage: critical(extKeyUsage('serverAuth')) } } },
    },
  ],
  EKU_IN_ROOT: [
    {
      what: 'a root',
      change: { root: { extensions: { extKeyUsage: extKeyUsage('serverAuth') } } },
      bad: ['2: CERT_EXT_KEY_USAGE_IN_ROOT'],
    },
    {
      what: 'an anchor that is no root',
      change: { intermediate: { extensions: { extKeyUsage: extKeyUsage('serverAuth') } } },
      ask: ({ intermediate }) => ({ anchors: [intermediate] }),
    },
    {
      what: 'an intermediate of the same name as the root',
      change: { intermediate: { subject: named('Root'), extensions: { extKeyUsage: extKeyUsage('serverAuth') } } },
    },
  ],

  /* --- keys and signatures --- */
  BAD_MD: [
    { what: 'SHA-1', change: { leaf: { signature: 'ecdsa-sha1' } }, bad: ['0: CERT_BAD_MD'] },
    { what: 'SHA-1, an intermediate', change: { intermediate: { signature: 'ecdsa-sha1' } }, bad: ['1: CERT_BAD_MD'] },
    { what: 'SHA-1, a root, whose signature does not matter', change: { root: { signature: 'ecdsa-sha1' } } },
    { what: 'SHA-224', change: { leaf: { signature: 'ecdsa-sha224' } }, bad: ['0: CERT_BAD_MD'], rfc5280: [] },
    { what: 'SHA-384', change: { leaf: { signature: 'ecdsa-sha384' } } },
    {
      what: 'RSASSA-PSS with SHA-1 in MGF1, which Mbed TLS cannot verify either',
      change: {
        intermediate: { key: keyOf('any', 'rsa2048') },
        leaf: {
          signer: pssSigner(),
          signature: 'rsa-pss-sha256',
          innerAlgorithm: mgf1OfSha1,
          outerAlgorithm: mgf1OfSha1,
        },
      },
      bad: ['0: CERT_BAD_MD', '0: CERT_NOT_TRUSTED'],
    },
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
    {
      what: 'RSA of 2040 bits, an intermediate',
      change: { intermediate: { key: keyOf('any', 'rsa2040') } },
      bad: ['1: CERT_BAD_KEY'],
    },
    { what: 'RSA of 2040 bits, a root', change: { root: { key: keyOf('any', 'rsa2040') } }, bad: ['2: CERT_BAD_KEY'] },
    { what: 'P-521', change: { leaf: { key: keyOf(HOST, 'secp521r1') } }, suiteb: ['0: CERT_BAD_KEY'] },
    {
      what: 'a key for ECDH only',
      change: { leaf: { publicKey: keyFor(ID_ECDH, 'prime256v1') } },
      suiteb: ['0: CERT_BAD_PK'],
    },
  ],
  RSA_MODULUS: [
    { what: 'RSA of 2052 bits', change: { leaf: { key: keyOf('any', 'rsa2052') } }, bad: ['0: CERT_RSA_MODULUS'] },
    { what: 'RSA of 2056 bits', change: { leaf: { key: keyOf('any', 'rsa2056') } } },
  ],
  RSA_EXPONENT: [
    {
      what: '65 bits',
      change: { leaf: { key: withExponent(keyOf('any', 'rsa2048'), 65) } },
      bad: ['0: CERT_RSA_EXPONENT'],
      suiteb: ['0: CERT_BAD_PK'], // once no RSA is wanted, no more is said of it
    },
    {
      what: '65 bits, an intermediate, of which no signature is checked then',
      change: { intermediate: { key: withExponent(keyOf('any', 'rsa2048'), 65) } },
      bad: ['0: CERT_NOT_TRUSTED'],
    },
    { what: '64 bits', change: { intermediate: { key: withExponent(keyOf('any', 'rsa2048'), 64) } } },
  ],

  /* --- name constraints --- */
  NAME_NOT_PERMITTED: [
    {
      what: 'DNS: another domain',
      change: below({ permitted: [{ dns: 'example.org' }] }, []),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    { what: 'DNS: the domain', change: below({ permitted: [{ dns: 'Example.com' }] }, []) },
    { what: 'DNS: the name itself', change: below({ permitted: [{ dns: HOST }] }, []) },
    {
      what: 'DNS: the end of a label',
      change: below({ permitted: [{ dns: 'ample.com' }] }, []),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'DNS: a name below',
      change: below({ permitted: [{ dns: `a.${HOST}` }] }, []),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    { what: 'DNS: everything', change: below({ permitted: [{ dns: '' }] }, []) },
    { what: 'DNS: one of two', change: below({ permitted: [{ dns: 'example.org' }, { dns: 'example.com' }] }, []) },
    {
      what: 'DNS: one name of two',
      change: below({ permitted: [{ dns: 'example.com' }] }, [{ dns: 'a.example.org' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'DNS: a wildcard within',
      change: below({ permitted: [{ dns: 'example.com' }] }, [{ dns: '*.example.com' }]),
    },
    {
      what: 'DNS: a wildcard for more than that',
      change: below({ permitted: [{ dns: HOST }] }, [{ dns: '*.example.com' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'IPv4: the one address of /32',
      change: below({ permitted: [{ ip: '192.0.2.1/32' }] }, [{ ip: '192.0.2.1' }]),
    },
    {
      what: 'IPv4: the next to it',
      change: below({ permitted: [{ ip: '192.0.2.1/32' }] }, [{ ip: '192.0.2.2' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    { what: 'IPv4: the last of /25', change: below({ permitted: [{ ip: '192.0.2.0/25' }] }, [{ ip: '192.0.2.127' }]) },
    {
      what: 'IPv4: the first after /25',
      change: below({ permitted: [{ ip: '192.0.2.0/25' }] }, [{ ip: '192.0.2.128' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    { what: 'IPv4: everything', change: below({ permitted: [{ ip: '0.0.0.0/0' }] }, [{ ip: '192.0.2.1' }]) },
    {
      what: 'IPv6 where IPv4 is permitted',
      change: below({ permitted: [{ ip: '0.0.0.0/0' }] }, [{ ip: '2001:db8::1' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    { what: 'IPv6: within /33', change: below({ permitted: [{ ip: '2001:db8::/33' }] }, [{ ip: '2001:db8:7fff::1' }]) },
    {
      what: 'IPv6: outside',
      change: below({ permitted: [{ ip: '2001:db8::/33' }] }, [{ ip: '2001:db8:8000::1' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'an address where only DNS is constrained',
      change: below({ permitted: [{ dns: 'example.com' }] }, [{ ip: '192.0.2.1' }]),
    },
    {
      what: 'e-mail: the mailbox',
      change: below({ permitted: [{ email: 'me@Example.com' }] }, [{ email: 'me@example.COM' }]),
    },
    {
      what: 'e-mail: the mailbox in capitals',
      change: below({ permitted: [{ email: 'me@example.com' }] }, [{ email: 'Me@example.com' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'e-mail: the host',
      change: below({ permitted: [{ email: 'example.com' }] }, [{ email: 'me@example.com' }]),
    },
    {
      what: 'e-mail: below the host',
      change: below({ permitted: [{ email: 'example.com' }] }, [{ email: 'me@a.example.com' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'e-mail: below the domain',
      change: below({ permitted: [{ email: '.example.com' }] }, [{ email: 'me@a.b.example.com' }]),
    },
    {
      what: 'e-mail: the domain itself',
      change: below({ permitted: [{ email: '.example.com' }] }, [{ email: 'me@example.com' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'e-mail: in the subject, without alternative names',
      change: {
        intermediate: constrained([{ email: 'example.org' }]),
        leaf: { subject: [{ emailAddress: 'me@example.com' }], extensions: { subjectAltName: null } },
      },
      bad: ['0: CERT_CN_MISMATCH', '0: CERT_NAME_NOT_PERMITTED', '0: CERT_SAN_MISSING'],
    },
    {
      what: 'e-mail: in the subject, with alternative names',
      change: {
        intermediate: constrained([{ email: 'example.org' }]),
        leaf: { subject: [{ emailAddress: 'me@example.com' }] },
      },
    },
    {
      what: 'URI: the host',
      change: below({ permitted: [{ uri: 'example.com' }] }, [{ uri: 'https://me@EXAMPLE.com:8443/?q#f' }]),
    },
    {
      what: 'URI: below the host',
      change: below({ permitted: [{ uri: 'example.com' }] }, [{ uri: 'https://a.example.com/' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'URI: below the domain',
      change: below({ permitted: [{ uri: '.example.com' }] }, [{ uri: 'https://a.example.com' }]),
    },
    {
      what: 'URI: the domain itself',
      change: below({ permitted: [{ uri: '.example.com' }] }, [{ uri: 'https://example.com/' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'URI: the host as a user',
      change: below({ permitted: [{ uri: 'example.com' }] }, [{ uri: 'https://example.com@example.org/' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'directory: the subject',
      change: below({ permitted: [{ dirName: [{ O: der.printableString('EXAMPLE') }] }] }, []),
    },
    {
      what: 'directory: another',
      change: below({ permitted: [{ dirName: [{ O: 'Other' }] }] }, []),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'directory: longer than the subject',
      change: below({ permitted: [{ dirName: [{ O: 'Example' }, { CN: HOST }, { CN: 'x' }] }] }, []),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'directory: an alternative name',
      change: below({ permitted: [{ dirName: [{ O: 'Example' }] }] }, [{ dirName: [{ O: 'Other' }] }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    { what: 'directory: everything', change: below({ permitted: [{ dirName: [] }] }, [{ dirName: [{ O: 'Other' }] }]) },
    {
      what: 'directory: no subject, so nothing to compare',
      change: {
        intermediate: constrained([{ dirName: [{ O: 'Other' }] }]),
        leaf: { subject: EMPTY_NAME, extensions: { subjectAltName: subjectAltName([{ dns: HOST }], true) } },
      },
    },
    {
      what: 'two CAs, of which one does not permit it',
      change: {
        above: [constrained([{ dns: 'example.org' }]) ?? {}],
        ...below({ permitted: [{ dns: 'example.com' }] }, []),
      },
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'two CAs that both permit it',
      change: { above: [constrained([{ dns: 'com' }]) ?? {}], ...below({ permitted: [{ dns: 'example.com' }] }, []) },
    },
    {
      what: 'the root',
      change: { root: constrained([{ dns: 'example.org' }]) },
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'an intermediate, by its subject',
      change: { root: constrained([{ dirName: named('Another') }, { dirName: named(HOST) }]) },
      bad: ['1: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'an intermediate, self-issued and so not looked at',
      change: { root: constrained([{ dirName: named(HOST) }]), intermediate: { subject: named('Root') } },
    },
    {
      what: 'a leaf, self-issued and looked at still',
      change: { intermediate: constrained([{ dirName: [{ O: 'Other' }] }]), leaf: { subject: named('Intermediate') } },
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'DNS: all that a label may be of',
      change: below({ permitted: [{ dns: 'az09-_.net' }, { dns: 'example.com' }] }, [{ dns: 'AZ09-_.net' }]),
    },
    {
      what: 'DNS: a label of one letter, which is no wildcard',
      change: below({ permitted: [{ dns: 'a.net' }, { dns: 'example.com' }] }, [{ dns: 'a.net' }]),
    },
    {
      what: 'e-mail: the mailbox at another host',
      change: below({ permitted: [{ email: 'me@example.com' }] }, [{ email: 'me@example.org' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'e-mail: below another domain',
      change: below({ permitted: [{ email: '.example.com' }] }, [{ email: 'me@www.example.org' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    ...['https://example.com?q', 'https://example.com#f', 'https://example.com'].map((uri) => ({
      what: `URI: ${uri}`,
      change: below({ permitted: [{ uri: 'example.com' }] }, [{ uri }]),
    })),
    ...['/', '?', '#'].map((end) => ({
      what: `URI: what looks like a user after ${end}`,
      change: below({ permitted: [{ uri: 'example.com' }] }, [{ uri: `https://example.org${end}@example.com` }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    })),
    {
      what: 'DNS: the other of two',
      change: below({ permitted: [{ dns: 'example.com' }, { dns: 'example.org' }] }, []),
    },
    {
      what: 'DNS: another domain, where a third is excluded',
      change: below({ permitted: [{ dns: 'example.org' }], excluded: [{ dns: 'example.net' }] }, []),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'DNS: the domain, where another is excluded',
      change: below({ permitted: [{ dns: 'example.com' }], excluded: [{ dns: 'example.net' }] }, []),
    },
    {
      what: 'e-mail: in the subject, among attributes that are no mailbox',
      change: {
        intermediate: constrained([{ email: 'example.com' }]),
        leaf: { subject: [{ O: 'Example' }, { emailAddress: 'me@example.com' }], extensions: { subjectAltName: null } },
      },
      bad: ['0: CERT_CN_MISMATCH', '0: CERT_SAN_MISSING'],
    },
    ...['Exam ple', 'Exampl', 'Examples'].flatMap((O) => [
      {
        what: `directory: ${O} for Example`,
        change: below({ permitted: [{ dirName: [{ O }] }] }, []),
        bad: ['0: CERT_NAME_NOT_PERMITTED'],
      },
      {
        what: `directory: Example for ${O}`,
        change: below({ permitted: [{ dirName: [{ O: 'Example' }] }] }, [{ dirName: [{ O }] }]),
        bad: ['0: CERT_NAME_NOT_PERMITTED'],
      },
    ]),
  ],
  NAME_EXCLUDED: [
    {
      what: 'DNS: the domain',
      change: below({ excluded: [{ dns: 'example.com' }] }, []),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    { what: 'DNS: another', change: below({ excluded: [{ dns: 'example.org' }, { dns: `a.${HOST}` }] }, []) },
    { what: 'DNS: everything', change: below({ excluded: [{ dns: '' }] }, []), bad: ['0: CERT_NAME_EXCLUDED'] },
    {
      what: 'DNS: permitted too',
      change: below({ permitted: [{ dns: 'com' }], excluded: [{ dns: HOST }] }, []),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'DNS: what a wildcard stands for',
      change: below({ excluded: [{ dns: 'a.example.org' }] }, [{ dns: '*.example.org' }]),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'DNS: what a wildcard does not stand for',
      change: below({ excluded: [{ dns: 'a.b.example.org' }] }, [{ dns: '*.example.org' }]),
    },
    {
      what: 'DNS: above a wildcard',
      change: below({ excluded: [{ dns: 'org' }] }, [{ dns: '*.example.org' }]),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'IPv4: the one address of /32',
      change: below({ excluded: [{ ip: '192.0.2.1/32' }] }, [{ ip: '192.0.2.1' }]),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    { what: 'IPv4: the next to it', change: below({ excluded: [{ ip: '192.0.2.1/32' }] }, [{ ip: '192.0.2.0' }]) },
    {
      what: 'IPv6',
      change: below({ excluded: [{ ip: '2001:db8::/32' }] }, [{ ip: '2001:db8::1' }]),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'IPv6 where all IPv4 is excluded',
      change: below({ excluded: [{ ip: '0.0.0.0/0' }] }, [{ ip: '2001:db8::1' }]),
    },
    {
      what: 'e-mail: the mailbox',
      change: below({ excluded: [{ email: 'me@example.com' }] }, [{ email: 'me@example.com' }]),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'e-mail: another mailbox',
      change: below({ excluded: [{ email: 'me@example.com' }] }, [{ email: 'you@example.com' }]),
    },
    {
      what: 'e-mail: the host',
      change: below({ excluded: [{ email: 'example.com' }] }, [{ email: 'me@example.com' }]),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'e-mail: below the domain',
      change: below({ excluded: [{ email: '.example.com' }] }, [{ email: 'me@a.example.com' }]),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'URI',
      change: below({ excluded: [{ uri: '.example.com' }] }, [{ uri: 'ftp://a.example.com/' }]),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'URI: the domain itself',
      change: below({ excluded: [{ uri: '.example.com' }] }, [{ uri: 'ftp://example.com/' }]),
    },
    {
      what: 'directory',
      change: below({ excluded: [{ dirName: [{ O: 'example' }] }] }, []),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'directory: everything',
      change: below({ excluded: [{ dirName: [] }] }, []),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'by the CA above the permitting one',
      change: { above: [constrained([], [{ dns: HOST }]) ?? {}], ...below({ permitted: [{ dns: 'com' }] }, []) },
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'an intermediate, by its subject',
      change: { root: constrained([], [{ dirName: named('Intermediate') }]) },
      bad: ['1: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'an intermediate, self-issued and so not looked at',
      change: { root: constrained([], [{ dirName: named('Root') }]), intermediate: { subject: named('Root') } },
    },
    {
      what: 'DNS: as long as what a wildcard stands for',
      change: below({ excluded: [{ dns: 'abc.example.net' }] }, [{ dns: '*.example.org' }]),
    },
    { what: 'DNS: a short wildcard', change: below({ excluded: [{ dns: 'example.org' }] }, [{ dns: '*.a' }]) },
    { what: 'IPv4 where all IPv6 is excluded', change: below({ excluded: [{ ip: '::/0' }] }, [{ ip: '192.0.2.1' }]) },
    {
      what: 'e-mail: all that a mailbox may be of',
      change: below({ excluded: [{ email: 'example.org' }] }, [{ email: '!~@example.com' }]),
    },
    { what: 'URI: a short one', change: below({ excluded: [{ uri: 'example.org' }] }, [{ uri: 'a://b' }]) },
    {
      what: 'DNS: not permitted either',
      change: below({ permitted: [{ dns: 'example.org' }], excluded: [{ dns: 'example.com' }] }, []),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
  ],
  NAME_UNCHECKABLE: [
    {
      what: 'registered IDs constrained, and one there',
      change: below({ excluded: [{ registeredID: '1.2.3' }] }, [{ registeredID: '1.2.4' }]),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    },
    {
      what: 'registered IDs constrained, and none there',
      change: below({ excluded: [{ registeredID: '1.2.3' }] }, []),
    },
    {
      what: 'registered IDs there, and not constrained',
      change: below({ permitted: [{ dns: 'com' }] }, [{ registeredID: '1.2.4' }]),
    },
    {
      what: 'other names constrained, and one there',
      change: below({ permitted: [{ otherName: { oid: UNKNOWN, value: der.utf8String('a') } }] }, [
        { otherName: { oid: UNKNOWN, value: der.utf8String('a') } },
      ]),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    },
    {
      what: 'other names constrained, and none there',
      change: below({ permitted: [{ otherName: { oid: UNKNOWN, value: der.utf8String('a') } }] }, []),
    },
    {
      what: 'a URI without an authority',
      change: below({ excluded: [{ uri: 'example.org' }] }, [{ uri: 'urn:isbn:1' }]),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    },
    {
      what: 'a URI with an address for a host',
      change: below({ excluded: [{ uri: 'example.org' }] }, [{ uri: 'https://192.0.2.1/' }]),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    },
    {
      what: 'a URI with an IPv6 address',
      change: below({ permitted: [{ uri: 'example.org' }] }, [{ uri: 'https://[2001:db8::1]/' }]),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    },
    {
      what: 'a URI without an authority where URIs are free',
      change: below({ permitted: [{ dns: 'com' }] }, [{ uri: 'urn:isbn:1' }]),
    },
    {
      what: 'a mailbox without a host',
      change: below({ excluded: [{ email: 'example.org' }] }, [{ email: 'me' }]),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    },
    {
      what: 'a mailbox in quotes',
      change: below({ excluded: [{ email: 'example.org' }] }, [{ email: '"a@b"@example.com' }]),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    },
    {
      what: 'a DNS name that is none',
      change: below({ excluded: [{ dns: 'example.org' }] }, [{ dns: 'a..example.com' }]),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    },
    ...['*ab.org', 'a{.org', 'a`.org', 'a:.org', 'a/.org', 'a.', '*.', '*'].map((dns) => ({
      what: `the DNS name ${dns}`,
      change: below({ excluded: [{ dns: 'example.org' }] }, [{ dns }]),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    })),
    ...['"a"@example.com', 'a b@example.com', 'a\x7f@example.com', 'a@example..com', '@example.com', 'a@'].map(
      (email) => ({
        what: `the mailbox ${JSON.stringify(email)}`,
        change: below({ excluded: [{ email: 'example.org' }] }, [{ email }]),
        bad: ['0: CERT_NAME_UNCHECKABLE'],
      }),
    ),
    ...['http:/example.com/', 'http:a/example.com', 'example.com', 'http://', 'https://example.com./', '//a.com'].map(
      (uri) => ({
        what: `the URI ${uri}`,
        change: below({ excluded: [{ uri: 'example.org' }] }, [{ uri }]),
        bad: ['0: CERT_NAME_UNCHECKABLE'],
      }),
    ),
    {
      what: 'a directory name constrained by an attribute of three parts',
      change: below(
        {
          excluded: [
            der.constructed(
              4,
              der.sequence(der.set(der.sequence(der.oid('2.5.4.10'), der.utf8String('Example'), der.nullValue()))),
            ),
          ],
        },
        [],
      ),
      bad: ['0: CERT_NAME_UNCHECKABLE'],
    },
    {
      what: 'a subject with a length in a longer form, without alternative names',
      change: {
        intermediate: constrained([{ email: 'example.com' }]),
        leaf: {
          subject: der.sequence(longer(encodeName([{ O: 'Example' }]).subarray(2))),
          extensions: { subjectAltName: null },
        },
      },
      bad: ['0: CERT_PARSE'],
    },
    {
      what: 'a subject with a length in a longer form, beside alternative names',
      change: {
        intermediate: constrained([{ email: 'example.com' }]),
        leaf: { subject: der.sequence(longer(encodeName([{ O: 'Example' }]).subarray(2))) },
      },
      bad: ['0: CERT_PARSE'],
    },
  ],
  NC_MALFORMED: [
    ...[
      { what: 'nothing at all', value: der.sequence() },
      { what: 'no subtree', value: der.sequence(der.constructed(0)) },
      {
        what: 'minimum written out',
        value: der.sequence(
          der.constructed(1, der.sequence(der.primitive(2, bytes('a.org')), der.primitive(0, Uint8Array.of(0)))),
        ),
      },
      {
        what: 'maximum',
        value: der.sequence(
          der.constructed(1, der.sequence(der.primitive(2, bytes('a.org')), der.primitive(1, Uint8Array.of(1)))),
        ),
      },
      {
        what: 'a kind of name that there is not',
        value: der.sequence(der.constructed(1, der.sequence(der.primitive(9, bytes('a.org'))))),
      },
      {
        what: 'a constructed DNS name',
        value: der.sequence(der.constructed(1, der.sequence(der.tlv(0xa2, bytes('a.org'))))),
      },
      { what: 'no base', value: der.sequence(der.constructed(1, der.sequence())) },
      {
        what: 'more than permitted and excluded',
        value: der.sequence(der.constructed(1, der.sequence(der.primitive(2, bytes('a.org')))), der.nullValue()),
      },
      {
        what: 'bytes after it',
        value: der.concat(
          der.sequence(der.constructed(1, der.sequence(der.primitive(2, bytes('a.org'))))),
          der.nullValue(),
        ),
      },
      { what: 'no sequence', value: der.nullValue() },
    ].map(({ what, value }) => ({
      what,
      change: { intermediate: { extensions: { nameConstraints: raw('2.5.29.30', value, true) } } },
      bad: ['1: CERT_NAME_CONSTRAINTS_MALFORMED'],
    })),
    ...[
      { what: 'DNS with a dot before it', base: { dns: '.example.org' } },
      { what: 'DNS with a wildcard', base: { dns: '*.example.org' } },
      { what: 'DNS with a dot after it', base: { dns: 'example.org.' } },
      { what: 'IP without a mask', base: { ip: '192.0.2.1' } },
      { what: 'IP of 16 octets', base: { ip: '2001:db8::1' } },
      { what: 'IP with a mask of two parts', base: { ip: Uint8Array.of(192, 0, 2, 0, 255, 0, 255, 0) } },
      {
        what: 'IP with a mask of two parts at the end',
        base: { ip: Uint8Array.of(192, 0, 2, 0, 255, 255, 255, 253) },
      },
      { what: 'IP of 10 octets', base: { ip: new Uint8Array(10) } },
      { what: 'e-mail with a sign before it', base: { email: '!a.org' } },
      { what: 'URI with a sign before it', base: { uri: '!a.org' } },
      { what: 'e-mail with an empty mailbox', base: { email: '@example.org' } },
      { what: 'e-mail of a dot', base: { email: '.' } },
      { what: 'URI with a scheme', base: { uri: 'https://example.org/' } },
      { what: 'URI that is empty', base: { uri: '' } },
    ].map(({ what, base }) => ({
      what,
      change: below({ excluded: [/** @type {GeneralName} */ (base)] }, []),
      bad: ['1: CERT_NAME_CONSTRAINTS_MALFORMED'],
    })),
    {
      what: 'directory of no sequence',
      change: below({ excluded: [der.constructed(4, der.nullValue())] }, []),
      bad: ['0: CERT_NAME_UNCHECKABLE', '1: CERT_NAME_CONSTRAINTS_MALFORMED'],
    },
    {
      what: 'in a root',
      change: { root: { extensions: { nameConstraints: raw('2.5.29.30', der.sequence(), true) } } },
      bad: ['2: CERT_NAME_CONSTRAINTS_MALFORMED'],
    },
    {
      what: 'every base well formed',
      change: below(
        {
          excluded: [
            { dns: 'a_b.org' },
            { ip: '192.0.2.1/32' },
            { ip: '2001:db8::/128' },
            { email: '.a.org' },
            { uri: '.a.org' },
            { email: 'a' },
            { uri: 'a' },
            { email: 'a@b' },
            { dirName: [{ O: 'x' }] },
          ],
        },
        [],
      ),
    },
    {
      what: 'directory with bytes after it',
      change: below({ excluded: [der.constructed(4, encodeName([{ O: 'Other' }]), der.nullValue())] }, []),
      bad: ['0: CERT_NAME_UNCHECKABLE', '1: CERT_NAME_CONSTRAINTS_MALFORMED'],
    },
    {
      what: 'the second of two bases',
      change: below({ excluded: [{ dns: 'example.org' }, { dns: '.example.org' }] }, []),
      bad: ['1: CERT_NAME_CONSTRAINTS_MALFORMED'],
    },
    {
      what: 'an empty list beside one that is not',
      change: {
        intermediate: {
          extensions: {
            nameConstraints: raw(
              '2.5.29.30',
              der.sequence(der.constructed(0), der.constructed(1, der.sequence(der.primitive(2, bytes('a.org'))))),
              true,
            ),
          },
        },
      },
      bad: ['1: CERT_NAME_CONSTRAINTS_MALFORMED'],
    },
    {
      what: 'an empty list after one that is not',
      change: {
        intermediate: {
          extensions: {
            nameConstraints: raw(
              '2.5.29.30',
              der.sequence(der.constructed(0, der.sequence(der.primitive(2, bytes('com')))), der.constructed(1)),
              true,
            ),
          },
        },
      },
      bad: ['1: CERT_NAME_CONSTRAINTS_MALFORMED'],
    },
    {
      what: 'permitted: DNS with a dot before it',
      change: below({ permitted: [{ dns: '.example.org' }, { dns: 'com' }] }, []),
      bad: ['1: CERT_NAME_CONSTRAINTS_MALFORMED'],
    },
  ],
  NC_NOT_CRITICAL: [
    {
      what: 'an intermediate',
      change: {
        intermediate: { extensions: { nameConstraints: nameConstraints({ permitted: [{ dns: 'com' }] }, false) } },
      },
      bad: ['1: CERT_NAME_CONSTRAINTS_NOT_CRITICAL'],
    },
    {
      what: 'obeyed even so',
      change: {
        intermediate: { extensions: { nameConstraints: nameConstraints({ excluded: [{ dns: 'com' }] }, false) } },
      },
      bad: ['0: CERT_NAME_EXCLUDED', '1: CERT_NAME_CONSTRAINTS_NOT_CRITICAL'],
    },
    { what: 'critical', change: below({ permitted: [{ dns: 'com' }] }, []) },
  ],
  NC_IN_LEAF: [
    {
      what: 'a leaf',
      change: { leaf: { extensions: { nameConstraints: nameConstraints({ permitted: [{ dns: 'com' }] }) } } },
      bad: ['0: CERT_NAME_CONSTRAINTS_IN_LEAF'],
    },
    { what: 'an intermediate', change: below({ permitted: [{ dns: 'com' }] }, []) },
  ],
  NC_TOO_MANY: [
    { what: '99 856 comparisons', change: below({ excluded: numbered(316) }, numbered(314)) },
    {
      what: '100 489 comparisons',
      change: below({ excluded: numbered(317) }, numbered(315)),
      bad: ['0: CERT_NAME_CONSTRAINTS_TOO_MANY'],
    },
  ],

  /* --- form --- */
  VERSION: [
    {
      what: 'version 1, without extensions',
      change: { leaf: { version: 1, edit: { tbs: withoutExtensions } } },
      bad: [
        '0: CERT_AKI_MISSING',
        '0: CERT_CN_MISMATCH',
        '0: CERT_EXT_KEY_USAGE_MISSING',
        '0: CERT_SAN_MISSING',
        '0: CERT_VERSION',
      ],
    },
    {
      what: 'a root of version 1',
      change: { root: { version: 1, edit: { tbs: withoutExtensions } } },
      bad: ['2: CERT_NOT_A_CA', '2: CERT_SKI_MISSING', '2: CERT_VERSION'],
    },
    { what: 'version 3' },
  ],
  SERIAL: [
    { what: 'zero', change: { leaf: { serial: 0n } }, bad: ['0: CERT_SERIAL'] },
    { what: 'one', change: { leaf: { serial: 1n } } },
    { what: 'negative', change: { leaf: { serial: -1n } }, bad: ['0: CERT_SERIAL'] },
    { what: 'a zero octet that DER leaves out', change: { leaf: { serial: integer(0, 9) } }, bad: ['0: CERT_SERIAL'] },
    {
      what: 'another tag than an INTEGER has',
      change: { leaf: { serial: der.primitive(2, Uint8Array.of(9)) } },
      bad: ['0: CERT_PARSE'],
    },
    { what: 'a zero octet that the sign needs', change: { leaf: { serial: integer(0, 0x80) } } },
    { what: '20 octets', change: { leaf: { serial: (1n << 159n) - 1n } } },
    { what: '21 octets', change: { leaf: { serial: 1n << 159n } }, bad: ['0: CERT_SERIAL'] },
    { what: 'zero, an intermediate', change: { intermediate: { serial: 0n } }, bad: ['1: CERT_SERIAL'] },
    { what: 'zero, a root', change: { root: { serial: 0n } }, bad: ['2: CERT_SERIAL'] },
  ],
  ISSUER_EMPTY: [
    {
      what: 'a leaf below a CA without a name',
      change: { intermediate: { subject: EMPTY_NAME } },
      bad: ['0: CERT_PARSE'],
    },
    { what: 'an issuer with one attribute', change: { intermediate: { subject: [{ O: 'x' }] } } },
  ],
  SUBJECT_EMPTY: [
    {
      what: 'an intermediate, and so the issuer of the next',
      change: { above: [{ subject: EMPTY_NAME }] },
      bad: ['0: CERT_NOT_TRUSTED', '1: CERT_PARSE'],
    },
    {
      what: 'a leaf',
      change: { leaf: { subject: EMPTY_NAME, extensions: { subjectAltName: subjectAltName([{ dns: HOST }], true) } } },
    },
  ],
  VALIDITY_ENCODING: [
    { what: '2049 as UTCTime', change: { leaf: { notAfter: der.utcTime('491231235959Z') } } },
    {
      what: '2049 as GeneralizedTime',
      change: { leaf: { notAfter: der.generalizedTime('20491231235959Z') } },
      bad: ['0: CERT_VALIDITY_ENCODING'],
    },
    { what: '2050 as GeneralizedTime', change: { leaf: { notAfter: der.generalizedTime('20500101000000Z') } } },
    { what: '9999 as GeneralizedTime', change: { leaf: { notAfter: der.generalizedTime('99991231235959Z') } } },
    { what: 'UTCTime of 1950', change: { leaf: { notBefore: der.utcTime('500101000000Z') } } },
    {
      what: 'the beginning',
      change: { leaf: { notBefore: der.generalizedTime('20260101000000Z') } },
      bad: ['0: CERT_VALIDITY_ENCODING'],
    },
    { what: 'no seconds', change: { leaf: { notAfter: der.utcTime('4912312359Z') } }, bad: ['0: CERT_PARSE'] },
    {
      what: 'an intermediate',
      change: { intermediate: { notAfter: der.generalizedTime('20491231235959Z') } },
      bad: ['1: CERT_VALIDITY_ENCODING'],
    },
    {
      what: 'a root',
      change: { root: { notAfter: der.generalizedTime('20491231235959Z') } },
      bad: ['2: CERT_VALIDITY_ENCODING'],
    },
    {
      what: 'UTCTime without Z, which Mbed TLS takes',
      change: { leaf: { notAfter: der.utcTime('491231235959') } },
      bad: ['0: CERT_VALIDITY_ENCODING'],
    },
    {
      what: 'GeneralizedTime without Z',
      change: { leaf: { notAfter: der.generalizedTime('20501231235959') } },
      bad: ['0: CERT_VALIDITY_ENCODING'],
    },
    {
      what: 'UTCTime with the zone written as an offset',
      change: { leaf: { notAfter: der.utcTime('491231235959+0000') } },
      bad: ['0: CERT_PARSE'],
    },
  ],
  UNIQUE_ID: [
    {
      what: 'of the issuer, as Mbed TLS reads it',
      change: { leaf: { uniqueIds: der.tlv(0xa1, Uint8Array.of(0, 1)) } },
      bad: ['0: CERT_UNIQUE_ID'],
    },
    {
      what: 'of the subject, as Mbed TLS reads it',
      change: { intermediate: { uniqueIds: der.tlv(0xa2, Uint8Array.of(0, 1)) } },
      bad: ['1: CERT_UNIQUE_ID'],
    },
    {
      what: 'of the issuer, as it is to be written',
      change: { leaf: { uniqueIds: der.primitive(1, Uint8Array.of(0, 1)) } },
      bad: ['0: CERT_PARSE'],
    },
    { what: 'none' },
  ],
  UNKNOWN_CRITICAL: [
    {
      what: 'a leaf',
      change: { leaf: { extensions: { more: raw(UNKNOWN, der.nullValue(), true) } } },
      bad: ['0: CERT_UNKNOWN_CRITICAL'],
    },
    {
      what: 'an intermediate',
      change: { intermediate: { extensions: { more: raw(UNKNOWN, der.nullValue(), true) } } },
      bad: ['1: CERT_UNKNOWN_CRITICAL'],
    },
    {
      what: 'a root',
      change: { root: { extensions: { more: raw(UNKNOWN, der.nullValue(), true) } } },
      bad: ['2: CERT_UNKNOWN_CRITICAL'],
    },
    { what: 'not critical', change: { leaf: { extensions: { more: raw(UNKNOWN, der.nullValue()) } } } },
  ],
  DUPLICATE_EXTENSION: [
    {
      what: 'issuer information twice',
      change: {
        leaf: {
          extensions: {
            a: extension.authorityInfoAccess({ ocsp: ['http://a.example/'] }),
            b: extension.authorityInfoAccess({ ocsp: ['http://a.example/'] }),
          },
        },
      },
      bad: ['0: CERT_DUPLICATE_EXTENSION'],
    },
    {
      what: 'one that is not known here, twice',
      change: { leaf: { extensions: { a: raw(UNKNOWN, der.nullValue()), b: raw(UNKNOWN, der.nullValue()) } } },
      bad: ['0: CERT_DUPLICATE_EXTENSION'],
    },
    {
      what: 'two that are not known here',
      change: { leaf: { extensions: { a: raw(UNKNOWN, der.nullValue()), b: raw(`${UNKNOWN}.1`, der.nullValue()) } } },
    },
    {
      what: 'once',
      change: { leaf: { extensions: { a: extension.authorityInfoAccess({ ocsp: ['http://a.example/'] }) } } },
    },
    {
      what: 'alternative names twice',
      change: { leaf: { extensions: { more: subjectAltName([{ dns: HOST }]) } } },
      bad: ['0: CERT_PARSE'],
    },
    {
      what: 'one that is not known here, twice with another between',
      change: {
        leaf: {
          extensions: {
            a: raw(UNKNOWN, der.nullValue()),
            b: raw(`${UNKNOWN}.1`, der.nullValue()),
            c: raw(UNKNOWN, der.nullValue(), true),
          },
        },
      },
      bad: ['0: CERT_DUPLICATE_EXTENSION', '0: CERT_UNKNOWN_CRITICAL'],
    },
    {
      what: 'issuer information twice, and policies after it',
      change: {
        leaf: {
          extensions: {
            a: extension.authorityInfoAccess({ ocsp: ['http://a.example/'] }),
            b: extension.authorityInfoAccess({ ocsp: ['http://a.example/'] }),
            ...policies,
          },
        },
      },
      bad: ['0: CERT_DUPLICATE_EXTENSION'],
    },
  ],
  EXTENSION_MALFORMED: [
    {
      what: 'issuer information of no sequence',
      change: { leaf: { extensions: { aia: raw('1.3.6.1.5.5.7.1.1', der.nullValue()) } } },
      bad: ['0: CERT_EXTENSION_MALFORMED'],
    },
    {
      what: 'issuer information that is empty',
      change: { leaf: { extensions: { aia: raw('1.3.6.1.5.5.7.1.1', der.sequence()) } } },
      bad: ['0: CERT_EXTENSION_MALFORMED'],
    },
    {
      what: 'policy constraints of two fields',
      change: {
        intermediate: {
          extensions: {
            more: raw(
              '2.5.29.36',
              der.sequence(der.primitive(0, Uint8Array.of(9)), der.primitive(1, Uint8Array.of(0))),
              true,
            ),
          },
        },
      },
    },
    {
      what: 'a key usage with unused bits that are set',
      change: {
        intermediate: { extensions: { keyUsage: raw('2.5.29.15', der.bitString(Uint8Array.of(0x06), 3), true) } },
      },
      bad: ['1: CERT_EXTENSION_MALFORMED'],
    },
    {
      what: 'a key usage with fewer unused bits than it could have',
      change: {
        intermediate: { extensions: { keyUsage: raw('2.5.29.15', der.bitString(Uint8Array.of(0x06), 0), true) } },
      },
    },
    {
      what: 'issuer information that is right',
      change: { leaf: { extensions: { aia: extension.authorityInfoAccess({ issuers: ['http://a.example/'] }) } } },
    },
    {
      what: 'issuer information with bytes after it',
      change: {
        leaf: { extensions: { aia: raw('1.3.6.1.5.5.7.1.1', withMore(der.sequence(der.sequence(OCSP, LOCATION)))) } },
      },
      bad: ['0: CERT_EXTENSION_MALFORMED'],
    },
    ...[
      { what: 'no method', parts: [LOCATION] },
      { what: 'no location', parts: [OCSP] },
      { what: 'something more', parts: [OCSP, LOCATION, der.nullValue()] },
      { what: 'a location of the universal class', parts: [OCSP, der.printableString('http://a.example/')] },
      { what: 'a location of the private class', parts: [OCSP, der.tlv(0xc6, bytes('http://a.example/'))] },
    ].map(({ what, parts }) => ({
      what: `issuer information with ${what}`,
      change: infoAccess(...parts),
      bad: ['0: CERT_EXTENSION_MALFORMED'],
    })),
    { what: 'issuer information of a method and a location', change: infoAccess(OCSP, LOCATION) },
    {
      what: 'issuer information of which the second is not a sequence',
      change: {
        leaf: {
          extensions: { aia: raw('1.3.6.1.5.5.7.1.1', der.sequence(der.sequence(OCSP, LOCATION), der.nullValue())) },
        },
      },
      bad: ['0: CERT_EXTENSION_MALFORMED'],
    },
    { what: '100 extensions', change: { leaf: { extensions: unknowns(94) } } },
    {
      what: '101 extensions',
      change: { leaf: { extensions: unknowns(95) } },
      bad: ['0: CERT_EXTENSION_MALFORMED'],
    },
    {
      what: 'basic constraints with a length in a longer form',
      change: { intermediate: { extensions: { basicConstraints: edited(basicConstraints({ ca: true }), longer) } } },
      bad: ['1: CERT_CERT_SIGN_NOT_CA', '1: CERT_EXTENSION_MALFORMED', '1: CERT_NOT_A_CA'],
    },
    {
      what: 'key usage with a length in a longer form',
      change: { leaf: { extensions: { keyUsage: edited(keyUsage('digitalSignature'), longer) } } },
      bad: ['0: CERT_AKI_MISSING', '0: CERT_EXTENSION_MALFORMED', '0: CERT_KEY_USAGE'], // what comes after is not read
    },
    {
      what: 'a key identifier with a length in a longer form',
      change: {
        intermediate: {
          extensions: { subjectKeyIdentifier: edited(extension.subjectKeyIdentifier(idOf('Intermediate')), longer) },
        },
      },
      bad: ['1: CERT_AKI_MISSING', '1: CERT_EXTENSION_MALFORMED', '1: CERT_SKI_MISSING'],
    },
    {
      what: "the issuer's key identifier with a length in a longer form",
      change: {
        leaf: {
          extensions: {
            authorityKeyIdentifier: edited(extension.authorityKeyIdentifier({ id: idOf('Intermediate') }), longer),
          },
        },
      },
      bad: ['0: CERT_AKI_MISSING', '0: CERT_EXTENSION_MALFORMED'],
    },
    {
      what: 'all extensions with a length in a longer form',
      change: { leaf: { edit: { tbs: longerExtensions } } },
      bad: ['0: CERT_PARSE'],
    },
  ],
  AKI_MISSING: [
    {
      what: 'a leaf',
      change: { leaf: { extensions: { authorityKeyIdentifier: null } } },
      bad: ['0: CERT_AKI_MISSING'],
    },
    {
      what: 'an intermediate',
      change: { intermediate: { extensions: { authorityKeyIdentifier: null } } },
      bad: ['1: CERT_AKI_MISSING'],
    },
    {
      what: 'a leaf with an issuer and serial number in place of the key',
      change: {
        leaf: {
          extensions: {
            authorityKeyIdentifier: extension.authorityKeyIdentifier({ issuer: named('Root'), serial: 5n }),
          },
        },
      },
      bad: ['0: CERT_AKI_MISSING'],
    },
    { what: 'a root, which needs none' },
  ],
  AKI_CRITICAL: [
    {
      what: 'a leaf',
      change: {
        leaf: {
          extensions: {
            authorityKeyIdentifier: critical(extension.authorityKeyIdentifier({ id: idOf('Intermediate') })),
          },
        },
      },
      bad: ['0: CERT_AKI_CRITICAL'],
    },
    {
      what: 'a root',
      change: {
        root: {
          extensions: { authorityKeyIdentifier: critical(extension.authorityKeyIdentifier({ id: idOf('Root') })) },
        },
      },
      bad: ['2: CERT_AKI_CRITICAL'],
    },
    { what: 'not critical' },
  ],
  AKI_MISMATCH: [
    {
      what: 'a leaf',
      change: {
        leaf: { extensions: { authorityKeyIdentifier: extension.authorityKeyIdentifier({ id: idOf('Root') }) } },
      },
      bad: ['0: CERT_AKI_MISMATCH'],
    },
    {
      what: 'a root',
      change: {
        root: {
          extensions: { authorityKeyIdentifier: extension.authorityKeyIdentifier({ id: idOf('Intermediate') }) },
        },
      },
      bad: ['2: CERT_AKI_MISMATCH'],
    },
    {
      what: 'a root that names itself',
      change: {
        root: { extensions: { authorityKeyIdentifier: extension.authorityKeyIdentifier({ id: idOf('Root') }) } },
      },
    },
  ],
  AKI_FIELDS: [
    {
      what: 'a root with an issuer and serial number too',
      change: {
        root: {
          extensions: {
            authorityKeyIdentifier: extension.authorityKeyIdentifier({
              id: idOf('Root'),
              issuer: named('Root'),
              serial: 5n,
            }),
          },
        },
      },
      bad: ['2: CERT_AKI_FIELDS'],
    },
    {
      what: 'a root without a key identifier in it',
      change: {
        root: {
          extensions: {
            authorityKeyIdentifier: extension.authorityKeyIdentifier({ issuer: named('Root'), serial: 5n }),
          },
        },
      },
      bad: ['2: CERT_AKI_FIELDS'],
    },
    {
      what: 'a root with a key identifier only',
      change: {
        root: { extensions: { authorityKeyIdentifier: extension.authorityKeyIdentifier({ id: idOf('Root') }) } },
      },
    },
  ],
  SKI_MISSING: [
    {
      what: 'an intermediate',
      change: { intermediate: { extensions: { subjectKeyIdentifier: null } } },
      bad: ['1: CERT_SKI_MISSING'],
    },
    { what: 'a root', change: { root: { extensions: { subjectKeyIdentifier: null } } }, bad: ['2: CERT_SKI_MISSING'] },
    { what: 'a leaf', change: { leaf: { extensions: { subjectKeyIdentifier: null } } } },
    {
      what: "a root with its issuer's",
      change: {
        root: {
          extensions: {
            subjectKeyIdentifier: null,
            authorityKeyIdentifier: extension.authorityKeyIdentifier({ id: idOf('Root') }),
          },
        },
      },
      bad: ['2: CERT_SKI_MISSING'],
    },
  ],
  SKI_CRITICAL: [
    {
      what: 'a leaf',
      change: { leaf: { extensions: { subjectKeyIdentifier: critical(extension.subjectKeyIdentifier(idOf(HOST))) } } },
      bad: ['0: CERT_SKI_CRITICAL'],
    },
    {
      what: 'an intermediate',
      change: {
        intermediate: {
          extensions: { subjectKeyIdentifier: critical(extension.subjectKeyIdentifier(idOf('Intermediate'))) },
        },
      },
      bad: ['1: CERT_SKI_CRITICAL'],
    },
    { what: 'not critical' },
  ],
  AIA_CRITICAL: [
    {
      what: 'a leaf',
      change: {
        leaf: { extensions: { aia: critical(extension.authorityInfoAccess({ ocsp: ['http://a.example/'] })) } },
      },
      bad: ['0: CERT_AIA_CRITICAL'],
    },
    {
      what: 'not critical',
      change: { leaf: { extensions: { aia: extension.authorityInfoAccess({ ocsp: ['http://a.example/'] }) } } },
    },
  ],
  BC_NOT_CRITICAL: [
    {
      what: 'an intermediate',
      change: { intermediate: { extensions: { basicConstraints: uncritical(basicConstraints({ ca: true })) } } },
      bad: ['1: CERT_BASIC_CONSTRAINTS_NOT_CRITICAL'],
    },
    {
      what: 'a root',
      change: { root: { extensions: { basicConstraints: uncritical(basicConstraints({ ca: true })) } } },
      bad: ['2: CERT_BASIC_CONSTRAINTS_NOT_CRITICAL'],
    },
    {
      what: 'a leaf',
      change: { leaf: { extensions: { basicConstraints: uncritical(basicConstraints({ ca: false })) } } },
    },
  ],
  PATH_LENGTH_NOT_CA: [
    {
      what: 'a leaf',
      change: { leaf: { extensions: { basicConstraints: basicConstraints({ ca: false, pathLen: 0 }) } } },
      bad: ['0: CERT_PATH_LENGTH_NOT_CA'],
    },
    { what: 'a leaf without basic constraints', change: { leaf: { extensions: { basicConstraints: null } } } },
  ],
  CERT_SIGN_NOT_CA: [
    {
      what: 'a leaf',
      change: { leaf: { extensions: { keyUsage: keyUsage('digitalSignature', 'keyCertSign') } } },
      bad: ['0: CERT_CERT_SIGN_NOT_CA', '0: CERT_LEAF_IS_CA'],
    },
    {
      what: 'a leaf that may sign lists',
      change: { leaf: { extensions: { keyUsage: keyUsage('digitalSignature', 'cRLSign') } } },
    },
  ],
  LEAF_IS_CA: [
    {
      what: 'CA:TRUE',
      change: { leaf: { extensions: { basicConstraints: basicConstraints({ ca: true }) } } },
      bad: ['0: CERT_LEAF_IS_CA'],
    },
    { what: 'CA:FALSE' },
  ],
  POLICY_CONSTRAINTS: [
    {
      what: 'empty',
      change: { intermediate: { extensions: { policy: policyConstraints() } } },
      bad: ['1: CERT_POLICY_CONSTRAINTS'],
    },
    {
      what: 'not critical',
      change: { intermediate: { extensions: { policy: policyConstraints(Uint8Array.of(9), false) } } },
      bad: ['1: CERT_POLICY_CONSTRAINTS'],
    },
    {
      what: 'a length too long',
      change: {
        intermediate: { extensions: { more: raw('2.5.29.36', der.sequence(Uint8Array.of(0x80, 5, 0)), true) } },
      },
      bad: ['1: CERT_POLICY_CONSTRAINTS'],
    },
    {
      what: 'a number of eight octets',
      change: { intermediate: { extensions: { policy: policyConstraints(new Uint8Array(8)) } } },
      bad: ['1: CERT_POLICY_CONSTRAINTS'],
    },
    {
      what: 'a field that is none of its',
      change: {
        intermediate: {
          extensions: { policy: raw('2.5.29.36', der.sequence(der.primitive(2, Uint8Array.of(1))), true) },
        },
      },
      bad: ['1: CERT_POLICY_CONSTRAINTS'],
    },
    {
      what: 'critical, of something',
      change: { intermediate: { extensions: { policy: policyConstraints(Uint8Array.of(9)) } } },
    },
    {
      what: 'bytes after it',
      change: {
        intermediate: {
          extensions: { policy: raw('2.5.29.36', withMore(der.sequence(der.primitive(0, Uint8Array.of(9)))), true) },
        },
      },
      bad: ['1: CERT_POLICY_CONSTRAINTS'],
    },
    { what: 'of mappings', change: policyFields(der.primitive(1, Uint8Array.of(0))) },
    {
      what: 'of policies and mappings',
      change: policyFields(der.primitive(0, Uint8Array.of(9)), der.primitive(1, Uint8Array.of(0))),
    },
    {
      what: 'of policies, and of mappings in eight octets',
      change: policyFields(der.primitive(0, Uint8Array.of(9)), der.primitive(1, new Uint8Array(8))),
      bad: ['1: CERT_POLICY_CONSTRAINTS'],
    },
  ],
  POLICY_REQUIRED: [
    {
      what: 'at once, and the leaf has none',
      change: { intermediate: { extensions: { policy: policyConstraints(Uint8Array.of(0)), ...policies } } },
      bad: ['0: CERT_POLICY_REQUIRED'],
    },
    {
      what: 'at once, and who asks has none',
      change: {
        intermediate: { extensions: { policy: policyConstraints(Uint8Array.of(0)) } },
        leaf: { extensions: policies },
      },
      bad: ['1: CERT_POLICY_REQUIRED'],
    },
    {
      what: 'at once, and all have one',
      change: {
        intermediate: { extensions: { policy: policyConstraints(Uint8Array.of(0)), ...policies } },
        leaf: { extensions: policies },
      },
    },
    {
      what: 'after one certificate, which the leaf is',
      change: { intermediate: { extensions: { policy: policyConstraints(Uint8Array.of(1)), ...policies } } },
      bad: ['0: CERT_POLICY_REQUIRED'],
    },
    {
      what: 'after two certificates',
      change: { intermediate: { extensions: { policy: policyConstraints(Uint8Array.of(2)) } } },
    },
    {
      what: 'after two certificates, from further above',
      change: {
        above: [{ extensions: { policy: policyConstraints(Uint8Array.of(2)), ...policies } }],
        intermediate: { extensions: policies },
      },
      bad: ['0: CERT_POLICY_REQUIRED'],
    },
    {
      what: 'after two certificates, of which one is self-issued and does not count',
      change: {
        above: [{ extensions: { policy: policyConstraints(Uint8Array.of(2)) } }],
        intermediate: { subject: named('Above 0') },
      },
    },
    {
      what: 'by the leaf itself',
      change: {
        leaf: { extensions: { policy: policyConstraints(Uint8Array.of(0)) } },
        intermediate: { extensions: policies },
      },
      bad: ['0: CERT_POLICY_REQUIRED'],
    },
    {
      what: 'by the leaf itself, of those below it',
      change: { leaf: { extensions: { policy: policyConstraints(Uint8Array.of(1)) } } },
    },
    {
      what: 'at once, in a path that leads nowhere',
      change: {
        intermediate: { extensions: { policy: policyConstraints(Uint8Array.of(0)) } },
        leaf: { extensions: policies },
      },
      ask: () => ({ anchors: [authority('Another', undefined)] }),
      bad: ['1: CERT_NOT_TRUSTED', '1: CERT_POLICY_REQUIRED'],
    },
  ],

  /* --- alternative names --- */
  SAN_MISSING: [
    {
      what: 'a leaf',
      change: { leaf: { extensions: { subjectAltName: null } } },
      bad: ['0: CERT_CN_MISMATCH', '0: CERT_SAN_MISSING'],
      rfc5280: ['0: CERT_CN_MISMATCH'],
    },
    { what: 'an intermediate, which needs none' },
  ],
  SAN_NEEDED: [
    {
      what: 'a leaf without a subject',
      change: { leaf: { subject: EMPTY_NAME, extensions: { subjectAltName: null } } },
      bad: ['0: CERT_CN_MISMATCH', '0: CERT_SAN_MISSING'],
      rfc5280: ['0: CERT_CN_MISMATCH', '0: CERT_SAN_MISSING'],
    },
    {
      what: 'with one that is critical',
      change: {
        leaf: { subject: EMPTY_NAME, extensions: { subjectAltName: critical(subjectAltName([{ dns: HOST }])) } },
      },
    },
  ],
  SAN_MALFORMED: [
    {
      what: 'no name',
      change: { leaf: { extensions: names() } },
      bad: ['0: CERT_CN_MISMATCH', '0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'no sequence',
      change: { leaf: { extensions: { subjectAltName: raw('2.5.29.17', der.nullValue()) } } },
      bad: ['0: CERT_PARSE'],
    },
    {
      what: 'an address of 5 octets',
      change: { leaf: { extensions: names({ dns: HOST }, { ip: Uint8Array.of(1, 2, 3, 4, 5) }) } },
      bad: ['0: CERT_PARSE'],
    },
    {
      what: 'a kind that there is not',
      change: { leaf: { extensions: names({ dns: HOST }, der.primitive(9, bytes('x'))) } },
      bad: ['0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'a URI that is constructed',
      change: { leaf: { extensions: names({ dns: HOST }, der.tlv(0xa6, bytes('https://a.example/'))) } },
      bad: ['0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'the last kind that there is',
      change: { leaf: { extensions: names({ dns: HOST }, { registeredID: UNKNOWN }) } },
    },
    {
      what: 'an address of 4 octets',
      change: { leaf: { extensions: names({ dns: HOST }, { ip: Uint8Array.of(1, 2, 3, 4) }) } },
    },
    {
      what: 'a name with a length in a longer form',
      change: { leaf: { extensions: names({ dns: HOST }, longer(der.primitive(2, bytes('a.example')))) } },
      bad: ['0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'a name with a length in a longer form, before another',
      change: { leaf: { extensions: names(longer(der.primitive(2, bytes('a.example'))), { dns: HOST }) } },
      bad: ['0: CERT_SAN_MALFORMED'],
    },
    {
      what: 'bytes after it',
      change: { leaf: { extensions: { subjectAltName: edited(subjectAltName([{ dns: HOST }]), withMore) } } },
      bad: ['0: CERT_PARSE'],
    },
    {
      what: 'a name of the private class',
      change: { leaf: { extensions: names({ dns: HOST }, der.tlv(0xc2, bytes('a.example'))) } },
      bad: ['0: CERT_PARSE'],
    },
  ],
  SAN_CRITICALITY: [
    {
      what: 'critical, with a subject',
      change: { leaf: { extensions: { subjectAltName: subjectAltName([{ dns: HOST }], true) } } },
      bad: ['0: CERT_SAN_CRITICALITY'],
      rfc5280: [],
    },
    {
      what: 'not critical, without a subject',
      change: { leaf: { subject: EMPTY_NAME } },
      bad: ['0: CERT_SAN_CRITICALITY'],
    },
    {
      what: 'critical, without a subject',
      change: { leaf: { subject: EMPTY_NAME, extensions: { subjectAltName: subjectAltName([{ dns: HOST }], true) } } },
    },
  ],
  CN_FORM: [
    {
      what: 'a host in other letters',
      change: { leaf: { subject: [{ CN: 'WWW.example.com' }] } },
      bad: ['0: CERT_CN_FORM'],
    },
    { what: 'the host as it is', change: { leaf: { subject: [{ CN: HOST }] } } },
    { what: 'not ASCII', change: { leaf: { subject: [{ CN: 'bücher.example' }] } }, bad: ['0: CERT_CN_FORM'] },
    {
      what: 'an address in another writing',
      change: { leaf: { subject: [{ CN: '2001:DB8::1' }], extensions: names({ dns: HOST }, { ip: '2001:db8::1' }) } },
      bad: ['0: CERT_CN_FORM'],
    },
    {
      what: 'an address as it is',
      change: { leaf: { subject: [{ CN: '2001:db8::1' }], extensions: names({ dns: HOST }, { ip: '2001:db8::1' }) } },
    },
    {
      what: 'an address with an odd number',
      change: { leaf: { subject: [{ CN: '192.0.02.1' }] } },
      bad: ['0: CERT_CN_FORM'],
    },
    { what: 'words', change: { leaf: { subject: [{ CN: 'Bücher, 2. Auflage' }] } } },
    ...[
      ['a host but for one letter', 'xWW.example.com'],
      ['the beginning of the host', 'WWW.example.co'],
      ['no dot', 'LOCALHOST'],
      ['a number', '2026'],
      ['a name of another kind', 'WWW.example.org'],
      ['another address', '192.0.2.1'],
      ['the beginning of an IPv6 address', '192.0.2.3'],
      ['no host, and a digit within the last label', 'a..e1'],
      ['no host, and a digit in an earlier label', '1..e'],
      ['no host, and a digit in the label before a short one', '..1.e'],
      ['no host, and a sign before the digits at the end', 'a../'],
      ['no host, and a sign after the digits at the end', 'a..:'],
      ['no host, and DEL', 'a\x7f.example'],
    ].map(([what, CN]) => ({
      what,
      change: {
        leaf: {
          subject: [{ CN }],
          extensions: names(
            { dns: HOST },
            { dns: 'localhost' },
            { uri: 'www.example.org' },
            { ip: '192.0.2.22' },
            { ip: Uint8Array.of(192, 0, 2, 3, ...Array(12).fill(0)) },
          ),
        },
      },
    })),
    ...[
      ['an address with a long odd number', '192.0.2.010'],
      ['an address with another odd number', '192.0.02.9'],
      ['an address that is none', '2001:db8'],
      ['an address in hexadecimal', '0xC0000201.0'],
    ].map(([what, CN]) => ({ what, change: { leaf: { subject: [{ CN }] } }, bad: ['0: CERT_CN_FORM'] })),
    {
      what: 'a host in other letters, in an attribute that is no common name',
      change: { leaf: { subject: [{ O: 'WWW.example.com' }, { CN: HOST }] } },
    },
    {
      what: 'a host in other letters, after another common name',
      change: { leaf: { subject: [{ CN: HOST }, { CN: 'WWW.example.com' }] } },
      bad: ['0: CERT_CN_FORM'],
    },
  ],

  /* --- revocation --- */
  REVOKED: [
    {
      what: 'the leaf',
      ask: lists(({ intermediate, leaf }) => [crl(intermediate, { revoked: [entry(leaf)] })]),
      bad: ['0: CERT_REVOKED'],
    },
    {
      what: 'the intermediate',
      ask: lists(({ root, intermediate }) => [crl(root, { revoked: [entry(intermediate)] })]),
      bad: ['1: CERT_REVOKED'],
    },
    {
      what: 'the leaf, with a reason',
      ask: lists(({ intermediate, leaf }) => [
        crl(intermediate, { revoked: [{ ...entry(leaf), reason: 'keyCompromise' }] }),
      ]),
      bad: ['0: CERT_REVOKED'],
    },
    {
      what: 'another of the same issuer',
      ask: lists(({ root, intermediate }) => [crl(intermediate, { revoked: [entry({ serial: 7n })] }), crl(root)]),
    },
    {
      what: 'the number of the leaf, by another issuer',
      ask: lists(({ root, leaf }) => [crl(root, { revoked: [entry(leaf)] })]),
    },
    {
      what: 'by the second list',
      ask: lists(({ intermediate, leaf }) => [
        crl(intermediate),
        crl(intermediate, { revoked: [entry({ serial: 7n }), entry(leaf)] }),
      ]),
      bad: ['0: CERT_REVOKED'],
    },
    {
      what: 'by a list for user certificates',
      ask: lists(({ intermediate, leaf }) => [
        crl(intermediate, {
          revoked: [entry(leaf)],
          extensions: [extension.issuingDistributionPoint({ onlyUserCerts: true })],
        }),
      ]),
      bad: ['0: CERT_REVOKED'],
    },
    {
      what: 'by a list for CA certificates, which the leaf is not in',
      ask: lists(({ intermediate, leaf }) => [
        crl(intermediate, {
          revoked: [entry(leaf)],
          extensions: [extension.issuingDistributionPoint({ onlyCACerts: true })],
        }),
      ]),
    },
    {
      what: 'the intermediate by a list for CA certificates',
      ask: lists(({ root, intermediate }) => [
        crl(root, {
          revoked: [entry(intermediate)],
          extensions: [extension.issuingDistributionPoint({ onlyCACerts: true })],
        }),
      ]),
      bad: ['1: CERT_REVOKED'],
    },
    {
      what: 'the intermediate by a list for user certificates',
      ask: lists(({ root, intermediate }) => [
        crl(root, {
          revoked: [entry(intermediate)],
          extensions: [extension.issuingDistributionPoint({ onlyUserCerts: true })],
        }),
      ]),
    },
    {
      what: 'the leaf, before another',
      ask: lists(({ intermediate, leaf }) => [crl(intermediate, { revoked: [entry(leaf), entry({ serial: 7n })] })]),
      bad: ['0: CERT_REVOKED'],
    },
    {
      what: 'the leaf, by a list signed with RSASSA-PSS',
      change: { intermediate: { key: keyOf('any', 'rsa2048') } },
      ask: lists(({ intermediate, leaf }) => [
        crl(intermediate, { revoked: [entry(leaf)], signature: 'rsa-pss-sha256' }),
      ]),
      bad: ['0: CERT_REVOKED'],
    },
    ...[1, 2, 5].map((field) => ({
      what: `the leaf and the intermediate, by lists with FALSE written out in field ${field} of the scope`,
      ask: lists(({ root, intermediate, leaf }) => {
        const scope = raw('2.5.29.28', der.sequence(der.primitive(field, Uint8Array.of(0))), true);
        return [
          crl(root, { revoked: [entry(intermediate)], extensions: [scope] }),
          crl(intermediate, { revoked: [entry(leaf)], extensions: [scope] }),
        ];
      }),
      bad: ['0: CERT_REVOKED', '1: CERT_REVOKED'],
    })),
  ],
  CRL_NOT_TRUSTED: [
    {
      what: 'another signer',
      ask: lists(({ intermediate }) => [crl(intermediate, { signer: keyOf('Another') })]),
      bad: ['0: CRL_NOT_TRUSTED'],
    },
    {
      what: 'an issuer without cRLSign',
      change: { intermediate: { extensions: { keyUsage: keyUsage('keyCertSign') } } },
      ask: lists(({ intermediate }) => [crl(intermediate)]),
      bad: ['0: CRL_NOT_TRUSTED'],
    },
    {
      what: 'an issuer without key usage',
      change: { intermediate: { extensions: { keyUsage: null } } },
      ask: lists(({ intermediate }) => [crl(intermediate)]),
    },
    {
      what: 'one of each key of an issuer that changed its key',
      change: { above: [{ subject: named('Root') }] },
      ask: lists(({ root, above }) => [listOf(root), listOf(above[0])]),
    },
    {
      what: 'one of them that the other key signed',
      change: { above: [{ subject: named('Root') }] },
      ask: lists(({ root, above }) => [listOf(root), listOf(above[0], { signer: root.key })]),
      bad: ['1: CRL_NOT_TRUSTED'],
    },
    {
      what: 'of another key of the issuer only',
      change: { above: [{ subject: named('Root') }] },
      ask: lists(({ above }) => [listOf(above[0])]),
      bad: ['2: CRL_NOT_TRUSTED'],
    },
    {
      what: 'nobody of this path',
      ask: lists(() => [crl({ subject: named('Another'), key: keyOf('Another') }, { signer: keyOf('More') })]),
    },
    {
      what: 'another signer, of a part of the list that the leaf is not in',
      change: { leaf: { extensions: { points: extension.crlDistributionPoints('http://a.example/1') } } },
      ask: lists(({ intermediate, leaf }) => [
        crl(intermediate, {
          signer: keyOf('Another'),
          revoked: [entry(leaf)],
          extensions: [extension.issuingDistributionPoint({ uri: 'http://a.example/2' })],
        }),
      ]),
    },
    {
      what: 'another signer, of a delta',
      ask: lists(({ intermediate }) => [
        crl(intermediate, { signer: keyOf('Another'), extensions: [raw('2.5.29.27', der.integer(1), true)] }),
      ]),
      bad: ['0: CRL_NOT_TRUSTED'],
    },
  ],
  CRL_EXPIRED: [
    {
      what: 'a second ago',
      ask: lists(({ intermediate }) => [crl(intermediate, { nextUpdate: '2026-06-15T11:59:59Z' })]),
      bad: ['0: CRL_EXPIRED'],
    },
    {
      what: 'at this very second',
      ask: lists(({ intermediate }) => [crl(intermediate, { nextUpdate: '2026-06-15T12:00:00Z' })]),
    },
    {
      what: 'beside a fresh one',
      ask: lists(({ intermediate }) => [
        crl(intermediate, { nextUpdate: '2026-06-15T11:59:59Z' }),
        crl(intermediate),
        crl(intermediate, { nextUpdate: '2026-06-15T11:59:58Z' }),
      ]),
    },
    {
      what: 'beside a fresh one, but it lists the leaf',
      ask: lists(({ intermediate, leaf }) => [
        crl(intermediate, {
          nextUpdate: '2026-06-15T11:59:59Z',
          revoked: [entry(leaf)],
        }),
        crl(intermediate),
      ]),
      bad: ['0: CERT_REVOKED'],
    },
    {
      what: "the root's",
      ask: lists(({ root }) => [crl(root, { nextUpdate: '2026-06-15T11:59:59Z' })]),
      bad: ['1: CRL_EXPIRED'],
    },
    { what: 'in 2050', ask: lists(({ intermediate }) => [crl(intermediate, { nextUpdate: '2050-01-01T00:00:00Z' })]) },
    {
      what: 'at no time that is told',
      ask: lists(({ intermediate }) => [crl(intermediate, { nextUpdate: undefined })]),
    },
    {
      what: 'at no time that is told, with nothing after it',
      ask: lists(({ intermediate }) => [crl(intermediate, { version: 1, nextUpdate: undefined, number: undefined })]),
      bad: ['0: CRL_NUMBER'],
    },
  ],
  CRL_FUTURE: [
    {
      what: 'in a second',
      ask: lists(({ intermediate }) => [crl(intermediate, { thisUpdate: '2026-06-15T12:00:01Z' })]),
      bad: ['0: CRL_FUTURE'],
    },
    {
      what: 'from this very second',
      ask: lists(({ intermediate }) => [crl(intermediate, { thisUpdate: '2026-06-15T12:00:00Z' })]),
    },
  ],
  CRL_BAD_MD: [
    {
      what: 'SHA-1',
      ask: lists(({ intermediate }) => [crl(intermediate, { signature: 'ecdsa-sha1' })]),
      bad: ['0: CRL_BAD_MD'],
    },
    {
      what: 'SHA-224',
      ask: lists(({ intermediate }) => [crl(intermediate, { signature: 'ecdsa-sha224' })]),
      bad: ['0: CRL_BAD_MD'],
      rfc5280: [],
    },
    { what: 'SHA-512', ask: lists(({ intermediate }) => [crl(intermediate, { signature: 'ecdsa-sha512' })]) },
  ],
  CRL_BAD_PK: [
    {
      what: 'Ed25519',
      ask: lists(({ intermediate }) => [
        crl(intermediate, {
          innerAlgorithm: algorithmIdentifier('ed25519'),
          outerAlgorithm: algorithmIdentifier('ed25519'),
        }),
      ]),
      bad: ['0: CRL_BAD_PK'],
    },
    {
      what: 'RSA',
      change: { intermediate: { key: keyOf('any', 'rsa2048') } },
      ask: lists(({ intermediate }) => [crl(intermediate)]),
      suiteb: ['0: CERT_BAD_PK', '0: CRL_BAD_PK', '1: CERT_BAD_PK'],
    },
  ],
  CRL_SCOPE: [
    {
      what: 'a delta',
      ask: lists(({ intermediate }) => [crl(intermediate, { extensions: [raw('2.5.29.27', der.integer(1), true)] })]),
      bad: ['0: CRL_SCOPE'],
    },
    {
      what: 'a delta that does not say so critically',
      ask: lists(({ intermediate }) => [crl(intermediate, { extensions: [raw('2.5.29.27', der.integer(1), false)] })]),
      bad: ['0: CRL_SCOPE'],
    },
    {
      what: 'indirect',
      ask: lists(({ intermediate }) => [
        crl(intermediate, { extensions: [raw('2.5.29.28', der.sequence(der.primitive(4, Uint8Array.of(255))), true)] }),
      ]),
      bad: ['0: CRL_SCOPE'],
    },
    {
      what: 'some reasons',
      ask: lists(({ intermediate }) => [
        crl(intermediate, {
          extensions: [raw('2.5.29.28', der.sequence(der.primitive(3, Uint8Array.of(6, 64))), true)],
        }),
      ]),
      bad: ['0: CRL_SCOPE'],
    },
    {
      what: 'an unknown critical extension',
      ask: lists(({ intermediate }) => [crl(intermediate, { extensions: [raw(UNKNOWN, der.nullValue(), true)] })]),
      bad: ['0: CRL_SCOPE'],
    },
    {
      what: 'an unknown extension',
      ask: lists(({ intermediate }) => [crl(intermediate, { extensions: [raw(UNKNOWN, der.nullValue())] })]),
    },
    {
      what: 'an entry with a critical extension',
      ask: lists(({ intermediate }) => [
        crl(intermediate, {
          revoked: [{ ...entry({ serial: 7n }), extensions: [raw('2.5.29.29', der.sequence(), true)] }],
        }),
      ]),
      bad: ['0: CRL_SCOPE'],
    },
    {
      what: 'an entry with an extension',
      ask: lists(({ intermediate }) => [
        crl(intermediate, { revoked: [{ ...entry({ serial: 7n }), extensions: [raw(UNKNOWN, der.nullValue())] }] }),
      ]),
    },
    {
      what: 'a distribution point',
      ask: lists(({ intermediate }) => [
        crl(intermediate, { extensions: [extension.issuingDistributionPoint({ uri: 'http://a.example/' })] }),
      ]),
    },
    {
      what: 'attribute certificates, which the leaf is not',
      ask: lists(({ intermediate, leaf }) => [
        crl(intermediate, {
          revoked: [entry(leaf)],
          extensions: [raw('2.5.29.28', der.sequence(der.primitive(5, Uint8Array.of(255))), true)],
        }),
      ]),
    },
    ...[
      { what: 'a scope of no sequence', one: raw('2.5.29.28', der.nullValue(), true) },
      { what: 'a scope that is cut off', one: raw('2.5.29.28', der.sequence(Uint8Array.of(0x81, 5)), true) },
      { what: 'an extension of no sequence', one: der.nullValue() },
    ].map(({ what, one }) => ({
      what,
      ask: lists(({ intermediate }) => [crl(intermediate, { extensions: [one] })]),
      bad: ['0: CRL_SCOPE'],
    })),
    {
      what: "a critical identifier of the issuer's key",
      ask: lists(({ intermediate }) => [
        crl(intermediate, {
          extensions: [critical(extension.authorityKeyIdentifier({ id: keyIdentifier(intermediate.key) }))],
        }),
      ]),
    },
    ...[
      { what: 'no sequence', one: der.nullValue() },
      { what: 'no number', one: der.sequence(der.nullValue(), der.utcTime('260602000000Z')) },
      { what: 'no date', one: der.sequence(der.integer(7)) },
      {
        what: 'extensions of no sequence',
        one: der.sequence(der.integer(7), der.utcTime('260602000000Z'), der.nullValue()),
      },
      {
        what: 'an extension of no sequence',
        one: der.sequence(der.integer(7), der.utcTime('260602000000Z'), der.sequence(der.nullValue())),
      },
    ].map(({ what, one }) => ({
      what: `an entry with ${what}`,
      ask: lists(({ intermediate }) => [crl(intermediate, { revoked: [one] })]),
      bad: ['0: CRL_SCOPE'],
    })),
  ],
  CRL_NUMBER: [
    {
      what: 'none',
      ask: lists(({ intermediate }) => [crl(intermediate, { number: undefined })]),
      bad: ['0: CRL_NUMBER'],
    },
    {
      what: 'version 1',
      ask: lists(({ intermediate }) => [crl(intermediate, { version: 1, number: undefined })]),
      bad: ['0: CRL_NUMBER'],
    },
    {
      what: 'a critical one',
      ask: lists(({ intermediate }) => [
        crl(intermediate, { number: undefined, extensions: [critical(extension.crlNumber(1))] }),
      ]),
      bad: ['0: CRL_NUMBER'],
    },
    { what: 'zero', ask: lists(({ intermediate }) => [crl(intermediate, { number: 0 })]) },
  ],
};

/** @param {{ serial: bigint }} certificate */
function entry({ serial }) {
  return { serial, date: '2026-06-02T00:00:00Z' };
}

/** @param {number} count @returns {GeneralName[]} */
function numbered(count) {
  return Array.from({ length: count }, (_, i) => ({ dns: `n${i}.${count}.example.net` }));
}

/** @param {number} count @returns {Record<string, Extension>} that are not known here */
function unknowns(count) {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`more ${i}`, raw(`${UNKNOWN}.${i}`, der.nullValue())]),
  );
}

/** @param {Uint8Array} tbs */
function withoutExtensions(tbs) {
  const [{ content }] = der.elements(tbs);
  return der.sequence(...der.elements(content).flatMap((field) => (field.tag === 0xa3 ? [] : [field.der])));
}

/** @param {Uint8Array} tbs */
function longerExtensions(tbs) {
  const fields = der.elements(der.elements(tbs)[0].content);
  const [{ content }] = der.elements(fields[fields.length - 1].content);
  const longer = der.concat(Uint8Array.of(0x30, 0x83, 0, content.length >> 8, content.length & 255), content);
  return der.sequence(...fields.slice(0, -1).map((field) => field.der), der.constructed(3, longer));
}

/**
 * Intermediates of the name and the key identifier of the one that signed the leaf stand before it.
 * @param {Chain} made
 * @param {number} count
 * @param {string} [kind] of their keys, as keyOf() has it
 */
function crowd({ root, leaf, intermediate }, count, kind) {
  const extensions = { subjectKeyIdentifier: extension.subjectKeyIdentifier(keyIdentifier(intermediate.key)) };
  const others = Array.from({ length: count }, (_, i) =>
    authority('Intermediate', root, { key: keyOf(`one of a crowd ${i}`, kind), extensions }),
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
  assert.deepEqual(
    Object.keys(VECTORS).filter((id) => !RULES.has(id)),
    [],
  );
  for (const [id, { code }] of RULES) {
    const vectors = VECTORS[id] ?? [];
    if (Object.hasOwn(UNREACHABLE, id)) {
      assert.ok(!vectors.some((vector) => codes(vector).includes(code)), `${id} is not unreachable`);
      continue;
    }
    assert.ok(
      vectors.some((vector) => codes(vector).includes(code)),
      `nothing breaks ${id}`,
    );
    assert.ok(
      vectors.some(({ bad = [] }) => bad.length === 0),
      `nothing beside ${id} is good`,
    );
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
          rfc5280: rfc5280 ? inFull(rfc5280) : inFull(bad).filter((problem) => !WEBPKI_ONLY.has(problem.split(' ')[1])),
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

/* --- finding a path ---------------------------------------------------------------------- */

describe('the path', () => {
  const root = authority('Root', undefined);
  const good = authority('Intermediate', root);
  const leaf = server(good);

  /**
   * @param {Question} asked
   * @param {import('./helpers/chains.js').Issued[]} path
   */
  async function goesThrough(asked, path) {
    for (const profile of /** @type {const} */ (['webpki', 'rfc5280'])) {
      const verification = await judge(asked, profile);
      assert.deepEqual([problemsOf(verification), verification.ok], [[], true]);
      assert.deepEqual(
        verification.path.map((one) => Buffer.from(one.der)),
        path.map((one) => Buffer.from(one.der)),
      );
    }
  }

  test('passes over a CA of the same name and another key', async () => {
    const other = authority('Intermediate', root, { key: keyOf('Another') });
    await goesThrough({ sent: [leaf, other, good], anchors: [root] }, [leaf, good, root]);
  });

  test('passes over one that claims the same key identifier', async () => {
    const extensions = { subjectKeyIdentifier: extension.subjectKeyIdentifier(keyIdentifier(good.key)) };
    const other = authority('Intermediate', root, { key: keyOf('Another'), extensions });
    await goesThrough({ sent: [leaf, other, good], anchors: [root] }, [leaf, good, root]);
  });

  test('passes over an expired certificate of the same CA', async () => {
    const old = authority('Intermediate', root, { notAfter: '2026-02-01T00:00:00Z' });
    await goesThrough({ sent: [leaf, old, good], anchors: [root] }, [leaf, good, root]);
    await goesThrough({ sent: [leaf, good, old], anchors: [root] }, [leaf, good, root]);
  });

  test('passes over a certificate of the same CA with a fault that only judging shows', async () => {
    const extensions = { nameConstraints: nameConstraints({ excluded: [{ dns: 'com' }] }) };
    const narrow = authority('Intermediate', root, { extensions });
    await goesThrough({ sent: [leaf, narrow, good], anchors: [root] }, [leaf, good, root]);
    assert.equal((await judge({ sent: [leaf, narrow, good], anchors: [root] }, 'webpki')).tried, 2);
  });

  test('takes the cross-signed way when the other ends in nothing', async () => {
    const unknown = authority('Unknown', undefined);
    const crossed = authority('Intermediate', unknown);
    await goesThrough({ sent: [leaf, crossed, unknown, good], anchors: [root] }, [leaf, good, root]);
    await goesThrough({ sent: [leaf, crossed, good], anchors: [unknown] }, [leaf, crossed, unknown]);
  });

  test('leaves a loop of two CAs', async () => {
    const one = { subject: named('One'), key: keyOf('One') };
    const two = { subject: named('Two'), key: keyOf('Two') };
    const oneByTwo = authority('One', two);
    const twoByOne = authority('Two', one);
    const twoByRoot = authority('Two', root);
    const below = server(one);
    const loop = await judge({ sent: [below, oneByTwo, twoByOne], anchors: [root] }, 'webpki');
    assert.deepEqual(problemsOf(loop), ['2: ERR_TLS_CERT_NOT_TRUSTED']);
    await goesThrough({ sent: [below, oneByTwo, twoByOne, twoByRoot], anchors: [root] }, [
      below,
      oneByTwo,
      twoByRoot,
      root,
    ]);
  });

  test('does not mind duplicates, order or what does not belong', async () => {
    const stranger = authority('Stranger', undefined);
    const upper = authority('Upper', root);
    const lower = authority('Lower', upper);
    const below = server(lower);
    const sent = [below, upper, upper, stranger, below, root, lower, lower];
    await goesThrough({ sent, anchors: [root] }, [below, lower, upper, root]);
  });

  test('ends at an anchor that is an intermediate', async () => {
    await goesThrough({ sent: [leaf], anchors: [good] }, [leaf, good]);
    await goesThrough({ sent: [leaf, good], anchors: [good] }, [leaf, good]);
    await goesThrough({ sent: [leaf, good], anchors: [good, root] }, [leaf, good]);
  });

  test('is the leaf alone when that is an anchor', async () => {
    await goesThrough({ sent: [leaf, good], anchors: [leaf] }, [leaf]);
    const old = server(good, { notAfter: '2026-02-01T00:00:00Z' });
    const verification = await judge({ sent: [old], anchors: [old] }, 'webpki');
    assert.deepEqual(problemsOf(verification), ['0: ERR_TLS_CERT_EXPIRED']);
    const other = await judge({ sent: [leaf], anchors: [leaf], hostname: 'example.org' }, 'webpki');
    assert.deepEqual(problemsOf(other), ['0: ERR_TLS_CERT_CN_MISMATCH']);
    const odd = server(good, { serial: 0n, extensions: { more: raw(UNKNOWN, der.nullValue(), true) } });
    assert.deepEqual(problemsOf(await judge({ sent: [odd], anchors: [odd] }, 'webpki')), [
      '0: ERR_TLS_CERT_SERIAL',
      '0: ERR_TLS_CERT_UNKNOWN_CRITICAL',
    ]);
  });

  test('is the one with the fewest faults when none is good', async () => {
    const worse = authority('Intermediate', root, { serial: 0n, notAfter: '2026-02-01T00:00:00Z' });
    const bad = authority('Intermediate', root, { serial: 0n });
    const verification = await judge({ sent: [leaf, worse, bad], anchors: [root] }, 'webpki');
    assert.deepEqual(problemsOf(verification), ['1: ERR_TLS_CERT_SERIAL']);
    const equal = authority('Intermediate', root, { serial: 0n, notAfter: '2026-12-31T00:00:00Z' });
    for (const [first, second] of [
      [bad, equal],
      [equal, bad],
    ]) {
      const { path } = await judge({ sent: [leaf, first, second], anchors: [root] }, 'webpki');
      assert.deepEqual(Buffer.from(path[1].der), Buffer.from(first.der));
    }
  });

  test('is the longest when none reaches an anchor', async () => {
    const unknown = authority('Unknown', undefined);
    const short = authority('Intermediate', unknown);
    const upper = authority('Upper', unknown);
    const long = authority('Intermediate', upper);
    for (const sent of [
      [leaf, short, long, upper],
      [leaf, long, upper, short],
    ]) {
      const verification = await judge({ sent, anchors: [root] }, 'webpki');
      assert.deepEqual(problemsOf(verification), ['2: ERR_TLS_CERT_NOT_TRUSTED']);
    }
  });

  test('is one that reaches an anchor, whatever its faults, rather than one that does not', async () => {
    const old = authority('Intermediate', root, { notAfter: '2026-02-01T00:00:00Z' });
    const crossed = authority('Intermediate', authority('Unknown', undefined));
    for (const others of [
      [old, crossed],
      [crossed, old],
    ]) {
      const verification = await judge({ sent: [leaf, ...others], anchors: [root] }, 'webpki');
      assert.deepEqual(problemsOf(verification), ['1: ERR_TLS_CERT_EXPIRED']);
    }
  });

  test('is looked up in the lists as it was chosen, not as the last that was tried', async () => {
    const extensions = { nameConstraints: nameConstraints({ excluded: [{ dns: 'com' }] }) };
    const narrow = authority('Intermediate', root, { extensions });
    const crossed = authority('Intermediate', authority('Unknown', undefined));
    const crls = [crl(root, { revoked: [entry(narrow)] })];
    const verification = await judge({ sent: [leaf, narrow, crossed], anchors: [root], crls }, 'webpki');
    assert.deepEqual(problemsOf(verification), ['0: ERR_TLS_CERT_NAME_EXCLUDED', '1: ERR_TLS_CERT_REVOKED']);
    assert.deepEqual(verification.revocation, [false, true, false]);
  });

  test('may be one of 500 candidates', async () => {
    const wrong = { key: keyOf('Another') };
    const crowded = Array.from({ length: 499 }, () => authority('Intermediate', root, wrong));
    const anchors = [root];
    const few = await judge({ sent: [leaf, ...crowded.slice(1), good], anchors }, 'webpki');
    assert.deepEqual([few.ok, few.path.length], [true, 3]); // 499, and the root for the last of them
    const many = await judge({ sent: [leaf, ...crowded, good], anchors }, 'webpki');
    assert.deepEqual(problemsOf(many), ['1: ERR_TLS_CERT_BUDGET']);
    const more = await judge({ sent: [leaf, ...crowded, ...crowd(chain(), 2), good], anchors }, 'webpki');
    assert.deepEqual(problemsOf(more), ['0: ERR_TLS_CERT_BUDGET']);
  });

  test('is given up when to look at long names takes too many steps', async () => {
    /** @param {number} count */
    const strangers = (count) =>
      Array.from({ length: count }, (_, i) =>
        authority('Stranger', undefined, { subject: [{ O: 'x'.repeat(50_000) }, { CN: String(i) }] }),
      );
    const many = strangers(110); // about 200 steps each, of 20,000
    assert.deepEqual(problemsOf(await judge({ sent: [leaf, ...many.slice(20)], anchors: [root] }, 'webpki')), [
      '0: ERR_TLS_CERT_NOT_TRUSTED',
    ]);
    assert.deepEqual(problemsOf(await judge({ sent: [leaf, ...many], anchors: [root] }, 'webpki')), [
      '0: ERR_TLS_CERT_BUDGET',
    ]);
    assert.equal((await judge({ sent: [leaf, ...many, good], anchors: [root] }, 'webpki')).ok, true);
  });

  test('is given up after so many CAs of one name, none of which leads anywhere', async () => {
    const verification = await judge(
      { sent: crowd({ root, above: [], intermediate: good, leaf }, 100), anchors: [root] },
      'webpki',
    );
    assert.deepEqual(problemsOf(verification), ['0: ERR_TLS_CERT_BUDGET']);
  });

  /** @param {Question} asked @returns {Promise<[string[], string[]][]>} of each path not chosen: whose certificates, why not */
  async function othersOf(asked) {
    const { others } = await judge(asked, 'webpki');
    return others.map((other) => [other.path.map((one) => one.subject.text.split('CN=')[1]), problemsOf(other)]);
  }

  test('is told with those that were tried and not chosen, and why', async () => {
    assert.deepEqual(await othersOf({ sent: [leaf, good], anchors: [root] }), []);

    const extensions = { nameConstraints: nameConstraints({ excluded: [{ dns: 'com' }] }) };
    const narrow = authority('Intermediate', root, { extensions });
    assert.deepEqual(await othersOf({ sent: [leaf, narrow, good], anchors: [root] }), [
      [[HOST, 'Intermediate', 'Root'], ['0: ERR_TLS_CERT_NAME_EXCLUDED']],
    ]);

    const old = authority('Intermediate', root, { notAfter: '2026-02-01T00:00:00Z' });
    assert.deepEqual(await othersOf({ sent: [leaf, old, good], anchors: [root] }), [
      [[HOST, 'Intermediate'], ['1: ERR_TLS_CERT_EXPIRED']],
    ]);

    const crossed = authority('Intermediate', authority('Unknown', undefined));
    assert.deepEqual(await othersOf({ sent: [leaf, crossed, good], anchors: [root] }), [
      [[HOST, 'Intermediate'], ['1: ERR_TLS_CERT_NOT_TRUSTED']],
    ]);

    const bad = authority('Intermediate', root, { serial: 0n });
    assert.deepEqual(await othersOf({ sent: [leaf, old, bad, crossed], anchors: [root] }), [
      [[HOST, 'Intermediate'], ['1: ERR_TLS_CERT_EXPIRED']],
      [[HOST, 'Intermediate'], ['1: ERR_TLS_CERT_NOT_TRUSTED']],
    ]);

    const crossedWithout = authority('Intermediate', authority('Unknown', undefined), {
      extensions: { authorityKeyIdentifier: null },
    });
    assert.deepEqual(await othersOf({ sent: [leaf, bad, crossedWithout], anchors: [root] }), [
      [
        [HOST, 'Intermediate'],
        ['1: ERR_TLS_CERT_AKI_MISSING', '1: ERR_TLS_CERT_NOT_TRUSTED'],
      ],
    ]);

    const oldRoot = authority('Root', undefined, { notAfter: '2026-02-01T00:00:00Z' });
    assert.deepEqual(await othersOf({ sent: [leaf, good], anchors: [oldRoot, root] }), [
      [[HOST, 'Intermediate', 'Root'], ['2: ERR_TLS_CERT_EXPIRED']],
    ]);
  });

  test('does not go on through a CA that may not issue or not yet', async () => {
    for (const [change, problem] of /** @type {const} */ ([
      [{ notBefore: '2026-06-15T12:00:01Z' }, 'FUTURE'],
      [{ extensions: { basicConstraints: basicConstraints({ ca: false }), keyUsage: null } }, 'NOT_A_CA'],
      [{ extensions: { keyUsage: keyUsage('cRLSign') } }, 'NO_CERT_SIGN'],
    ])) {
      const refused = authority('Intermediate', root, change);
      assert.deepEqual(await othersOf({ sent: [leaf, refused, good], anchors: [root] }), [
        [[HOST, 'Intermediate'], [`1: ERR_TLS_CERT_${problem}`]],
      ]);
    }
    const free = authority('Intermediate', authority('Unknown', undefined), { extensions: { keyUsage: null } });
    assert.deepEqual(await othersOf({ sent: [leaf, free, good], anchors: [root] }), [
      [[HOST, 'Intermediate'], ['1: ERR_TLS_CERT_NOT_TRUSTED']],
    ]);
  });

  test('is told with eight others at the most, and their certificates are those that were sent', async () => {
    const extensions = { nameConstraints: nameConstraints({ excluded: [{ dns: 'com' }] }) };
    const many = Array.from({ length: 11 }, () => authority('Intermediate', root, { extensions }));
    const verification = await judge({ sent: [leaf, ...many, good], anchors: [root] }, 'webpki');
    assert.equal(verification.ok, true);
    assert.deepEqual([verification.tried, verification.others.length], [12, 8]);
    for (const [i, { path }] of verification.others.entries()) {
      assert.equal(path[0], verification.sent[0]);
      assert.equal(path[1], verification.sent[1 + i]);
      assert.deepEqual(Buffer.from(path[2].der), Buffer.from(root.der));
    }
  });

  test('is told with the first others, in the order of trying', async () => {
    const olds = Array.from({ length: 11 }, (_, i) =>
      authority('Intermediate', root, { serial: BigInt(i + 1), notAfter: '2026-02-01T00:00:00Z' }),
    );
    const bad = authority('Intermediate', root, { serial: 0n });
    /** @param {...import('./helpers/chains.js').Issued} sent before the good one */
    const told = async (...sent) => {
      const { ok, tried, others } = await judge({ sent: [leaf, ...sent, good], anchors: [root] }, 'webpki');
      assert.equal(ok, true);
      return [tried, others.map(({ path }) => Number(path[1].serialNumber)).join()];
    };
    assert.deepEqual(await told(...olds), [9, '1,2,3,4,5,6,7,8']);
    assert.deepEqual(await told(...olds.slice(0, 8), bad), [10, '1,2,3,4,5,6,7,8']);
    assert.deepEqual(await told(...olds.slice(0, 7), bad), [9, '1,2,3,4,5,6,7,0']);
    assert.deepEqual(await told(bad, ...olds.slice(0, 8)), [10, '0,1,2,3,4,5,6,7']);
    assert.deepEqual(await told(olds[0], bad, ...olds.slice(1, 3)), [5, '1,0,2,3']);
  });
});

test('a list covers the certificates of its issuer, and only those', async () => {
  const made = chain();
  const { root, intermediate } = made;
  /** @param {Uint8Array[]} crls */
  const covered = async (...crls) => (await judge({ ...question(made), crls }, 'webpki')).revocation;
  const onlyCAs = extension.issuingDistributionPoint({ onlyCACerts: true });
  const onlyUsers = extension.issuingDistributionPoint({ onlyUserCerts: true });
  assert.deepEqual(await covered(), [false, false, false]);
  assert.deepEqual(await covered(crl(intermediate)), [true, false, false]);
  assert.deepEqual(await covered(crl(root)), [false, true, false]);
  assert.deepEqual(await covered(crl(root), crl(intermediate)), [true, true, false]);
  assert.deepEqual(await covered(crl(root, { extensions: [onlyUsers] })), [false, false, false]);
  assert.deepEqual(await covered(crl(intermediate, { extensions: [onlyCAs] })), [false, false, false]);
  assert.deepEqual(
    await covered(crl(root, { extensions: [onlyCAs] }), crl(intermediate, { extensions: [onlyUsers] })),
    [true, true, false],
  );
});

test('a leaf is good under any name when none is asked for', async () => {
  const { root, intermediate, leaf } = chain({ leaf: { extensions: names({ dns: 'a.example' }) } });
  const trust = await TrustStore.from(root.der);
  const asked = { trust, now: NOW };
  assert.equal((await verifyChain([leaf.der, intermediate.der], asked)).ok, true);
  assert.equal((await verifyChain([leaf.der, intermediate.der], { ...asked, hostname: HOST })).ok, false);
});

describe('a problem says what was found', () => {
  const many = Array.from({ length: 7 }, (_, i) => ({ dns: `${i}.example` }));
  /** @type {[string, Changes, string, ((chain: Chain) => Partial<Question>)?][]} */
  const cases = [
    [
      'CERT_EXPIRED',
      { leaf: { notAfter: '2026-06-15T11:59:59Z' } },
      'it was valid until 2026-06-15T11:59:59Z, and was judged at 2026-06-15T12:00:00Z',
    ],
    [
      'CERT_FUTURE',
      { leaf: { notBefore: '2026-06-15T12:00:01Z' } },
      'it is valid from 2026-06-15T12:00:01Z, and was judged at 2026-06-15T12:00:00Z',
    ],
    ['CERT_BAD_KEY', { leaf: { key: keyOf('any', 'rsa2040') } }, 'RSA of 2040 bits, at least 2048 are needed'],
    ['CERT_UNKNOWN_CRITICAL', { leaf: { extensions: { more: raw(UNKNOWN, der.nullValue(), true) } } }, UNKNOWN],
    [
      'CERT_CN_MISMATCH',
      { leaf: { extensions: names({ dns: 'a.example' }, { uri: 'b:c' }, { ip: '192.0.2.1' }) } },
      `expected ${HOST}, but it names a.example, 192.0.2.1`,
    ],
    [
      'CERT_CN_MISMATCH',
      { leaf: { extensions: names(...many.slice(1)) } },
      `expected ${HOST}, but it names 1.example, 2.example, 3.example, 4.example, 5.example, 6.example`,
    ],
    [
      'CERT_CN_MISMATCH',
      { leaf: { extensions: names(...many) } },
      `expected ${HOST}, but it names 0.example, 1.example, 2.example, 3.example, 4.example, 5.example, and more`,
    ],
    [
      'CERT_CN_MISMATCH',
      { leaf: { extensions: names({ uri: 'b:c' }) } },
      `expected ${HOST}, but it names no host (subjectAltName)`,
    ],
    ['CERT_CN_FORM', { leaf: { subject: [{ CN: 'WWW.example.com' }] } }, 'CN=WWW.example.com'],
    [
      'CERT_PATH_LENGTH',
      { root: { extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 1 }) } }, above: [{}] },
      'pathLenConstraint is 1, and there are 2',
    ],
    ['CERT_NAME_EXCLUDED', below({ excluded: [{ dns: 'com' }] }, []), HOST],
    ['CERT_NAME_EXCLUDED', below({ excluded: [{ ip: '::/0' }] }, [{ ip: '2001:db8::1' }]), '2001:db8::1'],
    ['CERT_NAME_EXCLUDED', below({ excluded: [{ dirName: [] }] }, []), 'a distinguished name'],
    [
      'CERT_NOT_TRUSTED',
      { leaf: { issuer: named(HOST), signer: keyOf(HOST) } },
      'it is its own issuer, and not a trust anchor',
    ],
    [
      'CERT_NOT_TRUSTED',
      {},
      'its issuer is neither among the certificates sent nor trusted',
      ({ leaf }) => ({ sent: [leaf] }),
    ],
    [
      'CERT_NOT_TRUSTED',
      { leaf: { signer: keyOf('Another') } },
      "there is a certificate with its issuer's name, but it did not sign it",
    ],
    [
      'CERT_NOT_TRUSTED',
      { leaf: { signer: keyOf('Another') } },
      "there is a certificate with its issuer's name, but it did not sign it",
      ({ intermediate, root, leaf }) => ({ sent: [leaf], anchors: [root, intermediate] }),
    ],
    [
      'CERT_NOT_TRUSTED',
      { leaf: { signer: keyOf('Another') } },
      "there is a certificate with its issuer's name, but it did not sign it",
      ({ intermediate, root, leaf }) => ({ sent: [leaf, authority('More', root)], anchors: [intermediate, root] }),
    ],
  ];
  for (const [code, change, found, ask] of cases) {
    test(`${code}: ${found}`, async () => {
      const made = chain(change);
      const { problems } = await judge({ ...question(made), ...ask?.(made) }, 'webpki');
      const [, text] = /** @type {RegExpExecArray} */ (
        new RegExp(`^RULE\\(\\w+, "${code}", \\w+, \\w+, "([^"]*)"`, 'm').exec(source)
      );
      assert.deepEqual(
        problems.filter((problem) => problem.code === `ERR_TLS_${code}`).map(({ message }) => message),
        [`${text}: ${found}`],
      );
    });
  }
});

test('as many signatures of lists are checked as of certificates', async () => {
  const made = chain();
  const other = keyOf('Another');
  const wrong = Array.from({ length: 30 }, (_, i) => crl(made.intermediate, { number: i + 1, signer: other }));
  const few = await judge({ ...question(made), crls: wrong.slice(0, 24) }, 'webpki');
  assert.deepEqual(problemsOf(few), ['0: ERR_TLS_CRL_NOT_TRUSTED']);
  const many = await judge({ ...question(made), crls: wrong }, 'webpki');
  assert.deepEqual(problemsOf(many), ['0: ERR_TLS_CERT_BUDGET', '0: ERR_TLS_CRL_NOT_TRUSTED']);
});

test('a list whose two algorithms differ cannot be read', async () => {
  const made = chain();
  const crls = [crl(made.intermediate, { outerAlgorithm: algorithmIdentifier('ecdsa-sha384') })];
  await assert.rejects(judge({ ...question(made), crls }, 'webpki'), { code: 'ERR_TLS_INVALID_CRL' });
});

describe('a list cannot be read', () => {
  const made = chain({ intermediate: { subject: [{ O: 'a name of some length'.repeat(10) }] } });
  const { subject } = made.intermediate;
  const [, algorithm, signature] = der
    .elements(der.elements(crl(made.intermediate))[0].content)
    .map((part) => part.der);
  const time = der.utcTime('260601000000Z');
  /** @param {...Uint8Array} after the time of this list */
  const tbs = (...after) => der.sequence(der.integer(1), algorithm, encodeName(subject), time, ...after);
  /** @param {Uint8Array} whole */
  const ask = (whole) => judge({ ...question(made), crls: [whole] }, 'webpki');
  for (const [what, whole] of /** @type {[string, Uint8Array][]} */ ([
    ['with bytes after it', withMore(der.sequence(tbs(), algorithm, signature))],
    ['with a part more', der.sequence(tbs(), algorithm, signature, der.nullValue())],
    ['of no sequence', der.sequence(der.set(tbs()), algorithm, signature)],
    ['whose algorithm is no sequence', der.sequence(tbs(), der.nullValue(), signature)],
    [
      'whose algorithms have no identifier',
      (() => {
        const none = der.sequence(der.nullValue());
        return der.sequence(der.sequence(none, encodeName(subject), time), none, signature);
      })(),
    ],
    ['without a signature', der.sequence(tbs(), algorithm)],
    ['with a signature of nothing', der.sequence(tbs(), algorithm, der.tlv(3, Uint8Array.of(0)))],
    ['whose issuer is no sequence', der.sequence(der.sequence(algorithm, der.set(tbs()), time), algorithm, signature)],
    ['with a next time that is none', der.sequence(tbs(der.utcTime('26')), algorithm, signature)],
    ['with extensions of no sequence', der.sequence(tbs(der.constructed(0, der.nullValue())), algorithm, signature)],
    [
      'with something after the extensions',
      der.sequence(tbs(der.constructed(0, der.sequence()), der.nullValue()), algorithm, signature),
    ],
  ])) {
    test(what, () => assert.rejects(ask(whole), { code: 'ERR_TLS_INVALID_CRL' }));
  }

  test('unless all of it is there', async () => {
    for (const bits of [signature, der.tlv(3, Uint8Array.of(0, 1))]) {
      const { problems } = await ask(der.sequence(tbs(), algorithm, bits));
      assert.deepEqual(problemsOf({ problems }), ['0: ERR_TLS_CRL_NOT_TRUSTED']);
    }
  });
});

test('a trust store names an anchor without a subject', async () => {
  const anchor = authority('Anchor', { subject: named('Root'), key: keyOf('Root') }, { subject: EMPTY_NAME });
  const store = await TrustStore.from(anchor.der);
  const [{ problems }] = store.problems('rfc5280');
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['ERR_TLS_CERT_SUBJECT_EMPTY'],
  );
  assert.deepEqual((await TrustStore.from(chain().intermediate.der)).problems(), []);
});
