/**
 * The TLS servers that pagetls is tested with: how each is built, started and driven, and what it cannot do.
 *
 * Most are a small server of ours over the stack's library, all with the commands of servers/echo_server.c. Botan's is its
 * own command, which returns lines.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { newerLibraries } from '../../scripts/newer-libraries.js';
import { hasErlangSsl, hasHeader } from '../../scripts/packages.js';
import { findProgram, inProject, run } from '../../scripts/run.js';
import { directoryOf, start, startOnFreePort } from '../helpers/servers.js';

/** @typedef {import('../helpers/servers.js').Server} Server */

/**
 * @typedef {object} Config of one server
 * @property {string} chain a path
 * @property {string} key a path
 * @property {string} [clientCA] a path: client certificates of this CA are required
 * @property {boolean} [later] only when the command `authenticate` says so
 * @property {boolean} [onlyP384] as the group of the key exchange
 */

/**
 * @typedef {object} Stack a column of the table
 * @property {string} name
 * @property {() => Promise<string | ((configs: Config[]) => Promise<Server[]>)>} build returns why it cannot be tested here,
 *   or what starts servers, one for each configuration
 * @property {boolean} [returnsLines] it has no commands
 * @property {number} [maxUpdates] KeyUpdates of ours that it accepts at once
 * @property {boolean} [ecdsaClientsOnly] with an ECDSA certificate and TLS 1.2, it lists only ecdsa_sign for clients
 * @property {boolean} [namesNoAuthorities] in TLS 1.3
 * @property {boolean} [updatesByLimit] it sends KeyUpdates that request ours, after 100,000 bytes with AES-GCM
 * @property {Partial<Record<import('./features.js').Feature, string>>} [cannot] why, by feature
 */

const SOURCES = fileURLToPath(new URL('servers', import.meta.url));
const BINARIES = inProject('build/interop');
const CFLAGS = ['-std=c11', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror', '-O1'];

/** @param {Config} config @returns {string[]} arguments of our servers */
const argumentsOf = ({ chain, key, clientCA = '-', later, onlyP384 }) => [
  ...[chain, key, clientCA, onlyP384 ? 'P-384' : '-', later ? 'later' : 'now'],
];

/** Builds one of our servers. @param {string} program @param {string[]} args */
async function compile(program, args) {
  mkdirSync(BINARIES, { recursive: true });
  const { status, output } = await run(program, args, { cwd: SOURCES });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${output}`);
}

/** One process for all configurations. @param {string[]} command @param {Config[]} configs @returns {Promise<Server[]>} */
async function startTogether([program, ...args], configs) {
  const server = start(program, [...args, ...configs.flatMap(argumentsOf)], await directoryOf({}));
  try {
    const [text] = await server.seen(new RegExp(`(?:^port \\d+\n[^]*){${configs.length}}`, 'm'));
    return [...text.matchAll(/^port (\d+)$/gm)].map(([, port]) => ({ port: Number(port), ...server }));
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** A process for each configuration. @param {string[]} command @returns {(configs: Config[]) => Promise<Server[]>} */
const eachAlone = (command) => async (configs) =>
  (await Promise.all(configs.map((config) => startTogether(command, [config])))).flat();

/**
 * @param {string} name of the source file
 * @param {string} header in /usr/include, if the library is installed
 * @param {string} library the package that has it
 * @param {string[]} args for the compiler
 */
function ourServer(name, header, library, args) {
  return async () => {
    if (!findProgram('gcc') || !hasHeader(header)()) return `${library} is not installed`;
    const path = join(BINARIES, name);
    await compile('gcc', [...CFLAGS, `${name}_server.c`, 'echo_server.c', ...args, '-o', path]);
    return eachAlone([path]);
  };
}

const openssl = ourServer('openssl', 'openssl/ssl.h', 'libssl-dev', ['-lssl', '-lcrypto']);

/** The command that runs Botan's, as installed or newer. @param {string[]} command @param {string[]} versions of its policy */
const botan = (command, versions) => (/** @type {Config[]} */ configs) =>
  Promise.all(
    configs.map(({ chain, key, onlyP384 }) =>
      startOnFreePort(async (port) => {
        const lines = [...versions, ...(onlyP384 ? ['key_exchange_groups = secp384r1'] : [])];
        const directory = await directoryOf({ policy: `${lines.join('\n')}\n` });
        const [program, ...args] = [...command, 'tls_server', chain, key, `--port=${port}`, '--policy=policy'];
        return start(program, args, directory);
      }, /^Listening/),
    ),
  );

const BOTAN_CANNOT = {
  mtls12: 'its tls_server takes no client CA',
  mtls13: 'its tls_server takes no client CA',
  later12: 'its tls_server takes no client CA',
  later13: 'its tls_server takes no client CA',
  update: 'its tls_server has no command for it',
  request: 'its tls_server has no command for it',
  closeByServer: 'its tls_server has no command for it',
  halfByClient: 'its tls_server answers close_notify at once',
  halfByServer: 'its tls_server has no command for it',
};

const ONLY_TLS12 = Object.fromEntries(
  /** @type {const} */ (['rsa13', 'ecdsa13', 'data13', 'ourUpdate', 'retry']).map((feature) => [
    feature,
    'version 2 has no TLS 1.3',
  ]),
);

/** @type {Stack[]} the columns */
export const STACKS = [
  { name: 'OpenSSL', build: openssl },
  {
    name: 'OpenSSL 3.5 or newer',
    build: async () => {
      const program = await openssl();
      const newer = await newerLibraries('libssl3t64', (version) => /^(?:3\.(?:[5-9]|\d\d)|[4-9])/.test(version));
      if (typeof program === 'string') return program;
      if (newer === undefined) return 'no suite of Debian with OpenSSL 3.5 can be reached';
      return eachAlone([...newer.command, join(BINARIES, 'openssl')]);
    },
  },
  { name: 'GnuTLS', build: ourServer('gnutls', 'gnutls/gnutls.h', 'libgnutls28-dev', ['-lgnutls']) },
  {
    name: 'NSS',
    build: ourServer('nss', 'nss/ssl.h', 'libnss3-dev', [
      ...['-isystem', '/usr/include/nss', '-isystem', '/usr/include/nspr', '-lssl3', '-lnss3', '-lnspr4'],
    ]),
  },
  {
    name: 'wolfSSL',
    build: ourServer('wolfssl', 'wolfssl/ssl.h', 'libwolfssl-dev', ['-lwolfssl']),
    ecdsaClientsOnly: true,
    namesNoAuthorities: true, // before version 5.6
    cannot: { update: 'it always requests one', later12: "Debian's has no renegotiation" },
  },
  {
    name: 'Go',
    build: async () => {
      if (!findProgram('go')) return 'golang-go is not installed';
      await compile('go', ['build', '-o', join(BINARIES, 'go'), 'go_server.go']);
      return eachAlone([join(BINARIES, 'go')]);
    },
    cannot: {
      later12: 'crypto/tls has no call for it',
      later13: 'crypto/tls has no call for it',
      update: 'crypto/tls has no call for it',
      request: 'crypto/tls has no call for it',
    },
  },
  {
    name: 'Java (JSSE)',
    build: async () => {
      if (!findProgram('javac')) return 'no Java development kit is installed';
      await compile('javac', ['-d', BINARIES, 'JsseServer.java']);
      const quick = ['-XX:TieredStopAtLevel=1', '-cp', BINARIES];
      const command = (/** @type {string[]} */ more) => ['java', ...quick, ...more, 'JsseServer'];
      return async (configs) => {
        // The groups are the same for all servers of a process.
        const [others, last] = await Promise.all([
          startTogether(
            command([]),
            configs.filter(({ onlyP384 }) => !onlyP384),
          ),
          startTogether(
            command(['-Djdk.tls.namedGroups=secp384r1']),
            configs.filter(({ onlyP384 }) => onlyP384),
          ),
        ]);
        return configs.map(({ onlyP384 }) => /** @type {Server} */ ((onlyP384 ? last : others).shift()));
      };
    },
    updatesByLimit: true,
    cannot: { later13: 'JSSE has no post-handshake authentication', update: 'it always requests one' },
  },
  {
    name: 'Erlang',
    build: async () =>
      hasErlangSsl()
        ? (configs) => startTogether(['escript', join(SOURCES, 'erlang_server.escript')], configs)
        : 'erlang-ssl is not installed',
    cannot: {
      later12: 'the options of a connection cannot change',
      later13: 'ssl has no post-handshake authentication',
      halfByClient: 'ssl ends the connection at close_notify',
      halfByServer: 'ssl:shutdown/2 sends no close_notify',
    },
  },
  {
    name: 'Botan 2',
    build: async () => (findProgram('botan') ? botan(['botan'], []) : 'botan is not installed'),
    returnsLines: true,
    cannot: { ...BOTAN_CANNOT, ...ONLY_TLS12 },
  },
  {
    name: 'Botan 3',
    build: async () => {
      const newer = await newerLibraries('botan', (version) => /^3\./.test(version));
      if (newer === undefined) return 'no suite of Debian with Botan 3 can be reached';
      return botan(
        [...newer.command, join(newer.folder, 'usr/bin/botan')],
        ['allow_tls12 = true', 'allow_tls13 = true'],
      );
    },
    returnsLines: true,
    maxUpdates: 1,
    cannot: BOTAN_CANNOT,
  },
];
