/** Which path to an anchor is chosen, which other paths are reported, and when the search stops. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as der from '../../certs/der.js';
import { basicConstraints, keyUsage, nameConstraints, raw, subjectKeyIdentifier } from '../../certs/extensions.js';
import { keyIdentifier } from '../../certs/signatures.js';
import { TrustStore, verifyChain } from '../../dist/index.js';
import { authority, chain, crl, HOST, verify, keyOf, named, NOW, problemsOf, server } from '../helpers/chains.js';
import { crowd, entry, names, UNKNOWN } from './rules/vector.js';

/** @typedef {import('../helpers/chains.js').VerificationInput} VerificationInput */

describe('the path', () => {
  const root = authority('Root', undefined);
  const good = authority('Intermediate', root);
  const leaf = server(good);

  /**
   * @param {VerificationInput} input
   * @param {import('../helpers/chains.js').Issued[]} path
   */
  async function assertPath(input, path) {
    for (const profile of /** @type {const} */ (['webpki', 'rfc5280'])) {
      const verification = await verify(input, profile);
      assert.deepEqual([problemsOf(verification), verification.ok], [[], true]);
      assert.deepEqual(
        verification.path.map((one) => Buffer.from(one.der ?? [])),
        path.map((one) => Buffer.from(one.der)),
      );
    }
  }

  test('skips a CA with the same name and another key', async () => {
    const other = authority('Intermediate', root, { key: keyOf('Another') });
    await assertPath({ sent: [leaf, other, good], anchors: [root] }, [leaf, good, root]);
  });

  test('skips a CA that claims the same key identifier', async () => {
    const extensions = { subjectKeyIdentifier: subjectKeyIdentifier(keyIdentifier(good.key)) };
    const other = authority('Intermediate', root, { key: keyOf('Another'), extensions });
    await assertPath({ sent: [leaf, other, good], anchors: [root] }, [leaf, good, root]);
  });

  test('skips an expired certificate of the same CA', async () => {
    const old = authority('Intermediate', root, { notAfter: '2026-02-01T00:00:00Z' });
    await assertPath({ sent: [leaf, old, good], anchors: [root] }, [leaf, good, root]);
    await assertPath({ sent: [leaf, good, old], anchors: [root] }, [leaf, good, root]);
  });

  test('skips a certificate of the same CA with a problem that only checking the whole path shows', async () => {
    const extensions = { nameConstraints: nameConstraints({ excluded: [{ dns: 'com' }] }) };
    const narrow = authority('Intermediate', root, { extensions });
    await assertPath({ sent: [leaf, narrow, good], anchors: [root] }, [leaf, good, root]);
    assert.equal((await verify({ sent: [leaf, narrow, good], anchors: [root] }, 'webpki')).tried, 2);
  });

  test('uses the cross-signed certificate that leads to an anchor', async () => {
    const unknown = authority('Unknown', undefined);
    const crossed = authority('Intermediate', unknown);
    await assertPath({ sent: [leaf, crossed, unknown, good], anchors: [root] }, [leaf, good, root]);
    await assertPath({ sent: [leaf, crossed, good], anchors: [unknown] }, [leaf, crossed, unknown]);
  });

  test('is found among many CAs with one name, and with other key identifiers or none', async () => {
    const crossed = authority('Intermediate', authority('Unknown', undefined));
    for (const extensions of [undefined, { subjectKeyIdentifier: null }]) {
      const crowded = Array.from({ length: 30 }, (_, i) =>
        authority('Unknown', undefined, { key: keyOf(`not Unknown's ${i}`), extensions }),
      );
      for (const others of [
        [crossed, ...crowded, good],
        [good, ...crowded, crossed],
      ]) {
        await assertPath({ sent: [leaf, ...others], anchors: [root] }, [leaf, good, root]);
      }
    }
  });

  test('does not follow a loop of two CAs', async () => {
    const one = { subject: named('One'), key: keyOf('One') };
    const two = { subject: named('Two'), key: keyOf('Two') };
    const oneByTwo = authority('One', two);
    const twoByOne = authority('Two', one);
    const twoByRoot = authority('Two', root);
    const below = server(one);
    const loop = await verify({ sent: [below, oneByTwo, twoByOne], anchors: [root] }, 'webpki');
    assert.deepEqual(problemsOf(loop), ['2: ERR_TLS_CERT_NOT_TRUSTED']);
    await assertPath({ sent: [below, oneByTwo, twoByOne, twoByRoot], anchors: [root] }, [
      below,
      oneByTwo,
      twoByRoot,
      root,
    ]);
  });

  test('does not depend on duplicates, order or unrelated certificates', async () => {
    const stranger = authority('Stranger', undefined);
    const upper = authority('Upper', root);
    const lower = authority('Lower', upper);
    const below = server(lower);
    const sent = [below, upper, upper, stranger, below, root, lower, lower];
    await assertPath({ sent, anchors: [root] }, [below, lower, upper, root]);
  });

  test('can end at an intermediate that is a trust anchor', async () => {
    await assertPath({ sent: [leaf], anchors: [good] }, [leaf, good]);
    await assertPath({ sent: [leaf, good], anchors: [good] }, [leaf, good]);
    await assertPath({ sent: [leaf, good], anchors: [good, root] }, [leaf, good]);
  });

  test('is only the leaf when that is a trust anchor', async () => {
    await assertPath({ sent: [leaf, good], anchors: [leaf] }, [leaf]);
    const old = server(good, { notAfter: '2026-02-01T00:00:00Z' });
    const verification = await verify({ sent: [old], anchors: [old] }, 'webpki');
    assert.deepEqual(problemsOf(verification), ['0: ERR_TLS_CERT_EXPIRED']);
    const other = await verify({ sent: [leaf], anchors: [leaf], hostname: 'example.org' }, 'webpki');
    assert.deepEqual(problemsOf(other), ['0: ERR_TLS_CERT_CN_MISMATCH']);
    const odd = server(good, { serial: 0n, extensions: { more: raw(UNKNOWN, der.nullValue(), true) } });
    assert.deepEqual(problemsOf(await verify({ sent: [odd], anchors: [odd] }, 'webpki')), [
      '0: ERR_TLS_CERT_SERIAL',
      '0: ERR_TLS_CERT_UNKNOWN_CRITICAL',
    ]);
  });

  test('is the one with the fewest problems when none is valid', async () => {
    const worse = authority('Intermediate', root, { serial: 0n, notAfter: '2026-02-01T00:00:00Z' });
    const bad = authority('Intermediate', root, { serial: 0n });
    const verification = await verify({ sent: [leaf, worse, bad], anchors: [root] }, 'webpki');
    assert.deepEqual(problemsOf(verification), ['1: ERR_TLS_CERT_SERIAL']);
    const equal = authority('Intermediate', root, { serial: 0n, notAfter: '2026-12-31T00:00:00Z' });
    for (const [first, second] of [
      [bad, equal],
      [equal, bad],
    ]) {
      const { path } = await verify({ sent: [leaf, first, second], anchors: [root] }, 'webpki');
      assert.deepEqual(Buffer.from(path[1].der ?? []), Buffer.from(first.der));
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
      const verification = await verify({ sent, anchors: [root] }, 'webpki');
      assert.deepEqual(problemsOf(verification), ['2: ERR_TLS_CERT_NOT_TRUSTED']);
    }
  });

  test('reaches an anchor if possible, whatever its problems', async () => {
    const old = authority('Intermediate', root, { notAfter: '2026-02-01T00:00:00Z' });
    const crossed = authority('Intermediate', authority('Unknown', undefined));
    for (const others of [
      [old, crossed],
      [crossed, old],
    ]) {
      const verification = await verify({ sent: [leaf, ...others], anchors: [root] }, 'webpki');
      assert.deepEqual(problemsOf(verification), ['1: ERR_TLS_CERT_EXPIRED']);
    }
  });

  test('is the one looked up in CRLs, not the path tried last', async () => {
    const extensions = { nameConstraints: nameConstraints({ excluded: [{ dns: 'com' }] }) };
    const narrow = authority('Intermediate', root, { extensions });
    const crossed = authority('Intermediate', authority('Unknown', undefined));
    const crls = [crl(root, { revoked: [entry(narrow)] })];
    const verification = await verify({ sent: [leaf, narrow, crossed], anchors: [root], crls }, 'webpki');
    assert.deepEqual(problemsOf(verification), ['0: ERR_TLS_CERT_NAME_EXCLUDED', '1: ERR_TLS_CERT_REVOKED']);
    assert.deepEqual(verification.revocation, [false, true, false]);
  });

  test('is found among at most 500 candidates', async () => {
    const wrong = { key: keyOf('Another') };
    const crowded = Array.from({ length: 499 }, () => authority('Intermediate', root, wrong));
    const anchors = [root];
    const few = await verify({ sent: [leaf, ...crowded.slice(1), good], anchors }, 'webpki');
    assert.deepEqual([few.ok, few.path.length], [true, 3]); // 499, and the root for the last of them
    const many = await verify({ sent: [leaf, ...crowded, good], anchors }, 'webpki');
    assert.deepEqual(problemsOf(many), ['1: ERR_TLS_CERT_BUDGET']);
    const more = await verify({ sent: [leaf, ...crowded, ...crowd(chain(), 2), good], anchors }, 'webpki');
    assert.deepEqual(problemsOf(more), ['0: ERR_TLS_CERT_BUDGET']);
  });

  test('is not found when comparing long names takes too many steps', async () => {
    const text = 'x'.repeat(50_000);
    const long = { O: der.printableString(text) };
    const known = authority('Known', root, { subject: [{ O: der.utf8String(text) }, { CN: 'Known' }] });
    const child = server(known);
    const many = Array.from({ length: 110 }, (_, i) =>
      authority('Stranger', undefined, { subject: [long, { CN: String(i) }] }),
    ); // about 200 steps each, of 20,000
    assert.deepEqual(problemsOf(await verify({ sent: [child, ...many.slice(20)], anchors: [root] }, 'webpki')), [
      '0: ERR_TLS_CERT_NOT_TRUSTED',
    ]);
    assert.deepEqual(problemsOf(await verify({ sent: [child, ...many], anchors: [root] }, 'webpki')), [
      '0: ERR_TLS_CERT_BUDGET',
    ]);
    assert.equal((await verify({ sent: [child, ...many, known], anchors: [root] }, 'webpki')).ok, true);
    assert.deepEqual(problemsOf(await verify({ sent: [leaf, ...many], anchors: [root] }, 'webpki')), [
      '0: ERR_TLS_CERT_NOT_TRUSTED', // the names differ at the start
    ]);
  });

  test('is not found among too many CAs with one name that lead nowhere', async () => {
    const verification = await verify(
      { sent: crowd({ root, above: [], intermediate: good, leaf }, 100), anchors: [root] },
      'webpki',
    );
    assert.deepEqual(problemsOf(verification), ['0: ERR_TLS_CERT_BUDGET']);
  });

  /** @param {VerificationInput} input @returns {Promise<[string[], string[]][]>} for each path not chosen: subjects and problems */
  async function othersOf(input) {
    const { others } = await verify(input, 'webpki');
    return others.map((other) => [other.path.map((one) => one.subject.text.split('CN=')[1]), problemsOf(other)]);
  }

  test('is reported together with the other paths tried and their problems', async () => {
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

  test('does not continue through a CA that may not issue certificates', async () => {
    for (const [change, problem] of /** @type {const} */ ([
      [{ notBefore: '2026-06-15T12:00:01Z' }, 'FUTURE'],
      [{ extensions: { basicConstraints: basicConstraints({ ca: false }), keyUsage: null } }, 'NOT_A_CA'],
      [{ extensions: { keyUsage: keyUsage('cRLSign') } }, 'NO_CERT_SIGN'],
    ])) {
      const rejected = authority('Intermediate', root, change);
      assert.deepEqual(await othersOf({ sent: [leaf, rejected, good], anchors: [root] }), [
        [[HOST, 'Intermediate'], [`1: ERR_TLS_CERT_${problem}`]],
      ]);
    }
    const free = authority('Intermediate', authority('Unknown', undefined), { extensions: { keyUsage: null } });
    assert.deepEqual(await othersOf({ sent: [leaf, free, good], anchors: [root] }), [
      [[HOST, 'Intermediate'], ['1: ERR_TLS_CERT_NOT_TRUSTED']],
    ]);
  });

  test('is reported with at most eight others, which contain the certificates that were sent', async () => {
    const extensions = { nameConstraints: nameConstraints({ excluded: [{ dns: 'com' }] }) };
    const many = Array.from({ length: 11 }, () => authority('Intermediate', root, { extensions }));
    const verification = await verify({ sent: [leaf, ...many, good], anchors: [root] }, 'webpki');
    assert.equal(verification.ok, true);
    assert.deepEqual([verification.tried, verification.others.length], [12, 8]);
    for (const [i, { path }] of verification.others.entries()) {
      assert.equal(path[0], verification.sent[0]);
      assert.equal(path[1], verification.sent[1 + i]);
      assert.deepEqual(Buffer.from(path[2].der ?? []), Buffer.from(root.der));
    }
  });

  test('is reported with the first others, in the order in which they were tried', async () => {
    const olds = Array.from({ length: 11 }, (_, i) =>
      authority('Intermediate', root, { serial: BigInt(i + 1), notAfter: '2026-02-01T00:00:00Z' }),
    );
    const bad = authority('Intermediate', root, { serial: 0n });
    /** @param {...import('../helpers/chains.js').Issued} sent before the valid one */
    const othersAfter = async (...sent) => {
      const { ok, tried, others } = await verify({ sent: [leaf, ...sent, good], anchors: [root] }, 'webpki');
      assert.equal(ok, true);
      return [tried, others.map(({ path }) => Number(path[1].serialNumber)).join()];
    };
    assert.deepEqual(await othersAfter(...olds), [9, '1,2,3,4,5,6,7,8']);
    assert.deepEqual(await othersAfter(...olds.slice(0, 8), bad), [10, '1,2,3,4,5,6,7,8']);
    assert.deepEqual(await othersAfter(...olds.slice(0, 7), bad), [9, '1,2,3,4,5,6,7,0']);
    assert.deepEqual(await othersAfter(bad, ...olds.slice(0, 8)), [10, '0,1,2,3,4,5,6,7']);
    assert.deepEqual(await othersAfter(olds[0], bad, ...olds.slice(1, 3)), [5, '1,0,2,3']);
  });
});

test('a leaf is valid for any name when no host is given', async () => {
  const { root, intermediate, leaf } = chain({ leaf: { extensions: names({ dns: 'a.example' }) } });
  const trust = await TrustStore.from(root.der);
  const input = { trust, now: NOW };
  assert.equal((await verifyChain([leaf.der, intermediate.der], input)).ok, true);
  assert.equal((await verifyChain([leaf.der, intermediate.der], { ...input, hostname: HOST })).ok, false);
});
