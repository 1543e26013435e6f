/** The test server of test/helpers/tls-server is a correct server unless a test changes it: OpenSSL and pagetls accept it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPrivateKey } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { directoryOf } from '../helpers/servers.js';
import { pki } from '../helpers/pki.js';
import { dial, readText, rejection, withServer } from '../helpers/client.js';
import { coalesced, fragmented } from '../helpers/tls-server/records.js';
import { startTlsServer } from '../helpers/tls-server/server.js';
import { updateKeys } from '../helpers/tls-server/tls13.js';
import { rm } from 'node:fs/promises';

const P256 = pki('good-p256');
const RSA = pki('good-rsa2048');
const CLIENT = pki('client');
const directory = await directoryOf({ 'roots.pem': '' });
after(() => rm(directory, { recursive: true, force: true }));

/**
 * Runs s_client until it has printed the server's answer to a line, and closed.
 * @param {import('../helpers/pki.js').Case} subject @param {{ port: number }} server @param {string[]} args
 */
async function runOpenssl(subject, server, args) {
  const roots = join(directory, `${subject.hostname}.pem`);
  await writeFile(roots, subject.roots);
  const child = spawn('openssl', [
    ...['s_client', '-connect', `127.0.0.1:${server.port}`, '-servername', subject.hostname],
    ...['-CAfile', roots, '-verify_return_error', '-attime', String(Date.parse(subject.clock) / 1000), '-state'],
    ...args,
  ]);
  let output = '';
  let asked = false;
  let answered = false;
  const collect = (/** @type {Buffer} */ chunk) => {
    output += chunk.toString('latin1');
    if (!asked && /Verify return code/.test(output)) {
      asked = true;
      child.stdin.write('ping from s_client\n');
    }
    if (!answered && /^ping from s_client$/m.test(output)) {
      answered = true;
      child.stdin.write('done\n'); // after a KeyUpdate, if there was one
    }
    if (/^done$/m.test(output)) child.stdin.end();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const [code] = await once(child, 'close');
  return { code, output };
}

const VERSIONS = /** @type {const} */ (['TLSv1.2', 'TLSv1.3']);
const SUITES = {
  'TLSv1.2': /** @type {const} */ ([
    [P256, 0xcca9, 'ECDHE-ECDSA-CHACHA20-POLY1305'],
    [P256, 0xc02b, 'ECDHE-ECDSA-AES128-GCM-SHA256'],
    [RSA, 0xcca8, 'ECDHE-RSA-CHACHA20-POLY1305'],
    [RSA, 0xc02f, 'ECDHE-RSA-AES128-GCM-SHA256'],
  ]),
  'TLSv1.3': /** @type {const} */ ([
    [P256, 0x1303, 'TLS_CHACHA20_POLY1305_SHA256'],
    [P256, 0x1301, 'TLS_AES_128_GCM_SHA256'],
    [RSA, 0x1302, 'TLS_AES_256_GCM_SHA384'],
  ]),
};

describe('a correct server', () => {
  for (const version of VERSIONS) {
    for (const [subject, suite, name] of SUITES[version]) {
      for (const [group, groups] of /** @type {const} */ ([
        [29, 'X25519:P-256'],
        [23, 'P-256'],
      ])) {
        test(`s_client opens a connection in ${version} with ${name} and ${groups}, and reads its echo`, async () => {
          await withServer(startTlsServer(subject, { version, suite, group }), async (server) => {
            const { code, output } = await runOpenssl(subject, server, ['-groups', groups]);
            assert.equal(code, 0, output);
            assert.match(output, /Verify return code: 0/);
            assert.match(output, new RegExp(`Cipher\\s*(is|:) ${name}`));
            const [connection] = server.connections;
            assert.equal(connection.open, true);
            assert.equal(connection.error, undefined);
            assert.deepEqual(connection.alerts, [{ level: 1, description: 0, protected: 'application' }]);
          });
        });
      }
    }
  }

  test('s_client answers a HelloRetryRequest with group and cookie, a request for a certificate, and a KeyUpdate', async () => {
    const options = {
      retry: { group: 23, cookie: Buffer.from('a cookie') },
      group: 23,
      requestCertificate: true,
      tickets: 2,
      open: (/** @type {import('../helpers/tls-server/connection.js').Connection} */ connection) =>
        updateKeys(connection, true),
    };
    await withServer(startTlsServer(P256, options), async (server) => {
      const { code, output } = await runOpenssl(P256, server, [
        ...['-groups', 'X25519:P-256', '-cert', P256.files.leaf, '-key', P256.files.key],
      ]);
      assert.equal(code, 0, output);
      const [connection] = server.connections;
      assert.equal(connection.error, undefined);
      assert.equal(connection.clientHello?.extensions.get(44)?.subarray(2).toString(), 'a cookie');
      assert.equal(connection.clientScheme, 0x0403);
      assert.ok(connection.messages.some(({ name }) => name === 'KeyUpdate'));
      assert.equal(connection.received.toString(), 'ping from s_client\ndone\n');
    });
  });

  test('s_client in TLS 1.2 sends the certificate that the server requests', async () => {
    await withServer(startTlsServer(P256, { version: 'TLSv1.2', requestCertificate: true }), async (server) => {
      const { code, output } = await runOpenssl(P256, server, ['-cert', P256.files.leaf, '-key', P256.files.key]);
      assert.equal(code, 0, output);
      assert.equal(server.connections[0].clientScheme, 0x0403);
      assert.equal(server.connections[0].error, undefined);
    });
  });

  for (const version of VERSIONS) {
    test(`pagetls in ${version}: data both ways, and a clean end`, async () => {
      await withServer(startTlsServer(P256, { version, alpn: 'h2' }), async (server) => {
        const socket = await dial(P256, server, { ALPNProtocols: ['h2'] });
        const info = await socket.opened;
        assert.equal(info.alpn, 'h2');
        await socket.write('hello');
        assert.equal(await readText(socket, 'hello'), 'hello');
        const big = Buffer.alloc(100_000, 'x');
        await socket.write(big);
        await readText(socket, big.toString());
        await socket.close();
        const connection = await server.connection();
        assert.equal(connection.error, undefined);
        await connection.untilEnd();
      });
    });
  }
});

describe('what a test changes', () => {
  test('a message: the client sees it, and its alert is recorded', async () => {
    const message = (/** @type {string} */ name, /** @type {Uint8Array} */ body) =>
      name === 'Finished' ? body.map((octet) => octet ^ 1) : body;
    await withServer(startTlsServer(P256, { message }), async (server) => {
      const { code, output } = await runOpenssl(P256, server, []);
      assert.notEqual(code, 0);
      assert.match(output, /digest check failed/);
      assert.deepEqual(server.connections[0].alerts, [{ level: 2, description: 51, protected: 'none' }]);
    });
  });

  for (const version of VERSIONS) {
    test(`records in ${version}: s_client accepts them joined and split`, async () => {
      for (const change of [coalesced, (/** @type {any} */ items) => fragmented(coalesced(items), 7)]) {
        await withServer(startTlsServer(P256, { version, flight: change }), async (server) => {
          const { code, output } = await runOpenssl(P256, server, []);
          assert.equal(code, 0, output);
        });
      }
    });
  }

  test('a record that is damaged: the alert of the client', async () => {
    const flight = (/** @type {import('../helpers/tls-server/records.js').Item[]} */ items) =>
      items.map((item) => (item.name === 'Certificate' ? { ...item, damaged: true } : item));
    await withServer(startTlsServer(P256, { flight }), async (server) => {
      const { code } = await runOpenssl(P256, server, []);
      assert.notEqual(code, 0);
      assert.deepEqual(server.connections[0].alerts, [{ level: 2, description: 20, protected: 'none' }]);
      const error = await rejection((await dial(P256, server)).opened);
      assert.equal(error.code, 'ERR_TLS_BAD_RECORD');
    });
  });

  test('a key that the certificate does not have', async () => {
    const key = createPrivateKey(CLIENT.key);
    await withServer(startTlsServer(P256, { key, schemes: [0x0403] }), async (server) => {
      const { code } = await runOpenssl(P256, server, []);
      assert.notEqual(code, 0);
    });
  });
});
