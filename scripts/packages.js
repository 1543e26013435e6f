/**
 * Finds and installs missing Debian packages that building, testing and starting need.
 */
import { constants, existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isAccessible, findProgram, run, UserError, print } from './run.js';

/** @typedef {'build' | 'native' | 'fuzz' | 'check' | 'test' | 'start' | 'matrix'} Purpose */

/**
 * @typedef {object} DebianPackage
 * @property {string} name
 * @property {Purpose[]} purposes
 * @property {() => boolean} isInstalled checks files only, because it runs at every start
 */

const EMSCRIPTEN_MINIMUM = [3, 1, 6];

/** @returns {string | undefined} the folder of Emscripten's own files */
export function emscriptenFolder() {
  const emcc = findProgram('emcc');
  if (emcc === undefined) return undefined;
  // Debian's emcc is a wrapper in <folder>/wrapper/, the SDK's is <folder>/emcc.
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
  return version === undefined || isNewEnough(version); // unknown layout: let the build fail if it is too old
}

/** @param {string} program @returns {() => boolean} */
function hasProgram(program) {
  return () => findProgram(program) !== undefined;
}

/** @param {string} path @returns {() => boolean} */
export function hasHeader(path) {
  return () => existsSync(join('/usr/include', path));
}

/** @returns {boolean} whether Erlang and its TLS are installed */
export function hasErlangSsl() {
  const folder = '/usr/lib/erlang/lib';
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('ssl-'));
}

/** Its folder depends on the version of clang. @returns {boolean} whether libFuzzer is installed */
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
  { name: 'nginx', purposes: ['test', 'start'], isInstalled: hasProgram('nginx') },
  { name: 'apache2-bin', purposes: ['test'], isInstalled: hasProgram('apache2') }, // it has no service
  { name: 'haproxy', purposes: ['test'], isInstalled: hasProgram('haproxy') },
  { name: 'gnutls-bin', purposes: ['test', 'start'], isInstalled: hasProgram('certtool') },
  { name: 'golang-go', purposes: ['test'], isInstalled: hasProgram('go') },
  { name: 'valgrind', purposes: ['test'], isInstalled: hasProgram('valgrind') },
  { name: 'mypy', purposes: ['test'], isInstalled: hasProgram('mypy') },
  { name: 'redis-server', purposes: ['test'], isInstalled: hasProgram('redis-server') },
  { name: 'mariadb-server-core', purposes: ['test'], isInstalled: hasProgram('mariadbd') }, // it has no service
  { name: 'rabbitmq-server', purposes: ['test'], isInstalled: hasProgram('rabbitmq-server') }, // 17 MB, besides Erlang
  { name: 'mosquitto', purposes: ['test', 'start'], isInstalled: hasProgram('mosquitto') },
  { name: 'openssh-server', purposes: ['test'], isInstalled: hasProgram('sshd') },
  // TLS stacks as servers (test/interop): 27 MB to download, and 120 MB for Java.
  { name: 'default-jdk-headless', purposes: ['test'], isInstalled: hasProgram('javac') },
  { name: 'libssl-dev', purposes: ['test'], isInstalled: hasHeader('openssl/ssl.h') },
  { name: 'libgnutls28-dev', purposes: ['test'], isInstalled: hasHeader('gnutls/gnutls.h') },
  { name: 'libnss3-dev', purposes: ['test'], isInstalled: hasHeader('nss/ssl.h') },
  { name: 'libwolfssl-dev', purposes: ['test'], isInstalled: hasHeader('wolfssl/ssl.h') },
  { name: 'botan', purposes: ['test'], isInstalled: hasProgram('botan') },
  { name: 'erlang-ssl', purposes: ['test'], isInstalled: hasErlangSsl },
  { name: 'exim4-daemon-light', purposes: ['test'], isInstalled: hasProgram('exim4') },
  { name: 'dovecot-imapd', purposes: ['test'], isInstalled: () => existsSync('/usr/lib/dovecot/imap') },
  { name: 'dovecot-pop3d', purposes: ['test'], isInstalled: () => existsSync('/usr/lib/dovecot/pop3') },
  { name: 'dovecot-lmtpd', purposes: ['test'], isInstalled: () => existsSync('/usr/lib/dovecot/lmtp') },
  { name: 'dovecot-managesieved', purposes: ['test'], isInstalled: () => existsSync('/usr/lib/dovecot/managesieve') },
  { name: 'vsftpd', purposes: ['test'], isInstalled: hasProgram('vsftpd') },
  { name: 'slapd', purposes: ['test'], isInstalled: hasProgram('slapd') },
  { name: 'prosody', purposes: ['test'], isInstalled: hasProgram('prosody') },
  { name: 'inspircd', purposes: ['test'], isInstalled: hasProgram('inspircd') },
  { name: 'postgresql', purposes: ['test', 'start'], isInstalled: () => existsSync('/usr/lib/postgresql') },
  { name: 'chromium', purposes: ['test'], isInstalled: hasProgram('chromium') },
  {
    name: 'python3-pip python3-setuptools python3-wheel',
    purposes: ['test'],
    isInstalled: () =>
      ['pip', 'setuptools', 'wheel'].every((name) => existsSync(`/usr/lib/python3/dist-packages/${name}`)),
  },
  {
    name: 'python3-websockify',
    purposes: ['test', 'start'],
    isInstalled: () => existsSync('/usr/lib/python3/dist-packages/websockify'),
  },
  // Browsers (test/matrix/browsers): 200 MB to download.
  { name: 'firefox-esr', purposes: ['matrix'], isInstalled: hasProgram('firefox-esr') },
  { name: 'webkit2gtk-driver', purposes: ['matrix'], isInstalled: hasProgram('WebKitWebDriver') },
  { name: 'xvfb', purposes: ['matrix'], isInstalled: hasProgram('Xvfb') },
];

/**
 * For dpkg-source, which unpacks the source packages of Mbed TLS and of Mozilla's root list once.
 * @type {DebianPackage}
 */
export const DPKG_DEV = { name: 'dpkg-dev', purposes: ['build'], isInstalled: hasProgram('dpkg-source') };

/** @param {Purpose} purpose @returns {DebianPackage[]} */
export function packagesFor(purpose) {
  return PACKAGES.filter((entry) => entry.purposes.includes(purpose));
}

/*
 * Debian starts servers on installation. A temporary policy-rc.d prevents this, and with systemd the new units are
 * disabled, so that they do not start at the next boot either. An existing policy-rc.d is kept, and so are units that were
 * enabled before. The shell skips its EXIT trap if a signal ends it, so HUP, INT and TERM have traps too.
 *
 * The package emscripten depends on nodejs, whose old version would overwrite a Node that was installed in /usr without
 * dpkg.
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
# What starts at boot, by name: also sockets, timers and init scripts, and those of packages that others depend on.
units() { find /etc/systemd/system -type l -path '*.wants/*' 2> /dev/null | sed 's|.*/||'; }
scripts() { find /etc/rc2.d -name 'S[0-9][0-9]*' 2> /dev/null | sed 's|.*/S[0-9][0-9]||; s|$|.service|'; }
enabled() { { units; scripts; } | sort -u; }
before=$(enabled)
install_all() { apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "$@"; }
# Try the existing package lists first. If that fails, complete any interrupted installation, update the lists and retry.
install_all "$@" || { dpkg --configure -a && apt-get update -qq && install_all "$@"; } || exit 1
for unit in $(enabled | grep -vxF "$before" || true); do
  if command -v systemctl > /dev/null; then
    systemctl disable --quiet "$unit" || true
    if [ -d /run/systemd/system ]; then systemctl stop "$unit" || true; fi
  elif command -v update-rc.d > /dev/null; then
    update-rc.d "\${unit%.service}" disable || true
  fi
done
`;

/** @returns {Promise<string[] | undefined>} prefix for commands that need root; undefined if there is no way to become root */
async function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  if (findProgram('sudo') === undefined) return undefined;
  return (await run('sudo', ['-n', 'true'])).status === 0 ? ['sudo', '-n'] : undefined;
}

/**
 * Installs the missing packages.
 * @param {DebianPackage[]} packages
 * @throws {UserError} with the command to run, if the packages cannot be installed
 */
export async function installMissing(packages) {
  const missing = packages.filter((entry) => !entry.isInstalled());
  if (missing.length === 0) return;
  const names = missing.flatMap((entry) => entry.name.split(' '));
  const command = `apt-get install --no-install-recommends ${names.join(' ')}`;

  const isDebian = isAccessible('/etc/debian_version', constants.R_OK) && findProgram('apt-get') !== undefined;
  if (!isDebian) {
    throw new UserError(
      `These Debian packages are missing: ${names.join(', ')}. This is not Debian or Ubuntu, so install the ` +
        `corresponding packages yourself. On Debian, the command is\n\n  ${command}`,
    );
  }
  const prefix = await rootPrefix();
  if (prefix === undefined) {
    throw new UserError(
      `Debian packages are missing. Installing them needs root, or sudo without a password. ` +
        `Run\n\n  sudo apt-get update\n  sudo ${command}`,
    );
  }

  print(`Installing Debian packages: ${names.join(' ')}`);
  const [program, ...args] = [...prefix, 'sh', '-c', INSTALL, 'sh', ...names];
  const { status, output } = await run(program, args);
  if (status !== 0)
    throw new UserError(
      `${output.trimEnd()}\n\nInstalling the Debian packages failed. To install them yourself, run\n\n  ${command}`,
    );

  const stillMissing = missing.filter((entry) => !entry.isInstalled()).map((entry) => entry.name);
  if (stillMissing.includes('emscripten')) {
    throw new UserError(
      `pagetls needs Emscripten ${EMSCRIPTEN_MINIMUM.join('.')} or newer (Debian 12 has it), ` +
        `but the emcc on PATH is ${emscriptenVersion() ?? 'missing'}.`,
    );
  }
  if (stillMissing.length > 0) throw new UserError(`Installed, but not found: ${stillMissing.join(', ')}.`);
}
