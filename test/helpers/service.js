/** Servers for client libraries, with accounts, from Debian's packages. Each can be restarted on its port. */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asNobody } from '../../scripts/example-servers.js';
import { postgresFolder, preparePostgres } from '../../scripts/postgres.js';
import { findProgram } from '../../scripts/run.js';
import { pki } from './pki.js';
import { configuration, isRoot, skipWithout, workplace } from './plaintext-first.js';
import { directoryOf, freePort, listening, start } from './servers.js';

/** @typedef {import('./pki.js').Case} Case */
/** @typedef {(ports: number[], directory: string) => Promise<[string, ...string[]]>} Prepare returns the command */

/**
 * @typedef {object} Service
 * @property {number[]} ports
 * @property {() => Promise<void>} restart on the same ports, with the same data
 * @property {() => Promise<void>} close
 */

export const USER = 'alice';
export const PASSWORD = 'a password: ü';

/** The servers' identity, and in `clients` what their clients may present. */
export const identity = pki('client');
const clientCA = /** @type {NonNullable<Case['clients']>} */ (identity.clients).ca;

/**
 * @param {number} count of ports; the first is waited for
 * @param {Prepare} prepare
 * @param {string} [owner] of the folder `data`
 * @param {RegExp} [ready] what it prints when it serves; otherwise it does when it listens
 * @param {number} [timeout] in milliseconds, until it has printed that
 * @returns {Promise<Service>}
 */
async function serve(count, prepare, owner, ready, timeout) {
  /** @type {number[]} */
  const ports = [];
  while (ports.length < count) ports.push(await freePort());
  const directory = await workplace(identity, owner);
  const [program, ...args] = await prepare(ports, directory);
  const launch = async () => {
    const server = start(program, args, directory);
    try {
      await (ready ? server.seen(ready, timeout) : listening(ports[0], server));
      if (server.exited()) throw new Error(`${program} did not start:\n${server.output()}`);
      return server;
    } catch (error) {
      await server.close();
      throw error;
    }
  };
  let server = await launch();
  return {
    ports,
    async restart() {
      if (server.pid) process.kill(server.pid, 'SIGINT'); // PostgreSQL waits for its clients at SIGTERM
      await server.stop();
      server = await launch();
    },
    close: () => server.close(),
  };
}

/** PostgreSQL: SCRAM over TLS for alice; bob needs a client certificate. */
const startPostgres = () =>
  serve(
    1,
    async ([port], directory) => {
      await writeFile(join(directory, 'client-ca.pem'), clientCA);
      const [program, args] = await preparePostgres(directory, {
        port,
        sql: [`CREATE ROLE ${USER} LOGIN PASSWORD '${PASSWORD}'`, 'CREATE ROLE bob LOGIN'],
        rules: [
          `hostssl all ${USER} 127.0.0.1/32 scram-sha-256`,
          'hostssl all bob 127.0.0.1/32 trust clientcert=verify-ca',
        ],
        settings: [`ssl_ca_file=${join(directory, 'client-ca.pem')}`],
        files: { chain: 'chain.pem', key: 'key.pem' },
      });
      return asNobody(program, args);
    },
    undefined,
    /ready to accept connections/,
  );

/** Redis with a port for TLS only. */
const startRedis = () =>
  serve(1, async ([port], directory) => [
    'redis-server',
    ...['--port', '0', '--tls-port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', directory],
    ...['--tls-cert-file', 'chain.pem', '--tls-key-file', 'key.pem', '--tls-auth-clients', 'no'],
    ...['--requirepass', PASSWORD],
  ]);

/** Mosquitto, which requires a client certificate and takes the user's name from it. */
const startMosquitto = () =>
  serve(1, async ([port], directory) => {
    await writeFile(join(directory, 'client-ca.pem'), clientCA);
    const file = await configuration(directory, 'mosquitto.conf', [
      ...[`listener ${port} 127.0.0.1`, `certfile ${directory}/chain.pem`, `keyfile ${directory}/key.pem`],
      ...[`cafile ${directory}/client-ca.pem`, 'require_certificate true', 'use_identity_as_username true'],
      ...['allow_anonymous false', 'persistence false', ...(isRoot ? ['user root'] : [])],
    ]);
    return [findProgram('mosquitto') ?? 'mosquitto', '-c', file];
  });

/** Exim: a port with STARTTLS and one with TLS from the first byte. It accepts mail and drops it. */
const startExim = () =>
  serve(
    2,
    async ([starttls, tls], directory) => {
      const file = await configuration(directory, 'exim.conf', [
        ...['primary_hostname = mail.pagetls.test', 'host_lookup =', 'rfc1413_query_timeout = 0s'],
        ...['keep_environment =', `spool_directory = ${directory}/data`, `log_file_path = ${directory}/data/%slog`],
        ...[`pid_file_path = ${directory}/data/pid`, 'tls_advertise_hosts = *', `tls_on_connect_ports = ${tls}`],
        ...[`tls_certificate = ${directory}/chain.pem`, `tls_privatekey = ${directory}/key.pem`],
        ...['message_size_limit = 50M', 'smtp_accept_max = 100', 'smtp_accept_queue_per_connection = 0'],
        ...['acl_smtp_rcpt = accept', 'acl_smtp_data = accept', 'queue_only = true', 'never_users ='],
        ...[
          'begin acl',
          'accept:',
          '  accept',
          'begin routers',
          'drop:',
          '  driver = redirect',
          '  data = :blackhole:',
        ],
      ]);
      const listeners = `<; 127.0.0.1.${starttls} ; 127.0.0.1.${tls}`;
      return [findProgram('exim4') ?? 'exim4', '-C', file, '-bdf', '-oX', listeners];
    },
    'Debian-exim',
  );

/** Dovecot: IMAP with STARTTLS, and with TLS from the first byte. */
const startDovecot = () =>
  serve(
    2,
    async ([imap, imaps], directory) => {
      const listener = (/** @type {string} */ name, /** @type {number} */ port) =>
        `inet_listener ${name} {\nport = ${port}\n${name === 'imaps' ? 'ssl = yes\n' : ''}}`;
      const file = await configuration(directory, 'dovecot.conf', [
        ...[`base_dir = ${directory}/data`, `state_dir = ${directory}/data`, 'log_path = /dev/stderr'],
        ...['protocols = imap', 'listen = 127.0.0.1', 'ssl = required'],
        ...[`ssl_cert = <${directory}/chain.pem`, `ssl_key = <${directory}/key.pem`],
        ...['passdb {', 'driver = static', 'args = nopassword=y', '}'],
        ...['userdb {', 'driver = static', `args = uid=nobody gid=nogroup home=/tmp/${imap}`, '}'],
        ...[`mail_location = maildir:${directory}/data/mail`, 'mail_max_userip_connections = 100'],
        ...['service imap-login {', listener('imap', imap), listener('imaps', imaps), '}'],
      ]);
      return [findProgram('dovecot') ?? 'dovecot', '-F', '-c', file];
    },
    'nobody',
  );

/** slapd: LDAP with StartTLS, and with TLS from the first byte, over a small directory. */
const startSlapd = () =>
  serve(2, async ([ldap, ldaps], directory) => {
    const file = await configuration(directory, 'slapd.conf', [
      ...['include /etc/ldap/schema/core.schema', 'modulepath /usr/lib/ldap', 'moduleload back_mdb'],
      ...['TLSCertificateFile chain.pem', 'TLSCertificateKeyFile key.pem', `pidfile ${directory}/data/pid`],
      ...['sockbuf_max_incoming_auth 50000000', 'database mdb', 'suffix dc=test', 'rootdn cn=root,dc=test'],
      ...[`rootpw secret`, `directory ${directory}/data`, 'maxsize 100000000'],
    ]);
    const urls = `ldap://127.0.0.1:${ldap} ldaps://127.0.0.1:${ldaps}`;
    return [findProgram('slapd') ?? 'slapd', '-f', file, '-h', urls, '-d', '0'];
  });

/** MariaDB: alice has a password, and must use TLS. */
const startMariadb = () =>
  serve(
    1,
    async ([port], directory) => {
      const options = ['--no-defaults', ...(isRoot ? ['--user=nobody'] : []), `--datadir=${directory}/data`];
      const install = ['--skip-test-db', '--auth-root-authentication-method=normal'];
      execFileSync('mariadb-install-db', [...options, ...install], { stdio: 'pipe', cwd: directory });
      const statements = [
        `FLUSH PRIVILEGES;`, // bootstrap begins without grants
        `CREATE USER '${USER}'@'%' IDENTIFIED BY '${PASSWORD}' REQUIRE SSL;`,
      ];
      const mariadb = findProgram('mariadbd') ?? 'mariadbd';
      const input = `${statements.join('\n')}\n`;
      execFileSync(mariadb, [...options, '--bootstrap', '--skip-log-bin'], { input, stdio: 'pipe', cwd: directory });
      return [
        mariadb,
        ...options,
        ...[`--port=${port}`, '--bind-address=127.0.0.1', `--socket=${directory}/data/socket`, '--skip-networking=0'],
        ...['--skip-name-resolve', '--max-allowed-packet=64M', '--require-secure-transport=ON'],
        ...[`--ssl-cert=${directory}/chain.pem`, `--ssl-key=${directory}/key.pem`],
      ];
    },
    'nobody',
  );

/** It needs 14 s to start, most of which it waits. */
const RABBITMQ_TIMEOUT_MS = 120_000;

/** RabbitMQ, with an epmd of its own, which it would otherwise start for good. */
async function startRabbitmq() {
  const epmdPort = `${await freePort()}`;
  const distributionPort = `${await freePort()}`;
  const [program, ...args] = asNobody('epmd', ['-port', epmdPort, '-address', '127.0.0.1']);
  const epmd = start(program, args, await directoryOf({}));
  const prepare = async (/** @type {number[]} */ [port], /** @type {string} */ directory) => {
    const file = await configuration(directory, 'rabbitmq.conf', [
      ...['listeners.tcp = none', `listeners.ssl.1 = 127.0.0.1:${port}`],
      ...[`ssl_options.certfile = ${directory}/chain.pem`, `ssl_options.keyfile = ${directory}/key.pem`],
      ...[`ssl_options.cacertfile = ${directory}/chain.pem`, `default_user = ${USER}`],
    ]);
    // rabbitmq.conf is Latin-1.
    const password = [...Buffer.from(PASSWORD)].join();
    const advanced = [`[{rabbit, [{default_pass, <<${password}>>}]}].`];
    const settings = {
      ...{ HOME: `${directory}/data`, ERL_EPMD_PORT: epmdPort, ERL_EPMD_ADDRESS: '127.0.0.1' },
      ERL_FLAGS: '-start_epmd false',
      RABBITMQ_CONF_ENV_FILE: await configuration(directory, 'environment', []),
      RABBITMQ_CONFIG_FILE: file,
      RABBITMQ_ADVANCED_CONFIG_FILE: await configuration(directory, 'advanced.config', advanced),
      RABBITMQ_ENABLED_PLUGINS_FILE: await configuration(directory, 'plugins', ['[].']),
      RABBITMQ_NODENAME: `pagetls${port}@localhost`,
      RABBITMQ_DIST_PORT: distributionPort,
      RABBITMQ_MNESIA_BASE: `${directory}/data/mnesia`,
      RABBITMQ_LOGS: '-',
      RABBITMQ_LOG_BASE: `${directory}/data`,
      RABBITMQ_ALLOW_INPUT: '1', // its script becomes the server, and does not start it
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-noinput -kernel inet_dist_use_interface {127,0,0,1}',
    };
    const variables = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    return asNobody('env', [...variables, '/usr/lib/rabbitmq/bin/rabbitmq-server']);
  };
  try {
    const service = await serve(1, prepare, 'nobody', /Server startup complete/, RABBITMQ_TIMEOUT_MS);
    return { ...service, close: () => service.close().finally(epmd.close) };
  } catch (error) {
    await epmd.close();
    throw error;
  }
}

/** @satisfies {Record<string, {start: () => Promise<Service>, skip: string | false}>} */
export const SERVICES = {
  PostgreSQL: { start: startPostgres, skip: postgresFolder() === undefined && 'PostgreSQL is not installed' },
  Redis: { start: startRedis, skip: skipWithout('redis-server') },
  Mosquitto: { start: startMosquitto, skip: skipWithout('mosquitto') },
  Exim: { start: startExim, skip: skipWithout('exim4', true) },
  MariaDB: { start: startMariadb, skip: skipWithout('mariadb-install-db') },
  Dovecot: { start: startDovecot, skip: skipWithout('dovecot', true) },
  slapd: { start: startSlapd, skip: skipWithout('slapd') },
  RabbitMQ: { start: startRabbitmq, skip: skipWithout('rabbitmq-server') },
};
