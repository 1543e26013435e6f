/**
 * Which suite a package is taken from. The programs of apt are played by a script, which knows archives that are made up;
 * versions are compared by dpkg itself.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { canGetSourcePackages, mirrorsOf, sourcePackage } from '../../scripts/private-apt.js';

const MAIN = 'http://mirror.test/debian/';
const SECURITY = 'http://security.test/debian-security/';
const BESIDE = 'http://mirror.test/debian-security/';

/** apt-get, apt-cache and apt-config, with what world.json says that there is. */
const PLAYED = `#!${process.execPath}
const { appendFileSync, mkdirSync, readFileSync } = require('node:fs');
const { basename, dirname, join } = require('node:path');
const { targets, archives } = JSON.parse(readFileSync(join(__dirname, 'world.json'), 'utf8'));
const list = join(dirname(process.env.APT_CONFIG ?? '/'), 'etc/sources.list');
const sources = () =>
  readFileSync(list, 'utf8').trim().split('\\n').map((line) => /^deb-src \\[signed-by=\\S+\\] (\\S+ \\S+) /.exec(line)[1]);
const versions = () => sources().flatMap((source) => archives[source]);
const [what, ...args] = [basename(process.argv[1]), ...process.argv.slice(2)].filter((arg) => !/^-q|^--/.test(arg));
if (what === 'apt-get' && args[0] === 'indextargets') {
  console.log(targets.join('\\n'));
} else if (what === 'apt-get' && args[0] === 'update') {
  appendFileSync(join(__dirname, 'log'), sources().join(', ') + '\\n');
  process.exitCode = sources().every((source) => Object.hasOwn(archives, source)) ? 0 : 100;
} else if (what === 'apt-get' && args[0] === 'source') {
  const version = args[1].replace('mbedtls=', '');
  if (versions().includes(version)) mkdirSync('mbedtls-' + version.replace(/-.*/, ''));
  else process.exitCode = 100;
} else if (what === 'apt-cache') {
  for (const version of versions()) console.log('Package: mbedtls\\nVersion: ' + version + '\\n');
} else if (what !== 'apt-config') {
  process.exitCode = 100;
}
`;

/** The distribution is that of the machine, as are the suites. */
const isDebian = canGetSourcePackages() && /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));

describe('a source package', { skip: isDebian ? false : 'NOT TESTED: this is no Debian' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'pagetls-apt-'));
  const path = process.env.PATH;
  let count = 0;
  before(() => {
    for (const name of ['apt-get', 'apt-cache', 'apt-config'])
      writeFileSync(join(folder, name), PLAYED, { mode: 0o755 });
    process.env.PATH = `${folder}${delimiter}${path}`;
  });
  after(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true, force: true });
  });

  /**
   * @param {Record<string, string[]>} archives the versions of each
   * @param {string[]} [targets] what apt is configured with
   * @returns {Promise<{ version: string | undefined, asked: string[] }>} what was asked for, in this order
   */
  async function found(
    archives,
    targets = [`${SECURITY} bookworm-security`, `${MAIN} bookworm`, `${MAIN} bookworm-updates`],
  ) {
    const work = join(folder, `work-${count++}`);
    mkdirSync(work);
    writeFileSync(join(folder, 'log'), '');
    writeFileSync(join(folder, 'world.json'), JSON.stringify({ targets, archives }));
    const version = await sourcePackage('mbedtls', (one) => /^3\.6\.([6-9]|\d\d)/.test(one), work);
    return { version, asked: readFileSync(join(folder, 'log'), 'utf8').trim().split('\n') };
  }

  test('comes from the security suite when the suite itself has none that is wanted', async () => {
    const { version, asked } = await found({
      [`${MAIN} trixie`]: ['3.6.5-0.1~deb13u1'],
      [`${SECURITY} trixie-security`]: ['3.6.6-0.1~deb13u1'],
      [`${MAIN} forky`]: ['3.6.9-1'],
    });
    assert.equal(version, '3.6.6-0.1~deb13u1');
    assert.deepEqual(asked, [`${MAIN} trixie, ${SECURITY} trixie-security`]);
  });

  for (const [where, trixie, security] of [
    ['the security suite', ['3.6.5-1', '3.6.6-1'], ['3.6.10-0+deb13u1', '3.6.9-0+deb13u1']],
    ['the suite', ['3.6.10-0+deb13u1', '3.6.6-1'], ['3.6.9-0+deb13u1']],
  ]) {
    test(`is the newest of a suite and its security suite: in ${where}`, async () => {
      const archives = { [`${MAIN} trixie`]: [trixie].flat(), [`${SECURITY} trixie-security`]: [security].flat() };
      assert.equal((await found(archives)).version, '3.6.10-0+deb13u1');
    });
  }

  test('is compared as Debian does, epoch and all', async () => {
    const { version } = await found({ [`${MAIN} trixie`]: ['3.6.9-1', '1:3.6.6-1', '3.6.9-1~deb13u1'] });
    assert.equal(version, '1:3.6.6-1');
  });

  test('comes from a stable suite before a newer one of the others', async () => {
    const { version } = await found({
      [`${MAIN} trixie`]: ['3.6.6-1'],
      [`${SECURITY} trixie-security`]: [],
      [`${MAIN} forky`]: ['3.6.9-1'],
    });
    assert.equal(version, '3.6.6-1');
  });

  test('is looked for in the suite alone where that has no security suite', async () => {
    const { version, asked } = await found({
      [`${MAIN} trixie`]: ['3.6.5-1'],
      [`${SECURITY} trixie-security`]: ['3.6.5-2'],
      [`${MAIN} forky`]: ['3.6.9-1'],
    });
    assert.equal(version, '3.6.9-1');
    assert.deepEqual(asked, [
      `${MAIN} trixie, ${SECURITY} trixie-security`,
      `${MAIN} forky, ${SECURITY} forky-security`,
      `${MAIN} forky, ${BESIDE} forky-security`,
      `${MAIN} forky`,
    ]);
  });

  test('is looked for in the security archive beside the mirror when none is configured', async () => {
    const archives = { [`${MAIN} trixie`]: ['3.6.6-1'], [`${BESIDE} trixie-security`]: ['3.6.7-1'] };
    assert.equal((await found(archives, [`${MAIN} bookworm`])).version, '3.6.7-1');
  });

  test('is not there when no suite has one that is wanted, or when apt is configured with nothing', async () => {
    const archives = { [`${MAIN} trixie`]: ['3.6.5-1'], [`${MAIN} sid`]: ['4.1.0-1'] };
    assert.equal((await found(archives)).version, undefined);
    assert.equal((await found(archives, [])).version, undefined);
  });
});

describe('the mirrors', () => {
  const [archive, security, more] = [
    'http://mirror.test/ubuntu/',
    'http://security.test/ubuntu/',
    'http://more.test/x/',
  ];

  test('of Ubuntu have security suites beside the others, and where apt has them from', () => {
    const targets = [`${archive} noble`, `${archive} noble-updates`, `${security} noble-security`, `${archive} noble`];
    assert.deepEqual(mirrorsOf('ubuntu', targets), { main: [archive], security: [security, archive] });
  });
  test('of Debian have security suites where apt has them from, and beside the archive', () => {
    const targets = [`${MAIN} bookworm`, `${more} nodistro`, `${SECURITY} bookworm-security`, `${more} a/b`];
    assert.deepEqual(mirrorsOf('debian', targets), { main: [MAIN, more], security: [SECURITY, BESIDE] });
    assert.deepEqual(mirrorsOf('debian', [`${MAIN} bookworm`, `${BESIDE} bookworm-security`]).security, [BESIDE]);
  });
  test('are none where apt has none', () => {
    assert.deepEqual(mirrorsOf('debian', ['']), { main: [], security: [] });
  });
});
