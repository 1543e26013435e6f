/** mozilla-root-signatures.bin: roots of Mozilla's list are whole certificates with it, and never wrong without it. */
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { loadRootSignatures, TrustStore, verifyChain } from '../../dist/index.js';
import { rootCertificates } from '../../dist/node/tls.js';
import { mozillaRoots } from '../../scripts/mozilla-roots.js';
import { inProject } from '../../scripts/run.js';
import { startInspector } from '../../scripts/start.js';
import { derOf } from '../helpers/certificates.js';
import { authority, chain, HOST, NOW, problemsOf } from '../helpers/chains.js';
import { mozillaList, mozillaSignatures, mozillaStore, packageWithRoots } from '../helpers/mozilla-list.js';
import { callIn, newPage, startChromium } from '../helpers/page.js';
import { pemBlocks, pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';

const { root, intermediate, leaf } = chain();
const folder = mkdtempSync(join(tmpdir(), 'pagetls-signatures-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** @param {Uint8Array} bytes */
const bytesOf = (bytes) => [...bytes];

/** What is known of a root without its signature. @param {Uint8Array} der */
const withoutSignature = (der) => ({
  fingerprints: { sha1: null, sha256: sha256(der), sha384: null, sha512: null },
  der: null,
  pem: null,
});

/** @param {Uint8Array} der */
const sha256 = (der) => createHash('sha256').update(der).digest('hex').toUpperCase();

/** @param {Uint8Array} der */
function whole(der) {
  const { fingerprint, fingerprint256, fingerprint512 } = new X509Certificate(der);
  const [sha1, sha256, sha512] = [fingerprint, fingerprint256, fingerprint512].map((text) => text.replaceAll(':', ''));
  const sha384 = createHash('sha384').update(der).digest('hex').toUpperCase();
  return {
    fingerprints: { sha1, sha256, sha384, sha512 },
    der: bytesOf(der),
    pem: new X509Certificate(der).toString(),
  };
}

/** @param {import('../../dist/index.js').Certificate} certificate */
const seen = ({ fingerprints, der, pem }) => ({ fingerprints, der: der && bytesOf(der), pem });

/**
 * @param {string} name
 * @param {{ list?: Uint8Array, signatures?: Uint8Array }} files
 * @returns {Promise<typeof import('../../dist/index.js') & { tls: typeof import('../../dist/node/tls.js') }>}
 */
async function packageWith(name, files) {
  const dist = packageWithRoots(join(folder, name), files);
  const [index, tls] = await Promise.all(
    ['index.js', 'node/tls.js'].map((file) => import(pathToFileURL(join(dist, file)).href)),
  );
  return { ...index, tls };
}

/**
 * @param {typeof import('../../dist/index.js')} copy
 * @param {{ der: Uint8Array }[]} [sent]
 */
const verifyWith = async (copy, sent = [leaf, intermediate]) =>
  copy.verifyChain(
    sent.map(({ der }) => der),
    { trust: await copy.TrustStore.mozilla(), hostname: HOST, now: NOW },
  );

describe("Mozilla's own roots", () => {
  test('are read to the octet: each is recognized when a server sends it', async () => {
    const trust = await TrustStore.mozilla();
    const { roots } = await mozillaRoots();
    for (const { der, label } of roots) {
      const { path, problems } = await verifyChain(der, { trust, now: NOW });
      assert.equal(path.length, 1, label);
      const dead = problems.filter(({ rule }) => rule === 'NOT_TRUSTED' || rule === 'SELF_SIGNED');
      assert.deepEqual(dead, [], label);
    }
  });

  test('are whole in rootCertificates, in the order of the list', async () => {
    const { roots } = await mozillaRoots();
    assert.deepEqual(
      rootCertificates.map((text) => Buffer.from(derOf(text))),
      roots.map(({ der }) => Buffer.from(der)),
    );
  });

  test('with weak keys are described whole in problems()', async () => {
    const list = (await TrustStore.mozilla()).problems('suiteb');
    const ders = new Set((await mozillaRoots()).roots.map(({ der }) => sha256(der)));
    assert.ok(list.length > 50);
    for (const { certificate } of list) {
      assert.ok(certificate.der !== null && ders.has(sha256(certificate.der)));
      assert.equal(certificate.fingerprints.sha256, sha256(certificate.der));
    }
  });
});

describe('in Node', () => {
  test('a root that was not sent is whole', async () => {
    const copy = await packageWith('whole', { list: mozillaList([root]), signatures: mozillaSignatures([root]) });
    const { ok, path } = await verifyWith(copy);
    assert.equal(ok, true);
    assert.deepEqual(seen(path[2]), whole(root.der));
    assert.equal(path[2].subject.text, 'O=Example, CN=Root');
    assert.deepEqual(copy.tls.rootCertificates, [whole(root.der).pem.trim()]);
  });

  test('a root that was sent is whole without the signatures', async () => {
    const copy = await packageWith('sent', { list: mozillaList([root]) });
    const { ok, path, sent } = await verifyWith(copy, [leaf, intermediate, root]);
    assert.equal(ok, true);
    assert.equal(path[2], sent[2]);
    assert.deepEqual(seen(path[2]), whole(root.der));
  });

  for (const [name, signatures] of /** @type {const} */ ([
    ['missing', undefined],
    ['cut short', mozillaSignatures([root]).subarray(0, 90)],
    ['too long', Buffer.concat([mozillaSignatures([root]), Buffer.alloc(1)])],
    ['empty', Buffer.alloc(0)],
    ['of another form', Buffer.from('<!doctype html>\n<title>Not found</title>'.repeat(3))],
  ])) {
    test(`if the file is ${name}, a connection works and knows no more than is true; other functions say so`, async () => {
      const server = await startNodeTls(pki('good-p256'));
      const [anchor] = pemBlocks(pki('good-p256').roots).map(derOf);
      try {
        const copy = await packageWith(name, { list: mozillaList([{ der: anchor }, root]), signatures });
        const socket = copy.connect(
          { hostname: '127.0.0.1', port: server.port },
          { servername: pki('good-p256').hostname, now: new Date(pki('good-p256').clock) },
        );
        const { verification } = await socket.opened;
        const last = verification.path.at(-1);
        assert.ok(last);
        assert.deepEqual(seen(last), withoutSignature(anchor));
        assert.deepEqual(last.subject.text, last.issuer.text);
        assert.equal(verification.path, verification.path);
        await socket.close();
        const failure = { code: 'ERR_TLS_LOAD', message: /mozilla-root-signatures\.bin/ };
        await assert.rejects(copy.loadRootSignatures(), failure);
        const verified = await verifyWith(copy);
        assert.equal(verified.ok, true);
        assert.deepEqual(seen(verified.path[2]), withoutSignature(root.der));
        await assert.rejects(copy.tls.loadRootCertificates(), failure);
        assert.throws(() => copy.tls.rootCertificates.length, name === 'missing' ? { code: 'ENOENT' } : failure);
      } finally {
        await server.close();
      }
    });
  }

  test('load() takes the content of the file instead, and copies it', async () => {
    const copy = await packageWith('given', { list: mozillaList([root]) });
    const rootSignatures = mozillaSignatures([root]);
    await copy.load(undefined, { rootSignatures });
    rootSignatures.fill(0);
    const { ok, path } = await verifyWith(copy);
    assert.equal(ok, true);
    assert.deepEqual(seen(path[2]), whole(root.der));
  });

  test('a signature that is not the one of the root is never shown', async () => {
    const signatures = Buffer.from(mozillaSignatures([root]));
    signatures[signatures.length - 1] ^= 1;
    const copy = await packageWith('altered', { list: mozillaList([root]), signatures });
    const verification = await verifyWith(copy);
    assert.equal(verification.ok, true);
    const failure = { code: 'ERR_TLS_LOAD', message: /mozilla-root-signatures\.bin is damaged/ };
    assert.throws(() => verification.path, failure);
    assert.throws(() => copy.tls.rootCertificates.length, failure);
  });

  test('signatures of another list leave a root without', async () => {
    const other = authority('Another root', undefined);
    const copy = await packageWith('other', { list: mozillaList([root]), signatures: mozillaSignatures([other]) });
    const { ok, path } = await verifyWith(copy);
    assert.equal(ok, true);
    assert.deepEqual(seen(path[2]), withoutSignature(root.der));
  });
});

describe('the same certificate with another signature', () => {
  const altered = { der: Uint8Array.from(root.der) };
  altered.der[altered.der.length - 1] ^= 1;

  test('is not the root of the list', async () => {
    const trust = await mozillaStore([root]);
    const options = { trust, now: NOW };
    assert.deepEqual(problemsOf(await verifyChain(root.der, options)).includes('0: ERR_TLS_CERT_NOT_TRUSTED'), false);
    assert.deepEqual(problemsOf(await verifyChain(altered.der, options)).includes('0: ERR_TLS_CERT_NOT_TRUSTED'), true);
  });

  test('is none that Mozilla knows if the user adds it', async () => {
    const distrustAfter = new Date('2025-12-31T23:59:59Z');
    const copy = await packageWith('system', { list: mozillaList([{ der: root.der, distrustAfter }]) });
    for (const [one, expected] of /** @type {const} */ ([
      [root, ['0: ERR_TLS_CERT_DISTRUSTED']],
      [altered, []],
    ])) {
      const trust = await copy.TrustStore.system(one.der);
      const found = await copy.verifyChain([leaf.der, intermediate.der], { trust, hostname: HOST, now: NOW });
      assert.deepEqual(problemsOf(found), expected);
    }
  });
});

test('loadRootSignatures() can be called at any time and more than once', async () => {
  await Promise.all([loadRootSignatures(), loadRootSignatures()]);
  await loadRootSignatures();
});

describe('in a page', () => {
  const certificates = pki('good-p256');
  const { hostname, clock } = certificates;
  const [anchor] = pemBlocks(certificates.roots).map(derOf);
  /** @type {{close(): Promise<unknown>}[]} */
  const running = [];
  /** @type {() => Promise<import('playwright-core').Page>} */
  let open;
  /** @type {{ bridge: string, target: string, hostname: string, clock: string }} */
  let endpoint;

  before(async () => {
    const server = await startNodeTls(certificates);
    running.push(server);
    const browser = await startChromium();
    running.unshift(browser);
    const target = `127.0.0.1:${server.port}`;
    const roots = [{ der: anchor }];
    const files = { list: mozillaList(roots), signatures: mozillaSignatures(roots) };
    const inspector = await startInspector({
      port: 0,
      allowTargets: [target],
      folders: {
        '/test/fixtures/': inProject('test/fixtures'),
        '/dist/': packageWithRoots(join(folder, 'page'), files),
      },
    });
    running.push(inspector);
    endpoint = { bridge: `${inspector.bridge.url}/`, target, hostname, clock };
    open = async () => {
      const { page } = await newPage(browser);
      await page.goto(`${inspector.url}test/fixtures/blank.html`);
      return page;
    };
  });
  after(async () => {
    for (const item of running) await item.close();
  });

  /** @param {string} name @param {unknown} given */
  const run = async (name, given) => callIn(await open(), 'window', 'root-signatures.js', name, given);

  test('a connection loads no signatures; loadRootSignatures() makes the root whole', async () => {
    const { before, after, same } = await run('connectWithDefaultTrust', endpoint);
    const { subject, ...known } = before.root;
    assert.deepEqual(known, withoutSignature(anchor));
    assert.deepEqual(before.loaded, ['mozilla-roots.bin']);
    assert.deepEqual(after.root, { subject, ...whole(anchor) });
    assert.deepEqual(after.loaded, ['mozilla-roots.bin', 'mozilla-root-signatures.bin']);
    assert.equal(same, true);
  });

  test('verifyChain() loads them, since somebody looks at the certificates', async () => {
    const found = await run('verifyWithDefaultTrust', { chain: certificates.chain, hostname, clock });
    assert.deepEqual(found.before, ['mozilla-roots.bin']);
    const { subject: _, ...root } = found.root;
    assert.deepEqual(root, whole(anchor));
    assert.deepEqual(found.after, ['mozilla-roots.bin', 'mozilla-root-signatures.bin']);
  });
});
