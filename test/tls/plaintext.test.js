/** Servers that do not speak TLS: the error says what they look like, shows what they sent, and says what to do. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { connect } from '../../dist/index.js';
import { plaintextOf } from '../../dist/plaintext.js';
import { PLAINTEXT } from '../../messages/plaintext.js';
import { findProgram } from '../../scripts/run.js';
import { startBridge } from '../helpers/bridge.js';
import { rejection } from '../helpers/client.js';
import { freePort, start, startOnFreePort } from '../helpers/servers.js';

/** @param {string} hex */
const bytes = (hex) => Buffer.from(hex.replaceAll(' ', ''), 'hex').toString('latin1');
/** @param {string} version */
const mysqlGreeting = (version) =>
  bytes(`${(version.length + 60).toString(16)}000000 0a`) +
  version +
  bytes('00 0b000000') +
  'abcdefgh' +
  bytes('00 fff7 08');

/** What servers send first, or in answer to a ClientHello, and what they are. Some as packaged, some from their protocols. */
const SERVERS = /** @type {[string, string][]} */ ([
  ['http', 'HTTP/1.1 400 Bad Request\r\nServer: nginx/1.22.1\r\n\r\n<html>'],
  ['http', '<html>\r\n<head><title>400 The plain HTTP request was sent to HTTPS port</title></head>'],
  ['http', 'HTTP/1.0 400 Bad request syntax'],
  ['http2', bytes('00001804 000000000000 0400400000')],
  ['ssh', 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n'],
  ['ssh', 'SSH-2.0-dropbear_2022.83\r\n'],
  ['smtp', '220 mail.example.org ESMTP Postfix (Debian/GNU)\r\n'],
  ['smtp', '220-mx.example.org ESMTP Exim 4.96 Mon, 15 Jun 2026 12:00:00 +0000\r\n220 ready\r\n'],
  ['smtp', '554 5.7.1 No SMTP service here\r\n'],
  ['lmtp', '220 mail.example.org LMTP Dovecot ready\r\n'],
  ['ftp', '220 (vsFTPd 3.0.3)\r\n'],
  ['ftp', "500 OOPS: vsftpd: cannot locate user specified in 'ftp_username':ftp\r\n"],
  ['ftp', '220 ProFTPD Server (Debian) [::ffff:127.0.0.1]\r\n'],
  ['ftp', '220-FileZilla Server 1.8.0\r\n220 Please visit\r\n'],
  ['reply', '220 Welcome to this service\r\n'],
  ['imap', '* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] Dovecot (Debian) ready.\r\n'],
  ['imap', '* BYE Too many connections\r\n'],
  ['pop3', '+OK Dovecot (Debian) ready.\r\n'],
  ['nntp', '200 news.example.org InterNetNews NNRP server INN 2.7.1 ready (posting ok)\r\n'],
  ['sieve', '"IMPLEMENTATION" "Dovecot Pigeonhole"\r\n"SASL" ""\r\n'],
  ['mysql', mysqlGreeting('8.0.36-0ubuntu0.22.04.1')],
  ['mysql', bytes('45000000 ff6a04') + "Host '203.0.113.5' is not allowed to connect to this MySQL server"],
  ['mariadb', mysqlGreeting('5.5.5-10.11.6-MariaDB-0+deb12u1')],
  [
    'postgresql',
    bytes('45 0000008a 53') + 'FATAL' + bytes('00 56') + 'FATAL' + bytes('00 43') + '0A000' + bytes('00 00'),
  ],
  ['redis', '-ERR Protocol error: unbalanced quotes in request\r\n'],
  ['redis', '-DENIED Redis is running in protected mode because protected mode is enabled\r\n'],
  ['redis', "-ERR unknown command '\x16\x03\x01\x01', with args beginning with: \r\n"],
  ['memcached', 'ERROR\r\n'],
  ['mqtt', bytes('2002 0001')],
  ['amqp', bytes('414d5150 00000901')],
  ['nats', 'INFO {"server_id":"NA6J","version":"2.10.7"} \r\n'],
  ['irc', ':irc.example.org NOTICE * :*** Looking up your hostname...\r\n'],
  ['xmpp', "<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams'>"],
  ['ldap', bytes('30 24 020100 78 1f 0a0102 0400 0400')],
  ['rfb', 'RFB 003.008\n'],
  ['rdp', bytes('030000130ed000001234000209080002000000')],
  ['mssql', bytes('04010025 00000100')],
  ['telnet', bytes('fffd18 fffd20 fffd23 fffd27')],
  ['rsync', '@RSYNCD: 31.0 sha512 sha256 sha1 md5 md4\n'],
  ['svn', '( success ( 2 2 ( ) ( edit-pipeline svndiff1 ) ) ) '],
  ['socks', bytes('0500')],
  ['dtls', bytes('16fefd 0000 000000000000 0030')],
  ['ssl2', bytes('8022 04 0001 0002 0000')],
]);

/** @param {string} greeting @param {boolean} early before the ClientHello */
async function startPlain(greeting, early) {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    const send = () => socket.end(greeting, 'latin1');
    if (early) {
      socket.resume();
      send();
    } else {
      socket.once('data', send);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { port, close: () => new Promise((resolve) => server.close(resolve)) };
}

describe('a server that does not speak TLS', () => {
  for (const [id, greeting] of SERVERS) {
    test(`is named: ${id}, ${JSON.stringify(greeting.slice(0, 24))}`, async () => {
      const { name, hint } = PLAINTEXT[id];
      for (const early of [true, false]) {
        const server = await startPlain(greeting, early);
        const error = await rejection(connect(`127.0.0.1:${server.port}`).opened);
        await server.close();
        assert.equal(error.code, 'ERR_TLS_NOT_TLS');
        assert.equal(error.hint, hint, error.message);
        assert.ok(
          error.message.startsWith('The server does not speak TLS on this port: it looks like '),
          error.message,
        );
        assert.ok(error.message.includes(`looks like ${name}, and sent "`), error.message);
        assert.match(error.message, /^[ -~]+(?: …)?[ -~]*$/);
        assert.ok(error.message.length < 600);
      }
    });
  }

  test('has the same error over a bridge', async () => {
    for (const [id, greeting] of [SERVERS[0], SERVERS[4], SERVERS[6]]) {
      const server = await startPlain(greeting, true);
      const bridge = await startBridge({ allowTargets: [`127.0.0.1:${server.port}`] });
      const direct = await rejection(connect(`127.0.0.1:${server.port}`).opened);
      const bridged = await rejection(connect(`127.0.0.1:${server.port}`, { bridge: bridge.url }).opened);
      await bridge.close();
      await server.close();
      assert.deepEqual([bridged.code, bridged.message], [direct.code, direct.message], id);
    }
  });

  test('that nobody knows is shown as it is, escaped and bounded', async () => {
    const server = await startPlain(`\x1b[31m"x\\y"\u0000\r\n${'z'.repeat(5000)}`, true);
    const error = await rejection(connect(`127.0.0.1:${server.port}`).opened);
    await server.close();
    assert.equal(error.code, 'ERR_TLS_NOT_TLS');
    assert.match(error.message, /: it sent "\\x1b\[31m\\"x\\\\y\\"\\x00\\r\\nz{47}" …\. Another kind of server/);
  });

  test('and sends too little to tell, or nothing: the timeout says so', async () => {
    for (const [greeting, says] of [
      ['N', /was not open within 300 ms\. The server does not speak TLS on this port: it sent "N"/],
      ['', /was not open within 300 ms\. The server accepted it, but sent nothing\./],
      ['\x16\x03\x03', /was not open within 300 ms\. The server began the handshake, but did not finish it\.$/],
    ]) {
      const server = createServer((socket) => socket.on('error', () => {}).write(String(greeting), 'latin1'));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      const error = await rejection(connect(`127.0.0.1:${port}`, { timeout: 300 }).opened);
      server.close();
      assert.equal(error.code, 'ERR_TLS_TIMEOUT');
      assert.match(error.message, /** @type {RegExp} */ (says));
    }
  });

  test('nginx on its port for HTTP', { skip: !findProgram('nginx') }, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'pagetls-http-'));
    const server = await startOnFreePort(async (port) => {
      const lines = `daemon off; master_process off; pid nginx.pid; error_log stderr info; events {}
        http { access_log off; server { listen 127.0.0.1:${port}; } }`;
      await writeFile(join(directory, 'nginx.conf'), lines);
      return start(
        findProgram('nginx') ?? '',
        ['-e', 'stderr', '-p', directory, '-c', join(directory, 'nginx.conf')],
        directory,
      );
    }, /using the "\w+" event method/);
    const error = await rejection(connect(`127.0.0.1:${server.port}`).opened);
    await server.close();
    assert.match(error.message, /looks like HTTP, and sent "HTTP\/1\.1 400 Bad Request\\r\\nServer: nginx/);
  });

  test('a reset without a byte has the same hint as an end, over TCP and the bridge', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.resetAndDestroy());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const bridge = await startBridge({ allowTargets: [`127.0.0.1:${port}`] });
    const direct = await rejection(connect(`127.0.0.1:${port}`).opened);
    const bridged = await rejection(connect(`127.0.0.1:${port}`, { bridge: bridge.url }).opened);
    await bridge.close();
    server.close();
    assert.deepEqual([direct.code, bridged.code], ['ERR_TLS_HANDSHAKE_CLOSED', 'ERR_TLS_CONNECTION_RESET']);
    assert.match(direct.hint, /^Perhaps it does not speak TLS on this port/);
    assert.equal(bridged.hint, direct.hint);
    assert.match(bridged.message, /reset by the target\. Perhaps it does not speak TLS/);
  });

  /** sshd: as root it insists on /run/sshd, which only its service makes. */
  const AS_NOBODY =
    process.getuid?.() === 0 ? ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', '--'] : [];
  /** Servers as packaged, where they are installed. @type {[string, (port: number, directory: string) => Promise<string[]>, RegExp][]} */
  const PACKAGED = [
    [
      'redis-server',
      async (port) => ['--port', String(port), '--bind', '127.0.0.1', '--save', ''],
      /^The connection was not open within 1000 ms\. The server accepted it, but sent nothing\. .*Redis|looks like Redis/,
    ],
    [
      'mosquitto',
      async (port, directory) => {
        await writeFile(join(directory, 'm.conf'), `listener ${port} 127.0.0.1\nallow_anonymous true\n`);
        return ['-c', join(directory, 'm.conf')];
      },
      /closed the connection without sending a byte\. .*MQTT/,
    ],
    [
      'mariadbd',
      async (port, directory) => [
        ...[
          '--no-defaults',
          ...(process.getuid?.() === 0 ? ['--user=nobody'] : []),
          `--datadir=${directory}`,
          '--skip-grant-tables',
          `--port=${port}`,
        ],
        ...[
          '--bind-address=127.0.0.1',
          `--socket=${directory}/socket`,
          '--innodb=OFF',
          '--default-storage-engine=Aria',
        ],
        '--skip-networking=0',
      ],
      /looks like MariaDB, and sent ".*MariaDB/,
    ],
    [
      'sshd',
      async (port, directory) => {
        const key = join(directory, 'key');
        const [command, ...rest] = [...AS_NOBODY, 'ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key];
        execFileSync(command, rest);
        return ['-D', '-e', '-p', String(port), '-h', key, '-f', '/dev/null', '-o', 'ListenAddress=127.0.0.1'];
      },
      /looks like SSH, and sent "SSH-2\.0-OpenSSH/,
    ],
  ];
  for (const [name, argumentsFor, says] of PACKAGED) {
    const program = findProgram(name);
    test(name, { skip: !program && `${name} is not installed` }, async () => {
      const directory = mkdtempSync(join(tmpdir(), 'pagetls-plain-'));
      chmodSync(directory, 0o777);
      const server = await startOnFreePort(async (port) => {
        const [command, ...args] = [
          ...(name === 'sshd' ? AS_NOBODY : []),
          program ?? '',
          ...(await argumentsFor(port, directory)),
        ];
        return start(command, args, directory);
      });
      const error = await rejection(connect(`127.0.0.1:${server.port}`, { timeout: 1000 }).opened);
      await server.close();
      assert.match(error.message, says);
    });
  }

  const postgres = spawnSync('sh', ['-c', 'ls -d /usr/lib/postgresql/*/bin | tail -1']).stdout.toString().trim();
  test('PostgreSQL closes without a byte', { skip: postgres === '' && 'PostgreSQL is not installed' }, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'pagetls-postgres-'));
    const port = await freePort();
    const as = process.getuid?.() === 0 ? ['runuser', '-u', 'nobody', '--'] : [];
    /** @param {string} program @param {string[]} args */
    const run = (program, args) => {
      const [command, ...rest] = [...as, join(postgres, program), ...args];
      return execFileSync(command, rest, { stdio: 'pipe', cwd: directory });
    };
    if (as.length > 0) execFileSync('chown', ['nobody', directory]);
    try {
      run('initdb', ['-D', join(directory, 'data'), '-U', 'postgres', '-A', 'trust', '-N']);
      const options = `-c listen_addresses=127.0.0.1 -p ${port} -c unix_socket_directories=${directory} -c fsync=off`;
      run('pg_ctl', ['-D', join(directory, 'data'), '-w', '-o', options, '-l', join(directory, 'log'), 'start']);
      const error = await rejection(connect(`127.0.0.1:${port}`).opened);
      run('pg_ctl', ['-D', join(directory, 'data'), '-m', 'immediate', 'stop']);
      assert.equal(error.code, 'ERR_TLS_HANDSHAKE_CLOSED');
      assert.match(error.message, /closed the connection without sending a byte\. .*PostgreSQL/);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

describe('plaintextOf()', () => {
  test('takes no TLS record for plaintext, whatever it is about', () => {
    for (const type of [20, 21, 22, 23, 24]) {
      for (const minor of [0, 1, 2, 3, 4]) {
        const record = Uint8Array.of(type, 3, minor, 0, 2, 2, 40);
        for (let length = 0; length <= record.length; length++) {
          assert.equal(plaintextOf(record.subarray(0, length)), undefined);
        }
      }
    }
    assert.notEqual(plaintextOf(Uint8Array.of(22, 254, 253)), undefined);
  });

  test('is printable, bounded and fast for any bytes', () => {
    let seed = 1;
    const random = () => (seed = (seed * 48271) % 0x7fffffff);
    const samples = SERVERS.map(([, greeting]) => Buffer.from(greeting, 'latin1'));
    const started = performance.now();
    for (let i = 0; i < 20_000; i++) {
      const base = samples[random() % samples.length];
      const input = Uint8Array.from({ length: 1 + (random() % 1024) }, (_, at) => base[at % base.length]);
      for (let change = random() % 4; change >= 0; change--) input[random() % input.length] = random();
      const found = plaintextOf(input);
      if (found) assert.match(found.sentence, /^[ -~]{1,400}( …)?\.$/);
    }
    assert.ok(performance.now() - started < 10_000);
  });
});
