/**
 * Downloads packages from newer suites than the system's, with a private apt configuration. It reads only the system's
 * keyring, mirrors and network settings, writes nothing outside its own folder, and checks signatures.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, print, runOrFail, run } from './run.js';

/** The suites in search order, stable ones first. Each is searched together with its security suite, if it has one. */
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
 * Debian has a separate security archive, which most mirrors serve next to the main archive. Ubuntu's archive also has
 * the security updates.
 * @param {'debian' | 'ubuntu'} id
 * @param {string[]} targets 'URI suite' of each source that apt is configured with
 * @returns {{ main: string[], security: string[] }} URIs of the archives
 */
export function mirrorsOf(id, targets) {
  /** @param {RegExp} suites */
  const urisWith = (suites) => {
    const found = targets.map((target) => target.split(' ')).filter(([, suite]) => suites.test(suite ?? ''));
    return [...new Set(found.map(([uri]) => uri))];
  };
  const main = urisWith(/^[^-/]+$/);
  const debian = /\/debian\/?$/;
  const guessed =
    id === 'ubuntu'
      ? main
      : main.filter((uri) => debian.test(uri)).map((uri) => uri.replace(debian, '/debian-security/'));
  return { main, security: [...new Set([...urisWith(/^[^-/]+-security$/), ...guessed])] };
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

/**
 * The archives that hold the suites: those that apt is configured with, and their security archives.
 * @param {'debian' | 'ubuntu'} id
 */
async function archivesOf(id) {
  // --no-release-info: works before the first apt-get update.
  const args = ['indextargets', '--no-release-info', '--format', '$(REPO_URI) $(RELEASE)', 'Created-By: Packages'];
  return mirrorsOf(id, (await run('apt-get', args)).stdout.trim().split('\n'));
}

/** @returns {boolean} whether this is Debian or Ubuntu, with apt-get and the archive's keyring */
export function canGetSourcePackages() {
  return distribution() !== undefined;
}

/**
 * Searches the suites in order.
 * @param {'deb' | 'deb-src'} kind
 * @param {string} work an empty folder
 * @param {(env: Record<string, string>, suite: string) => Promise<string | undefined>} fetchFrom returns the version it
 *   downloaded; undefined if the suite does not have the package
 * @returns {Promise<string | undefined>} the first version downloaded
 */
async function firstSuite(kind, work, fetchFrom) {
  const current = distribution();
  if (current === undefined) return undefined;
  const { main, security } = await archivesOf(current.id);
  /** @param {string} mirror @param {string} suite */
  const source = (mirror, suite) => `${kind} [signed-by=${current.keyring}] ${mirror} ${suite} ${current.components}`;
  for (const mirror of main) {
    for (const suite of current.suites) {
      const base = source(mirror, suite);
      const withSecurity = security.map((other) => [base, source(other, `${suite}-security`)]);
      for (const sources of [...withSecurity, [base]]) {
        const env = { APT_CONFIG: await privateApt(join(work, suite), sources) };
        // --error-on=any: fail, instead of warning, if the mirror does not have the suite.
        if ((await run('apt-get', ['update', '-qq', '--error-on=any'], { env })).status !== 0) continue;
        const version = await fetchFrom(env, suite);
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
 * @param {(version: string) => boolean} isWanted gets versions without the epoch
 * @param {string} records output of apt-cache, which does not sort by version
 * @returns {Promise<string | undefined>} the newest wanted version
 */
async function newestWanted(isWanted, records) {
  /** @type {string | undefined} */
  let best;
  for (const [, version] of records.matchAll(/^Version: (.+)$/gm)) {
    if (!isWanted(version.replace(/^\d+:/, ''))) continue;
    if (best === undefined || (await isNewer(version, best))) best = version;
  }
  return best;
}

/**
 * Downloads and unpacks a source package from the first suite that has a wanted version.
 * @param {string} name
 * @param {(version: string) => boolean} isWanted gets versions without the epoch
 * @param {string} work an empty folder; receives the package's own folder
 * @returns {Promise<string | undefined>} the version; undefined if no suite has a wanted one
 * @throws {import('./run.js').UserError} if the download fails
 */
export function sourcePackage(name, isWanted, work) {
  return firstSuite('deb-src', work, async (env) => {
    const records = (await run('apt-cache', ['showsrc', name], { env })).stdout;
    const version = await newestWanted(isWanted, records);
    if (version === undefined) return undefined;
    await runOrFail(`Downloading the source package ${name}`, 'apt-get', ['source', '-qq', `${name}=${version}`], {
      cwd: work,
      env,
    });
    return version;
  });
}

/**
 * Downloads, but does not unpack, the upstream archive in the newest source package that any suite has.
 * @param {string} name
 * @param {string} work an empty folder; receives the archive
 * @returns {Promise<{ version: string, archive: string } | undefined>} the package's version and the path of the archive;
 *   undefined if no suite has the package or the archive cannot be downloaded
 */
export async function newestSourceArchive(name, work) {
  const current = distribution();
  if (current === undefined) return undefined;
  const { main, security } = await archivesOf(current.id);
  const source = `deb-src [signed-by=${current.keyring}]`;
  const sources = current.suites.flatMap((suite) => [
    ...main.map((mirror) => `${source} ${mirror} ${suite} ${current.components}`),
    ...security.map((mirror) => `${source} ${mirror} ${suite}-security ${current.components}`),
  ]);
  const env = { APT_CONFIG: await privateApt(join(work, 'apt'), sources) };
  await run('apt-get', ['update', '-qq'], { env }); // fails if one suite is missing, but updates the others
  const version = await newestWanted(() => true, (await run('apt-cache', ['showsrc', name], { env })).stdout);
  if (version === undefined) return undefined;
  const args = ['source', '-qq', '--tar-only', `${name}=${version}`];
  const { status } = await run('apt-get', args, { cwd: work, env });
  const file = readdirSync(work).find((one) => /\.tar\.\w+$/.test(one));
  if (status === 0 && file !== undefined) return { version, archive: join(work, file) };
  print(`${name} ${version} is the newest, but its archive cannot be downloaded.`);
  return undefined;
}

/**
 * Downloads and unpacks, but does not install, a binary package from the first suite that has a wanted version.
 * @param {string} name
 * @param {(version: string) => boolean} isWanted gets versions without the epoch
 * @param {string} work an empty folder
 * @param {string} into receives the package's files, relative to /
 * @param {{dependencies?: boolean}} [options] `dependencies`: with everything that it depends on
 * @returns {Promise<string | undefined>} the version; undefined if no suite has a wanted one
 * @throws {import('./run.js').UserError} if the download fails
 */
export function binaryPackage(name, isWanted, work, into, { dependencies = false } = {}) {
  return firstSuite('deb', work, async (env, suite) => {
    const records = (await run('apt-cache', ['show', name], { env })).stdout;
    const version = await newestWanted(isWanted, records);
    if (version === undefined) return undefined;
    const cwd = join(work, suite);
    const wanted = dependencies ? await withDependencies(name, version, env) : [`${name}=${version}`];
    await runOrFail(`Downloading the package ${name}`, 'apt-get', ['download', '-qq', ...wanted], { cwd, env });
    for (const file of readdirSync(cwd).filter((one) => one.endsWith('.deb'))) {
      await runOrFail(`Unpacking ${file}`, 'dpkg-deb', ['-x', file, into], { cwd });
    }
    return version;
  });
}

/**
 * @param {string} name
 * @param {string} version
 * @param {Record<string, string>} env of the private apt, in which nothing is installed, so that it would install everything
 * @returns {Promise<string[]>} the package and all that it depends on, each as `name=version`
 */
async function withDependencies(name, version, env) {
  const args = ['install', '--simulate', '--no-install-recommends', '-qq', `${name}=${version}`];
  const plan = await runOrFail(`Finding what ${name} depends on`, 'apt-get', args, { env });
  return [...plan.matchAll(/^Inst (\S+) \((\S+)/gm)].map(([, one, its]) => `${one}=${its}`);
}

/**
 * The same, once: its files stay in `folder`, which is deleted to get a newer version.
 * @param {string} name
 * @param {(version: string) => boolean} isWanted
 * @param {string} folder
 * @param {{dependencies?: boolean}} [options]
 * @returns {Promise<boolean>} false if no suite has a wanted version
 * @throws {import('./run.js').UserError} if the download fails
 */
export async function keptPackage(name, isWanted, folder, options) {
  if (existsSync(folder)) return true;
  const work = `${folder}-download`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  const unpacked = join(work, 'unpacked');
  if ((await binaryPackage(name, isWanted, work, unpacked, options)) === undefined) return false;
  renameSync(unpacked, folder);
  rmSync(work, { recursive: true, force: true });
  return true;
}
