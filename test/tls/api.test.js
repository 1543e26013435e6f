/** Arguments of connect(), TrustStore, verifyChain() and parseCertificate(): accepted and rejected. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connect, TLSError, TrustStore, verifyChain, parseCertificate } from '../../dist/index.js';
import { loadCore } from '../../dist/wasm.js';
import { mozillaRoots } from '../../scripts/mozilla-roots.js';
import { authority } from '../helpers/chains.js';
import { CLOCK, pemBlocks, pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';

/** @typedef {import('../../dist/index.js').ConnectOptions} ConnectOptions */

const good = pki('good-p256');
const trust = await TrustStore.from(good.roots);

/** @param {() => unknown} action @param {string} code @param {RegExp} [message] */
function assertThrows(action, code, message = /./) {
  assert.throws(action, (error) => error instanceof TLSError && error.code === code && message.test(error.message));
}

/** @param {Promise<unknown>} promise @param {string} code @param {RegExp} [message] */
function assertRejects(promise, code, message = /./) {
  return assert.rejects(promise, (error) => {
    assert.ok(error instanceof TLSError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  });
}

describe('options', () => {
  /** @type {[string, object, RegExp][]} */
  const invalidOptions = [
    ['an unknown option', { rejectUnauthorised: false }, /rejectUnauthorised/],
    ['a trust that is not a TrustStore', { trust: good.roots }, /trust/],
    ['a now that is not a Date', { now: '2026' }, /now/],
    ['ALPNProtocols that is not an array', { ALPNProtocols: 'h2' }, /ALPNProtocols/],
    ['an ALPN protocol of 256 bytes', { ALPNProtocols: ['x'.repeat(256)] }, /ALPN/],
    ['an empty ALPN protocol', { ALPNProtocols: [''] }, /ALPN/],
    ['a timeout below 0', { timeout: -1 }, /timeout/],
    ['rejectUnauthorized that is not a boolean', { rejectUnauthorized: 0 }, /rejectUnauthorized/],
    ['bridge and transport together', { bridge: 'ws://x', transport: async () => ({}) }, /bridge or transport/],
    ['a bridge that is not a URL', { bridge: 'not a url' }, /bridge/],
    ['a bridge of another scheme', { bridge: 'ftp://x' }, /bridge/],
  ];
  for (const [name, options, message] of invalidOptions) {
    test(`${name} is rejected synchronously`, () =>
      assertThrows(
        () => connect('a.example', /** @type {ConnectOptions} */ (options)),
        'ERR_TLS_INVALID_OPTION',
        message,
      ));
  }
  /** @type {[string, ConnectOptions, string, RegExp][]} */
  const invalidValues = [
    [
      'a minimum above the maximum',
      { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' },
      'ERR_TLS_INVALID_OPTION',
      /minVersion/,
    ],
    ['an unknown cipher suite', { ciphers: ['TLS_RSA_WITH_RC4_128_SHA'] }, 'ERR_TLS_INVALID_OPTION', /RC4/],
    ['an unknown version', /** @type {any} */ ({ minVersion: 'TLSv1.1' }), 'ERR_TLS_INVALID_OPTION', /TLSv1.1/],
    ['an unknown profile', /** @type {any} */ ({ profile: 'lax' }), 'ERR_TLS_INVALID_OPTION', /lax/],
    ['an invalid date', { now: new Date(Number.NaN) }, 'ERR_TLS_INVALID_OPTION', /now/],
    ['a certificate without its key', { cert: good.chain }, 'ERR_TLS_INVALID_OPTION', /key/],
    ["another certificate's key", { cert: good.chain, key: pki('good-p384').key }, 'ERR_TLS_INVALID_KEY', /./],
    ['a malformed key', { cert: good.chain, key: 'nonsense' }, 'ERR_TLS_INVALID_KEY', /./],
    ['a malformed certificate', { cert: 'nonsense', key: good.key }, 'ERR_TLS_INVALID_CERTIFICATE', /./],
    ['a malformed CRL', { crls: 'nonsense' }, 'ERR_TLS_INVALID_CRL', /./],
    ['a certificate instead of a CRL', { crls: good.leaf }, 'ERR_TLS_INVALID_CRL', /./],
  ];
  for (const [name, options, code, message] of invalidValues) {
    test(`${name} is rejected before dialling, without a memory leak`, async () => {
      const core = await loadCore();
      const heap = core.heapInUse;
      const transport = async () => assert.fail('dialled');
      await assertRejects(connect('a.example', { trust, transport, ...options }).opened, code, message);
      assert.equal(core.heapInUse, heap);
    });
  }
});

describe('time', () => {
  const expired = pki('expired'); // 2020-01-01 to 2021-12-31
  for (const [now, flags] of /** @type {const} */ ([
    ['2019-12-31T23:59:59Z', ['BADCERT_FUTURE', 'BADCERT_FUTURE']],
    ['2024-06-01T00:00:00Z', ['BADCERT_EXPIRED']],
  ])) {
    test(`a live server verified at ${now}`, async () => {
      const server = await startNodeTls(expired);
      const socket = connect(
        { hostname: '127.0.0.1', port: server.port },
        {
          trust: await TrustStore.from(expired.roots),
          servername: expired.hostname,
          now: new Date(now),
          rejectUnauthorized: false,
        },
      );
      const { verification } = await socket.opened;
      assert.deepEqual(verification.flags, [...new Set(flags)]);
      assert.equal(verification.time.toISOString(), new Date(now).toISOString());
      assert.equal(socket.authorized, false);
      await socket.close();
      await server.close();
    });
  }
  test('the validity period includes notBefore and notAfter, to the second', async () => {
    const store = await TrustStore.from(expired.roots);
    const { validity } = await parseCertificate(expired.leaf);
    /** The leaf's own problems. @type {(time: string, shift?: number) => Promise<string[]>} */
    const problemsAt = async (time, shift = 0) => {
      const now = new Date(Date.parse(time) + shift);
      const { problems } = await verifyChain(expired.chain, { trust: store, hostname: expired.hostname, now });
      return problems.filter(({ depth }) => depth === 0).map(({ code }) => code);
    };
    assert.deepEqual(await problemsAt(validity.notBefore, -1000), ['ERR_TLS_CERT_FUTURE']);
    assert.deepEqual(await problemsAt(validity.notBefore), []);
    assert.deepEqual(await problemsAt(validity.notAfter), []);
    assert.deepEqual(await problemsAt(validity.notAfter, 1000), ['ERR_TLS_CERT_EXPIRED']);
  });
  test('times after 2038 and 2049 are handled correctly', async () => {
    const store = await TrustStore.from(good.roots);
    for (const [now, ok] of /** @type {const} */ ([
      ['2045-01-01T00:00:00Z', true],
      ['2050-01-01T00:00:00Z', false],
      ['2106-03-01T00:00:00Z', false],
    ])) {
      assert.equal(
        (await verifyChain(good.chain, { trust: store, hostname: good.hostname, now: new Date(now) })).ok,
        ok,
        now,
      );
    }
  });
});

/** A server that reports the SNI of its first client. @param {import('../helpers/pki.js').Case} certificates */
async function startNameServer(certificates) {
  /** @type {(name: string | false | undefined) => void} */
  let resolveName = () => {};
  /** @type {Promise<string | false | undefined>} */
  const servername = new Promise((resolve) => {
    resolveName = resolve;
  });
  const server = await startNodeTls(certificates, {}, (socket) =>
    resolveName(/** @type {{servername?: string | false}} */ (/** @type {unknown} */ (socket)).servername),
  );
  return { server, servername };
}

describe('names', () => {
  /** @type {[string, string, boolean][]} */
  const cases = [
    ['good-p256', 'GOOD-P256.PageTLS.Test', true],
    ['good-p256', 'good-p256.pagetls.test.', true],
    ['good-p256', 'p256.pagetls.test', false],
    ['good-p256', 'x.good-p256.pagetls.test', false],
    ['good-p256', '127.0.0.1', true],
    ['good-p256', '127.0.0.2', false],
    ['good-ip', '127.0.0.1', true],
    ['good-ip', '::1', true],
    ['good-ip', '[::1]', true],
    ['good-ip', '0:0:0:0:0:0:0:1', true],
    ['good-ip', '::2', false],
    ['good-idn', 'xn--bcher-kva.example', true],
    ['good-idn', 'XN--BCHER-KVA.example', true],
  ];
  for (const [id, hostname, ok] of cases) {
    test(`${id} ${ok ? 'matches' : 'does not match'} ${hostname}`, async () => {
      const { chain, roots } = pki(id);
      const verification = await verifyChain(chain, { trust: await TrustStore.from(roots), hostname, now: CLOCK });
      assert.deepEqual(verification.flags, ok ? [] : ['BADCERT_CN_MISMATCH']);
    });
  }
  test('an IPv6 address is verified and sent without SNI', async (t) => {
    const ip = pki('good-ip');
    const { server, servername } = await startNameServer(ip);
    t.after(() => server.close());
    const socket = connect(
      { hostname: '127.0.0.1', port: server.port },
      { trust: await TrustStore.from(ip.roots), servername: '::1', now: CLOCK },
    );
    assert.equal((await socket.opened).servername, null);
    assert.equal(await servername, false);
    await socket.close();
  });
  test('a U-label is sent and checked as its A-label', async (t) => {
    const idn = pki('good-idn');
    const { server, servername } = await startNameServer(idn);
    t.after(() => server.close());
    const socket = connect(
      { hostname: '127.0.0.1', port: server.port },
      { trust: await TrustStore.from(idn.roots), servername: 'Bücher.example', now: CLOCK },
    );
    await socket.opened;
    assert.equal(await servername, 'xn--bcher-kva.example');
    await socket.close();
  });
});

describe('TrustStore', () => {
  test("mozilla() has the roots of Mozilla's list, its version and its date", async () => {
    const store = await TrustStore.mozilla();
    const { roots, version, date } = await mozillaRoots();
    assert.ok(roots.length > 100, String(roots.length));
    assert.deepEqual([store.size, store.version, store.date], [roots.length, version, date]);
    assert.match(version, /^2\.\d+$/);
    assert.match(date, /^20\d\d-\d\d-\d\d$/);
    store[Symbol.dispose]();
    assertThrows(() => store.size, 'ERR_TLS_INVALID_OPTION', /disposed/);
  });
  test("all of Mozilla's anchors are usable, except in Suite B, also if the user adds them", async () => {
    const { roots } = await mozillaRoots();
    for (const store of [await TrustStore.mozilla(), await TrustStore.from(roots.map(({ der }) => der))]) {
      assert.deepEqual(store.problems('webpki'), []);
      assert.deepEqual(store.problems('rfc5280'), []);
      assert.ok(store.problems('suiteb').length > 0);
    }
  });
  test('problems() lists unusable anchors with the reason, but no leaf that can be pinned', async () => {
    const noCa = authority('No CA', undefined, { extensions: { basicConstraints: null } });
    const [{ certificate, problems }, ...others] = (
      await TrustStore.from(noCa.der, pki('self-signed').leaf, good.roots)
    ).problems();
    assert.equal(certificate.subject.text.includes('No CA'), true);
    assert.ok(problems.some(({ code }) => code === 'ERR_TLS_CERT_NOT_A_CA'));
    assert.deepEqual(others, []);
  });
  test('from() accepts bundles with text in between, many arguments, DER and arrays', async () => {
    const { der } = await parseCertificate(good.roots);
    const bundle = `A comment\n${good.roots}\nmore text\n${pki('good-p384').roots}`;
    assert.equal((await TrustStore.from(bundle, der, [good.roots, Uint8Array.from(der).buffer])).size, 5);
  });
  test('an unreadable certificate is skipped, and named by its position', async () => {
    const broken = good.roots.replace(/MII/, 'MIA');
    const { size, skipped } = await TrustStore.from(good.roots + broken);
    assert.equal(size, 1);
    assert.deepEqual(
      skipped.map(({ index, block, reason }) => [index, block, reason]),
      [[1, 2, 'unreadable']],
    );
    assert.match(skipped[0].message, /^PEM block 2 at line \d+ cannot be read\. The certificate/);
    await assertRejects(TrustStore.from(broken), 'ERR_TLS_INVALID_CERTIFICATE', /PEM block 1 at line 1 cannot be read/);
    await assertRejects(TrustStore.from('no certificate here'), 'ERR_TLS_INVALID_CERTIFICATE', /text without a PEM/);
    await assertRejects(TrustStore.from(/** @type {never} */ (42)), 'ERR_TLS_INVALID_OPTION', /number 42/);
  });
  test('system() reads the file that SSL_CERT_FILE names', async (t) => {
    process.env.SSL_CERT_FILE = good.files.roots;
    t.after(() => delete process.env.SSL_CERT_FILE);
    assert.equal((await TrustStore.system()).size, pemBlocks(good.roots).length);
    process.env.SSL_CERT_FILE = '/nonexistent';
    await assertRejects(TrustStore.system(), 'ERR_TLS_LOAD', /nonexistent/);
  });
  test('add() makes a chain valid', async () => {
    const store = await TrustStore.from(pki('good-rsa2048').roots);
    const isValid = async () =>
      (await verifyChain(good.chain, { trust: store, hostname: good.hostname, now: CLOCK })).ok;
    assert.equal(await isValid(), false);
    store.add(good.roots);
    assert.equal(await isValid(), true);
  });
});

describe('verifyChain', () => {
  test('without anchors no chain is valid; an empty chain is an error', async () => {
    assert.deepEqual((await verifyChain(good.chain, { hostname: good.hostname, now: CLOCK })).flags, [
      'BADCERT_NOT_TRUSTED',
    ]);
    await assertRejects(verifyChain([]), 'ERR_TLS_INVALID_CERTIFICATE');
    await assertRejects(verifyChain('nothing'), 'ERR_TLS_INVALID_CERTIFICATE');
    await assertRejects(verifyChain(good.chain, { hostname: 'a b' }), 'ERR_TLS_INVALID_ADDRESS');
  });
  test('accepts PEM and DER, together or separately', async () => {
    const [leaf, intermediate] = pemBlocks(good.chain);
    const { der } = await parseCertificate(intermediate);
    for (const chain of [good.chain, [leaf, der], [leaf, intermediate], Buffer.from(good.chain)]) {
      const { ok, path, sent } = await verifyChain(chain, { trust, hostname: good.hostname, now: CLOCK });
      assert.equal(ok, true);
      assert.equal(path.length, 3);
      assert.equal(sent.length, 2);
    }
  });
  test('an unreadable certificate after the leaf is ignored, and listed if the chain is not valid', async () => {
    const unreadable = new Uint8Array([0x30, 0x80 + 1, 0x80, ...new Uint8Array(128)]);
    const options = { trust, hostname: good.hostname, now: CLOCK };
    assert.equal((await verifyChain([good.chain, unreadable], options)).ok, true);
    const { ok, problems, sent } = await verifyChain([good.leaf, unreadable], options);
    assert.equal(ok, false);
    assert.deepEqual(
      problems.map(({ depth, code }) => [depth, code]),
      [
        [0, 'ERR_TLS_CERT_NOT_TRUSTED'],
        [1, 'ERR_TLS_CERT_PARSE'],
      ],
    );
    assert.equal(sent.length, 2);
    const leaf = await verifyChain([unreadable], options);
    assert.deepEqual([leaf.ok, leaf.problems[0].code], [false, 'ERR_TLS_CERT_PARSE']);
  });
  test('maxDepth limits the number of intermediates', async () => {
    const options = { trust, hostname: good.hostname, now: CLOCK };
    assert.equal((await verifyChain(good.chain, { ...options, maxDepth: 1 })).ok, true);
    const { problems } = await verifyChain(good.chain, { ...options, maxDepth: 0 });
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['ERR_TLS_CERT_TOO_DEEP'],
    );
    await assertRejects(verifyChain(good.chain, { ...options, maxDepth: -1 }), 'ERR_TLS_INVALID_OPTION', /maxDepth/);
  });
  test('accepts certificates after the leaf in any order, repeated, and with unrelated ones', async () => {
    const mixed = pki('good-mixed');
    const [leaf, ...others] = pemBlocks(mixed.chain);
    const store = await TrustStore.from(mixed.roots);
    const noise = pemBlocks(good.all);
    const { ok, path } = await verifyChain([leaf, ...noise, ...others.reverse(), ...others, leaf], {
      trust: store,
      hostname: mixed.hostname,
      now: CLOCK,
    });
    assert.equal(ok, true);
    assert.equal(path.length, 3);
  });
  test('reports whether a CRL covers each certificate', async () => {
    const listed = pki('good-crl');
    const options = { trust: await TrustStore.from(listed.roots), hostname: listed.hostname, now: CLOCK };
    assert.deepEqual((await verifyChain(listed.chain, options)).revocation, [false, false, false]);
    assert.equal((await verifyChain(listed.chain, { ...options, crls: listed.crl })).revocation[0], true);
  });
  test('Suite B rejects RSA keys', async () => {
    const rsa = pki('good-rsa2048');
    const { flags } = await verifyChain(rsa.chain, {
      trust: await TrustStore.from(rsa.roots),
      hostname: rsa.hostname,
      now: CLOCK,
      profile: 'suiteb',
    });
    assert.ok(flags.includes('BADCERT_BAD_PK'), flags.join());
  });
  test('problems have code, message and reference, and survive JSON', async () => {
    const several = pki('several');
    const verification = await verifyChain(several.chain, {
      trust: await TrustStore.from(several.roots),
      hostname: several.hostname,
      now: CLOCK,
    });
    assert.deepEqual(verification.flags, several.expected.flags);
    assert.equal(verification.problems.length, several.expected.flags.length);
    for (const problem of verification.problems) {
      assert.match(problem.code, /^ERR_TLS_(CERT|CRL)_[A-Z_]+$/);
      assert.match(problem.reference, /^RFC \d+, section/);
      assert.ok(problem.message.length > 20);
    }
    const copy = JSON.parse(JSON.stringify(verification));
    assert.deepEqual(copy.problems, verification.problems);
    assert.equal(copy.path[0].fingerprints.sha256, verification.path[0].fingerprints.sha256);
  });
});
