/** How the package gets Mozilla's root list: from certdata.txt of NSS, which is downloaded once. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { rootsOf, versionOf } from '../../scripts/certdata.js';
import { certdataFolder, mozillaRoots, packagesForRoots, RELEASE } from '../../scripts/mozilla-roots.js';
import { encodeRoots, encodeRootSignatures } from '../../scripts/roots-file.js';
import { inProject, run } from '../../scripts/run.js';
import { authority, chain } from '../helpers/chains.js';

/** @param {string | Uint8Array} bytes */
const octal = (bytes) =>
  [...Buffer.from(bytes)]
    .map((octet) => `\\${octet.toString(8).padStart(3, '0')}`)
    .join('')
    .replace(/(.{64})/g, '$1\n');

/** @param {string} name @param {string | Uint8Array} bytes */
const multiline = (name, bytes) => `${name} MULTILINE_OCTAL\n${octal(bytes)}\nEND`;

/**
 * @param {string} name also of the issuer
 * @param {object} [more]
 * @param {string} [more.distrust] the attribute CKA_NSS_SERVER_DISTRUST_AFTER
 * @param {string} [more.der]
 */
const certificate = (
  name,
  { distrust = 'CKA_NSS_SERVER_DISTRUST_AFTER CK_BBOOL CK_FALSE', der = `DER of ${name}` } = {},
) => `
#
# Certificate "${name}"
#
CKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE
CKA_TOKEN CK_BBOOL CK_TRUE
CKA_LABEL UTF8 "${name}"
CKA_CERTIFICATE_TYPE CK_CERTIFICATE_TYPE CKC_X_509
${multiline('CKA_ISSUER', `issuer ${name}`)}
${multiline('CKA_SERIAL_NUMBER', '\x02\x01\x05')}
${multiline('CKA_VALUE', der)}
CKA_NSS_MOZILLA_CA_POLICY CK_BBOOL CK_TRUE
# For Server Distrust After: Sat Nov 30 23:59:59 2024
${distrust}
CKA_NSS_EMAIL_DISTRUST_AFTER CK_BBOOL CK_FALSE`;

/** @param {string} name @param {string} server @param {{ der?: string, hash?: boolean }} [more] */
const trust = (name, server, { der = `DER of ${name}`, hash = true } = {}) => `
# Trust for "${name}"
CKA_CLASS CK_OBJECT_CLASS CKO_NSS_TRUST
CKA_LABEL UTF8 "${name}"
${hash ? multiline('CKA_CERT_SHA1_HASH', createHash('sha1').update(der).digest()) : '# no hash'}
${multiline('CKA_ISSUER', `issuer ${name}`)}
${multiline('CKA_SERIAL_NUMBER', '\x02\x01\x05')}
CKA_TRUST_SERVER_AUTH CK_TRUST ${server}
CKA_TRUST_EMAIL_PROTECTION CK_TRUST CKT_NSS_TRUSTED_DELEGATOR
CKA_TRUST_STEP_UP_APPROVED CK_BBOOL CK_FALSE`;

const YES = 'CKT_NSS_TRUSTED_DELEGATOR';

/** @param {...string} objects */
const file = (...objects) =>
  [
    '# header\nBEGINDATA\nCKA_CLASS CK_OBJECT_CLASS CKO_NSS_BUILTIN_ROOT_LIST\nCKA_TOKEN CK_BBOOL CK_TRUE',
    ...objects,
    '',
  ].join('\n');

/** @param {...string} objects */
const labels = (...objects) => rootsOf(file(...objects)).map(({ label }) => label);

/** @param {string} date in ASN.1 */
const dated = (date) =>
  rootsOf(
    file(certificate('a', { distrust: multiline('CKA_NSS_SERVER_DISTRUST_AFTER', date) }), trust('a', YES)),
  )[0].distrustAfter?.toISOString();

describe('certdata.txt', () => {
  test('gives the certificates that are trusted to issue for servers, in its order', () => {
    assert.deepEqual(labels(certificate('b'), trust('b', YES), trust('a', YES), certificate('a')), ['b', 'a']);
    const [{ der, distrustAfter }] = rootsOf(file(certificate('a'), trust('a', YES)));
    assert.deepEqual([der.toString(), distrustAfter], ['DER of a', undefined]);
  });

  for (const server of [
    'CKT_NSS_MUST_VERIFY_TRUST',
    'CKT_NSS_NOT_TRUSTED',
    'CKT_NSS_TRUSTED',
    'CKT_NSS_VALID_DELEGATOR',
  ]) {
    test(`gives none with ${server}, whatever it is trusted for besides`, () => {
      assert.deepEqual(labels(certificate('a'), trust('a', server)), []);
    });
  }

  test('gives none that is distrusted by name, before or after it is trusted', () => {
    const distrusted = trust('a', 'CKT_NSS_NOT_TRUSTED', { hash: false });
    assert.deepEqual(labels(certificate('a'), trust('a', YES), distrusted), []);
    assert.deepEqual(labels(distrusted, certificate('a'), trust('a', YES)), []);
    assert.deepEqual(labels(certificate('b'), trust('b', YES), distrusted), ['b']);
  });

  test('gives none whose trust is for another certificate of the same name, or missing', () => {
    assert.deepEqual(labels(certificate('a'), trust('a', YES, { der: 'another' })), []);
    assert.deepEqual(labels(certificate('a')), []);
    const other = certificate('a', { der: 'other' });
    assert.deepEqual(
      rootsOf(file(certificate('a'), other, trust('a', YES))).map(({ der }) => der.toString()),
      ['DER of a'],
    );
  });

  test('has a date after which a root is distrusted, with a year of two digits or four', () => {
    assert.equal(dated('241130235959Z'), '2024-11-30T23:59:59.000Z');
    assert.equal(dated('491231000000Z'), '2049-12-31T00:00:00.000Z');
    assert.equal(dated('500101000000Z'), '1950-01-01T00:00:00.000Z');
    assert.equal(dated('20501231235959Z'), '2050-12-31T23:59:59.000Z');
  });

  test('may have lines that end in CR LF', () => {
    assert.deepEqual(rootsOf(file(certificate('a'), trust('a', YES)).replaceAll('\n', '\r\n'))[0].label, 'a');
  });

  const whole = file(certificate('a'), trust('a', YES));
  /** @type {[string, string, RegExp][]} */
  const broken = [
    ['that does not begin', whole.replace('BEGINDATA', ''), /line 1: there is no BEGINDATA/],
    ['with an object of a new kind', whole.replace('CKO_NSS_TRUST', 'CKO_TRUST'), /the class CKO_TRUST is not known/],
    [
      'with a new kind of trust',
      file(certificate('a'), trust('a', 'CKT_TRUST_ANCHOR')),
      /CKT_TRUST_ANCHOR, which is not/,
    ],
    ['that ends in a value', whole.slice(0, whole.lastIndexOf('END')), /there is no END/],
    ['with a digit that is not octal', whole.replace('\\104', '\\108'), /CKA_VALUE is not octal/],
    ['with a number above 255', whole.replace('\\104', '\\404'), /CKA_VALUE is not octal/],
    [
      'with a line of another form',
      whole.replace('CKA_TOKEN CK_BBOOL CK_TRUE', 'TOKEN'),
      /line \d+: 'TOKEN' is no attr/,
    ],
    ['with the same attribute twice', whole.replace(/(CKA_TOKEN.*)/, '$1\n$1'), /CKA_TOKEN is there twice/],
    ['without a serial number', whole.replaceAll('CKA_SERIAL_NUMBER', 'CKA_SERIAL'), /lacks CKA_SERIAL_NUMBER/],
    ['with an attribute before the first object', whole.replace('BEGINDATA', 'BEGINDATA\nCKA_ID UTF8 "0"'), /outside/],
    ['without a word on distrust', whole.replace(/CKA_NSS_SERVER_DIS.*/, ''), /DISTRUST_AFTER is neither/],
    [
      'with a date of another form',
      file(certificate('a', { distrust: multiline('CKA_NSS_SERVER_DISTRUST_AFTER', '2024-11-30') }), trust('a', YES)),
      /DISTRUST_AFTER is neither/,
    ],
    [
      'with a date that does not exist',
      file(
        certificate('a', { distrust: multiline('CKA_NSS_SERVER_DISTRUST_AFTER', '241330000000Z') }),
        trust('a', YES),
      ),
      /DISTRUST_AFTER is not a time/,
    ],
  ];
  for (const [what, text, message] of broken) {
    test(`${what} is an error`, () => assert.throws(() => rootsOf(text), message));
  }
});

test('nssckbi.h has the version', () => {
  assert.equal(
    versionOf('#define NSS_BUILTINS_LIBRARY_VERSION_MINOR 86\n#define NSS_BUILTINS_LIBRARY_VERSION "2.86"\n'),
    '2.86',
  );
  assert.throws(() => versionOf('#define NSS_BUILTINS_LIBRARY_VERSION_MINOR 86\n'), /no NSS_BUILTINS_LIBRARY_VERSION/);
});

describe('the files of the package', () => {
  const root = authority('Root', undefined);
  const plain = authority('No key identifier', undefined, { extensions: { subjectKeyIdentifier: null } });
  const { intermediate } = chain();
  const list = { version: '2.86', date: '2026-04-09' };
  const distrustAfter = new Date('2024-11-30T23:59:59Z');
  const header = (/** @type {string} */ magic, /** @type {number} */ count) =>
    Buffer.from(`${magic}2.86\0\0\0\0\0\0\0\x002026-04-09\0${String.fromCharCode(count)}`, 'latin1');

  /** @param {Uint8Array} der @param {string | Uint8Array} octets @returns {number} how often they are in it */
  const occurrences = (der, octets) =>
    Buffer.from(der).toString('latin1').split(Buffer.from(octets).toString('latin1')).length - 1;

  test('mozilla-roots.bin has the format of wasm/verify/mozilla_roots.h', () => {
    const roots = [
      { der: root.der, distrustAfter },
      { der: plain.der, distrustAfter: undefined },
    ];
    const file = encodeRoots({ ...list, roots });
    assert.deepEqual(file.subarray(0, 32), header('PTROOTS2', 2));
    assert.deepEqual(file.subarray(32, 40), Buffer.from([0x67, 0x4b, 0xa6, 0xff, 0, 0, 0, 0]));
    for (const [i, { der }] of roots.entries()) {
      const digest = createHash('sha256').update(der).digest();
      assert.deepEqual(file.subarray(40 + i * 32, 72 + i * 32), digest);
    }
    const lengths = Array.from({ length: 18 }, (_, i) => file.readUInt16BE(104 + i * 2));
    const stored = lengths.filter((_, i) => Math.floor(i / 2) !== 5);
    assert.equal(file.length, 104 + 36 + stored.reduce((sum, length) => sum + length));
    assert.equal(occurrences(root.der, 'Root'), 2);
    assert.equal(occurrences(file, 'Root'), 1);
  });

  test('a root that is not self-issued has both names', () => {
    const file = encodeRoots({ ...list, roots: [{ der: intermediate.der, distrustAfter: undefined }] });
    assert.equal(occurrences(file, 'Root'), 1);
    assert.equal(occurrences(file, 'Intermediate'), 1);
  });

  test('mozilla-root-signatures.bin has the format of js/root-signatures.js', () => {
    const roots = [{ der: root.der, distrustAfter: undefined }];
    const file = encodeRootSignatures({ ...list, roots });
    assert.deepEqual(file.subarray(0, 32), header('PTSIGNS1', 1));
    assert.deepEqual(file.subarray(32, 40), createHash('sha256').update(root.der).digest().subarray(0, 8));
    const end = file.subarray(42);
    assert.equal(file.readUInt16BE(40), end.length);
    assert.deepEqual(Buffer.from(root.der).subarray(-end.length), end);
  });

  test('cannot have a root with two signature algorithms: the core reads the one within', () => {
    const der = Buffer.from(root.der);
    der[der.lastIndexOf(Buffer.from('2a8648ce3d0403', 'hex')) + 7] ^= 1;
    assert.throws(
      () => encodeRoots({ ...list, roots: [{ der, distrustAfter: undefined }] }),
      /two signature algorithms/,
    );
  });

  test('compress to little more than half of the certificates', async () => {
    const { roots, version, date } = await mozillaRoots();
    const before = brotliCompressSync(Buffer.concat(roots.map(({ der }) => der))).length;
    const after = brotliCompressSync(encodeRoots({ roots, version, date })).length;
    assert.ok(after < 0.6 * before, `${after} of ${before} bytes`);
  });
});

describe('the list', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-certdata-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** @param {Record<string, string>} files @returns {string} a new folder with them */
  function folderWith(files) {
    const path = mkdtempSync(join(folder, 'nss-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
    return path;
  }

  /** @param {import('node:test').TestContext} t @param {string | undefined} given */
  function setFolder(t, given) {
    const before = process.env.CERTDATA_DIR;
    const set = (/** @type {string | undefined} */ value) => {
      if (value === undefined) delete process.env.CERTDATA_DIR;
      else process.env.CERTDATA_DIR = value;
    };
    t.after(() => set(before));
    set(given);
  }

  const certdata = file(certificate('a'), trust('a', YES));
  const header = '#define NSS_BUILTINS_LIBRARY_VERSION "2.86"\n';

  test('is read from CERTDATA_DIR, and has the date of its file', async (t) => {
    const given = folderWith({ 'certdata.txt': certdata, 'nssckbi.h': header });
    utimesSync(join(given, 'certdata.txt'), new Date(), new Date('2026-04-09T18:41:45Z'));
    setFolder(t, given);
    const { version, date, roots } = await mozillaRoots();
    assert.deepEqual([version, date, roots.map(({ label }) => label)], ['2.86', '2026-04-09', ['a']]);
    assert.deepEqual(packagesForRoots(), []);
  });

  test('is downloaded once: then the copy in build/certdata is used, with its date', async (t) => {
    setFolder(t, undefined);
    assert.equal(await certdataFolder(), inProject('build/certdata'));
    assert.deepEqual(packagesForRoots(), []);
    const { date, roots } = await mozillaRoots();
    assert.equal(date, readFileSync(inProject('build/certdata/date.txt'), 'utf8'));
    assert.ok(roots.some(({ distrustAfter }) => distrustAfter !== undefined));
    assert.equal(new Set(roots.map(({ der }) => Buffer.from(der).toString('hex'))).size, roots.length);
  });

  for (const [missing, files] of /** @type {[string, Record<string, string>][]} */ ([
    ['certdata.txt', { 'nssckbi.h': header }],
    ['nssckbi.h', { 'certdata.txt': certdata }],
  ])) {
    test(`is not replaced by another if CERTDATA_DIR lacks ${missing}: setup says what to set`, async () => {
      const given = folderWith(files);
      const { status, output } = await run(process.execPath, ['scripts/setup.js'], { env: { CERTDATA_DIR: given } });
      assert.equal(status, 1);
      assert.equal(
        output.trim(),
        `CERTDATA_DIR cannot be used: '${given}' does not have both certdata.txt and nssckbi.h. Set it to a copy of ` +
          "lib/ckfw/builtins of NSS, or unset it and let 'npm run setup' download them.",
      );
    });
  }

  test('is not replaced by another if it cannot be read, or has no root', async (t) => {
    for (const [text, message] of /** @type {const} */ ([
      [certdata.replace('CKO_NSS_TRUST', 'CKO_TRUST'), /cannot be used: certdata\.txt, line \d+: the class CKO_TRUST/],
      [file(certificate('a')), /cannot be used: certdata\.txt has no trust anchor for TLS servers\.$/],
    ])) {
      setFolder(t, folderWith({ 'certdata.txt': text, 'nssckbi.h': header }));
      await assert.rejects(mozillaRoots(), message);
    }
  });

  /**
   * Looks for the list in a project that has none yet, and no apt, and where fetch() returns this.
   * @param {string} response an expression
   */
  function search(response) {
    const project = mkdtempSync(join(folder, 'project-'));
    cpSync(inProject('scripts'), join(project, 'scripts'), { recursive: true });
    const script =
      `globalThis.fetch = async (url) => ${response};` +
      `const { certdataFolder } = await import(${JSON.stringify(join(project, 'scripts/mozilla-roots.js'))});` +
      'await certdataFolder().then(console.log, (error) => console.log(error.message));';
    return run(process.execPath, ['--input-type=module', '-e', script], { env: { PATH: '', CERTDATA_DIR: '' } });
  }

  test("is not replaced by Node's if nothing can be downloaded: the error says what to set", async () => {
    for (const response of ["Promise.reject(new Error('unreachable'))", 'new Response(null, { status: 404 })']) {
      const { output } = await search(response);
      assert.equal(
        output,
        `Mozilla's roots: ${RELEASE.url}\n` +
          "Cannot download Mozilla's root list: no source package ca-certificates or nss can be downloaded, and reading " +
          `${RELEASE.url} failed. Copy certdata.txt and nssckbi.h of NSS (in lib/ckfw/builtins, or in mozilla of the ` +
          'source package ca-certificates) into a folder and set\n\n  CERTDATA_DIR=<that folder>\n',
      );
    }
  });

  test('is not used if it has another SHA-256 than expected', async () => {
    const { output } = await search("new Response('changed')");
    assert.match(
      output,
      /certdata\.txt has the SHA-256 [0-9a-f]{64}, but 77130e[0-9a-f]{58} is expected\. It was not used\./,
    );
  });

  test('comes from upstream, by URL and SHA-256, where no source package can be downloaded', () => {
    assert.match(RELEASE.url, /^https:\/\/.*\/[0-9a-f]{40}\/lib\/ckfw\/builtins$/);
    assert.deepEqual(Object.keys(RELEASE.sha256), ['certdata.txt', 'nssckbi.h']);
    for (const hash of Object.values(RELEASE.sha256)) assert.match(hash, /^[0-9a-f]{64}$/);
  });
});
