/**
 * Packages of newer suites than the machine's own, by an apt of our own: nothing of the host's is read but its
 * keyring, its mirror and how it reaches the network; nothing of the host's is written; signatures are checked.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, runOrFail, run } from './run.js';

/** The suites that are asked, in this order: stable ones first. Each comes with its security suite, where it has one. */
const DISTRIBUTIONS = {
  debian: { keyring: 'debian-archive-keyring', components: 'main', suites: ['trixie', 'forky', 'sid'] },
  ubuntu: { keyring: 'ubuntu-archive-keyring', components: 'main universe', suites: ['resolute', 'questing'] },
};

/** @returns {{ id: 'debian' | 'ubuntu', keyring: string, components: string, suites: string[] } | undefined} */
function distribution() {
  if (!existsSync('/etc/os-release') || findProgram('apt-get') === undefined) return undefined;
  const id = /^ID="?([a-z]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  if (id !== 'debian' && id !== 'ubuntu') return undefined;
  const known = DISTRIBUTIONS[id];
  const keyring = ['gpg', 'pgp']
    .map((extension) => `/usr/share/keyrings/${known.keyring}.${extension}`)
    .find((path) => existsSync(path));
  return keyring === undefined ? undefined : { ...known, id, keyring };
}

/**
 * Debian has its security updates in an archive of their own, beside the main one on most mirrors; Ubuntu has them in the
 * same one as well.
 * @param {'debian' | 'ubuntu'} id
 * @param {string[]} targets address and suite of everything that apt is configured with
 * @returns {{ main: string[], security: string[] }} the addresses
 */
export function mirrorsOf(id, targets) {
  /** @param {RegExp} suites */
  const having = (suites) => {
    const found = targets.map((target) => target.split(' ')).filter(([, suite]) => suites.test(suite ?? ''));
    return [...new Set(found.map(([uri]) => uri))];
  };
  const main = having(/^[^-/]+$/);
  const debian = /\/debian\/?$/;
  const beside =
    id === 'ubuntu'
      ? main
      : main.filter((uri) => debian.test(uri)).map((uri) => uri.replace(debian, '/debian-security/'));
  return { main, security: [...new Set([...having(/^[^-/]+-security$/), ...beside])] };
}

/**
 * @param {string} folder
 * @param {string[]} sources the lines for sources.list
 * @returns {Promise<string>} the file for APT_CONFIG
 */
async function privateApt(folder, sources) {
  for (const part of ['etc', 'state/lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(folder, part), { recursive: true });
  }
  const network = (await run('apt-config', ['dump', 'Acquire::http', 'Acquire::https', 'Acquire::Retries'])).stdout;
  const settings = {
    'Dir::Etc': join(folder, 'etc'),
    'Dir::Etc::sourcelist': join(folder, 'etc/sources.list'),
    'Dir::Etc::sourceparts': '-',
    'Dir::Etc::netrc': '/etc/apt/auth.conf',
    'Dir::Etc::netrcparts': '/etc/apt/auth.conf.d',
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': join(folder, 'cache'),
    'Acquire::Languages': 'none',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} "${value}";\n`);
  writeFileSync(join(folder, 'etc/sources.list'), `${sources.join('\n')}\n`);
  writeFileSync(join(folder, 'apt.conf'), network + lines.join(''));
  return join(folder, 'apt.conf');
}

/** @returns {boolean} whether this is a Debian or Ubuntu with what it needs */
export function canGetSourcePackages() {
  return distribution() !== undefined;
}

/**
 * Goes through the suites until one has a wanted version.
 * @param {'deb' | 'deb-src'} kind
 * @param {string} work an empty folder
 * @param {(env: Record<string, string>, suite: string) => Promise<string | undefined>} take gives a version, or undefined to go on
 * @returns {Promise<string | undefined>}
 */
async function firstSuite(kind, work, take) {
  const system = distribution();
  if (system === undefined) return undefined;
  // --no-release-info: also on a machine that has no package lists yet.
  const args = ['indextargets', '--no-release-info', '--format', '$(REPO_URI) $(RELEASE)', 'Created-By: Packages'];
  const { main, security } = mirrorsOf(system.id, (await run('apt-get', args)).stdout.trim().split('\n'));
  /** @param {string} mirror @param {string} suite */
  const source = (mirror, suite) => `${kind} [signed-by=${system.keyring}] ${mirror} ${suite} ${system.components}`;
  for (const mirror of main) {
    for (const suite of system.suites) {
      const alone = source(mirror, suite);
      const together = security.map((other) => [alone, source(other, `${suite}-security`)]);
      for (const sources of [...together, [alone]]) {
        const env = { APT_CONFIG: await privateApt(join(work, suite), sources) };
        // --error-on=any: a mirror without this suite is an error, not a warning.
        if ((await run('apt-get', ['update', '-qq', '--error-on=any'], { env })).status !== 0) continue;
        const version = await take(env, suite);
        if (version !== undefined) return version;
        break;
      }
    }
  }
  return undefined;
}

/** @param {string} version @param {string} other @returns {Promise<boolean>} */
async function isNewer(version, other) {
  return (await run('dpkg', ['--compare-versions', version, 'gt', other])).status === 0;
}

/**
 * @param {(version: string) => boolean} isWanted is given it without the epoch
 * @param {string} known what apt-cache says of a package, whose order is not by version
 * @returns {Promise<string | undefined>} the newest version that is wanted
 */
async function newestWanted(isWanted, known) {
  /** @type {string | undefined} */
  let best;
  for (const [, version] of known.matchAll(/^Version: (.+)$/gm)) {
    if (!isWanted(version.replace(/^\d+:/, ''))) continue;
    if (best === undefined || (await isNewer(version, best))) best = version;
  }
  return best;
}

/**
 * Unpacks a source package of the first suite that has a wanted version.
 * @param {string} name
 * @param {(version: string) => boolean} isWanted is given it without the epoch
 * @param {string} work an empty folder; the package's own folder will be in it
 * @returns {Promise<string | undefined>} the version, or undefined when no suite has one
 * @throws {import('./run.js').UserError} when it cannot be fetched
 */
export function sourcePackage(name, isWanted, work) {
  return firstSuite('deb-src', work, async (env) => {
    const known = (await run('apt-cache', ['showsrc', name], { env })).stdout;
    const version = await newestWanted(isWanted, known);
    if (version === undefined) return undefined;
    await runOrFail(`Getting the source package ${name}`, 'apt-get', ['source', '-qq', `${name}=${version}`], {
      cwd: work,
      env,
    });
    return version;
  });
}

/**
 * Unpacks a binary package of the first suite that has a wanted version; nothing is installed.
 * @param {string} name
 * @param {(version: string) => boolean} isWanted is given it without the epoch
 * @param {string} work an empty folder
 * @param {string} into gets the package's files, as they would lie under /
 * @returns {Promise<string | undefined>} the version, or undefined when no suite has one
 * @throws {import('./run.js').UserError} when it cannot be fetched
 */
export function binaryPackage(name, isWanted, work, into) {
  return firstSuite('deb', work, async (env, suite) => {
    const known = (await run('apt-cache', ['show', name], { env })).stdout;
    const version = await newestWanted(isWanted, known);
    if (version === undefined) return undefined;
    const cwd = join(work, suite);
    await runOrFail(`Getting the package ${name}`, 'apt-get', ['download', '-qq', `${name}=${version}`], { cwd, env });
    const file = readdirSync(cwd).find((one) => one.endsWith('.deb'));
    await runOrFail(`Unpacking ${name}`, 'dpkg-deb', ['-x', String(file), into], { cwd });
    return version;
  });
}
