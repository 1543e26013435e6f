/** KeyUpdate (RFC 8446, section 4.6.3): with OpenSSL, and with a server that can misbehave. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startBridge } from '../helpers/bridge.js';
import { dial, readBytes, readText, rejection, withServer } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { startGnutls, startOpenssl } from '../helpers/servers.js';
import { assertAlert, withConnection } from '../helpers/tls-server/connected.js';
import { data, handshake } from '../helpers/tls-server/records.js';
import { startTlsServer } from '../helpers/tls-server/server.js';
import { keyUpdate, updateKeys } from '../helpers/tls-server/tls13.js';
import { sequence } from '../helpers/transfer.js';

/** @typedef {import('../helpers/tls-server/connection.js').Connection} Connection */

const TIMEOUT = { timeout: 60_000 };
const good = pki('good-p256');
const SUITES = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_CCM_SHA256',
];
const NUMBERS = {
  TLS_AES_128_GCM_SHA256: 0x1301,
  TLS_AES_256_GCM_SHA384: 0x1302,
  TLS_CHACHA20_POLY1305_SHA256: 0x1303,
};
/** The KeyUpdates that the client sent, by their request. @param {Connection} connection */
const updatesOf = ({ messages }) => messages.filter(({ name }) => name === 'KeyUpdate').map(({ body }) => body[0]);

describe('KeyUpdates of OpenSSL', TIMEOUT, () => {
  for (const suite of SUITES) {
    test(`${suite}: data arrives before and after each, requested or not`, async () => {
      const args = ['-tls1_3', '-ciphersuites', suite, '-msg'];
      await withServer(startOpenssl(good, { mode: 'interactive', args }), async (server) => {
        const socket = await dial(good, server, { ciphers: [suite] });
        assert.equal((await socket.opened).cipher, suite);
        for (const [i, command] of ['', 'k', 'K', 'K', 'k', 'k', 'K'].entries()) {
          if (command) {
            server.write(`${command}\n`);
            await server.seen(new RegExp(`(?:>>> [^\n]*KeyUpdate[^]*){${i}}`)); // it ignores what it reads with a command
          }
          server.write(`from the server ${i}\n`);
          assert.equal(await readText(socket, '\n'), `from the server ${i}\n`);
          await socket.write(`from the client ${i}\n`);
          await server.seen(new RegExp(`from the client ${i}`));
        }
        const answers = server.stdout().match(/<<< TLS 1\.3, Handshake \[length 0005\], KeyUpdate\n *18 00 00 01 00/g);
        assert.equal(answers?.length, 3);
        await socket.close();
      });
    });
  }

  test('updateKeys() makes OpenSSL update its keys, too', async () => {
    await withServer(startOpenssl(good, { mode: 'interactive', args: ['-tls1_3', '-msg'] }), async (server) => {
      const socket = await dial(good, server);
      for (let i = 0; i < 20; i++) {
        await socket.updateKeys();
        await socket.write(`from the client ${i}.\n`);
      }
      await server.seen(/from the client 19\./);
      await server.seen(/>>> TLS 1\.3, Handshake \[length 0005\], KeyUpdate/);
      server.write('from the server\n');
      assert.equal(await readText(socket, '\n'), 'from the server\n');
      await socket.close();
    });
  });

  test('updateKeys() makes GnuTLS update its keys, too', async () => {
    await withServer(startGnutls(good), async (server) => {
      const socket = await dial(good, server, { minVersion: 'TLSv1.3' });
      for (let i = 0; i < 5; i++) {
        await socket.updateKeys();
        await socket.write(`${i}\n`);
        assert.equal(await readText(socket, '\n'), `${i}\n`);
      }
      await socket.close();
    });
  });
});

describe('KeyUpdates in long transfers', TIMEOUT, () => {
  const bytes = Buffer.from(sequence(0, 400_000));
  /** @type {Awaited<ReturnType<typeof startTlsServer>>} */
  let server;
  /** @type {Awaited<ReturnType<typeof startBridge>>} */
  let bridge;
  before(async () => {
    server = await startTlsServer(good, { echo: false });
    bridge = await startBridge({ allowTargets: [`127.0.0.1:${server.port}`] });
  });
  after(async () => {
    await bridge.close();
    await server.close();
  });

  for (const [suite, number] of Object.entries(NUMBERS)) {
    for (const route of ['TCP', 'websockify']) {
      test(`${suite} over ${route}: every byte arrives, in both directions at once`, async () => {
        const options = { ciphers: [suite], ...(route === 'TCP' ? {} : { bridge: bridge.url }) };
        const known = server.connections.length;
        const socket = await dial(good, server, options);
        const { cipher } = await socket.opened;
        assert.equal(cipher, suite);
        const connection = server.connections[known];
        await connection.until(() => connection.open);
        assert.equal(connection.chosen?.suiteNumber, number);
        const exported = socket.exportKeyingMaterial(32, 'label');
        const reading = readBytes(socket, bytes.length);
        for (let at = 0; at < bytes.length; at += 100_000) {
          connection.write(bytes.subarray(at, at + 50_000));
          updateKeys(connection, at % 200_000 === 0);
          connection.write(bytes.subarray(at + 50_000, at + 100_000));
          await Promise.all([socket.write(bytes.subarray(at, at + 50_000)), socket.updateKeys()]);
          await socket.write(bytes.subarray(at + 50_000, at + 100_000));
        }
        assert.ok((await reading).equals(bytes), 'what the server sent');
        await connection.until(() => connection.received.length === bytes.length);
        assert.ok(connection.received.equals(bytes), 'what the client sent');
        await socket.write('the end');
        await connection.until(() => connection.received.length > bytes.length);
        const updates = updatesOf(connection);
        assert.equal(updates.filter((request) => request === 1).length, 4, 'updateKeys()');
        assert.ok(updates.filter((request) => request === 0).length > 0, 'answers');
        assert.deepEqual(socket.exportKeyingMaterial(32, 'label'), exported);
        await socket.close();
      });
    }
  }
});

test('many requests are answered once, before the next data', TIMEOUT, async () => {
  await withConnection(good, { echo: false }, {}, async (connection, socket) => {
    for (let i = 0; i < 20; i++) {
      updateKeys(connection, true);
      connection.write(`${i}.`);
      await readText(socket, `${i}.`); // each has arrived alone
    }
    assert.deepEqual(updatesOf(connection), []);
    await socket.write('answer');
    await socket.write('more');
    await connection.until(() => connection.received.length === 10);
    assert.deepEqual(updatesOf(connection), [0]);
    await socket.close();
  });
});

describe('updateKeys()', TIMEOUT, () => {
  test('waits for the handshake, follows the writes before it, and precedes those after it', async () => {
    await withServer(startTlsServer(good, { echo: false }), async (server) => {
      const socket = await dial(good, server);
      await Promise.all([socket.write('one'), socket.updateKeys(), socket.write('two'), socket.updateKeys()]);
      const connection = await server.connection();
      await connection.until(() => updatesOf(connection).length === 2);
      assert.equal(connection.received.toString(), 'onetwo');
      assert.deepEqual(updatesOf(connection), [1, 1]);
      assert.equal(connection.error, undefined);
    });
  });

  test('is an error in TLS 1.2, and the connection goes on', async () => {
    await withServer(startTlsServer(good, { version: 'TLSv1.2' }), async (server) => {
      const socket = await dial(good, server);
      const error = await rejection(socket.updateKeys());
      assert.equal(error.code, 'ERR_TLS_INVALID_OPTION');
      assert.match(error.message, /TLS 1\.2/);
      await socket.write('still here');
      assert.equal(await readText(socket, 'here'), 'still here');
      await socket.close();
    });
  });

  test('is an error after the end', async () => {
    await withServer(startTlsServer(good), async (server) => {
      const closed = await dial(good, server);
      await closed.opened;
      await closed.close();
      assert.equal((await rejection(closed.updateKeys())).code, 'ERR_TLS_CLOSED');
      const failed = await dial(good, server, { trust: undefined, now: new Date(0) });
      const error = await rejection(failed.opened);
      assert.equal(await rejection(failed.updateKeys()), error);
    });
  });

  test('writes every secret to the key log', async () => {
    await withServer(startTlsServer(good), async (server) => {
      /** @type {string[]} */
      const lines = [];
      const socket = await dial(good, server, { keylog: (line) => lines.push(line) });
      await socket.opened;
      const connection = await server.connection();
      for (let i = 1; i <= 3; i++) {
        await socket.updateKeys();
        await socket.write('x');
        await readBytes(socket, 1);
        const names = { CLIENT: connection.secrets.client, SERVER: connection.secrets.server };
        for (const [side, secret] of Object.entries(names)) {
          const label = `${side}_TRAFFIC_SECRET_${i}`;
          const random = connection.clientHello?.random ?? [];
          const line = [label, Buffer.from(random).toString('hex'), Buffer.from(secret).toString('hex')].join(' ');
          assert.ok(lines.includes(line), `${line} in\n${lines.join('\n')}`);
        }
      }
      await socket.close();
    });
  });
});

describe('a server that violates section 4.6.3', TIMEOUT, () => {
  const message = (/** @type {number[]} */ ...octets) => handshake('KeyUpdate', Uint8Array.from(octets), 'application');
  /** @type {[string, (connection: Connection) => void, string, number][]} */
  const cases = [
    ['an unknown request', (c) => c.send(keyUpdate(2)), 'ERR_TLS_PROTOCOL', 47],
    ['no request', (c) => c.send(message(24, 0, 0, 0)), 'ERR_TLS_PROTOCOL', 50],
    ['a byte too many', (c) => c.send(message(24, 0, 0, 2, 0, 0)), 'ERR_TLS_PROTOCOL', 50],
    ['another message behind it in its record', (c) => c.send(message(24, 0, 0, 1, 0, 24)), 'ERR_TLS_PROTOCOL', 10],
    ['data under the old keys', (c) => c.send(keyUpdate(0), data(Buffer.from('old'))), 'ERR_TLS_BAD_RECORD', 20],
    [
      'more than 32 KeyUpdates',
      (c) => {
        // The client accepts one more whenever a second begins.
        for (let i = 0; i < 40; i++) {
          updateKeys(c);
          c.write('data');
        }
      },
      'ERR_TLS_KEY_UPDATES',
      10,
    ],
  ];
  for (const [name, misbehave, code, description] of cases) {
    test(`${name}: ${code}, and alert ${description}`, async () => {
      await withConnection(good, {}, {}, async (connection, socket) => {
        misbehave(connection);
        assert.equal((await rejection(socket.closed)).code, code);
        await assertAlert(connection, 2, description);
      });
    });
  }
});
