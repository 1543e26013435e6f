/** Wildcards for everything below a public suffix, and the list that knows those of several labels. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { pem } from '../../certs/der.js';
import { subjectAltName } from '../../certs/extensions.js';
import { connect, TrustStore } from '../../dist/index.js';
import { inProject } from '../../scripts/run.js';
import { registrySuffixes } from '../../scripts/public-suffixes.js';
import { chain, NOW, problemsOf, verificationInput, verify } from '../helpers/chains.js';
import { startNodeTls } from '../helpers/servers.js';

/** @typedef {import('../../dist/index.js').Profile} Profile */

const CODE = '0: ERR_TLS_CERT_WILDCARD_SUFFIX';

/** @param {...string} names @returns {import('../helpers/chains.js').Chain} */
const chainFor = (...names) =>
  chain({ leaf: { extensions: { subjectAltName: subjectAltName(names.map((dns) => ({ dns }))) } } });

/** @param {string} hostname @param {string} dns @param {Profile} [profile] @param {boolean} [publicSuffixes] */
async function verified(hostname, dns, profile = 'webpki', publicSuffixes = undefined) {
  const { ok, problems, warnings } = await verify(
    { ...verificationInput(chainFor(dns)), hostname, publicSuffixes },
    profile,
  );
  assert.equal(ok, problems.length === 0);
  return [problemsOf({ problems }).join(), problemsOf({ problems: warnings }).join()];
}

describe('a wildcard', () => {
  for (const [hostname, dns] of [
    ['example.co.uk', '*.co.uk'],
    ['EXAMPLE.CO.UK.', '*.co.uk'],
    ['example.com.au', '*.COM.au'],
    ['a.b.ck', '*.b.ck'],
    ['a.b.kawasaki.jp', '*.b.kawasaki.jp'],
    ['例.個人.hk', '*.xn--gmqw5a.hk'],
  ]) {
    test(`${dns} is not for ${hostname}: its domain is a public suffix`, async () => {
      assert.deepEqual(await verified(hostname, dns), [CODE, '']);
    });
  }

  for (const [hostname, dns] of [
    ['www.example.co.uk', '*.example.co.uk'],
    ['www.example.com', '*.example.com'],
    ['a.www.ck', '*.www.ck'], // an exception to *.ck
    ['a.city.kawasaki.jp', '*.city.kawasaki.jp'],
    ['a.kawasaki.jp', '*.kawasaki.jp'], // only what is below it is one
    ['me.github.io', '*.github.io'], // of a hoster, who holds the domain and has such certificates
    ['a.uk.example', '*.uk.example'],
  ]) {
    test(`${dns} is for ${hostname}`, async () => {
      assert.deepEqual(await verified(hostname, dns), ['', '']);
    });
  }

  test('counts as the options say', async () => {
    const [host, dns] = ['example.co.uk', '*.co.uk'];
    assert.deepEqual(await verified(host, dns, 'webpki', false), ['', '']);
    assert.deepEqual(await verified(host, dns, 'auto'), ['', '']);
    for (const profile of /** @type {const} */ (['auto', 'private'])) {
      assert.deepEqual(await verified(host, dns, profile, true), ['', CODE], profile);
    }
    assert.deepEqual(await verified(host, dns, 'rfc5280', true), ['', '']);
  });

  test("is rejected under Mozilla's anchors if the list is asked for", async () => {
    const input = { ...verificationInput(chainFor('*.co.uk')), hostname: 'example.co.uk' };
    const mozilla = { ...input, distrustAfter: new Date('2030-01-01T00:00:00Z') };
    assert.deepEqual(problemsOf(await verify(mozilla, 'auto')), []);
    assert.deepEqual(problemsOf(await verify({ ...mozilla, publicSuffixes: true }, 'auto')), [CODE]);
  });

  test('is rejected in a handshake, too, with a message that names it', async (t) => {
    const { root, intermediate, leaf } = chainFor('*.co.uk');
    const certificates = [leaf, intermediate].map(({ der }) => pem('CERTIFICATE', der)).join('');
    const key = leaf.key.export({ type: 'pkcs8', format: 'pem' }).toString();
    const server = await startNodeTls(/** @type {any} */ ({ chain: certificates, key }));
    t.after(() => server.close());
    const trust = await TrustStore.from(root.der);
    const address = `127.0.0.1:${server.port}`;
    const settings = { servername: 'example.co.uk', trust, now: NOW };
    const socket = connect(address, { ...settings, profile: 'webpki' });
    await assert.rejects(socket.opened, ({ verification }) => {
      const [{ code, message }] = verification.problems;
      assert.equal(code, 'ERR_TLS_CERT_WILDCARD_SUFFIX');
      assert.match(message, /public suffix: \*\.co\.uk$/);
      return true;
    });
    for (const options of [{}, /** @type {const} */ ({ profile: 'webpki', publicSuffixes: false })]) {
      const accepted = connect(address, { ...settings, ...options });
      assert.ok((await accepted.opened).verification.ok);
      await accepted.close();
    }
  });
});

test('the list is loaded only if it is asked for and the host has three labels; without it nothing is accepted', async (t) => {
  const copied = await mkdtemp(join(tmpdir(), 'pagetls-suffixes-'));
  t.after(() => rm(copied, { recursive: true }));
  const folder = join(copied, 'dist');
  await cp(inProject('dist'), folder, { recursive: true });
  await cp(inProject('package.json'), join(copied, 'package.json'));
  await rm(join(folder, 'pagetls/public-suffixes.txt'));
  /** @type {typeof import('../../dist/index.js')} */
  const copy = await import(pathToFileURL(join(folder, 'index.js')).href);
  const made = chainFor('localhost', 'example.com', 'www.example.com');
  const trust = await copy.TrustStore.from(made.root.der);
  const ask = (/** @type {{}} */ options) =>
    copy.verifyChain([made.leaf.der, made.intermediate.der], { trust, now: NOW, ...options });
  for (const options of [
    { hostname: 'www.example.com' },
    { hostname: 'www.example.com', profile: 'webpki', publicSuffixes: false },
    { hostname: 'localhost', profile: 'webpki' },
    { hostname: 'example.com', profile: 'webpki' },
    { profile: 'webpki' },
  ]) {
    assert.ok((await ask(options)).ok, JSON.stringify(options));
  }
  const fails = { code: 'ERR_TLS_LOAD', message: /public-suffixes\.txt could not be loaded/ };
  for (const options of [{ profile: 'webpki' }, { publicSuffixes: true }]) {
    await assert.rejects(ask({ hostname: 'www.example.com', ...options }), fails);
  }
  for (const wrong of ['', '<!doctype html>\n', 'example.com\n']) {
    await writeFile(join(folder, 'pagetls/public-suffixes.txt'), wrong);
    const isNot = { code: 'ERR_TLS_LOAD', message: /is not the list of public suffixes/ };
    await assert.rejects(ask({ hostname: 'www.example.com', profile: 'webpki' }), isNot, JSON.stringify(wrong));
  }
  await cp(inProject('dist/pagetls', 'public-suffixes.txt'), join(folder, 'pagetls/public-suffixes.txt'));
  assert.ok((await ask({ hostname: 'www.example.com', profile: 'webpki' })).ok); // a failure is not kept
});

describe('the build', () => {
  const list = (/** @type {string[]} */ ...lines) =>
    ['// ===BEGIN ICANN DOMAINS===', ...lines, '// ===END ICANN DOMAINS===', 'github.io', ''].join('\n');
  const least = ['co.uk', '*.ck', '!www.ck'];

  test('takes the rules of registries with two labels or more, as A-labels', () => {
    const text = list('// com.example', 'com', 'uk', ...least, '個人.hk', '个人.hk comment', '*.kobe.jp', 'co.uk', '');
    assert.deepEqual(registrySuffixes(text), [
      '!www.ck',
      '*.ck',
      '*.kobe.jp',
      'co.uk',
      'xn--ciqpn.hk',
      'xn--gmqw5a.hk',
    ]);
  });

  test('fails if the list is another one, or broken', () => {
    assert.throws(() => registrySuffixes('<html>'), /lacks 'co\.uk'/);
    assert.throws(() => registrySuffixes(list(...least).replace('END ICANN', 'END')), /lacks 'co\.uk'/);
    assert.throws(() => registrySuffixes(list('co.uk', '*.ck')), /lacks '!www\.ck'/);
    assert.throws(() => registrySuffixes(list(...least, 'a b.c', 'x.%.y')), /'x\.%\.y' is not a rule/);
  });
});
