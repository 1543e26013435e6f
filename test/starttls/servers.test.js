/** Real servers, over TCP and through the bridge: TLS is started, the chain verified, and the protocol goes on within TLS. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { STARTTLS_PROTOCOLS } from '../../dist/starttls/protocols.js';
import { inProject } from '../../scripts/run.js';
import { startBridge } from '../helpers/bridge.js';
import { closeDialled, dial, rejection } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { SERVERS } from '../helpers/plaintext-first.js';

/** @typedef {import('../../dist/index.js').StarttlsProtocol} Protocol */

const good = pki('good-p256');
const { hostname } = good;

/** @param {string} hex */
const bytes = (hex) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const MYSQL_LOGIN = `028a0000 00000001 2d ${'00'.repeat(23)} ${Buffer.from('root').toString('hex')}00 00`;

/** What to say within TLS, and what the answer begins with or has. @type {Record<string, [string | Uint8Array, RegExp]>} */
const WITHIN = {
  smtp: ['QUIT\r\n', /^221 /], // without QUIT, Exim answers close_notify with a line in plaintext
  lmtp: ['LHLO [127.0.0.1]\r\n', /^250[^]*\r\n250 /],
  imap: ['a NOOP\r\n', /^a OK /],
  pop3: ['CAPA\r\n', /^\+OK[^]*\r\n\.\r\n/],
  sieve: ['', /^"IMPLEMENTATION"[^]*OK/],
  ftp: ['FEAT\r\n', /^211[^]*\r\n211 /],
  ldap: [bytes('300c 020102 6007 020103 0400 8000'), /^0[^]\x02\x01\x02\x61/], // an anonymous bind
  xmpp: [
    `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='${hostname}' version='1.0'>`,
    /<stream:features>[^]*<mechanisms/,
  ],
  'xmpp-server': [
    `<stream:stream xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams' to='${hostname}' version='1.0'>`,
    /<stream:stream [^]*version='1\.0'/,
  ],
  postgres: [bytes('00000017 00030000 7573657200 706f73746772657300 00'), /^R\0\0\0\x08\0\0\0\0/],
  mysql: [bytes(`${bytes(MYSQL_LOGIN).length.toString(16)}0000 02 ${MYSQL_LOGIN}`), /^[^]{3}\x03\0/], // OK
  irc: ['NICK a\r\nUSER a 0 * :a\r\n', / 001 a /],
};

/** Each server without TLS: what the error says. @type {Record<string, RegExp>} */
const WITHOUT = {
  Exim: /does not offer STARTTLS: its answer to EHLO does not list it\. Its operator must/,
  slapd: /to StartTLS it answered "protocolError \(2\): unsupported extended operation"/,
  MariaDB: /does not offer SSLRequest: its greeting does not list it\. Its operator must .*ssl_cert/,
  PostgreSQL: /to SSLRequest it answered "N"\..*ssl = on/,
};

/**
 * Reads until the text matches.
 * @param {import('../../dist/index.js').TLSSocket} socket
 * @param {RegExp} pattern
 */
async function readUntil(socket, pattern) {
  let text = '';
  while (!pattern.test(text)) {
    const chunk = await socket.read();
    assert.ok(chunk, `ended after ${JSON.stringify(text)}`);
    text += Buffer.from(chunk).toString('latin1');
  }
}

describe('a real server', () => {
  after(closeDialled);

  for (const [name, { start, skip, protocols }] of Object.entries(SERVERS)) {
    test(
      `${name} (${protocols.join(', ')}) starts TLS, over TCP and the bridge`,
      { skip, timeout: 60_000 },
      async () => {
        const server = await start(good);
        const ports = Object.values(server.ports);
        const bridge = await startBridge({ allowTargets: ports.map((port) => `127.0.0.1:${port}`) });
        try {
          for (const [protocol, port] of Object.entries(server.ports)) {
            for (const route of [undefined, bridge.url]) {
              const starttls = /** @type {Protocol} */ (protocol);
              const socket = await dial(good, { port }, { starttls, bridge: route });
              const { verification, servername } = await socket.opened;
              assert.equal(verification.ok, true);
              assert.equal(servername, hostname);
              const [say, answer] = WITHIN[protocol];
              if (say.length > 0) await socket.write(say);
              await readUntil(socket, answer);
              await socket.close();
            }
          }
        } finally {
          await closeDialled();
          await bridge.close();
          await server.close();
        }
      },
    );
  }

  for (const [name, message] of Object.entries(WITHOUT)) {
    const { start, skip } = SERVERS[name];
    test(`${name} without TLS says so`, { skip, timeout: 60_000 }, async () => {
      const server = await start(good, { tls: false });
      try {
        const [[protocol, port]] = Object.entries(server.ports);
        const starttls = /** @type {Protocol} */ (protocol);
        const error = await rejection((await dial(good, { port }, { starttls })).opened);
        assert.equal(error.code, 'ERR_TLS_STARTTLS', error.message);
        assert.match(error.message, message);
      } finally {
        await server.close();
      }
    });
  }

  // Debian's news servers either have no TLS, or cannot be installed where the host has no full name (inn2).
  test('is here for each protocol', { skip: 'no server for NNTP' }, () => {});

  test('of every other protocol is here', () => {
    const served = Object.values(SERVERS).flatMap(({ protocols }) => protocols);
    assert.deepEqual(served.toSorted(), STARTTLS_PROTOCOLS.filter((name) => name !== 'nntp').toSorted());
    assert.deepEqual(Object.keys(WITHIN).toSorted(), served.toSorted());
  });

  test('is inspected on the command line with --starttls', { skip: SERVERS.slapd.skip }, async () => {
    const server = await SERVERS.slapd.start(good);
    const target = `127.0.0.1:${server.ports.ldap}`;
    const run = promisify(execFile);
    const cli = inProject('dist/cli.js');
    const common = [target, '--servername', hostname, '--ca', good.files.roots, '--at', good.clock];
    try {
      const { stdout } = await run(process.execPath, [cli, 'inspect', '--starttls', 'ldap', ...common]);
      assert.match(stdout, /connected in [\d.]+ ms, ready for TLS in [\d.]+ ms, handshake in/);
      assert.match(stdout, /The chain is valid\./);
      const wrong = await rejection(run(process.execPath, [cli, 'inspect', '--starttls', 'ldaps', ...common]));
      assert.equal(wrong.code, 2);
      assert.match(wrong.stderr, /starttls of connect\(\) must be smtp, lmtp, .* or irc, not "ldaps"/);
    } finally {
      await server.close();
    }
  });
});
