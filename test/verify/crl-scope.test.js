/** Which certificates a CRL covers: distribution points, kinds of certificates, reasons, indirect CRLs. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as der from '../../certs/der.js';
import { certificateIssuer, crlDistributionPoints, issuingDistributionPoint, raw } from '../../certs/extensions.js';
import { chain, crl, named, problemsOf, verificationInput, verify } from '../helpers/chains.js';
import { sharedCase, SHARED_CLOCK, skipSharedCases } from '../helpers/shared-cases.js';
import { TrustStore, verifyChain } from '../../dist/index.js';
import { entry } from './rules/vector.js';

/** @typedef {import('../../certs/extensions.js').Point} Point */
/** @typedef {import('../../certs/extensions.js').PointName} PointName */
/** @typedef {import('../../certs/extensions.js').Scope} Scope */

const A = 'http://crl.example/a';
const B = 'http://crl.example/b';
const ISSUER = named('Intermediate');
const INDIRECT = named('CRL Issuer');

/** @param {(string | Point)[]} points of the leaf */
function withPoints(...points) {
  return chain({ leaf: { extensions: { points: points.length > 0 ? crlDistributionPoints(...points) : null } } });
}

/** @param {PointName & Scope} scope @param {Partial<import('../../certs/certificate.js').CrlDescription>} [change] */
const scoped = (scope, change) => ({ extensions: [issuingDistributionPoint(scope)], ...change });

/**
 * @param {import('../helpers/chains.js').Chain} made
 * @param {...Uint8Array} crls
 * @returns {Promise<string>} of the leaf: its problem, "checked", or why it was not checked
 */
async function statusOf(made, ...crls) {
  const verification = await verify({ ...verificationInput(made), crls }, 'webpki');
  const [problem] = problemsOf(verification);
  assert.equal(verification.ok, problem === undefined);
  assert.equal(verification.notChecked[0] === null, verification.revocation[0]);
  return problem ?? verification.notChecked[0] ?? 'checked';
}

describe('a CRL for a distribution point', () => {
  const REASONS = /** @type {const} */ (['keyCompromise', 'superseded']);
  /** @type {[what: string, points: (string | Point)[], scope: PointName & Scope, status: string][]} */
  const cases = [
    ['covers a certificate that names it', [A], { uri: A }, 'checked'],
    ['covers a certificate that names it among others', [B, A], { uri: A }, 'checked'],
    ['covers a certificate that has one of its names', [{ names: [{ uri: B }, { uri: A }] }], { uri: A }, 'checked'],
    ['says nothing about a certificate that names another', [B], { uri: A }, 'other-scope'],
    ['says nothing about a certificate without distribution points', [], { uri: A }, 'other-scope'],
    ['covers every certificate if its name is that of the issuer', [], { names: [{ dirName: ISSUER }] }, 'checked'],
    ['covers a certificate that names others, too, then', [B], { names: [{ dirName: ISSUER }] }, 'checked'],
    ['says nothing if its name is another directory name', [], { names: [{ dirName: INDIRECT }] }, 'other-scope'],
    [
      'compares directory names like names',
      [{ names: [{ dirName: [{ CN: 'x  Y' }] }] }],
      { names: [{ dirName: [{ CN: 'X y' }] }] },
      'checked',
    ],
    ['says nothing if its name is relative', [A], { relative: [{ CN: 'a' }] }, 'other-scope'],
    [
      'says nothing if its name is relative and the certificate has no points',
      [],
      { relative: [{ CN: 'a' }] },
      'other-scope',
    ],
    ['says nothing about a certificate with a relative name', [{ relative: [{ CN: 'a' }] }], { uri: A }, 'other-scope'],
    [
      'says nothing if both names are relative and differ',
      [{ relative: [{ CN: 'b' }] }],
      { relative: [{ CN: 'a' }] },
      'other-scope',
    ],
    [
      'covers a certificate with the same relative name',
      [{ relative: [{ CN: 'a' }] }],
      { relative: [{ CN: 'a' }] },
      'checked',
    ],
    [
      'says nothing about the point of another CRL issuer',
      [{ uri: A, crlIssuer: [{ dirName: INDIRECT }] }],
      { uri: A },
      'other-scope',
    ],
    [
      'covers the point of its issuer, named as such',
      [{ uri: A, crlIssuer: [{ dirName: ISSUER }] }],
      { uri: A },
      'checked',
    ],
    [
      'covers a point that has only its issuer’s name',
      [{ crlIssuer: [{ dirName: ISSUER }] }],
      { names: [{ dirName: ISSUER }] },
      'checked',
    ],
    ['says nothing about a point without a name', [{ crlIssuer: [{ dirName: ISSUER }] }], { uri: A }, 'other-scope'],
    ['covers only the reasons of the certificate’s point', [{ uri: A, reasons: REASONS }], { uri: A }, 'some-reasons'],
    ['covers the reasons of two points of the certificate', [{ uri: A, reasons: REASONS }, A], { uri: A }, 'checked'],
  ];
  for (const [what, points, scope, status] of cases) {
    test(what, async () => {
      const made = withPoints(...points);
      assert.equal(await statusOf(made, crl(made.intermediate, scoped(scope))), status);
    });
    test(`${what}: an entry revokes in any case`, async () => {
      const made = withPoints(...points);
      const listed = crl(made.intermediate, scoped(scope, { revoked: [entry(made.leaf)] }));
      assert.equal(await statusOf(made, listed), '0: ERR_TLS_CERT_REVOKED');
    });
  }

  test('covers a certificate whose issuer has its name as alternative name', async () => {
    const extensions = { issuerAltName: raw('2.5.29.18', der.sequence(der.primitive(6, Buffer.from(A)))) };
    const made = chain({ leaf: { extensions } });
    assert.equal(await statusOf(made, crl(made.intermediate, scoped({ uri: A }))), 'checked');
    assert.equal(await statusOf(made, crl(made.intermediate, scoped({ uri: B }))), 'other-scope');
  });

  test('does not hide a complete one, nor the other way round', async () => {
    const made = withPoints(B);
    const part = crl(made.intermediate, scoped({ uri: A }));
    const complete = crl(made.intermediate);
    assert.equal(await statusOf(made, part, complete), 'checked');
    assert.equal(await statusOf(made, complete, part), 'checked');
  });

  test('costs no signature if it is about other certificates', async () => {
    const made = withPoints(A);
    const others = Array.from({ length: 200 }, (_, i) => crl(made.intermediate, scoped({ uri: `${B}/${i}` })));
    assert.equal(await statusOf(made, ...others, crl(made.intermediate, scoped({ uri: A }))), 'checked');
  });

  test('says nothing if there are too many names to compare', async () => {
    const names = Array.from({ length: 400 }, (_, i) => ({ uri: `${B}/${i}` }));
    const made = withPoints({ names });
    const list = (/** @type {number} */ count) =>
      crl(
        made.intermediate,
        scoped({ names: [...Array.from({ length: count }, () => ({ uri: A })), { uri: `${B}/399` }] }),
      );
    assert.equal(await statusOf(made, list(200)), 'checked');
    assert.equal(await statusOf(made, list(250)), 'other-scope');
  });
});

describe('a CRL for a kind of certificates', () => {
  test('covers only that kind', async () => {
    const made = withPoints();
    const of = (/** @type {Scope} */ scope) => crl(made.intermediate, scoped(scope));
    assert.equal(await statusOf(made, of({ onlyUserCerts: true })), 'checked');
    assert.equal(await statusOf(made, of({ onlyCACerts: true })), 'other-scope');
    assert.equal(await statusOf(made, of({ onlyAttributeCerts: true })), 'other-scope');
    assert.equal(await statusOf(made, of({ onlyUserCerts: true, onlyCACerts: true })), 'other-scope');
  });

  test('revokes a certificate of another kind that it lists, but attribute certificates have other serial numbers', async () => {
    const made = withPoints();
    const of = (/** @type {Scope} */ scope) => crl(made.intermediate, scoped(scope, { revoked: [entry(made.leaf)] }));
    assert.equal(await statusOf(made, of({ onlyCACerts: true })), '0: ERR_TLS_CERT_REVOKED');
    assert.equal(await statusOf(made, of({ onlyAttributeCerts: true })), 'other-scope');
  });
});

describe('a CRL for some reasons', () => {
  const some = /** @type {const} */ (['keyCompromise', 'cACompromise', 'affiliationChanged']);
  const others = /** @type {const} */ ([
    'superseded',
    'cessationOfOperation',
    'certificateHold',
    'privilegeWithdrawn',
    'aACompromise',
  ]);
  const made = withPoints();
  const of = (/** @type {readonly import('../../certs/extensions.js').ReasonFlag[]} */ reasons, change = {}) =>
    crl(made.intermediate, scoped({ onlySomeReasons: reasons }, change));

  test('covers a certificate only together with CRLs for all others', async () => {
    assert.equal(await statusOf(made, of(some)), 'some-reasons');
    assert.equal(await statusOf(made, of(some), of(some)), 'some-reasons');
    assert.equal(await statusOf(made, of(some), of(others)), 'checked');
    assert.equal(await statusOf(made, of(some), of(others.slice(1))), 'some-reasons');
    assert.equal(await statusOf(made, of([...some, ...others])), 'checked');
    assert.equal(await statusOf(made, of([])), 'other-scope');
  });

  test('is not completed by one that has expired', async () => {
    const expired = of(others, { nextUpdate: '2026-06-15T11:59:59Z' });
    assert.equal(await statusOf(made, of(some), expired), '0: ERR_TLS_CRL_EXPIRED');
  });

  test('is not needed beside a complete one', async () => {
    assert.equal(await statusOf(made, of(some), crl(made.intermediate)), 'checked');
  });

  test('revokes what it lists', async () => {
    const listed = of(some, { revoked: [entry(made.leaf)] });
    assert.equal(await statusOf(made, listed, of(others)), '0: ERR_TLS_CERT_REVOKED');
  });

  test('is not understood if its reasons are malformed', async () => {
    for (const bits of [[], [8, 0xff], [1]]) {
      const scope = raw('2.5.29.28', der.sequence(der.primitive(3, Uint8Array.from(bits))), true);
      assert.equal(await statusOf(made, crl(made.intermediate, { extensions: [scope] })), '0: ERR_TLS_CRL_SCOPE');
    }
  });
});

describe('an indirect CRL of the certificate’s issuer', () => {
  const made = withPoints();
  const other = certificateIssuer({ dirName: INDIRECT });
  const own = certificateIssuer({ uri: A }, { dirName: ISSUER });
  /** @param {import('../../certs/certificate.js').CrlFields['revoked']} revoked */
  const of = (revoked) => crl(made.intermediate, scoped({ indirect: true }, { revoked }));
  const leaf = entry(made.leaf);
  const another = entry({ serial: 7n });

  test('covers the certificate', async () => {
    assert.equal(await statusOf(made, of([])), 'checked');
    assert.equal(await statusOf(made, of([{ ...another, extensions: [other] }])), 'checked');
  });

  test('revokes it by an entry of its issuer', async () => {
    const REVOKED = '0: ERR_TLS_CERT_REVOKED';
    assert.equal(await statusOf(made, of([leaf])), REVOKED);
    assert.equal(await statusOf(made, of([another, leaf])), REVOKED);
    assert.equal(await statusOf(made, of([{ ...leaf, extensions: [own] }])), REVOKED);
    assert.equal(
      await statusOf(
        made,
        of([
          { ...another, extensions: [other] },
          { ...leaf, extensions: [own] },
        ]),
      ),
      REVOKED,
    );
    assert.equal(
      await statusOf(made, of([{ ...another, extensions: [other] }, { ...another, extensions: [own] }, leaf])),
      REVOKED,
    );
  });

  test('does not revoke it by an entry of another issuer', async () => {
    assert.equal(await statusOf(made, of([{ ...leaf, extensions: [other] }])), 'checked');
    assert.equal(await statusOf(made, of([{ ...another, extensions: [other] }, leaf])), 'checked');
  });

  test('alone may name other issuers', async () => {
    const direct = (/** @type {import('../../certs/certificate.js').RevokedEntry} */ one) =>
      crl(made.intermediate, { revoked: [one] });
    assert.equal(await statusOf(made, direct({ ...another, extensions: [other] })), '0: ERR_TLS_CRL_SCOPE');
    assert.equal(await statusOf(made, direct({ ...leaf, extensions: [other] })), '0: ERR_TLS_CERT_REVOKED');
  });
});

test('a CRL with a malformed distribution point name or a repeated field is not understood', async () => {
  const made = withPoints(A);
  const flag = (/** @type {number} */ number) => der.primitive(number, Uint8Array.of(0xff));
  const name = der.constructed(0, der.primitive(6, Buffer.from(A)));
  for (const fields of [
    [der.constructed(0)],
    [der.constructed(0, der.nullValue())],
    [der.constructed(0, name, name)],
    [flag(1), flag(1)],
    [flag(2), flag(1)],
    [flag(6)],
    [der.primitive(1, new Uint8Array(0))],
  ]) {
    const scope = raw('2.5.29.28', der.sequence(...fields), true);
    assert.equal(await statusOf(made, crl(made.intermediate, { extensions: [scope] })), '0: ERR_TLS_CRL_SCOPE');
  }
});

test('a CRL with the same extension twice is not understood', async () => {
  const made = withPoints();
  const full = issuingDistributionPoint({ onlyUserCerts: true });
  const part = issuingDistributionPoint({ uri: A });
  assert.equal(await statusOf(made, crl(made.intermediate, { extensions: [part, full] })), '0: ERR_TLS_CRL_SCOPE');
  const reasons = [raw('2.5.29.21', der.enumerated(1)), raw('2.5.29.21', der.enumerated(8))];
  const revoked = [{ ...entry({ serial: 7n }), extensions: reasons }];
  assert.equal(await statusOf(made, crl(made.intermediate, { revoked })), '0: ERR_TLS_CRL_SCOPE');
});

describe('serial numbers are compared as integers', () => {
  /** @param {...number} octets */
  const integer = (...octets) => der.tlv(0x02, Uint8Array.from(octets));
  /** @type {[certificate: number[], entry: number[], equal: boolean][]} */
  const cases = [
    [[0x12], [0x12], true],
    [[0x12], [0x00, 0x12], true],
    [[0x00, 0x00, 0x12], [0x12], true],
    [[0x00, 0x00, 0x12], [0x00, 0x12], true],
    [[0x00, 0x92], [0x00, 0x00, 0x92], true],
    [[0x00, 0x92], [0x92], false],
    [[0x92], [0xff, 0x92], true],
    [[0xff, 0xff, 0x92], [0x92], true],
    [[0x92], [0x00, 0x92], false],
    [[0xff], [0xff, 0xff, 0xff], true],
    [[0x12], [0x12, 0x00], false],
    [[0x12, 0x34], [0x34], false],
    [[0x00], [0x00, 0x00], true],
  ];
  for (const [own, listed, equal] of cases) {
    test(`${Buffer.from(own).toString('hex')} and ${Buffer.from(listed).toString('hex')}`, async () => {
      const made = chain({ leaf: { serial: integer(...own) } });
      const crls = [
        crl(made.intermediate, { revoked: [{ serial: integer(...listed), date: '2026-06-02T00:00:00Z' }] }),
      ];
      const verification = await verify({ ...verificationInput(made), crls }, 'webpki');
      assert.equal(problemsOf(verification).includes('0: ERR_TLS_CERT_REVOKED'), equal);
    });
  }
});

describe('a partitioned CRL of the shared cases', { skip: skipSharedCases }, () => {
  const folder = '04-crl-shard-called-covering';
  for (const leaf of ['nocdp', 'cdp2']) {
    test(`says nothing about ${leaf}.pem`, async () => {
      const trust = await TrustStore.from(sharedCase(`${folder}/root.pem`));
      const verification = await verifyChain([sharedCase(`${folder}/${leaf}.pem`), sharedCase(`${folder}/inter.pem`)], {
        trust,
        hostname: 'host.example.test',
        now: SHARED_CLOCK,
        profile: 'rfc5280',
        crls: sharedCase(`${folder}/shard1.crl.pem`),
      });
      assert.deepEqual(verification.problems, []);
      assert.deepEqual(verification.revocation, [false, false, false]);
      assert.deepEqual(verification.notChecked, ['other-scope', 'no-crl', null]);
    });
  }
});
