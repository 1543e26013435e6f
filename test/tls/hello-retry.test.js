/** HelloRetryRequest (RFC 8446, section 4.1.4), with and without a cookie. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dial, readText, rejection, withServer } from '../helpers/client.js';
import { pki } from '../helpers/pki.js';
import { startOpenssl } from '../helpers/servers.js';
import { extension, fill, join, uint, vector } from '../helpers/tls-server/bytes.js';
import {
  cookie,
  EXTENSIONS,
  keyShare,
  parseClientHello,
  RETRY_RANDOM,
  selectedGroup,
  serverHello,
  supportedVersions,
} from '../helpers/tls-server/messages.js';
import { startTlsServer } from '../helpers/tls-server/server.js';
import { sequence } from '../helpers/transfer.js';

const TIMEOUT = { timeout: 60_000 };
const good = pki('good-p256');
const P256 = 23;

/** @param {import('../helpers/tls-server/connection.js').Connection} connection */
const hellosOf = ({ messages }) =>
  messages.filter(({ name }) => name === 'ClientHello').map(({ body }) => parseClientHello(body));

describe('a cookie', TIMEOUT, () => {
  for (const length of [1, 32, 255, 4096, 15_000]) {
    for (const group of [undefined, P256]) {
      test(`of ${length} bytes, ${group ? 'and a group' : 'and nothing else'}: only that changes in the second ClientHello`, async () => {
        const value = sequence(0, length);
        await withServer(startTlsServer(good, { retry: { group, cookie: value }, group }), async (server) => {
          const socket = await dial(good, server);
          await socket.write('ping');
          assert.equal(await readText(socket, 'ping'), 'ping');
          const [first, second] = hellosOf(await server.connection());
          assert.ok(second.extensions.get(EXTENSIONS.cookie)?.equals(vector(2, value)));
          second.extensions.delete(EXTENSIONS.cookie);
          if (group) {
            assert.deepEqual([...second.shares.keys()], [group]);
            for (const hello of [first, second]) {
              hello.extensions.delete(EXTENSIONS.key_share);
              hello.shares.clear();
            }
          }
          assert.deepEqual(second, first);
          await socket.close();
        });
      });
    }
  }

  test('is only sent in answer to this server', async () => {
    await withServer(startTlsServer(good, { retry: { cookie: fill(8, 1) } }), async (server) => {
      for (let i = 0; i < 2; i++) {
        const socket = await dial(good, server);
        await socket.opened;
        assert.equal(hellosOf(server.connections[i])[0].extensions.has(EXTENSIONS.cookie), false);
        await socket.close();
      }
    });
  });

  test('too long for a ClientHello is an error that says so', async () => {
    for (const length of [16_200, 16_384, 65_000]) {
      await withServer(startTlsServer(good, { retry: { cookie: fill(length, 1) } }), async (server) => {
        const socket = await dial(good, server);
        const error = await rejection(socket.opened);
        assert.equal(error.code, 'ERR_TLS_MESSAGE_TOO_LARGE');
        assert.match(error.message, /^The cookie in the HelloRetryRequest of the server is longer than what fits into/);
      });
    }
  });

  test('of OpenSSL in stateless mode', async () => {
    const args = ['-tls1_3', '-stateless'];
    for (const groups of [[], ['-groups', 'P-256']]) {
      await withServer(startOpenssl(good, { args: [...args, ...groups] }), async (server) => {
        const socket = await dial(good, server);
        await socket.write('ping\n');
        assert.equal(await readText(socket, '\n'), 'gnip\n');
        await socket.close();
      });
    }
  });
});

describe('a server that violates section 4', TIMEOUT, () => {
  const good44 = cookie(fill(8, 1));
  /** @type {[string, Uint8Array[], number][]} extensions of a HelloRetryRequest, and the alert */
  const cases = [
    ['two cookies', [good44, good44], 47],
    ['two groups', [selectedGroup(P256), selectedGroup(P256)], 47],
    ['two versions', [supportedVersions, good44], 47],
    ['an empty cookie', [extension(EXTENSIONS.cookie, vector(2))], 50],
    ['bytes behind a cookie', [extension(EXTENSIONS.cookie, vector(2, fill(8, 1)), fill(1, 0))], 50],
    [
      'bytes behind a cookie that follows a group',
      [selectedGroup(P256), extension(EXTENSIONS.cookie, vector(2, fill(8, 1)), fill(1, 0))],
      50,
    ],
    ['a cookie without a length', [extension(EXTENSIONS.cookie)], 50],
    ['a cookie that is cut short', [extension(EXTENSIONS.cookie, uint(9, 2), fill(8, 1))], 50],
    ['an extension that nobody knows', [good44, extension(0x1234)], 110],
    ['the group that has a key share', [selectedGroup(29)], 47],
  ];
  for (const [name, extensions, description] of cases) {
    test(`${name}: alert ${description}`, async () => {
      const retry = serverHello({
        random: RETRY_RANDOM,
        sessionId: new Uint8Array(),
        suite: 0x1303,
        extensions: [supportedVersions, ...extensions],
      });
      const message = (/** @type {string} */ _name, /** @type {Uint8Array} */ body) =>
        Buffer.from(body.subarray(2, 34)).equals(RETRY_RANDOM)
          ? join(retry.subarray(0, 34), vector(1, body.subarray(35, 67)), retry.subarray(35))
          : body;
      await withServer(startTlsServer(good, { retry: { cookie: fill(1, 1) }, message }), async (server) => {
        const socket = await dial(good, server);
        assert.equal((await rejection(socket.opened)).code, 'ERR_TLS_PROTOCOL');
        const connection = await server.connection();
        await connection.until(() => connection.alerts.length > 0);
        assert.deepEqual(connection.alerts, [{ level: 2, description, protected: 'none' }]);
      });
    });
  }

  test('a cookie in ServerHello: alert 47', async () => {
    const message = (/** @type {string} */ name, /** @type {Uint8Array} */ body) => {
      if (name !== 'ServerHello') return body;
      const share = new Uint8Array(32).fill(9);
      const extensions = [supportedVersions, keyShare(29, share), good44];
      return serverHello({ random: fill(32, 5), sessionId: body.subarray(35, 67), suite: 0x1303, extensions });
    };
    await withServer(startTlsServer(good, { message }), async (server) => {
      const socket = await dial(good, server);
      assert.equal((await rejection(socket.opened)).code, 'ERR_TLS_PROTOCOL');
      const connection = await server.connection();
      await connection.until(() => connection.alerts.length > 0);
      assert.equal(connection.alerts[0].description, 47);
    });
  });
});
