/**
 * The Debian packages that building, testing and starting need: which are missing, and installing them.
 */
import { constants, existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isAccessible, findProgram, run, UserError, print } from './run.js';

/** @typedef {'build' | 'native' | 'fuzz' | 'check' | 'test' | 'start'} Purpose */

/**
 * @typedef {object} DebianPackage
 * @property {string} name
 * @property {Purpose[]} purposes
 * @property {() => boolean} isInstalled looks at files only: this runs at every start
 */

const EMSCRIPTEN_MINIMUM = [3, 1, 6];

/** @returns {string | undefined} the folder that emcc's own files are in */
export function emscriptenFolder() {
  const emcc = findProgram('emcc');
  if (emcc === undefined) return undefined;
  // Debian's is a wrapper in <folder>/wrapper/, the SDK's is <folder>/emcc.
  const folder = dirname(realpathSync(emcc));
  return [folder, dirname(folder), '/usr/share/emscripten'].find((path) =>
    existsSync(join(path, 'emscripten-version.txt')),
  );
}

/** @returns {string | undefined} such as 3.1.6 */
export function emscriptenVersion() {
  const folder = emscriptenFolder();
  if (folder === undefined) return undefined;
  return readFileSync(join(folder, 'emscripten-version.txt'), 'utf8').replaceAll(/[^0-9.]/g, '');
}

/** @param {string} version @returns {boolean} */
function isNewEnough(version) {
  const numbers = version.split('.').map(Number);
  for (const [index, minimum] of EMSCRIPTEN_MINIMUM.entries()) {
    if (numbers[index] !== minimum) return numbers[index] > minimum;
  }
  return true;
}

/** @returns {boolean} */
function hasEmscripten() {
  if (findProgram('emcc') === undefined) return false;
  const version = emscriptenVersion();
  return version === undefined || isNewEnough(version); // an unknown layout: its own errors will tell
}

/** @param {string} program @returns {() => boolean} */
function hasProgram(program) {
  return () => findProgram(program) !== undefined;
}

/** @returns {boolean} whether clang has libFuzzer beside it, wherever its version keeps it */
function hasLibFuzzer() {
  const clang = findProgram('clang');
  if (clang === undefined) return false;
  const folder = join(dirname(realpathSync(clang)), '../lib/clang');
  return (
    existsSync(folder) &&
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).some((path) => path.includes('/libclang_rt.fuzzer'))
  );
}

/** @type {Purpose[]} */
const WASM = ['build', 'test', 'start'];
/** @type {Purpose[]} */
const NATIVE = ['native', 'test'];
/** @type {Purpose[]} */
const FUZZ = ['fuzz', 'test'];

/** @type {Purpose[]} */
const CHECK = ['check', 'test'];

/** @type {DebianPackage[]} */
const PACKAGES = [
  { name: 'cmake', purposes: [...WASM, 'native', 'fuzz', 'check'], isInstalled: hasProgram('cmake') },
  { name: 'ninja-build', purposes: [...WASM, 'native', 'fuzz', 'check'], isInstalled: hasProgram('ninja') },
  { name: 'emscripten', purposes: WASM, isInstalled: hasEmscripten },
  { name: 'gcc', purposes: NATIVE, isInstalled: hasProgram('gcc') },
  { name: 'clang', purposes: [...FUZZ, 'check'], isInstalled: hasProgram('clang') },
  { name: 'clang-format', purposes: CHECK, isInstalled: hasProgram('clang-format') },
  { name: 'clang-tidy', purposes: CHECK, isInstalled: hasProgram('clang-tidy') },
  { name: 'libclang-rt-dev', purposes: FUZZ, isInstalled: hasLibFuzzer }, // clang does not depend on it
  { name: 'libc6-dev', purposes: [...NATIVE, 'fuzz', 'check'], isInstalled: () => existsSync('/usr/include/stdio.h') },
  { name: 'openssl', purposes: ['test', 'start'], isInstalled: hasProgram('openssl') },
  { name: 'nginx', purposes: ['test'], isInstalled: hasProgram('nginx') },
  { name: 'haproxy', purposes: ['test'], isInstalled: hasProgram('haproxy') },
  { name: 'gnutls-bin', purposes: ['test', 'start'], isInstalled: hasProgram('certtool') },
  { name: 'valgrind', purposes: ['test'], isInstalled: hasProgram('valgrind') },
  { name: 'mypy', purposes: ['test'], isInstalled: hasProgram('mypy') },
  { name: 'chromium', purposes: ['test'], isInstalled: hasProgram('chromium') },
  {
    name: 'python3-websockify',
    purposes: ['test', 'start'],
    isInstalled: () => existsSync('/usr/lib/python3/dist-packages/websockify'),
  },
];

/**
 * dpkg-source unpacks the source of Mbed TLS; it is needed once.
 * @type {DebianPackage}
 */
export const DPKG_DEV = { name: 'dpkg-dev', purposes: ['build'], isInstalled: hasProgram('dpkg-source') };

/** @param {Purpose} purpose @returns {DebianPackage[]} */
export function packagesFor(purpose) {
  return PACKAGES.filter((entry) => entry.purposes.includes(purpose));
}

/*
 * Debian starts a server when its package is installed. A policy that forbids
 * it is put in place for the time of the installation only, and where there is
 * systemd the unit is disabled, so that it does not start at the next boot either.
 * A policy or a unit that was there before is left as it is. A shell that a
 * signal ends runs no EXIT trap: hence the others.
 *
 * Emscripten's package depends on Debian's nodejs, an old one, whose files
 * would take the place of a Node that was put into /usr without dpkg.
 */
const INSTALL = `
set -eu
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
node=/usr/bin/node
case " $* " in *' emscripten '*)
  if [ -e "$node" ] && ! dpkg-query -S "$node" > /dev/null 2>&1 && [ -z "$(dpkg-divert --list "$node")" ]; then
    dpkg-divert --quiet --local --no-rename --divert "$node.debian" --add "$node"
  fi
esac
install_all() { apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "$@"; }
# Lists that are there may do; when they are missing or too old, one update. An installation
# that was interrupted is completed first.
install_all "$@" || { dpkg --configure -a && apt-get update -qq && install_all "$@"; } || exit 1
for package in "$@"; do
  unit=$package.service
  if [ -e "/lib/systemd/system/$unit" ] && command -v systemctl > /dev/null; then
    systemctl disable --quiet "$unit" || true
    if [ -d /run/systemd/system ]; then systemctl stop "$unit" || true; fi
  fi
done
`;

/** @returns {Promise<string[] | undefined>} what to put before a command that needs root; undefined when nothing helps */
async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  if (findProgram('sudo') === undefined) return undefined;
  return (await run('sudo', ['-n', 'true'])).status === 0 ? ['sudo', '-n'] : undefined;
}

/**
 * Installs what is missing, and nothing else.
 * @param {DebianPackage[]} packages
 * @throws {UserError} saying what to install, when that cannot be done from here
 */
export async function installMissing(packages) {
  const missing = packages.filter((entry) => !entry.isInstalled());
  if (missing.length === 0) return;
  const names = missing.flatMap((entry) => entry.name.split(' '));
  const command = `apt-get install --no-install-recommends ${names.join(' ')}`;

  const system = isAccessible('/etc/debian_version', constants.R_OK) && findProgram('apt-get') !== undefined;
  if (!system) {
    throw new UserError(
      `Missing here: ${names.join(', ')} (the names of Debian's packages). ` +
        `This is not Debian or Ubuntu: please install them; on Debian that is\n\n  ${command}`,
    );
  }
  const prefix = await rootPrefix();
  if (prefix === undefined) {
    throw new UserError(
      `Debian packages are missing, and installing them needs root (or a sudo that asks for no password). ` +
        `Please run\n\n  sudo apt-get update\n  sudo ${command}`,
    );
  }

  print(`installing Debian packages: ${names.join(' ')}`);
  const [program, ...args] = [...prefix, 'sh', '-c', INSTALL, 'sh', ...names];
  const { status, output } = await run(program, args);
  if (status !== 0)
    throw new UserError(
      `${output.trimEnd()}\n\nThe Debian packages could not be installed. The command was\n\n  ${command}`,
    );

  const still = missing.filter((entry) => !entry.isInstalled()).map((entry) => entry.name);
  if (still.includes('emscripten')) {
    throw new UserError(
      `pagetls needs Emscripten ${EMSCRIPTEN_MINIMUM.join('.')} or newer (Debian 12 has it); ` +
        `the emcc that is found here is ${emscriptenVersion() ?? 'missing'}.`,
    );
  }
  if (still.length > 0) throw new UserError(`Installed, but still not found: ${still.join(', ')}.`);
}
