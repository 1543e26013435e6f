/**
 * Real servers of protocols that begin without TLS, from Debian's packages. Each runs in a temporary directory, on loopback
 * ports, and is stopped by pid. Those that change their user insist on root.
 */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asNobody } from '../../scripts/example-servers.js';
import { postgresFolder, preparePostgres } from '../../scripts/postgres.js';
import { findProgram } from '../../scripts/run.js';
import { directoryOf, freePort, start, startOnFreePort } from './servers.js';

/** @typedef {import('./pki.js').Case} Case */
/** @typedef {import('./servers.js').Process} Process */
/** @typedef {{ports: Record<string, number>, close: () => Promise<void>}} Running `ports` by the name for `starttls` */

export const isRoot = process.getuid?.() === 0;

/**
 * A directory that others may enter, with the certificates and the key of a case.
 * @param {Case} pki
 * @param {string} [owner] of a folder `data` in it
 */
export async function workplace(pki, owner) {
  const directory = await directoryOf({ 'chain.pem': pki.chain, 'key.pem': pki.key });
  await chmod(directory, 0o755);
  await mkdir(join(directory, 'data'));
  if (isRoot && owner) execFileSync('chown', [owner, join(directory, 'data')]);
  return directory;
}

/**
 * @param {string[]} names for `starttls`, the first on the port that is waited for
 * @param {(ports: Record<string, number>, directory: string) => Promise<[string, ...string[]]>} prepare returns the command
 * @param {{pki: Case, owner?: string, ready?: RegExp}} where `ready`: what it prints when it serves, if it listens before
 * @returns {Promise<Running>}
 */
async function run(names, prepare, { pki, owner, ready }) {
  /** @type {Record<string, number>} */
  let ports = {};
  const server = await startOnFreePort(async (port) => {
    const others = await Promise.all(names.slice(1).map(freePort));
    ports = Object.fromEntries(names.map((name, at) => [name, at === 0 ? port : others[at - 1]]));
    const directory = await workplace(pki, owner);
    const [program, ...args] = await prepare(ports, directory);
    return start(program, args, directory);
  });
  if (ready) await server.seen(ready);
  return { ports, close: server.close };
}

/** @param {string} directory @param {string} name @param {string[]} lines @returns {Promise<string>} its path */
export async function configuration(directory, name, lines) {
  const path = join(directory, name);
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

/** @param {Case} pki @param {{tls?: boolean}} [options] */
const startExim = (pki, { tls = true } = {}) =>
  run(
    ['smtp'],
    async ({ smtp }, directory) => {
      const file = await configuration(directory, 'exim.conf', [
        ...[
          'primary_hostname = mail.pagetls.test',
          'host_lookup =',
          'rfc1413_query_timeout = 0s',
          'keep_environment =',
        ],
        ...[`spool_directory = ${directory}/data`, `log_file_path = ${directory}/data/%slog`],
        `pid_file_path = ${directory}/data/pid`,
        `tls_advertise_hosts = ${tls ? '*' : ''}`,
        ...[`tls_certificate = ${directory}/chain.pem`, `tls_privatekey = ${directory}/key.pem`],
      ]);
      return [findProgram('exim4') ?? 'exim4', '-C', file, '-bdf', '-oX', `127.0.0.1.${smtp}`];
    },
    { pki, owner: 'Debian-exim' },
  );

/** @param {Case} pki */
const startDovecot = (pki) =>
  run(
    ['imap', 'pop3', 'sieve', 'lmtp'],
    async ({ imap, pop3, sieve, lmtp }, directory) => {
      const listener = (/** @type {string} */ name, /** @type {number} */ port) =>
        `inet_listener ${name} {\nport = ${port}\n}`;
      const file = await configuration(directory, 'dovecot.conf', [
        ...[`base_dir = ${directory}/data`, `state_dir = ${directory}/data`, 'log_path = /dev/stderr'],
        ...['protocols = imap pop3 lmtp sieve', 'listen = 127.0.0.1', 'ssl = required'],
        ...[`ssl_cert = <${directory}/chain.pem`, `ssl_key = <${directory}/key.pem`],
        ...['passdb {', 'driver = static', 'args = nopassword=y', '}'],
        ...['userdb {', 'driver = static', `args = uid=nobody gid=nogroup home=${directory}/data/home`, '}'],
        ...['service imap-login {', listener('imap', imap), listener('imaps', 0), '}'],
        ...['service pop3-login {', listener('pop3', pop3), listener('pop3s', 0), '}'],
        ...['service managesieve-login {', listener('sieve', sieve), '}'],
        ...['service lmtp {', listener('lmtp', lmtp), '}'],
      ]);
      return [findProgram('dovecot') ?? 'dovecot', '-F', '-c', file];
    },
    { pki },
  );

/** @param {Case} pki */
const startVsftpd = (pki) =>
  run(
    ['ftp'],
    async ({ ftp }, directory) => {
      const file = await configuration(directory, 'vsftpd.conf', [
        ...['listen=YES', 'listen_address=127.0.0.1', `listen_port=${ftp}`, 'background=NO', 'seccomp_sandbox=NO'],
        ...['anonymous_enable=YES', 'ssl_enable=YES', 'allow_anon_ssl=YES', 'ssl_tlsv1=YES'],
        ...[`rsa_cert_file=${directory}/chain.pem`, `rsa_private_key_file=${directory}/key.pem`],
        `secure_chroot_dir=${directory}/data`,
      ]);
      return [findProgram('vsftpd') ?? 'vsftpd', file];
    },
    { pki },
  );

/** @param {Case} pki @param {{tls?: boolean}} [options] */
const startSlapd = (pki, { tls = true } = {}) =>
  run(
    ['ldap'],
    async ({ ldap }, directory) => {
      const file = await configuration(directory, 'slapd.conf', [
        ...(tls ? ['TLSCertificateFile chain.pem', 'TLSCertificateKeyFile key.pem'] : []),
        `pidfile ${directory}/data/pid`,
      ]);
      return [findProgram('slapd') ?? 'slapd', '-f', file, '-h', `ldap://127.0.0.1:${ldap}`, '-d', '256'];
    },
    { pki },
  );

/** @param {Case} pki */
const startProsody = (pki) =>
  run(
    ['xmpp', 'xmpp-server'],
    async (ports, directory) => {
      const file = await configuration(directory, 'prosody.cfg.lua', [
        ...['run_as_root = true', 'daemonize = false', `pidfile = "${directory}/data/pid"`],
        ...[`data_path = "${directory}/data"`, 'interfaces = { "127.0.0.1" }', 'log = { error = "*console" }'],
        ...[`c2s_ports = { ${ports.xmpp} }`, `s2s_ports = { ${ports['xmpp-server']} }`],
        ...['modules_enabled = { "tls"; "saslauth" }', 'authentication = "anonymous"'],
        `VirtualHost "${pki.hostname}"`,
        `ssl = { key = "${directory}/key.pem"; certificate = "${directory}/chain.pem" }`,
      ]);
      return [findProgram('prosody') ?? 'prosody', '--config', file, '-F'];
    },
    { pki },
  );

/** @param {Case} pki */
const startInspircd = (pki) =>
  run(
    ['irc'],
    async ({ irc }, directory) => {
      const data = `${directory}/data`;
      const file = await configuration(directory, 'inspircd.conf', [
        ...['<server name="irc.pagetls.test" description="x" network="x">', '<admin name="x" nick="x" email="x@x">'],
        `<bind address="127.0.0.1" port="${irc}" type="clients">`,
        '<connect allow="*" timeout="60" useident="no" resolvehostnames="no">',
        `<path configdir="${data}" datadir="${data}" logdir="${data}" runtimedir="${data}"><pid file="${data}/pid">`,
        ...['<module name="ssl_gnutls">', '<module name="starttls">', '<starttls profile="Clients">'],
        `<sslprofile name="Clients" provider="gnutls" certfile="${directory}/chain.pem" keyfile="${directory}/key.pem">`,
      ]);
      return [findProgram('inspircd') ?? 'inspircd', '--runasroot', '--nofork', '--config', file];
    },
    { pki },
  );

/** @param {Case} pki @param {{tls?: boolean}} [options] */
const startMariadb = (pki, { tls = true } = {}) =>
  run(
    ['mysql'],
    async ({ mysql }, directory) => [
      findProgram('mariadbd') ?? 'mariadbd',
      ...['--no-defaults', ...(isRoot ? ['--user=nobody'] : [])],
      ...[`--datadir=${directory}/data`, '--skip-grant-tables', `--port=${mysql}`, '--bind-address=127.0.0.1'],
      ...[`--socket=${directory}/data/socket`, '--innodb=OFF', '--default-storage-engine=Aria', '--skip-networking=0'],
      ...(tls ? [`--ssl-cert=${directory}/chain.pem`, `--ssl-key=${directory}/key.pem`] : ['--skip-ssl']),
    ],
    { pki, owner: 'nobody' },
  );

/** @param {Case} pki @param {{tls?: boolean}} [options] */
const startPostgres = (pki, { tls = true } = {}) =>
  run(
    ['postgres'],
    async ({ postgres }, directory) => {
      const [program, args] = await preparePostgres(directory, {
        port: postgres,
        rules: ['host all all 127.0.0.1/32 trust'],
        settings: tls ? [] : ['ssl=off'],
        files: { chain: 'chain.pem', key: 'key.pem' },
      });
      return asNobody(program, args);
    },
    { pki, ready: /ready to accept connections/ },
  );

/**
 * @typedef {object} Kind
 * @property {(pki: Case, options?: {tls?: boolean}) => Promise<Running>} start
 * @property {string | false} skip why it cannot run here
 * @property {string[]} protocols
 */

/** @param {string} program @param {boolean} [needsRoot] @returns {string | false} why it cannot run here */
export const skipWithout = (program, needsRoot = false) =>
  !findProgram(program) ? `${program} is not installed` : needsRoot && !isRoot ? `${program} needs root` : false;

/** @type {Record<string, Kind>} */
export const SERVERS = {
  Exim: { start: startExim, skip: skipWithout('exim4', true), protocols: ['smtp'] },
  Dovecot: { start: startDovecot, skip: skipWithout('dovecot', true), protocols: ['imap', 'pop3', 'sieve', 'lmtp'] },
  vsftpd: { start: startVsftpd, skip: skipWithout('vsftpd', true), protocols: ['ftp'] },
  slapd: { start: startSlapd, skip: skipWithout('slapd'), protocols: ['ldap'] },
  Prosody: { start: startProsody, skip: skipWithout('prosody'), protocols: ['xmpp', 'xmpp-server'] },
  InspIRCd: { start: startInspircd, skip: skipWithout('inspircd'), protocols: ['irc'] },
  MariaDB: { start: startMariadb, skip: skipWithout('mariadbd'), protocols: ['mysql'] },
  PostgreSQL: {
    start: startPostgres,
    skip: postgresFolder() === undefined && 'PostgreSQL is not installed',
    protocols: ['postgres'],
  },
};
