/**
 * Which suite a package is downloaded from. A script replaces the programs of apt and reads invented archives; the real
 * dpkg compares versions.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { canGetSourcePackages, mirrorsOf, newestSourceArchive, sourcePackage } from '../../scripts/private-apt.js';

const MAIN = 'http://mirror.test/debian/';
const SECURITY = 'http://security.test/debian-security/';
const SAME_MIRROR_SECURITY = 'http://mirror.test/debian-security/';

/** apt-get, apt-cache and apt-config, with the sources and archives of world.json. */
const FAKE_APT = `#!${process.execPath}
const { appendFileSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const { targets, archives, lacking } = JSON.parse(readFileSync(join(__dirname, 'world.json'), 'utf8'));
const list = join(dirname(process.env.APT_CONFIG ?? '/'), 'etc/sources.list');
const sources = () =>
  readFileSync(list, 'utf8').trim().split('\\n').map((line) => /^deb-src \\[signed-by=\\S+\\] (\\S+ \\S+) /.exec(line)[1]);
const versions = () => sources().flatMap((source) => archives[source] ?? []);
const [program, ...args] = [basename(process.argv[1]), ...process.argv.slice(2)].filter((arg) => !/^-q|^--/.test(arg));
if (program === 'apt-get' && args[0] === 'indextargets') {
  console.log(targets.join('\\n'));
} else if (program === 'apt-get' && args[0] === 'update') {
  appendFileSync(join(__dirname, 'log'), sources().join(', ') + '\\n');
  process.exitCode = sources().every((source) => Object.hasOwn(archives, source)) ? 0 : 100;
} else if (program === 'apt-get' && args[0] === 'source') {
  const version = args[1].replace('mbedtls=', '');
  if (versions().includes(version) && process.argv.includes('--tar-only') && version !== lacking)
    writeFileSync('mbedtls_' + version + '.orig.tar.gz', version);
  else if (versions().includes(version) && !process.argv.includes('--tar-only')) mkdirSync('mbedtls-' + version.replace(/-.*/, ''));
  else process.exitCode = 100;
} else if (program === 'apt-cache') {
  for (const version of versions()) console.log('Package: mbedtls\\nVersion: ' + version + '\\n');
} else if (program !== 'apt-config') {
  process.exitCode = 100;
}
`;

/** The tests need the suites of Debian. */
const isDebian = canGetSourcePackages() && /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));

describe('a source package', { skip: isDebian ? false : 'NOT TESTED: this is not Debian' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-apt-'));
  const path = process.env.PATH;
  let count = 0;
  before(() => {
    for (const name of ['apt-get', 'apt-cache', 'apt-config'])
      writeFileSync(join(folder, name), FAKE_APT, { mode: 0o755 });
    process.env.PATH = `${folder}${delimiter}${path}`;
  });
  after(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true, force: true });
  });

  /**
   * @param {Record<string, string[]>} archives 'URI suite' -> versions
   * @param {string[]} [targets] 'URI suite' of each source that apt is configured with
   * @returns {Promise<{ version: string | undefined, searched: string[] }>} the sources searched, in order
   */
  async function download(
    archives,
    targets = [`${SECURITY} bookworm-security`, `${MAIN} bookworm`, `${MAIN} bookworm-updates`],
  ) {
    const work = join(folder, `work-${count++}`);
    mkdirSync(work);
    writeFileSync(join(folder, 'log'), '');
    writeFileSync(join(folder, 'world.json'), JSON.stringify({ targets, archives }));
    const version = await sourcePackage('mbedtls', (one) => /^3\.6\.([6-9]|\d\d)/.test(one), work);
    return { version, searched: readFileSync(join(folder, 'log'), 'utf8').trim().split('\n') };
  }

  test('comes from the security suite if the suite has no wanted version', async () => {
    const { version, searched } = await download({
      [`${MAIN} trixie`]: ['3.6.5-0.1~deb13u1'],
      [`${SECURITY} trixie-security`]: ['3.6.6-0.1~deb13u1'],
      [`${MAIN} forky`]: ['3.6.9-1'],
    });
    assert.equal(version, '3.6.6-0.1~deb13u1');
    assert.deepEqual(searched, [`${MAIN} trixie, ${SECURITY} trixie-security`]);
  });

  for (const [where, trixie, security] of [
    ['the security suite', ['3.6.5-1', '3.6.6-1'], ['3.6.10-0+deb13u1', '3.6.9-0+deb13u1']],
    ['the suite', ['3.6.10-0+deb13u1', '3.6.6-1'], ['3.6.9-0+deb13u1']],
  ]) {
    test(`is the newest of a suite and its security suite: in ${where}`, async () => {
      const archives = { [`${MAIN} trixie`]: [trixie].flat(), [`${SECURITY} trixie-security`]: [security].flat() };
      assert.equal((await download(archives)).version, '3.6.10-0+deb13u1');
    });
  }

  test("is the newest by Debian's rules, including epochs", async () => {
    const { version } = await download({ [`${MAIN} trixie`]: ['3.6.9-1', '1:3.6.6-1', '3.6.9-1~deb13u1'] });
    assert.equal(version, '1:3.6.6-1');
  });

  test('comes from a stable suite, even if another suite has a newer version', async () => {
    const { version } = await download({
      [`${MAIN} trixie`]: ['3.6.6-1'],
      [`${SECURITY} trixie-security`]: [],
      [`${MAIN} forky`]: ['3.6.9-1'],
    });
    assert.equal(version, '3.6.6-1');
  });

  test('is searched in the suite alone if there is no security suite', async () => {
    const { version, searched } = await download({
      [`${MAIN} trixie`]: ['3.6.5-1'],
      [`${SECURITY} trixie-security`]: ['3.6.5-2'],
      [`${MAIN} forky`]: ['3.6.9-1'],
    });
    assert.equal(version, '3.6.9-1');
    assert.deepEqual(searched, [
      `${MAIN} trixie, ${SECURITY} trixie-security`,
      `${MAIN} forky, ${SECURITY} forky-security`,
      `${MAIN} forky, ${SAME_MIRROR_SECURITY} forky-security`,
      `${MAIN} forky`,
    ]);
  });

  test('is searched in the security archive on the same mirror if none is configured', async () => {
    const archives = { [`${MAIN} trixie`]: ['3.6.6-1'], [`${SAME_MIRROR_SECURITY} trixie-security`]: ['3.6.7-1'] };
    assert.equal((await download(archives, [`${MAIN} bookworm`])).version, '3.6.7-1');
  });

  test('is undefined if no suite has a wanted version, or apt has no sources', async () => {
    const archives = { [`${MAIN} trixie`]: ['3.6.5-1'], [`${MAIN} sid`]: ['4.1.0-1'] };
    assert.equal((await download(archives)).version, undefined);
    assert.equal((await download(archives, [])).version, undefined);
  });
});

describe('the newest archive', { skip: isDebian ? false : 'NOT TESTED: this is not Debian' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-apt-'));
  const path = process.env.PATH;
  let count = 0;
  before(() => {
    for (const name of ['apt-get', 'apt-cache', 'apt-config'])
      writeFileSync(join(folder, name), FAKE_APT, { mode: 0o755 });
    process.env.PATH = `${folder}${delimiter}${path}`;
  });
  after(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true, force: true });
  });

  /** @param {Record<string, string[]>} archives 'URI suite' -> versions @param {string} [lacking] a version without archive */
  async function download(archives, lacking) {
    const work = join(folder, `work-${count++}`);
    mkdirSync(work);
    writeFileSync(join(folder, 'log'), '');
    writeFileSync(
      join(folder, 'world.json'),
      JSON.stringify({ targets: [`${MAIN} bookworm`, `${SECURITY} bookworm-security`], archives, lacking }),
    );
    const found = await newestSourceArchive('mbedtls', work);
    return found && { version: found.version, contents: readFileSync(found.archive, 'utf8') };
  }

  test('is that of the newest version in any suite that can be read', async () => {
    for (const [archives, version] of /** @type {[Record<string, string[]>, string][]} */ ([
      [
        { [`${MAIN} trixie`]: ['20250419'], [`${MAIN} forky`]: ['20260601'], [`${MAIN} sid`]: ['20260816'] },
        '20260816',
      ],
      [{ [`${MAIN} trixie`]: ['20250419'], [`${MAIN} forky`]: ['20260601'] }, '20260601'],
      [{ [`${MAIN} trixie`]: ['20250419'], [`${SECURITY} trixie-security`]: ['20250419+deb13u1'] }, '20250419+deb13u1'],
      [{ [`${MAIN} sid`]: ['2:3.99-1', '2:3.132-1', '1:9.0-1'] }, '2:3.132-1'],
    ]))
      assert.deepEqual(await download(archives), { version, contents: version });
  });

  test('is undefined if the newest cannot be downloaded, or there is none: an older one is not used', async () => {
    assert.equal(
      await download({ [`${MAIN} trixie`]: ['20250419'], [`${MAIN} sid`]: ['20260816'] }, '20260816'),
      undefined,
    );
    assert.equal(await download({}), undefined);
  });
});

describe('mirrorsOf()', () => {
  const [archive, security, more] = [
    'http://mirror.test/ubuntu/',
    'http://security.test/ubuntu/',
    'http://more.test/x/',
  ];

  test('finds security suites of Ubuntu in the main archive and in the configured one', () => {
    const targets = [`${archive} noble`, `${archive} noble-updates`, `${security} noble-security`, `${archive} noble`];
    assert.deepEqual(mirrorsOf('ubuntu', targets), { main: [archive], security: [security, archive] });
  });
  test('finds security suites of Debian in the configured archive and next to the main archive', () => {
    const targets = [`${MAIN} bookworm`, `${more} nodistro`, `${SECURITY} bookworm-security`, `${more} a/b`];
    assert.deepEqual(mirrorsOf('debian', targets), { main: [MAIN, more], security: [SECURITY, SAME_MIRROR_SECURITY] });
    assert.deepEqual(mirrorsOf('debian', [`${MAIN} bookworm`, `${SAME_MIRROR_SECURITY} bookworm-security`]).security, [
      SAME_MIRROR_SECURITY,
    ]);
  });
  test('returns nothing if apt has no sources', () => {
    assert.deepEqual(mirrorsOf('debian', ['']), { main: [], security: [] });
  });
});
