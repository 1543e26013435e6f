/** Mozilla's root list: what a store knows of its anchors, in lists and copies of the package that are made up here. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { pem } from '../../certs/der.js';
import { TrustStore, verifyChain } from '../../dist/index.js';
import { loadCore } from '../../dist/wasm.js';
import { authority, chain, HOST, keyOf, NOW, problemsOf } from '../helpers/chains.js';
import { mozillaList, mozillaStore, packageWithRoots } from '../helpers/mozilla-list.js';

/** @param {Promise<unknown>} promise @param {string} code @param {RegExp} [message] */
const assertRejects = (promise, code, message = /./) => assert.rejects(promise, { code, message });

/** Before the leaf of every chain here was issued. */
const distrustAfter = new Date('2025-12-31T23:59:59Z');
const { root, intermediate, leaf } = chain();

/** A root that breaks a rule of form. */
const odd = authority('Odd root', undefined, { extensions: { subjectKeyIdentifier: null } });
const other = authority('Another root', undefined);

/** @param {import('../../dist/index.js').TrustStore} trust @param {{ der: Uint8Array }[]} [sent] */
const verified = (trust, sent = [leaf, intermediate]) =>
  verifyChain(
    sent.map(({ der }) => der),
    { trust, hostname: HOST, now: NOW },
  );

describe('a root with a distrust-after date', () => {
  test('is trusted for every leaf if the user added it too', async () => {
    const store = await mozillaStore([{ der: root.der, distrustAfter }]);
    assert.deepEqual(problemsOf(await verified(store)), ['0: ERR_TLS_CERT_DISTRUSTED']);
    assert.equal((await verified(store.add(root.der))).ok, true);
  });

  test('is trusted for every leaf if only the user added it', async () => {
    const list = await mozillaStore([{ der: other.der, distrustAfter }]);
    assert.equal((await verified(list.add(root.der))).ok, true);
  });

  test('is passed over for a path to a root without a date', async () => {
    const cross = authority('Intermediate', other, { key: keyOf('Intermediate') });
    const store = await mozillaStore([{ der: root.der, distrustAfter }, { der: other.der }]);
    for (const sent of [
      [leaf, intermediate, cross],
      [leaf, cross, intermediate],
    ]) {
      const { ok, path } = await verified(store, sent);
      assert.deepEqual([ok, path.at(-1)?.subject.text], [true, 'O=Example, CN=Another root']);
    }
    assert.deepEqual(problemsOf(await verified(store)), ['0: ERR_TLS_CERT_DISTRUSTED']);
  });

  test('is no problem of the root itself', async () => {
    const store = await mozillaStore([{ der: root.der, distrustAfter }]);
    assert.deepEqual(store.problems(), []);
  });
});

test("Mozilla's roots may break the rules of form; the user's may not", async () => {
  assert.deepEqual((await mozillaStore([odd])).problems('webpki'), []);
  const codes = (await TrustStore.from(odd.der))
    .problems('webpki')
    .flatMap(({ problems }) => problems.map(({ code }) => code));
  assert.deepEqual(codes, ['ERR_TLS_CERT_SKI_MISSING']);
});

describe('a list in the form of mozilla-roots.bin', () => {
  const good = mozillaList([root, { der: other.der, distrustAfter }], { version: '2.86', date: '2026-04-09' });

  /** @param {Uint8Array} file */
  const read = async (file) => new TrustStore(await loadCore()).addMozillaRoots(file);

  test('has a version and a date, which other stores lack', async () => {
    const store = await read(good);
    assert.deepEqual([store.version, store.date, store.size], ['2.86', '2026-04-09', 2]);
    store.add(odd.der);
    assert.deepEqual([store.version, store.date, store.size], ['2.86', '2026-04-09', 3]);
    const own = await TrustStore.from(root.der);
    assert.deepEqual([own.version, own.date], [undefined, undefined]);
    const long = await read(mozillaList([root], { version: '123456789.12' }));
    assert.equal(long.version, '123456789.12');
  });

  test('is rejected if it is cut short anywhere, or too long', async () => {
    const core = await loadCore();
    const before = core.heapInUse;
    for (let length = 0; length < good.length; length++) {
      await assertRejects(read(good.subarray(0, length)), 'ERR_TLS_LOAD', /mozilla-roots\.bin .*damaged/);
    }
    await assertRejects(read(Buffer.concat([good, Buffer.alloc(1)])), 'ERR_TLS_LOAD');
    assert.equal(core.heapInUse, before);
  });

  test('is rejected if it is of another form', async () => {
    await assertRejects(read(Buffer.concat([Buffer.from('PTROOTS1'), good.subarray(8)])), 'ERR_TLS_LOAD');
    await assertRejects(read(Buffer.from('<!doctype html>\n<title>Not found</title>')), 'ERR_TLS_LOAD');
  });

  test('is rejected if a certificate cannot be read', async () => {
    const store = new TrustStore(await loadCore());
    const damaged = Buffer.from(mozillaList([root, other]));
    damaged[damaged.indexOf('Another root') - 1] ^= 0x7f; // the length of the name
    assert.throws(() => store.addMozillaRoots(damaged), { code: 'ERR_TLS_LOAD', message: /damaged/ });
    assert.throws(() => store.size, { code: 'ERR_TLS_INVALID_OPTION', message: /disposed/ });
  });
});

describe('TrustStore.system()', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-roots-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /**
   * A copy of the package with another list.
   * @param {string} name
   * @param {Uint8Array | undefined} list undefined: none
   * @returns {Promise<typeof import('../../dist/index.js')>}
   */
  async function packageWith(name, list) {
    return import(pathToFileURL(join(packageWithRoots(join(folder, name), { list }), 'index.js')).href);
  }

  /** @param {typeof import('../../dist/index.js')} copy @param {...Uint8Array} bundle */
  async function systemOf({ TrustStore, verifyChain }, ...bundle) {
    const trust = await TrustStore.system(bundle);
    const verification = await verifyChain([leaf.der, intermediate.der], { trust, hostname: HOST, now: NOW });
    return { trust, codes: problemsOf(verification), odd: trust.problems('webpki').length };
  }

  test("applies Mozilla's dates and leniency to the anchors that are on Mozilla's list", async () => {
    const copy = await packageWith('listed', mozillaList([odd, { der: root.der, distrustAfter }]));
    const { trust, ...found } = await systemOf(copy, root.der, odd.der, other.der);
    assert.deepEqual(found, { codes: ['0: ERR_TLS_CERT_DISTRUSTED'], odd: 0 });
    assert.deepEqual([trust.size, trust.version], [3, undefined]);
  });

  test('treats other anchors as added by the user', async () => {
    const copy = await packageWith('unlisted', mozillaList([{ der: other.der, distrustAfter }]));
    const { trust, ...found } = await systemOf(copy, root.der, odd.der, other.der);
    assert.deepEqual([found, trust.size], [{ codes: [], odd: 1 }, 3]);
  });

  for (const [name, list] of /** @type {const} */ ([
    ['missing', undefined],
    ['damaged', mozillaList([root]).subarray(0, 200)],
  ])) {
    test(`treats all anchors as Mozilla's if the list is ${name}, and mozilla() says so`, async () => {
      const copy = await packageWith(name, list);
      const { trust, ...found } = await systemOf(copy, root.der, odd.der);
      assert.deepEqual([found, trust.size], [{ codes: [], odd: 0 }, 2]);
      await assertRejects(copy.TrustStore.mozilla(), 'ERR_TLS_LOAD', /mozilla-roots\.bin/);
    });
  }

  test('reads the file that SSL_CERT_FILE names if it is given no bundle', async (t) => {
    const copy = await packageWith('file', mozillaList([{ der: root.der, distrustAfter }]));
    writeFileSync(join(folder, 'bundle.pem'), pem('CERTIFICATE', root.der));
    const given = process.env.SSL_CERT_FILE;
    t.after(() => {
      if (given === undefined) delete process.env.SSL_CERT_FILE;
      else process.env.SSL_CERT_FILE = given;
    });
    process.env.SSL_CERT_FILE = join(folder, 'bundle.pem');
    const trust = await copy.TrustStore.system().catch((error) => error);
    assert.equal(trust.size, 1, String(trust));
  });
});
