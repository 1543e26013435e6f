/** The profiles auto and private: the user's own anchors, pinned certificates, and Mozilla's anchors. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as der from '../../certs/der.js';
import {
  authorityKeyIdentifier,
  basicConstraints,
  extKeyUsage,
  keyUsage,
  nameConstraints,
  raw,
} from '../../certs/extensions.js';
import { loadCore } from '../../dist/wasm.js';
import { TrustStore, verifyChain } from '../../dist/index.js';
import {
  authority,
  chain,
  HOST,
  keyOf,
  NOW,
  problemsOf,
  server,
  verificationInput,
  verify,
} from '../helpers/chains.js';
import { mozillaList } from '../helpers/mozilla-list.js';
import { sharedCase, skipSharedCases } from '../helpers/shared-cases.js';
import { UNKNOWN, uncritical, withoutExtensions } from './rules/vector.js';

/** @typedef {import('../../dist/index.js').Verification} Verification */
/** @typedef {import('../helpers/chains.js').Issued} Issued */

/** @param {Verification} verification @returns {string[]} the rules of its warnings */
const warnedRules = ({ warnings }) => warnings.map(({ rule, depth }) => `${depth}: ${rule}`).sort();

/** @param {Issued[]} roots @returns {Promise<TrustStore>} in which they are Mozilla's */
const mozillaStore = async (...roots) => new TrustStore(await loadCore()).addMozillaRoots(mozillaList(roots));

/** A chain that breaks a rule of form at each depth. */
const sloppy = chain({
  root: { extensions: { subjectKeyIdentifier: null } },
  intermediate: { extensions: { basicConstraints: uncritical(basicConstraints({ ca: true })) } },
  leaf: { serial: 0n, extensions: { extKeyUsage: null } },
});
const sloppyRules = ['0: EKU_MISSING', '0: SERIAL', '1: BC_NOT_CRITICAL', '2: SKI_MISSING'];
const sent = [sloppy.leaf.der, sloppy.intermediate.der];

describe('the profile auto, the default', () => {
  test("is private for a path that ends at the user's anchor: form is only warned of", async () => {
    const trust = await TrustStore.from(sloppy.root.der);
    for (const profile of /** @type {const} */ ([undefined, 'auto', 'private'])) {
      const verification = await verifyChain(sent, { trust, hostname: HOST, now: NOW, profile });
      assert.deepEqual([verification.ok, verification.profile, problemsOf(verification)], [true, 'private', []]);
      assert.deepEqual(warnedRules(verification), sloppyRules);
      assert.match(verification.warnings[0].message, /^Its serial number must be positive .*: 00$|extended key usage/);
    }
  });

  test("is webpki for a path that ends at Mozilla's anchor, also if the user added that one too", async () => {
    const trust = await mozillaStore(sloppy.root);
    for (let turn = 0; turn < 2; turn++) {
      const verification = await verifyChain(sent, { trust, hostname: HOST, now: NOW });
      assert.deepEqual([verification.ok, verification.profile], [false, 'webpki']);
      assert.ok(problemsOf(verification).includes('0: ERR_TLS_CERT_SERIAL'));
      trust.add(sloppy.root.der);
    }
    const explicit = await verifyChain(sent, { trust, hostname: HOST, now: NOW, profile: 'private' });
    assert.deepEqual([explicit.ok, explicit.profile], [true, 'private']);
  });

  test('prefers any valid path, and explains each by its own profile', async () => {
    const public_ = authority('Root', undefined);
    const own = authority('Own root', undefined);
    const crossed = authority('Intermediate', own, { serial: 0n });
    const odd = authority('Intermediate', public_, { serial: 0n });
    const leaf = server(odd);
    const trust = (await mozillaStore(public_)).add(own.der);
    const valid = await verifyChain([leaf.der, odd.der, crossed.der], { trust, hostname: HOST, now: NOW });
    assert.deepEqual([valid.ok, valid.profile, warnedRules(valid)], [true, 'private', ['1: SERIAL']]);
    assert.deepEqual(valid.others.map(problemsOf), [['1: ERR_TLS_CERT_SERIAL']]);
    const late = await verifyChain([leaf.der, odd.der], { trust, hostname: HOST, now: NOW });
    assert.deepEqual([late.ok, late.profile, problemsOf(late)], [false, 'webpki', ['1: ERR_TLS_CERT_SERIAL']]);
  });

  test('of a path without an anchor reports only what no profile accepts', async () => {
    const verification = await verifyChain(sent, { trust: await TrustStore.from(), hostname: HOST, now: NOW });
    assert.deepEqual(problemsOf(verification), ['1: ERR_TLS_CERT_NOT_TRUSTED']);
  });
});

/** @param {import('../helpers/chains.js').Changes} changes @param {Partial<import('../helpers/chains.js').VerificationInput>} [ask] */
async function inPrivate(changes, ask) {
  const verification = await verify({ ...verificationInput(chain(changes)), ...ask }, 'private');
  assert.equal(verification.ok, verification.problems.length === 0);
  return problemsOf(verification).map((problem) => problem.replace('ERR_TLS_CERT_', ''));
}

describe('the profile private still rejects', () => {
  test('an intermediate without CA, or without keyCertSign in its key usage', async () => {
    assert.deepEqual(await inPrivate({ intermediate: { extensions: { basicConstraints: null } } }), ['1: NOT_A_CA']);
    const extensions = { keyUsage: keyUsage('cRLSign') };
    assert.deepEqual(await inPrivate({ intermediate: { extensions } }), ['1: NO_CERT_SIGN']);
  });

  test('a path that is too long, a constrained name, an unknown critical extension', async () => {
    const limited = { extensions: { basicConstraints: basicConstraints({ ca: true, pathLen: 0 }) } };
    assert.deepEqual(await inPrivate({ root: limited }), ['2: PATH_LENGTH']);
    const narrow = { extensions: { nameConstraints: nameConstraints({ excluded: [{ dns: 'com' }] }, false) } };
    assert.deepEqual(await inPrivate({ intermediate: narrow }), ['0: NAME_EXCLUDED']);
    const more = raw(UNKNOWN, der.nullValue(), true);
    for (const who of ['leaf', 'intermediate', 'root']) {
      assert.match((await inPrivate({ [who]: { extensions: { more } } })).join(), /^\d: UNKNOWN_CRITICAL$/);
    }
  });

  test('SHA-1, RSA below 2048 bits, other hosts, and a name only in the subject', async () => {
    assert.deepEqual(await inPrivate({ leaf: { signature: 'ecdsa-sha1' } }), ['0: BAD_MD']);
    assert.deepEqual(await inPrivate({ leaf: { key: keyOf('leaf', 'rsa1024') } }), ['0: BAD_KEY']);
    assert.deepEqual(await inPrivate({}, { hostname: 'example.org' }), ['0: CN_MISMATCH']);
    const named = { subject: [{ CN: HOST }], extensions: { subjectAltName: null } };
    assert.deepEqual(await inPrivate({ leaf: named }), ['0: CN_MISMATCH']);
    assert.deepEqual(await inPrivate({ leaf: { extensions: { extKeyUsage: extKeyUsage('clientAuth') } } }), [
      '0: EXT_KEY_USAGE',
    ]);
  });

  test('certificates of version 1, except as the trust anchor', async () => {
    const old = { version: /** @type {const} */ (1), edit: { tbs: withoutExtensions } };
    assert.deepEqual(await inPrivate({ root: old }), []);
    assert.deepEqual(await inPrivate({ intermediate: old }), ['1: NOT_A_CA', '1: VERSION']);
    assert.deepEqual(await inPrivate({ leaf: old }), ['0: CN_MISMATCH', '0: VERSION']);
    assert.deepEqual(await inPrivate({ root: { version: 1 } }), ['2: VERSION']);
  });

  test('an anchor for other purposes, self-issued or not, as every profile does', async () => {
    const root = authority('Root', undefined);
    const extensions = { extKeyUsage: extKeyUsage('clientAuth') };
    const anchors = [authority('Clients', root, { extensions }), authority('Clients', undefined, { extensions })];
    for (const anchor of anchors) {
      for (const profile of /** @type {const} */ (['auto', 'private', 'webpki', 'rfc5280'])) {
        const { problems } = await verify({ sent: [server(anchor)], anchors: [anchor] }, profile);
        assert.ok(
          problems.some(({ rule, depth }) => rule === 'EXT_KEY_USAGE' && depth === 1),
          profile,
        );
      }
      const trust = await TrustStore.from(anchor.der);
      assert.deepEqual(
        trust.problems().flatMap(({ problems }) => problems.map(({ rule }) => rule)),
        ['EXT_KEY_USAGE'],
      );
    }
  });
});

test('key identifiers are only hints in the profile private', async () => {
  const wrong = authorityKeyIdentifier({ id: Uint8Array.of(1, 2, 3) });
  assert.deepEqual(await inPrivate({ leaf: { extensions: { authorityKeyIdentifier: wrong } } }), []);
  const none = { extensions: { authorityKeyIdentifier: null, subjectKeyIdentifier: null } };
  assert.deepEqual(await inPrivate({ root: none, above: [none], intermediate: none, leaf: none }), []);
});

describe('a pinned certificate', () => {
  /** @param {import('../helpers/chains.js').Change} change @param {Partial<import('../helpers/chains.js').VerificationInput>} [ask] */
  async function pinned(change, ask) {
    const self = { subject: [{ CN: 'device' }], key: keyOf('device') };
    const leaf = server(self, { ...self, ...change });
    const verification = await verify({ sent: [leaf], anchors: [leaf], ...ask }, 'auto');
    const trust = await TrustStore.from(leaf.der);
    assert.deepEqual(
      trust.problems().length > 0,
      problemsOf(verification).some((one) => !/EXPIRED|MISMATCH/.test(one)),
    );
    return problemsOf(verification).map((problem) => problem.replace('ERR_TLS_CERT_', ''));
  }

  test('may break the rules for what a CA issues, and every rule of form', async () => {
    const all = keyUsage('digitalSignature', 'keyCertSign');
    const empty = { subject: der.sequence(), issuer: der.sequence() };
    for (const change of /** @type {import('../helpers/chains.js').Change[]} */ ([
      { serial: 0n },
      { serial: -5n },
      { serial: 1n << 200n },
      { extensions: { keyUsage: all } },
      { extensions: { keyUsage: null, basicConstraints: null, extKeyUsage: null, subjectKeyIdentifier: null } },
      { extensions: { extKeyUsage: extKeyUsage('2.5.29.37.0') } },
      { extensions: { authorityKeyIdentifier: raw('2.5.29.35', der.sequence()) } },
      { extensions: { basicConstraints: basicConstraints({ ca: true }), keyUsage: all } },
      { notAfter: der.generalizedTime('20491231235959Z') },
      empty,
    ])) {
      assert.deepEqual(await pinned(change), [], JSON.stringify(Object.keys(change)));
    }
  });

  test('must be valid now, for the host, for servers and strong enough', async () => {
    assert.deepEqual(await pinned({ notAfter: '2026-02-01T00:00:00Z' }), ['0: EXPIRED']);
    assert.deepEqual(await pinned({}, { hostname: 'example.org' }), ['0: CN_MISMATCH']);
    assert.match((await pinned({ extensions: { extKeyUsage: extKeyUsage('clientAuth') } })).join(), /EXT_KEY_USAGE/);
    assert.match((await pinned({ extensions: { keyUsage: keyUsage('keyEncipherment') } })).join(), /KEY_USAGE/);
    assert.match((await pinned({ key: keyOf('small', 'rsa1024') })).join(), /BAD_KEY/);
    const more = raw(UNKNOWN, der.nullValue(), true);
    assert.match((await pinned({ extensions: { more } })).join(), /UNKNOWN_CRITICAL/);
  });

  test('issues nothing', async () => {
    const self = { subject: [{ CN: 'device' }], key: keyOf('device') };
    const device = server(self, { ...self, extensions: { basicConstraints: null, keyUsage: null } });
    const verification = await verify({ sent: [server(device)], anchors: [device] }, 'auto');
    assert.deepEqual(problemsOf(verification), ['1: ERR_TLS_CERT_NOT_A_CA']);
  });
});

describe('cases from other projects', { skip: skipSharedCases }, () => {
  const at = NOW;
  // adcs.pem and easyrsa-old.pem begin on 2026-11-29, after the time at which the others are verified: then they are not yet
  // valid, and nothing else can be tested of them.
  const later = new Date('2027-01-15T12:00:00Z');
  const pins = [
    '09-negative-serial-pinned/',
    '11-whole-certificate-unreadable/',
    '12-pinned-leaf-refused-or-misreported/',
  ];
  const [serials, unreadable, leaves] = pins;
  const pki = '13-private-pki-refused/';
  const times = '14-generalizedtime-before-2050/';
  for (const [
    leaf,
    anchor,
    hostname,
    warnings,
    now = at,
  ] of /** @type {[string, string, string, string[], Date?][]} */ ([
    [`${serials}negative.pem`, `${serials}negative.pem`, 'db.example.test', ['0: SERIAL']],
    [`${serials}zero.pem`, `${serials}zero.pem`, 'db.example.test', ['0: SERIAL']],
    [`${unreadable}nameless.pem`, `${unreadable}nameless.pem`, 'localhost', []],
    [`${unreadable}uid.pem`, `${unreadable}uid.pem`, 'localhost', []],
    [`${unreadable}aki-empty.pem`, `${unreadable}ak-root.pem`, 'host.example.test', ['0: AKI_MISSING']],
    [`${leaves}dotnet-dev-cert.pem`, `${leaves}dotnet-dev-cert.pem`, 'localhost', []],
    [`${leaves}opcua.pem`, `${leaves}opcua.pem`, 'plc.example.test', ['0: CERT_SIGN_NOT_CA']],
    [`${leaves}selfsigned-ca-false.pem`, `${leaves}selfsigned-ca-false.pem`, 'host.example.test', []],
    [`${pki}adcs.pem`, `${pki}adcs-ca.pem`, 'dc01.corp.example.test', ['0: CN_FORM'], later],
    [
      `${pki}easyrsa-old.pem`,
      `${pki}easyrsa-old-ca.pem`,
      'vpn.example.test',
      ['1: AKI_FIELDS', '1: BC_NOT_CRITICAL'],
      later,
    ],
    [`${pki}nc-noncritical.pem`, `${pki}nc-noncritical-root.pem`, 'host.example.test', ['1: NC_NOT_CRITICAL']],
    [`${pki}cn-company.pem`, `${pki}cn-company-root.pem`, 'host.example.test', ['0: CN_FORM']],
    ...['gen-0001', 'gen-1601', 'gen-2025-2035'].map((name) => [
      `${times}${name}.pem`,
      `${times}root.pem`,
      'host.example.test',
      ['0: GENERALIZED_TIME'],
    ]),
  ])) {
    test(`${leaf} is trusted under ${anchor}`, async () => {
      const trust = await TrustStore.from(sharedCase(anchor));
      const verification = await verifyChain(sharedCase(leaf), { trust, hostname, now });
      assert.deepEqual([problemsOf(verification), verification.ok, verification.profile], [[], true, 'private']);
      assert.deepEqual(warnedRules(verification), warnings);
      assert.deepEqual(trust.problems(), []);
    });
  }

  test('a CA for clients is no anchor for servers, as below its root', async () => {
    const folder = '08-clientauth-ca-as-anchor/';
    for (const [sentFile, anchor] of [
      ['leaf.pem', 'clientca.pem'],
      ['chain.pem', 'root.pem'],
    ]) {
      const trust = await TrustStore.from(sharedCase(`${folder}${anchor}`));
      const verification = await verifyChain(sharedCase(`${folder}${sentFile}`), {
        trust,
        hostname: 'host.example.test',
        now: at,
      });
      assert.deepEqual(problemsOf(verification), ['1: ERR_TLS_CERT_EXT_KEY_USAGE']);
    }
  });
});
